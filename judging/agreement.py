"""How far judges agree, and who stands apart.

Shrout and Fleiss 1979, Psychological Bulletin 86, 420-428: with variances of entries s2_e, judges s2_j and
noise s2,
``ICC(2,1) = s2_e / (s2_e + s2_j + s2)`` and ``ICC(3,1) = s2_e / (s2_e + s2)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, frozen_integers, index_array
from judging.calibration import Calibration

REVERSED_BELOW = -0.3
REVERSED_FROM = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    Agreement of the judges in one criterion.

    Parameters
    ----------
    entry_variance, judge_variance, residual_variance : float
        Squared scale units, NaN where refused. The entries' variance is that of the estimates less what their
        errors add.
    single_absolute : float
        ICC(2,1): how far one judge's mark stands for any other's.
    single_consistent : float
        ICC(3,1): the same after severity is taken out.
    mean_consistent : float
        Reliability of an adjusted mean of the average number of scores.
    judge_rank : ndarray, shape (J,)
        Spearman's correlation of a judge's marks with the means of the others on the same entries; NaN for
        fewer than three such entries or where either does not vary.
    shared : ndarray of int64, shape (J,)
        Entries behind `judge_rank`.
    reversed_scale : tuple of int
        Judges whose `judge_rank` is below -0.3 on four entries or more: perhaps they took the scale the other
        way round.
    """

    entry_variance: float
    judge_variance: float
    residual_variance: float
    single_absolute: float
    single_consistent: float
    mean_consistent: float
    judge_rank: Floats
    shared: Integers
    reversed_scale: tuple[int, ...]


def measure_agreement(calibration: Calibration, values: npt.ArrayLike) -> Agreement:
    """
    Agreement of the judges in one calibrated criterion.

    Parameters
    ----------
    calibration : Calibration
        Of `values`.
    values : array_like, shape (n,)
        What was calibrated; only its order matters here.

    Raises
    ------
    ValueError
        `values` has another length than the calibration.

    Returns
    -------
    Agreement
        Variances are averaged over connected parts, weighted by their scores.
    """
    y = np.asarray(values, dtype=np.float64)
    if y.shape != calibration.entry.shape:
        raise ValueError(f"values must have the shape {calibration.entry.shape}, not {y.shape}")
    sums, weight = np.zeros(4), 0
    for part in calibration.parts:
        if part.residual_variance is None or len(part.entries) < 2:
            continue
        here = np.array(part.entries)
        covariance = calibration.covariance
        # The mean variance of a difference between entries is twice the spread that errors alone would make.
        factor = np.concatenate([covariance.severity[here], covariance.noise[here]], axis=1)
        centred = factor - factor.mean(axis=0)
        added = float(np.mean(covariance.own[here] ** 2) + np.sum(centred**2) / (len(here) - 1))
        spread = float(np.var(calibration.estimate[here], ddof=1))
        per_entry = part.scores / len(part.entries)
        found = (max(spread - added, 0.0), part.judge_variance or 0.0, part.residual_variance, per_entry)
        sums += part.scores * np.array(found)
        weight += part.scores
    entry_v, judge_v, noise_v, per_entry = (sums / weight if weight else np.full(4, np.nan)).tolist()
    correlation, shared = judge_correlations(
        calibration.entry, calibration.judge, y, len(calibration.estimate), len(calibration.severity)
    )
    suspects = np.flatnonzero((shared >= REVERSED_FROM) & (correlation < REVERSED_BELOW))
    return Agreement(
        entry_variance=entry_v,
        judge_variance=judge_v,
        residual_variance=noise_v,
        single_absolute=_ratio(entry_v, entry_v + judge_v + noise_v),
        single_consistent=_ratio(entry_v, entry_v + noise_v),
        mean_consistent=_ratio(entry_v, entry_v + noise_v / per_entry),
        judge_rank=frozen(correlation),
        shared=frozen_integers(shared),
        reversed_scale=tuple(suspects.tolist()),
    )


def judge_correlations(
    entry: npt.ArrayLike, judge: npt.ArrayLike, values: npt.ArrayLike, entries: int, judges: int
) -> tuple[Floats, Integers]:
    """
    Spearman's correlation of each judge with the means of the others on the same entries.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
    entries, judges : int

    Returns
    -------
    correlation : ndarray, shape (J,)
    shared : ndarray of int64, shape (J,)
    """
    e, j = index_array("entry", entry, entries), index_array("judge", judge, judges)
    y = np.asarray(values, dtype=np.float64)
    total, count = np.bincount(e, y, entries), np.bincount(e, minlength=entries)
    correlation, shared = np.full(judges, np.nan), np.zeros(judges, dtype=np.int64)
    order = np.argsort(j, kind="stable")
    bounds = np.searchsorted(j[order], np.arange(judges + 1))
    for number in range(judges):
        rows = order[bounds[number] : bounds[number + 1]]
        rows = rows[count[e[rows]] > 1]
        shared[number] = len(rows)
        if len(rows) >= 3:
            others = (total[e[rows]] - y[rows]) / (count[e[rows]] - 1)
            # Means of equal marks must tie, though floats sum them in another order.
            correlation[number] = _spearman(y[rows], np.round(others, 9))
    return correlation, shared


def _spearman(first: Floats, second: Floats) -> float:
    a, b = _mid_ranks(first), _mid_ranks(second)
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float(np.sum(a**2)) * float(np.sum(b**2)))
    return float(np.sum(a * b)) / size if size > 0 else float("nan")


def _mid_ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    result: Floats = (ends - (counts - 1) / 2.0)[inverse]
    return result


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
