"""Integer linear systems solved exactly, by p-adic lifting (Dixon 1982, Numerische Mathematik 40, 137-141).

One inverse modulo a prime, then each step adds one p-adic digit of the solution; rational reconstruction
gives the fractions, and they are accepted only when they satisfy the system in integers. So the answer is
proved, not trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from judging.arrays import Integers

# Below 2**25, so that a row of 4,096 products of residues still fits 64 bits.
PRIMES = (33554393, 33554383, 33554371, 33554347, 33554341, 33554317, 33554291, 33554273)
LARGEST = 4096


def solve_exactly(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> list[Fraction]:
    """
    Solve ``matrix @ x = right`` in rational numbers.

    Parameters
    ----------
    matrix : sequence of m rows of m int
        Not singular; m at most 4,096.
    right : sequence of m int

    Returns
    -------
    list of Fraction, length m

    Raises
    ------
    ValueError
        The matrix is singular (or, with vanishing chance, its determinant is divisible by eight large
        primes), or is too large.
    """
    size = len(right)
    if size > LARGEST:
        raise ValueError(f"{size} unknowns: exact solutions are given up to {LARGEST}")
    if size == 0:
        return []
    for prime in PRIMES:
        inverse = _inverse_modulo([[value % prime for value in row] for row in matrix], prime)
        if inverse is not None:
            return _lift(matrix, right, inverse, prime)
    raise ValueError("the matrix is singular")


def _inverse_modulo(rows: list[list[int]], prime: int) -> Integers | None:
    size = len(rows)
    work = np.zeros((size, 2 * size), dtype=np.int64)
    work[:, :size] = rows
    work[np.arange(size), size + np.arange(size)] = 1
    for column in range(size):
        candidates = np.flatnonzero(work[column:, column])
        if len(candidates) == 0:
            return None
        pivot = column + int(candidates[0])
        if pivot != column:
            work[[column, pivot]] = work[[pivot, column]]
        work[column] = work[column] * pow(int(work[column, column]), -1, prime) % prime
        others = work[:, column].copy()
        others[column] = 0
        work = (work - others[:, None] * work[column][None, :]) % prime
    return work[:, size:]


def _lift(
    matrix: Sequence[Sequence[int]], right: Sequence[int], inverse: Integers, prime: int
) -> list[Fraction]:
    exact = np.array([[int(value) for value in row] for row in matrix], dtype=object)
    rest = np.array([int(value) for value in right], dtype=object)
    size = len(right)
    digits = np.zeros(size, dtype=object)
    modulus = 1
    step = 0
    look = 2
    while True:
        digit = (inverse @ (rest % prime).astype(np.int64)) % prime
        # Python integers from here: the products below grow past 64 bits.
        whole = np.array(digit.tolist(), dtype=object)
        digits = digits + whole * modulus
        rest = (rest - exact.dot(whole)) // prime
        modulus *= prime
        step += 1
        if step == look:
            found = _reconstruct(digits.tolist(), modulus)
            if found is not None:
                numerators, denominator = found
                if np.array_equal(
                    exact.dot(np.array(numerators, dtype=object)),
                    np.array([int(value) * denominator for value in right], dtype=object),
                ):
                    return [Fraction(numerator, denominator) for numerator in numerators]
            look = max(look + 1, look * 3 // 2)


def _reconstruct(digits: list[int], modulus: int) -> tuple[list[int], int] | None:
    """
    Numerators over one common denominator, all below sqrt(modulus / 2), or None where there are none yet.
    """
    bound = math.isqrt(modulus // 2)
    denominator = 1
    for digit in digits:
        scaled = digit * denominator % modulus
        above, below, s_above, s_below = modulus, scaled, 0, 1
        while below > bound:
            quotient = above // below
            above, below = below, above - quotient * below
            s_above, s_below = s_below, s_above - quotient * s_below
        denominator *= abs(s_below)
        if not 0 < denominator <= bound:
            return None
    numerators = []
    for digit in digits:
        numerator = digit * denominator % modulus
        numerators.append(numerator - modulus if numerator > modulus // 2 else numerator)
    return numerators, denominator
