"""The form on which a paper sheet is keyed in: fields in the order of the paper, and no mark that the judge saved."""

import hashlib
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import RoundRow, round_run_by
from awards.panels.rules import SeatState
from awards.scoresheets import services
from awards.scoresheets.criteria import DrawnCriterion, drawn
from awards.scoresheets.forms import MARK
from awards.scoresheets.forms_paper import key_sheet_of
from awards.scoresheets.keying import Paper
from awards.scoresheets.pages.paper import PAPER, crumbs_of
from awards.scoresheets.queries.keyed import PaperSheet, notes_on, papers_of
from awards.scoresheets.queries.sheet import criteria_of
from awards.scoresheets.rules import NO_EVIDENCE
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import BIGGEST_ID
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class KeyField(Struct, frozen=True):
    name: str
    label: str
    hint: str
    choices: tuple[Choice, ...]
    value: str


class KeyPage(Struct, frozen=True):
    title: str
    round: RoundRow
    sheet: PaperSheet
    path: str
    back: str
    refused: str
    """Why nothing can be keyed in; the form is left out then."""
    mine: bool
    """Whether what stands on the sheet was keyed in by the reader; nobody else is shown it."""
    key: str
    version: int
    paper_date: str
    fields: tuple[KeyField, ...]
    confidences: tuple[Choice, ...]
    confidence: str
    note_city: str
    note_secretariat: str
    remark: str
    errors: FormErrors = NO_ERRORS


@get(f"{PAPER}/{{seat:int}}/{{reference:str}}", guards=[needs_sign_in])
async def key_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
    reference: FromPath[str],
) -> Response[bytes]:
    found = await round_run_by(actor_of(request), programme, edition, round_code)
    return await _form(request, found, seat, reference)


@post(f"{PAPER}/{{seat:int}}/{{reference:str}}", guards=[needs_sign_in], status_code=303)
async def key_in(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
    reference: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    try:
        keyed = await services.key_in_sheet(
            round_id=found.id,
            command=key_sheet_of(fields, _bounded(seat), reference),
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await _form(request, found, seat, reference, fields, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _form(request, found, seat, reference, fields, FormErrors({"": problem.why}), 403)
    except Stale:
        text = _("The sheet changed since this page was drawn. Check what you typed, and key it in again.")
        return await _form(request, found, seat, reference, fields, FormErrors({"": text}), 409)
    told = (
        _("The judge has a mail, and confirms it there. Until then it does not count.")
        if keyed.mailed
        else _(
            "The judge has no confirmed address: tell them to look at their list. Until then it does not count."
        )
    )
    flash = Flash("good", _("The sheet is keyed in"), told)
    return redirect(request, f"{found.progress}/paper?judge={seat}", flash=flash)


async def _form(
    request: AnyRequest,
    found: RoundRow,
    seat: int,
    reference: str,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    sheets = await papers_of(found.id, _bounded(seat), reference)
    if not sheets or sheets[0].seat_state != SeatState.ACCEPTED.value:
        raise NotFound
    sheet = sheets[0]
    mine = sheet.is_of(actor)
    criteria = drawn(await criteria_of(found.id, sheet.category_id, sheet.id if mine else 0), found.kind)
    notes = await notes_on(sheet.id) if mine else {}
    refused = sheet.may_be_keyed(found, now)
    if sheet.person_id == actor.person_id:
        refused = Denied("own sheet", _("This sheet is your own: a colleague keys it in."))
    typed: Mapping[str, str] = fields if fields is not None else {}
    page = KeyPage(
        title=_("Key in: %(title)s", title=sheet.title),
        round=found,
        sheet=sheet,
        path=f"{found.progress}/paper/{seat}/{reference}",
        back=f"{found.progress}/paper?judge={seat}",
        refused=refused.why if refused is not None else "",
        mine=mine,
        # Sent twice from the same version it is one operation, on whatever page it was typed.
        key=hashlib.sha256(f"paper {seat} {reference}".encode()).hexdigest(),
        version=sheet.version,
        paper_date=typed.get("paper_date", sheet.paper_date if mine else ""),
        fields=tuple(_field(one, typed, found) for one in criteria),
        confidences=(
            Choice("high", _("Sure")),
            Choice("middle", _("Fairly sure")),
            Choice("low", _("Unsure")),
        )
        if found.confidence
        else (),
        confidence=typed.get("confidence", sheet.confidence if mine else ""),
        note_city=typed.get("note_city", notes.get("city", "")),
        note_secretariat=typed.get("note_secretariat", notes.get("secretariat", "")),
        remark=sheet.remark if sheet.paper is Paper.WRONG else "",
        errors=errors,
    )
    crumbs = crumbs_of(found, Link(f"{found.progress}/paper", _("On paper")), Link("", sheet.judge, True))
    return on_desk(request, found.edition, "scoresheets/key.html", page, crumbs=crumbs, status=status)


def _field(criterion: DrawnCriterion, typed: Mapping[str, str], found: RoundRow) -> KeyField:
    name = MARK + criterion.code
    choices = [Choice(str(mark), text) for mark, text in criterion.marks]
    if found.not_enough_evidence:
        choices.append(Choice(NO_EVIDENCE, _("not enough evidence")))
    # A radio that was chosen by mistake has no other way back.
    choices.append(Choice("", _("no mark on the paper")))
    ends = " – ".join(filter(None, (criterion.low, criterion.high)))
    return KeyField(name, criterion.label, ends, tuple(choices), typed.get(name, criterion.mark))


def _bounded(seat: int) -> int:
    if not 0 < seat <= BIGGEST_ID:
        raise NotFound
    return seat


ROUTES: list[HTTPRouteHandler] = [key_page, key_in]
