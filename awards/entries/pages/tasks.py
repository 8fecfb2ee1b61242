"""The task list of an entry: its sections in any order, and what each still needs."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.queries import officials_of
from awards.cities.rules import WRITERS
from awards.entries import queries
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import OwnEntry, Section, sections_of
from awards.entries.rule_words import RuleLine, lines
from awards.entries.rules import SIGNED, WRITABLE, may_withdraw, may_write
from awards.entries.screening import may_appeal
from awards.web.arrival import arrival_of
from awards.web.session import actor_of, needs_sign_in


class TaskListPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    sections: tuple[Section, ...]
    done: int
    asked: int
    writers: tuple[str, ...]
    rules: tuple[RuleLine, ...]
    unmet: int
    is_open: bool
    may_change: bool
    may_withdraw: bool
    may_answer: bool
    """Whether the city is asked something and has time left to answer."""
    may_appeal: bool
    is_ready: bool
    is_changed: bool


@get("/city/entries/{reference:str}", guards=[needs_sign_in])
async def task_list(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    entry = await queries.own_entry(actor, reference, now)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
    answers = [row for row in every if row.is_asked]
    officials = await officials_of(entry.entrant_id, now)
    _facts, rows = await queries.standing_of(entry, answers, now)
    rules = lines(rows, started=True) if entry.state in WRITABLE else ()
    _text, sha256 = queries.draft_of(entry, answers)
    needed = [row for row in answers if row.question.required]
    page = TaskListPage(
        title=entry.title,
        entry=entry,
        sections=sections_of(every),
        done=sum(1 for row in needed if not row.problem),
        asked=len(needed),
        writers=tuple(
            row.name
            for row in officials
            if row.state == "active" and row.role in WRITERS and row.person_id != actor.person_id
        ),
        rules=rules,
        unmet=sum(1 for rule in rules if rule.state == "missing"),
        is_open=entry.call.is_open(now),
        may_change=entry.may_write and may_write(entry.state, entry.call, now) is None,
        may_withdraw=entry.may_write and may_withdraw(entry.state, entry.call.state) is None,
        may_answer=entry.enquiry is not None and now < entry.enquiry.due,
        may_appeal=entry.may_write
        and entry.call.state not in SIGNED
        and may_appeal(entry.state, entry.decided, entry.appeal_until, entry.appealed, now) is None,
        is_ready=not any(row.problem for row in answers),
        is_changed=bool(entry.submitted) and sha256 != entry.submitted_sha256,
    )
    return render_entry(request, "entries/task_list.html", page, entry)


ROUTES: list[HTTPRouteHandler] = [task_list]
