"""A judge's own list."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.rules import RoundState
from awards.panels.queries import OwnAside, RoundRow, asides_of_seat, own_seat
from awards.panels.rules import SeatState
from awards.scoresheets import queries
from awards.scoresheets.pages import chair
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import MyEntry
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class ListPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    deadline: datetime
    closed: str
    entries: tuple[MyEntry, ...]
    counts: tuple[tuple[str, int], ...]
    next: MyEntry | None
    ready: int
    blind: bool
    further: int
    """Entries that the judge still reads although the round was closed."""
    asides: tuple[OwnAside, ...]


@get("/bench/{programme:str}/{edition:str}/{round_code:str}", guards=[needs_sign_in])
async def my_round(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    path = seat.round.bench
    if seat.state is not SeatState.ACCEPTED:
        return redirect(request, f"{path}/invitation")
    if seat.must_accept_terms:
        return redirect(request, f"{path}/terms")
    if seat.must_declare:
        return redirect(request, f"{path}/conflicts")
    if seat.role == chair.CHAIR:
        return await chair.page_of(request, seat)
    entries = await queries.my_entries(seat)
    by_state = {
        state: sum(entry.state == state and (state == "signed" or not entry.frozen) for entry in entries)
        for state in queries.STATES
    }
    left = sum(entry.state != "signed" and not entry.frozen for entry in entries)
    refused = seat.closed(now)
    unfinished = [entry for entry in entries if entry.waits]
    page = ListPage(
        title=ngettext("Your entries: %(num)d left", "Your entries: %(num)d left", left)
        if entries
        else _("Your entries"),
        round=seat.round,
        path=path,
        deadline=seat.deadline,
        closed=refused.why if refused else "",
        entries=tuple(entries),
        counts=(
            (_("signed off"), by_state["signed"]),
            (_("ready to sign"), by_state["ready"]),
            (_("started"), by_state["started"]),
            (_("not started"), by_state["not started"]),
        ),
        next=next(iter(unfinished), None),
        ready=by_state["ready"],
        blind=seat.round.blind,
        further=left if seat.round.state is RoundState.EXTRA else 0,
        asides=tuple(await asides_of_seat(seat.id)),
    )
    return on_the_bench(request, "scoresheets/list.html", page, seat.round, Link("", seat.round.name, True))


ROUTES: list[HTTPRouteHandler] = [my_round]
