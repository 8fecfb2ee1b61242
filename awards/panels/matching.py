"""From the state of a panel to a proposed assignment, as one document. Pure: no clock, no database."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

import judging

# A pair with a warning is taken only where the needs cannot be met without it.
PLAIN, WARNED = 1, 0


class ReadEntry(Struct, frozen=True):
    round_entry_id: int
    entry_id: int
    reference: str
    category_id: int
    wanted: int


class Reader(Struct, frozen=True):
    """A seat that can be given entries, or that has some: `takes_more` is false once it ended."""

    seat_id: int
    person_id: int
    label: str
    low: int
    high: int | None
    takes_more: bool


class PanelState(Struct, frozen=True):
    """All that a proposal is computed from; its hash says whether that is still true.

    Pairs are (round entry, seat); `barred` may never be, `pins` stand.
    """

    round_id: int
    rules: tuple[tuple[str, str], ...]
    entries: tuple[ReadEntry, ...]
    readers: tuple[Reader, ...]
    barred: frozenset[tuple[int, int]]
    warned: frozenset[tuple[int, int]]
    pins: frozenset[tuple[int, int]]

    def document(self) -> dict[str, Any]:
        return {
            "round": self.round_id,
            "rules": [list(rule) for rule in self.rules],
            "entries": [[entry.round_entry_id, entry.category_id, entry.wanted] for entry in self.entries],
            "seats": [[r.seat_id, r.low, r.high, r.takes_more] for r in self.readers],
            "barred": _pairs(self.barred),
            "warned": _pairs(self.warned),
            "pins": _pairs(self.pins),
        }

    @property
    def sha256(self) -> str:
        return judging.sha256_of(self.document())


def solve(state: PanelState, seed: int) -> dict[str, Any]:
    """The exact optimum as a document: what it adds and keeps, every load, or the shortage that forbids it."""
    entries, readers = state.entries, state.readers
    shape = (len(entries), len(readers))
    affinity = [[PLAIN] * len(readers) for _ in entries]
    allowed = [[reader.takes_more for reader in readers] for _ in entries]
    row = {entry.round_entry_id: number for number, entry in enumerate(entries)}
    column = {reader.seat_id: number for number, reader in enumerate(readers)}
    for entry, seat in state.warned:
        affinity[row[entry]][column[seat]] = WARNED
    for entry, seat in state.barred:
        allowed[row[entry]][column[seat]] = False
    pins = sorted((row[entry], column[seat]) for entry, seat in state.pins)
    held = Counter(judge for _entry, judge in pins)
    highs = [
        max(len(entries) if reader.high is None else reader.high, held[n]) if reader.takes_more else held[n]
        for n, reader in enumerate(readers)
    ]
    found = judging.assign(
        affinity,
        [entry.wanted for entry in entries],
        allowed=allowed,
        low=[min(r.low, high) if r.takes_more else 0 for r, high in zip(readers, highs, strict=True)],
        high=highs,
        pins=pins,
        # The seed stands in the ids by which ties are settled: another one gives another optimum of the same worth.
        entry_ids=[f"{seed}:{entry.reference}" for entry in entries],
        judge_ids=[reader.label for reader in readers],
    )
    before = _linkage(pins, shape)
    common: dict[str, Any] = {
        "kept": len(pins),
        "before": before,
        "wanted": sum(entry.wanted for entry in entries),
    }
    if isinstance(found, judging.Shortage):
        return common | {"shortage": _shortage(found, state, seed), "added": [], "loads": [], "after": before}
    taken = set(found.pairs) - set(pins)
    return common | {
        "shortage": None,
        "added": [[entries[e].round_entry_id, readers[j].seat_id] for e, j in sorted(taken)],
        "loads": [[reader.seat_id, held[n], found.loads[n]] for n, reader in enumerate(readers)],
        "warned": [
            [entries[e].round_entry_id, readers[j].seat_id]
            for e, j in sorted(taken)
            if (entries[e].round_entry_id, readers[j].seat_id) in state.warned
        ],
        "in_conflict": _pairs(state.pins & state.barred),
        "optimal": found.optimal,
        "after": _linkage(list(found.pairs), shape),
    }


def _pairs(pairs: frozenset[tuple[int, int]]) -> list[list[int]]:
    return [list(pair) for pair in sorted(pairs)]


def _linkage(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> dict[str, Any]:
    """How well the judges would be linked, in millionths; None where one number does not exist."""
    if not pairs:
        return {"parts": 0, "a_eff": None}
    measured = judging.measure_linkage([e for e, _ in pairs], [j for _, j in pairs], *shape)
    a_eff = None if math.isnan(measured.a_eff) else round(measured.a_eff * 1_000_000)
    return {"parts": measured.parts, "a_eff": a_eff}


def _shortage(found: "judging.Shortage", state: PanelState, seed: int) -> Mapping[str, Any]:
    by_reference = {f"{seed}:{entry.reference}": entry.round_entry_id for entry in state.entries}
    by_label = {reader.label: reader.seat_id for reader in state.readers}
    return {
        "missing": [[by_reference[name], reads] for name, reads in found.missing],
        "under": [[by_label[name], reads] for name, reads in found.under],
        "entries": [by_reference[name] for name in found.entries],
        "seats": [by_label[name] for name in found.judges],
        "wanted": found.wanted,
        "possible": found.possible,
        "remedies": [
            [remedy.kind, by_label.get(remedy.judge), by_reference.get(remedy.entry)]
            for remedy in found.remedies
        ],
    }
