"""Whole numbers behind the official ones: marks of a part, steps whose residual is exact, rounding half to even.

Newton steps with a float inverse and an integer residual (iterative refinement: Wilkinson 1963, Rounding Errors in
Algebraic Processes) gain some fifty binary digits each, for as long as floats solve the equations at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers
from judging.watching import tell

# Integers of any length.
Objects = npt.NDArray[Any]


@dataclass(frozen=True)
class Marks:
    """
    Whole marks of one connected part.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Indices within the part.
    milli : ndarray of int64, shape (n,)
        Thousandths of a scale unit.
    weights : ndarray of int64, shape (n,)
        Positive.
    entries, judges : int
        E and J; every entry and judge has a mark.
    """

    entry: Integers
    judge: Integers
    milli: Integers
    weights: Integers
    entries: int
    judges: int

    def fits(self) -> bool:
        """Whether every sum of marks times two weights fits in 64 bits."""
        if not len(self.milli):
            return True
        return int(np.abs(self.milli).max()) * int(self.weights.max()) ** 2 * len(self.milli) < 2**62

    def sums(self) -> tuple[list[int], list[int]]:
        """Weighted sum of marks and weight of each entry."""
        kind = np.int64 if self.fits() else np.object_
        total = np.zeros(self.entries, dtype=kind)
        np.add.at(total, self.entry, self.milli.astype(kind) * self.weights.astype(kind))
        load = np.zeros(self.entries, dtype=np.int64)
        np.add.at(load, self.entry, self.weights)
        return [int(t) for t in total], [int(d) for d in load]


def refined(
    image: Callable[[Objects], Objects],
    solve: Callable[[Floats], Floats],
    effects: Objects,
    goal: Objects,
    unit: int,
) -> tuple[Objects, int]:
    """
    Solve integer equations as far as floats can help.

    Parameters
    ----------
    image : function
        The matrix times integers, exactly.
    solve : function
        The inverse of the matrix over `unit`, in floats.
    effects : ndarray of int, shape (m,)
        Where to begin.
    goal : ndarray of int, shape (m,)
        The right side.
    unit : int

    Returns
    -------
    effects : ndarray of int, shape (m,)
        Those with the smallest residual that was found.
    residual : int
        The largest of what is left, without its sign.
    """
    best: int | None = None
    kept, least = effects, 0
    steps = count(1)
    while True:
        tell("official numbers", next(steps))
        residual = goal - image(effects)
        size = max(abs(int(value)) for value in residual.tolist())
        if best is None or size < best:
            kept, least = effects, size
        if size == 0 or (best is not None and size * 2 > best):
            return kept, least
        best = size
        step = solve(ratios(residual, size))
        # The step is in units of size / unit; carry 60 binary digits of it over into integers.
        effects = effects + np.array(
            [int(math.ldexp(value, 60)) * size // (unit << 60) for value in step.tolist()], dtype=object
        )


def ratios(values: Objects, unit: int) -> Floats:
    """Each integer divided by `unit`, as floats that cannot overflow."""
    flat = [int(value) / unit for value in values.flat]
    return np.array(flat, dtype=np.float64).reshape(values.shape)


def half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded half to even, as `round` of a Fraction and without its common divisors."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def roundings(centre: int, width: int, over: int) -> tuple[int, int]:
    """Thousand times both ends of ``centre +- width``, over `over`: one number where the width leaves nothing open."""
    return half_even(1000 * (centre - width), over), half_even(1000 * (centre + width), over)
