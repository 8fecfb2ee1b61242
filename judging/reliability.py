"""Judges who differ in noise: each judge's own residual variance, and weights by it.

``y = mu + u_e + b_j + eps``, ``var(eps) = s2_j``. The variances by expectation and maximisation with k
pseudo-scores of the common noise, ``s2_j = (sum_j [res^2 + posterior variance] + k s2) / (n_j + k)``, the
ratios by REML in between (Ge, Welling and Ghahramani 2013 add reviewer noise in the same way; Baba and
Kashima 2013 have it in their two-stage model).

How many pseudo-scores is asked of the marks, judges' variances being themselves a draw from an inverse chi-square law
with k degrees of freedom: k from the scatter of the logarithms of their mean squares, beyond the scatter that alike
judges would show (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3:3, section 6.2). Where
judges do not differ more than by chance k is infinite and the fit is the mixed model, so it loses next to nothing
where noise is equal. Beside the official numbers, never silently in their place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen
from judging.distributions import chi_square_cdf, digamma, inverse_trigamma, trigamma
from judging.henderson import Equations, Solution
from judging.linkage import connected_parts
from judging.mixed import not_converged, refusal, refused, reml
from judging.notices import Notice
from judging.residuals import additive_fit, exact_estimates
from judging.scores import checked
from judging.watching import tell

FEWEST_PSEUDO_SCORES = 1.0  # below, a judge who happens to agree with everybody would have no noise at all
ROUNDS = 200
CLOSE = 1e-6
LEVEL = 1e-3  # a slope of the likelihood that is as good as none
FLAT = 1e4  # a ratio from which on there is hardly a variance


@dataclass(frozen=True, slots=True)
class Reliable:
    """
    Result of the fit. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    estimate, se : ndarray, shape (E,)
        Scale units.
    severity, severity_se : ndarray, shape (J,)
        Positive for a judge who gives less than others would.
    noise : ndarray, shape (J,)
        Standard deviation of a judge's own noise, in scale units.
    chance : float
        That judges who are all alike in noise would look so different: likelihood-ratio test over all parts.
        Small is a reason to weigh by noise.
    notices : tuple of Notice
    """

    estimate: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    noise: Floats
    chance: float
    notices: tuple[Notice, ...]


def reliability_weighted(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    entries: int | None = None,
    judges: int | None = None,
    pseudo_scores: float | None = None,
) -> Reliable:
    """
    Fit the mixed model with a noise for each judge, each connected part by itself.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    entries, judges : int, optional
        E and J; default: one more than the highest index.
    pseudo_scores : float, optional
        k, how many scores of common noise every judge gets on top; default: `likely_pseudo_scores` of each part.

    Returns
    -------
    Reliable

    Raises
    ------
    ValueError
        As `mixed_model`; `pseudo_scores` is not positive.
    """
    if pseudo_scores is not None and not pseudo_scores > 0:
        raise ValueError(f"pseudo_scores must be positive, not {pseudo_scores}")
    e, j, y, _ = checked(entry, judge, values, None, entries, judges)
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    count, part_of_entry, part_of_judge = connected_parts(e, j, count_e, count_j)
    estimate, se = np.full(count_e, np.nan), np.full(count_e, np.nan)
    severity, severity_se, noise = (np.full(count_j, np.nan) for _ in range(3))
    notices: list[Notice] = []
    gained, extra = 0.0, 0
    for number in range(count):
        rows = np.flatnonzero(part_of_entry[e] == number)
        here_e, here_j = np.flatnonzero(part_of_entry == number), np.flatnonzero(part_of_judge == number)
        local_e, local_j = np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])
        code = refusal(y[rows], len(rows), len(here_e), len(here_j))
        if code:
            estimate[here_e] = np.bincount(local_e, y[rows]) / np.bincount(local_e)
            notices.append(refused(code, here_e, here_j))
            continue
        exact = exact_estimates(local_e, local_j, y[rows])
        if exact is not None:
            estimate[here_e] = exact
            notices.append(refused("exact-fit", here_e, here_j))
            continue
        level = float(y[rows].mean())
        z = y[rows] - level
        ratios, solution, _ = reml(Equations(local_e, local_j, z, np.ones(len(z)), len(here_e), len(here_j)))
        plain = solution.log_likelihood
        common = solution.residual_variance
        pull = likely_pseudo_scores(local_e, local_j, z) if pseudo_scores is None else pseudo_scores
        settled, variances = True, np.full(len(here_j), common)
        if not math.isinf(pull):
            begun = NoiseFit(ratios, solution, variances, common, False)
            fitted = noise_fit(local_e, local_j, z, begun, pull)
            solution, variances, settled = fitted.solution, fitted.variances, fitted.settled
        gained += max(solution.log_likelihood - plain, 0.0)
        extra += len(here_j) - 1
        estimate[here_e], severity[here_j] = level + solution.level + solution.entries, -solution.judges
        se[here_e], severity_se[here_j] = solution.errors()
        noise[here_j] = np.sqrt(variances)
        if not settled:
            notices.append(not_converged(here_e, here_j))
    return Reliable(
        estimate=frozen(estimate),
        se=frozen(se),
        severity=frozen(severity),
        severity_se=frozen(severity_se),
        noise=frozen(noise),
        chance=1.0 - chi_square_cdf(2 * gained, extra) if extra else 1.0,
        notices=tuple(notices),
    )


@dataclass(frozen=True)
class NoiseFit:
    """Ratios, equations solved at them, the judges' variances, that of a score of weight 1, and whether all rests."""

    ratios: tuple[float, float]
    solution: Solution
    variances: Floats
    common: float
    settled: bool


def noise_fit(
    entry: Integers,
    judge: Integers,
    values: Floats,
    begun: NoiseFit,
    pull: float,
    curvature: Floats | None = None,
) -> NoiseFit:
    """
    Variances for given effects and effects for given variances by turns.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Of one part.
    values : ndarray, shape (n,)
        About their middle.
    begun : NoiseFit
        Where to begin.
    pull : float
        Pseudo-scores, finite.
    curvature : ndarray, shape (2, 2), optional
        As `judging.mixed.reml`.
    """
    ratios, solution, variances, common = begun.ratios, begun.solution, begun.variances, begun.common
    entries, judges = len(solution.entries), len(solution.judges)
    given = np.bincount(judge, minlength=judges)
    settled = False
    for turn in range(1, ROUNDS + 1):
        tell("each judge’s noise", turn)
        rest = values - solution.level - solution.entries[entry] - solution.judges[judge]
        wanted = rest**2 + solution.fitted_variance(entry, judge)
        new = (np.bincount(judge, wanted, judges) + pull * common) / (given + pull)
        common = float(np.sum(given * new) / given.sum())
        equations = Equations(entry, judge, values, common / new[judge], entries, judges)
        if curvature is None:
            ratios, solution, _ = reml(equations, ratios)
        else:
            # Ratios and variances come to rest together; the last word is REML's.
            solution = equations.solve(*ratios)
            ratios = _one_step(ratios, solution, curvature)
        # REML says how noisy a score of weight 1 is; that sets the level of all judges' noise.
        new = new * (solution.residual_variance / common)
        common = solution.residual_variance
        settled = bool(np.max(np.abs(new / variances - 1)) < CLOSE)
        variances = new
        if settled and curvature is not None:
            slopes = zip(ratios, solution.slope, strict=True)
            settled = all(abs(slope) <= LEVEL for ratio, slope in slopes if ratio < FLAT)
        if settled:
            break
    if settled and curvature is not None:
        ratios, solution, _ = reml(equations, ratios, curvature)
    return NoiseFit(ratios, solution, variances, common, settled)


def _one_step(ratios: tuple[float, float], solution: Solution, curvature: Floats) -> tuple[float, float]:
    """A step of Newton by the logarithms; a ratio far out on the flat stays there."""
    free = np.array(ratios) < FLAT
    step = np.clip(curvature @ np.where(free, solution.slope, 0.0), -1.0, 1.0)
    moved = np.array(ratios) * np.exp(np.where(free, step, 0.0))
    return float(moved[0]), float(moved[1])


def likely_pseudo_scores(entry: Integers, judge: Integers, values: Floats) -> float:
    """
    How far judges are alike in noise, in scores: k above, infinite where they differ no more than by chance.

    A judge's mean square of least squares residuals holds some of the noise of those who read the same entries: of a
    residual with leverage h only the share 1 - h of its variance is the judge's own. So logarithms scatter less than
    those of the true variances, by that share, and by chance as with ``(sum (1 - h))**2 / sum (1 - h)**2`` degrees of
    freedom (Satterthwaite 1946, Biometrics Bulletin 2, 110-114); both are allowed for. Fewer than three judges with a
    residual are taken to be alike.
    """
    fit = additive_fit(entry, judge, values)
    freedom, own = np.bincount(fit.judge, fit.expected), np.bincount(fit.judge, fit.expected**2)
    squares = np.bincount(fit.judge, fit.residual**2)
    known = (freedom >= 0.5) & (squares > 0)
    if known.sum() < 3:
        return math.inf
    freedom, own = freedom[known], own[known]
    halves = (freedom**2 / own / 2).tolist()
    logs = np.log(squares[known] / freedom)
    logs -= np.array([digamma(half) - math.log(half) for half in halves])
    beyond = float(np.var(logs, ddof=1)) - math.fsum(map(trigamma, halves)) / len(halves)
    if beyond <= 0:
        return math.inf
    share = float(np.mean(own / freedom))
    return max(2 * inverse_trigamma(beyond / share**2), FEWEST_PSEUDO_SCORES)
