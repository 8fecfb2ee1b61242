"""One question of the entry form with its preview, and the whole form as officials meet it."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.checks import CODE, RESERVED_QUESTIONS, problems_of
from awards.editions.document import EditionDocument, QuestionPart
from awards.editions.entry_form import (
    Shown,
    code_for,
    sections_of,
    shown,
    with_questions,
)
from awards.editions.pages_setup_forms import (
    NEW,
    Outcome,
    Req,
    Spot,
    differing,
    drawn,
    drawn_version,
    on_setup,
    save,
    typed_from,
)
from awards.editions.queries import run_by
from awards.editions.queries.answered import count_answers
from awards.editions.queries.rulesets import Offer
from awards.editions.reading import stored_edition
from awards.editions.setup import Answers, Field, Typed, local
from awards.editions.setup_questions import question_fields, question_part, question_values
from awards.editions.touching import Touched, digest_of
from awards.errors import NotFound
from awards.web.fields import read_fields
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/setup/questions"
ONE = HERE + "/{code:str}"


class QuestionPage(Struct, frozen=True):
    title: str
    errors: FormErrors
    action: str
    back: str
    version: int
    fields: tuple[tuple[Field, str | tuple[str, ...]], ...]
    preview: Shown
    lacking: tuple[str, ...]
    code: str
    asks_code: bool
    answers: int
    stored: tuple[tuple[str, str, str], ...] = ()
    offer: Offer | None = None
    touched: tuple[Touched, ...] = ()
    seen: str = ""


class WholePage(Struct, frozen=True):
    title: str
    back: str
    sections: tuple[tuple[str, tuple[Shown, ...]], ...]
    categories: tuple[Choice, ...]
    category: str
    errors: FormErrors = NO_ERRORS


async def spot_of(request: Req, programme: str, edition: str) -> Spot:
    row = await run_by(actor_of(request), programme, edition)
    stored = await stored_edition(row.id)
    return Spot(row, stored.document, f"{row.desk}/setup/questions", (), stored.ended_parts)


def shown_in(document: EditionDocument, part: QuestionPart) -> Shown:
    frozen = local(part.frozen_at, document.zone).replace("T", " ") if part.frozen_at else ""
    return shown(document, part, _("%(time)s in %(zone)s", time=frozen, zone=document.zone) if frozen else "")


def known(spot: Spot, code: str) -> QuestionPart:
    part = next((one for one in spot.document.questions if one.code == code), None)
    if part is None:
        raise NotFound
    return part


# --- one question -------------------------------------------------------------------------------------------


@get(ONE, guards=[needs_sign_in])
async def question_page(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    spot = await spot_of(request, programme, edition)
    part = None if code == NEW else known(spot, code)
    values = question_values(spot.document, part)
    if part is None:
        values = {**values, "section": request.query_params.get("section", "")[:300]}
    return await _question(
        request, spot, code, values, part or question_part(spot.document, "", Answers(values, "UTC"), None)
    )


@post(ONE, guards=[needs_sign_in], status_code=303)
async def save_question(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """Stored, or with the button “Preview” only shown as it would be."""
    spot = await spot_of(request, programme, edition)
    document = spot.document
    old = None if code == NEW else known(spot, code)
    sent = await read_fields(request)
    fields = question_fields(document, code)
    typed, own = typed_from(fields, sent), code
    taken = {one.code for one in (*document.questions, *spot.ended)}
    if old is None:
        own = sent.get("code", "").strip() or code_for(sent.get("label", ""), taken | RESERVED_QUESTIONS)
    answers = Answers(typed, document.zone)
    part = question_part(document, own, answers, old)
    if not CODE.fullmatch(own):
        answers.errors = {"code": _("Choose a code of small letters, digits and hyphens"), **answers.errors}
    elif old is None and own in taken:
        answers.errors = {"code": _("This code is taken; codes differ"), **answers.errors}
    others = document.questions if old else (*document.questions, part)
    new = with_questions(document, [part if one.code == own else one for one in others])
    place = [one.code for one in new.questions].index(own)
    if sent.get("act") == "preview":
        own_problems = (one.text for one in problems_of(new) if one.place[:2] == ("question", place))
        lacking = (*answers.errors.values(), *own_problems)
        return await _question(
            request, spot, code, typed, part, lacking=lacking, typed_code=sent.get("code", "")
        )
    if answers.errors:
        done = Outcome(FormErrors(answers.errors), 422)
    else:
        done = await save(request, spot, new, await drawn_version(request), ("question", place), fields)
    if done.stored:
        return redirect(request, f"{spot.href}", flash=Flash("good", _("Saved: %(what)s", what=own)))
    stored: tuple[tuple[str, str, str], ...] = ()
    if done.status == 409 and old is not None:
        stored = differing(fields, typed, question_values(document, old))
    return await _question(request, spot, code, typed, part, done=done, stored=stored, typed_code=own)


async def _question(
    request: Req, spot: Spot, code: str, values: Typed, part: QuestionPart, *, done: Outcome | None = None,
    stored: tuple[tuple[str, str, str], ...] = (), lacking: tuple[str, ...] = (), typed_code: str = "",
) -> Response[bytes]:  # fmt: skip
    new, touched = code == NEW, done.touched if done else ()
    counts = {} if new else await count_answers(spot.row.id)
    page = QuestionPage(
        title=_("Add a question") if new else _("Change the question “%(code)s”", code=code),
        errors=done.errors if done else NO_ERRORS,
        action=f"{spot.href}/{code}",
        back=spot.href,
        version=spot.row.version,
        fields=drawn(question_fields(spot.document, code), values),
        preview=shown_in(spot.document, part),
        lacking=lacking,
        code=typed_code if new else code,
        asks_code=new,
        answers=counts.get(code, 0),
        stored=stored,
        offer=done.offer if done else None,
        touched=touched,
        seen=digest_of(touched),
    )
    crumbs = (Link(spot.href, _("Questions of the entry form")),)
    return on_setup(request, spot.row, "editions/question.html", page, crumbs, done.status if done else 200)


# --- the whole form -----------------------------------------------------------------------------------------


@get(HERE + "/preview", guards=[needs_sign_in])
async def whole_form(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    """Every question of a category on one page, with the fields that officials meet one by one."""
    spot = await spot_of(request, programme, edition)
    document = spot.document
    known = [one.code for one in document.categories]
    category = request.query_params.get("category", "")
    category = category if category in known else next(iter(known), "")
    asked = [one for one in document.questions if not one.categories or category in one.categories]
    page = WholePage(
        title=_("The whole form"),
        back=spot.href,
        sections=tuple(
            (one.name, tuple(shown_in(document, part) for part in one.questions))
            for one in sections_of(asked)
        ),
        categories=tuple(Choice(one.code, one.name) for one in document.categories),
        category=category,
    )
    crumbs = (Link(spot.href, _("Questions of the entry form")),)
    return on_setup(request, spot.row, "editions/form_preview.html", page, crumbs)


ROUTES: list[HTTPRouteHandler] = [question_page, save_question, whole_form]
