"""The few probability laws that intervals and tests here need, without a statistics library.

Regularised incomplete beta and gamma functions by series and continued fraction (Abramowitz and Stegun 1964,
6.5.29, 6.5.31 and 26.5.8), good to some 1e-12; quantiles by halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

TINY = 1e-300
CLOSE = 1e-15
STEPS = 10_000
SERIES_FROM = 16.0  # from here the series of digamma and trigamma are good to 1e-12


def normal_quantile(chance: float) -> float:
    """Point of the standard normal law below which lies `chance`, strictly between 0 and 1."""
    return NormalDist().inv_cdf(chance)


def normal_tails(value: float) -> float:
    """Chance of a standard normal number at least as far from 0, on either side."""
    return math.erfc(abs(value) / math.sqrt(2))


def student_tails(value: float, dof: float) -> float:
    """
    Chance of a Student t at least as far from 0, on either side.

    Parameters
    ----------
    value : float
    dof : float
        Degrees of freedom, positive.
    """
    if math.isinf(value):
        return 0.0
    whole = dof + value * value
    return _beta(dof / 2, 0.5, dof / whole, value * value / whole)


def student_quantile(chance: float, dof: float) -> float:
    """
    Point of Student's law below which lies `chance`.

    Raises
    ------
    ValueError
        `chance` is not strictly between 0 and 1, or `dof` is not positive.
    """
    _check(chance, dof)
    if chance == 0.5:
        return 0.0
    wanted = 2 * min(chance, 1 - chance)
    size = _root(lambda value: wanted - student_tails(value, dof))
    return size if chance > 0.5 else -size


def chi_square_cdf(value: float, dof: float) -> float:
    """Chance of a chi-square number up to `value`."""
    return _gamma(dof / 2, value / 2) if value > 0 else 0.0


def chi_square_quantile(chance: float, dof: float) -> float:
    """
    Point of the chi-square law below which lies `chance`.

    Raises
    ------
    ValueError
        `chance` is not strictly between 0 and 1, or `dof` is not positive.
    """
    _check(chance, dof)
    return _root(lambda value: chi_square_cdf(value, dof) - chance)


def digamma(value: float) -> float:
    """Slope of the logarithm of the gamma function at a positive number (Abramowitz and Stegun 1964, 6.3.5, 6.3.18)."""
    if value < SERIES_FROM:
        return digamma(value + 1) - 1 / value
    square = 1 / value**2
    return math.log(value) - 0.5 / value - square * (1 / 12 - square * (1 / 120 - square / 252))


def trigamma(value: float) -> float:
    """Slope of `digamma` at a positive number (Abramowitz and Stegun 1964, 6.4.6, 6.4.12)."""
    if value < SERIES_FROM:
        return trigamma(value + 1) + 1 / value**2
    square = 1 / value**2
    return 1 / value + square / 2 + square / value * (1 / 6 - square * (1 / 30 - square / 42))


def inverse_trigamma(slope: float) -> float:
    """The number at which `trigamma` is a positive `slope`."""
    if not slope > 0:
        raise ValueError(f"trigamma is positive everywhere, never {slope}")
    return 1 / _root(lambda inverse: trigamma(1 / inverse) - slope if inverse else -slope)


def _check(chance: float, dof: float) -> None:
    if not 0 < chance < 1:
        raise ValueError(f"a chance must lie strictly between 0 and 1, not {chance}")
    if not dof > 0:
        raise ValueError(f"degrees of freedom must be positive, not {dof}")


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function of a positive number crosses 0."""
    low, high = 0.0, 1.0
    while rising(high) < 0:
        low, high = high, 2 * high
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if rising(middle) < 0:
            low = middle
        else:
            high = middle


def _beta(a: float, b: float, x: float, rest: float) -> float:
    """Lower regularised incomplete beta function; `rest` is ``1 - x``, given apart to keep its digits."""
    if x <= 0 or rest <= 0:
        return float(x > 0)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    )
    if x > (a + 1) / (a + b + 2):
        return 1.0 - front * _beta_fraction(b, a, rest) / b
    return front * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Continued fraction by Lentz's method."""
    c, d = 1.0, 1.0 / _away(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1.0 / _away(1 + even * d), _away(1 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1.0 / _away(1 + odd * d), _away(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return result


def _gamma(a: float, x: float) -> float:
    """Lower regularised incomplete gamma function."""
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1.0 / a
        for n in range(1, STEPS):
            term *= x / (a + n)
            total += term
            if term < total * CLOSE:
                break
        return front * total
    b = x + 1 - a
    c, d = 1.0 / TINY, 1.0 / b
    result = d
    for n in range(1, STEPS):
        factor = -n * (n - a)
        b += 2
        d, c = 1.0 / _away(factor * d + b), _away(b + factor / c)
        result *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return 1.0 - front * result


def _away(value: float) -> float:
    """Lentz's method never divides by 0."""
    return value if abs(value) > TINY else TINY
