"""Once a publication is out, its entrants are written to: by the worker, at its instant or after it, and once."""

from datetime import datetime

from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries.halts import is_halted
from awards.editions.tables import Edition
from awards.outbox.services import enqueue_all
from awards.publication.differences import changes, shown_by
from awards.publication.letters import letters_of, readers_of, telling
from awards.publication.outcome import UNTOLD, draft_from_rows, told_before
from awards.publication.rules import corrects
from awards.publication.tables import Publication

DUE, MADE = "due", "made"

_DUE = """
SELECT p.id, p.edition, p.number, p.kind, CASE WHEN EXISTS (SELECT 1 FROM publication n WHERE n.edition = p.edition
 AND n.number > p.number AND n.visible_at <= {} AND n.withdrawn_at IS NULL) THEN 1 ELSE 0 END AS replaced
FROM publication p WHERE p.letters = {} AND p.visible_at <= {} AND p.withdrawn_at IS NULL ORDER BY p.id
"""


async def write_to_entrants(clock: Clock) -> int:
    """Of every publication that has come out since; of one that a later one took the place of meanwhile, nobody is told."""
    count = 0
    now = clock.now()
    for due in await Publication.raw(_DUE, now, DUE, now):
        count += await _write(due["id"], due["edition"], due["number"], bool(due["replaced"]), now)
    return count


async def _write(publication_id: int, edition_id: int, number: int, replaced: bool, now: datetime) -> int:
    draft, _sealed = await draft_from_rows(publication_id)
    before = await told_before(edition_id, number)
    moved = changes(before, draft) if before else []
    # Whoever was told of nothing yet is told of no correction.
    corrected = before is not None and corrects(draft.kind, shown_by(draft), shown_by(before))
    told = telling(draft, before, corrected, moved)
    async with transaction():
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition_id))
        if await is_halted(edition_id):
            return 0
        rows = await lock_rows(
            Publication.select(Publication.letters, Publication.withdrawn_at).where(
                Publication.id == publication_id
            )
        )
        if rows[0]["letters"] != DUE or rows[0]["withdrawn_at"] is not None:
            return 0  # another worker was here first, or a signer in the last moment
        letters = (
            {} if replaced else letters_of(told, await readers_of(edition_id, now), str(publication_id), now)
        )
        for letter, addressed in letters.items():
            await enqueue_all(letter.value, addressed, at=now, edition_id=edition_id)
        made = sum(len(addressed) for addressed in letters.values())
        await Publication.update({Publication.letters: UNTOLD if replaced else MADE}).where(
            Publication.id == publication_id
        )
        await record(
            Action.ENTRANTS_TOLD,
            actor=SYSTEM,
            at=now,
            subject=("publication", publication_id),
            edition_id=edition_id,
            as_role="service",
            after={"number": number, "letters": made},
        )
    return made
