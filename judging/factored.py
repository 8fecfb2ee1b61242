"""The smaller side of a crossed design, factored: exact solutions, traces and errors at any variance ratio.

With the entries eliminated ``S + lambda I`` is left, of the judges' size; with the judges eliminated
``diag(D_e) - N diag(1 / (D_j + lambda)) N'``, of the entries'. Both are made from the pairs of sheets that
share an entry or a judge, so no table of entries by judges is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from judging.arrays import Floats, Integers
from judging.crossed import Crossed, pairs_of
from judging.profile import HIGHEST, LOWEST

MOST_PAIRS = 12_000_000


@dataclass(frozen=True)
class Solved:
    """
    The equations at one ratio.

    Parameters
    ----------
    effects : ndarray, shape (J,)
    trace : float
        tr C^jj.
    entries, judges : ndarray, shapes (E,), (J,)
        Variances of estimates and effects in units of s2.
    inverse : ndarray, shape (m, m)
        Of the smaller side.
    """

    effects: Floats
    trace: float
    entries: Floats
    judges: Floats
    inverse: Floats


class Side(Protocol):
    """The smaller side of one part, ready to be factored at any ratio."""

    def at(self, ratio: float) -> Solved: ...

    def apply(self, solved: Solved, ratio: float, right: Floats) -> Floats:
        """``(S + ratio I)^-1 right``."""
        ...

    def log_determinant(self, ratio: float) -> float:
        """``log|S + ratio I| - J log ratio``."""
        ...


def smaller_side(crossed: Crossed, right: Floats, exact_up_to: int) -> Side | None:
    """The smaller side where it is small enough, otherwise None."""
    entries, judges = len(crossed.entry_load), len(crossed.judge_load)
    if min(entries, judges) > exact_up_to:
        return None
    by_judge = judges <= entries
    loads = np.bincount(crossed.entry if by_judge else crossed.judge).astype(np.float64)
    if float(np.sum(loads**2)) > MOST_PAIRS:
        return None
    return _JudgesSide(crossed, right) if by_judge else _EntriesSide(crossed, right)


class _Pairs:
    """Every pair of sheets that share a member of the larger side: codes into a matrix of the smaller one."""

    def __init__(
        self, group: Integers, member: Integers, weights: Floats | None, groups: int, size: int
    ) -> None:
        which, first, second = pairs_of(group, groups)
        self.groups, self.size = groups, size
        self.which = which.astype(np.int32)
        self.both = None if weights is None else weights[first] * weights[second]
        # 32 bits are enough for the square of a few thousand, and half the memory.
        codes = member.astype(np.int32)[first]
        codes *= np.int32(size)
        codes += member.astype(np.int32)[second]
        self.codes = codes

    def gram(self, by_group: Floats) -> Floats:
        """``sum over groups of by_group N' N``, shape (size, size)."""
        numbers = by_group[self.which]
        if self.both is not None:
            numbers *= self.both
        flat: Floats = np.bincount(self.codes, numbers, self.size * self.size).astype(np.float64, copy=False)
        return flat.reshape(self.size, self.size)

    def seen(self, matrix: Floats, by_group: Floats) -> Floats:
        """Diagonal of ``B matrix B'`` with the rows of B divided by the groups' loads."""
        numbers = matrix.ravel()[self.codes]
        if self.both is not None:
            numbers *= self.both
        result: Floats = np.bincount(self.which, numbers, self.groups) * by_group**2
        return result


class _JudgesSide:
    def __init__(self, crossed: Crossed, right: Floats) -> None:
        self.crossed, self.right = crossed, right
        entries, judges = len(crossed.entry_load), len(crossed.judge_load)
        self.pairs = _Pairs(crossed.entry, crossed.judge, crossed.weights, entries, judges)
        self.laplacian = np.diag(crossed.judge_load) - self.pairs.gram(1 / crossed.entry_load)

    def at(self, ratio: float) -> Solved:
        inverse = _inverse(self._matrix(ratio))
        load = self.crossed.entry_load
        own = 1 / load + self.pairs.seen(inverse, 1 / load)
        return Solved(inverse @ self.right, float(np.trace(inverse)), own, np.diag(inverse).copy(), inverse)

    def apply(self, solved: Solved, ratio: float, right: Floats) -> Floats:
        return solved.inverse @ right

    def log_determinant(self, ratio: float) -> float:
        return float(np.linalg.slogdet(self._matrix(ratio))[1]) - len(self.right) * math.log(ratio)

    def _matrix(self, ratio: float) -> Floats:
        return self.laplacian + ratio * np.eye(len(self.right))


class _EntriesSide:
    def __init__(self, crossed: Crossed, right: Floats) -> None:
        self.crossed, self.right = crossed, right
        order = np.argsort(crossed.judge, kind="stable")
        weights = None if crossed.weights is None else crossed.weights[order]
        entries, judges = len(crossed.entry_load), len(crossed.judge_load)
        self.pairs = _Pairs(crossed.judge[order], crossed.entry[order], weights, judges, entries)

    def at(self, ratio: float) -> Solved:
        load = self.crossed.judge_load + ratio
        inverse = _inverse(self._matrix(load))
        own = 1 / load + self.pairs.seen(inverse, 1 / load)
        return Solved(
            self._back(inverse, load, self.right), float(own.sum()), np.diag(inverse).copy(), own, inverse
        )

    def apply(self, solved: Solved, ratio: float, right: Floats) -> Floats:
        return self._back(solved.inverse, self.crossed.judge_load + ratio, right)

    def log_determinant(self, ratio: float) -> float:
        load = self.crossed.judge_load + ratio
        small = float(np.linalg.slogdet(self._matrix(load))[1])
        logs = float(np.sum(np.log(load / ratio))) - float(np.sum(np.log(self.crossed.entry_load)))
        return small + logs

    def _matrix(self, load: Floats) -> Floats:
        return np.diag(self.crossed.entry_load) - self.pairs.gram(1 / load)

    def _back(self, inverse: Floats, load: Floats, right: Floats) -> Floats:
        # The entries' right side is 0 once their means are out.
        taken = inverse @ self.crossed.by_entry((right / load)[self.crossed.judge])
        result: Floats = (right + self.crossed.by_judge(taken[self.crossed.entry])) / load
        return result


def _inverse(matrix: Floats) -> Floats:
    """Of a positive definite matrix: one general inverse is faster here than a root and its square."""
    inverse = np.linalg.inv(matrix)
    result: Floats = (inverse + inverse.T) / 2
    return result


def crossing(slope: Callable[[float], float], start: float, bend: float) -> float:
    """
    Where a falling function crosses 0.

    Parameters
    ----------
    slope : function of log lambda
    start : float
        Near it.
    bend : float
        About how fast the function falls there, negative.

    Returns
    -------
    float
        To 1e-9: secants, whose last correction is below 1e-6; where they leave the neighbourhood, bracketed and
        by the Illinois method.
    """
    before, at_before = start, slope(start)
    here = before - at_before / bend if bend < 0 else before + 0.1
    for _ in range(8):
        if not abs(here - before) < 1.0:
            break
        if abs(here - before) < 1e-6:
            return here
        found = slope(here)
        fall = (found - at_before) / (here - before)
        if fall >= 0:
            break
        before, at_before, here = here, found, here - found / fall
    return _bracketed(slope, start)


def _bracketed(slope: Callable[[float], float], start: float) -> float:
    low = high = start
    at_low = at_high = slope(start)
    reach = 0.1
    while at_low < 0 and low > math.log(LOWEST):
        high, at_high = low, at_low
        low -= reach
        at_low, reach = slope(low), reach * 3
    while at_high > 0 and high < math.log(HIGHEST):
        low, at_low = high, at_high
        high += reach
        at_high, reach = slope(high), reach * 3
    if at_low < 0 or at_high > 0:
        return low if abs(at_low) <= abs(at_high) else high
    kept = 0
    while high - low > 1e-9 and at_low != at_high:
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        found = slope(middle)
        if found == 0 or not low < middle < high:
            return middle
        if found > 0:
            at_high = at_high / 2 if kept > 0 else at_high
            moved, low, at_low, kept = middle - low, middle, found, 1
        else:
            at_low = at_low / 2 if kept < 0 else at_low
            moved, high, at_high, kept = high - middle, middle, found, -1
        if moved < 1e-9:
            return middle
    return (low + high) / 2
