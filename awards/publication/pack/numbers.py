"""What a verdict's numbers rest on, part by part: sums, fits, and the judges' effects that prove them. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct

from judging.arrays import Integers
from judging.confidence import UNIT, whole_weights
from judging.official import exact_effects
from judging.official_large import near_effects
from judging.parts import Fit
from judging.rounds import Rule
from judging.scoring import Table
from judging.whole import Marks, roundings

CALIBRATING = (Rule.CALIBRATED, Rule.LEAST_SQUARES)
WITH_EFFECTS = (Fit.REML, Fit.LEAST_SQUARES, Fit.EXACT)
# Beyond, fractions cannot be found.
EXACT_UP_TO = 4096
BITS = (96, 288)


class Unproved(Exception):
    """Numbers that cannot be shown to follow from the sums."""


class Effects(Struct, frozen=True):
    """The judges' effects in thousandths of a scale unit, over one denominator."""

    over: int
    values: tuple[int, ...]

    def document(self, judges: Sequence[str]) -> dict[str, str]:
        return {judge: str(value) for judge, value in zip(judges, self.values, strict=True)}


class PartNumbers(Struct, frozen=True, dict=True):
    """One connected part of a criterion; `marks` has its entries and judges by their place in these lists."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    fit: Fit | None
    """None for the methods that compare all entries as they are: there all of a criterion are one part."""
    ratio: Fraction | None
    unit: int
    marks: Marks

    @cached_property
    def squares(self) -> int:
        milli, weights = self.marks.milli.astype(object), self.marks.weights.astype(object)
        return int((weights * milli * milli).sum())

    def sums(self) -> tuple[list[int], list[int]]:
        """Weighted sums of each entry's marks and of each judge's."""
        total, given = [0] * len(self.entries), [0] * len(self.judges)
        columns = (self.marks.entry, self.marks.judge, self.marks.milli, self.marks.weights)
        for e, j, y, w in zip(*(column.tolist() for column in columns), strict=True):
            total[e] += y * w
            given[j] += y * w
        return total, given

    @property
    def says_ratio(self) -> str | None:
        """As a pack has it: 0 where the effects are taken off whole, None where nothing is taken off."""
        if self.ratio is not None:
            return f"{self.ratio.numerator}/{self.ratio.denominator}"
        return "0" if self.fit in (Fit.EXACT, Fit.LEAST_SQUARES) else None

    def effects(self, official: Mapping[str, int]) -> Effects | None:
        """Effects by which every official number can be proved; None for a fit that takes nothing off."""
        if self.fit not in WITH_EFFECTS or (self.fit is Fit.REML and self.ratio is None):
            return None
        if self.fit is Fit.REML and self.ratio is not None:
            ratio = self.unit * self.ratio
            for bits in BITS:
                near = Effects(1 << bits, tuple(near_effects(self.marks, ratio, bits)))
                if self._settles(near, ratio, official):
                    return near
        else:
            ratio = Fraction(0)
        if len(self.judges) > EXACT_UP_TO:
            raise Unproved
        found = exact_effects(self.marks, ratio)
        over = math.lcm(*(value.denominator for value in found))
        return Effects(over, tuple(int(value * over) for value in found))

    def _settles(self, near: Effects, ratio: Fraction, official: Mapping[str, int]) -> bool:
        """Whether an error as large as the residual allows leaves no official number open."""
        total, load = self.marks.sums()
        taken = [0] * len(load)
        rows = list(
            zip(*(a.tolist() for a in (self.marks.entry, self.marks.judge, self.marks.weights)), strict=True)
        )
        for e, j, w in rows:
            taken[e] += w * near.values[j]
        common, q = math.lcm(*set(load)), ratio.denominator
        rest = [-ratio.numerator * common * value for value in near.values]
        marks = self.marks.milli.tolist()
        for (e, j, w), y in zip(rows, marks, strict=True):
            share = common // load[e]
            rest[j] += (
                q
                * w
                * ((y * common - total[e] * share) * near.over - near.values[j] * common + taken[e] * share)
            )
        size = sum(value * value for value in rest)
        error = math.isqrt(size) // (ratio.numerator * common) + 1 if size else 0
        for name, t, b, d in zip(self.entries, total, taken, load, strict=True):
            low, high = roundings(t * near.over - b, error * d, d * near.over)
            if not low == high == official[name]:
                return False
        return True


def parts_of(table: Table, parts: Sequence[Mapping[str, Any]]) -> dict[str, tuple[PartNumbers, ...]]:
    """The parts of each criterion as a run's body has them, with the marks in each."""
    at_entry = {entry.id: i for i, entry in enumerate(table.entries)}
    at_judge = {judge: j for j, judge in enumerate(table.judges)}
    result: dict[str, tuple[PartNumbers, ...]] = {}
    for number, code in enumerate(table.criteria):
        entry, judge, milli = table.entry[number], table.judge[number], table.milli[number]
        weights = weights_of(table, number)
        found = []
        for part in _in_criterion(table, number, parts):
            here_e = np.full(len(table.entries), -1, dtype=np.int64)
            here_j = np.full(len(table.judges), -1, dtype=np.int64)
            here_e[[at_entry[name] for name in part["entries"]]] = np.arange(len(part["entries"]))
            here_j[[at_judge[name] for name in part["judges"]]] = np.arange(len(part["judges"]))
            rows = np.flatnonzero(here_e[entry] >= 0)
            found.append(
                PartNumbers(
                    entries=tuple(part["entries"]),
                    judges=tuple(part["judges"]),
                    fit=Fit(part["fit"]) if part["fit"] else None,
                    ratio=Fraction(part["ratio"]) if part["ratio"] else None,
                    unit=UNIT if table.inputs.method.confidence else 1,
                    marks=Marks(
                        here_e[entry[rows]], here_j[judge[rows]], milli[rows], weights[rows],
                        len(part["entries"]), len(part["judges"]),
                    ),
                )
            )  # fmt: skip
        result[code] = tuple(found)
    return result


def _in_criterion(
    table: Table, number: int, parts: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    if table.inputs.method.rule in CALIBRATING:
        yield from (part for part in parts if part["scope"] == table.criteria[number])
    elif entries := set(table.entry[number].tolist()):
        yield {
            "entries": sorted(table.entries[e].id for e in entries),
            "judges": sorted(table.judges[j] for j in set(table.judge[number].tolist())),
            "fit": "",
            "ratio": None,
        }


def weights_of(table: Table, criterion: int) -> Integers:
    """Of each mark in a criterion, in the unit of the method."""
    judge = table.judge[criterion]
    if not table.inputs.method.confidence:
        return np.ones(len(judge), dtype=np.int64)
    return whole_weights(judge, table.confidence[criterion])
