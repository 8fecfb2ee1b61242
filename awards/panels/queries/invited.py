"""Invitations of a round and what became of them; what a judge of the pool has in hand before one is sent."""

from datetime import datetime

from msgspec import Struct

from awards.panels.rules import SeatState, may_remind
from awards.panels.tables import Judge, Seat


class Invitation(Struct, frozen=True):
    """`sent` is when the newest mail was written, `until` when its link ends."""

    seat_id: int
    name: str
    address: str
    lang: str
    person_id: int
    state: SeatState
    reason: str
    ticket: int | None
    sent: datetime | None
    until: datetime | None

    def waits(self, now: datetime) -> bool:
        return self.state is SeatState.INVITED and self.until is not None and now < self.until

    def may_be_reminded(self, now: datetime) -> bool:
        return self.state is SeatState.INVITED and may_remind(self.sent, now)


_INVITED = """
SELECT s.id AS seat_id, p.name, m.address, p.lang, p.id AS person_id, s.state, s.reason, s.ticket,
       t.created_at AS sent, t.expires_at AS "until"
FROM seat s JOIN person p ON p.id = s.person
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
LEFT JOIN ticket t ON t.id = s.ticket
WHERE s.round = {} ORDER BY p.name, s.id
"""


async def invitations_of(round_id: int) -> list[Invitation]:
    return [
        Invitation(**{**row, "state": SeatState(row["state"]), "address": row["address"] or ""})
        for row in await Seat.raw(_INVITED, round_id)
    ]


class Load(Struct, frozen=True):
    """A seat of the judge in a round of the edition."""

    round: str
    state: str
    role: str
    low: int
    high: int | None
    given: int
    signed: int


class InHand(Struct, frozen=True):
    name: str
    loads: tuple[Load, ...]


_LOADS = """
SELECT p.name, r.name AS round, s.state, s.role, s.low, s.high,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id
   AND a.state IN ('given', 'opened', 'started', 'signed')) AS given,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id AND a.state = 'signed') AS signed
FROM judge j JOIN person p ON p.id = j.person
LEFT JOIN seat s ON s.person = j.person AND s.round IN (SELECT x.id FROM round x WHERE x.edition = {})
LEFT JOIN round r ON r.id = s.round
WHERE j.person = {} ORDER BY r.position, s.id
"""


async def in_hand(edition_id: int, person_id: int) -> InHand | None:
    """None for who is not in the pool."""
    rows = await Judge.raw(_LOADS, edition_id, person_id)
    if not rows:
        return None
    return InHand(
        rows[0]["name"],
        tuple(
            Load(**{name: value for name, value in row.items() if name != "name"})
            for row in rows
            if row["round"] is not None
        ),
    )
