"""Membership of a programme: an attribute of an entrant with dates, never a gate."""

from datetime import datetime

from msgspec import Struct

from awards.editions.tables import Membership


class MembershipRow(Struct, frozen=True):
    """Open as long as `until` is none."""

    id: int
    programme_id: int
    programme: str
    kind: str
    since: datetime
    until: datetime | None


async def memberships_of(entrant_id: int) -> list[MembershipRow]:
    """All there were and are, the newest first."""
    rows = await Membership.raw(
        "SELECT m.id, m.programme AS programme_id, p.name AS programme, m.kind, m.since, m.until"
        " FROM membership m JOIN programme p ON p.id = m.programme WHERE m.entrant = {}"
        " ORDER BY m.since DESC, m.id DESC",
        entrant_id,
    )
    return [MembershipRow(**row) for row in rows]
