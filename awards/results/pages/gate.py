"""The gate before publication, as the judging of a round stands there: what is open, what to do, what two let pass."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, RoundRow, round_by_code, run_by, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import Denied, Invalid, Stale
from awards.results import queries, services
from awards.results.forms import AskWaiver, ConsentWaiver, EndWaiver
from awards.results.gate import Code, Item, Waiver
from awards.results.queries.gate import gate_of
from awards.results.rules import is_settled
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/gate/{code:str}"


class Line(Struct, frozen=True):
    """A thing with what to do about it, and what was asked of two people."""

    item: Item
    remedy: str
    way: Link
    waiver: Waiver | None

    @property
    def state(self) -> str:
        if self.waiver is not None:
            return "waived" if self.waiver.given_at is not None else "asked"
        return "open" if self.item.blocks else "told"


class GatePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    back: str
    settled: bool
    hidden: bool
    lines: tuple[Line, ...]
    told: tuple[Line, ...]
    open: int
    chosen: Line | None
    """What the reader wants to have let pass: its form is open."""
    may_change: bool
    proved: bool
    prove: str
    reader: int
    reason: str = ""
    beside: bool = False
    """Whether the password is to be entered beside what was typed."""
    errors: FormErrors = NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def gate_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    return await _draw(request, row, await round_by_code(row.id, code), _chosen(request))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row, found = await _round(request, programme, edition, code)

    async def put(command: AskWaiver) -> Flash:
        await services.ask_waiver(command=command, actor=actor, clock=clock)
        return Flash(
            "", _("It is asked for"), _("It passes when another person of the secretariat consents.")
        )

    return await _act(request, row, found, AskWaiver, put)


@post(HERE + "/consent", guards=[needs_sign_in], status_code=303)
async def consent(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row, found = await _round(request, programme, edition, code)

    async def give(command: ConsentWaiver) -> Flash:
        await services.consent_waiver(command=command, actor=actor, clock=clock)
        return Flash("good", _("Two people let this pass"), _("The reason is published with the results."))

    return await _act(request, row, found, ConsentWaiver, give)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row, found = await _round(request, programme, edition, code)

    async def take_back(command: EndWaiver) -> Flash:
        await services.end_waiver(command=command, actor=actor, clock=clock)
        return Flash("", _("It no longer passes"))

    return await _act(request, row, found, EndWaiver, take_back)


async def _round(request: AnyRequest, programme: str, edition: str, code: str) -> tuple[EditionRow, RoundRow]:
    row = await run_by(actor_of(request), programme, edition)
    return row, await round_by_code(row.id, code)


def _chosen(request: AnyRequest) -> str:
    return request.query_params.get("item", "")[:300]


async def _act(
    request: AnyRequest, row: EditionRow, found: RoundRow, form: type[Parsed],
    verb: Callable[[Parsed], Awaitable[Flash]],
) -> Response[bytes]:  # fmt: skip
    """Parse, do it, and come back; or the page again with every error."""
    fields = await read_fields(request)
    command = parse(form, {**fields, "round_id": str(found.id)})
    beside = False
    try:
        if not isinstance(command, FormErrors):
            return redirect(request, _path(row, found), flash=await verb(command))
        errors, status = command, 422
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        beside = problem.code == NOT_PROVED
        if beside and not fields.get("reason"):
            return redirect(request, _prove(row, found, fields.get("item", "")[:300]))
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        errors, status = FormErrors({"": _("Somebody changed this before you. Look at it again.")}), 409
    return await _draw(request, row, found, fields.get("item", "")[:300], fields, errors, status, beside)


async def _draw(
    request: AnyRequest,
    row: EditionRow,
    found: RoundRow,
    chosen: str,
    fields: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    beside: bool = False,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    gate = (await gate_of(row.id)).of_round(found.code)
    hidden = await queries.conflicted_categories(row.id, actor.person_id, now)
    shown = [
        Line(item, *remedy_of(item, row.desk), gate.waiver(item))
        for item in gate.items
        if item.category not in hidden and not (hidden and item.of_marks)
    ]
    lines = tuple(line for line in shown if line.item.blocks)
    page = GatePage(
        title=_("Gate: %(round)s", round=found.name),
        edition=row,
        path=_path(row, found),
        back=f"{row.desk}/results/{found.code}",
        settled=is_settled(found.state),
        hidden=bool(hidden),
        lines=lines,
        told=tuple(line for line in shown if not line.item.blocks),
        open=sum(line.state in ("open", "asked") for line in lines),
        chosen=next(
            (line for line in lines if line.item.key == chosen and line.item.waivable and not line.waiver), None
        ),
        may_change=in_secretariat(actor, row.programme_id, row.id) and is_settled(found.state),
        proved=beside or proved_since(actor, now - FRESH_PROOF),
        prove=_prove(row, found, chosen),
        reader=actor.person_id,
        reason=(fields or {}).get("reason", ""),
        beside=beside,
        errors=errors,
    )  # fmt: skip
    crumbs = (
        Link(f"{row.desk}/results", _("Results")),
        Link(page.back, found.name),
        Link("", _("Gate"), True),
    )
    return on_desk(request, row, "results/gate.html", page, crumbs=crumbs, status=status)


def _path(row: EditionRow, found: RoundRow) -> str:
    return f"{row.desk}/gate/{found.code}"


def _prove(row: EditionRow, found: RoundRow, chosen: str) -> str:
    back = _path(row, found) + (f"?item={quote(chosen)}" if chosen else "")
    return f"/prove?next={quote(back)}"


def remedy_of(item: Item, desk: str) -> tuple[str, Link]:
    """What to do, and where."""
    extra = f"{desk}/extra/{item.round}"
    match item.code:
        case Code.SHEETS | Code.UNSIGNED:
            return _("Have it read once more."), Link(
                f"{extra}?entry={quote(item.reference)}", _("Ask for further reads")
            )
        case Code.PAPER:
            return _("Ask the judge to compare it with the paper and to sign it off."), Link(
                f"{desk}/progress/{item.round}/paper", _("Paper sheets")
            )
        case Code.LATE:
            return _("Two people accept or refuse them."), Link(
                f"{desk}/progress/{item.round}/late", _("Marks that arrived late")
            )
        case Code.ASKED:
            return _("Another person of the secretariat consents or refuses."), Link(
                f"{desk}/aside/{item.round}", _("Look at what is asked")
            )
        case Code.REVERSED:
            return _(
                "Ask the judge what was meant. Sheets marked upside down are left out by two people and their entries"
                " read once more; a judge who simply differs counts, and two people let it pass."
            ), Link(f"{desk}/aside/{item.round}", _("Leave a sheet out"))
        case Code.DISCONNECTED:
            return _(
                "Have an entry of one part read by a judge of another. Or decide prizes within the parts, and let it pass."
            ), Link(extra, _("Ask for further reads"))
        case Code.UNRANKED:
            return _("Have the missing criteria marked by a further sheet."), Link(
                extra, _("Ask for further reads")
            )
        case _:
            return "", Link(f"{desk}/aside/{item.round}", _("Sheets left out"))


ROUTES: list[HTTPRouteHandler] = [gate_page, ask, consent, end]
