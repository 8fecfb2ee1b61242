"""What arrived late: two people of the secretariat decide without seeing a mark, and the judge reads what was decided."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.editions.document import HELD
from awards.editions.pages_frame import on_desk
from awards.editions.queries import rules_of
from awards.editions.rules import Role, in_secretariat
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import RoundRow, own_seat, round_run_by, round_seen_by
from awards.panels.rules import SeatState
from awards.scoresheets import services
from awards.scoresheets.forms_late import ConsentLate, EndLate, ProposeLate
from awards.scoresheets.late import Decision, LateState
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.pages.ways import views_of
from awards.scoresheets.queries.late import LateSheet, OwnLate, late_sheets, own_late
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/progress/{round_code:str}/late"
OWN = "/bench/{programme:str}/{edition:str}/{round_code:str}/late"


class LatePage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    views: tuple[Link, ...]
    held: bool
    """Whether the edition holds what arrives late; else there is nothing to decide."""
    waiting: tuple[LateSheet, ...]
    decided: tuple[LateSheet, ...]
    reader: int
    may_decide: bool
    proved: bool
    prove: str
    sheet: str
    to: str
    reason: str
    errors: FormErrors = NO_ERRORS
    beside: bool = False
    """Whether the password is to be entered beside what was typed."""

    def errors_of(self, sheet: int) -> FormErrors:
        """The errors of one sheet's form: the others stay as they were."""
        return self.errors if self.sheet == str(sheet) else NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def late(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    return await _draw(request, found)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def propose(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await round_run_by(actor, programme, edition, round_code)

    async def put(command: ProposeLate) -> Flash:
        await services.propose_late(round_id=found.id, command=command, actor=actor, clock=clock)
        text = _("Nothing changes until another person of the secretariat consents.")
        return Flash("", _("It is proposed"), text)

    return await _act(request, found, ProposeLate, put)


@post(HERE + "/consent", guards=[needs_sign_in], status_code=303)
async def consent(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await round_run_by(actor, programme, edition, round_code)

    async def give(command: ConsentLate) -> Flash:
        decision = await services.consent_late(round_id=found.id, command=command, actor=actor, clock=clock)
        if decision is Decision.ACCEPT:
            return Flash(
                "good", _("It is accepted"), _("The judge has a mail and three days to sign the sheet off.")
            )
        return Flash("good", _("It is refused"), _("The judge has a mail with the reason."))

    return await _act(request, found, ConsentLate, give)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await round_run_by(actor, programme, edition, round_code)

    async def take_back(command: EndLate) -> Flash:
        await services.end_late(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("", _("The proposal is taken back"), _("What arrived late is still held."))

    return await _act(request, found, EndLate, take_back)


async def _act(
    request: AnyRequest, found: RoundRow, form: type[Parsed], verb: Callable[[Parsed], Awaitable[Flash]]
) -> Response[bytes]:
    """Parse, do it, and come back; or the page again with every error."""
    fields = await read_fields(request)
    command = parse(form, fields)
    beside = False
    try:
        if not isinstance(command, FormErrors):
            return redirect(request, f"{found.progress}/late", flash=await verb(command))
        errors, status = command, 422
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        beside = problem.code == NOT_PROVED
        if beside and not fields.get("reason"):
            return redirect(request, _prove(found))
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        errors, status = FormErrors({"": _("Somebody changed this before you. Look at it again.")}), 409
    return await _draw(request, found, fields, errors, status, beside)


def _prove(found: RoundRow) -> str:
    return f"/prove?next={quote(f'{found.progress}/late')}"


async def _draw(
    request: AnyRequest,
    found: RoundRow,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    beside: bool = False,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    sheets = await late_sheets(found.id)
    said: Mapping[str, str] = fields or {}
    sheet = said.get("sheet", "")
    # Each sheet has a form of its own, so the ids of its fields end in it.
    named = {f"{name}-{sheet}" if name else "": text for name, text in errors.items()}
    page = LatePage(
        title=_("Arrived late: %(round)s", round=found.name),
        round=found,
        path=f"{found.progress}/late",
        views=views_of(found, "/late", ""),
        held=(await rules_of(found.edition.id)).late_sync == HELD,
        waiting=tuple(one for one in sheets if one.state is LateState.HELD),
        decided=tuple(one for one in sheets if one.state is not LateState.HELD),
        reader=actor.person_id,
        may_decide=in_secretariat(actor, found.edition.programme_id, found.edition.id),
        proved=beside or proved_since(actor, now - FRESH_PROOF),
        prove=_prove(found),
        sheet=sheet,
        to=said.get("to", ""),
        reason=said.get("reason", ""),
        errors=FormErrors(named),
        beside=beside,
    )
    crumbs = (
        Link(f"{found.edition.desk}/progress", _("Progress")),
        Link(found.progress, found.name),
        Link("", _("Arrived late"), True),
    )
    return on_desk(request, found.edition, "scoresheets/late.html", page, crumbs=crumbs, status=status)


# --- for the judge ---------------------------------------------------------------------------------------


class OwnLatePage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    sheets: tuple[OwnLate, ...]
    held: bool

    @property
    def to_sign(self) -> int:
        return sum(one.sign_until is not None for one in self.sheets)


@get(OWN, guards=[needs_sign_in])
async def own(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    if seat.state is not SeatState.ACCEPTED:
        raise NotFound
    sheets = await own_late(seat.id, arrival_of(request.scope).at)
    page = OwnLatePage(
        title=ngettext(
            "%(num)d sheet of yours arrived late", "%(num)d sheets of yours arrived late", len(sheets)
        )
        if sheets
        else _("Nothing of yours arrived late"),
        round=seat.round,
        path=seat.round.bench,
        sheets=tuple(sheets),
        held=(await rules_of(seat.round.edition.id)).late_sync == HELD,
    )
    return on_the_bench(
        request,
        "scoresheets/own_late.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link("", _("Arrived late"), True),
    )


ROUTES: list[HTTPRouteHandler] = [late, propose, consent, end, own]
