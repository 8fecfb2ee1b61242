"""Official numbers of large rounds: the same exact solution, proved sheet by sheet instead of by a matrix.

Conjugate gradients find the judges' effects, integers of any length measure the residual exactly, and a bound on the
inverse says how far off an effect can be. ``S + ratio I`` has no positive number off its diagonal and rows that sum to
the ratio, so no row of its inverse sums to more than ``1 / ratio``. Least squares fix one judge; there a positive
vector u with ``S u >= c`` in all other rows, found in floats and checked in integers, bounds the inverse by
``max u / c`` (Ostrowski's M-matrices: Berman and Plemmons 1994, chapter 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from judging.arrays import Floats, Integers
from judging.crossed import Crossed
from judging.whole import Marks, Objects, refined, roundings

# What so many digits cannot tell from a half is rounded to even, as an exact half is.
BITS = (96, 288, 1200)
# Binary digits of the vector that bounds an inverse, beyond those of the weights.
SCALE = 64


def settled_estimates(marks: Marks, ratio: Fraction) -> list[int]:
    """
    Official estimates of one connected part in millionths; parameters as `judging.official.calibrated_estimates`.

    `ratio` 0 is least squares, its level fixed by the score-weighted sum of the effects.
    """
    system = _Sheets.build(marks, ratio)
    bound = system.bound()
    effects = np.zeros(marks.judges, dtype=object)
    for number, bits in enumerate(BITS):
        more = bits - (BITS[number - 1] if number else 0)
        effects, error = system.refined(effects << more, bits, bound)
        found = system.rounded(effects, bits, error, last=bits == BITS[-1])
        if found is not None:
            return found
    raise AssertionError("the last digits settle everything")


def near_effects(marks: Marks, ratio: Fraction, bits: int) -> list[int]:
    """The judges' effects of one connected part in thousandths over ``2**bits``, nearly; the ratio is positive."""
    system = _Sheets.build(marks, ratio)
    effects: list[int] = system.refined(np.zeros(marks.judges, dtype=object), bits, system.bound())[
        0
    ].tolist()
    return effects


@dataclass(frozen=True)
class _Sheets:
    """Sheets sorted by entry; `by_judge` sorts them by judge. Numbers that can grow are Python's integers."""

    crossed: Crossed
    by_judge: Integers
    judge_starts: Integers
    weights: Objects | None
    total: Objects
    given: Objects
    entry_load: Objects
    judge_load: Objects
    shares: Objects
    common: int
    ratio: Fraction

    @staticmethod
    def build(marks: Marks, ratio: Fraction) -> _Sheets:
        order = np.argsort(marks.entry, kind="stable")
        entry, judge = marks.entry[order], marks.judge[order]
        milli, weights = marks.milli[order], marks.weights[order]
        even = bool(np.all(weights == 1))
        crossed = Crossed.build(
            entry, judge, None if even else weights.astype(np.float64), marks.entries, marks.judges
        )
        by_judge = np.argsort(judge, kind="stable")
        starts = np.searchsorted(judge[by_judge], np.arange(marks.judges))
        small = int(np.abs(milli).max()) * int(weights.max()) * len(milli) < 2**62
        products: Objects = milli * weights if small else milli.astype(object) * weights.astype(object)
        loads = np.add.reduceat(weights, crossed.starts)
        common = math.lcm(*np.unique(loads).tolist())
        load_e = loads.astype(object)
        return _Sheets(
            crossed=crossed,
            by_judge=by_judge,
            judge_starts=starts,
            weights=None if even else weights.astype(object),
            total=np.add.reduceat(products, crossed.starts).astype(object),
            given=np.add.reduceat(products[by_judge], starts).astype(object),
            entry_load=load_e,
            judge_load=np.add.reduceat(weights[by_judge], starts).astype(object),
            shares=common // load_e,
            common=common,
            ratio=ratio,
        )

    def over_entries(self, numbers: Objects) -> Objects:
        """Weighted sum of a number of each judge over each entry."""
        spread = numbers[self.crossed.judge]
        if self.weights is not None:
            spread = spread * self.weights
        result: Objects = np.add.reduceat(spread, self.crossed.starts)
        return result

    def over_judges(self, numbers: Objects) -> Objects:
        """Weighted sum of a number of each entry over each judge."""
        spread = numbers[self.crossed.entry[self.by_judge]]
        if self.weights is not None:
            spread = spread * self.weights[self.by_judge]
        result: Objects = np.add.reduceat(spread, self.judge_starts)
        return result

    def image(self, effects: Objects) -> Objects:
        """``q common (S + p/q I)`` times integers, exactly."""
        p, q = self.ratio.numerator, self.ratio.denominator
        around = self.over_judges(self.over_entries(effects) * self.shares)
        result: Objects = (self.judge_load * (q * self.common) + p * self.common) * effects - around * q
        return result

    def right(self) -> Objects:
        """``q common`` times the right side, in thousandths."""
        q = self.ratio.denominator
        result: Objects = self.given * (q * self.common) - self.over_judges(self.total * self.shares) * q
        return result

    def solve(self, right: Floats) -> Floats:
        found = self.crossed.solve(right, float(self.ratio))[0]
        # Least squares have a level too many: the last judge is the one that is fixed.
        return found if self.ratio else found - found[-1]

    def bound(self) -> tuple[int, int]:
        """Numerator and denominator of a bound on how far an effect is off for a residual of 1."""
        judges = len(self.judge_load)
        if self.ratio:
            return 1, self.ratio.numerator * self.common
        right = np.full(judges, self.common << SCALE, dtype=object)
        right[-1] *= 1 - judges
        reached, _ = self._newton(np.zeros(judges, dtype=object), right)
        reached = reached - reached[-1]
        lowest = min(self.image(reached)[:-1].tolist(), default=1)
        if lowest <= 0 or min(reached[:-1].tolist(), default=1) <= 0:
            raise ArithmeticError("floats cannot solve the equations of this graph")
        return max(reached.tolist()), lowest

    def refined(self, effects: Objects, bits: int, bound: tuple[int, int]) -> tuple[Objects, int]:
        """Effects times 2**bits, and how far off they are at most."""
        found, residual = self._newton(effects, self.right() * (1 << bits))
        return found, residual * bound[0] // bound[1] + 1

    def _newton(self, effects: Objects, goal: Objects) -> tuple[Objects, int]:
        return refined(self.image, self.solve, effects, goal, self.ratio.denominator * self.common)

    def rounded(self, effects: Objects, bits: int, error: int, *, last: bool) -> list[int] | None:
        """Millionths, half to even; None where the error leaves one open."""
        taken = ((self.total * (1 << bits)) - self.over_entries(effects)).tolist()
        level, loads = 0, 1
        if not self.ratio:
            level, loads = int(np.sum(self.judge_load * effects)), int(np.sum(self.judge_load))
            error *= 2
        result = []
        for own, load in zip(taken, self.entry_load.tolist(), strict=True):
            # own / load + level / loads, in thousandths over 2**bits.
            over = load * loads
            centre, width = own * loads + level * load, error * over
            low, high = roundings(centre, width, over << bits)
            if low != high:
                if not last:
                    return None
                low = min(low, high, key=lambda value: value % 2)
            result.append(low)
        return result
