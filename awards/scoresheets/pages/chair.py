"""The chair's place: how far the panel is and what it reads, without a mark and without own conflicts."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.rules import RoundState
from awards.entries.queries import BlindEntry, JudgedEntry
from awards.errors import NotFound
from awards.panels.queries import OwnSeat, RoundRow
from awards.panels.queries.seats import own_seat_alone
from awards.panels.rules import CHAIR, LEADS, SeatState
from awards.scoresheets.queries.chair import LedEntry, entry_for_chair, led_by
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class LedPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    entries: tuple[LedEntry, ...]
    hidden: int
    readable: bool
    chairs: bool

    @property
    def given(self) -> int:
        return sum(entry.given for entry in self.entries)

    @property
    def signed(self) -> int:
        return sum(entry.signed for entry in self.entries)


def is_readable(seat: OwnSeat, request: AnyRequest) -> bool:
    """Entries open to the chair when they open to the judges."""
    return seat.round.state is not RoundState.DRAFT and arrival_of(request.scope).at >= seat.round.opens


async def page_of(request: AnyRequest, seat: OwnSeat) -> Response[bytes]:
    """The first page of a round for its chair, who has answered what every judge answers first."""
    led = await led_by(seat, arrival_of(request.scope).at)
    page = LedPage(
        title=_("Your panel"),
        round=seat.round,
        path=seat.round.bench,
        entries=led.entries,
        hidden=led.hidden,
        readable=is_readable(seat, request),
        chairs=seat.role == CHAIR,
    )
    return _render(request, "scoresheets/led.html", page, seat, Link("", seat.round.name, True))


class ReadPage(Struct, frozen=True):
    title: str
    path: str
    entry: BlindEntry
    where: str


@get(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/chair/{reference:str}",
    guards=[needs_sign_in],
)
async def read(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    seat = await own_seat_alone(actor_of(request), programme, edition, round_code)
    if seat.role not in LEADS or seat.state is not SeatState.ACCEPTED:
        raise NotFound
    if seat.must_accept_terms or not is_readable(seat, request):
        return redirect(request, seat.round.bench)
    entry = await entry_for_chair(seat, reference, arrival_of(request.scope).at)
    if entry is None:
        return redirect(request, f"{seat.round.bench}/conflicts")
    page = ReadPage(
        title=entry.title,
        path=seat.round.bench,
        entry=entry,
        where=f"{entry.entrant}, {entry.country_label}" if isinstance(entry, JudgedEntry) else "",
    )
    crumbs = (Link(seat.round.bench, _("Your panel")), Link("", entry.reference, True))
    return _render(request, "scoresheets/read.html", page, seat, *crumbs)


def _render(
    request: AnyRequest, template: str, page: object, seat: OwnSeat, *crumbs: Link
) -> Response[bytes]:
    return render(
        request,
        template,
        page,
        role=_("chair") if seat.role == CHAIR else _("jury"),
        place=Link("/bench", seat.round.name),
        crumbs=(Link("/bench", _("Your rounds")), *crumbs),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [read]
