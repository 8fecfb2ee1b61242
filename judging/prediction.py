"""The errors of predicted entries together, for draws: what `Mixed.se` is the diagonal of.

With u predicted and the level estimated, ``Cov(mu + u) = s2 [diag(1/load) + F F']`` where the larger side was
eliminated with its load, and ``F = (B - 1 e0') L`` with B the eliminated rows and L the root of the inverse of the
rest (Henderson 1975, Biometrics 31, 423-447).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, frozen, index_array
from judging.calibration import Covariance
from judging.mixed import HIGHEST, Mixed


def mixed_covariance(
    mixed: Mixed, entry: npt.ArrayLike, judge: npt.ArrayLike, *, weights: npt.ArrayLike | None = None
) -> Covariance:
    """
    Prediction errors of all entries of a mixed model.

    Parameters
    ----------
    mixed : Mixed
        Fitted with each connected part by itself.
    entry, judge : array_like of int, shape (n,)
        Those of the fit.
    weights : array_like, shape (n,), optional
        Those of the fit.

    Returns
    -------
    Covariance
        Scale units; `own` is NaN where there are no errors. Memory is that of an E by E array.

    Raises
    ------
    ValueError
        Arrays of different length, or an index out of range.
    """
    count_e, count_j = len(mixed.estimate), len(mixed.severity)
    e, j = index_array("entry", entry, count_e), index_array("judge", judge, count_j)
    w = np.ones(len(e)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not e.shape == j.shape == w.shape:
        raise ValueError(f"{len(e)} entries but {len(j)} judges: the arrays must have one length")
    own, noise = np.full(count_e, np.nan), np.zeros((count_e, count_e))
    for part in mixed.parts:
        if not part.residual_variance or not part.entry_variance or part.judge_variance is None:
            continue
        here_e, here_j = np.array(part.entries), np.array(part.judges)
        rows = np.flatnonzero(np.isin(e, here_e))
        table = np.zeros((len(here_e), len(here_j)))
        table[np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])] = w[rows]
        entry_ratio = part.residual_variance / part.entry_variance
        judge_ratio = part.residual_variance / part.judge_variance if part.judge_variance else HIGHEST
        factor, alone = _factor(table, entry_ratio, judge_ratio)
        sigma = np.sqrt(part.residual_variance)
        own[here_e] = sigma * alone
        # Each part has columns of its own, so that errors of different parts are independent.
        noise[np.ix_(here_e, here_e[: factor.shape[1]])] = sigma * factor
    return Covariance(frozen(own), np.zeros((count_e, 0)), frozen(noise[:, np.any(noise != 0, axis=0)]))


def _factor(table: Floats, entry_ratio: float, judge_ratio: float) -> tuple[Floats, Floats]:
    """F and the errors of the entries' own, for a residual variance of 1; at most E columns."""
    entries, judges = table.shape
    by_entry, by_judge = table.sum(axis=1), table.sum(axis=0)
    if entries > judges:
        load = by_entry + entry_ratio
        wide = np.column_stack([by_entry, table])
        inner = _bordered(by_judge, judge_ratio)
        root = np.linalg.inv(np.linalg.cholesky(inner - wide.T @ (wide / load[:, None]))).T
        share = wide / load[:, None]
        share[:, 0] -= 1
        return share @ root, 1 / np.sqrt(load)
    load = by_judge + judge_ratio
    wide = np.column_stack([by_judge, table.T])
    inner = _bordered(by_entry, entry_ratio)
    root = np.linalg.inv(np.linalg.cholesky(inner - wide.T @ (wide / load[:, None]))).T
    # The level is added to every entry. Orthogonal turns of the columns change nothing, and make them E.
    both = root[1:] + root[:1]
    square: Floats = np.linalg.qr(both.T)[1].T
    return square, np.zeros(entries)


def _bordered(load: Floats, ratio: float) -> Floats:
    matrix = np.zeros((len(load) + 1, len(load) + 1))
    matrix[0, 0] = load.sum()
    matrix[0, 1:] = matrix[1:, 0] = load
    inside = np.arange(1, len(matrix))
    matrix[inside, inside] = load + ratio
    return matrix
