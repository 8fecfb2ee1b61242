"""The fit of one connected part of any size, without a table of entries by judges.

Least squares by conjugate gradients, to 1e-12 of the right side. The variance ratio exactly where one side can be
factored: from the eigenvalues of the judges' S up to 300 judges, from factors of the smaller side up to a few thousand
entries or judges. Beyond, by stochastic REML (`judging.profile`), whose error is estimated and given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count

import numpy as np

from judging.arrays import Floats
from judging.crossed import CG_STEPS, Crossed
from judging.factored import Side, Solved, crossing, smaller_side
from judging.official import six_digits
from judging.profile import LOWEST, Profile
from judging.reml import Spectrum, variance_ratio
from judging.sketch import Solve, sketch
from judging.watching import tell

EXACT_UP_TO = 3000
SPECTRUM_UP_TO = 300
NOISELESS = 1e-20
ERROR_DRAWS = 24


class Solver(StrEnum):
    """Which side was factored, if any."""

    JUDGES = "judges"
    ENTRIES = "entries"
    ITERATIVE = "iterative"


@dataclass(frozen=True)
class Sized:
    """
    What was fitted in a part.

    Parameters
    ----------
    free : ndarray, shape (J,)
        Least squares effects, their score-weighted sum 0.
    effects : ndarray, shape (J,)
        Of the model; minus the severities.
    rss : float
        Of least squares.
    solver : Solver
    ratio : float or None
        ``math.inf`` without judge variance; None for least squares.
    ratio_error : float
    residual_variance : float
        0.0 where scores are explained without any rest.
    log_likelihood : float or None
        None for least squares; with an iterative solver as exact as the random signs are.
    entries, judges : ndarray, shapes (E,), (J,)
        Variances of estimates and effects in units of the residual variance; NaN where they were not asked for.
    solve : function or None
        ``(S + ratio I)^-1 x`` where a side was factored.
    converged : bool
    """

    free: Floats
    effects: Floats
    rss: float
    solver: Solver
    ratio: float | None
    ratio_error: float
    residual_variance: float
    log_likelihood: float | None
    entries: Floats
    judges: Floats
    solve: Solve | None
    converged: bool


def fit_sized(
    crossed: Crossed,
    within: Floats,
    generator: np.random.Generator,
    *,
    least_squares: bool = False,
    forced: float | None = None,
    six: bool = False,
    exact_up_to: int = EXACT_UP_TO,
    errors: bool = True,
) -> Sized:
    """
    Fit one connected part.

    Parameters
    ----------
    crossed : Crossed
    within : ndarray, shape (n,)
        Values less the entry's mean, in scale units.
    generator : Generator
        Of random signs and draws.
    least_squares : bool
        Judges fixed.
    forced : float, optional
        A ratio in place of REML; ``math.inf`` is no judge variance.
    six : bool
        Whether the ratio is rounded to six digits, to be published.
    exact_up_to : int
        The smaller side is factored up to so many entries or judges.
    errors : bool
        Whether variances are wanted where they must be drawn.
    """
    n, entries, judges = len(within), len(crossed.entry_load), len(crossed.judge_load)
    right = crossed.by_judge(within)
    free, steps = crossed.solve(right, 0.0)
    free = free - float(crossed.judge_load @ free) / float(crossed.judge_load.sum())
    rss = _squares(crossed, within - free[crossed.judge] + crossed.seen(free)[crossed.entry])
    total = _squares(crossed, within)
    found = Sized(
        free=free,
        effects=free,
        rss=rss,
        solver=Solver.ITERATIVE,
        ratio=None,
        ratio_error=0.0,
        residual_variance=0.0,
        log_likelihood=None,
        entries=np.full(entries, np.nan),
        judges=np.full(judges, np.nan),
        solve=None,
        converged=steps < CG_STEPS,
    )
    if rss <= NOISELESS * max(total, float(n)) or total == 0:
        return found
    if least_squares:
        found = replace(found, residual_variance=rss / (n - entries - judges + 1))
        if not errors:
            return found
        if judges <= min(SPECTRUM_UP_TO, exact_up_to):
            level = np.eye(judges) - crossed.judge_load / crossed.judge_load.sum()
            inverse = level @ np.linalg.pinv(crossed.dense_laplacian(), hermitian=True) @ level.T
            of_entries = 1 / crossed.entry_load + crossed.seen_squares(inverse)
            return replace(found, solver=Solver.JUDGES, entries=of_entries, judges=np.diag(inverse).copy())
        drawn = sketch(crossed, 0.0, ERROR_DRAWS, generator, factors=False)
        return replace(found, entries=drawn.entries, judges=drawn.judges)
    if judges <= min(SPECTRUM_UP_TO, exact_up_to):
        return _by_spectrum(crossed, right, found, n, forced, six)

    side = smaller_side(crossed, right, exact_up_to)
    profile, error, known = None, 0.0, None
    if forced is not None:
        ratio = forced
    else:
        profile = Profile.build(crossed, right, rss, n - entries, generator, only_start=side is not None)
        ratio, error, bend = profile.best()
        if side is not None:
            if not LOWEST * 1.001 < ratio < math.inf:
                # What random signs say of an end is only a hint.
                ratio, bend = float(np.median(crossed.judge_load)), 0.0
            ratio, known = _exact_ratio(crossed, within, side, ratio, bend)
            error = 0.0
        if ratio <= LOWEST * 1.001:
            return found
        if six and math.isfinite(ratio):
            ratio, known = float(six_digits(ratio)), None
    which = Solver.ITERATIVE if side is None else Solver.JUDGES if judges <= entries else Solver.ENTRIES
    found = replace(found, solver=which, ratio=ratio, ratio_error=error)
    if math.isinf(ratio):
        return _no_judge_variance(crossed, found, total, n)
    if side is not None:
        solved, determinant = known or (side.at(ratio), side.log_determinant(ratio))
        effects, of_entries, of_judges = solved.effects, solved.entries, solved.judges
        solve: Solve | None = _applied(side, solved, ratio)
    else:
        effects, steps = crossed.solve(right, ratio, free)
        found, solve = replace(found, converged=found.converged and steps < CG_STEPS), None
        if profile is None:
            profile = Profile.build(crossed, right, rss, n - entries, generator)
        determinant = profile.determinant(ratio)
        of_entries, of_judges = found.entries, found.judges
        if errors:
            drawn = sketch(crossed, ratio, ERROR_DRAWS, generator, factors=False)
            of_entries, of_judges = drawn.entries, drawn.judges
    s2 = _penalised(crossed, within, effects, ratio) / (n - entries)
    return replace(
        found,
        effects=effects,
        residual_variance=s2,
        log_likelihood=_likelihood(crossed, n, s2, determinant),
        entries=of_entries,
        judges=of_judges,
        solve=solve,
    )


def _by_spectrum(
    crossed: Crossed, right: Floats, found: Sized, n: int, forced: float | None, six: bool
) -> Sized:
    """Few judges: everything from the eigenvalues of S, as `judging.parts` has it."""
    entries, judges = len(crossed.entry_load), len(crossed.judge_load)
    values, vectors = np.linalg.eigh(crossed.dense_laplacian())
    values, vectors = values[1:], vectors[:, 1:]
    turned = vectors.T @ right
    spectrum = Spectrum(values, turned**2, found.rss, n - entries, crossed.constant)
    ratio = variance_ratio(spectrum) if forced is None else forced
    if ratio == 0.0:
        return found
    if six and math.isfinite(ratio):
        ratio = float(six_digits(ratio))
    s2 = spectrum.residual_variance(ratio)
    found = replace(
        found,
        solver=Solver.JUDGES,
        ratio=ratio,
        residual_variance=s2,
        log_likelihood=spectrum.log_likelihood(ratio),
    )
    if math.isinf(ratio):
        return replace(
            found, effects=np.zeros(judges), entries=1 / crossed.entry_load, judges=np.zeros(judges)
        )
    inverse = (vectors / (values + ratio)) @ vectors.T + 1.0 / (judges * ratio)
    return replace(
        found,
        effects=vectors @ (turned / (values + ratio)),
        entries=1 / crossed.entry_load + crossed.seen_squares(inverse),
        judges=np.diag(inverse).copy(),
        solve=lambda x: inverse @ x,
    )


def _no_judge_variance(crossed: Crossed, found: Sized, total: float, n: int) -> Sized:
    judges = len(crossed.judge_load)
    s2 = total / (n - len(crossed.entry_load))
    return replace(
        found,
        effects=np.zeros(judges),
        residual_variance=s2,
        log_likelihood=_likelihood(crossed, n, s2, 0.0),
        entries=1 / crossed.entry_load,
        judges=np.zeros(judges),
    )


def _exact_ratio(
    crossed: Crossed, within: Floats, side: Side, start: float, bend: float
) -> tuple[float, tuple[Solved, float]]:
    """
    The likeliest ratio near the start, or ``math.inf`` where no judge variance is no less likely; and the equations and
    the determinant there.
    """
    judges, freedom = len(crossed.judge_load), len(within) - len(crossed.entry_load)

    steps = count(1)

    def slope(log_ratio: float) -> float:
        tell("variance ratio", next(steps))
        ratio = math.exp(log_ratio)
        solved = side.at(ratio)
        size = _penalised(crossed, within, solved.effects, ratio) / freedom
        pulled = ratio * float(solved.effects @ solved.effects) / size
        return -0.5 * (pulled - (judges - ratio * solved.trace))

    ratio = math.exp(crossing(slope, math.log(start), bend))
    solved, determinant = side.at(ratio), side.log_determinant(ratio)
    s2 = _penalised(crossed, within, solved.effects, ratio) / freedom
    gained = freedom * math.log(_squares(crossed, within) / freedom / s2) - determinant
    return ratio if gained > 0 else math.inf, (solved, determinant)


def _applied(side: Side, solved: Solved, ratio: float) -> Solve:
    return lambda right: side.apply(solved, ratio, right)


def _squares(crossed: Crossed, rest: Floats) -> float:
    return float(rest @ (rest if crossed.weights is None else crossed.weights * rest))


def _penalised(crossed: Crossed, within: Floats, effects: Floats, ratio: float) -> float:
    """``y'Wy - b'r`` as a sum of squares, which cancels nothing."""
    rest = within - effects[crossed.judge] + crossed.seen(effects)[crossed.entry]
    return _squares(crossed, rest) + ratio * float(effects @ effects)


def _likelihood(crossed: Crossed, n: int, s2: float, determinant: float) -> float:
    freedom = n - len(crossed.entry_load)
    return -0.5 * (freedom * (math.log(2 * math.pi * s2) + 1) + crossed.constant + determinant)
