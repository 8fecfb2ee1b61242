"""The mixed model: entries and judges both random, best linear unbiased prediction, REML variances.

Entries are pulled to the middle, the more the fewer scores they have: a second opinion and a fair rule for
lotteries, not the default for prizes. It takes for granted that who read what has nothing to do with quality.
Sources: see `judging.henderson`; Platt and Burges 2012 and the calibration of a large conference
(https://inverseprobability.com/2014/08/02/reviewer-calibration-for-nips) are the same model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen, frozen_integers
from judging.henderson import Equations, Solution
from judging.linkage import connected_parts
from judging.notices import Notice
from judging.residuals import exact_estimates
from judging.scores import checked
from judging.watching import tell

HIGHEST = 1e9  # a ratio so high is no variance
LOWEST = 1e-9
STEPS = 100
CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class MixedPart:
    """
    One part that was fitted by itself.

    Parameters
    ----------
    entries, judges : tuple of int
    scores : int
    level : float
        mu, in scale units.
    entry_variance, judge_variance, residual_variance, log_likelihood : float or None
        Squared scale units; None where refused, 0.0 at the boundary.
    """

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    scores: int
    level: float
    entry_variance: float | None
    judge_variance: float | None
    residual_variance: float | None
    log_likelihood: float | None


@dataclass(frozen=True, slots=True)
class Mixed:
    """
    Result of the mixed model. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    estimate, se : ndarray, shape (E,)
        ``mu + u_e`` and the root of its prediction error variance; scale units.
    severity, severity_se : ndarray, shape (J,)
        Positive for a judge who gives less than others would.
    residual : ndarray, shape (n,)
    reliability : ndarray, shape (E,)
        How much of what entries differ by is known of each: ``1 - se**2 / entry_variance``, 0 at least.
    part_of_entry, part_of_judge : ndarray of int64, shapes (E,), (J,)
        -1 without a score.
    parts : tuple of MixedPart
    notices : tuple of Notice
    """

    estimate: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    residual: Floats
    reliability: Floats
    part_of_entry: Integers
    part_of_judge: Integers
    parts: tuple[MixedPart, ...]
    notices: tuple[Notice, ...]


def mixed_model(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    entries: int | None = None,
    judges: int | None = None,
    allotted_at_random: bool = False,
) -> Mixed:
    """
    Fit the mixed model with both random.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    weights : array_like, shape (n,), optional
        Positive; default 1.
    entries, judges : int, optional
        E and J; default: one more than the highest index. Memory is that of an E by J array.
    allotted_at_random : bool
        Entries were given to panels by lot: then parts that share no judge are fitted as one and can be
        compared. Otherwise each connected part is fitted by itself.

    Returns
    -------
    Mixed

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, a value that is not finite, a weight that is not
        positive.
    """
    e, j, y, w = checked(entry, judge, values, weights, entries, judges)
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    count, part_of_entry, part_of_judge = connected_parts(e, j, count_e, count_j)
    if allotted_at_random:
        count = min(count, 1)
        part_of_entry, part_of_judge = np.minimum(part_of_entry, 0), np.minimum(part_of_judge, 0)
    estimate, se, reliability = (np.full(count_e, np.nan) for _ in range(3))
    severity, severity_se = np.full(count_j, np.nan), np.full(count_j, np.nan)
    residual = np.full(len(e), np.nan)
    parts, notices = [], []
    for number in range(count):
        rows = np.flatnonzero(part_of_entry[e] == number)
        here_e, here_j = np.flatnonzero(part_of_entry == number), np.flatnonzero(part_of_judge == number)
        local_e, local_j = np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])
        level = float(y[rows].mean())
        code = refusal(y[rows], len(rows), len(here_e), len(here_j))
        found: tuple[float | None, ...] = (None, None, None, None)
        exact = None if code else exact_estimates(local_e, local_j, y[rows])
        if exact is not None:
            estimate[here_e] = exact
            residual[rows] = 0.0
            notices.append(refused("exact-fit", here_e, here_j))
        elif code:
            load = np.bincount(local_e, w[rows])
            estimate[here_e] = np.bincount(local_e, w[rows] * y[rows]) / load
            residual[rows] = y[rows] - estimate[e[rows]]
            notices.append(refused(code, here_e, here_j))
        else:
            equations = Equations(local_e, local_j, y[rows] - level, w[rows], len(here_e), len(here_j))
            ratios, solution, converged = reml(equations)
            variances = tuple(
                0.0 if ratio >= HIGHEST else solution.residual_variance / ratio for ratio in ratios
            )
            level += solution.level
            estimate[here_e], severity[here_j] = level + solution.entries, -solution.judges
            se[here_e], severity_se[here_j] = solution.errors()
            if variances[1] == 0.0:
                severity[here_j] = severity_se[here_j] = 0.0
            residual[rows] = y[rows] - estimate[e[rows]] + severity[j[rows]]
            if variances[0] > 0:
                reliability[here_e] = np.maximum(1 - se[here_e] ** 2 / variances[0], 0.0)
            else:
                reliability[here_e] = 0.0
            found = (*variances, solution.residual_variance, solution.log_likelihood)
            notices.extend(boundary_notices(variances, here_e, here_j))
            if not converged:
                notices.append(not_converged(here_e, here_j))
        parts.append(MixedPart(tuple(here_e.tolist()), tuple(here_j.tolist()), len(rows), level, *found))
    return Mixed(
        estimate=frozen(estimate),
        se=frozen(se),
        severity=frozen(severity),
        severity_se=frozen(severity_se),
        residual=frozen(residual),
        reliability=frozen(reliability),
        part_of_entry=frozen_integers(part_of_entry),
        part_of_judge=frozen_integers(part_of_judge),
        parts=tuple(parts),
        notices=tuple(notices),
    )


def reml(
    equations: Equations, start: tuple[float, float] = (1.0, 1.0), curvature: Floats | None = None
) -> tuple[tuple[float, float], Solution, bool]:
    """
    Both variance ratios with the highest restricted likelihood, by BFGS on their logarithms.

    Parameters
    ----------
    equations : Equations
    start : (float, float)
    curvature : ndarray, shape (2, 2), optional
        Of a round that is nearly the same, from `curvature_at`: it spares the first steps.

    Returns
    -------
    ratios : (lambda_e, lambda_j)
        1e9 stands for no variance.
    solution : Solution
    converged : bool
    """
    low, high = math.log(LOWEST), math.log(HIGHEST)
    at = np.clip(np.log(np.array(start)), low, high)
    here = equations.solve(*np.exp(at).tolist())
    slope = np.array(here.slope)
    if curvature is None:
        curvature = np.eye(2) / max(1.0, float(np.abs(slope).max()))
    converged = False
    for step in range(1, STEPS + 1):
        tell("variances", step)
        # At a boundary that the slope points out of, only the other ratio moves.
        free = ~(((at >= high) & (slope > 0)) | ((at <= low) & (slope < 0)))
        if float(np.abs(np.where(free, slope, 0.0)).max()) < CLOSE:
            converged = True
            break
        toward = np.where(free, curvature @ np.where(free, slope, 0.0), 0.0)
        if float(toward @ slope) <= 0:
            curvature = np.eye(2) / max(1.0, float(np.abs(slope).max()))
            toward = np.where(free, curvature @ slope, 0.0)
        toward *= min(1.0, 3.0 / float(np.abs(toward).max()))
        size = 1.0
        while True:
            there = np.clip(at + size * toward, low, high)
            new = equations.solve(*np.exp(there).tolist())
            gained = new.log_likelihood - here.log_likelihood
            promised = float((there - at) @ slope)
            # Near the top slopes still tell where it is when heights, being floats, do not.
            blind = 1e-12 * (abs(here.log_likelihood) + equations.n)
            if gained >= 1e-4 * promised or (promised < blind and gained > -blind) or size < 1e-6:
                break
            size /= 2
        moved, turned = there - at, slope - np.array(new.slope)
        if size < 1e-6:
            # Floats cannot climb any more: flat, or as near to the top as they tell.
            converged = float(np.abs(np.where(free, slope, 0.0)).max()) < 1e-3 * equations.n
            break
        along = float(moved @ turned)
        if along > 1e-12:
            left = np.eye(2) - np.outer(moved, turned) / along
            curvature = left @ curvature @ left.T + np.outer(moved, moved) / along
        at, here, slope = there, new, np.array(new.slope)
    return _at_boundary(equations, at, here, converged)


def curvature_at(equations: Equations, ratios: tuple[float, float]) -> Floats:
    """Inverse of minus the second derivatives by the logarithms of the ratios, for `reml` to start with; (2, 2)."""
    at, far = np.log(np.array(ratios)), 1e-3
    rows = []
    for side in (0, 1):
        ends = []
        for step in (far, -far):
            there = at.copy()
            there[side] += step
            ends.append(np.array(equations.solve(*np.exp(there).tolist()).slope))
        rows.append((ends[1] - ends[0]) / (2 * far))
    bent = np.array(rows)
    values, vectors = np.linalg.eigh((bent + bent.T) / 2)
    # Flat to a boundary: a step of its own size there.
    result: Floats = (vectors / np.maximum(values, 1e-2)) @ vectors.T
    return result


def _at_boundary(
    equations: Equations, at: Floats, here: Solution, converged: bool
) -> tuple[tuple[float, float], Solution, bool]:
    """A ratio far out on the flat is put at the end of it, where the likelihood is no lower."""
    for side in (0, 1):
        if at[side] > math.log(1e4):
            there = at.copy()
            there[side] = math.log(HIGHEST)
            edge = equations.solve(*np.exp(there).tolist())
            if edge.log_likelihood >= here.log_likelihood - 1e-7:
                at, here, converged = there, edge, True
    first, second = np.exp(at).tolist()
    return (_highest(first), _highest(second)), here, converged


def _highest(ratio: float) -> float:
    return HIGHEST if ratio > HIGHEST * 0.999 else ratio


def refusal(values: Floats, scores: int, entries: int, judges: int) -> str:
    """The code by which a part is refused, or nothing."""
    if np.all(values == values[0]):
        return "all-equal"
    if judges == 1:
        return "one-judge"
    if entries == 1 or scores - entries - judges + 1 <= 0:
        return "no-degrees-of-freedom"
    return ""


SENTENCES = {
    "exact-fit": (
        "The scores are explained without any rest, so there is no noise to measure: least squares, no intervals.",
        "",
    ),
    "all-equal": ("All scores are equal: all are tied.", "Read the entries again."),
    "one-judge": (
        "One judge gave all the scores, so nothing can be said of severity or of errors: the order is that judge's.",
        "Have some entries read by a second judge.",
    ),
    "no-degrees-of-freedom": (
        "There are too few scores to tell severity from chance: plain means stand, without errors or intervals.",
        "Have more entries read by two or more judges.",
    ),
}


def refused(code: str, entries: Integers, judges: Integers) -> Notice:
    """The notice of a part that keeps its plain means."""
    return Notice(code, *SENTENCES[code], tuple(judges.tolist()), tuple(entries.tolist()))


def not_converged(entries: Integers, judges: Integers) -> Notice:
    """The notice of a fit that did not come to rest."""
    return Notice(
        "not-converged",
        "The variances did not settle: the estimates stand where the search ended.",
        "Compare with the calibrated estimates.",
        tuple(judges.tolist()),
        tuple(entries.tolist()),
    )


def boundary_notices(variances: tuple[float, ...], entries: Integers, judges: Integers) -> list[Notice]:
    """What a variance of 0 means, for (entries, judges)."""
    found = []
    if variances[0] == 0.0:
        found.append(
            Notice(
                "no-entry-variance",
                "The scores do not separate the entries: there is no winner by statistics.",
                "Read the entries again, or decide by other means.",
                entries=tuple(entries.tolist()),
            )
        )
    if variances[1] == 0.0:
        found.append(
            Notice("no-judge-variance", "No severity differences were found.", judges=tuple(judges.tolist()))
        )
    return found
