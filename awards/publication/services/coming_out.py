"""An edition whose results are out is published: nobody has to say so, and from then on it can be archived."""

from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries.halts import is_halted
from awards.editions.rules import EditionState
from awards.editions.steps import locked_edition, move_edition
from awards.publication.queries import SEEN
from awards.publication.rules import BY_NAME
from awards.publication.tables import Publication

_OUT = (
    "SELECT DISTINCT e.id FROM publication p JOIN edition e ON e.id = p.edition"
    " WHERE e.state = {} AND p.kind NOT IN ({}, {}) AND "
)


async def mark_published(clock: Clock) -> int:
    """Of every edition whose results came out since; returns how many."""
    now = clock.now()
    count = 0
    out = await Publication.raw(_OUT + SEEN, EditionState.DECIDED.value, *BY_NAME, now, now)
    for row in out:
        async with transaction():
            edition = await locked_edition(row["id"])
            if edition.state is not EditionState.DECIDED or await is_halted(edition.id):
                continue
            await move_edition(edition.id, EditionState.PUBLISHED, now)
            await record(
                Action.EDITION_STATE_CHANGED,
                actor=SYSTEM,
                at=now,
                subject=("edition", edition.id),
                edition_id=edition.id,
                as_role="service",
                before={"state": EditionState.DECIDED.value},
                after={"state": EditionState.PUBLISHED.value},
            )
            count += 1
    return count
