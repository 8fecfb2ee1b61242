"""Judges who differ in noise: each judge's own residual variance, and weights by it.

``y = mu + u_e + b_j + eps``, ``var(eps) = s2_j``. The variances by expectation and maximisation with some
pseudo-scores of the common noise, ``s2_j = (sum_j [res^2 + posterior variance] + k s2) / (n_j + k)``, the
ratios by REML in between (Ge, Welling and Ghahramani 2013 add reviewer noise in the same way; Baba and
Kashima 2013 have it in their two-stage model). Worth its while where noise truly differs, a small loss
elsewhere: switch it on by the test, never silently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, frozen
from judging.distributions import chi_square_cdf
from judging.henderson import Equations
from judging.linkage import connected_parts
from judging.mixed import checked, not_converged, refusal, refused, reml
from judging.notices import Notice
from judging.residuals import exact_estimates

PSEUDO_SCORES = 10.0
ROUNDS = 200
CLOSE = 1e-6


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
    pseudo_scores: float = PSEUDO_SCORES,
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
    pseudo_scores : float
        k, how many scores of common noise every judge gets on top.

    Raises
    ------
    ValueError
        As `mixed_model`; `pseudo_scores` is not positive.
    """
    if not pseudo_scores > 0:
        raise ValueError(f"pseudo_scores must be positive, not {pseudo_scores}")
    e, j, y, _ = checked(entry, judge, values, None, entries, judges)
    count_e = entries if entries is not None else int(e.max(initial=-1)) + 1
    count_j = judges if judges is not None else int(j.max(initial=-1)) + 1
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
        z, given = y[rows] - level, np.bincount(local_j, minlength=len(here_j))
        ratios, solution, _ = reml(Equations(local_e, local_j, z, np.ones(len(z)), len(here_e), len(here_j)))
        plain = solution.log_likelihood
        common = solution.residual_variance
        variances = np.full(len(here_j), common)
        settled = False
        for _ in range(ROUNDS):
            rest = z - solution.level - solution.entries[local_e] - solution.judges[local_j]
            wanted = rest**2 + solution.fitted_variance(local_e, local_j)
            new = (np.bincount(local_j, wanted, len(here_j)) + pseudo_scores * common) / (
                given + pseudo_scores
            )
            common = float(np.sum(given * new) / given.sum())
            equations = Equations(local_e, local_j, z, common / new[local_j], len(here_e), len(here_j))
            ratios, solution, _ = reml(equations, ratios)
            # REML says how noisy a score of weight 1 is; that sets the level of all judges' noise.
            new = new * (solution.residual_variance / common)
            common = solution.residual_variance
            settled = bool(np.max(np.abs(new / variances - 1)) < CLOSE)
            variances = new
            if settled:
                break
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
