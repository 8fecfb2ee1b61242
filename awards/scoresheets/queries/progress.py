"""How far a round is, for the secretariat: the state of every sheet, and never a mark or an average."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from awards.panels.queries.panel import PanelEntry, PanelSeat, entries_of_round, seats_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import SeatState
from awards.scoresheets.rules import shown_state
from awards.scoresheets.tables import Scoresheet

STATES = ("signed", "ready", "started", "not started")


@dataclass(frozen=True, slots=True)
class ProgressCell:
    assignment_id: int
    state: str
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProgressJudge:
    seat: PanelSeat
    cells: tuple[ProgressCell | None, ...]
    signed: int
    given: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    category: str
    categories: tuple[tuple[str, str], ...]
    entries: tuple[PanelEntry, ...]
    judges: tuple[ProgressJudge, ...]
    counts: Mapping[str, int]
    wanted: int


_CELLS = """
SELECT a.id, a.round_entry, a.seat, a.state, a.saved_at,
  (SELECT COUNT(*) FROM mark m JOIN scoresheet sh ON sh.id = m.scoresheet
   WHERE sh.assignment = a.id AND m.value IS NOT NULL) AS marked,
  (SELECT COUNT(*) FROM criterion k JOIN criterion_weight w ON w.criterion = k.id
   WHERE k.round = re.round AND w.category = en.category) AS criteria
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
WHERE re.round = {} AND a.state <> 'withdrawn'
"""


async def progress_of(found: RoundRow, *, category: str = "") -> Progress:
    """Of one category, or of all for a code that stands for none in the round. The caller has checked that
    the reader runs the edition."""
    present = await entries_of_round(found.id)
    categories = {entry.category: entry.category_name for entry in present}
    if category not in categories:
        category = ""
    entries = tuple(entry for entry in present if not category or entry.category == category)
    cells: dict[tuple[int, int], ProgressCell] = {}
    columns = {entry.round_entry_id for entry in entries}
    for row in await Scoresheet.raw(_CELLS, found.id):
        if row["round_entry"] in columns:
            state = shown_state(row["state"], row["marked"], row["criteria"])
            cells[row["seat"], row["round_entry"]] = ProgressCell(row["id"], state, row["saved_at"])
    judges = []
    for seat in await seats_of_round(found.id):
        line = tuple(cells.get((seat.id, entry.round_entry_id)) for entry in entries)
        sheets = [cell for cell in line if cell is not None and cell.state in STATES]
        if not sheets and not any(line) and (seat.state is not SeatState.ACCEPTED or category):
            continue
        times = [cell.saved_at for cell in sheets if cell.saved_at is not None]
        judges.append(
            ProgressJudge(
                seat=seat,
                cells=line,
                signed=sum(cell.state == "signed" for cell in sheets),
                given=len(sheets),
                last_at=max(times, default=None),
            )
        )
    return Progress(
        category=category,
        categories=tuple(categories.items()),
        entries=entries,
        judges=tuple(judges),
        counts={state: sum(cell.state == state for cell in cells.values()) for state in STATES},
        wanted=sum(entry.sheets_wanted for entry in entries),
    )
