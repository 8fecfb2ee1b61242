"""Judges who save without pause while something goes wrong, and a ledger of what the server told them.

Whatever happened, `Ledger.check` compares the database with what was acknowledged: all of it, once, in order.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from awards.audit.queries import chain_breaks
from awards.invariants import broken
from awards.scoresheets.rules import NO_EVIDENCE, Given, given_of
from awards.scoresheets.tables import Scoresheet, SheetRevision
from tests.panel_at_work import JudgeAtWork, PanelAtWork
from tests.wire import Answer, ConnectionLost, Wire

CALM = (503,)  # the only refusal that a fault may cause
NOTES = ("", "A clear plan.", "계획이 분명하다.", "خطة واضحة\nسطران")


@dataclass(frozen=True, slots=True)
class Operation:
    """One save as autosave.js sends it; sent again, it is the same one."""

    judge: JudgeAtWork
    reference: str
    key: str
    base_version: int
    marks: dict[str, Given]
    notes: dict[str, str]

    @property
    def document(self) -> dict[str, Any]:
        fields = {f"mark_{code}": "" if mark is None else str(mark) for code, mark in self.marks.items()}
        fields |= {f"note_{audience}": text for audience, text in self.notes.items()}
        return {"key": self.key, "base_version": self.base_version, "fields": fields}


@dataclass
class Ledger:
    """What was acknowledged, and what is not known because its answer never came."""

    panel: PanelAtWork
    random: random.Random
    acknowledged: dict[str, Operation] = field(default_factory=dict)
    unknown: list[Operation] = field(default_factory=list)
    refused: int = 0
    _numbers: int = 0

    def versions(self, judge: JudgeAtWork) -> dict[str, int]:
        versions = dict.fromkeys(judge.references, 0)
        for operation in self.acknowledged.values():
            if operation.judge is judge:
                versions[operation.reference] += 1
        return versions

    def invent(self, judge: JudgeAtWork, reference: str, base_version: int) -> Operation:
        chosen = self.random.sample(self.panel.criteria, self.random.randint(1, len(self.panel.criteria)))
        marks = {code: self.random.choice([None, NO_EVIDENCE, *range(self.panel.top + 1)]) for code in chosen}
        notes = {"secretariat": self.random.choice(NOTES)} if self.random.random() < 0.3 else {}
        self._numbers += 1
        key = f"operation-{self._numbers:08d}"
        return Operation(judge, reference, key, base_version, marks, notes)

    def note(self, operation: Operation, answer: Answer) -> bool:
        """Whether the save is now acknowledged."""
        if answer.status in CALM:
            self.refused += 1
            return False
        assert answer.status == 200, f"{operation}: {answer.status} {answer.text}"
        told = answer.json()
        assert told["state"] in ("saved", "already"), f"{operation}: {told}"
        assert told["version"] == operation.base_version + 1, f"{operation}: {told}"
        self.acknowledged[operation.key] = operation
        return True

    async def judge_until(self, judge: JudgeAtWork, port: int, stop: asyncio.Event) -> None:
        """Save, one sheet after the other, until the server is lost or told to stop. A 503 is tried again."""
        versions = self.versions(judge)
        waiting: Operation | None = None
        async with Wire(port, headers=judge.headers) as wire:
            while not stop.is_set():
                reference = self.random.choice(judge.references)
                operation = waiting or self.invent(judge, reference, versions[reference])
                try:
                    answer = await send(wire, self.panel, operation)
                except ConnectionLost:
                    self.unknown.append(operation)
                    return
                if self.note(operation, answer):
                    versions[operation.reference] += 1
                    waiting = None
                else:
                    waiting = operation
                    await asyncio.sleep(0.02)
        if waiting is not None:
            self.unknown.append(waiting)

    async def resolve(self, port: int) -> None:
        """Send again what is not known, twice: the key makes it happen once."""
        for operation in self.unknown:
            async with Wire(port, headers=operation.judge.headers) as wire:
                assert self.note(operation, await send(wire, self.panel, operation))
                again = await send(wire, self.panel, operation)
                assert again.json()["state"] == "already", f"{operation}: {again.text}"
        self.unknown.clear()

    async def check(self) -> None:
        """The database against the ledger; everything unknown must be resolved."""
        assert not self.unknown
        revisions = await SheetRevision.raw("SELECT operation, version, scoresheet FROM sheet_revision")
        stored = {row["operation"]: row for row in revisions}
        assert len(stored) == len(revisions)
        assert sorted(stored) == sorted(self.acknowledged), "lost, doubled or invented"
        told = self._as_told()
        assert await _sheets() == told
        for key, operation in self.acknowledged.items():
            assert stored[key]["version"] == operation.base_version + 1
        (events,) = await Scoresheet.raw("SELECT count(*) AS n FROM event WHERE action = 'sheet saved'")
        assert events["n"] == len(revisions), "one event for each save"
        assert await chain_breaks() == []
        assert await broken() == []

    def _as_told(self) -> dict[tuple[int, str], "SheetAsTold"]:
        sheets: dict[tuple[int, str], SheetAsTold] = {}
        for operation in sorted(self.acknowledged.values(), key=lambda one: one.base_version):
            place = (operation.judge.seat_id, operation.reference)
            sheet = sheets.setdefault(place, SheetAsTold())
            assert sheet.version == operation.base_version, f"a gap before {operation}"
            sheet.version += 1
            sheet.marks |= operation.marks
            sheet.notes |= operation.notes
        return sheets


@dataclass
class SheetAsTold:
    version: int = 0
    marks: dict[str, Given] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


async def send(wire: Wire, panel: PanelAtWork, operation: Operation) -> Answer:
    return await wire.post_json(panel.saving(operation.reference), operation.document)


async def _sheets() -> dict[tuple[int, str], SheetAsTold]:
    rows = await Scoresheet.raw(
        "SELECT sh.id, sh.version, a.seat, e.reference FROM scoresheet sh"
        " JOIN assignment a ON a.id = sh.assignment"
        " JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry"
    )
    sheets = {row["id"]: SheetAsTold(row["version"]) for row in rows if row["version"]}
    marks = "SELECT m.scoresheet, c.code, m.value, m.state FROM mark m JOIN criterion c ON c.id = m.criterion"
    for row in await Scoresheet.raw(marks):
        sheets[row["scoresheet"]].marks[row["code"]] = given_of(row["value"], row["state"])
    for row in await Scoresheet.raw("SELECT scoresheet, audience, text FROM sheet_note"):
        sheets[row["scoresheet"]].notes[row["audience"]] = row["text"]
    return {(row["seat"], row["reference"]): sheets[row["id"]] for row in rows if row["id"] in sheets}
