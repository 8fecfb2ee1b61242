"""An assignment mended after a surprise: three ways, and finished work in none of them.

A judge steps aside, falls silent, an entry comes late. Reads that are written stand. Reads that a judge has opened
stand too, unless a read could not be given otherwise. The rest may move: as little as possible, for level loads, or
for the best fit. HotCRP prices moves of started reviews likewise (`review_adjust`, https://github.com/kohler/hotcrp); the
three ways are this project's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers
from judging.assignment import Assignment, Objective, assign
from judging.linking import link_better
from judging.seating import read_groups, read_seats
from judging.shortage import Shortage

LARGEST = 1_000_000  # what `assign` takes
FINEST = 400_000  # worths are told apart so far at most
ENOUGH = 0.05  # swaps that raise a_eff by less are not worth the judges' trouble


class Aim(StrEnum):
    """What a repair is for."""

    FEWEST = "fewest"
    BALANCED = "balanced"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Repair:
    """
    One way to mend an assignment.

    Parameters
    ----------
    aim : Aim
    pairs : tuple of (entry, judge)
        Every read afterwards, sorted.
    kept, added, removed : tuple of (entry, judge)
        Against what was held.
    missing : tuple of (entry, reads)
        Reads that nobody can be given.
    vacant : tuple of (entry, seats)
        Expert seats that stay empty.
    loads : tuple of int, length J
    affinity : int
        Sum over all pairs.
    """

    aim: Aim
    pairs: tuple[tuple[int, int], ...]
    kept: tuple[tuple[int, int], ...]
    added: tuple[tuple[int, int], ...]
    removed: tuple[tuple[int, int], ...]
    missing: tuple[tuple[int, int], ...]
    vacant: tuple[tuple[int, int], ...]
    loads: tuple[int, ...]
    affinity: int


def repair(
    affinity: npt.ArrayLike,
    need: npt.ArrayLike,
    *,
    held: Collection[tuple[int, int]],
    firm: Collection[tuple[int, int]] = (),
    opened: Collection[tuple[int, int]] = (),
    allowed: npt.ArrayLike | None = None,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    entry_ids: Sequence[str] | None = None,
    judge_ids: Sequence[str] | None = None,
    experts: npt.ArrayLike | None = None,
    seats: int | npt.ArrayLike = 0,
    apart: Sequence[Collection[int]] = (),
    budget: float = 0.01,
    floor: int | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[Repair, Repair, Repair]:
    """
    Mend an assignment in three ways.

    Parameters
    ----------
    affinity, need
        As in `assign`.
    held : collection of (entry, judge)
        Reads given now, without those that must go. They may stay, whether allowed or not.
    firm : collection of (entry, judge)
        Of these, what is written: it stays.
    opened : collection of (entry, judge)
        Of these, what a judge has looked at: it moves only where that gives a read which could not be given
        otherwise, and as seldom as possible.
    allowed, low, high, entry_ids, judge_ids, experts, seats, apart
        As in `assign`.
    budget : float
        Share of the affinity that the repair of best value may spend on linking judges better, where that joins
        parts or helps much.
    floor : int, optional
        No such swap makes a pair of a lower affinity.
    stop
        As in `assign`.

    Returns
    -------
    fewest, balanced, value : Repair
        ``fewest`` gives what is wanted and moves nothing, or as little as that takes; least loads do not make it
        move anything. ``balanced`` brings the highest load down, then the lowest up, with the fewest moves that
        this takes. ``value`` has loads as level, with the least squared shortfall of affinity; then it links judges
        better where that helps much. An entry that is read more than it needs keeps its reads.

    Raises
    ------
    ValueError
        As `assign`; a firm or opened pair that is not held.
    Stopped
    SolverFailed
    """
    a = np.asarray(affinity)
    if a.ndim != 2 or a.dtype.kind not in "iu":
        raise ValueError("affinity must hold integers in 2 dimensions")
    now = frozenset(held)
    for name, some in (("firm", firm), ("opened", opened)):
        if strange := sorted(set(some) - now):
            raise ValueError(
                f"the {name} pair of entry {strange[0][0]} and judge {strange[0][1]} is not held"
            )
    for entry, judge in now:
        if not (0 <= entry < a.shape[0] and 0 <= judge < a.shape[1]):
            raise ValueError(f"the pair of entry {entry} and judge {judge} is out of range")
    expert, seat = read_seats(experts, seats, *a.shape)
    wanted = np.asarray(need).astype(np.int64)
    if wanted.shape != (a.shape[0],):
        raise ValueError(f"with affinity of shape {a.shape}, need must be ({a.shape[0]},)")
    work = _Work(
        affinity=a.astype(np.int64),
        need=np.maximum(wanted, _count(now, 0, a.shape[0])),
        allowed=np.ones(a.shape, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_),
        low=np.zeros(a.shape[1], dtype=np.int64) if low is None else np.asarray(low).astype(np.int64),
        high=np.full(a.shape[1], a.shape[0]) if high is None else np.asarray(high).astype(np.int64),
        experts=expert,
        seats=seat,
        apart=tuple(tuple(group.tolist()) for group in read_groups(apart, a.shape[1])),
        ids=(entry_ids, judge_ids),
        held=now,
        firm=frozenset(firm),
        looked=frozenset(opened) - frozenset(firm),
        stop=stop,
    )
    return work.fewest(), work.balanced(), work.value(budget, floor)


@dataclass(frozen=True, slots=True)
class _Found:
    """What could be given, and what could not."""

    pairs: tuple[tuple[int, int], ...]
    missing: Integers
    vacant: Integers


@dataclass(frozen=True, slots=True)
class _Work:
    affinity: Integers
    need: Integers
    allowed: Booleans
    low: Integers
    high: Integers
    experts: Booleans
    seats: Integers
    apart: tuple[tuple[int, ...], ...]
    ids: tuple[Sequence[str] | None, Sequence[str] | None]
    held: frozenset[tuple[int, int]]
    firm: frozenset[tuple[int, int]]
    looked: frozenset[tuple[int, int]]
    stop: Callable[[], bool] | None

    def fewest(self) -> Repair:
        work = replace(self, low=np.zeros_like(self.low), high=np.maximum(self.high, self._loads(self.held)))
        # Where nothing has to move, what is new is given to those who read least.
        found = work._first_full(
            (self.held, lambda: work._solve(self.held, work._worth(FINEST), level=True)),
            (self.firm | self.looked, lambda: work._moved(self.firm | self.looked)),
            (self.firm, lambda: work._moved(self.firm)),
        )
        return self._made(Aim.FEWEST, found)

    def balanced(self) -> Repair:
        return self._made(Aim.BALANCED, self._loosened(fewest=True))

    def value(self, budget: float, floor: int | None) -> Repair:
        found = self._loosened(fewest=False)
        linked = link_better(
            found.pairs, self.affinity, allowed=self._usable(), pins=sorted(self.firm | self.looked & set(found.pairs)),
            budget=budget, floor=floor, experts=self.experts, seats=self.seats, apart=self.apart, stop=self.stop,
        )  # fmt: skip
        joined = linked.after.parts < linked.before.parts
        if joined or linked.after.a_eff - linked.before.a_eff >= ENOUGH:
            found = replace(found, pairs=linked.pairs)
        return self._made(Aim.VALUE, found)

    def _loosened(self, *, fewest: bool) -> _Found:
        """Loads level. What is only given may move; what is opened too, where a read would be missing otherwise."""
        firm = self.firm | self.looked
        work, last = self._with_bounds_of(firm), self._with_bounds_of(self.firm)
        return self._first_full(
            (
                firm,
                lambda: (
                    work._moved(firm, level=True)
                    if fewest
                    else work._solve(firm, work._worth(FINEST), level=True)
                ),
            ),
            (self.firm, lambda: last._moved(self.firm, level=True)),
        )

    def _with_bounds_of(self, pins: frozenset[tuple[int, int]]) -> _Work:
        high = np.maximum(self.high, self._loads(pins))
        return replace(self, high=high, low=np.minimum(self.low, high))

    def _first_full(self, *ways: tuple[frozenset[tuple[int, int]], Callable[[], _Found]]) -> _Found:
        """The first way that leaves no read missing, or the first of those that leave fewest."""
        best: _Found | None = None
        tried: set[frozenset[tuple[int, int]]] = set()
        for pins, way in ways:
            if pins in tried:
                continue
            tried.add(pins)
            found = way()
            if best is None or found.missing.sum() < best.missing.sum():
                best = found
            if not best.missing.any():
                break
        assert best is not None
        return best

    def _solve(self, pins: frozenset[tuple[int, int]], worth: Integers, *, level: bool = False) -> _Found:
        """The best assignment, of what can be given where not all can."""
        need, seats, low = self.need, self.seats, self.low
        missing, vacant = np.zeros_like(need), np.zeros_like(seats)
        for _ in range(4):
            found = assign(
                worth, need, allowed=self._usable(), low=low, high=self.high, pins=sorted(pins),
                entry_ids=self.ids[0], judge_ids=self.ids[1], objective=Objective.TOTAL, balanced=level,
                experts=self.experts, seats=seats, apart=self.apart, stop=self.stop,
            )  # fmt: skip
            if isinstance(found, Assignment):
                return _Found(found.pairs, missing, vacant)
            need, seats, low = self._eased(found, need, seats, low)
            missing, vacant = self.need - need, self.seats - seats
        raise AssertionError("what a shortage says can be given is given")

    def _eased(
        self, short: Shortage, need: Integers, seats: Integers, low: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """The same wishes without those that cannot be met."""
        rows, columns = self._names()
        need, seats, low = need.copy(), seats.copy(), low.copy()
        for name, reads in short.missing:
            need[rows[name]] -= reads
        for name, empty in short.vacant:
            seats[rows[name]] -= empty
        for name, reads in short.under:
            low[columns[name]] -= reads
        return need, seats, low

    def _names(self) -> tuple[dict[str, int], dict[str, int]]:
        entries = self.ids[0] or [str(number) for number in range(len(self.need))]
        judges = self.ids[1] or [str(number) for number in range(len(self.high))]
        return {name: n for n, name in enumerate(entries)}, {name: n for n, name in enumerate(judges)}

    def _usable(self) -> Booleans:
        usable = self.allowed.copy()
        for pair in self.held:
            usable[pair] = True
        return usable

    def _worth(self, most: int) -> Integers:
        """Minus the squared shortfall, in steps from 0 to `most`; a read that is held wins a tie."""
        usable = self._usable()
        best = int(np.max(self.affinity, where=usable, initial=-LARGEST))
        gap = np.where(usable, best - self.affinity, 0)
        gap = (gap // max(int(np.gcd.reduce(gap, axis=None)), 1)) ** 2
        span = int(gap.max(initial=0))
        # Two steps a unit at least, where that many fit: half a unit is the worth of leaving a read where it is.
        steps = most // 2 // max(span, 1)
        worth: Integers = 2 * ((span - gap) * steps if steps else (span - gap) * (most // 2) // max(span, 1))
        for pair in self.held:
            worth[pair] += 1
        return worth

    def _moved(self, pins: frozenset[tuple[int, int]], *, level: bool = False) -> _Found:
        """With as few moves as can be of what is opened, then of the rest; among these, what suits best."""
        free = self.held - pins
        found = self._solve(pins, self._priced(free, len(free)), level=level)
        # The fewer moves there are, the finer it can be told what suits.
        return self._solve(pins, self._priced(free, len(free.difference(found.pairs))), level=level)

    def _priced(self, free: frozenset[tuple[int, int]], moves: int) -> Integers:
        """So that no gain outweighs a move, and no number of moves one of what is opened; for so many at most."""
        price = LARGEST // (moves + 2) if free & self.looked else LARGEST
        gaps = int(np.maximum(self.need - _count(self.held, 0, len(self.need)), 0).sum())
        # At most so many reads are new, each of them better by no more than this.
        worth = self._worth(min(max(price // (gaps + moves + 1) - 2, 0), FINEST)) - LARGEST // 2
        for pair in free:
            worth[pair] += LARGEST if pair in self.looked else price
        return worth

    def _loads(self, pairs: frozenset[tuple[int, int]]) -> Integers:
        return _count(pairs, 1, len(self.high))

    def _made(self, aim: Aim, found: _Found) -> Repair:
        pairs = frozenset(found.pairs)
        return Repair(
            aim=aim,
            pairs=tuple(sorted(pairs)),
            kept=tuple(sorted(pairs & self.held)),
            added=tuple(sorted(pairs - self.held)),
            removed=tuple(sorted(self.held - pairs)),
            missing=_positive(found.missing),
            vacant=_positive(found.vacant),
            loads=tuple(self._loads(pairs).tolist()),
            affinity=sum(int(self.affinity[pair]) for pair in pairs),
        )


def _count(pairs: frozenset[tuple[int, int]], side: int, length: int) -> Integers:
    return np.bincount(np.array([pair[side] for pair in pairs], dtype=np.int64), minlength=length)


def _positive(counts: Integers) -> tuple[tuple[int, int], ...]:
    return tuple((int(n), int(counts[n])) for n in np.flatnonzero(counts > 0))
