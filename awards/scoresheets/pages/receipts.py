"""A judge's receipts: what was signed, what was promised in the audit trail, and how to check the one by the other."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.panels.queries import OwnSeat, own_seat
from awards.scoresheets.queries.receipts import ReceiptLine, own_receipts
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in


class ReceiptsPage(Struct, frozen=True):
    title: str
    seat: OwnSeat
    receipts: tuple[ReceiptLine, ...]


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/receipts", guards=[needs_sign_in])
async def receipts(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    page = ReceiptsPage(title=_("Your receipts"), seat=seat, receipts=tuple(await own_receipts(seat)))
    return render(
        request,
        "scoresheets/receipts.html",
        page,
        role=_("judge"),
        place=Link("/bench", seat.round.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(seat.round.bench, _("Your entries")),
            Link("", page.title, True),
        ),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [receipts]
