"""Why a panel cannot be assigned, and what each remedy would leave short."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct, to_builtins
from msgspec.structs import replace

import judging
from awards.panels.assignment.matching import Options, describe
from awards.panels.assignment.state import PanelState
from awards.panels.assignment.task import Stop, Task, Told, assign

# Of each kind; what helps most is shown first.
TRIED, SHOWN = 12, 6


class Remedy(Struct, frozen=True):
    """`amount` is by how much: sheets more or less, entries of a category. `left` is what stays short with it.

    Kinds are those of `judging.Remedy`, and: `widen` a seat by a category, `raise-all` judges of the cut,
    `lower-all` entries of the cut, which keep one sheet at least.
    """

    kind: str
    seat: int | None = None
    entry: int | None = None
    category: int | None = None
    employer: str = ""
    amount: int = 0
    left: int | None = None


class _Try(Struct, frozen=True):
    remedy: Remedy
    task: Task | None


def explain(
    state: PanelState, options: Options, task: Task, found: "judging.Shortage", tell: Told, stop: Stop
) -> dict[str, Any]:
    """The cut in ids, the best partial assignment, and remedies, each tried out."""
    row = {name: number for number, name in enumerate(task.entry_ids)}
    column = {name: number for number, name in enumerate(task.judge_ids)}

    def entry_id(name: str) -> int:
        return state.entries[row[name]].round_entry_id

    def seat_id(name: str) -> int:
        return state.readers[column[name]].seat_id

    given = {(entry_id(e), seat_id(j)) for e, j in found.pairs}
    given |= {(state.entries[e].round_entry_id, state.readers[j].seat_id) for e, j in task.pins}
    undone = sum(reads for _, reads in found.missing) + sum(reads for _, reads in found.under)
    tried: dict[str, int] = {}
    remedies = _for_all(task, options, found, row, column, tell, stop)
    for attempt in _attempts(state, task, found, row, column):
        remedy = attempt.remedy
        number = tried[remedy.kind] = tried.get(remedy.kind, 0) + 1
        if attempt.task is None:
            remedies.append(remedy)
        elif number <= TRIED:
            tell("remedies", len(remedies))
            remedies.append(replace(remedy, left=_left(attempt.task, options, tell, stop)))
    return {
        "missing": [[entry_id(name), reads] for name, reads in found.missing],
        "under": [[seat_id(name), reads] for name, reads in found.under],
        "vacant": [[entry_id(name), seats] for name, seats in found.vacant],
        "entries": [entry_id(name) for name in found.entries],
        "categories": sorted({state.entries[row[name]].category_id for name in found.entries}),
        "seats": [seat_id(name) for name in found.judges],
        "wanted": found.wanted,
        "possible": found.possible,
        "rules": [
            rule
            for rule in found.rules
            if rule != "expert-seat" or _seats_matter(task, options, undone, tell, stop)
        ],
        "remedies": [to_builtins(one) for one in _best(remedies) if one.left is None or one.left < undone],
        "partial": describe(state, options, given),
    }


def _best(remedies: list[Remedy]) -> list[Remedy]:
    """Of each kind those that leave least, in the order of the kinds."""
    kinds = list(dict.fromkeys(one.kind for one in remedies))
    result = []
    for kind in kinds:
        same = [one for one in remedies if one.kind == kind]
        result += sorted(same, key=lambda one: (one.left or 0, one.amount))[:SHOWN]
    return result


def _for_all(
    task: Task,
    options: Options,
    found: "judging.Shortage",
    row: dict[str, int],
    column: dict[str, int],
    tell: Told,
    stop: Stop,
) -> list[Remedy]:
    """The same for all of a cut: as little more of each judge, or as few sheets less of each entry, as is enough."""
    judges, entries = [column[name] for name in found.judges], [row[name] for name in found.entries]
    remedies: list[Remedy] = []
    if found.missing and len(judges) > 1:
        least = -(-found.short // len(judges))
        for amount in range(least, least + TRIED // 3):
            tell("remedies", 0)
            high = task.high.copy()
            high[judges] += amount
            left = _left(replace(task, high=high), options, tell, stop)
            if left == 0:
                remedies.append(Remedy("raise-all", amount=amount, left=left))
                break
    if found.missing and len(entries) > 1:
        for amount in range(1, 1 + TRIED // 3):
            tell("remedies", 0)
            need = task.need.copy()
            need[entries] = np.maximum(need[entries] - amount, np.minimum(need[entries], 1))
            left = _left(replace(task, need=need), options, tell, stop)
            if left == 0:
                remedies.append(Remedy("lower-all", amount=amount, left=left))
                break
    return remedies


def _seats_matter(task: Task, options: Options, undone: int, tell: Told, stop: Stop) -> bool:
    """Whether experts' seats cost sheets: seats alone that stay empty are waived, and are no shortage."""
    return _left(replace(task, seats=np.zeros_like(task.seats)), options, tell, stop) < undone


def _left(task: Task, options: Options, tell: Told, stop: Stop) -> int:
    found = assign(task, options, tell, stop, level=False)
    if isinstance(found, judging.Assignment):
        return 0
    return sum(reads for _, reads in found.missing) + sum(reads for _, reads in found.under)


def _attempts(
    state: PanelState, task: Task, found: "judging.Shortage", row: dict[str, int], column: dict[str, int]
) -> Iterator[_Try]:
    missing, under = dict(found.missing), dict(found.under)
    reads = np.zeros(task.allowed.shape, dtype=np.bool_)
    for e, j in [*((row[e], column[j]) for e, j in found.pairs), *task.pins]:
        reads[e, j] = True
    cut = [row[name] for name in found.entries]
    for remedy in found.remedies:
        judge, entry = column.get(remedy.judge, -1), row.get(remedy.entry, -1)
        seat = state.readers[judge].seat_id if judge >= 0 else None
        key = state.entries[entry].round_entry_id if entry >= 0 else None
        if remedy.kind == "raise-high":
            amount = min(found.short, int((task.allowed & ~reads)[cut, judge].sum()))
            if amount:
                high = task.high.copy()
                high[judge] += amount
                yield _Try(Remedy(remedy.kind, seat, amount=amount), replace(task, high=high))
        elif remedy.kind == "lower-need" and remedy.entry in missing:
            need, amount = task.need.copy(), missing[remedy.entry]
            need[entry] -= amount
            yield _Try(Remedy(remedy.kind, entry=key, amount=amount), replace(task, need=need))
        elif (
            remedy.kind == "waive" and state.refusal(state.entries[entry], state.readers[judge]) == "conflict"
        ):
            allowed = task.allowed.copy()
            allowed[entry, judge] = True
            yield _Try(Remedy(remedy.kind, seat, key, amount=1), replace(task, allowed=allowed))
        elif remedy.kind == "lower-low" and remedy.judge in under:
            low, amount = task.low.copy(), under[remedy.judge]
            low[judge] -= amount
            yield _Try(Remedy(remedy.kind, seat, amount=amount), replace(task, low=low))
        elif remedy.kind == "join-group":
            apart = tuple(group for number, group in enumerate(task.apart) if number != remedy.group)
            employer = task.employers[remedy.group]
            yield _Try(Remedy(remedy.kind, employer=employer), replace(task, apart=apart))
        elif remedy.kind == "lower-seats":
            seats = task.seats.copy()
            seats[entry] = 0
            yield _Try(Remedy(remedy.kind, entry=key), replace(task, seats=seats))
        elif remedy.kind == "add-judge":
            yield _Try(Remedy(remedy.kind, amount=found.short), None)
    yield from _wider(state, task, found, row, column)


def _wider(
    state: PanelState, task: Task, found: "judging.Shortage", row: dict[str, int], column: dict[str, int]
) -> Iterator[_Try]:
    """Seats that could serve one category more, those first that would gain most entries of the cut."""
    gained: dict[tuple[int, int], list[int]] = {}
    for remedy in found.remedies:
        if remedy.kind != "waive":
            continue
        entry, judge = row[remedy.entry], column[remedy.judge]
        if state.refusal(state.entries[entry], state.readers[judge]) == "category":
            gained.setdefault((judge, state.entries[entry].category_id), []).append(entry)
    for (judge, category), entries in sorted(gained.items(), key=lambda one: (-len(one[1]), one[0])):
        allowed = task.allowed.copy()
        allowed[entries, judge] = True
        seat = state.readers[judge].seat_id
        yield _Try(
            Remedy("widen", seat, category=category, amount=len(entries)), replace(task, allowed=allowed)
        )
