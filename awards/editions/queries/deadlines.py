"""Until when an edition takes entries: everybody's instant, an entrant's own, and how the former has moved."""

from datetime import datetime

from msgspec import Struct

from awards.editions.tables import Extension

# For queries over an entry `n`: the open extension that gives it most time.
OWN_UNTIL = (
    '(SELECT x."until" FROM extension x WHERE x.edition = n.edition AND x.entrant = n.entrant'
    ' AND x.entry_id IN (0, n.id) AND x.ended_at IS NULL ORDER BY x."until" DESC LIMIT 1)'
)
# What everybody's deadline was before it was moved last.
WAS = (
    "(SELECT x.was FROM extension x WHERE x.edition = n.edition AND x.entrant IS NULL ORDER BY x.id DESC LIMIT 1)"
)


async def own_until(edition_id: int, entrant_id: int) -> datetime | None:
    """The extension of all that the entrant sends, also of what it has not started."""
    rows = await Extension.raw(
        'SELECT "until" FROM extension WHERE edition = {} AND entrant = {} AND entry_id = 0'
        " AND ended_at IS NULL",
        edition_id, entrant_id,
    )  # fmt: skip
    return rows[0]["until"] if rows else None


class DeadlineChange(Struct, frozen=True):
    """Everybody's deadline was `was`, and is `until` since `at`."""

    at: datetime
    was: datetime
    until: datetime
    reason: str


async def deadline_changes(edition_id: int) -> list[DeadlineChange]:
    """How everybody's deadline has moved, the last change first: what stood before stays readable."""
    rows = await Extension.raw(
        'SELECT created_at AS at, was, "until", reason FROM extension'
        " WHERE edition = {} AND entrant IS NULL ORDER BY id DESC",
        edition_id,
    )
    return [DeadlineChange(**row) for row in rows]
