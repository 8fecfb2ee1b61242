"""Geometry of drawn columns: axes, and positions on them in per cent. Values are integers in millionths."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from msgspec import Struct

MILLION = 1_000_000
_STEPS = (1, 2, 5)

Row = TypeVar("Row")


class Axis(Struct, frozen=True):
    """A stretch of values; `ticks` are the round ones that get a line and a label."""

    low: int
    high: int
    ticks: tuple[int, ...] = ()

    def at(self, value: int) -> str:
        """Where a value stands, as SVG takes it: `41.20%`. What lies outside stands at the edge."""
        inside = min(max(value, self.low), self.high)
        return f"{100 * (inside - self.low) / (self.high - self.low):.2f}%"

    def decimals(self) -> int:
        """How many decimals the labels of the ticks need."""
        for n in range(6):
            if all(tick % 10 ** (6 - n) == 0 for tick in self.ticks):
                return n
        return 6


def _step(span: int, wanted: int) -> int:
    """The round distance that gives no more than `wanted` ticks over the span."""
    power = 1
    while True:
        for factor in _STEPS:
            if span <= factor * power * wanted:
                return factor * power
        power *= 10


def _ticks(low: int, high: int, step: int) -> tuple[int, ...]:
    # A label centred near an edge would stick out of the column.
    edge = (high - low) // 25
    first = -(-(low + edge) // step) * step
    return tuple(range(first, high - edge + 1, step))


def axis(values: Iterable[int], wanted: int = 5) -> Axis:
    """From where the data start to where they end, with a little air."""
    known = list(values)
    low, high = (min(known), max(known)) if known else (0, 100 * MILLION)
    air = max((high - low) // 20, MILLION // 2)
    low, high = low - air, high + air
    return Axis(low, high, _ticks(low, high, _step(high - low, wanted)))


def balanced_axis(values: Iterable[int], wanted: int = 5) -> Axis:
    """As far below zero as above it: for what is compared with the others."""
    reach = max((abs(value) for value in values), default=MILLION)
    reach = max(reach + reach // 6, MILLION)
    return Axis(-reach, reach, _ticks(-reach, reach, _step(2 * reach, wanted)))


def fixed_axis(low: int, high: int, wanted: int = 5) -> Axis:
    """Ends that are given, as where nobody knows how wide a point is."""
    return Axis(low, high, _ticks(low, high, _step(high - low, wanted)))


def counting_axis(most: int, wanted: int = 5) -> Axis:
    """From nothing to so many things: nobody counts halves."""
    high = max(most, 2) * MILLION
    return Axis(0, high, _ticks(0, high, max(_step(high, wanted), MILLION)))


def between(last_in: int, first_out: int) -> int:
    """The prize line: half-way between the last prize and the next entry."""
    return (last_in + first_out) // 2


def median(values: Sequence[int]) -> int:
    """The middle of the category; of two middle values their mean."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2


def in_question(chance: int) -> bool:
    """Whether the prize line cuts through an entry: its chance of a prize lies between 1 and 9 in 10."""
    return MILLION // 10 <= chance <= 9 * MILLION // 10


class Band(Struct, Generic[Row], frozen=True):
    """Rows that follow each other and are all in question, or all not: one `tbody`."""

    tied: bool
    rows: tuple[Row, ...]


def bands(rows: Iterable[Row], tied: Callable[[Row], bool]) -> tuple[Band[Row], ...]:
    return tuple(Band(key, tuple(group)) for key, group in groupby(rows, key=tied))
