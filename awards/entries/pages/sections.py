"""A section on one page: all its questions, each saved by itself. Who loses the line goes on writing in what is open."""

from datetime import datetime

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries
from awards.entries.answering import tidy
from awards.entries.language import language_warnings
from awards.entries.pages.frame import AnyRequest, moved_since, render_entry, render_late
from awards.entries.pages.writing import (
    LEAST_ROWS,
    Block,
    Kept,
    block_of,
    draft_language,
    keep_answer,
    keep_working,
    may_change,
    names_of,
    placed,
    typed_of,
)
from awards.entries.queries import OwnEntry, Section, sections_of
from awards.entries.rules import Late, may_write
from awards.entries.typed import typed_answer
from awards.errors import Denied, NotFound
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, person_key


class SectionPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    section: Section
    blocks: tuple[Block, ...]
    may_change: bool
    before: Section | None
    after: Section | None
    most: int
    person: str
    errors: FormErrors = NO_ERRORS


async def _section(
    request: AnyRequest,
    reference: str,
    number: int,
    *,
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    lost: frozenset[str] = frozenset(),
    status: int = 200,
    adds: str = "",
) -> Response[bytes]:
    now, actor = arrival_of(request.scope).at, actor_of(request)
    entry = await queries.own_entry(actor, reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    sections = sections_of(every)
    place = next((place for place, each in enumerate(sections) if each.number == number), None)
    if place is None:
        raise NotFound
    section = sections[place]
    texts = {row.question.code: row.value for row in section.rows if row.question.is_text}
    warnings = await language_warnings(texts, entry.languages) if status == 200 else {}
    working = await queries.working_texts(entry.id) if texts else {}
    many = {name: fields.all(name) for name in fields} if fields is not None else None
    blocks = []
    for row in section.rows:
        code = row.question.code
        names = names_of(code)
        was_drawn = many is not None and names.version in many
        rows = LEAST_ROWS
        if many is not None and row.question.kind == "indicators":
            rows = len(typed_answer(many, names.answer)) // 4 + (code == adds)
        blocks.append(
            block_of(
                entry,
                row,
                names,
                now,
                every=every,
                working=working,
                lang=draft_language(),
                least_rows=rows,
                typed=typed_of(row.question, many, names) if many is not None and was_drawn else None,
                lost=lost,
                warning=warnings.get(code, ""),
            )
        )
    page = SectionPage(
        title=section.name or _("Questions"),
        entry=entry,
        section=section,
        blocks=tuple(blocks),
        may_change=any(block.may_change for block in blocks),
        before=sections[place - 1] if place else None,
        after=sections[place + 1] if place + 1 < len(sections) else None,
        most=len(sections),
        person=person_key(actor.person_id),
        errors=placed(errors, blocks),
    )
    return render_entry(request, "entries/section.html", page, entry, here=page.title, status=status)


@get("/city/entries/{reference:str}/sections/{number:int}", guards=[needs_sign_in])
async def section_page(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    return await _section(request, reference, number)


@post("/city/entries/{reference:str}/sections/{number:int}", opt={"asks_again": True}, status_code=303)
async def save_section(
    request: AnyRequest, reference: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    """What was typed is kept first, as far as it can be; only then is it said what is still missing."""
    fields = await read_fields(request)
    now = arrival_of(request.scope).at
    entry = await queries.own_entry(actor_of(request), reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    many = {name: fields.all(name) for name in fields}
    kept = Kept()
    if not any(names_of(row.question.code).version in fields for row in every):
        _must_be_open(entry, now)
    try:
        for row in every:
            code = row.question.code
            names = names_of(code)
            # A page that was drawn before a question was opened does not hold it.
            if names.version not in fields or row.question.kind == "file":
                continue
            await keep_working(request, reference, code, names, fields, kept)
            if tidy(row.question, typed_answer(many, names.answer)) != row.value or may_change(
                entry, row, now
            ):
                await keep_answer(request, reference, code, names, fields, kept, draft=True)
    except Late as refusal:
        typed = "\n".join(value for name in many for value in many[name] if name.startswith("answer"))
        return render_late(request, refusal, back=entry.path, typed=typed)
    if kept.errors:
        errors = FormErrors(kept.errors)
        return await _section(
            request, reference, number, fields=fields, errors=errors, lost=frozenset(kept.lost),
            status=kept.status,
        )  # fmt: skip
    told = " ".join(filter(None, [*kept.said, moved_since(entry, fields.get("closes", ""))]))
    if "add" in fields:
        return await _section(request, reference, number, fields=fields, adds=fields["add"])
    if "draft" in fields:
        return redirect(request, entry.path, flash=Flash("good", _("Saved"), told))
    return await _go_on(request, entry, number, told)


def _must_be_open(entry: OwnEntry, now: datetime) -> None:
    """A form without any answer has nothing that its own verb could refuse."""
    if not entry.may_write:
        raise Denied("reader", _("You may read the entries of this entrant, not write them."))
    if refusal := may_write(entry.state, entry.call, now):
        raise refusal


async def _go_on(request: AnyRequest, entry: OwnEntry, number: int, told: str) -> Response[bytes]:
    """To the next section, unless this one lacks something or has just grown."""
    now = arrival_of(request.scope).at
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    sections = sections_of(every)
    here = next((each for each in sections if each.number == number), None)
    if here is not None and here.missing:
        errors = {
            f"{names_of(row.question.code).answer}{'.' + part if part else ''}": said
            for row in here.missing
            for part, said in row.problems.items()
        }
        return await _section(request, entry.reference, number, errors=FormErrors(errors), status=422)
    after = next((each for each in sections if each.number > number), None)
    to = f"{entry.path}/sections/{after.number}" if after else f"{entry.path}/check"
    return redirect(request, to, flash=Flash("now", _("Saved"), told) if told else None)


ROUTES: list[HTTPRouteHandler] = [section_page, save_section]
