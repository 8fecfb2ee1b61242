"""The desk asks the city: which answers open again, what is asked, until when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow
from awards.editions.setup import local, zone_hint
from awards.entries import services
from awards.entries.forms_screening import AskCity, EndEnquiry
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import answers_of, screening
from awards.entries.queries.screening import ScreenedEntry
from awards.entries.screening import OPEN_TO_ASKING, Standing
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse, parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/entries/{reference:str}/ask"
USUAL = timedelta(days=7)


class AskPage(Struct, frozen=True):
    title: str
    path: str
    back: str
    entry: ScreenedEntry
    questions: tuple[Choice, ...]
    chosen: tuple[str, ...]
    values: Mapping[str, str]
    zone: str
    errors: FormErrors = NO_ERRORS


async def _draw(
    request: AnyRequest,
    where: tuple[str, str, str],
    *,
    chosen: tuple[str, ...] = (),
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    edition = await screening.screened_by(actor, where[0], where[1])
    entry, _trail = await screening.screened_entry(edition, where[2], actor, now, beside=False)
    if entry.tied:
        raise NotFound
    back = f"{edition.desk}/entries/{entry.reference}"
    if entry.standing not in OPEN_TO_ASKING | {Standing.OVERDUE} and status == 200:
        return redirect(request, back)
    page = AskPage(
        title=_("Ask the city"),
        path=f"{back}/ask",
        back=back,
        entry=entry,
        questions=tuple(
            Choice(one.question.code, one.question.label, one.question.section)
            for one in await answers_of(entry.id, edition.id, entry.category_id)
        ),
        chosen=chosen,
        values=values or {"text": "", "due": local(_usual(now), edition.zone)},
        zone=zone_hint(edition.zone),
        errors=errors,
    )
    crumbs = (
        Link(f"{edition.desk}/entries", _("Entries")),
        Link(back, entry.reference),
        Link("", page.title, True),
    )
    return on_desk(request, edition, "entries/ask.html", page, crumbs=crumbs, status=status)


def _usual(now: datetime) -> datetime:
    return (now + USUAL).replace(minute=0, second=0, microsecond=0)


@get(HERE, guards=[needs_sign_in])
async def ask_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    return await _draw(request, (programme, edition, reference))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    fields = await read_fields(request)
    row = await screening.screened_by(actor_of(request), programme, edition)
    where = (programme, edition, reference)
    chosen = tuple(fields.all("questions"))
    values = {"text": fields.get("text", ""), "due": fields.get("due", "")}
    command = parse_drawn(AskCity, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, where, chosen=chosen, values=values, errors=command, status=422)
    try:
        await services.ask_city(edition_id=row.id, reference=reference, command=command, **_who(request))
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _draw(request, where, chosen=chosen, values=values, errors=errors, status=422)
    except (Stale, Denied) as problem:
        said = (
            problem.why
            if isinstance(problem, Denied)
            else _(
                "This entry changed since you opened the page. Read it again; what you typed is still here."
            )
        )
        errors = FormErrors({"": said})
        return await _draw(request, where, chosen=chosen, values=values, errors=errors, status=409)
    flash = Flash(
        "good", _("The city is asked"), _("Its officials get a mail, and another before the time is over.")
    )
    return redirect(request, f"{row.desk}/entries/{reference}", flash=flash)


@post(f"{HERE}/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    row: EditionRow = await screening.screened_by(actor_of(request), programme, edition)
    command = parse(EndEnquiry, await read_fields(request))
    if isinstance(command, FormErrors):
        raise Invalid(command)
    await services.end_enquiry(edition_id=row.id, reference=reference, command=command, **_who(request))
    said = Flash("", _("The question is taken back; the entry can be screened"))
    return redirect(request, f"{row.desk}/entries/{reference}", flash=said)


def _who(request: AnyRequest) -> dict[str, Any]:
    return {"actor": actor_of(request), "clock": arrival_of(request.scope).clock}


ROUTES: list[HTTPRouteHandler] = [ask_page, ask, end]
