"""The board of a round for the secretariat: by judge and by entry; counts, instants and never a mark."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.panels.queries.rounds import RoundRow
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState
from awards.panels.tables import Assignment, RoundEntry, Seat
from awards.scoresheets.arranging import Asked
from awards.scoresheets.board import (
    Came,
    EntryLine,
    EntryOf,
    JudgeLine,
    Place,
    RoundTimes,
    Sheet,
    entry_lines,
    judge_line,
)
from awards.scoresheets.queries.progress import CAME, ENTRIES, ProgressEntry, shown
from awards.scoresheets.rules import ANSWERED


class JudgesBoard(Struct, frozen=True):
    """The judges, counted over the category that is asked for."""

    category: str
    categories: tuple[tuple[str, str], ...]
    judges: tuple[JudgeLine, ...]
    wanted: int
    signed_at: tuple[datetime, ...]


class EntriesBoard(Struct, frozen=True):
    """The entries of the category that is asked for, and what each is called."""

    category: str
    categories: tuple[tuple[str, str], ...]
    entries: tuple[EntryLine, ...]
    named: Mapping[int, ProgressEntry]


_SEATS = """
SELECT s.id, s.label, p.name, s.state, s.extended_until, s.reminded_at
FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {} ORDER BY s.id
"""

# Marks tell what is ready from what is started: they are counted here, and go no further.
_SHEETS = """
SELECT a.seat, a.round_entry, a.state, a.created_at, a.opened_at, a.saved_at, a.signed_at, a.extra_until,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND ANSWERED) END AS marked,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM round_entry re JOIN entry en ON en.id = re.entry
     JOIN criterion k ON k.round = re.round
     JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
     WHERE re.id = a.round_entry) END AS criteria, CAME AS paper
FROM assignment a LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE a.state <> 'withdrawn' AND a.seat IN (SELECT s.id FROM seat s WHERE s.round = {})
""".replace("ANSWERED", ANSWERED).replace("CAME", CAME)


def times_of(found: RoundRow) -> RoundTimes:
    return RoundTimes(found.state, found.opens, found.closes)


def _sheet(row: Mapping[str, Any]) -> Sheet:
    state = shown(row["state"], row["marked"] or 0, row["criteria"] or 0)
    if state == "not started":
        state = "opened" if row["state"] == "opened" else "not opened"
    return Sheet(
        row["round_entry"],
        state,
        row["created_at"],
        row["opened_at"] or row["saved_at"],
        row["signed_at"] or row["saved_at"] or row["opened_at"],
        row["signed_at"],
        row["extra_until"],
        Came(row["paper"]),
    )


async def places_of(round_id: int, seats: Collection[int] = ()) -> list[Place]:
    """The named seats of the round, or every one, with all that was given to them and not taken back."""
    among = sorted(set(seats))
    named = f" AND a.seat IN ({', '.join(['{}'] * len(among))})" if among else ""
    sheets: dict[int, list[Sheet]] = {}
    for row in await Assignment.raw(_SHEETS + named + " ORDER BY a.id", round_id, *among):
        sheets.setdefault(row["seat"], []).append(_sheet(row))
    return [
        Place(
            row["id"],
            row["label"],
            row["name"],
            SeatState(row["state"]),
            row["extended_until"],
            row["reminded_at"],
            tuple(sheets.get(row["id"], ())),
        )
        for row in await Seat.raw(_SEATS, round_id)
        if not among or row["id"] in among
    ]


_WANTED = """
SELECT re.id, re.sheets_wanted, c.code, c.name FROM round_entry re JOIN entry en ON en.id = re.entry
JOIN category c ON c.id = en.category WHERE re.round = {} ORDER BY c.position, c.id, re.id
"""


async def judges_board(found: RoundRow, asked: Asked, now: datetime) -> JudgesBoard:
    """The caller has checked that the reader sees the edition."""
    present = await RoundEntry.raw(_WANTED, found.id)
    categories = {row["code"]: row["name"] for row in present}
    category = asked.category if asked.category in categories else ""
    chosen = {row["id"]: row["sheets_wanted"] for row in present if not category or row["code"] == category}
    places, times = await places_of(found.id), times_of(found)
    among = frozenset(chosen) if category else None
    lines = (judge_line(place, times, now, silent_days=asked.silent_days, among=among) for place in places)
    return JudgesBoard(
        category=category,
        categories=tuple(categories.items()),
        judges=tuple(_on_the_board(lines, category)),
        wanted=sum(chosen.values()),
        signed_at=tuple(
            sheet.signed_at
            for place in places
            for sheet in place.sheets
            if sheet.signed_at is not None and sheet.state == "signed" and sheet.round_entry in chosen
        ),
    )


async def entries_board(found: RoundRow, asked: Asked, now: datetime) -> EntriesBoard:
    """As `judges_board`. What an entry waits for is told by all that its judges have to read."""
    present = [ProgressEntry(**row) for row in await RoundEntry.raw(with_titles(ENTRIES), found.id)]
    categories = {entry.category: entry.category_name for entry in present}
    category = asked.category if asked.category in categories else ""
    named = {one.round_entry_id: one for one in present if not category or one.category == category}
    places, times = await places_of(found.id), times_of(found)
    lines = (judge_line(place, times, now, silent_days=asked.silent_days) for place in places)
    wanted = (EntryOf(entry.round_entry_id, entry.sheets_wanted) for entry in named.values())
    return EntriesBoard(
        category=category,
        categories=tuple(categories.items()),
        entries=tuple(entry_lines(wanted, places, lines)),
        named=named,
    )


def _on_the_board(lines: Iterable[JudgeLine], category: str) -> Iterable[JudgeLine]:
    """Who has a sheet; where no category is asked for, also who might yet be given one."""
    living = (SeatState.ACCEPTED, SeatState.INVITED)
    return (line for line in lines if line.given or (line.state in living and not category))
