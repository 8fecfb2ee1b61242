"""Building the entry form: its sections and questions in their order, and what was taken out of it."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.document import EditionDocument, QuestionPart
from awards.editions.entry_form import (
    Shown,
    moved,
    section_moved,
    section_renamed,
    sections_of,
    with_questions,
)
from awards.editions.forms import SectionAct
from awards.editions.pages_question import HERE, ONE, known, shown_in, spot_of
from awards.editions.pages_setup_forms import (
    Confirm,
    Outcome,
    Req,
    Spot,
    drawn_version,
    on_setup,
    save,
)
from awards.editions.queries.answered import count_answers
from awards.editions.queries.rulesets import Offer
from awards.editions.starter import questions_of
from awards.editions.touching import digest_of
from awards.errors import NotFound
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import needs_sign_in


class BuilderRow(Struct, frozen=True):
    href: str
    question: Shown
    answers: int
    first: bool
    last: bool


class BuilderSection(Struct, frozen=True):
    name: str
    rows: tuple[BuilderRow, ...]
    first: bool
    last: bool


class BuilderPage(Struct, frozen=True):
    """`gone` are questions that were taken out of the form and keep their answers."""

    title: str
    errors: FormErrors
    href: str
    version: int
    sections: tuple[BuilderSection, ...]
    gone: tuple[BuilderRow, ...]
    offer: Offer | None = None
    confirm: Confirm | None = None


@get(HERE, guards=[needs_sign_in])
async def builder_page(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    return await _builder(request, await spot_of(request, programme, edition))


async def _builder(
    request: Req, spot: Spot, done: Outcome | None = None, confirm: Confirm | None = None
) -> Response[bytes]:
    counts = await count_answers(spot.row.id)
    document = spot.document
    sections = sections_of(document.questions)

    def row(part: QuestionPart, place: int, most: int) -> BuilderRow:
        href = f"{spot.href}/{part.code}"
        return BuilderRow(
            href, shown_in(document, part), counts.get(part.code, 0), place == 0, place == most - 1
        )

    page = BuilderPage(
        title=_("Questions of the entry form"),
        errors=done.errors if done else NO_ERRORS,
        href=spot.href,
        version=spot.row.version,
        sections=tuple(
            BuilderSection(
                one.name,
                tuple(row(part, place, len(one.questions)) for place, part in enumerate(one.questions)),
                number == 0,
                number == len(sections) - 1,
            )
            for number, one in enumerate(sections)
        ),
        gone=tuple(row(part, 0, 1) for part in spot.ended),
        offer=done.offer if done else None,
        confirm=confirm,
    )
    return on_setup(request, spot.row, "editions/questions.html", page, (), done.status if done else 200)


@post(HERE + "/_start", guards=[needs_sign_in], status_code=303)
async def start(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    """The form that comes with the software, where there is none yet."""
    spot = await spot_of(request, programme, edition)
    if spot.document.questions:
        return redirect(request, spot.href)
    return await _change(
        request,
        spot,
        with_questions(spot.document, questions_of("wego")),
        "_start",
        Flash(
            "good", _("The WeGO form is there"), _("Change, move and remove questions as this edition needs.")
        ),
    )


@post(HERE + "/_section", guards=[needs_sign_in], status_code=303)
async def change_section(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    spot = await spot_of(request, programme, edition)
    act = parse(SectionAct, await read_fields(request))
    if isinstance(act, FormErrors):
        return await _builder(request, spot, Outcome(act, 422))
    if act.section not in {one.name for one in sections_of(spot.document.questions)}:
        raise NotFound
    if act.act == "rename":
        new = section_renamed(spot.document, act.section, " ".join(act.name.split()))
    else:
        new = section_moved(spot.document, act.section, -1 if act.act == "up" else 1)
    return await _change(request, spot, new, "_section", Flash("good", _("The section has changed")))


@post(ONE + "/remove", guards=[needs_sign_in], status_code=303)
async def remove_question(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    spot = await spot_of(request, programme, edition)
    known(spot, code)
    new = with_questions(spot.document, [one for one in spot.document.questions if one.code != code])
    return await _change(
        request, spot, new, f"{code}/remove", Flash("good", _("Removed: %(what)s", what=code))
    )


@post(ONE + "/back", guards=[needs_sign_in], status_code=303)
async def bring_back(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """A question that was taken out comes back with the answers that it has."""
    spot = await spot_of(request, programme, edition)
    part = next((one for one in spot.ended if one.code == code), None)
    if part is None:
        raise NotFound
    new = with_questions(spot.document, [*spot.document.questions, part])
    return await _change(
        request, spot, new, f"{code}/back", Flash("good", _("In the form again: %(what)s", what=code))
    )


@post(ONE + "/up", guards=[needs_sign_in], status_code=303)
async def move_question_up(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    return await _move(request, programme, edition, code, -1)


@post(ONE + "/down", guards=[needs_sign_in], status_code=303)
async def move_question_down(
    request: Req, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    return await _move(request, programme, edition, code, 1)


async def _move(request: Req, programme: str, edition: str, code: str, step: int) -> Response[bytes]:
    spot = await spot_of(request, programme, edition)
    known(spot, code)
    return await _change(
        request,
        spot,
        moved(spot.document, code, step),
        f"{code}/{'up' if step < 0 else 'down'}",
        Flash("good", _("Moved: %(what)s", what=code)),
    )


async def _change(request: Req, spot: Spot, new: EditionDocument, act: str, news: Flash) -> Response[bytes]:
    """Stored at once, unless it touches answers that were given: then it is shown whose, and asked again."""
    done = await save(request, spot, new, await drawn_version(request), (), ())
    if done.stored:
        return redirect(request, spot.href, flash=news)
    confirm = None
    if done.touched:
        fields = {
            name: value
            for name, value in (await read_fields(request)).items()
            if name in SectionAct.model_fields
        }
        confirm = Confirm(
            f"{spot.href}/{act}", act, done.touched, digest_of(done.touched), tuple(fields.items())
        )
    return await _builder(request, spot, done, confirm)


ROUTES: list[HTTPRouteHandler] = [
    builder_page,
    start,
    change_section,
    remove_question,
    bring_back,
    move_question_up,
    move_question_down,
]
