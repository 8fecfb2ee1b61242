"""Krippendorff's alpha: agreement beyond chance, for any level of measurement and with missing cells.

Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, https://repository.upenn.edu/asc_papers/43.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, index_array


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
        compared or all are equal. Memory is that of an array of entries by distinct marks.

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
    units = int(e.max()) + 1
    table = np.bincount(e * len(marks) + which, minlength=units * len(marks)).reshape(units, len(marks))
    counts = table.astype(np.float64)
    share = counts / (counts.sum(axis=1, keepdims=True) - 1)
    # Pairs of marks of the same entry, and by chance; no mark is paired with itself.
    observed = counts.T @ share - np.diag(share.sum(axis=0))
    total = counts.sum(axis=0)
    expected = (np.outer(total, total) - np.diag(total)) / (total.sum() - 1)
    apart = _differences(marks, total, level)
    return 1.0 - float(np.sum(observed * apart)) / float(np.sum(expected * apart))


def _differences(marks: Floats, total: Floats, level: Level) -> Floats:
    """Squared difference between each two marks, shape (V, V)."""
    result: Floats
    if level is Level.NOMINAL:
        result = 1.0 - np.eye(len(marks))
    elif level is Level.ORDINAL:
        middle = np.cumsum(total) - total / 2
        result = (middle[:, None] - middle[None, :]) ** 2
    elif level is Level.INTERVAL:
        result = (marks[:, None] - marks[None, :]) ** 2
    else:
        size = marks[:, None] + marks[None, :]
        result = ((marks[:, None] - marks[None, :]) / np.where(size > 0, size, 1.0)) ** 2
    return result
