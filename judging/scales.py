"""Scales, integer marks, exact scores of a sheet, and the one place where numbers are rounded.

A mark is an integer number of steps on its scale. The value of mark ``m`` is ``(origin + m * step) / 1000``
in units of the scale, so a scale of 0.25 to 10 in quarters is ``Scale(250, 250, 39)``. Everything here is
exact.
This project's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Scale:
    """
    The scale of a criterion.

    Parameters
    ----------
    origin_milli : int
        Value of mark 0, in thousandths of a scale unit.
    step_milli : int
        Value of one step, in thousandths of a scale unit; positive.
    top : int
        The highest mark; at least 1.

    Raises
    ------
    ValueError
        A step that is not positive, a top below 1, or anything that is no integer.
    """

    origin_milli: int
    step_milli: int
    top: int

    def __post_init__(self) -> None:
        for name in ("origin_milli", "step_milli", "top"):
            if type(getattr(self, name)) is not int:
                raise ValueError(f"{name} of a scale must be an integer")
        if self.step_milli <= 0:
            raise ValueError("the step of a scale must be positive")
        if self.top < 1:
            raise ValueError("a scale needs at least two marks: its top must be 1 or more")

    @property
    def marks(self) -> range:
        """Every mark of the scale, lowest first."""
        return range(self.top + 1)

    def milli(self, mark: int) -> int:
        """
        Value of a mark in thousandths of a scale unit.

        Raises
        ------
        ValueError
            A mark that is no integer or lies outside the scale.
        """
        if type(mark) is not int or not 0 <= mark <= self.top:
            raise ValueError(f"mark {mark!r} is not on the scale: marks are 0 to {self.top}")
        return self.origin_milli + mark * self.step_milli

    def value(self, mark: int) -> Fraction:
        """Value of a mark in scale units, exact."""
        return Fraction(self.milli(mark), 1000)

    def text(self, mark: int) -> str:
        """Value of a mark in scale units as decimal text with the fewest digits: ``"6.75"``, ``"7"``."""
        return decimal_text(self.milli(mark), 3)

    def mark_of(self, value: str | int | Decimal | Fraction) -> int:
        """
        The mark that has this value in scale units, exactly.

        Raises
        ------
        ValueError
            Text that is no plain decimal number, or a value off the grid or outside the scale. Nothing is
            rounded.
        """
        exact = parse_decimal(value)
        steps = (exact * 1000 - self.origin_milli) / self.step_milli
        if steps.denominator != 1:
            raise ValueError(f"{value} is not on the scale: it goes from {self._span()}")
        if not 0 <= steps.numerator <= self.top:
            raise ValueError(f"{value} is outside the scale: it goes from {self._span()}")
        return steps.numerator

    def _span(self) -> str:
        return f"{self.text(0)} to {self.text(self.top)} in steps of {decimal_text(self.step_milli, 3)}"


def parse_decimal(value: str | int | Decimal | Fraction) -> Fraction:
    """
    Read a plain decimal number exactly.

    Raises
    ------
    ValueError
        No number, not finite, or with an exponent so large that it cannot be a mark.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    try:
        number = value if isinstance(value, Decimal) else Decimal(value.strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value} is not a finite number")
    if number and abs(number.adjusted()) > 30:
        raise ValueError(f"{value} is not a number that a mark could have")
    return Fraction(number)


def scale_for(values: Iterable[str | int | Decimal | Fraction]) -> Scale:
    """
    The smallest scale with one grid on which all the given values lie, for marks that come without a scale.

    Parameters
    ----------
    values : iterable of str, int, Decimal or Fraction
        In scale units, with at most three decimals.

    Returns
    -------
    Scale

    Raises
    ------
    ValueError
        No value, or one with more than three decimals.
    """
    milli = set()
    for value in values:
        exact = parse_decimal(value) * 1000
        if exact.denominator != 1:
            raise ValueError(f"{value} has more than three decimals: name the scale")
        milli.add(exact.numerator)
    if not milli:
        raise ValueError("no values to find a scale for")
    low, high = min(milli), max(milli)
    step = math.gcd(*(m - low for m in milli)) or 1000
    return Scale(low, step, max(1, (high - low) // step))


def sheet_score(
    marks: Mapping[str, int], scales: Mapping[str, Scale], weights: Mapping[str, int]
) -> Fraction | None:
    """
    Weighted mean of the values on one sheet, exact.

    Parameters
    ----------
    marks, scales, weights : mapping from criterion code
        Marks given; the scale and the integer weight of each criterion. A weight of 0 counts as not judged.

    Returns
    -------
    Fraction or None
        In scale units; None if a criterion that has a weight was not marked: nothing is imputed.

    Raises
    ------
    ValueError
        No criterion has a weight, a weight is negative or no integer, or a mark is not on its scale.
    """
    total = check_weights(weights)
    if any(weight and code not in marks for code, weight in weights.items()):
        return None
    return (
        sum(
            (weight * scales[code].value(marks[code]) for code, weight in weights.items() if weight),
            Fraction(0),
        )
        / total
    )


def check_weights(weights: Mapping[str, int]) -> int:
    """
    Sum of integer weights.

    Raises
    ------
    ValueError
        A weight is negative or no integer, or all are 0.
    """
    for code, weight in weights.items():
        if type(weight) is not int or weight < 0:
            raise ValueError(f"the weight of {code} must be an integer of 0 or more, not {weight!r}")
    total = sum(weights.values())
    if total == 0:
        raise ValueError("no criterion has a weight")
    return total


def millionths(value: Fraction) -> int:
    """Round an exact value in scale units to millionths, half to even: the rounding of official numbers."""
    return round(value * MILLION)


def float_millionths(value: float) -> int | None:
    """
    A float in scale units as millionths, half to even; None for NaN. For figures that inform and decide
    nothing.
    """
    return None if math.isnan(value) else round(value * MILLION)


def share_millionths(count: int, total: int) -> int:
    """The share ``count / total`` in millionths, half to even."""
    return round(Fraction(count * MILLION, total))


def half_up(value: Fraction, places: int) -> Fraction:
    """
    Round to decimal places, halves away from the smaller number: 6.385 becomes 6.39.

    This is the rule of the figure skating component scores (ISU, panel score to two decimals).
    """
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


def decimal_text(number: int, places: int) -> str:
    """
    Integer number of 10**-places as decimal text without trailing zeros: ``decimal_text(6750, 3)`` is
    ``"6.75"``.
    """
    sign = "-" if number < 0 else ""
    whole, rest = divmod(abs(number), 10**places)
    tail = str(rest).rjust(places, "0").rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"
