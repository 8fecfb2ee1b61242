"""Draws from the errors of very large rounds, without the covariance that would not fit in memory.

Scores of a round in which every entry is worth nothing are made up from the variances and calibrated with the same
ratio: the estimates that come out are exactly a draw from the errors of the real ones, at the price of one solution
by conjugate gradients (Papandreou and Yuille 2010, Gaussian sampling by local perturbations, NeurIPS 23).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, count_of, index_array
from judging.crossed import Crossed
from judging.watching import tell

# A draw need not be solved further than it says anything.
TOLERANCE = 1e-6


def draw_errors(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    *,
    residual_variance: float,
    judge_variance: float | None,
    weights: npt.ArrayLike | None = None,
    draws: int,
    seed: int | tuple[int, ...] = 0,
) -> Floats:
    """
    Draw errors of the estimates of one connected part.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
        Indices within the part; every one up to the highest has a score.
    residual_variance : float
        Squared scale units, positive.
    judge_variance : float or None
        Squared scale units; None where judges are fixed (least squares), 0.0 where severity does not differ.
    weights : array_like, shape (n,), optional
        Positive; default 1.
    draws : int
    seed : int or tuple of int
        For `numpy.random.default_rng`.

    Returns
    -------
    ndarray, shape (draws, E)
        Scale units; to be added to the estimates.

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, no draws, a residual variance that is not positive.
    """
    e, j = index_array("entry", entry), index_array("judge", judge)
    w = None if weights is None else np.asarray(weights, dtype=np.float64)
    if e.shape != j.shape or (w is not None and w.shape != e.shape):
        raise ValueError(f"{len(e)} entries but {len(j)} judges: the arrays must have one length")
    if draws < 1 or not (math.isfinite(residual_variance) and residual_variance > 0):
        raise ValueError(f"nothing can be drawn with {draws} draws and a variance of {residual_variance}")
    if len(e) and np.any(e[1:] < e[:-1]):
        order = np.argsort(e, kind="stable")
        e, j, w = e[order], j[order], None if w is None else w[order]
    crossed = Crossed.build(e, j, w, count_of(e), count_of(j))
    generator = np.random.default_rng(seed)
    sigma = math.sqrt(residual_variance) if w is None else np.sqrt(residual_variance / w)
    tau = math.sqrt(judge_variance or 0.0)
    ratio = residual_variance / judge_variance if judge_variance else 0.0
    result = np.empty((draws, len(crossed.entry_load)))
    judges = len(crossed.judge_load)
    for row in range(draws):
        tell("draws", row + 1, draws)
        made = sigma * generator.standard_normal(len(e))
        if tau:
            made += (tau * generator.standard_normal(judges))[j]
        mean = crossed.by_entry(made) / crossed.entry_load
        if judge_variance == 0.0:
            result[row] = mean
            continue
        effects, _ = crossed.solve(crossed.by_judge(made - mean[e]), ratio, tolerance=TOLERANCE)
        if not ratio:
            effects = effects - float(crossed.judge_load @ effects) / float(crossed.judge_load.sum())
        result[row] = mean - crossed.seen(effects)
    return result
