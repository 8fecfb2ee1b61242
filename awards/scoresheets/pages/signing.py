"""Signing off: all marks on one page before the signature, and the receipts after it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import OwnSeat, own_seat
from awards.panels.rules import SeatState
from awards.scoresheets import services
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.pages.spotted import Spotted, order_in_words, spotted
from awards.scoresheets.queries import SheetSummed, summary_of
from awards.scoresheets.strip import Strip, strips
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class SignPage(Struct, frozen=True):
    title: str
    path: str
    counts: tuple[tuple[str, int], ...]
    ready: tuple[SheetSummed, ...]
    waiting: tuple[SheetSummed, ...]
    signed: tuple[SheetSummed, ...]
    chosen: frozenset[str]
    agreed: bool
    mail: bool
    order: str
    spotted: tuple[Spotted, ...]
    strips: tuple[Strip, ...]
    closed: str
    deadline: datetime
    zone: str
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/sign", guards=[needs_sign_in])
async def check(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    """`sheet` names those to be signed by themselves, as its own page asks for one; without it all are."""
    seat = await _seat(request, programme, edition, round_code)
    if seat.must_accept_terms:
        return redirect(request, f"{seat.round.bench}/terms")
    if seat.must_declare:
        return redirect(request, f"{seat.round.bench}/conflicts")
    return await _page(request, seat, request.query_params.getall("sheet", None))


@post("/bench/{programme:str}/{edition:str}/{round_code:str}/sign", guards=[needs_sign_in], status_code=303)
async def sign(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(SignSheets, fields)
    status, errors = 422, NO_ERRORS
    if isinstance(command, FormErrors):
        errors = command
    else:
        try:
            signed = await services.sign_sheets(
                programme=programme,
                edition=edition,
                round_code=round_code,
                command=command,
                actor=actor_of(request),
                clock=arrival_of(request.scope).clock,
            )
        except Invalid as problem:
            errors = FormErrors(problem.errors)
        except Denied as problem:
            status, errors = 403, FormErrors({"": problem.why})
        except Stale:
            text = _("A sheet changed since this page was drawn. Check the marks below and sign again.")
            status, errors = 409, FormErrors({"": text})
    if errors:
        seat = await _seat(request, programme, edition, round_code)
        named = [value.partition(":")[0] for value in fields.all("sheets")]
        return await _page(request, seat, named, fields, errors, status)
    flash = Flash(
        "good", ngettext("%(num)d sheet is signed off", "%(num)d sheets are signed off", signed.sheets)
    )
    path = f"/bench/{programme}/{edition}/{round_code}/receipts/{signed.place}"
    return redirect(request, path, flash=flash)


async def _seat(request: AnyRequest, programme: str, edition: str, code: str) -> OwnSeat:
    seat = await own_seat(actor_of(request), programme, edition, code)
    if seat.state is not SeatState.ACCEPTED:
        raise NotFound
    return seat


async def _page(
    request: AnyRequest,
    seat: OwnSeat,
    named: Sequence[str] | None,
    fields: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    """`fields` is what was sent, where the page is drawn again."""
    now = arrival_of(request.scope).at
    summary = await summary_of(seat, now)
    ready = tuple(sheet for sheet in summary.sheets if sheet.is_ready)
    waiting = tuple(sheet for sheet in summary.sheets if sheet.waits)
    signed = tuple(sheet for sheet in summary.sheets if sheet.state == "signed")
    refused = seat.closed(now)
    titles = {sheet.reference: sheet.title for sheet in summary.sheets}
    drawn = strips(summary.own.criteria, summary.own.sheets)
    page = SignPage(
        title=ngettext("Sign off %(num)d sheet", "Sign off %(num)d sheets", len(ready))
        if ready
        else _("Sign off"),
        path=seat.round.bench,
        counts=(
            (_("ready to sign"), len(ready)),
            (_("still to be marked"), len(waiting)),
            (_("signed off"), len(signed)),
        ),
        ready=ready,
        waiting=waiting,
        signed=signed,
        chosen=frozenset(sheet.reference for sheet in ready if named is None or sheet.reference in named),
        agreed=bool(fields and fields.get("agree")),
        mail=fields is None or bool(fields.get("mail")),
        order=order_in_words(summary.own, titles),
        spotted=spotted(summary.own, drawn, titles),
        strips=drawn,
        closed=refused.why if refused else "",
        deadline=seat.deadline,
        zone=seat.round.edition.zone,
        errors=errors,
    )
    return on_the_bench(
        request,
        "scoresheets/sign.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link("", _("Sign off"), True),
        status=status,
    )


ROUTES: list[HTTPRouteHandler] = [check, sign]
