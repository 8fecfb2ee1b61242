"""Two tabs and a phone of one judge, lost answers, retries, steps back and old sheets put back, in every order that a seed
can think of: nothing is overwritten unseen.

R4: 500 generated interleavings in the drill, fewer in the usual run; each failure names its seed.
"""

import json
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Invalid, Stale
from awards.invariants import broken
from awards.scoresheets import services
from awards.scoresheets.forms import RestoreSheet, SaveSheet, UndoChange
from awards.scoresheets.queries import sheet_for_judge
from awards.scoresheets.revisions import EMPTY, Revision, State, states_of, way
from awards.scoresheets.rules import Change
from awards.scoresheets.tables import SheetRevision
from tests.awards.scoresheets.benches import Bench, bench
from tests.chance import times
from tests.factories import AT

SEEDS = range(times(12, drill=500))
STEPS = 40


@dataclass
class Tab:
    """A page of the sheet: what it shows and what of it is saved, the version behind it, one operation under way."""

    name: str
    version: int = 0
    saved: State = EMPTY
    shows: State = EMPTY
    operation: SaveSheet | UndoChange | RestoreSheet | None = None
    stopped: bool = False
    seen: set[int] = field(default_factory=lambda: {0})


@dataclass
class Desk:
    made: Bench
    clock: FixedClock
    chance: random.Random
    told: dict[int, str] = field(default_factory=dict)
    """The keys of acknowledged operations by the version that they made."""
    keys: dict[str, tuple[Tab, State]] = field(default_factory=dict)
    """Who sent what, and what the page showed."""

    async def stands(self) -> tuple[int, State]:
        view = await sheet_for_judge(self.made.judge, self.made.where(), AT)
        marks = {one.code: one.mark for one in view.criteria if one.mark is not None}
        notes = {"city": view.note_city} if view.note_city else {}
        return view.version, State(marks, notes)

    async def load(self, tab: Tab) -> None:
        """The judge reloads, or looks at both and goes on from what stands."""
        tab.version, tab.saved = await self.stands()
        tab.shows, tab.operation, tab.stopped = tab.saved, None, False
        tab.seen.add(tab.version)

    def write(self, tab: Tab, step: int) -> None:
        marks: dict[str, Any] = dict(tab.shows.marks)
        notes = dict(tab.shows.notes)
        match self.chance.randrange(4):
            case 0:
                notes["city"] = f"{tab.name} at step {step}"
            case 1:
                marks.pop("impact", None)
            case _:
                marks[self.chance.choice(["impact", "new"])] = self.chance.choice(["none", *range(11)])
        tab.shows = State(marks, notes)

    def ask(self, tab: Tab) -> None:
        """What the tab sends next: mostly what was changed, now and then a step back or an old sheet."""
        key = f"{self.chance.getrandbits(128):032x}"
        change, act = way(tab.saved, tab.shows), self.chance.random()
        if act < 0.15:
            whole = Change(
                {**dict.fromkeys(tab.saved.marks), **tab.shows.marks},
                {"city": tab.shows.notes.get("city", "")},
            )
            tab.operation = UndoChange(key, SaveSheet(f"t{key[1:]}", tab.version, whole))
        elif act < 0.25 and tab.version:
            tab.operation = RestoreSheet(key, tab.version, self.chance.randrange(tab.version))
        elif change != Change({}, {}):
            tab.operation = SaveSheet(key, tab.version, change)

    async def send(self, tab: Tab) -> None:
        """One request; its answer may get lost on the way back, and then the same operation goes again."""
        if tab.operation is None:
            self.ask(tab)
        operation, common = (
            tab.operation,
            {"where": self.made.where(), "actor": self.made.judge, "clock": self.clock},
        )
        if operation is None:
            return
        self.keys[operation.key] = (tab, tab.shows)
        try:
            if isinstance(operation, SaveSheet):
                saved = await services.save_sheet(command=operation, **common)
            elif isinstance(operation, UndoChange):
                self.keys[operation.typed.key] = (tab, tab.shows)
                undone = await services.undo_change(command=operation, **common)
                if undone is None:
                    tab.operation = None
                    return
                saved = undone.saved
            else:
                saved = (await services.restore_sheet(command=operation, **common)).saved
        except Stale:
            tab.stopped = True
            return
        except Invalid:  # the old sheet says what stands
            tab.operation = None
            return
        if self.chance.random() < 0.3:
            return  # the line broke: the tab does not know
        self.told[saved.version] = operation.key
        tab.seen.add(saved.version)
        if isinstance(operation, SaveSheet):
            tab.saved = tab.saved.after(operation.change.document())
            tab.version, tab.operation = saved.version, None
        else:
            await self.load(tab)  # a button: the page is drawn anew


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_interleaving_overwrites_what_its_tab_has_not_shown(clock: FixedClock, seed: int) -> None:
    made = await bench()
    await Round.update({Round.not_enough_evidence: True}).where(Round.id == made.season.round_id)
    desk = Desk(made, clock, random.Random(seed))
    tabs = [Tab("a tab"), Tab("another tab"), Tab("the phone")]
    for step in range(STEPS):
        tab, act = desk.chance.choice(tabs), desk.chance.random()
        if tab.stopped or act > 0.93:
            await desk.load(tab)
            continue
        if act < 0.6 and tab.operation is None:
            desk.write(tab, step)
        if act > 0.3:
            await desk.send(tab)
    rows = await SheetRevision.select().order_by(SheetRevision.version)
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1)), f"seed {seed}"
    made_by = {row["version"]: row["operation"] for row in rows}
    for version, key in desk.told.items():
        assert made_by[version] == key, f"seed {seed}: version {version} was acknowledged and is another's"
    states = states_of([Revision(row["version"], AT, True, json.loads(row["change"])) for row in rows])
    for row in rows:
        (tab, shown), base = desk.keys[row["operation"]], row["base_version"]
        # What a step back saves first is under the same button; and the page may show what another tab says too.
        first = desk.keys.get(made_by.get(base, ""), (None, EMPTY))[0] is tab
        seen = base in tab.seen or first or states[base] == shown
        assert seen, f"seed {seed}: {tab.name} wrote over version {base} without having shown it"
    version, stands = await desk.stands()
    assert (version, stands) == (len(rows), states[-1]), f"seed {seed}"
    assert len(rows) > 3
    assert await broken() == []
