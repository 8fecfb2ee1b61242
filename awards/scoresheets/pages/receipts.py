"""A judge's receipts: after a signature, all of a round, and the page on which one that was kept is checked."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import NotFound
from awards.panels.queries import OwnSeat, own_seat
from awards.scoresheets.checking import Checked, check, read_kept
from awards.scoresheets.forms import CheckReceipt
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries.receipts import own_receipts, receipts_of
from awards.scoresheets.receipts import ReceiptLine
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class ReceiptsPage(Struct, frozen=True):
    """`place` is that of one signature in the audit trail, 0 for all receipts of the round."""

    title: str
    seat: OwnSeat
    receipts: tuple[ReceiptLine, ...]
    place: int


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/receipts", guards=[needs_sign_in])
async def receipts(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    page = ReceiptsPage(_("Your receipts"), seat, tuple(await own_receipts(seat)), 0)
    return on_the_bench(
        request,
        "scoresheets/receipts.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link("", page.title, True),
    )


@get(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/receipts/{place:int}",
    guards=[needs_sign_in],
)
async def signature(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    place: FromPath[int],
) -> Response[bytes]:
    """What one signature gave, at an address that stays: nothing is signed again by reloading it."""
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    found = tuple(line for line in await own_receipts(seat) if line.event_seq == place)
    if not found:
        raise NotFound
    title = ngettext("Receipt of your signature", "%(num)d receipts of your signature", len(found))
    page = ReceiptsPage(title, seat, found, place)
    return on_the_bench(
        request,
        "scoresheets/receipts.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link(f"{seat.round.bench}/receipts", _("Your receipts")),
        Link("", title, True),
    )


class CheckPage(Struct, frozen=True):
    title: str
    values: Mapping[str, str]
    checked: Checked | None = None
    errors: FormErrors = NO_ERRORS


@get("/bench/receipts", guards=[needs_sign_in])
async def check_page(request: AnyRequest) -> Response[bytes]:
    """Open to everybody: a receipt outlives the seat that it was given for."""
    return _check(request, CheckPage(_("Check a receipt"), {"kept": ""}))


@post("/bench/receipts", guards=[needs_sign_in], status_code=200)
async def check_kept(request: AnyRequest) -> Response[bytes]:
    """Sent, not asked for by an address: a line holds marks, and addresses are written down. Nothing is stored."""
    fields = await read_fields(request)
    values = {"kept": fields.get("kept", "")}
    command = parse(CheckReceipt, fields)
    if isinstance(command, FormErrors):
        return _check(request, CheckPage(_("Check a receipt"), values, errors=command), 422)
    kept = read_kept(command.kept)
    if not kept:
        text = _("Paste a line that begins with { and ends with }, or a fingerprint of 64 letters and digits")
        return _check(
            request, CheckPage(_("Check a receipt"), values, errors=FormErrors({"kept": text})), 422
        )
    checked = check(kept, await receipts_of(actor_of(request).person_id))
    title = _("What you kept holds") if checked.is_well else _("Not all of what you kept holds")
    return _check(request, CheckPage(title, values, checked))


def _check(request: AnyRequest, page: CheckPage, status: int = 200) -> Response[bytes]:
    return render(
        request,
        "scoresheets/check.html",
        page,
        status=status,
        role=_("judge"),
        crumbs=(Link("/bench", _("Your rounds")), Link("", _("Check a receipt"), True)),
    )


ROUTES: list[HTTPRouteHandler] = [receipts, signature, check_page, check_kept]
