"""Krippendorff's alpha: agreement beyond chance, for any level of measurement and with missing cells.

Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, https://repository.upenn.edu/asc_papers/43.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, index_array

BLOCK = 1_000_000
# Distinct marks of an entry, and of a round, up to which each is set beside each other.
SOME, MANY = 1_000, 5_000
GRID = 1 << 17


class Level(StrEnum):
    """What differences between marks mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(
    entry: npt.ArrayLike, values: npt.ArrayLike, level: Level = Level.INTERVAL, *, entries: int | None = None
) -> float:
    """
    Krippendorff's alpha of one criterion: ``1 - observed / expected`` disagreement.

    Parameters
    ----------
    entry : array_like of int, shape (n,)
        Which entry each mark is of. Who gave it does not matter to alpha: judges are interchangeable.
    values : array_like, shape (n,)
        Marks in scale units; NaN is a missing cell. Entries with fewer than two marks say nothing and are left out.
    level : Level
        Nominal: equal or not. Ordinal: how many marks lie between. Interval: squared difference. Ratio:
        squared difference over sum; marks must not be negative.
    entries : int, optional
        E; default: one more than the highest index.

    Returns
    -------
    float
        1 is full agreement, 0 what chance would give, negative worse than that; NaN where no two marks can be
        compared or all are equal. At every size without an array of entries by marks; exact but for the ratio level
        with more than 5,000 distinct marks, which is right to 1e-6.

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, an infinite mark, a negative one at the ratio level.
    """
    e = index_array("entry", entry, entries)
    y = np.asarray(values, dtype=np.float64)
    if y.shape != e.shape:
        raise ValueError(f"values must have the shape {e.shape}, not {y.shape}")
    if np.isinf(y).any():
        raise ValueError(f"values: row {int(np.argmax(np.isinf(y)))} is infinite")
    if level is Level.RATIO and (y < 0).any():
        raise ValueError(f"values: row {int(np.argmax(y < 0))} is negative, which has no ratio")
    e, y = e[~np.isnan(y)], y[~np.isnan(y)]
    paired = np.bincount(e)[e] > 1 if len(e) else np.zeros(0, dtype=np.bool_)
    e, y = np.unique(e[paired], return_inverse=True)[1], y[paired]
    marks, which = np.unique(y, return_inverse=True)
    if len(marks) < 2:
        return float("nan")
    total = np.bincount(which).astype(np.float64)
    # Pairs of marks of the same entry, each entry weighing as many marks as it has, and pairs of all marks.
    weight = 1.0 / (np.bincount(e) - 1)
    if level is Level.RATIO:
        cells, counts = np.unique(e * len(marks) + which, return_counts=True)
        observed = float(weight @ _ratio_within(cells // len(marks), marks[cells % len(marks)], counts))
        expected = _ratio_apart(marks, total)
    elif level is Level.NOMINAL:
        cells, counts = np.unique(e * len(marks) + which, return_counts=True)
        same = np.bincount(cells // len(marks), counts**2)
        observed = float(weight @ (np.bincount(e) ** 2 - same))
        expected = len(e) ** 2 - float(total @ total)
    else:
        place = marks if level is Level.INTERVAL else np.cumsum(total) - total / 2
        at = place[which] - float(np.mean(place[which]))
        size = np.bincount(e)
        inside = at - (np.bincount(e, at) / size)[e]
        # Squared differences of all pairs are twice the squares about the mean, times how many there are.
        observed = float(weight @ (2 * size * np.bincount(e, inside**2)))
        expected = 2 * len(e) * float(at @ at)
    return 1.0 - observed * (len(e) - 1) / expected


def _ratio_within(unit: Integers, marks: Floats, counts: Integers) -> Floats:
    """Sum of squared ratio differences over all pairs of marks of each entry, from its distinct marks."""
    starts = np.concatenate([[0], np.flatnonzero(unit[1:] != unit[:-1]) + 1])
    sizes = np.diff(np.append(starts, len(unit)))
    result = np.zeros(len(starts))
    for size in np.unique(sizes).tolist():
        here = np.flatnonzero(sizes == size)
        step = max(1, BLOCK // size**2) if size <= SOME else 1
        for first in range(0, len(here), step):
            rows = starts[here[first : first + step], None] + np.arange(size)
            if size > SOME:
                result[here[first]] = _ratio_apart(marks[rows[0]], counts[rows[0]].astype(np.float64))
                continue
            apart = _ratio(marks[rows][:, :, None], marks[rows][:, None, :])
            result[here[first : first + step]] = np.einsum(
                "ui,uij,uj->u", counts[rows], apart, counts[rows], optimize=True
            )
    return result


def _ratio_apart(marks: Floats, counts: Floats) -> float:
    """
    Sum of squared ratio differences over all pairs of marks, from the sorted distinct ones.

    Of very many distinct marks the logarithms are put on a grid, for the difference depends on their distance alone:
    ``((a - b) / (a + b))**2 = tanh(log(a / b) / 2)**2``. That is right to 1e-6.
    """
    if len(marks) <= MANY:
        step = max(1, BLOCK // len(marks))
        blocks = (slice(first, first + step) for first in range(0, len(marks), step))
        return float(
            sum(counts[rows] @ (_ratio(marks[rows, None], marks[None, :]) @ counts) for rows in blocks)
        )
    naught = float(counts[marks <= 0].sum())
    counts, logs = counts[marks > 0], np.log(marks[marks > 0])
    at = (logs - logs[0]) / (logs[-1] - logs[0]) * (GRID - 1)
    cell = np.minimum(at.astype(np.int64), GRID - 2)
    grid = np.bincount(cell, counts * (cell + 1 - at), GRID)
    grid += np.bincount(cell + 1, counts * (at - cell), GRID)
    pairs = np.fft.irfft(np.abs(np.fft.rfft(grid, 2 * GRID)) ** 2)[:GRID]
    pairs[1:] *= 2
    apart = np.tanh(np.arange(GRID) * ((logs[-1] - logs[0]) / (GRID - 1) / 2)) ** 2
    return float(pairs @ apart) + 2 * naught * float(counts.sum())


def _ratio(first: Floats, second: Floats) -> Floats:
    size = first + second
    result: Floats = ((first - second) / np.where(size > 0, size, 1.0)) ** 2
    return result
