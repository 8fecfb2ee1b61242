"""Whether an edition stands still while something is looked into."""

from datetime import datetime

from msgspec import Struct

from awards.editions.tables import Halt


class HaltRow(Struct, frozen=True):
    id: int
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str
    ended_because: str


_HALTS = """
SELECT h.id, h.reason, p.name AS "by", h.created_at AS "at", h.ended_at, COALESCE(e.name, '') AS ended_by,
 h.ended_because FROM halt h JOIN person p ON p.id = h."by" LEFT JOIN person e ON e.id = h.ended_by
WHERE h.edition = {} ORDER BY h.id DESC
"""


async def halts_of(edition_id: int) -> list[HaltRow]:
    """The newest first."""
    return [HaltRow(**row) for row in await Halt.raw(_HALTS, edition_id)]


async def is_halted(edition_id: int) -> bool:
    return await Halt.exists().where((Halt.edition == edition_id) & Halt.ended_at.is_null())
