"""What the verbs of a deliberation share: the deliberation as it stands, held against everybody else."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.db import in_transaction, lock_rows
from awards.editions.tables import Round
from awards.errors import NotFound
from awards.results.deliberating import may_say
from awards.results.meeting import Sitting
from awards.results.queries.meeting import sitting_by_id


class Place(Struct, frozen=True):
    """Where it is deliberated: a category of a round."""

    round_id: int
    category: str


async def locked(place: Place, actor: Actor, now: datetime) -> Sitting:
    """As it stands, and nobody else's until the transaction ends; nor is its round decided meanwhile."""
    assert in_transaction()
    await lock_rows(Round.select(Round.id).where(Round.id == place.round_id))
    found = await sitting_by_id(place.round_id, place.category, actor, now)
    if found.meeting.id is None:
        raise NotFound
    return found


async def opened(place: Place, actor: Actor, now: datetime) -> Sitting:
    """The same, where things can still be put on record."""
    found = await locked(place, actor, now)
    meeting = found.meeting
    refusal = may_say(meeting.state, meeting.round.state, asked=meeting.asked, current=meeting.current)
    if refusal is not None:
        raise refusal
    return found
