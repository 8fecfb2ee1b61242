"""A judge says again how much and when they can read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import Invalid
from awards.panels import queries, services
from awards.panels.forms import SayAvailability
from awards.panels.queries import OwnSeat, Told
from awards.panels.rules import FROZEN, SeatState
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import zone_of

AnyRequest = Request[Any, Any, Any]
HERE = "/bench/{programme:str}/{edition:str}/{round_code:str}/availability"


class AvailabilityPage(Struct, frozen=True):
    title: str
    seat: OwnSeat
    values: Mapping[str, str]
    may_say: bool
    errors: FormErrors = NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def availability(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await queries.own_seat(actor_of(request), programme, edition, round_code)
    if seat.state is not SeatState.ACCEPTED:
        return redirect(request, f"{seat.round.bench}/invitation")
    return _draw(request, seat, _typed(await queries.told_of(seat), seat.round.edition.zone))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def say(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(SayAvailability, fields)
    values = {"most": "", "away_since": "", "away_until": "", **fields}
    if isinstance(command, FormErrors):
        return _draw(request, seat, values, command)
    try:
        await services.say_availability(
            seat_id=seat.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return _draw(request, seat, values, FormErrors(problem.errors))
    flash = Flash("good", _("Saved"), _("The secretariat sees it."))
    return redirect(request, seat.round.bench, flash=flash)


def _typed(told: Told, zone: str) -> dict[str, str]:
    """As the form takes it: days of the edition's zone."""
    since, until = told.away_since, told.away_until
    return {
        "most": "" if told.most is None else str(told.most),
        "away_since": since.astimezone(zone_of(zone)).date().isoformat() if since else "",
        "away_until": (until - timedelta(seconds=1)).astimezone(zone_of(zone)).date().isoformat()
        if until
        else "",
    }


def _draw(
    request: AnyRequest, seat: OwnSeat, values: Mapping[str, str], errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    page = AvailabilityPage(
        title=_("How much and when you can read"),
        seat=seat,
        values=values,
        may_say=seat.state is SeatState.ACCEPTED and seat.round.state not in FROZEN,
        errors=errors,
    )
    return render(
        request,
        "panels/availability.html",
        page,
        status=422 if errors else 200,
        role=_("judge"),
        place=Link("/bench", seat.round.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(seat.round.bench, seat.round.name),
            Link("", page.title, True),
        ),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [availability, say]
