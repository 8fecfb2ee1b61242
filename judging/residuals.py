"""Residuals of the additive model, what is expected of them, and which sheets are unusual.

Least squares with entries and judges fixed, so that a judge's severity is taken out whole and not in part.
With K = diag(1/D_e) N and S the judges' Laplacian (`judging.projections`), the residual of a sheet has the variance
``sigma2 (1/w - 1/D_e - z' S+ z)``, ``z = e_j - K_e``. Residuals over their own errors follow Student's law
when the sheet itself is kept out of sigma2 (Cook and Weisberg 1982, Residuals and Influence in Regression).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen
from judging.distributions import student_tails
from judging.projections import Projection, projection_of
from judging.scores import checked

UNUSUAL = 0.05
NOISELESS = 1e-20
# Where errors are drawn, so many of the most unusual sheets are looked at once more, exactly, and what is nearly so.
LOOKED_AT, NEARLY = 100, 1.1


@dataclass(frozen=True, slots=True)
class Additive:
    """
    An additive least squares fit.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
    weights : ndarray, shape (n,)
    effects : ndarray, shape (J,)
        What a judge gives above the others (minus the severity), summing to 0 in each connected part.
    residual : ndarray, shape (n,)
        Scale units.
    expected : ndarray, shape (n,)
        Variance of each residual in units of sigma2; 0 where the model fits a sheet whatever its mark.
    rss : float
        Weighted residual sum of squares.
    dof : int
        ``n - E - J + c``.
    exact : bool
        Whether `expected` is exact. Where both sides of a part have more than 3,000 members it is drawn: right to some
        thousandths where the smaller side has ten sheets each or more, to some hundredths where it has four.
    """

    entry: Integers
    judge: Integers
    weights: Floats
    effects: Floats
    residual: Floats
    expected: Floats
    rss: float
    dof: int
    exact: bool
    _projection: Projection

    @property
    def variance(self) -> float:
        """sigma2 in squared scale units; NaN without degrees of freedom."""
        return self.rss / self.dof if self.dof > 0 else float("nan")

    def left_of(self, covariate: Floats) -> Floats:
        """What entries and judges leave unexplained of another number on each sheet, shape (n,)."""
        return self._projection.fitted(covariate)[1]

    def expected_of(self, row: int) -> float:
        """`expected` of one sheet, exactly at every size."""
        return float(self.expected[row]) if self.exact else self._projection.expected_of(row)


@dataclass(frozen=True, slots=True)
class UnusualSheet:
    """
    A sheet that the others do not explain.

    Parameters
    ----------
    row : int
        In the arrays that were given.
    entry, judge : int
    residual : float
        How far it lies above (+) what the entry and the judge let expect, in scale units.
    ratio : float
        The same over its own error, the sheet kept out of the noise: Student's t.
    chance : float
        That chance alone makes any of the n sheets as unusual (Bonferroni), 0 to 1.
    """

    row: int
    entry: int
    judge: int
    residual: float
    ratio: float
    chance: float


def additive_fit(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    entries: int | None = None,
    judges: int | None = None,
    errors: bool = True,
) -> Additive:
    """
    Fit ``y = v_e + b_j + eps`` by least squares over all connected parts.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    weights : array_like, shape (n,), optional
        Positive; default 1.
    entries, judges : int, optional
        E and J; default: one more than the highest index. Up to 300 judges and 600,000 cells of entries by judges a
        table is kept; beyond, memory grows with the sheets, and the same comes out.
    errors : bool
        Off: `expected` is NaN, which spares the most of the work.

    Returns
    -------
    Additive

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, a value that is not finite, a weight that is not
        positive.
    """
    e, j, y, w = checked(entry, judge, values, weights, entries, judges)
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    projection = projection_of(e, j, w, count_e, count_j)
    effects, residual = projection.fitted(y)
    used_e, used_j = projection.members
    return Additive(
        entry=e,
        judge=j,
        weights=frozen(w),
        effects=frozen(effects),
        residual=frozen(residual),
        expected=frozen(projection.expected() if errors else np.full(len(e), np.nan)),
        rss=float(np.sum(w * residual**2)),
        dof=len(e) - used_e - used_j + projection.parts,
        exact=projection.exact,
        _projection=projection,
    )


def unusual_sheets(fit: Additive, chance: float = UNUSUAL) -> tuple[UnusualSheet, ...]:
    """
    Sheets that chance alone would make so unusual less often than `chance` in a whole round.

    Parameters
    ----------
    fit : Additive
    chance : float
        Between 0 and 1; Bonferroni's for all sheets together.

    Returns
    -------
    tuple of UnusualSheet
        The most unusual first; empty with fewer than two degrees of freedom.
    """
    rows = np.flatnonzero(fit.expected > 0)
    if fit.dof < 2 or fit.rss <= 0 or len(rows) == 0:
        return ()
    expected = fit.expected[rows]
    inner = fit.residual[rows] / np.sqrt(fit.variance * expected)
    if not fit.exact:
        for place in np.argsort(-np.abs(inner), kind="stable")[:LOOKED_AT].tolist():
            nearly = float(_without_itself(NEARLY * inner[place], fit.dof))
            if len(rows) * student_tails(nearly, fit.dof - 1) >= chance:
                break
            known = fit.expected_of(int(rows[place]))
            inner[place] *= math.sqrt(expected[place] / known) if known > 0 else 0.0
    outer = _without_itself(inner, fit.dof)
    found = []
    for place in np.argsort(-np.abs(outer), kind="stable").tolist():
        alone = min(1.0, len(rows) * student_tails(float(outer[place]), fit.dof - 1))
        if alone >= chance:
            break
        row = int(rows[place])
        found.append(
            UnusualSheet(
                row=row,
                entry=int(fit.entry[row]),
                judge=int(fit.judge[row]),
                residual=float(fit.residual[row]),
                ratio=float(outer[place]),
                chance=alone,
            )
        )
    return tuple(found)


def _without_itself(inner: Floats, dof: int) -> Floats:
    """Residuals over their errors, each sheet kept out of the noise."""
    # 0 left for the others: the sheet is the whole noise.
    rest = np.maximum(dof - inner**2, 1e-12 * dof)
    result: Floats = inner * np.sqrt((dof - 1) / rest)
    return result


def exact_estimates(entry: Integers, judge: Integers, values: Floats) -> Floats | None:
    """
    Least squares estimates where entries and judges explain every score without any rest, else None.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Every index up to the highest occurs.
    values : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (E,), or None
        Scale units, at the mean of the scores.
    """
    level = float(values.mean())
    fit = additive_fit(entry, judge, values - level, errors=False)
    if fit.rss > NOISELESS * float(np.sum((values - level) ** 2)):
        return None
    effects = fit.effects - float(np.mean(fit.effects[judge]))
    result: Floats = level + np.bincount(entry, values - level - effects[judge]) / np.bincount(entry)
    return result
