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

from judging.arrays import Floats, Integers
from judging.exact import solve_exactly
from judging.official_large import half_even, settled_estimates

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


def raw_estimates(entry: Integers, milli: Integers, weights: Integers, entries: int) -> list[Fraction]:
    """Exact weighted mean of each entry in scale units; every entry must have a score."""
    total, load = _sums(entry, milli, weights, entries)
    return [Fraction(t, 1000 * d) for t, d in zip(total, load, strict=True)]


def calibrated_estimates(
    entry: Integers,
    judge: Integers,
    milli: Integers,
    weights: Integers,
    entries: int,
    judges: int,
    ratio: Fraction,
) -> list[int]:
    """
    Official estimates of one connected part for a variance ratio: entries fixed, judges random.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Indices within the part.
    milli : ndarray of int64, shape (n,)
        Values in thousandths of a scale unit.
    weights : ndarray of int64, shape (n,)
        Positive.
    entries, judges : int
        E and J of the part; every entry and judge has a score.
    ratio : Fraction
        Residual variance over judge variance, positive.

    Returns
    -------
    list of int, length E
        Millionths of a scale unit.
    """
    if judges > DENSE_UP_TO or entries * judges > DENSE_CELLS or not _fits(milli, weights):
        return settled_estimates(entry, judge, milli, weights, entries, judges, ratio)
    system = _System.build(entry, judge, milli, weights, entries, judges, ratio)
    for bits in (ROUGH_BITS, FINE_BITS):
        settled = system.settle(bits)
        if settled is not None:
            return settled
    severity = solve_exactly(system.matrix.tolist(), system.right.tolist())
    return [round(value) for value in system.estimates(severity)]


def least_squares_estimates(
    entry: Integers, judge: Integers, milli: Integers, weights: Integers, entries: int, judges: int
) -> list[int]:
    """
    Official least squares estimates of one connected part, solved in fractions.

    The free level is fixed by ``sum_i w_i b_j(i) = 0``, which keeps the weighted grand mean of the scores.

    Parameters and result: as `calibrated_estimates`, without a ratio.
    """
    if judges > min(SOLVED_UP_TO, DENSE_UP_TO) or entries * judges > DENSE_CELLS or not _fits(milli, weights):
        return settled_estimates(entry, judge, milli, weights, entries, judges, Fraction(0))
    system = _System.build(entry, judge, milli, weights, entries, judges, Fraction(0))
    solved = solve_exactly(system.matrix[:-1, :-1].tolist(), system.right[:-1].tolist())
    severity = [*solved, Fraction(0)]
    load = np.bincount(judge, weights, judges)
    level = sum((int(d) * b for d, b in zip(load, severity, strict=True)), Fraction(0)) / int(load.sum())
    return [round(value) for value in system.estimates([b - level for b in severity])]


def _sums(entry: Integers, milli: Integers, weights: Integers, entries: int) -> tuple[list[int], list[int]]:
    kind = np.int64 if _fits(milli, weights) else np.object_
    total = np.zeros(entries, dtype=kind)
    np.add.at(total, entry, milli.astype(kind) * weights.astype(kind))
    load = np.zeros(entries, dtype=np.int64)
    np.add.at(load, entry, weights)
    return [int(t) for t in total], [int(d) for d in load]


def _fits(milli: Integers, weights: Integers) -> bool:
    """Whether every sum of marks times two weights fits in 64 bits."""
    if not len(milli):
        return True
    return int(np.abs(milli).max()) * int(weights.max()) ** 2 * len(milli) < 2**62


@dataclass(frozen=True)
class _System:
    """
    ``matrix @ b = right`` for the judges' effects b in thousandths, in integers; ``floor`` bounds the
    matrix below.
    """

    entry: list[int]
    judge: list[int]
    weight: list[int]
    total: list[int]
    load: list[int]
    matrix: npt.NDArray[Any]
    right: npt.NDArray[Any]
    floor: int

    @staticmethod
    def build(
        entry: Integers,
        judge: Integers,
        milli: Integers,
        weights: Integers,
        entries: int,
        judges: int,
        ratio: Fraction,
    ) -> _System:
        p, q = ratio.numerator, ratio.denominator
        total, load = _sums(entry, milli, weights, entries)
        common = math.lcm(*set(load))
        table = np.zeros((entries, judges), dtype=np.int64)
        table[entry, judge] = weights
        matrix = np.zeros((judges, judges), dtype=object)
        right = np.zeros(judges, dtype=object)
        given = np.zeros(judges, dtype=np.int64)
        np.add.at(given, judge, milli * weights)
        loads = np.array(load)
        totals = np.array(total)
        for size in sorted(set(load)):
            rows = table[loads == size]
            factor = q * (common // size)
            matrix -= _objects(rows.T @ rows) * factor
            right -= _objects(rows.T @ totals[loads == size]) * factor
        right += _objects(given) * (q * common)
        diagonal = np.arange(judges)
        matrix[diagonal, diagonal] += _objects(table.sum(axis=0)) * (q * common) + p * common
        return _System(
            entry.tolist(), judge.tolist(), weights.tolist(), total, load, matrix, right, p * common
        )

    def estimates(self, effects: Sequence[Fraction]) -> list[Fraction]:
        """Estimates in millionths of a scale unit, exact."""
        taken = [Fraction(0)] * len(self.load)
        for e, j, w in zip(self.entry, self.judge, self.weight, strict=True):
            taken[e] += w * effects[j]
        return [1000 * (t - b) / d for t, b, d in zip(self.total, taken, self.load, strict=True)]

    def settle(self, bits: int) -> list[int] | None:
        """Rounded estimates, or None if an approximation with so many binary digits leaves one open."""
        approximate = self.refined(bits)
        residual = (self.right << bits) - self.matrix.dot(approximate)
        # Rounded up, in units of 2**-bits thousandths: at most so far is any effect from the exact one.
        error = math.isqrt(sum(int(r) ** 2 for r in residual)) // self.floor + 2
        taken = [0] * len(self.load)
        effects = approximate.tolist()
        for e, j, w in zip(self.entry, self.judge, self.weight, strict=True):
            taken[e] += w * effects[j]
        result = []
        for total, effect, load in zip(self.total, taken, self.load, strict=True):
            centre = (total << bits) - effect
            low = half_even(1000 * (centre - error * load), load << bits)
            high = half_even(1000 * (centre + error * load), load << bits)
            if low != high:
                return None
            result.append(low)
        return result

    def refined(self, bits: int) -> npt.NDArray[Any]:
        """The effects times 2**bits, as integers, by Newton steps whose residual is exact."""
        largest = max(int(abs(value)) for value in self.matrix.flat)
        inverse = np.linalg.inv(_ratios(self.matrix, largest))
        approximate = np.zeros(len(self.right), dtype=object)
        goal = self.right << bits
        best: int | None = None
        while True:
            residual = goal - self.matrix.dot(approximate)
            size = max(int(abs(value)) for value in residual)
            if size == 0 or (best is not None and size * 2 > best):
                return approximate
            best = size
            step = inverse @ _ratios(residual, size)
            # step is in units of size / largest; carry 60 binary digits of it over into integers.
            approximate = approximate + np.array(
                [int(math.ldexp(value, 60)) * size // (largest << 60) for value in step.tolist()],
                dtype=object,
            )


def _objects(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same numbers as Python integers, which do not overflow."""
    result = np.empty(array.shape, dtype=object)
    result[...] = array.astype(object)
    return result


def _ratios(values: npt.NDArray[Any], unit: int) -> Floats:
    """Each integer divided by `unit`, as floats that cannot overflow."""
    flat = [int(value) / unit for value in values.flat]
    return np.array(flat, dtype=np.float64).reshape(values.shape)
