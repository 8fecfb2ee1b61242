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

from judging.arrays import Floats, frozen
from judging.calibration import Calibration
from judging.distributions import chi_square_quantile, student_quantile
from judging.residuals import Additive, UnusualSheet, additive_fit, unusual_sheets

CONFIDENCE = 0.9
# Degrees of freedom below which a judge has no mean squares; drawn ones cannot tell very little from nothing.
LEAST, LEAST_DRAWN = 1e-9, 0.05


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


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """
    How noisy each judge is beside the others. Arrays are read-only; NaN where nothing can be told.

    Parameters
    ----------
    infit : ndarray, shape (J,)
        Mean square of the residuals over what is expected of them together; no unit, 1 is as noisy as all.
    outfit : ndarray, shape (J,)
        Mean of each squared residual over what is expected of it.
    dof : ndarray, shape (J,)
        Degrees of freedom that the judge's sheets have.
    """

    infit: Floats
    outfit: Floats
    dof: Floats


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
    size = len(calibration.severity)
    squares = mean_squares(fit)
    sheets = np.bincount(fit.judge, minlength=size)
    mean = np.bincount(fit.judge, y, size) / np.maximum(sheets, 1)
    spread = np.sqrt(np.bincount(fit.judge, (y - mean[fit.judge]) ** 2, size) / np.maximum(sheets - 1, 1))
    freedom = np.array([*(part.dof for part in calibration.parts), 0])[calibration.part_of_judge]
    profiles = []
    for judge in np.flatnonzero(sheets).tolist():
        infit = float(squares.infit[judge])
        profiles.append(
            Profile(
                judge=judge,
                sheets=int(sheets[judge]),
                strictness=_student(
                    float(calibration.severity[judge]),
                    float(calibration.severity_se[judge]),
                    int(freedom[judge]),
                    confidence,
                ),
                spread=_chi_square(
                    float(spread[judge]) if sheets[judge] > 1 else float("nan"),
                    sheets[judge] - 1.0,
                    confidence,
                ),
                noise=_chi_square(math.sqrt(infit * fit.variance), float(squares.dof[judge]), confidence),
                infit=infit,
                outfit=float(squares.outfit[judge]),
            )
        )
    return tuple(profiles), unusual_sheets(fit)


def mean_squares(fit: Additive) -> MeanSquares:
    """
    Infit and outfit of each judge.

    Parameters
    ----------
    fit : Additive
        Of one criterion; n sheets, J judges.

    Returns
    -------
    MeanSquares
        Judges of whose residuals next to nothing is expected have none.
    """
    size = len(fit.effects)
    dof = np.bincount(fit.judge, fit.weights * fit.expected, size)
    known = fit.expected > 0
    least = LEAST if fit.exact else LEAST_DRAWN
    told = (dof >= least) & (fit.dof >= 1) & bool(fit.variance > 0)
    squares = fit.residual**2 / (fit.variance if fit.variance > 0 else 1.0)
    infit = np.bincount(fit.judge, fit.weights * squares, size) / np.where(told, dof, 1.0)
    over = squares[known] / fit.expected[known]
    counts = np.bincount(fit.judge[known], minlength=size)
    outfit = np.bincount(fit.judge[known], over, size) / np.maximum(counts, 1)
    return MeanSquares(
        infit=frozen(np.where(told, infit, np.nan)),
        outfit=frozen(np.where(told, outfit, np.nan)),
        dof=frozen(np.where(told, dof, 0.0)),
    )


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
