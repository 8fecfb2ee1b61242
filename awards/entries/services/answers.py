"""Keeping answers: each change is a revision, and nobody's is overwritten."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.entries import queries
from awards.entries.answering import Asked, Frozen, answer_problems, opened_by, tidy, too_long
from awards.entries.forms import RestoreAnswer, SaveAnswer
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.steps import CITY_OFFICIAL, must_be_in_time, own_locked
from awards.entries.tables import Answer, AnswerRevision
from awards.errors import Conflict, Invalid, NotFound, Stale
from awards.web.i18n import _


class Saved(Struct, frozen=True):
    """`already` says that this very change was kept before: a repeated request, or nothing new.

    `version` is the one that holds it, which need not be the newest: what came after it was not seen by the sender.
    """

    version: int
    at: datetime
    already: bool
    value: str = ""
    opened: tuple[Asked, ...] = ()
    closed: tuple[Asked, ...] = ()


async def save_answer(*, reference: str, code: str, command: SaveAnswer, actor: Actor, clock: Clock) -> Saved:
    """Keep an answer of the draft, if nobody changed it since the page was drawn (else Stale).

    A question that is not asked at present keeps its text too: another tab may have closed it meanwhile.
    """
    now = clock.now()
    saved = Saved(0, now, already=False)
    async with transaction():
        entry = await own_locked(actor, reference, now)
        rows = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
        row = _row(rows, code)
        late = await must_be_in_time(entry, actor, now, tried=f"save {code}", code=code)
        if late is None:
            value = tidy(row.question, command.answer)
            if known := await _answered(entry, row, command, value, actor):
                return known
            _must_be_free(entry, row, now)
            there = await _is_there(entry, row, command, value, actor, now)
            # Before anything else is asked of the text: who typed over another has to see it first.
            if there is None and row.version != command.version:
                raise Stale
            if problems := _problems(row.question, value, draft=command.draft):
                raise Invalid(problems)
            if there is not None:
                return there
            await _change(entry, row, value, actor, now, operation=command.key)
            questions = [each.question for each in rows]
            values = {each.question.code: each.value for each in rows}
            opened, closed = opened_by(questions, values, code, value)
            saved = Saved(row.version + 1, now, False, value, opened, closed)
    if late is not None:
        raise late
    return saved


async def restore_answer(
    *, reference: str, code: str, command: RestoreAnswer, actor: Actor, clock: Clock
) -> Saved:
    """An earlier revision becomes the newest one; what stood in between stays in the history."""
    now = clock.now()
    saved = Saved(0, now, already=False)
    async with transaction():
        entry = await own_locked(actor, reference, now)
        rows = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
        row = _row(rows, code)
        late = await must_be_in_time(entry, actor, now, tried=f"restore {code}", code=code)
        if late is None:
            earlier = await queries.revision_of(entry.id, row.question.id, command.revision)
            _must_be_free(entry, row, now)
            if row.version != command.version:
                raise Stale
            if earlier.value == row.value:
                return Saved(row.version, row.saved_at or now, True, row.value)
            await _change(entry, row, earlier.value, actor, now, restored=command.revision)
            saved = Saved(row.version + 1, now, False, earlier.value)
    if late is not None:
        raise late
    return saved


def _row(rows: list[AnswerRow], code: str) -> AnswerRow:
    """Files are attached, not written."""
    row = next((row for row in rows if row.question.code == code), None)
    if row is None or row.question.kind == "file":
        raise NotFound
    return row


def _must_be_free(entry: OwnEntry, row: AnswerRow, now: datetime) -> None:
    """What the city is asked about is open again, frozen or not."""
    asked = entry.enquiry is not None and entry.enquiry.opens(row.question.code, entry.state, now)
    if row.is_frozen and row.question.frozen_at is not None and not asked:
        raise Frozen(row.question.frozen_at)


def _problems(question: Asked, value: str, *, draft: bool) -> dict[str, str]:
    """Field of the form -> sentence; a draft may lack anything, and be no longer than anybody reads."""
    if draft:
        said = too_long(question, value)
        return {"answer": said} if said else {}
    return {
        f"answer.{part}" if part else "answer": said
        for part, said in answer_problems(question, value).items()
    }


async def _answered(
    entry: OwnEntry, row: AnswerRow, command: SaveAnswer, value: str, actor: Actor
) -> Saved | None:
    """The stored answer to this key. The same key with other content is no retry: it is refused."""
    found = await queries.operation_of(actor.person_id, command.key) if command.key else None
    if found is None:
        return None
    same = (found.entry_id, found.question_id) == (entry.id, row.question.id)
    if not same or found.value != value or found.version != command.version + 1:
        raise Invalid({"key": _("This key was used for another save. Reload the page and save again.")})
    return Saved(found.version, found.at, True, value)


async def _is_there(
    entry: OwnEntry, row: AnswerRow, command: SaveAnswer, value: str, actor: Actor, now: datetime
) -> Saved | None:
    """Whether nothing has to change: the same words stand already, or this person's save of them was made."""
    if row.version >= command.version and row.value == value:
        return Saved(row.version, row.saved_at or now, True, value)
    if row.version > command.version:
        # A form's own button sends no key: what tells a repeated click is the revision that the first one made.
        made = await queries.revision_of(entry.id, row.question.id, command.version + 1)
        if made.value == value and made.person_id == actor.person_id:
            return Saved(made.version, made.at, True, value)
    return None


async def _change(
    entry: OwnEntry,
    row: AnswerRow,
    value: str,
    actor: Actor,
    now: datetime,
    *,
    operation: str = "",
    restored: int = 0,
) -> None:
    answer_id = await _keep(entry, row, value, actor, now)
    await AnswerRevision.insert(
        AnswerRevision(
            answer=answer_id,
            version=row.version + 1,
            value=value,
            by=actor.person_id,
            operation=operation,
            created_at=now,
        )
    )
    await record(
        Action.ENTRY_SAVED,
        actor=actor,
        at=now,
        subject=("answer", answer_id),
        edition_id=entry.edition_id,
        as_role=CITY_OFFICIAL,
        before={"value": row.value},
        after={"value": value, **({"restored": restored} if restored else {})},
    )


async def _keep(entry: OwnEntry, row: AnswerRow, value: str, actor: Actor, now: datetime) -> int:
    """The answer as it stands from now on; returns its id."""
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
        return int(answer.id)
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
    return int(changed[0]["id"])
