"""Calibration of very large rounds: same model, same answers within stated tolerances, chosen by size.

Least squares by conjugate gradients, to 1e-12 of the right side. The variance ratio by stochastic REML: the
restricted likelihood at every ratio at once, from Lanczos quadratures of the right side and of a few random
signs (Ubaru, Chen and Saad 2017, SIAM J. Matrix Anal. 38, 1075-1099), whose error is estimated and given. Where
the smaller side has a factor that fits, the ratio is then made exact by factoring that side: the judges'
``S + lambda I``, or with more judges than entries ``diag(D_e) - N diag(1 / (D_j + lambda)) N'``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen, frozen_integers
from judging.crossed import Crossed
from judging.graphs import parts_of_sorted
from judging.linkage import connected_parts
from judging.mixed import not_converged, refusal, refused
from judging.notices import Notice
from judging.parts import Model
from judging.scores import checked
from judging.sized import EXACT_UP_TO, Solver, fit_sized


@dataclass(frozen=True, slots=True)
class LargePart:
    """
    One connected part.

    Parameters
    ----------
    entries, judges, scores : int
        How many.
    solver : Solver or None
        None where refused.
    ratio : float or None
        Residual over judge variance; ``math.inf`` without judge variance; None for least squares.
    ratio_error : float
        Relative standard error that the random signs leave in `ratio`; 0.0 where it is exact.
    residual_variance, judge_variance : float or None
        Squared scale units.
    log_likelihood : float or None
        Restricted; None for least squares.
    """

    entries: int
    judges: int
    scores: int
    solver: Solver | None
    ratio: float | None
    ratio_error: float
    residual_variance: float | None
    judge_variance: float | None
    log_likelihood: float | None = None


@dataclass(frozen=True, slots=True)
class Large:
    """
    Result of `calibrate_large`. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    raw, estimate, se : ndarray, shape (E,)
        Scale units. Errors are exact where a side was factored, otherwise drawn: right to a few in a hundred,
        the closer the more sheets a judge has.
    severity, severity_se : ndarray, shape (J,)
        Positive for a judge who gives less than others would.
    part_of_entry, part_of_judge : ndarray of int64, shapes (E,), (J,)
        -1 without a score.
    parts : tuple of LargePart
    notices : tuple of Notice
    """

    raw: Floats
    estimate: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    part_of_entry: Integers
    part_of_judge: Integers
    parts: tuple[LargePart, ...]
    notices: tuple[Notice, ...]


def calibrate_large(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    entries: int | None = None,
    judges: int | None = None,
    model: Model = Model.CALIBRATED,
    exact_up_to: int = EXACT_UP_TO,
    errors: bool = True,
    seed: int = 0,
) -> Large:
    """
    Calibrate one criterion without a table of entries by judges.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    weights : array_like, shape (n,), optional
        Positive; default 1.
    entries, judges : int, optional
        E and J; default: one more than the highest index.
    model : Model
    exact_up_to : int
        The smaller side is factored up to so many entries or judges.
    errors : bool
        Off: no standard errors where they would have to be drawn.
    seed : int
        Of the random signs and draws.

    Returns
    -------
    Large
        As `judging.calibration.calibrate` has it: least squares to 1e-9 of the spread of the scores, exact
        ratios to 1e-8, others to `LargePart.ratio_error`.

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, a value that is not finite, a weight that is not
        positive, a pair twice.
    """
    e, j, y, w = checked(entry, judge, values, weights, entries, judges)
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    codes = e * max(count_j, 1) + j
    if len(codes) and not np.all(codes[1:] > codes[:-1]):
        order = np.argsort(codes, kind="stable")
        codes, e, j, y, w = codes[order], e[order], j[order], y[order], w[order]
        double = np.flatnonzero(codes[1:] == codes[:-1])
        if len(double):
            row = int(double[0])
            raise ValueError(f"entry {int(e[row])} has two scores by judge {int(j[row])}")
    # Sorted already: for the largest rounds it counts that they are not sorted again.
    count, part_of_entry, part_of_judge = parts_of_sorted(e, j, count_e, count_j) or connected_parts(
        e, j, count_e, count_j
    )
    raw, estimate, se = (np.full(count_e, np.nan) for _ in range(3))
    severity, severity_se = np.full(count_j, np.nan), np.full(count_j, np.nan)
    parts: list[LargePart] = []
    notices: list[Notice] = []
    if count > 1:
        notices.append(
            Notice(
                "disconnected",
                f"The sheets fall into {count} parts that share no judge and no entry, so scores of different "
                f"parts cannot be compared: each part is calibrated by itself.",
                "Give an entry of each part to a judge of another one.",
            )
        )
    of_row = part_of_entry[e]
    rows_by_part = np.argsort(of_row, kind="stable") if count > 1 else np.arange(len(e))
    bounds = np.searchsorted(of_row[rows_by_part], np.arange(count + 1))
    for number in range(count):
        rows = rows_by_part[bounds[number] : bounds[number + 1]] if count > 1 else slice(None)
        here_e, local_e = np.unique(e[rows], return_inverse=True) if count > 1 else _all(e, count_e)
        here_j, local_j = np.unique(j[rows], return_inverse=True) if count > 1 else _all(j, count_j)
        ones = None if weights is None else w[rows]
        crossed = Crossed.build(local_e, local_j, ones, len(here_e), len(here_j))
        z = y[rows] - y[rows][0]
        mean = crossed.by_entry(z) / crossed.entry_load
        raw[here_e] = mean + y[rows][0]
        code = refusal(z, len(z), len(here_e), len(here_j))
        if code:
            estimate[here_e] = raw[here_e]
            notices.append(refused(code, here_e, here_j))
            parts.append(LargePart(len(here_e), len(here_j), len(z), None, None, 0.0, None, None))
            continue
        fitted = fit_sized(
            crossed,
            z - mean[local_e],
            np.random.default_rng((seed, number)),
            least_squares=model is Model.LEAST_SQUARES,
            exact_up_to=exact_up_to,
            errors=errors,
        )
        s2, ratio = fitted.residual_variance, fitted.ratio
        estimate[here_e], severity[here_j] = raw[here_e] - crossed.seen(fitted.effects), -fitted.effects
        exact = s2 == 0.0
        if not exact:
            se[here_e], severity_se[here_j] = np.sqrt(s2 * fitted.entries), np.sqrt(s2 * fitted.judges)
        parts.append(
            LargePart(
                entries=len(here_e),
                judges=len(here_j),
                scores=len(z),
                solver=fitted.solver,
                ratio=ratio,
                ratio_error=fitted.ratio_error,
                residual_variance=s2,
                judge_variance=None if ratio is None else s2 / ratio,
                log_likelihood=fitted.log_likelihood,
            )
        )
        if not fitted.converged:
            notices.append(not_converged(here_e, here_j))
        if exact:
            notices.append(
                Notice(
                    "exact-fit",
                    "The scores are explained without any rest: least squares, no intervals.",
                    judges=tuple(here_j.tolist()),
                )
            )
        elif ratio == math.inf:
            notices.append(
                Notice(
                    "no-judge-variance", "No severity differences were found.", judges=tuple(here_j.tolist())
                )
            )
    return Large(
        raw=frozen(raw),
        estimate=frozen(estimate),
        se=frozen(se),
        severity=frozen(severity),
        severity_se=frozen(severity_se),
        part_of_entry=frozen_integers(part_of_entry),
        part_of_judge=frozen_integers(part_of_judge),
        parts=tuple(parts),
        notices=tuple(notices),
    )


def _all(indices: Integers, count: int) -> tuple[Integers, Integers]:
    """The members of the only part, and each row's place among them."""
    used = np.bincount(indices, minlength=count) > 0
    places = np.cumsum(used) - 1
    return np.flatnonzero(used), indices if used.all() else places[indices]
