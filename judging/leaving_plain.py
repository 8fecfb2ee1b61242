"""Each judge left out in turn by the plain methods: only what the judge gave is taken out again.

The same numbers as `judging.methods.plain_scores` of the other scores, exact but for the z-score, whose sums are floats.
This project's own.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from judging.arrays import Floats, Integers
from judging.methods import Plain, mean, median, plain_scores, trimmed_mean
from judging.scales import millionths

SIMPLE = {Plain.MEAN: mean, Plain.MEDIAN: median, Plain.TRIMMED: trimmed_mean}


class PlainLeaving:
    """
    One criterion by a plain method.

    Parameters
    ----------
    method : Plain
    entry, judge, milli : ndarray of int64, shape (n,)
        Values in thousandths of a scale unit.
    entries, judges : int
    """

    def __init__(
        self, method: Plain, entry: Integers, judge: Integers, milli: Integers, entries: int, judges: int
    ) -> None:
        self.method, self.entry, self.judge, self.milli = method, entry, judge, milli
        self.entries, self.judges = entries, judges
        self.rows = [np.flatnonzero(judge == number) for number in range(judges)]
        if method in SIMPLE:
            found = plain_scores(method, entry, judge, milli, entries=entries, judges=judges)
            self.all = [None if value is None else millionths(value) for value in found.values]
            order = np.argsort(entry, kind="stable")
            ends = np.searchsorted(entry[order], np.arange(entries + 1))
            self.of_entry = [order[ends[e] : ends[e + 1]] for e in range(entries)]
            return
        self.lowest = [int(milli[rows].min()) if len(rows) else 0 for rows in self.rows]
        self.highest = [int(milli[rows].max()) if len(rows) else 0 for rows in self.rows]
        self.usable = [high > low for low, high in zip(self.lowest, self.highest, strict=True)]
        kept = np.array(self.usable, dtype=np.bool_)[judge] if len(judge) else np.zeros(0, dtype=np.bool_)
        self.counts: Integers = np.bincount(entry[kept], minlength=entries).astype(np.int64)
        if method is Plain.MIN_MAX:
            widths = {
                high - low
                for low, high, good in zip(self.lowest, self.highest, self.usable, strict=True)
                if good
            }
            self.unit = math.lcm(*widths)
            self.heights = [0] * entries
            self.own = [
                (int(y) - self.lowest[j]) * (self.unit // (self.highest[j] - self.lowest[j]))
                if self.usable[j]
                else 0
                for j, y in zip(judge.tolist(), milli.tolist(), strict=True)
            ]
            for e, height in zip(entry.tolist(), self.own, strict=True):
                self.heights[e] += height
            return
        self.size, self.total = len(milli), int(milli.sum())
        self.squares = sum(y * y for y in milli.tolist())
        self.z = np.zeros(len(milli))
        for rows, good in zip(self.rows, self.usable, strict=True):
            if good:
                given = milli[rows].tolist()
                level = Fraction(sum(given), len(given))
                width = _deviation(len(given), sum(given), sum(y * y for y in given))
                self.z[rows] = [float(y - level) / width for y in given]
        self.sums: Floats = np.bincount(entry, self.z, entries).astype(np.float64)

    def without(self, judge: int) -> tuple[int | None, ...]:
        """Official numbers without a judge, millionths of a scale unit; None for an entry without a usable score."""
        rows = self.rows[judge]
        if self.method in SIMPLE:
            changed = list(self.all)
            for e in self.entry[rows].tolist():
                others = self.of_entry[e][self.judge[self.of_entry[e]] != judge]
                changed[e] = (
                    millionths(SIMPLE[self.method](self.milli[others].tolist())) if len(others) else None
                )
            return tuple(changed)
        if not any(good for number, good in enumerate(self.usable) if number != judge):
            return (None,) * self.entries
        counts = self.counts.copy()
        if self.usable[judge]:
            counts[self.entry[rows]] -= 1
        return (
            self._by_ends(judge, rows, counts) if self.method is Plain.MIN_MAX else self._by_z(rows, counts)
        )

    def _by_ends(self, judge: int, rows: Integers, counts: Integers) -> tuple[int | None, ...]:
        others = [number for number in range(self.judges) if number != judge and len(self.rows[number])]
        low, high = min(self.lowest[n] for n in others), max(self.highest[n] for n in others)
        heights = list(self.heights)
        for row in rows.tolist():
            heights[int(self.entry[row])] -= self.own[row]
        return tuple(
            millionths(Fraction(low * self.unit * count + height * (high - low), 1000 * self.unit * count))
            if count
            else None
            for height, count in zip(heights, counts.tolist(), strict=True)
        )

    def _by_z(self, rows: Integers, counts: Integers) -> tuple[int | None, ...]:
        given = self.milli[rows].tolist()
        size, total = self.size - len(given), self.total - sum(given)
        width = _deviation(size, total, self.squares - sum(y * y for y in given))
        sums = self.sums.copy()
        sums[self.entry[rows]] -= self.z[rows]
        values = total / size + width * sums / np.maximum(counts, 1)
        return tuple(
            round(value * 1000) if count else None
            for value, count in zip(values.tolist(), counts.tolist(), strict=True)
        )


def _deviation(size: int, total: int, squares: int) -> float:
    """Standard deviation with n - 1, from exact sums."""
    return math.sqrt(Fraction(size * squares - total * total, size * (size - 1)))
