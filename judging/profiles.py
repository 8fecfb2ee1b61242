"""One judge beside the others: strictness, spread and noise with intervals, infit and outfit.

Infit and outfit are the mean squares of many-facet measurement (Linacre 1989; winsteps.com/facets): infit
weighs residuals by what is expected of them, outfit counts each alike and so shows single wild sheets. Both
are 1 on average, and 0.5 to 1.5 is usual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.calibration import Calibration
from judging.distributions import chi_square_quantile, student_quantile
from judging.residuals import Additive, UnusualSheet, additive_fit, unusual_sheets

CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the ends of its interval, in the unit of the number; NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Profile:
    """
    How one judge marked in one criterion.

    Parameters
    ----------
    judge : int
    sheets : int
    strictness : Interval
        Severity, positive for a judge who gives less than others would; scale units, Student's t.
    spread : Interval
        Standard deviation of what the judge gave, chi-square; scale units. Its cause can be the entries.
    noise : Interval
        Standard deviation of what is left when quality and severity are taken out, on the degrees of freedom
        that the judge's sheets have; scale units.
    infit, outfit : float
        Mean squares; NaN where nothing is expected of the residuals.
    """

    judge: int
    sheets: int
    strictness: Interval
    spread: Interval
    noise: Interval
    infit: float
    outfit: float


def judge_profiles(
    calibration: Calibration,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> tuple[tuple[Profile, ...], tuple[UnusualSheet, ...]]:
    """
    Every judge of a calibrated criterion, and the sheets that nothing explains.

    Parameters
    ----------
    calibration : Calibration
        Of `values`.
    values : array_like, shape (n,)
        Scale units, in the order of the calibration.
    weights : array_like, shape (n,), optional
        Those of the calibration.
    confidence : float
        Of the intervals.

    Returns
    -------
    profiles : tuple of Profile
        Judges with a sheet, by index.
    unusual : tuple of UnusualSheet

    Raises
    ------
    ValueError
        As `additive_fit`, or `confidence` is not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie strictly between 0 and 1, not {confidence}")
    fit = additive_fit(
        calibration.entry,
        calibration.judge,
        values,
        weights=weights,
        entries=len(calibration.estimate),
        judges=len(calibration.severity),
    )
    y = np.asarray(values, dtype=np.float64)
    freedom = np.array([*(part.dof for part in calibration.parts), 0])[calibration.part_of_judge]
    profiles = []
    for judge in np.flatnonzero(np.bincount(fit.judge, minlength=len(calibration.severity))).tolist():
        rows = np.flatnonzero(fit.judge == judge)
        infit, outfit, dof = _mean_squares(fit, rows)
        spread = float(np.std(y[rows], ddof=1)) if len(rows) > 1 else float("nan")
        profiles.append(
            Profile(
                judge=judge,
                sheets=len(rows),
                strictness=_student(
                    float(calibration.severity[judge]),
                    float(calibration.severity_se[judge]),
                    int(freedom[judge]),
                    confidence,
                ),
                spread=_chi_square(spread, len(rows) - 1.0, confidence),
                noise=_chi_square(math.sqrt(infit * fit.variance), dof, confidence),
                infit=infit,
                outfit=outfit,
            )
        )
    return tuple(profiles), unusual_sheets(fit)


def _mean_squares(fit: Additive, rows: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    expected = fit.expected[rows]
    known = expected > 0
    dof = float(np.sum(fit.weights[rows] * expected))
    if fit.dof < 1 or not fit.variance > 0 or dof < 1e-9:
        return float("nan"), float("nan"), 0.0
    squares = fit.residual[rows] ** 2 / fit.variance
    infit = float(np.sum(fit.weights[rows] * squares)) / dof
    return infit, float(np.mean(squares[known] / expected[known])), dof


def _student(value: float, error: float, dof: int, confidence: float) -> Interval:
    if dof < 1 or not math.isfinite(error):
        return Interval(value, float("nan"), float("nan"))
    reach = student_quantile(0.5 + confidence / 2, dof) * error
    return Interval(value, value - reach, value + reach)


def _chi_square(deviation: float, dof: float, confidence: float) -> Interval:
    """A standard deviation that rests on so many degrees of freedom."""
    if dof < 0.5 or not math.isfinite(deviation):
        return Interval(deviation, float("nan"), float("nan"))
    tail = (1 - confidence) / 2
    return Interval(
        deviation,
        deviation * math.sqrt(dof / chi_square_quantile(1 - tail, dof)),
        deviation * math.sqrt(dof / chi_square_quantile(tail, dof)),
    )
