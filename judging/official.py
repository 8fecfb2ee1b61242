"""Official numbers: the exact solution of the calibration equations, rounded half to even to a millionth.

Given the variance ratio as a fraction, the estimates solve a linear system with rational coefficients. Floats
find the solution, integers prove it: the matrix of the judges is at least ``ratio`` times the identity, so an
approximate severity is off by at most ``|residual| / ratio``. Where that does not settle the last digit the
approximation is refined in integers, and where a tie with a half remains, the system is solved in fractions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from judging.exact import solve_exactly
from judging.official_large import settled_estimates
from judging.whole import Marks, Objects, ratios, refined, roundings

# Larger rounds are proved without a matrix; the numbers are the same.
DENSE_UP_TO, DENSE_CELLS = 300, 2_000_000
SOLVED_UP_TO = 60
ROUGH_BITS = 96
FINE_BITS = 288


def six_digits(ratio: float) -> Fraction:
    """
    Round a positive float to six significant decimal digits, exactly.

    Raises
    ------
    ValueError
        Not positive or not finite.
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise ValueError(f"a variance ratio must be positive and finite, not {ratio}")
    return Fraction(f"{ratio:.5e}")


def raw_estimates(marks: Marks) -> list[Fraction]:
    """Exact weighted mean of each entry in scale units."""
    total, load = marks.sums()
    return [Fraction(t, 1000 * d) for t, d in zip(total, load, strict=True)]


def calibrated_estimates(marks: Marks, ratio: Fraction) -> list[int]:
    """
    Official estimates of one connected part for a variance ratio: entries fixed, judges random.

    Parameters
    ----------
    marks : Marks
    ratio : Fraction
        Residual variance over judge variance, positive.

    Returns
    -------
    list of int, length E
        Millionths of a scale unit.
    """
    if _is_large(marks, DENSE_UP_TO):
        return settled_estimates(marks, ratio)
    system = _System.build(marks, ratio)
    for bits in (ROUGH_BITS, FINE_BITS):
        settled = system.settle(bits)
        if settled is not None:
            return settled
    severity = solve_exactly(system.matrix.tolist(), system.right.tolist())
    return [round(value) for value in system.estimates(severity)]


def least_squares_estimates(marks: Marks) -> list[int]:
    """
    Official least squares estimates of one connected part, solved in fractions.

    The free level is fixed by ``sum_i w_i b_j(i) = 0``, which keeps the weighted grand mean of the scores.

    Parameters and result: as `calibrated_estimates`, without a ratio.
    """
    if _is_large(marks, min(SOLVED_UP_TO, DENSE_UP_TO)):
        return settled_estimates(marks, Fraction(0))
    system = _System.build(marks, Fraction(0))
    return [round(value) for value in system.estimates(_exact(system, Fraction(0)))]


def exact_effects(marks: Marks, ratio: Fraction) -> list[Fraction]:
    """
    The judges' effects of one connected part in thousandths of a scale unit, solved in fractions.

    Parameters as `calibrated_estimates`; with the ratio 0, least squares. For a few hundred judges at most.
    """
    return _exact(_System.build(marks, ratio), ratio)


def _exact(system: _System, ratio: Fraction) -> list[Fraction]:
    if ratio:
        return solve_exactly(system.matrix.tolist(), system.right.tolist())
    solved = solve_exactly(system.matrix[:-1, :-1].tolist(), system.right[:-1].tolist())
    effects, marks = [*solved, Fraction(0)], system.marks
    load = np.bincount(marks.judge, marks.weights, marks.judges)
    level = sum((int(d) * b for d, b in zip(load, effects, strict=True)), Fraction(0)) / int(load.sum())
    return [b - level for b in effects]


def _is_large(marks: Marks, judges: int) -> bool:
    """Whether a matrix is too large, or its numbers."""
    return marks.judges > judges or marks.entries * marks.judges > DENSE_CELLS or not marks.fits()


@dataclass(frozen=True)
class _System:
    """
    ``matrix @ b = right`` for the judges' effects b in thousandths, in integers; ``floor`` bounds the
    matrix below.
    """

    marks: Marks
    total: list[int]
    load: list[int]
    matrix: Objects
    right: Objects
    floor: int

    @staticmethod
    def build(marks: Marks, ratio: Fraction) -> _System:
        p, q = ratio.numerator, ratio.denominator
        total, load = marks.sums()
        common = math.lcm(*set(load))
        table = np.zeros((marks.entries, marks.judges), dtype=np.int64)
        table[marks.entry, marks.judge] = marks.weights
        matrix = np.zeros((marks.judges, marks.judges), dtype=object)
        right = np.zeros(marks.judges, dtype=object)
        given = np.zeros(marks.judges, dtype=np.int64)
        np.add.at(given, marks.judge, marks.milli * marks.weights)
        loads = np.array(load)
        totals = np.array(total)
        for size in sorted(set(load)):
            rows = table[loads == size]
            factor = q * (common // size)
            matrix -= _objects(rows.T @ rows) * factor
            right -= _objects(rows.T @ totals[loads == size]) * factor
        right += _objects(given) * (q * common)
        diagonal = np.arange(marks.judges)
        matrix[diagonal, diagonal] += _objects(table.sum(axis=0)) * (q * common) + p * common
        return _System(marks, total, load, matrix, right, p * common)

    def taken(self, effects: Sequence[Any]) -> list[Any]:
        """Weighted sum of the judges' effects over each entry, exact."""
        result: list[Any] = [0] * len(self.load)
        marks = self.marks
        for e, j, w in zip(marks.entry.tolist(), marks.judge.tolist(), marks.weights.tolist(), strict=True):
            result[e] += w * effects[j]
        return result

    def estimates(self, effects: Sequence[Fraction]) -> list[Fraction]:
        """Estimates in millionths of a scale unit, exact."""
        taken = self.taken(effects)
        return [Fraction(1000 * (t - b), d) for t, b, d in zip(self.total, taken, self.load, strict=True)]

    def settle(self, bits: int) -> list[int] | None:
        """Rounded estimates, or None if an approximation with so many binary digits leaves one open."""
        largest = max(int(abs(value)) for value in self.matrix.flat)
        inverse = np.linalg.inv(ratios(self.matrix, largest))
        goal = self.right << bits
        nothing = np.zeros(len(self.right), dtype=object)
        effects, _ = refined(self.matrix.dot, inverse.__matmul__, nothing, goal, largest)
        residual = goal - self.matrix.dot(effects)
        # Rounded up, in units of 2**-bits thousandths: at most so far is any effect from the exact one.
        error = math.isqrt(sum(int(r) ** 2 for r in residual)) // self.floor + 2
        result = []
        for total, taken, load in zip(self.total, self.taken(effects.tolist()), self.load, strict=True):
            low, high = roundings((total << bits) - taken, error * load, load << bits)
            if low != high:
                return None
            result.append(low)
        return result


def _objects(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same numbers as Python integers, which do not overflow."""
    result = np.empty(array.shape, dtype=object)
    result[...] = array.astype(object)
    return result
