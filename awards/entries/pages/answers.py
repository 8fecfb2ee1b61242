"""One question, one page. Where two people write, both texts are kept and shown."""

from collections.abc import Sequence

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries
from awards.entries.kinds import MOST_INDICATORS
from awards.entries.language import language_warnings
from awards.entries.pages.attachments import files_page
from awards.entries.pages.frame import AnyRequest, back_to_check, moved_since, render_entry, render_late
from awards.entries.pages.writing import (
    LEAST_ROWS,
    ONE,
    Block,
    Kept,
    Typed,
    block_of,
    draft_language,
    keep_answer,
    keep_working,
    languages_to_draft_in,
    placed,
    spoken,
    typed_of,
)
from awards.entries.queries import AnswerRow, OwnEntry, Section, sections_of
from awards.entries.rules import Late
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, person_key


class Waiting(Struct, frozen=True):
    """The answer that has to be there before the question is asked."""

    code: str
    label: str
    answer: str


class QuestionPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    block: Block
    section: Section | None
    waits_for: Waiting | None
    languages: tuple[Choice, ...]
    position: int
    most: int
    before: str
    after: str
    person: str
    back: str
    errors: FormErrors = NO_ERRORS


async def _question(
    request: AnyRequest,
    reference: str,
    code: str,
    *,
    fields: Fields | None = None,
    kept: Kept | None = None,
) -> Response[bytes]:
    now, actor = arrival_of(request.scope).at, actor_of(request)
    entry = await queries.own_entry(actor, reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    row = next((row for row in every if row.question.code == code), None)
    if row is None:
        raise NotFound
    if row.question.kind == "file":
        return await files_page(request, entry, every, row)
    typed: Typed | None = None
    if fields is not None:
        typed = typed_of(row.question, {name: fields.all(name) for name in fields}, ONE)
    text = {code: row.value} if row.question.is_text and fields is None else {}
    block = block_of(
        entry,
        row,
        ONE,
        now,
        every=every,
        working=await queries.working_texts(entry.id) if row.question.is_text else {},
        lang=draft_language(),
        least_rows=_rows(request),
        typed=typed,
        lost=frozenset(kept.lost) if kept else frozenset(),
        warning=(await language_warnings(text, entry.languages)).get(code, ""),
    )
    asked = [each.question.code for each in every if each.is_asked]
    place = asked.index(code) if code in asked else -1
    page = QuestionPage(
        title=row.question.label,
        entry=entry,
        block=block,
        section=next((each for each in sections_of(every) if row in each.rows), None),
        waits_for=None if row.is_asked else _waits_for(row, every),
        languages=languages_to_draft_in(block.working_lang or draft_language()),
        position=place + 1,
        most=len(asked),
        before=f"{entry.path}/{asked[place - 1]}" if place > 0 else "",
        after=_after(entry, every, code),
        person=person_key(actor.person_id),
        back=back_to_check(request, fields),
        errors=placed(kept.errors, (block,)) if kept else NO_ERRORS,
    )
    here = _("Question %(position)d of %(most)d", position=page.position, most=page.most)
    status = kept.status if kept else 200
    return render_entry(
        request, "entries/question.html", page, entry, here=here if place >= 0 else page.title, status=status
    )


def _rows(request: AnyRequest) -> int:
    """How many rows of a table the address asks for."""
    asked = request.query_params.get("rows", "")
    return (
        max(LEAST_ROWS, min(int(asked[:9]), MOST_INDICATORS))
        if asked.isascii() and asked.isdigit()
        else LEAST_ROWS
    )


def _waits_for(row: AnswerRow, every: Sequence[AnswerRow]) -> Waiting | None:
    code, answer = row.question.show_if
    asked = next((each.question for each in every if each.question.code == code), None)
    return Waiting(code, asked.label, spoken(asked, answer)) if asked is not None else None


def _after(entry: OwnEntry, every: Sequence[AnswerRow], code: str) -> str:
    """The next question that is asked, and after the last one the check; of an answer to the desk, back to that."""
    if entry.enquiry is not None and code in entry.enquiry.codes:
        return f"{entry.path}/enquiry"
    codes = [row.question.code for row in every]
    for row in every[codes.index(code) + 1 :]:
        if row.is_asked:
            return f"{entry.path}/{row.question.code}"
    return f"{entry.path}/check"


@get("/city/entries/{reference:str}/{code:str}", guards=[needs_sign_in])
async def question_page(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    return await _question(request, reference, code)


@post("/city/entries/{reference:str}/{code:str}", opt={"asks_again": True}, status_code=303)
async def save_answer(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    """Without a session the form is not lost: `asks_again` has the person sign in and send it once more."""
    fields = await read_fields(request)
    kept = Kept()
    adds, back = "add" in fields, f"/city/entries/{reference}"
    try:
        await keep_working(request, reference, code, ONE, fields, kept)
        await keep_answer(request, reference, code, ONE, fields, kept, draft=adds or "draft" in fields)
    except Late as refusal:
        typed = "\n".join(value for name in fields for value in fields.all(name) if name.startswith("answer"))
        return render_late(request, refusal, back=back, typed=typed)
    if kept.errors:
        return await _question(request, reference, code, fields=fields, kept=kept)
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    told = " ".join(filter(None, [*kept.said, moved_since(entry, fields.get("closes", ""))]))
    if adds:
        carried = "&back=check" if back_to_check(request, fields) else ""
        return redirect(
            request, f"{back}/{code}?rows={_rows_in(fields) + 1}{carried}#answer.{_rows_in(fields)}.indicator"
        )
    if "draft" in fields:
        return redirect(request, back, flash=Flash("good", _("Saved"), told))
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id)
    flash = Flash("now", _("Saved"), told) if told else None
    if back_to_check(request, fields):
        return redirect(request, f"{back}/check#row-{code}", flash=flash)
    return redirect(request, _after(entry, every, code), flash=flash)


def _rows_in(fields: Fields) -> int:
    return sum(1 for name in fields if name.startswith("answer.") and name.endswith(".indicator"))


ROUTES: list[HTTPRouteHandler] = [question_page, save_answer]
