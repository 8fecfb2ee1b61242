"""The errors of predicted entries together, for draws: what `Mixed.se` is the diagonal of.

With u predicted and the level estimated, ``Cov(mu + u) = s2 [diag(1/load) + F F']`` where the larger side was
eliminated with its load, and ``F = (B - 1 e0') L`` with B the eliminated rows and L the root of the inverse of the
rest (Henderson 1975, Biometrics 31, 423-447).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, index_array
from judging.calibration import Covariance
from judging.mixed import HIGHEST, Mixed, MixedPart


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
        Scale units; `own` is NaN where there are no errors. Memory is that of E by J or E by E, the smaller.

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
    found = []
    for part in mixed.parts:
        here_e, here_j = np.array(part.entries), np.array(part.judges)
        rows = np.flatnonzero(np.isin(e, here_e))
        local = np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])
        errors = part_errors(part, *local, w[rows])
        if errors is not None:
            found.append((here_e, *errors))
    return side_by_side(count_e, found)


def part_errors(
    part: MixedPart, entry: Integers, judge: Integers, weights: Floats
) -> tuple[Floats, Floats] | None:
    """Own errors, shape (E,), and factor, shape (E, at most E), of one part by local indices; None where refused."""
    if not part.residual_variance or not part.entry_variance or part.judge_variance is None:
        return None
    table = np.zeros((len(part.entries), len(part.judges)))
    table[entry, judge] = weights
    judge_ratio = part.residual_variance / part.judge_variance if part.judge_variance else HIGHEST
    factor, alone = _factor(table, part.residual_variance / part.entry_variance, judge_ratio)
    sigma = np.sqrt(part.residual_variance)
    return sigma * alone, sigma * factor


def side_by_side(entries: int, parts: Sequence[tuple[Integers, Floats, Floats]]) -> Covariance:
    """
    Members, own errors and factor of each part as one covariance; NaN for entries of no part.

    Each part has columns of its own, so that errors of different parts are independent.
    """
    own = np.full(entries, np.nan)
    noise = np.zeros((entries, sum(factor.shape[1] for _, _, factor in parts)))
    start = 0
    for members, alone, factor in parts:
        own[members] = alone
        noise[members, start : start + factor.shape[1]] = factor
        start += factor.shape[1]
    return Covariance(frozen(own), np.zeros((entries, 0)), frozen(noise))


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
