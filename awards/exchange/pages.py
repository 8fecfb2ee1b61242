"""Editions as files on the desk: download one, look at what a file would change, then load it."""

import hashlib
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.editions.freezing import Frozen
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, document_of, run_by
from awards.editions.queries.rulesets import Offer, offer_of
from awards.editions.rules import may_add_editions
from awards.editions.touching import Touched, digest_of
from awards.errors import Denied, NotFound
from awards.exchange import pages_judges
from awards.exchange.edition_file import BadFile, LoadReport, Problem, load, parse, show
from awards.web.arrival import arrival_of
from awards.web.fields import BadInput, clean, files_of, read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

Req = Request[Any, Any, Any]
LARGEST_FILE = 1024 * 1024


class FilePage(Struct, frozen=True):
    """`lines` is what the text would change; None where nobody has looked yet."""

    title: str
    errors: FormErrors
    action: str
    text: str
    download: str = ""
    problems: tuple[str, ...] = ()
    lines: tuple[str, ...] | None = None
    created: bool = False
    seen: str = ""
    offer: Offer | None = None
    touched: tuple[Touched, ...] = ()


def _digest(report: LoadReport) -> str:
    """Of what the person saw: if it is no longer what would happen, they see it again."""
    said = [str(report.created), *report.lines, digest_of(report.touched)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


async def _text(request: Req) -> str:
    """The chosen file, or what was pasted."""
    fields = await read_fields(request)
    chosen = [file for file in files_of(await request.form(), "file") if file.filename]
    if not chosen:
        return fields.get("text", "")
    content = await chosen[0].read(LARGEST_FILE + 1)
    try:
        return clean(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, BadInput):
        raise BadFile(
            [Problem(0, _("The file is no text in UTF-8. Save it as UTF-8 and choose it again."))]
        ) from None


def _errors(count: int) -> FormErrors:
    return FormErrors(
        {"text": ngettext("The file has %(num)d mistake", "The file has %(num)d mistakes", count)}
    )


async def _look_or_load(
    request: Req, actor: Actor, *, title: str, action: str, download: str = "", own: EditionRow | None = None
) -> FilePage | LoadReport:
    """The page again with what is wrong or what would change, or the report of what was done."""
    fields = await read_fields(request)
    text = fields.get("text", "")

    def page(
        errors: FormErrors = NO_ERRORS,
        report: LoadReport | None = None,
        problems: tuple[str, ...] = (),
        offer: Offer | None = None,
    ) -> FilePage:
        return FilePage(
            title,
            errors,
            action,
            text,
            download,
            problems,
            report.lines if report else None,
            bool(report and report.created),
            _digest(report) if report else "",
            offer,
            report.touched if report else (),
        )

    clock = arrival_of(request.scope).clock
    try:
        text = await _text(request)
        document = parse(text)
        if own and (document.programme.slug, document.slug) != (own.programme, own.slug):
            raise BadFile(
                [
                    Problem(
                        0,
                        _(
                            "This file is of another edition: %(slug)s. Load it as a new one.",
                            slug=document.slug,
                        ),
                    )
                ]
            )
        report = await load(text, actor=actor, clock=clock, dry_run=True)
        if fields.get("act") != "load":
            return page(report=report)
        if fields.get("seen") != _digest(report):
            again = _("Look at the changes first: they are not those that were shown before.")
            return page(FormErrors({"": again}), report)
        return await load(text, actor=actor, clock=clock)
    except BadFile as problem:
        said = tuple(str(one) for one in problem.problems)
        return page(_errors(len(said)), problems=said)
    except Frozen as problem:
        offer = await offer_of(own, document, clock.now()) if own else None
        return page(_errors(len(problem.items)), problems=problem.items, offer=offer)
    except Denied as problem:
        return page(FormErrors({"": problem.why}))


def _may_add(request: Req) -> Actor:
    actor = actor_of(request)
    if not may_add_editions(actor):
        raise NotFound
    return actor


@get("/desk/new", guards=[needs_sign_in])
async def new_edition_page(request: Req) -> Response[bytes]:
    _may_add(request)
    return _new(request, FilePage(_("New edition"), NO_ERRORS, "/desk/new", ""))


@post("/desk/new", guards=[needs_sign_in], status_code=303)
async def new_edition(request: Req) -> Response[bytes]:
    actor = _may_add(request)
    answer = await _look_or_load(request, actor, title=_("New edition"), action="/desk/new")
    if isinstance(answer, FilePage):
        return _new(request, answer, 422 if answer.errors else 200)
    return redirect(request, f"/desk/{answer.programme}/{answer.slug}", flash=_done(answer))


def _new(request: Req, page: FilePage, status: int = 200) -> Response[bytes]:
    crumbs = (Link("/desk", _("The desk")), Link("", page.title, True))
    return render(request, "editions/file.html", page, status=status, role=_("secretariat"), crumbs=crumbs)


def _done(report: LoadReport) -> Flash:
    if report.created:
        return Flash("good", _("The edition is there"), _("It is a draft until you open the call."))
    if not report.lines:
        return Flash("", _("Nothing changed"), _("The edition says all of this already."))
    return Flash("good", _("The edition has changed"))


FILE = "/desk/{programme:str}/{edition:str}/setup/file"


@get(FILE, guards=[needs_sign_in])
async def file_page(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    text = show(await document_of(row.id))
    page = FilePage(
        _("The edition file"), NO_ERRORS, f"{row.desk}/setup/file", text, f"{row.desk}/setup/file.toml"
    )
    return _shown(request, row, page)


@post(FILE, guards=[needs_sign_in], status_code=303)
async def load_file(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    here = f"{row.desk}/setup/file"
    answer = await _look_or_load(
        request, actor, title=_("The edition file"), action=here, download=f"{here}.toml", own=row
    )
    if isinstance(answer, FilePage):
        return _shown(request, row, answer, 422 if answer.errors else 200)
    return redirect(request, f"{row.desk}/setup", flash=_done(answer))


@get(FILE + ".toml", guards=[needs_sign_in])
async def download_file(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return Response(
        content=show(await document_of(row.id)).encode(),
        media_type="application/toml; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{row.programme}-{row.slug}.toml"',
            "cache-control": "no-store",
        },
    )


def _shown(request: Req, row: EditionRow, page: FilePage, status: int = 200) -> Response[bytes]:
    crumbs = (Link(row.desk, row.name), Link(f"{row.desk}/setup", _("Set-up")), Link("", page.title, True))
    return on_desk(request, row, "editions/file.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [
    new_edition_page,
    new_edition,
    file_page,
    load_file,
    download_file,
    *pages_judges.ROUTES,
]
