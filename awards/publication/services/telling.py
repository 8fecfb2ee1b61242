"""What follows from a publication once its instant has come: each entrant's feedback. Nobody asks for it."""

from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries.halts import is_halted
from awards.editions.tables import Edition
from awards.publication.feedback import feedback_of, text_of
from awards.publication.feedback_facts import last_review, publications_without_feedback, rounds_read
from awards.publication.tables import Feedback

# SQLite takes 32,766 parameters in one statement.
AT_ONCE = 500


async def make_feedback(clock: Clock) -> int:
    """For every entry that judges read, once for each publication; returns how many were made."""
    count = 0
    for owed in await publications_without_feedback(clock.now()):
        if await is_halted(owed.edition_id):
            continue
        reviewed = await last_review(owed.edition_id)
        rounds, entries = await rounds_read(owed.edition_id, owed.figures)
        made = [
            (entry_id, text_of(found))
            for reference, entry_id in entries.items()
            if (found := feedback_of(reference, rounds)) is not None
        ]
        now = clock.now()
        async with transaction():
            await lock_rows(Edition.select(Edition.id).where(Edition.id == owed.edition_id))
            if await is_halted(owed.edition_id) or await last_review(owed.edition_id) != reviewed:
                continue  # stopped, or words were decided on since they were read: a later sweep reads them as they are
            if await Feedback.exists().where(Feedback.publication == owed.publication_id):
                continue  # another worker was here first
            rows = [
                Feedback(publication=owed.publication_id, entry=entry_id, body=text, created_at=now)
                for entry_id, text in made
            ]
            for start in range(0, len(rows), AT_ONCE):
                await Feedback.insert(*rows[start : start + AT_ONCE])
            await record(
                Action.FEEDBACK_MADE,
                actor=SYSTEM,
                at=now,
                subject=("publication", owed.publication_id),
                edition_id=owed.edition_id,
                as_role="service",
                after={"number": owed.number, "entries": len(rows)},
            )
        count += len(rows)
    return count
