"""One question, one page. Where two people write, both texts are kept and shown."""

from collections.abc import Sequence
from datetime import datetime

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries, services
from awards.entries.answering import Asked
from awards.entries.comparing import Part, differences
from awards.entries.forms import SaveAnswer
from awards.entries.pages.frame import AnyRequest, render_entry, render_late
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.rules import Late
from awards.errors import Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class BothTexts(Struct, frozen=True):
    """What stands now, and what was typed over an older text."""

    by: str
    at: datetime | None
    theirs: tuple[Part, ...]
    own: tuple[Part, ...]


class QuestionPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    question: Asked
    value: str
    chosen: tuple[str, ...]
    choices: tuple[Choice, ...]
    version: int
    saved_at: datetime | None
    saved_by: str
    position: int
    most: int
    before: str
    after: str
    may_change: bool
    both: BothTexts | None = None
    errors: FormErrors = NO_ERRORS


async def _question(
    request: AnyRequest,
    reference: str,
    code: str,
    *,
    typed: Sequence[str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    rows = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    codes = [row.question.code for row in rows]
    if code not in codes:
        raise NotFound
    place = codes.index(code)
    row = rows[place]
    value = row.value if typed is None else "\n".join(typed)
    both = None
    if status == 409:
        theirs, own = differences(row.value, value)
        both = BothTexts(row.by, row.saved_at, theirs, own)
    page = QuestionPage(
        title=row.question.label,
        entry=entry,
        question=row.question,
        value=value,
        chosen=tuple(value.split("\n")),
        choices=_choices(row.question),
        version=row.version,
        saved_at=row.saved_at,
        saved_by=row.by,
        position=place + 1,
        most=len(rows),
        before=f"{entry.path}/{codes[place - 1]}" if place else "",
        after=_after(entry, codes, place),
        may_change=entry.may_change(code, now),
        both=both,
        errors=errors,
    )
    here = _("Question %(position)d of %(most)d", position=page.position, most=page.most)
    return render_entry(request, "entries/question.html", page, entry, here=here, status=status)


def _choices(question: Asked) -> tuple[Choice, ...]:
    if question.kind == "yes or no":
        return (Choice("yes", _("Yes")), Choice("no", _("No")))
    return tuple(Choice(option, option) for option in question.limits.options)


def _after(entry: OwnEntry, codes: Sequence[str], place: int) -> str:
    return f"{entry.path}/{codes[place + 1]}" if place + 1 < len(codes) else f"{entry.path}/check"


@get("/city/entries/{reference:str}/{code:str}", guards=[needs_sign_in])
async def question_page(
    request: AnyRequest, reference: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    return await _question(request, reference, code)


@post("/city/entries/{reference:str}/{code:str}", guards=[needs_sign_in], status_code=303)
async def save_answer(request: AnyRequest, reference: FromPath[str], code: FromPath[str]) -> Response[bytes]:
    fields = await read_fields(request)
    typed = fields.all("answer")
    command = parse_drawn(SaveAnswer, fields)
    if isinstance(command, FormErrors):
        return await _question(request, reference, code, typed=typed, errors=command, status=422)
    back = f"/city/entries/{reference}"
    try:
        await services.save_answer(
            reference=reference,
            code=code,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await _question(request, reference, code, typed=typed, errors=errors, status=422)
    except Late as refusal:
        return render_late(request, refusal, back=back, typed="\n".join(typed))
    except Stale:
        said = _("Somebody saved another answer meanwhile. Both are below; nothing was overwritten.")
        errors = FormErrors({"answer": said})
        return await _question(request, reference, code, typed=typed, errors=errors, status=409)
    if command.draft:
        return redirect(request, back, flash=Flash("good", _("Saved")))
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    codes = _codes(await queries.answers_of(entry.id, entry.edition_id, entry.category_id))
    return redirect(request, _after(entry, codes, codes.index(code)))


def _codes(rows: Sequence[AnswerRow]) -> list[str]:
    return [row.question.code for row in rows]


ROUTES: list[HTTPRouteHandler] = [question_page, save_answer]
