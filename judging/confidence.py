"""Declared confidence as weights that nobody can win with.

MacKay, Kenna, Low and Parker 2017 weigh scores by declared confidence. Taken at face value it lets a judge
count four times by declaring high everywhere; so it is capped and normalised within each judge.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, index_array

CAP = 4.0
# Whole weights are counted in thousandths, so that official numbers stay exact: no weight is off by more than half a
# thousandth, and a judge who declares the same everywhere has exactly the weight of one who declares nothing.
UNIT = 1000


def confidence_weights(
    judge: npt.ArrayLike, confidence: npt.ArrayLike, *, cap: float = CAP, normalised: bool = True
) -> Floats:
    """
    Weights from declared confidence.

    Parameters
    ----------
    judge : array_like of int, shape (n,)
    confidence : array_like, shape (n,)
        Positive, in any unit.
    cap : float
        The highest ratio of two weights of one judge, 1 or more: what lies above that many times the judge's
        lowest counts as that many times.
    normalised : bool
        Every judge's weights have the mean 1, so declaring high everywhere gains nothing. Off: they are
        divided by the round's mean instead, and a sure judge weighs more.

    Returns
    -------
    ndarray, shape (n,)
        For `weights` of the float methods. Their mean is 1.

    Raises
    ------
    ValueError
        Another length, a confidence that is not positive and finite (the row is named), a cap below 1.
    """
    j = index_array("judge", judge)
    c = np.asarray(confidence, dtype=np.float64)
    if c.shape != j.shape:
        raise ValueError(f"confidence must have the shape {j.shape}, not {c.shape}")
    good = np.isfinite(c) & (c > 0)
    if not good.all():
        raise ValueError(f"confidence: row {int(np.argmin(good))} is not a positive number")
    if not cap >= 1:
        raise ValueError(f"the cap must be 1 or more, not {cap}")
    if not len(j):
        return c
    lowest = np.full(int(j.max()) + 1, np.inf)
    np.minimum.at(lowest, j, c)
    if not normalised:
        lowest[:] = c.min()
    capped = np.minimum(c, cap * lowest[j])
    if not normalised:
        plain: Floats = capped / capped.mean()
        return plain
    mean = np.bincount(j, capped) / np.maximum(np.bincount(j), 1)
    result: Floats = capped / mean[j]
    return result


def whole_weights(judge: Integers, confidence: Integers, *, normalised: bool = True) -> Integers:
    """
    The weights of `confidence_weights` rounded half to even to thousandths, from whole confidences and exactly.

    Parameters
    ----------
    judge, confidence : ndarray of int64, shape (n,)
        Confidences from 1 to a million.
    normalised : bool
        As `confidence_weights`.

    Returns
    -------
    ndarray of int64, shape (n,)
        In `UNIT`; 1 at least.

    Raises
    ------
    ValueError
        A confidence that is out of range; the row is named.
    """
    good = (confidence >= 1) & (confidence <= 1_000_000)
    if not good.all():
        raise ValueError(f"confidence: row {int(np.argmin(good))} is not a whole number from 1 to a million")
    if not len(judge):
        return confidence
    group = judge if normalised else np.zeros_like(judge)
    size = int(group.max()) + 1
    lowest = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(lowest, group, confidence)
    capped = np.minimum(confidence, np.minimum(lowest, 10**9)[group] * int(CAP))
    total, count = np.zeros(size, dtype=np.int64), np.bincount(group, minlength=size)
    np.add.at(total, group, capped)
    quotient, rest = np.divmod(UNIT * count[group] * capped, total[group])
    twice = 2 * rest
    up = (twice > total[group]) | ((twice == total[group]) & (quotient % 2 == 1))
    result: Integers = np.maximum(quotient + up, 1)
    return result
