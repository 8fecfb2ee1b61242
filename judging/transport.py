"""
The best choice of pairs, exactly, looking at few of them at a time.

Column generation: prices of the judges guessed from a sample say which pairs are promising; the linear programme
over these is solved; its prices show every pair that could still gain, and these join it, until there is none.
Without rules, with expert seats, or with groups that share no judge, the matrix is totally unimodular and its
vertex is whole. Where both rules cross, or groups overlap, it may not be: then HiGHS branches, over all pairs
whose reduced cost is within the gap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from judging.arrays import Booleans, Integers
from judging.problem import NEVER, Gains, Problem
from judging.programme import Costs, Point, Programme, SolverFailed
from judging.watching import Watch

__all__ = ["Multipliers", "Partial", "Solved", "SolverFailed", "fill_what_can_be", "proof_bound", "solve"]

SMALL = 64
SAMPLE = 4_000
GUESSES = 25
PER_ENTRY = 4
WIDE = 16
ALL = 4_000  # cells; fewer need no choice
NEW_PER_ENTRY = 5


@dataclass(frozen=True, slots=True, eq=False)
class Multipliers:
    """
    Prices that prove a bound, whatever they are: of judges, of expert seats (from 0), of an (entry, group)
    cell, ``entry * groups + group``, (from 0).
    """

    judges: Integers
    seats: Integers
    cells: Integers
    cell_prices: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The best pairs, the prices, and whether branching was needed: it proves the optimum where prices do not."""

    entry: Integers
    judge: Integers
    multipliers: Multipliers
    branched: bool


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """What can be given where not everything can: the pairs, and what is left undone."""

    entry: Integers
    judge: Integers
    missing: Integers
    under: Integers
    vacant: Integers

    @property
    def short(self) -> bool:
        return bool(self.missing.any() or self.under.any() or self.vacant.any())


def solve(problem: Problem, gains: Gains, watch: Watch) -> Solved | Partial:
    """
    The pairs with the largest total gain, or what can be done where needs, bounds and rules cannot be met.

    Raises
    ------
    SolverFailed
        HiGHS gave up.
    Stopped
    """
    watch.tell("choose")
    entry, judge = _promising(problem, gains)
    span = 4 * max(_span(problem, gains, entry, judge), 1)
    programme, point = _generate(problem, gains, Costs(span, span, span), entry, judge, watch, "solve")
    if point is None or point.short:
        # Either it cannot be, or leaving something undone was too cheap.
        partial = fill_what_can_be(problem, gains, watch, programme.entry, programme.judge)
        if partial.short:
            return partial
        pairs = programme.entry * len(problem.low) + programme.judge
        more = ~np.isin(partial.entry * len(problem.low) + partial.judge, pairs)
        programme, point = _generate(
            problem,
            gains,
            None,
            np.concatenate([programme.entry, partial.entry[more]]),
            np.concatenate([programme.judge, partial.judge[more]]),
            watch,
            "solve",
        )
        if point is None:
            raise SolverFailed("no assignment was found where there is one")
    multipliers = _multipliers(programme, point)
    branched = not point.whole
    if branched:
        point = _branch(problem, gains, programme, point, watch)
        if point is None or point.short:
            return fill_what_can_be(problem, gains, watch, programme.entry, programme.judge)
    return Solved(programme.entry[point.taken], programme.judge[point.taken], multipliers, branched)


def fill_what_can_be(
    problem: Problem, gains: Gains, watch: Watch, entry: Integers, judge: Integers
) -> Partial:
    """
    As many reads as can be, then judges at their least load, then expert seats; a hard conflict is never broken.

    Parameters
    ----------
    entry, judge : ndarray of int64
        Pairs to begin with; without any, the promising ones.
    """
    vacant = SMALL * int(problem.need.sum() + 1)
    under = vacant * int(problem.seats.sum() + 1)
    costs = Costs(under * int(problem.low.sum() + 1), under, vacant)
    # All gains alike would leave the simplex method wandering among ties; these settle them, and count for nothing.
    ties = gains.ties_only(SMALL)
    if not len(entry):
        entry, judge = _promising(problem, ties)
    programme, point = _generate(problem, ties, costs, entry, judge, watch, "explain")
    if point is not None and not point.whole:
        point = _branch(problem, ties, programme, point, watch)
    if point is None:
        raise SolverFailed("the relaxed assignment has no answer, which cannot be")
    return Partial(
        programme.entry[point.taken],
        programme.judge[point.taken],
        *(np.rint(undone).astype(np.int64) for undone in (point.missing, point.under, point.vacant)),
    )


def proof_bound(problem: Problem, gains: Gains, multipliers: Multipliers) -> int:
    """
    No choice of pairs gains more than this, whatever the prices are (weak duality), in integers:

    ``sum_e (need[e] largest of gain - price + seat price - cell prices) + sum_j (price high if price > 0 else
    price low) - sum_e seats[e] seat price + sum of cell prices``

    Every entry must have at least `need` allowed judges.
    """
    total = int(
        np.sum(
            np.where(
                multipliers.judges > 0, multipliers.judges * problem.high, multipliers.judges * problem.low
            )
        )
    )
    total += int(multipliers.cell_prices.sum()) - int((problem.seats * multipliers.seats).sum())
    for rows in problem.blocks():
        reduced = _reduced(problem, gains, multipliers, rows)
        need = problem.need[rows]
        most = int(need.max(initial=0))
        if most == 0:
            continue
        if most < reduced.shape[1]:
            reduced = np.partition(reduced, reduced.shape[1] - most, axis=1)[:, reduced.shape[1] - most :]
        reduced = np.sort(reduced, axis=1)[:, ::-1]
        total += int(np.sum(reduced, where=np.arange(reduced.shape[1]) < need[:, None]))
    return total


def _generate(
    problem: Problem,
    gains: Gains,
    costs: Costs | None,
    entry: Integers,
    judge: Integers,
    watch: Watch,
    stage: str,
) -> tuple[Programme, Point | None]:
    programme = Programme(problem, watch, costs)
    programme.add(entry, judge, gains.at(entry, judge))
    while True:
        watch.tell(stage, len(programme.entry))
        point = programme.run()
        watch.tell(stage, len(programme.entry), solved=True)
        if point is None:
            return programme, None
        if problem.groups and programme.split(point):
            continue
        watch.found = _multipliers(programme, point)
        entry, judge = _gaining(problem, gains, programme, point, watch, 0.0)
        if not len(entry):
            return programme, point
        programme.add(entry, judge, gains.at(entry, judge))


def _branch(problem: Problem, gains: Gains, programme: Programme, point: Point, watch: Watch) -> Point | None:
    relaxed = point
    programme.branch()
    while True:
        watch.tell("branch", len(programme.entry))
        found = programme.run()
        watch.tell("branch", len(programme.entry), solved=True)
        if found is not None and problem.groups and programme.split(found):
            continue
        # A better choice holds no pair that costs more than what branching lost.
        gap = np.inf if found is None else found.cost - relaxed.cost + 1
        entry, judge = _gaining(problem, gains, programme, relaxed, watch, gap)
        if not len(entry):
            return found
        programme.add(entry, judge, gains.at(entry, judge))


def _gaining(
    problem: Problem, gains: Gains, programme: Programme, point: Point, watch: Watch, gap: float
) -> tuple[Integers, Integers]:
    """Pairs outside the programme that could gain, or that cost no more than `gap`."""
    judges = len(problem.low)
    multipliers = watch.found if gap == 0 else _multipliers(programme, point)
    worth = point.worth
    if gap == 0:
        # An entry's last chosen read is the highest price that fits: fewest pairs beat it.
        chosen = point.value > 0.5
        e, j = programme.entry[chosen], programme.judge[chosen]
        last = np.full(len(problem.need), np.iinfo(np.int64).max)
        np.minimum.at(last, e, _reduced_at(problem, gains, multipliers, e, j))
        settled = (
            (point.missing == 0) & (np.bincount(e, minlength=len(worth)) == problem.need) & (problem.need > 0)
        )
        worth = np.where(settled, np.maximum(last, worth), worth)
    inside = np.sort(programme.entry * judges + programme.judge)
    keys, by = [], []
    for rows in problem.blocks():
        watch.check()
        reduced = _reduced(problem, gains, multipliers, rows)
        over = reduced - worth[rows, None]
        good = problem.allowed[rows] & (over > -gap)
        good &= (problem.need[rows] > 0)[:, None]
        e, j = np.nonzero(good)
        key = (e + rows.start) * judges + j
        at = np.minimum(np.searchsorted(inside, key), len(inside) - 1) if len(inside) else key * 0
        new = inside[at] != key if len(inside) else np.ones(len(key), dtype=np.bool_)
        keys.append(key[new])
        by.append(over[e, j][new])
    key, over = np.concatenate([*keys, np.zeros(0, np.int64)]), np.concatenate([*by, np.zeros(0, np.int64)])
    most = NEW_PER_ENTRY * len(problem.need)
    if gap == 0 and len(key) > most:
        key = np.sort(key[np.argsort(-over, kind="stable")[:most]])
    return key // judges, key % judges


def _multipliers(programme: Programme, point: Point) -> Multipliers:
    return Multipliers(point.prices, point.seat_prices, programme.cells, programme.cell_prices)


def _reduced(problem: Problem, gains: Gains, multipliers: Multipliers, rows: slice) -> Integers:
    reduced = gains.block(rows)
    reduced -= multipliers.judges
    seats = multipliers.seats[rows]
    if seats.any():
        reduced += np.where(problem.experts[rows], seats[:, None], 0)
    if multipliers.cell_prices.any():
        entry, group = np.divmod(multipliers.cells, problem.groups)
        for k in np.flatnonzero(
            (entry >= rows.start) & (entry < rows.stop) & (multipliers.cell_prices > 0)
        ).tolist():
            members = problem.member[problem.group == group[k]]
            reduced[entry[k] - rows.start, members] -= multipliers.cell_prices[k]
    reduced[~problem.allowed[rows]] = NEVER
    return reduced


def _reduced_at(
    problem: Problem, gains: Gains, multipliers: Multipliers, entry: Integers, judge: Integers
) -> Integers:
    reduced = gains.at(entry, judge) - multipliers.judges[judge]
    reduced += np.where(problem.experts[entry, judge], multipliers.seats[entry], 0)
    if multipliers.cell_prices.any():
        place, group = problem.groups_of(judge)
        cell = entry[place] * problem.groups + group
        order = np.argsort(multipliers.cells)
        at = np.minimum(np.searchsorted(multipliers.cells, cell, sorter=order), len(order) - 1)
        same = multipliers.cells[order[at]] == cell
        np.subtract.at(reduced, place[same], multipliers.cell_prices[order[at[same]]])
    return reduced


def _span(problem: Problem, gains: Gains, entry: Integers, judge: Integers) -> int:
    worth = gains.at(entry, judge)
    return int(worth.max() - worth.min()) if len(worth) else 1


def _promising(problem: Problem, gains: Gains) -> tuple[Integers, Integers]:
    """Each entry's best judges at guessed prices, and for each judge enough entries."""
    entries, judges = problem.allowed.shape
    if entries * judges <= ALL:
        entry, judge = np.nonzero(problem.allowed & (problem.need > 0)[:, None])
        return entry.astype(np.int64), judge.astype(np.int64)
    prices = Multipliers(
        _guess(problem, gains),
        np.zeros(entries, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
    )
    few = min(PER_ENTRY + int(problem.need.max(initial=0)), judges)
    wide = min(WIDE + int(problem.need.max(initial=0)), judges)
    keys, ranks, behind = [], [], []
    for rows in problem.blocks():
        reduced = _reduced(problem, gains, prices, rows)
        need = np.maximum(problem.need[rows], 1)[:, None]
        best = np.argpartition(reduced, judges - wide, axis=1)[:, judges - wide :]
        values = np.take_along_axis(reduced, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
        last = np.take_along_axis(values, np.minimum(need, wide) - 1, axis=1)
        keys.append((np.arange(rows.start, rows.stop)[:, None] * judges + best).ravel())
        ranks.append(np.broadcast_to(np.arange(wide), best.shape).ravel())
        behind.append((last - values).ravel())
        if problem.seats[rows].any():
            shown = np.where(problem.experts[rows], reduced, NEVER)
            most = min(int(problem.seats.max()) + 3, judges)
            best = np.argpartition(shown, judges - most, axis=1)[:, judges - most :]
            keys.append((np.arange(rows.start, rows.stop)[:, None] * judges + best).ravel())
            ranks.append(np.zeros(best.size, dtype=np.int64))
            behind.append(np.zeros(best.size, dtype=np.int64))
    key, rank, back = np.concatenate(keys), np.concatenate(ranks), np.concatenate(behind)
    entry, judge = key // judges, key % judges
    usable = problem.allowed[entry, judge] & (problem.need[entry] > 0)
    key, rank, back, judge = key[usable], rank[usable], back[usable], judge[usable]
    order = np.lexsort((back, judge))
    place = np.arange(len(order)) - np.searchsorted(judge[order], judge[order])
    wanted = np.minimum(problem.high, 2 * problem.need.sum() // max(judges, 1) + 1) * 3 // 2
    kept = rank < few
    kept[order[place < wanted[judge[order]]]] = True
    key = np.unique(key[kept])
    return key // judges, key % judges


def _guess(problem: Problem, gains: Gains) -> Integers:
    """Prices at which a sample of entries asks for about as many judges as there is room for."""
    entries, judges = problem.allowed.shape
    rows = np.unique(np.linspace(0, entries - 1, min(entries, SAMPLE)).astype(np.int64))
    count = int(np.rint(problem.need[rows].mean()))
    if count == 0 or count >= judges:
        return np.zeros(judges, dtype=np.int64)
    worth = np.concatenate([gains.block(part).astype(np.float32) for part in np.array_split(rows, 16)])
    shut = ~problem.allowed[rows]
    low, high = (
        float(np.min(worth, where=~shut, initial=np.inf)),
        float(np.max(worth, where=~shut, initial=-np.inf)),
    )
    if not high > low:
        return np.zeros(judges, dtype=np.int64)
    scale = high - low
    worth = ((worth - low) / scale).astype(np.float32)
    worth[shut] = -9.0
    room = np.maximum(problem.high * (len(rows) / entries), 0.25)
    floor = problem.low * (len(rows) / entries)
    prices, step = np.zeros(judges, dtype=np.float32), 0.25 * (1 - float(np.median(worth[~shut])))
    for _ in range(GUESSES):
        best = np.argpartition(worth - prices, judges - count, axis=1)[:, judges - count :]
        asked = np.bincount(best.ravel(), minlength=judges)
        over = np.where(asked > room, asked - room, np.minimum(asked - floor, 0))
        prices += (step * np.clip(over / room, -1, 1)).astype(np.float32)
        step *= 0.85
    guessed: Integers = np.rint(prices.astype(np.float64) * scale).astype(np.int64)
    return guessed


def without_rules(problem: Problem, *, seats: bool, groups: bool) -> Problem:
    """The same without expert seats, without groups, or without both."""
    if seats:
        problem = replace(problem, seats=np.zeros_like(problem.seats))
    if groups:
        none = np.zeros(0, dtype=np.int64)
        problem = replace(problem, member=none, group=none, groups=0)
    return problem


def is_taken(shape: tuple[int, int], entry: Integers, judge: Integers) -> Booleans:
    taken = np.zeros(shape, dtype=np.bool_)
    taken[entry, judge] = True
    return taken
