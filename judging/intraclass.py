"""Intraclass correlations, from full tables and from tables with holes.

Shrout and Fleiss 1979, Psychological Bulletin 86, 420-428. Variances by Henderson's method 3 (1953, Biometrics
9, 226-252), which fits constants and equates sums of squares to their expectations: on a full table it is the
analysis of variance of the paper, with missing cells it stays unbiased. Estimates below 0 stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.residuals import additive_fit


@dataclass(frozen=True, slots=True)
class Intraclass:
    """
    Variances, and how far one score, or the mean of `scores` of them, stands for any other.

    Parameters
    ----------
    entry_variance, judge_variance, residual_variance : float
        Squared scale units, unbiased, so those of entries and judges can fall below 0; NaN where they cannot
        be told apart.
    single_one_way : float
        ICC(1,1): judges are whoever came.
    single_absolute : float
        ICC(2,1): judges are a sample, severity counts against agreement.
    single_consistent : float
        ICC(3,1): severity is taken out.
    mean_one_way, mean_absolute, mean_consistent : float
        ICC(1,k), ICC(2,k), ICC(3,k) for the mean of `scores`.
    scores : float
        k.
    """

    entry_variance: float
    judge_variance: float
    residual_variance: float
    single_one_way: float
    single_absolute: float
    single_consistent: float
    mean_one_way: float
    mean_absolute: float
    mean_consistent: float
    scores: float


def measure_intraclass(
    entry: npt.ArrayLike, judge: npt.ArrayLike, values: npt.ArrayLike, *, scores: float | None = None
) -> Intraclass:
    """
    Intraclass correlations of one criterion.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    scores : float, optional
        k of the mean's reliability; default: the mean number of scores of an entry.

    Returns
    -------
    Intraclass

    Raises
    ------
    ValueError
        As `additive_fit`; `scores` is not positive.
    """
    fit = additive_fit(entry, judge, values, errors=False)
    e, j = fit.entry, fit.judge
    y = np.asarray(values, dtype=np.float64)
    n = len(y)
    if scores is not None and not scores > 0:
        raise ValueError(f"scores must be positive, not {scores}")
    of_entry, of_judge = np.bincount(e), np.bincount(j)
    per_entry, per_judge = of_entry[of_entry > 0], of_judge[of_judge > 0]
    k = float(scores) if scores is not None else (n / len(per_entry) if n else float("nan"))
    y = y - (y.mean() if n else 0.0)
    by_entry = np.bincount(e, y)[of_entry > 0]
    by_judge = np.bincount(j, y)[of_judge > 0]
    within = float(np.sum(y**2) - np.sum(by_entry**2 / per_entry))
    inside_judges = float(np.sum(y**2) - np.sum(by_judge**2 / per_judge))
    parts = fit.dof - n + len(per_entry) + len(per_judge)
    noise = fit.variance
    # tr S of the judges and of the entries: what a unit of variance adds to the adjusted sums of squares.
    shared = float(np.sum(1 / of_entry[e])), float(np.sum(1 / of_judge[j]))
    judge_v = _over(within - fit.rss - (len(per_judge) - parts) * noise, n - shared[0])
    entry_v = _over(inside_judges - fit.rss - (len(per_entry) - parts) * noise, n - shared[1])
    one_way = _one_way(within, float(np.sum(y**2)) - within, n, per_entry.astype(np.float64))
    return Intraclass(
        entry_variance=entry_v,
        judge_variance=judge_v,
        residual_variance=noise,
        single_one_way=one_way,
        single_absolute=_over(entry_v, entry_v + judge_v + noise),
        single_consistent=_over(entry_v, entry_v + noise),
        mean_one_way=spearman_brown(one_way, k),
        mean_absolute=_over(entry_v, entry_v + (judge_v + noise) / k),
        mean_consistent=_over(entry_v, entry_v + noise / k),
        scores=k,
    )


def spearman_brown(single: float, scores: float) -> float:
    """Reliability of the mean of so many scores from that of a single one."""
    return _over(scores * single, 1 + (scores - 1) * single)


def _one_way(within: float, between: float, n: int, per_entry: npt.NDArray[np.float64]) -> float:
    groups = len(per_entry)
    if groups < 2 or n <= groups:
        return float("nan")
    noise = within / (n - groups)
    size = (n - float(np.sum(per_entry**2)) / n) / (groups - 1)
    spread = between / (groups - 1) - noise
    return _over(spread, spread + size * noise)


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
