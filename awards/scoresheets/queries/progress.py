"""How far a round is, for the secretariat: the state of every sheet, and never a mark or an average."""

from collections import Counter
from collections.abc import Container, Mapping
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
from awards.scoresheets.rules import ANSWERED, shown_state

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
    papers: tuple[str, ...]
    """For each state whether the sheet was keyed in from paper: "paper", or "unconfirmed" as long as it is that."""
    signed: int
    given: int
    last_at: datetime | None

    @property
    def signs(self) -> tuple[str, ...]:
        """As the grid draws them: a state, and what is said of paper behind a plus."""
        return tuple(
            f"{state}+{paper}" if paper else state
            for state, paper in zip(self.states, self.papers, strict=True)
        )


class Progress(Struct, frozen=True):
    """`entries` are the columns of one page; `counts` and `wanted` are of every page."""

    category: str
    categories: tuple[tuple[str, str], ...]
    entries: tuple[ProgressEntry, ...]
    judges: tuple[ProgressJudge, ...]
    counts: Mapping[str, int]
    wanted: int
    first: int
    """How many entries stand on the pages before this one."""
    total: int


ENTRIES = """
SELECT re.id AS round_entry_id, en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city,
       c.code AS category, c.name AS category_name, re.sheets_wanted
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category
WHERE re.round = {} ORDER BY c.position, c.id, t.folded, en.reference
"""

# In SQL over `assignment a` and its `scoresheet sh`: whether the sheet was keyed in from paper, and is confirmed.
CAME = """CASE WHEN sh.keyed_by IS NULL THEN '' WHEN a.state = 'started'
    AND EXISTS (SELECT 1 FROM keying k WHERE k.scoresheet = sh.id AND k.version = sh.version) THEN 'unconfirmed'
    ELSE 'paper' END"""

# A seat without a sheet has one row, of no entry. Marks tell what is ready from what is started: of other sheets
# nothing is counted.
_CELLS = """
SELECT s.id AS seat, s.state AS seat_state, p.name, a.round_entry, a.state, a.saved_at,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND ANSWERED) END AS marked,
  CASE WHEN a.state = 'started' THEN
    (SELECT COUNT(*) FROM round_entry re JOIN entry en ON en.id = re.entry
     JOIN criterion k ON k.round = re.round
     JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
     WHERE re.id = a.round_entry) END AS criteria, CAME AS paper
FROM seat s JOIN person p ON p.id = s.person
LEFT JOIN assignment a ON a.seat = s.id AND a.state <> 'withdrawn'
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE s.round = {} ORDER BY p.name, s.id
""".replace("ANSWERED", ANSWERED).replace("CAME", CAME)

# A round has hundreds of sheets, but few kinds of them.
shown = lru_cache(maxsize=256)(shown_state)


# So many columns are still told apart; a round with more entries has further pages.
COLUMNS = 60
# A spreadsheet has no more columns, the one with the names of the judges left out.
MOST_ENTRIES = 16_380


async def states_of(found: RoundRow, *, category: str = "") -> Progress:
    """The whole grid on one page, for who takes it away."""
    return await progress_of(found, category=category, size=MOST_ENTRIES)


async def progress_of(found: RoundRow, *, category: str = "", page: int = 1, size: int = COLUMNS) -> Progress:
    """Of one category, or of all for a code that stands for none in the round. The caller has checked that
    the reader runs the edition."""
    present = [ProgressEntry(**row) for row in await RoundEntry.raw(with_titles(ENTRIES), found.id)]
    categories = {entry.category: entry.category_name for entry in present}
    if category not in categories:
        category = ""
    entries = [entry for entry in present if not category or entry.category == category]
    pages = max(-(-len(entries) // size), 1)
    first = size * (min(page, pages) - 1)
    columns = {entry.round_entry_id: place for place, entry in enumerate(entries[first : first + size])}
    chosen = {entry.round_entry_id for entry in entries}
    counts: Counter[str] = Counter()
    judges = []
    for _seat, rows in groupby(await Seat.raw(_CELLS, found.id), key=itemgetter("seat")):
        sheets = list(rows)
        judge = _judge(sheets, chosen, columns, counts)
        waits = sheets[0]["seat_state"] == SeatState.ACCEPTED.value and not category and pages == 1
        if any(judge.states) or waits:
            judges.append(judge)
    return Progress(
        category=category,
        categories=tuple(categories.items()),
        entries=tuple(entries[first : first + size]),
        judges=tuple(judges),
        counts={state: counts[state] for state in STATES},
        wanted=sum(entry.sheets_wanted for entry in entries),
        first=first,
        total=len(entries),
    )


def _judge(
    sheets: list[dict[str, Any]], chosen: Container[int], columns: Mapping[int, int], counts: Counter[str]
) -> ProgressJudge:
    """The signs stand for the entries of this page, the counts for all that are chosen."""
    states, papers = [""] * len(columns), [""] * len(columns)
    saved, own = [], Counter[str]()
    for sheet in sheets:
        if sheet["round_entry"] not in chosen:
            continue
        state = shown(sheet["state"], sheet["marked"] or 0, sheet["criteria"] or 0)
        own[state] += 1
        place = columns.get(sheet["round_entry"])
        if place is not None:
            states[place], papers[place] = state, sheet["paper"]
        if sheet["saved_at"] is not None and state in STATES:
            saved.append(sheet["saved_at"])
    counts.update(own)
    return ProgressJudge(
        seat_id=sheets[0]["seat"],
        name=sheets[0]["name"],
        states=tuple(states),
        papers=tuple(papers),
        signed=own["signed"],
        given=sum(own[state] for state in STATES),
        last_at=max(saved, default=None),
    )
