"""What came too late: who tried what, when, and by how much. The secretariat reads all of it, a city its own."""

from datetime import datetime, timedelta

from msgspec import Struct

from awards.entries.tables import LateTry

PAGE = 100


class LateRow(Struct, frozen=True):
    entrant_id: int
    entrant: str
    reference: str
    tried: str
    closed: datetime
    at: datetime
    by: str

    @property
    def late(self) -> timedelta:
        return self.at - self.closed


_LATE = """
SELECT l.entrant AS entrant_id, t.name AS entrant, COALESCE(n.reference, '') AS reference, l.tried, l.closed,
       l.created_at AS at, p.name AS "by"
FROM late_try l JOIN entrant t ON t.id = l.entrant LEFT JOIN entry n ON n.id = l.entry JOIN person p ON p.id = l."by"
"""


async def late_tries(edition_id: int, *, number: int = 1) -> tuple[list[LateRow], bool]:
    """One page in the order of arrival, the last first; and whether there is another page."""
    rows = await LateTry.raw(
        _LATE + " WHERE l.edition = {} ORDER BY l.id DESC LIMIT {} OFFSET {}",
        edition_id, PAGE + 1, PAGE * (number - 1),
    )  # fmt: skip
    return [LateRow(**row) for row in rows[:PAGE]], len(rows) > PAGE


async def late_tries_of(entry_id: int) -> list[LateRow]:
    """Of one entry, the last hundred. The caller has checked who asks."""
    rows = await LateTry.raw(_LATE + " WHERE l.entry = {} ORDER BY l.id DESC LIMIT {}", entry_id, PAGE)
    return [LateRow(**row) for row in rows]
