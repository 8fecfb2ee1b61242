"""Reminders to chosen judges: who would get which mail and who is left out, before anything is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.errors import Denied, Invalid
from awards.panels.queries import RoundRow, round_run_by
from awards.scoresheets import services
from awards.scoresheets.arranging import JUDGES_SHOWN, asked_of
from awards.scoresheets.forms import RemindAtWork
from awards.scoresheets.pages.words import LEFT_OUT
from awards.scoresheets.queries import Addressee, addressees_of, letter_values, times_of
from awards.scoresheets.reminders import takes_reminders
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.mails import MailText, mail_text
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
REMIND = "/desk/{programme:str}/{edition:str}/progress/{round_code:str}/remind"


class Sample(Struct, frozen=True):
    """The mail of the first judge who reads in this language."""

    name: str
    language: str
    mail: MailText


class RemindPage(Struct, frozen=True):
    title: str
    round: RoundRow
    back: str
    refused: str
    written: tuple[tuple[Addressee, str], ...]
    left_out: tuple[tuple[Addressee, str], ...]
    samples: tuple[Sample, ...]
    errors: FormErrors = NO_ERRORS


@get(REMIND, guards=[needs_sign_in])
async def preview(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    """Of the judges who are ticked, or of all `who` are silent, or not done."""
    found = await round_run_by(actor_of(request), programme, edition, round_code)
    now = arrival_of(request.scope).at
    asked = asked_of(request.query_params, shown=JUDGES_SHOWN, sorts={})
    who = request.query_params.get("who", "")
    if who in ("silent", "unfinished"):
        everybody = await addressees_of(found, now, silent_days=asked.silent_days)
        chosen = [one for one in everybody if JUDGES_SHOWN[who](one.line)]
    else:
        seats = _seats(request.query_params.getall("seats", []))
        chosen = await addressees_of(found, now, seats=seats) if seats else []
    return _page(request, found, chosen, now)


@post(REMIND, guards=[needs_sign_in], status_code=303)
async def remind(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(RemindAtWork, fields)
    try:
        if isinstance(command, FormErrors):
            raise Invalid({"seats": _("Choose who is to be reminded")})
        told = await services.remind_at_work(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _again(
            request, found, _seats(fields.all("seats")), " ".join(problem.errors.values()), 422
        )
    except Denied as problem:
        return await _again(request, found, _seats(fields.all("seats")), problem.why, 403)
    sent = ngettext(
        "A reminder is on its way to %(num)d judge", "Reminders are on their way to %(num)d judges", told.sent
    )
    without = "; ".join(f"{count} {LEFT_OUT[why]}" for why, count in sorted(told.left_out.items()))
    return redirect(
        request,
        f"{found.progress}/judges",
        flash=Flash("good", sent, _("Left out: %(why)s.", why=without) if without else ""),
    )


def _seats(given: Sequence[str]) -> list[int]:
    """What is no seat's number is nobody's."""
    return [
        int(text)
        for text in given
        if text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= BIGGEST_ID
    ]


async def _again(
    request: AnyRequest, found: RoundRow, seats: Sequence[int], why: str, status: int
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    chosen = await addressees_of(found, now, seats=seats) if seats else []
    return _page(request, found, chosen, now, FormErrors({"": why}), status)


def _page(
    request: AnyRequest,
    found: RoundRow,
    chosen: Sequence[Addressee],
    now: datetime,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    refused = takes_reminders(times_of(found), now)
    judged = [(one, one.left_out(now)) for one in chosen]
    written = [one for one, why in judged if why is None and refused is None]
    page = RemindPage(
        title=_("Remind judges: %(round)s", round=found.name),
        round=found,
        back=f"{found.progress}/judges",
        refused=refused.why if refused is not None else "",
        written=tuple((one, i18n.name_of(_language(request, one))) for one in written),
        left_out=tuple((one, str(LEFT_OUT[why])) for one, why in judged if why is not None),
        samples=_samples(request, found, written),
        errors=errors,
    )
    crumbs = (
        Link(f"{found.edition.desk}/progress", _("Progress")),
        Link(found.progress, found.name),
        Link(page.back, _("By judge")),
        Link("", page.title, True),
    )
    return on_desk(request, found.edition, "scoresheets/remind.html", page, crumbs=crumbs, status=status)


def _language(request: AnyRequest, one: Addressee) -> str:
    return i18n.negotiate("", one.lang, site_of(request).languages)


def _samples(request: AnyRequest, found: RoundRow, written: Sequence[Addressee]) -> tuple[Sample, ...]:
    first: dict[str, Addressee] = {}
    for one in written:
        first.setdefault(_language(request, one), one)
    return tuple(
        Sample(
            one.line.name,
            i18n.name_of(lang),
            mail_text(site_of(request), services.REMINDER, one.lang, letter_values(found, one)),
        )
        for lang, one in first.items()
    )


ROUTES: list[HTTPRouteHandler] = [preview, remind]
