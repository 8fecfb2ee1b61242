"""How far a round is, for the secretariat: the state of every sheet, and never a mark or an average."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct

from awards.panels.queries.rounds import RoundRow
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState
from awards.panels.tables import RoundEntry, Seat
from awards.scoresheets.rules import shown_state

STATES = ("signed", "ready", "started", "not started")


class ProgressEntry(Struct, frozen=True):
    round_entry_id: int
    reference: str
    title: str
    lang: str
    city: str
    category: str
    category_name: str
    sheets_wanted: int


class ProgressJudge(Struct, frozen=True):
    """One judge's row: a state for each entry in the order of the columns, "" where it is not given to them."""

    seat_id: int
    name: str
    states: tuple[str, ...]
    signed: int
    given: int
    last_at: datetime | None


class Progress(Struct, frozen=True):
    category: str
    categories: tuple[tuple[str, str], ...]
    entries: tuple[ProgressEntry, ...]
    judges: tuple[ProgressJudge, ...]
    counts: Mapping[str, int]
    wanted: int


_ENTRIES = """
SELECT re.id AS round_entry_id, en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city,
       c.code AS category, c.name AS category_name, re.sheets_wanted
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category
WHERE re.round = {} ORDER BY c.position, c.id, t.folded, en.reference
"""

# A seat without a sheet has one row, of no entry. Marks tell what is ready from what is started: of other sheets
# nothing is counted.
_CELLS = """
SELECT s.id AS seat, s.state AS seat_state, p.name, a.round_entry, a.state, a.saved_at,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM mark m JOIN scoresheet sh ON sh.id = m.scoresheet
     WHERE sh.assignment = a.id AND m.value IS NOT NULL) END AS marked,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM round_entry re JOIN entry en ON en.id = re.entry
     JOIN criterion k ON k.round = re.round
     JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
     WHERE re.id = a.round_entry) END AS criteria
FROM seat s JOIN person p ON p.id = s.person
LEFT JOIN assignment a ON a.seat = s.id AND a.state <> 'withdrawn'
WHERE s.round = {} ORDER BY p.name, s.id
"""

# A round has hundreds of sheets, but few kinds of them.
_shown = lru_cache(maxsize=256)(shown_state)


async def progress_of(found: RoundRow, *, category: str = "") -> Progress:
    """Of one category, or of all for a code that stands for none in the round. The caller has checked that
    the reader runs the edition."""
    present = [ProgressEntry(**row) for row in await RoundEntry.raw(with_titles(_ENTRIES), found.id)]
    categories = {entry.category: entry.category_name for entry in present}
    if category not in categories:
        category = ""
    entries = tuple(entry for entry in present if not category or entry.category == category)
    places = {entry.round_entry_id: place for place, entry in enumerate(entries)}
    judges = []
    for _seat, rows in groupby(await Seat.raw(_CELLS, found.id), key=itemgetter("seat")):
        sheets = list(rows)
        judge = _judge(sheets, places)
        if any(judge.states) or (sheets[0]["seat_state"] == SeatState.ACCEPTED.value and not category):
            judges.append(judge)
    return Progress(
        category=category,
        categories=tuple(categories.items()),
        entries=entries,
        judges=tuple(judges),
        counts={state: sum(judge.states.count(state) for judge in judges) for state in STATES},
        wanted=sum(entry.sheets_wanted for entry in entries),
    )


def _judge(sheets: list[dict[str, Any]], places: Mapping[int, int]) -> ProgressJudge:
    states = [""] * len(places)
    saved = []
    for sheet in sheets:
        place = places.get(sheet["round_entry"])
        if place is None:
            continue
        state = states[place] = _shown(sheet["state"], sheet["marked"] or 0, sheet["criteria"] or 0)
        if sheet["saved_at"] is not None and state in STATES:
            saved.append(sheet["saved_at"])
    return ProgressJudge(
        seat_id=sheets[0]["seat"],
        name=sheets[0]["name"],
        states=tuple(states),
        signed=states.count("signed"),
        given=sum(states.count(state) for state in STATES),
        last_at=max(saved, default=None),
    )
