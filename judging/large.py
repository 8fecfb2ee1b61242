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
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, frozen_integers
from judging.calibration import Model
from judging.crossed import CG_STEPS, Crossed
from judging.factored import crossing, smaller_side
from judging.linkage import connected_parts
from judging.mixed import checked, not_converged, refusal, refused
from judging.notices import Notice
from judging.profile import LOWEST, Profile

EXACT_UP_TO = 1500
SWEEPS = 60
NOISELESS = 1e-20


class Solver(StrEnum):
    """Which side was factored, if any."""

    JUDGES = "judges"
    ENTRIES = "entries"
    ITERATIVE = "iterative"


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
    """

    entries: int
    judges: int
    scores: int
    solver: Solver | None
    ratio: float | None
    ratio_error: float
    residual_variance: float | None
    judge_variance: float | None


@dataclass(frozen=True, slots=True)
class Large:
    """
    Result of `calibrate_large`. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    raw, estimate, se : ndarray, shape (E,)
        Scale units. Errors only where a side was factored.
    severity, severity_se : ndarray, shape (J,)
        Positive for a judge who gives less than others would.
    part_of_entry, part_of_judge : ndarray of int64
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
    seed : int
        Of the random signs.

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
    count_e = entries if entries is not None else int(e.max(initial=-1)) + 1
    count_j = judges if judges is not None else int(j.max(initial=-1)) + 1
    codes = e * max(count_j, 1) + j
    if len(codes) and not np.all(codes[1:] > codes[:-1]):
        order = np.argsort(codes, kind="stable")
        codes, e, j, y, w = codes[order], e[order], j[order], y[order], w[order]
        double = np.flatnonzero(codes[1:] == codes[:-1])
        if len(double):
            row = int(double[0])
            raise ValueError(f"entry {int(e[row])} has two scores by judge {int(j[row])}")
    part_of_entry, part_of_judge, count = _parts(e, j, count_e, count_j)
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
        fitted = _fit(crossed, z - mean[local_e], model, exact_up_to, np.random.default_rng((seed, number)))
        estimate[here_e], severity[here_j] = raw[here_e] - crossed.seen(fitted.effects), -fitted.effects
        se[here_e], severity_se[here_j] = fitted.se, fitted.effects_se
        parts.append(fitted.part)
        if not fitted.converged:
            notices.append(not_converged(here_e, here_j))
        if fitted.part.residual_variance == 0.0:
            notices.append(
                Notice(
                    "exact-fit",
                    "The scores are explained without any rest: least squares, no intervals.",
                    judges=tuple(here_j.tolist()),
                )
            )
        elif fitted.part.judge_variance == 0.0:
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


@dataclass(frozen=True)
class _Fitted:
    effects: Floats
    se: Floats
    effects_se: Floats
    part: LargePart
    converged: bool


def _fit(
    crossed: Crossed, within: Floats, model: Model, exact_up_to: int, generator: np.random.Generator
) -> _Fitted:
    n, entries, judges = len(within), len(crossed.entry_load), len(crossed.judge_load)
    right = crossed.by_judge(within)
    free, steps = crossed.solve(right, 0.0)
    free = free - float(crossed.judge_load @ free) / float(crossed.judge_load.sum())
    left = within - free[crossed.judge] + crossed.seen(free)[crossed.entry]
    weighted = left if crossed.weights is None else crossed.weights * left
    rss = float(left @ weighted)
    total = float(within @ (within if crossed.weights is None else crossed.weights * within))
    unknown = np.full(entries, np.nan), np.full(judges, np.nan)
    converged = steps < CG_STEPS

    def least_squares(s2: float) -> _Fitted:
        part = LargePart(entries, judges, n, Solver.ITERATIVE, None, 0.0, s2, None)
        return _Fitted(free, *unknown, part, converged)

    if rss <= NOISELESS * max(total, float(n)) or total == 0:
        return least_squares(0.0)
    if model is Model.LEAST_SQUARES:
        return least_squares(rss / (n - entries - judges + 1))
    side = smaller_side(crossed, right, exact_up_to)
    profile = Profile.build(crossed, right, rss, n - entries, generator, only_start=side is not None)
    ratio, error, bend = profile.best()
    if ratio <= LOWEST * 1.001:
        return least_squares(0.0)
    if math.isinf(ratio):
        s2 = profile.residual_variance(math.inf)
        part = LargePart(entries, judges, n, Solver.ITERATIVE, math.inf, 0.0, s2, 0.0)
        zeros = np.zeros(judges)
        return _Fitted(zeros, np.sqrt(s2 / crossed.entry_load), zeros, part, converged)
    if side is None:
        effects, steps = crossed.solve(right, ratio, free)
        s2 = (total - float(effects @ right)) / (n - entries)
        part = LargePart(entries, judges, n, Solver.ITERATIVE, ratio, error, s2, s2 / ratio)
        return _Fitted(effects, *unknown, part, converged and steps < CG_STEPS)

    def slope(log_ratio: float) -> float:
        found, trace, _, _ = side(math.exp(log_ratio))
        size = (total - float(found @ right)) / (n - entries)
        value = math.exp(log_ratio)
        return -0.5 * (value * float(found @ found) / size - (judges - value * trace))

    ratio = math.exp(crossing(slope, math.log(ratio), bend))
    effects, _, own, of_effects = side(ratio)
    s2 = (total - float(effects @ right)) / (n - entries)
    which = Solver.JUDGES if judges <= entries else Solver.ENTRIES
    part = LargePart(entries, judges, n, which, ratio, 0.0, s2, s2 / ratio)
    return _Fitted(effects, np.sqrt(s2 * own), np.sqrt(s2 * of_effects), part, converged)


def _all(indices: Integers, count: int) -> tuple[Integers, Integers]:
    """The members of the only part, and each row's place among them."""
    used = np.bincount(indices, minlength=count) > 0
    places = np.cumsum(used) - 1
    return np.flatnonzero(used), indices if used.all() else places[indices]


def _parts(entry: Integers, judge: Integers, entries: int, judges: int) -> tuple[Integers, Integers, int]:
    """Connected parts by spreading the lowest label; where that takes long, by union-find."""
    if not len(entry):
        return np.full(entries, -1), np.full(judges, -1), 0
    present, starts = np.unique(entry, return_index=True)
    labels = np.arange(judges)
    for _ in range(SWEEPS):
        of_entry = np.minimum.reduceat(labels[judge], starts)
        spread = labels.copy()
        np.minimum.at(spread, judge, np.repeat(of_entry, np.diff(np.append(starts, len(entry)))))
        spread = np.minimum(spread, spread[spread])
        if np.array_equal(spread, labels):
            break
        labels = spread
    else:
        count, part_of_entry, part_of_judge = connected_parts(entry, judge, entries, judges)
        return part_of_entry, part_of_judge, count
    # Numbered by their first entry, as everywhere.
    roots, first = np.unique(of_entry, return_index=True)
    number = np.full(judges, -1)
    number[roots[np.argsort(first, kind="stable")]] = np.arange(len(roots))
    part_of_entry, part_of_judge = np.full(entries, -1), np.full(judges, -1)
    part_of_entry[present] = number[of_entry]
    has = np.bincount(judge, minlength=judges) > 0
    part_of_judge[has] = number[labels[has]]
    return part_of_entry, part_of_judge, len(roots)
