"""First drafts in any language: private to the entrant's own people, kept like answers, never submitted."""

import hashlib
from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.entries import queries
from awards.entries.asking import may_write_answer
from awards.entries.forms import SaveWorkingText
from awards.entries.queries import WorkingRow
from awards.entries.services.answers import Saved
from awards.entries.steps import CITY_OFFICIAL, must_write, own_locked
from awards.entries.tables import WorkingText
from awards.errors import Conflict, NotFound, Stale


async def save_working_text(
    *, reference: str, code: str, command: SaveWorkingText, actor: Actor, clock: Clock
) -> Saved:
    """Keep the draft beside an answer, if nobody changed it since the page was drawn (else Stale)."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        if refusal := may_write_answer(entry.state, entry.call, entry.enquiry, code, now):
            raise refusal
        rows = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, now)
        asked = next((row.question for row in rows if row.question.code == code), None)
        if asked is None or not asked.is_text:
            raise NotFound
        row = (await queries.working_texts(entry.id)).get(asked.id, WorkingRow())
        text = command.text.strip("\n").rstrip()
        lang = row.lang if command.lang is None else command.lang
        if (row.text, row.lang) == (text, lang):
            # The same words are no race, whoever typed them first.
            return Saved(row.version, row.saved_at or now, already=True)
        if row.version != command.version:
            raise Stale
        await _keep(entry.id, asked.id, row, text, lang, actor, now)
        await record(
            Action.WORKING_TEXT_SAVED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
            before={"question": code, "sha256": _digest(row.text)},
            after={"question": code, "sha256": _digest(text), "lang": lang},
        )
    return Saved(row.version + 1, now, already=False)


async def _keep(
    entry_id: int, question_id: int, row: WorkingRow, text: str, lang: str, actor: Actor, now: datetime
) -> None:
    if row.version == 0:
        try:
            async with transaction():
                await WorkingText.insert(
                    WorkingText(
                        entry=entry_id,
                        question=question_id,
                        text=text,
                        lang=lang,
                        by=actor.person_id,
                        saved_at=now,
                        created_at=now,
                    )
                )
        except Conflict:
            raise Stale from None
        return
    changed = (
        await WorkingText.update(
            {
                WorkingText.text: text,
                WorkingText.lang: lang,
                WorkingText.by: actor.person_id,
                WorkingText.saved_at: now,
                WorkingText.version: WorkingText.version + 1,
            }
        )
        .where(
            (WorkingText.entry == entry_id)
            & (WorkingText.question == question_id)
            & (WorkingText.version == row.version)
        )
        .returning(WorkingText.id)
    )
    if not changed:
        raise Stale


def _digest(text: str) -> str:
    """The trail says that it changed, and nothing of what it says."""
    return hashlib.sha256(text.encode()).hexdigest()
