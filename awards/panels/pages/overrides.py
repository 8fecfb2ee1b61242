"""Conflicts that two people let pass: one asks, another consents to exactly that. Auditors look."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.editions.pages_frame import on_desk
from awards.editions.rules import Role, in_secretariat
from awards.errors import Denied, Invalid, Stale
from awards.panels import queries, services
from awards.panels.forms_conflicts import AskOverride, ConsentOverride, EndOverride
from awards.panels.queries import RoundRow
from awards.panels.queries.conflicts import tested
from awards.panels.queries.overrides import Overridden, overrides_of
from awards.panels.rules import SeatState, may_change_panel
from awards.panels.sentences import conflict_words
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since
from awards.web.words import listing

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/overrides"


class OverridesPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    asked: tuple[Overridden, ...]
    standing: tuple[Overridden, ...]
    judges: tuple[Choice, ...]
    judge: str
    entries: tuple[Choice, ...]
    ticked: tuple[str, ...]
    reason: str
    reader: int
    may_change: bool
    proved: bool
    prove: str
    errors: FormErrors = NO_ERRORS
    beside: bool = False
    """Whether the password is to be entered beside what was typed."""


@get(HERE, guards=[needs_sign_in])
async def overrides(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    return await _draw(request, found, request.query_params.get("judge", ""))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def put(command: AskOverride) -> Flash:
        await services.ask_override(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash(
            "", _("It is asked for"), _("Nothing changes until another person of the secretariat consents.")
        )

    return await _act(request, found, AskOverride, put)


@post(HERE + "/consent", guards=[needs_sign_in], status_code=303)
async def consent(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def give(command: ConsentOverride) -> Flash:
        await services.consent_override(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("good", _("The judge may be given these entries"), _("The conflict report names it."))

    return await _act(request, found, ConsentOverride, give)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def take_back(command: EndOverride) -> Flash:
        await services.end_override(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash(
            "", _("The rule forbids again"), _("What was given already stands in the conflict report.")
        )

    return await _act(request, found, EndOverride, take_back)


async def _act(
    request: AnyRequest, found: RoundRow, form: type[Parsed], verb: Callable[[Parsed], Awaitable[Flash]]
) -> Response[bytes]:
    """Parse, do it, and come back; or the page again with every error."""
    fields = await read_fields(request)
    command = parse(form, fields)
    beside = False
    try:
        if not isinstance(command, FormErrors):
            return redirect(request, f"{found.panel}/overrides", flash=await verb(command))
        errors, status = command, 422
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        beside = problem.code == NOT_PROVED
        if beside and not fields.get("reason"):
            return redirect(request, _prove(found, fields.get("seat", "")))
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        errors, status = FormErrors({"": _("Somebody changed this before you. Look at it again.")}), 409
    return await _draw(request, found, fields.get("seat", ""), fields, errors, status, beside)


def _prove(found: RoundRow, judge: str) -> str:
    back = f"{found.panel}/overrides" + (f"?judge={quote(judge[:10])}" if judge else "")
    return f"/prove?next={quote(back)}"


async def _draw(
    request: AnyRequest,
    found: RoundRow,
    judge: str,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    beside: bool = False,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    seats = [
        seat
        for seat in await queries.seats_of_round(found.id)
        if seat.state in (SeatState.INVITED, SeatState.ACCEPTED) and seat.role == "scorer"
    ]
    chosen = next((seat for seat in seats if str(seat.id) == judge), None)
    runs = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    known = await overrides_of(found.id)
    page = OverridesPage(
        title=_("Overrides: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/overrides",
        asked=tuple(one for one in known if one.given_at is None),
        standing=tuple(one for one in known if one.given_at is not None),
        judges=tuple(Choice(str(seat.id), seat.name) for seat in seats),
        judge=str(chosen.id) if chosen else "",
        entries=await _forbidden(found, chosen.person_id, request) if chosen and runs else (),
        ticked=tuple(fields.all("entries")) if fields else (),
        reason=fields.get("reason", "") if fields else "",
        reader=actor.person_id,
        may_change=runs and may_change_panel(found.state) is None,
        proved=beside or proved_since(actor, now - FRESH_PROOF),
        prove=_prove(found, str(chosen.id) if chosen else ""),
        errors=errors,
        beside=beside,
    )
    crumbs = (
        Link(f"{found.edition.desk}/panels", _("Panels")),
        Link(found.panel, found.name),
        Link("", _("Overrides"), True),
    )
    return on_desk(request, found.edition, "panels/overrides.html", page, crumbs=crumbs, status=status)


async def _forbidden(found: RoundRow, person: int, request: AnyRequest) -> tuple[Choice, ...]:
    """The entries that a rule forbids to the judge, each with what stands between them."""
    result = await tested(person, found.id, found.edition.id, arrival_of(request.scope).at)
    return tuple(
        Choice(
            result.references[entry],
            name,
            listing([conflict_words(one) for one in result.conflicts.forbidding(person, entry)]),
        )
        for entry, name in result.entries.items()
        if result.conflicts.forbidden(person, entry)
    )


ROUTES: list[HTTPRouteHandler] = [overrides, ask, consent, end]
