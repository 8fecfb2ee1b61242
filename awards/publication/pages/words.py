"""What judges wrote to cities, for a person of the secretariat to read before it goes out."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, field

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import Invalid, Stale
from awards.publication import services
from awards.publication.anonymity import struck
from awards.publication.feedback_facts import went_out
from awards.publication.forms_words import ReviewNote, WordsForm
from awards.publication.words_to_cities import GIVEN, LEFT_OUT, STRUCK, Note, notes_of
from awards.results.queries import conflicted_categories
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/publication/words"


class Typed(Struct, frozen=True):
    outcome: str = ""
    struck: str = ""
    reason: str = ""


class NoteLine(Struct, frozen=True):
    note: Note
    reads: str
    """What the city would read now; empty where the words are held back."""

    @property
    def word(self) -> str:
        return self.note.outcome or ("waits" if self.note.waits else GIVEN)


class WordsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    waiting: tuple[NoteLine, ...]
    others: tuple[NoteLine, ...]
    chosen: NoteLine | None
    """The one whose form is drawn."""
    out: bool
    hidden: bool
    may_change: bool
    choices: tuple[Choice, ...]
    typed: Typed = Typed()
    errors: FormErrors = field(default=NO_ERRORS)

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/publication/words"


@get(HERE, guards=[needs_sign_in])
async def words_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    return await _page(request, row, _number(request.query_params.get("sheet", "")), None, NO_ERRORS)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def review(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    form = parse(WordsForm, fields)
    if isinstance(form, FormErrors):
        return await _page(request, row, _number(fields.get("sheet", "")), _typed(fields), form, 422)
    command = ReviewNote(
        edition_id=row.id, sheet_id=form.sheet, seen=form.seen, outcome=form.outcome,
        struck=form.struck, reason=form.reason,
    )  # fmt: skip
    try:
        await services.review_note(command=command, actor=actor, clock=arrival_of(request.scope).clock)
    except Invalid as wrong:
        return await _page(request, row, form.sheet, _typed(fields), FormErrors(wrong.errors), 422)
    except Stale:
        why = _(
            "Somebody decided this, or the words are not those that you read. Read them, and decide again."
        )
        return await _page(request, row, form.sheet, _typed(fields), FormErrors({"": why}), 409)
    return redirect(request, f"{row.desk}/publication/words", flash=Flash("good", _("It is decided")))


async def _page(
    request: AnyRequest,
    row: EditionRow,
    sheet: int,
    typed: Typed | None,
    errors: FormErrors,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    hidden = await conflicted_categories(row.id, actor.person_id, now)
    lines = [_line(note) for note in await notes_of(row.id) if note.category not in hidden]
    chosen = next((line for line in lines if line.note.sheet_id == sheet), None)
    if typed is None and chosen is not None:
        typed = Typed(chosen.note.outcome, "\n".join(chosen.note.struck), chosen.note.reason)
    page = WordsPage(
        title=_("Judges’ words to cities"),
        edition=row,
        waiting=tuple(line for line in lines if line.note.waits),
        others=tuple(line for line in lines if not line.note.waits),
        chosen=chosen,
        out=await went_out(row.id, now),
        hidden=bool(hidden),
        may_change=in_secretariat(actor, row.programme_id, row.id),
        choices=(
            Choice(GIVEN, _("The words as they are"), _("they tell nobody who the judge is")),
            Choice(STRUCK, _("Without some words"), _("each is replaced by […]")),
            Choice(LEFT_OUT, _("Nothing"), _("the city is told that there was something, not what")),
        ),
        typed=typed or Typed(),
        errors=errors,
    )
    crumbs = (Link(f"{row.desk}/publication", _("Publication")), Link("", page.title, True))
    return on_desk(request, row, "publication/words.html", page, crumbs=crumbs, status=status)


def _line(note: Note) -> NoteLine:
    if note.waits or note.outcome == LEFT_OUT:
        return NoteLine(note, "")
    return NoteLine(note, struck(note.text, note.struck) if note.outcome == STRUCK else note.text)


def _typed(fields: Fields) -> Typed:
    return Typed(*(fields.get(name, "")[:3000] for name in ("outcome", "struck", "reason")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


ROUTES: list[HTTPRouteHandler] = [words_page, review]
