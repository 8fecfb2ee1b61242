"""A proposal on the page that edits it: who reads what, by entry and by judge, with what is new and what is held."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.panels.assignment.editing import Plan
from awards.panels.assignment.state import Pair
from awards.panels.assignment.telling import entry_name, seat_name
from awards.panels.queries.workbench import Workbench


class Pairing(Struct, frozen=True):
    """One judge on one entry. `state` is new, given, opened or begun; `held` is must or nothing."""

    name: str
    reference: str
    seat_id: int
    level: int | None
    state: str
    held: str


class EntryLine(Struct, frozen=True):
    name: str
    reference: str
    wanted: int
    pairs: tuple[Pairing, ...]
    banned: tuple[str, ...]

    @property
    def short(self) -> int:
        return max(self.wanted - len(self.pairs), 0)


class JudgeLine(Struct, frozen=True):
    name: str
    seat_id: int
    before: int
    after: int
    low: int
    high: int | None
    pairs: tuple[Pairing, ...]
    banned: tuple[str, ...]

    @property
    def over(self) -> int:
        return max(self.after - self.high, 0) if self.high is not None else 0


Line = EntryLine | JudgeLine


def lines_by_entry(bench: Workbench, body: Mapping[str, Any], plan: Plan) -> tuple[EntryLine, ...]:
    names, seats = bench.entry_names, bench.seat_names
    banned = defaultdict[int, list[str]](list)
    for entry, seat in sorted(plan.bans):
        banned[entry].append(seat_name(seats, seat))
    bridges = {entry.round_entry_id for entry in bench.state.entries if entry.bridge}
    lines = [
        EntryLine(
            name=entry_name(names, entry),
            reference=_reference(bench, entry),
            wanted=len(readers) if entry in bridges else wanted,
            pairs=tuple(
                sorted(
                    (
                        _pairing(bench, plan, (entry, seat), level, seat_name(seats, seat))
                        for seat, level in readers
                    ),
                    key=lambda one: one.name,
                )
            ),
            banned=tuple(sorted(banned[entry])),
        )
        for entry, wanted, readers in body["entries"]
    ]
    return tuple(sorted(lines, key=lambda line: (line.name, line.reference)))


def lines_by_judge(bench: Workbench, body: Mapping[str, Any], plan: Plan) -> tuple[JudgeLine, ...]:
    names, seats = bench.entry_names, bench.seat_names
    banned = defaultdict[int, list[str]](list)
    for entry, seat in sorted(plan.bans):
        banned[seat].append(entry_name(names, entry))
    pairs = defaultdict[int, list[Pairing]](list)
    for entry, _wanted, readers in body["entries"]:
        for seat, level in readers:
            pairs[seat].append(_pairing(bench, plan, (entry, seat), level, entry_name(names, entry)))
    lines = [
        JudgeLine(
            name=seat_name(seats, seat),
            seat_id=seat,
            before=before,
            after=after,
            low=low,
            high=high,
            pairs=tuple(sorted(pairs[seat], key=lambda one: one.name)),
            banned=tuple(sorted(banned[seat])),
        )
        for seat, before, after, low, high in body["loads"]
    ]
    return tuple(sorted(lines, key=lambda line: (line.name, line.seat_id)))


def _pairing(bench: Workbench, plan: Plan, pair: Pair, level: int | None, name: str) -> Pairing:
    state = bench.state
    if pair not in state.pins:
        how = "new"
    elif pair not in state.movable:
        how = "begun"
    else:
        how = "opened" if pair in state.opened else "given"
    held = "must" if pair in plan.pins else ""
    return Pairing(name, _reference(bench, pair[0]), pair[1], level, how, held)


def _reference(bench: Workbench, entry: int) -> str:
    return bench.entries[entry].reference if entry in bench.entries else ""
