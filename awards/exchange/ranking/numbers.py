"""Scores as exact integers. Nothing is guessed: what is not plainly a number is a fault with its row.

Scores are kept as whole multiples of 10**-places: at least three decimals and as many as the file holds, up to
twelve digits in all. So the official numbers are exact for every decimal number that people write, to three
decimals more than the scores have and to a millionth at least. What has more digits comes out of formulas; it is
rounded to these twelve, which is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

DIGITS = 12
PLACES = 3
TOO_LARGE = Decimal(10) ** (DIGITS - PLACES)
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:([.,])([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?")


@dataclass(frozen=True)
class Limits:
    """The scale of the scores: the lowest, the highest and the step between."""

    low: Decimal
    high: Decimal
    step: Decimal

    def holds(self, value: Decimal) -> bool:
        inside = self.low <= value <= self.high
        return inside and ((Fraction(value) - Fraction(self.low)) / Fraction(self.step)).denominator == 1

    def __str__(self) -> str:
        return f"{self.low:f} to {self.high:f} in steps of {self.step:f}"

    @property
    def points(self) -> int:
        return int((Fraction(self.high) - Fraction(self.low)) / Fraction(self.step)) + 1


@dataclass(frozen=True)
class Parsed:
    """
    Different texts as integers of 10**-places; `bad` has a reason for each that is none. `comma`: decimal
    commas. `rounded`: how many had more digits than are kept.
    """

    values: tuple[int, ...]
    places: int
    bad: dict[int, str]
    comma: bool
    rounded: int


def parse_scores(texts: Sequence[str], what: str, limits: Limits | None = None) -> Parsed:
    bad: dict[int, str] = {}
    parts: list[tuple[str, str, str, int] | None] = []
    marks: dict[str, list[int]] = {",": [], ".": []}
    for number, text in enumerate(texts):
        match = _NUMBER.fullmatch(text.strip())
        if match is None or not (match[2] or match[4]):
            bad[number] = _no_number(text, what)
            parts.append(None)
            continue
        if match[3]:
            marks[match[3]].append(number)
        parts.append((match[1], match[2], match[4] or "", int(match[5] or 0)))
    comma = bool(marks[","]) and not marks["."]
    if marks[","] and marks["."]:
        # The rarer is taken to be the slip; none of them is read.
        odd, usual = sorted(marks, key=lambda mark: (len(marks[mark]), mark != ","))
        word = {",": "comma", ".": "point"}
        for number in marks[odd]:
            other = texts[marks[usual][0]].strip()
            bad[number] = (
                f"the {what} {texts[number].strip()} has a decimal {word[odd]}, others as {other} a {word[usual]}"
            )
    places, largest = PLACES, 0
    for number, part in enumerate(parts):
        if part is None or number in bad:
            continue
        _sign, whole, rest, exponent = part
        before = whole.lstrip("0")
        if exponent or len(before) > DIGITS - PLACES or limits is not None:
            value = _decimal(*part)
            if abs(value) >= TOO_LARGE:
                bad[number] = f"the {what} {texts[number].strip()} is too large"
                continue
            if limits is not None and not limits.holds(value):
                bad[number] = f"the {what} {texts[number].strip()} is not on the scale of {limits}"
                continue
            before = str(abs(int(value)))
        if len(rest) - exponent > places:
            places = max(places, len(rest.rstrip("0")) - exponent)
        largest = max(largest, len(before))
    places = min(places, DIGITS - largest)
    values, rounded = [], 0
    for number, part in enumerate(parts):
        if part is None or number in bad:
            values.append(0)
            continue
        sign, whole, rest, exponent = part
        if not exponent and len(rest) <= places:
            values.append(int(f"{sign}{whole}{rest.ljust(places, '0')}"))
            continue
        scaled = _decimal(*part).scaleb(places)
        nearest = int(scaled.to_integral_value())
        rounded += nearest != scaled
        values.append(nearest)
    return Parsed(tuple(values), places, bad, comma, rounded)


def _decimal(sign: str, whole: str, rest: str, exponent: int) -> Decimal:
    return Decimal(f"{sign}{whole or '0'}.{rest or '0'}E{exponent}")


def parse_weights(texts: Sequence[str], what: str) -> tuple[tuple[int, ...], dict[int, str]]:
    """Positive numbers, such as declared confidence, in one unit; too many digits do not matter to them."""
    parsed = parse_scores(texts, what)
    bad = dict(parsed.bad)
    for number, value in enumerate(parsed.values):
        if number not in bad and value <= 0:
            bad[number] = f"the {what} {texts[number].strip()} is not above 0"
    return parsed.values, bad


def _no_number(text: str, what: str) -> str:
    shown = text.strip()
    if not shown:
        return f"the {what} is empty"
    if shown.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return f"the {what} {shown} is not a finite number"
    return f"the {what} {shown[:40]} is not a number"
