"""The city answers what it is asked about its submission, and appeals against a decision."""

from datetime import datetime

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries, services
from awards.entries.asking import OpenEnquiry
from awards.entries.forms_screening import AnswerEnquiry, AppealEntry
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.queries.enquiries import answered
from awards.entries.rules import SIGNED, EntryState, Late
from awards.entries.screening import may_appeal
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class EnquiryPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    enquiry: OpenEnquiry
    asked: tuple[AnswerRow, ...]
    is_over: bool
    may_answer: bool
    is_new: bool
    seen: str
    reply: str
    errors: FormErrors = NO_ERRORS


async def _draw(
    request: AnyRequest, reference: str, *, reply: str = "", errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    enquiry = entry.enquiry
    if enquiry is None or entry.state is not EntryState.SUBMITTED:
        raise NotFound
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    new = await answered(entry, enquiry, answers)
    is_over = now >= enquiry.due
    page = EnquiryPage(
        title=_("A question about your entry"),
        entry=entry,
        enquiry=enquiry,
        asked=tuple(row for row in answers if row.question.code in enquiry.codes),
        is_over=is_over,
        may_answer=entry.may_write and not is_over,
        is_new=new.is_new,
        seen=new.sha256,
        reply=reply,
        errors=errors,
    )
    return render_entry(request, "entries/enquiry.html", page, entry, here=page.title, status=status)


@get("/city/entries/{reference:str}/enquiry", guards=[needs_sign_in])
async def enquiry_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _draw(request, reference)


@post("/city/entries/{reference:str}/enquiry", guards=[needs_sign_in], status_code=303)
async def answer(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    reply = fields.get("reply", "")
    command = parse(AnswerEnquiry, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, reference, reply=reply, errors=command, status=422)
    try:
        await services.answer_enquiry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        errors = FormErrors(
            {name if name == "reply" else f"row-{name}": text for name, text in problem.errors.items()}
        )
        return await _draw(request, reference, reply=reply, errors=errors, status=422)
    except Stale:
        said = _(
            "Somebody changed an answer since you opened the page. This is how it stands; read it again."
        )
        return await _draw(request, reference, reply=reply, errors=FormErrors({"": said}), status=409)
    flash = Flash("good", _("Your answer is sent"), _("You get a mail when there is a decision."))
    return redirect(request, f"/city/entries/{reference}", flash=flash)


# --- the appeal ----------------------------------------------------------------------------------------


class AppealPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    until: datetime | None
    text: str
    errors: FormErrors = NO_ERRORS


async def _appeal(
    request: AnyRequest, reference: str, *, text: str = "", errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    if not entry.may_write or entry.state is not EntryState.INELIGIBLE:
        raise NotFound
    if refusal := may_appeal(entry.state, entry.decided, entry.appeal_until, entry.appealed, now):
        raise refusal
    if entry.call.state in SIGNED:
        raise Denied("signed", _("The results of this edition are signed; write to the secretariat."))
    page = AppealPage(_("Appeal against the decision"), entry, entry.appeal_until, text, errors)
    return render_entry(request, "entries/appeal.html", page, entry, here=page.title, status=status)


@get("/city/entries/{reference:str}/appeal", guards=[needs_sign_in])
async def appeal_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _appeal(request, reference)


@post("/city/entries/{reference:str}/appeal", guards=[needs_sign_in], status_code=303)
async def appeal(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    text = fields.get("text", "")
    command = parse(AppealEntry, fields)
    if isinstance(command, FormErrors):
        return await _appeal(request, reference, text=text, errors=command, status=422)
    try:
        await services.appeal_entry(
            reference=reference,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Late as refusal:
        return render_late(request, refusal, back=f"/city/entries/{reference}", typed=text)
    except Invalid as problem:
        return await _appeal(request, reference, text=text, errors=FormErrors(problem.errors), status=422)
    flash = Flash("good", _("Your appeal is sent"), _("You get a mail when there is a decision."))
    return redirect(request, f"/city/entries/{reference}", flash=flash)


ROUTES: list[HTTPRouteHandler] = [enquiry_page, answer, appeal_page, appeal]
