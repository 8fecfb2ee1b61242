"""Keeping answers: each change is a revision, and nobody's is overwritten."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.entries import queries
from awards.entries.answering import answer_problem, tidy, too_long
from awards.entries.forms import SaveAnswer
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.steps import CITY_OFFICIAL, must_be_in_time, own_locked
from awards.entries.tables import Answer, AnswerRevision
from awards.errors import Conflict, Invalid, NotFound, Stale


class Saved(Struct, frozen=True):
    """`already` says that this very change was kept before: a repeated request, or nothing new."""

    version: int
    at: datetime
    already: bool


async def save_answer(*, reference: str, code: str, command: SaveAnswer, actor: Actor, clock: Clock) -> Saved:
    """Keep an answer of the draft, if nobody changed it since the page was drawn (else Stale)."""
    now = clock.now()
    saved = Saved(0, now, already=False)
    async with transaction():
        entry = await own_locked(actor, reference, now)
        rows = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
        row = next((row for row in rows if row.question.code == code), None)
        if row is None:
            raise NotFound
        value = tidy(row.question, command.answer)
        late = await must_be_in_time(entry, actor, now, tried=f"save {code}", code=code)
        if late is None:
            problem = too_long(row.question, value) if command.draft else answer_problem(row.question, value)
            if problem:
                raise Invalid({"answer": problem})
            if await _is_kept(entry, row, command.version, value, actor):
                return Saved(row.version, row.saved_at or now, already=True)
            if row.version != command.version:
                raise Stale
            answer_id = await _keep(entry, row, value, actor, now)
            saved = Saved(row.version + 1, now, already=False)
            await record(
                Action.ENTRY_SAVED,
                actor=actor,
                at=now,
                subject=("answer", answer_id),
                edition_id=entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"value": row.value},
                after={"value": value},
            )
    if late is not None:
        raise late
    return saved


async def _is_kept(entry: OwnEntry, row: AnswerRow, base: int, value: str, actor: Actor) -> bool:
    """Whether this change is there already: the same text, or the revision that a first try of it made."""
    if row.version == base:
        return row.value == value
    if row.version < base:
        return False
    rows = await AnswerRevision.raw(
        "SELECT r.value, r.\"by\" FROM answer_revision r JOIN answer a ON a.id = r.answer"
        " WHERE a.entry = {} AND a.question = {} AND r.version = {}",
        entry.id, row.question.id, base + 1,
    )  # fmt: skip
    return bool(rows) and rows[0]["value"] == value and rows[0]["by"] == actor.person_id


async def _keep(entry: OwnEntry, row: AnswerRow, value: str, actor: Actor, now: datetime) -> int:
    """The answer and its revision; returns the answer's id."""
    if row.version == 0:
        try:
            async with transaction():
                answer = Answer(
                    entry=entry.id,
                    question=row.question.id,
                    value=value,
                    by=actor.person_id,
                    saved_at=now,
                    created_at=now,
                )
                await answer.save()
        except Conflict:
            raise Stale from None
        answer_id = int(answer.id)
    else:
        changed = (
            await Answer.update(
                {
                    Answer.value: value,
                    Answer.by: actor.person_id,
                    Answer.saved_at: now,
                    Answer.version: Answer.version + 1,
                }
            )
            .where(
                (Answer.entry == entry.id)
                & (Answer.question == row.question.id)
                & (Answer.version == row.version)
            )
            .returning(Answer.id)
        )
        if not changed:
            raise Stale
        answer_id = int(changed[0]["id"])
    await AnswerRevision.insert(
        AnswerRevision(
            answer=answer_id, version=row.version + 1, value=value, by=actor.person_id, created_at=now
        )
    )
    return answer_id
