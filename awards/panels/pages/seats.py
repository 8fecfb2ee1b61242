"""One seat of a panel, for the secretariat: its part, categories and load; sent again, ended."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.editions.rules import RoundState
from awards.editions.setup import Answers
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import queries, services
from awards.panels.forms import ChangeSeat, EndSeat, ExtendSeat
from awards.panels.pages.panel import roles
from awards.panels.queries import PanelSeat, RoundRow
from awards.panels.rules import SeatState, may_change_panel
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import BIGGEST_ID, Form, Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day

AnyRequest = Request[Any, Any, Any]


class SeatPage(Struct, frozen=True):
    title: str
    round: RoundRow
    seat: PanelSeat
    path: str
    categories: tuple[Choice, ...]
    ticked: tuple[str, ...]
    values: Mapping[str, str]
    told: tuple[tuple[str, str], ...]
    may_change: bool
    may_extend: bool
    roles: tuple[Choice, ...]
    errors: FormErrors = NO_ERRORS


@get("/desk/{programme:str}/{edition:str}/panels/{round_code:str}/seats/{seat:int}", guards=[needs_sign_in])
async def seat_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _seat(request, found, seat)


async def _seat(
    request: AnyRequest,
    found: RoundRow,
    seat_id: int,
    *,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    seat = next((one for one in await queries.seats_of_round(found.id) if one.id == seat_id), None)
    if seat is None:
        raise NotFound
    categories = await queries.categories_of(found.edition.id)
    stored = {
        "role": seat.role,
        "low": str(seat.low or ""),
        "high": "" if seat.most is None else str(seat.most),
        "reason": "",
        "until": "",
        "why": "",
    }
    ticked = tuple(category.code for category in categories if category.id in seat.categories)
    page = SeatPage(
        title=seat.name,
        round=found,
        seat=seat,
        path=f"{found.panel}/seats/{seat.id}",
        categories=tuple(Choice(category.code, category.name) for category in categories),
        ticked=tuple(fields.all("categories")) if fields is not None else ticked,
        values={**stored, **(fields or {})},
        told=told_by(seat, found.edition.zone),
        may_change=may_change_panel(found.state) is None,
        may_extend=found.state is RoundState.OPEN and seat.state is SeatState.ACCEPTED,
        roles=roles(),
        errors=errors,
    )
    return render(
        request,
        "panels/seat.html",
        page,
        status=status,
        role=_("secretariat"),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor_of(request)),
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link("", seat.name, True),
        ),
        demo=found.edition.demo,
    )


def told_by(seat: PanelSeat, zone: str) -> tuple[tuple[str, str], ...]:
    """What the judge said on accepting, as pairs of facts."""
    told = []
    if seat.told_most is not None:
        told.append((_("Reads at most"), ngettext("%(num)d entry", "%(num)d entries", seat.told_most)))
    if seat.away_since and seat.away_until:
        first, last = day(seat.away_since, zone), day(seat.away_until - timedelta(seconds=1), zone)
        text = first if first == last else _("%(first)s to %(last)s", first=first, last=last)
        told.append((_("Not available"), text))
    return tuple(told)


async def _on_seat(
    request: AnyRequest,
    found: RoundRow,
    seat_id: int,
    form: type[Parsed],
    verb: Callable[[Parsed], Awaitable[Flash]],
) -> Response[bytes]:
    if not 0 < seat_id <= BIGGEST_ID:
        raise NotFound
    fields = await read_fields(request)
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await _seat(request, found, seat_id, fields=fields, errors=command, status=422)
    try:
        flash = await verb(command)
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _seat(request, found, seat_id, fields=fields, errors=errors, status=422)
    except Denied as problem:
        errors = FormErrors({"": problem.why})
        return await _seat(request, found, seat_id, fields=fields, errors=errors, status=403)
    except Stale:
        errors = FormErrors(
            {
                "": _(
                    "Somebody changed this seat before you. What you typed stands below; save it again to keep it."
                )
            }
        )
        return await _seat(request, found, seat_id, fields=fields, errors=errors, status=409)
    return redirect(request, found.panel, flash=flash)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/seats/{seat:int}",
    guards=[needs_sign_in],
    status_code=303,
)
async def change_seat(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def change(command: ChangeSeat) -> Flash:
        await services.change_seat(round_id=found.id, seat_id=seat, command=command, actor=actor, clock=clock)
        return Flash("good", _("Saved"))

    return await _on_seat(request, found, seat, ChangeSeat, change)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/seats/{seat:int}/end",
    guards=[needs_sign_in],
    status_code=303,
)
async def end_seat(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def end(command: EndSeat) -> Flash:
        back = await services.end_seat(
            round_id=found.id, seat_id=seat, command=command, actor=actor, clock=clock
        )
        text = ngettext("%(num)d entry needs another judge.", "%(num)d entries need another judge.", back)
        return Flash("", _("The seat has ended"), text if back else "")

    return await _on_seat(request, found, seat, EndSeat, end)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/seats/{seat:int}/extend",
    guards=[needs_sign_in],
    status_code=303,
)
async def extend_seat(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def extend(command: ExtendSeat) -> Flash:
        answers = Answers({"until": command.until}, found.edition.zone)
        until = answers.moment("until") if command.until else None
        if answers.errors:
            raise Invalid(answers.errors)
        await services.extend_seat(
            round_id=found.id, seat_id=seat, command=command, until=until, actor=actor, clock=clock
        )
        if until is None:
            return Flash("good", _("The round's deadline holds again"), _("The judge is written to."))
        return Flash("good", _("More time is given"), _("The judge is written to."))

    return await _on_seat(request, found, seat, ExtendSeat, extend)


class Nothing(Form):
    """A form that is only a button."""


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/seats/{seat:int}/resend",
    guards=[needs_sign_in],
    status_code=303,
)
async def resend(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def send(_command: Nothing) -> Flash:
        await services.resend_invitation(round_id=found.id, seat_id=seat, actor=actor, clock=clock)
        return Flash(
            "good", _("The invitation is on its way again"), _("The link before it no longer works.")
        )

    return await _on_seat(request, found, seat, Nothing, send)


ROUTES: list[HTTPRouteHandler] = [seat_page, change_seat, extend_seat, end_seat, resend]
