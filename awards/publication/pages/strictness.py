"""A judge's own strictness, once the results are out."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.rules import RoundKind
from awards.errors import NotFound
from awards.panels.queries.seats import own_seat_alone
from awards.panels.rules import SeatState
from awards.publication.strictness import Strictness, own_strictness
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class StrictnessPage(Struct, frozen=True):
    title: str
    path: str
    found: Strictness | None
    estimated: bool
    """Whether the round gives marks, from which alone it can be estimated."""


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/strictness", guards=[needs_sign_in])
async def strictness(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat_alone(actor_of(request), programme, edition, round_code)
    if seat.state is not SeatState.ACCEPTED:
        raise NotFound
    page = StrictnessPage(
        title=_("How strict you were"),
        path=seat.round.bench,
        found=await own_strictness(seat, arrival_of(request.scope).at),
        estimated=seat.round.kind == RoundKind.CRITERIA,
    )
    return render(
        request,
        "publication/strictness.html",
        page,
        role=_("judge"),
        place=Link("/bench", seat.round.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(seat.round.bench, seat.round.name),
            Link("", page.title, True),
        ),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [strictness]
