"""What stands in a judge's booklet: the entries that they may read at this instant, and nothing of any sheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.rules import RoundState
from awards.entries.queries import questions_asked, version_for_judges
from awards.panels.queries.conflicts import conflicts_with
from awards.panels.queries.seats import OwnSeat
from awards.panels.rules import SeatState, is_frozen
from awards.panels.tables import Seat
from awards.scoresheets.booklet import BookletEntry
from awards.scoresheets.criteria import DrawnCriterion, drawn
from awards.scoresheets.queries.sheet import criteria_of
from awards.scoresheets.rules import reading_order


class Readable(Struct, frozen=True):
    """An entry of the judge, at its place in their own order."""

    number: int
    entry_version: int
    category_id: int
    signed: bool


_READABLE = """
SELECT en.reference, en.id AS entry_id, en.category AS category_id, re.entry_version, a.state, a.extra_until,
  (r.bridge_first AND re.bridge) AS calibration, re.created_at AS put_at
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN round r ON r.id = re.round
JOIN entry en ON en.id = re.entry
WHERE a.seat = {} AND a.state IN ('given', 'opened', 'started', 'signed') AND re.entry_version IS NOT NULL
"""


def is_open_to(seat: OwnSeat, now: datetime) -> bool:
    """Before the terms and the list of conflicts are answered, or the round opens, every entry stays closed."""
    return (
        seat.state is SeatState.ACCEPTED
        and not seat.must_accept_terms
        and not seat.must_declare
        and seat.round.state is not RoundState.DRAFT
        and now >= seat.round.opens
    )


async def readable_entries(seat: OwnSeat, now: datetime) -> list[Readable]:
    if not is_open_to(seat, now):
        return []
    rows: dict[str, dict[str, Any]] = {row["reference"]: row for row in await Seat.raw(_READABLE, seat.id)}
    if not rows:
        return []
    found = await conflicts_with(
        seat.person_id,
        [row["entry_id"] for row in rows.values()],
        seat.round.id,
        seat.round.edition.id,
        now,
    )
    first = {reference for reference, row in rows.items() if row["calibration"]}
    order = reading_order(seat.label, list(rows), first)
    return [
        Readable(
            number,
            rows[reference]["entry_version"],
            rows[reference]["category_id"],
            rows[reference]["state"] == "signed"
            or is_frozen(seat.round.state, rows[reference]["extra_until"]),
        )
        for number, reference in enumerate(order, 1)
        if not found.forbidden(seat.person_id, rows[reference]["entry_id"])
    ]


async def booklet_entries(seat: OwnSeat, entries: Sequence[Readable]) -> list[BookletEntry]:
    """As the judge reads each on screen, with what the round judges in its category."""
    questions = await questions_asked(seat.round.edition.id)
    judged: dict[int, tuple[DrawnCriterion, ...]] = {}
    found = []
    for one in entries:
        if one.category_id not in judged:
            criteria = await criteria_of(seat.round.id, one.category_id, 0)
            judged[one.category_id] = drawn(criteria, seat.round.kind)
        entry = await version_for_judges(one.entry_version, questions, blind=seat.round.blind)
        found.append(BookletEntry(one.number, entry, judged[one.category_id]))
    return found


async def judge_of(round_id: int, seat_id: int) -> Actor | None:
    """Who has the seat, for who prints their booklet. The caller has checked that the reader runs the edition."""
    rows = await Seat.raw(
        "SELECT p.id, p.name, p.lang FROM seat s JOIN person p ON p.id = s.person"
        " WHERE s.round = {} AND s.id = {} AND s.state = {}",
        round_id,
        seat_id,
        SeatState.ACCEPTED.value,
    )
    return Actor(person_id=rows[0]["id"], name=rows[0]["name"], lang=rows[0]["lang"]) if rows else None


async def contact_of(programme_id: int) -> str:
    rows = await Seat.raw("SELECT contact FROM programme WHERE id = {}", programme_id)
    return str(rows[0]["contact"])
