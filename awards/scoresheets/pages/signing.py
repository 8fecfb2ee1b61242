"""Signing off sheets that are ready: a page to check them, and the signature."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import OwnSeat, own_seat
from awards.panels.rules import SeatState
from awards.scoresheets import queries, services
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.queries import CheckedSheet
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class SignPage(Struct, frozen=True):
    title: str
    path: str
    sheets: tuple[CheckedSheet, ...]
    chosen: frozenset[str]
    deadline: datetime
    zone: str
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/sign", guards=[needs_sign_in])
async def check(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await _seat(request, programme, edition, round_code)
    sheets = await queries.ready_to_sign(seat)
    return _page(request, seat, sheets, frozenset(sheet.value for sheet in sheets))


@post("/bench/{programme:str}/{edition:str}/{round_code:str}/sign", guards=[needs_sign_in], status_code=303)
async def sign(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    fields = await read_fields(request)
    command = parse(SignSheets, fields)
    status, errors = 422, NO_ERRORS
    count = 0
    if isinstance(command, FormErrors):
        errors = command
    else:
        try:
            count = await services.sign_sheets(
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
        sheets = await queries.ready_to_sign(seat)
        return _page(request, seat, sheets, frozenset(fields.all("sheets")), errors, status)
    flash = Flash(
        "good",
        ngettext("%(num)d sheet is signed off", "%(num)d sheets are signed off", count),
        _("Each has a receipt: see “Your receipts” below the list."),
    )
    return redirect(request, f"/bench/{programme}/{edition}/{round_code}", flash=flash)


async def _seat(request: AnyRequest, programme: str, edition: str, code: str) -> OwnSeat:
    seat = await own_seat(actor_of(request), programme, edition, code)
    if seat.state is not SeatState.ACCEPTED:
        raise NotFound
    return seat


def _page(
    request: AnyRequest,
    seat: OwnSeat,
    sheets: list[CheckedSheet],
    chosen: frozenset[str],
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    page = SignPage(
        title=ngettext("Sign off %(num)d sheet", "Sign off %(num)d sheets", len(sheets)),
        path=seat.round.bench,
        sheets=tuple(sheets),
        chosen=chosen,
        deadline=seat.deadline,
        zone=seat.round.edition.zone,
        errors=errors,
    )
    return render(
        request,
        "scoresheets/sign.html",
        page,
        status=status,
        role=_("judge"),
        place=Link("/bench", seat.round.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(seat.round.bench, _("Your entries")),
            Link("", _("Sign off"), True),
        ),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [check, sign]
