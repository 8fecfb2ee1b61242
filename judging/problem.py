"""An assignment as numbers: who may read what, how many, by which rules, and what each pair is worth.

Entries and judges stand in the order of their ids. Nothing here holds a table of 64 bits: what a pair is worth
is computed for a block of entries at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers

CELLS = 1 << 19
TIE_STEPS = 1024
# Simplex arithmetic stays exact to the last unit below this.
LARGEST = 1 << 50
NEVER = -(1 << 62)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """
    The free part of an assignment: pins are taken out.

    Parameters
    ----------
    allowed : ndarray of bool, shape (E, J)
    need : ndarray of int64, shape (E,)
    low, high : ndarray of int64, shape (J,)
    experts : ndarray of bool, shape (E, J)
    seats : ndarray of int64, shape (E,)
        Reads that must be by experts.
    member, group : ndarray of int64
        Judge and group of each membership, by judge; of one group an entry gets one judge at most.
    groups : int
    """

    allowed: Booleans
    need: Integers
    low: Integers
    high: Integers
    experts: Booleans
    seats: Integers
    member: Integers
    group: Integers
    groups: int

    def groups_of(self, judge: Integers) -> tuple[Integers, Integers]:
        """For judges given: positions in `judge`, repeated, and the group of each repetition."""
        begin = np.searchsorted(self.member, judge, side="left")
        count = np.searchsorted(self.member, judge, side="right") - begin
        place = np.repeat(np.arange(len(judge)), count)
        offset = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self.group[begin[place] + offset]

    def blocks(self) -> Iterator[slice]:
        """Entries in blocks small enough for 64 bits a pair."""
        step = max(CELLS // max(self.allowed.shape[1], 1), 1)
        for start in range(0, len(self.need), step):
            yield slice(start, min(start + step, len(self.need)))


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """
    What a pair is worth: ``main * factor + tie``, the tie a fixed number of the two ids.

    Parameters
    ----------
    affinity : ndarray of int32, shape (E, J)
    top : int, optional
        With it, main is minus the squared shortfall below it.
    factor : int
        0 leaves ties only.
    steps : int
        Ties lie from 0 to ``steps - 1``.
    entry_keys, judge_keys : ndarray of uint64
    """

    affinity: npt.NDArray[np.int32]
    top: int | None
    factor: int
    steps: int
    entry_keys: npt.NDArray[np.uint64]
    judge_keys: npt.NDArray[np.uint64]

    def block(self, rows: slice | Integers) -> Integers:
        worth = _ties(self.entry_keys[rows][:, None] + self.judge_keys[None, :], self.steps)
        if self.factor:
            worth += self._main(self.affinity[rows]) * self.factor
        return worth

    def at(self, entry: Integers, judge: Integers) -> Integers:
        worth = _ties(self.entry_keys[entry] + self.judge_keys[judge], self.steps)
        if self.factor:
            worth += self._main(self.affinity[entry, judge]) * self.factor
        return worth

    def main(self, entry: Integers, judge: Integers) -> int:
        return int(self._main(self.affinity[entry, judge]).sum())

    def ties_only(self, steps: int) -> Gains:
        return Gains(self.affinity, self.top, 0, steps, self.entry_keys, self.judge_keys)

    def _main(self, affinity: npt.NDArray[np.int32]) -> Integers:
        wide = affinity.astype(np.int64)
        return wide if self.top is None else -((self.top - wide) ** 2)


def gains_for(
    problem: Problem,
    affinity: npt.NDArray[np.int32],
    *,
    squared: bool,
    entry_ids: Sequence[str],
    judge_ids: Sequence[str],
) -> Gains:
    """Ties are as fine as the numbers leave room for, and none of them outweighs a unit of the objective."""
    best = int(np.max(affinity, where=problem.allowed, initial=-1_000_000))
    worst = int(np.min(affinity, where=problem.allowed, initial=1_000_000))
    span = max(best - worst, 1) ** (2 if squared else 1)
    steps = TIE_STEPS
    while steps > 1 and span * (steps * int(problem.need.sum()) + 1) > LARGEST:
        steps //= 2
    return Gains(
        affinity=affinity,
        top=best if squared else None,
        factor=steps * int(problem.need.sum()) + 1 if steps > 1 else 1,
        steps=steps,
        entry_keys=_digests(entry_ids),
        judge_keys=_digests(judge_ids) * np.uint64(0x9E3779B97F4A7C15),
    )


def _digests(ids: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.array(
        [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") for name in ids], dtype=np.uint64
    )


def _ties(mixed: npt.NDArray[np.uint64], steps: int) -> Integers:
    # The finaliser of splitmix64 over the sum: unsigned arithmetic wraps around on purpose.
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Integers = ((mixed ^ (mixed >> np.uint64(31))) & np.uint64(steps - 1)).astype(np.int64)
    return result
