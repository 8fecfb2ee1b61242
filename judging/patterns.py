"""Patterns in marks that are not quality: halo, drift along the pile, own-country lift.

A lift or a drift is one more term of the additive model, ``y = v_e + b_j + beta x + eps``, fitted by least
squares after entries and judges are taken out of y and of x (Frisch and Waugh 1933; Lovell 1963), so neither
a good entry nor a mild judge can pass for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Floats, Integers, index_array
from judging.distributions import normal_quantile, normal_tails, student_quantile, student_tails
from judging.residuals import Additive, additive_fit

CONFIDENCE = 0.9
HALO_FROM = 8


@dataclass(frozen=True, slots=True)
class Slope:
    """
    What one unit of another number adds to a mark, all else equal.

    Parameters
    ----------
    value, error : float
        Scale units; NaN where the design cannot tell it from entries and judges.
    low, high : float
        Ends of the 90 % interval.
    chance : float
        That chance alone makes it as large, on either side.
    dof : int
    sheets : int
        Sheets on which the number is not 0.
    """

    value: float
    error: float
    low: float
    high: float
    chance: float
    dof: int
    sheets: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """A pattern over the round and judge by judge; `judges` holds those of whom it can be told."""

    everybody: Slope
    judges: tuple[tuple[int, Slope], ...]


@dataclass(frozen=True, slots=True)
class Halo:
    """
    How much a judge's marks in several criteria go up and down together, beyond the entry and the severity.

    Parameters
    ----------
    judge : int
    sheets : int
        Sheets with at least two criteria.
    correlation : float
        Of the residuals of two criteria on one sheet, over all pairs.
    low, high : float
        Ends of its 90 % interval (Fisher's z on the sheets).
    chance : float
        That the judge differs so from the other judges by chance, on either side.
    flat : float
        Share of the sheets whose marks stand at the same part of their scale in all criteria; NaN where no
        parts were given.
    """

    judge: int
    sheets: int
    correlation: float
    low: float
    high: float
    chance: float
    flat: float


def covariate_slope(fit: Additive, covariate: npt.ArrayLike) -> Slope:
    """
    What another number on each sheet adds to the mark, beside the entry and the judge.

    Parameters
    ----------
    fit : Additive
    covariate : array_like, shape (n,)
        In any unit.

    Returns
    -------
    Slope
        Scale units for one unit of the covariate.

    Raises
    ------
    ValueError
        Another length, or a number that is not finite.
    """
    x = np.asarray(covariate, dtype=np.float64)
    if x.shape != fit.entry.shape or not np.isfinite(x).all():
        raise ValueError(f"the covariate must hold {len(fit.entry)} finite numbers")
    sheets = int(np.count_nonzero(x))
    left = fit.left_of(x)
    size = float(np.sum(fit.weights * left**2))
    dof = fit.dof - 1
    nothing = float("nan")
    if dof < 1 or size <= 1e-9 * max(float(np.sum(fit.weights * x**2)), 1e-300):
        return Slope(nothing, nothing, nothing, nothing, nothing, max(dof, 0), sheets)
    value = float(np.sum(fit.weights * left * fit.residual)) / size
    error = math.sqrt(max(fit.rss - value**2 * size, 0.0) / dof / size)
    reach = student_quantile(0.5 + CONFIDENCE / 2, dof) * error
    ratio = value / error if error > 0 else math.copysign(math.inf, value) if value else 0.0
    return Slope(value, error, value - reach, value + reach, student_tails(ratio, dof), dof, sheets)


def own_country_lift(
    entry: npt.ArrayLike, judge: npt.ArrayLike, values: npt.ArrayLike, own: npt.ArrayLike
) -> Patterns:
    """
    What judges give to entries of their own country beyond what others would.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    own : array_like of bool, shape (n,)
        Whether the judge shares a country with the entry; an unknown country is False.

    Returns
    -------
    Patterns
        Lifts in scale units.

    Raises
    ------
    ValueError
        As `additive_fit`, or `own` has another length.
    """
    return _patterns(additive_fit(entry, judge, values), np.asarray(own, dtype=np.bool_).astype(np.float64))


def order_drift(
    entry: npt.ArrayLike, judge: npt.ArrayLike, values: npt.ArrayLike, position: npt.ArrayLike
) -> Patterns:
    """
    How marks move along each judge's own order of reading: fatigue, or a standard that settles.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    position : array_like, shape (n,)
        When the judge marked it; only the order within a judge matters.

    Returns
    -------
    Patterns
        From a judge's first sheet to the last, in scale units: negative is stricter towards the end.

    Raises
    ------
    ValueError
        As `additive_fit`, or `position` has another length.
    """
    fit = additive_fit(entry, judge, values)
    at = np.asarray(position, dtype=np.float64)
    if at.shape != fit.judge.shape:
        raise ValueError(f"position must have the shape {fit.judge.shape}, not {at.shape}")
    share = np.zeros(len(at))
    for number in np.unique(fit.judge).tolist():
        rows = np.flatnonzero(fit.judge == number)
        places = np.unique(at[rows], return_inverse=True)[1]
        if places.max() > 0:
            share[rows] = places / places.max()
    return _patterns(fit, share)


def halo(
    criteria: Sequence[Additive], *, shares: Sequence[npt.ArrayLike] | None = None, judges: int | None = None
) -> tuple[float, tuple[Halo, ...]]:
    """
    Halo across criteria, over the round and judge by judge.

    Parameters
    ----------
    criteria : sequence of Additive
        One fit for each criterion, over the same entries and judges.
    shares : sequence of array_like, each of shape (n,), optional
        For each criterion, how high up its scale each mark stands (0 to 1); gives `Halo.flat`.
    judges : int, optional
        J; default: the most of any criterion.

    Returns
    -------
    correlation : float
        Over all judges; NaN where no sheet has two criteria.
    judges : tuple of Halo
        Judges with eight such sheets or more.

    Raises
    ------
    ValueError
        `shares` does not fit the criteria.
    """
    count_j = judges if judges is not None else max((len(fit.effects) for fit in criteria), default=0)
    if shares is not None and len(shares) != len(criteria):
        raise ValueError(f"{len(shares)} lists of shares for {len(criteria)} criteria")
    products, sizes = np.zeros((3, count_j)), np.zeros(count_j, dtype=np.int64)
    keys = [fit.entry * max(count_j, 1) + index_array("judge", fit.judge, count_j) for fit in criteria]
    seen: list[Integers] = []
    for a, first in enumerate(criteria):
        for b in range(a):
            second = criteria[b]
            _, left, right = np.intersect1d(keys[a], keys[b], return_indices=True)
            one, two = _standard(first)[left], _standard(second)[right]
            who = first.judge[left]
            for row, product in enumerate((one * two, one**2, two**2)):
                products[row] += np.bincount(who, product, count_j)
            seen.append(keys[a][left])
    if seen:
        sizes = np.bincount(np.unique(np.concatenate(seen)) % max(count_j, 1), minlength=count_j)
    flat = _flat(keys, shares, count_j)
    whole = products.sum(axis=1)
    overall = _correlation(whole)
    found = []
    for judge in np.flatnonzero(sizes >= HALO_FROM).tolist():
        own, others = products[:, judge], whole - products[:, judge]
        correlation, rest = _correlation(own), _correlation(others)
        count, many = int(sizes[judge]), int(sizes.sum() - sizes[judge])
        z, reach = _fisher(correlation), normal_quantile(0.5 + CONFIDENCE / 2) / math.sqrt(count - 3)
        apart = math.sqrt(1 / (count - 3) + 1 / (many - 3)) if many > 3 else float("nan")
        found.append(
            Halo(
                judge=judge,
                sheets=count,
                correlation=correlation,
                low=math.tanh(z - reach),
                high=math.tanh(z + reach),
                chance=normal_tails((z - _fisher(rest)) / apart),
                flat=float(flat[judge]),
            )
        )
    return overall, tuple(found)


def _patterns(fit: Additive, covariate: Floats) -> Patterns:
    slopes = []
    for judge in np.unique(fit.judge[covariate != 0]).tolist():
        slope = covariate_slope(fit, np.where(fit.judge == judge, covariate, 0.0))
        if math.isfinite(slope.value):
            slopes.append((int(judge), slope))
    return Patterns(covariate_slope(fit, covariate), tuple(slopes))


def _standard(fit: Additive) -> Floats:
    """Residuals over their own errors; 0 where nothing is expected of one."""
    good: Booleans = (fit.expected > 0) & np.full(len(fit.expected), fit.dof > 0 and fit.variance > 0)
    result = np.zeros(len(fit.residual))
    result[good] = fit.residual[good] / np.sqrt(fit.variance * fit.expected[good])
    return result


def _correlation(sums: Floats) -> float:
    size = math.sqrt(float(sums[1]) * float(sums[2]))
    return float(np.clip(sums[0] / size, -1.0, 1.0)) if size > 0 else float("nan")


def _fisher(correlation: float) -> float:
    return math.atanh(min(max(correlation, -0.999999), 0.999999))


def _flat(keys: Sequence[Integers], shares: Sequence[npt.ArrayLike] | None, judges: int) -> Floats:
    nothing = np.full(judges, np.nan)
    if shares is None or not keys:
        return nothing
    sheets, which, counts = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
    values = np.concatenate([np.asarray(share, dtype=np.float64) for share in shares])
    if values.shape != which.shape:
        raise ValueError(f"{len(values)} shares for {len(which)} marks")
    low, high = np.full(len(sheets), np.inf), np.full(len(sheets), -np.inf)
    np.minimum.at(low, which, values)
    np.maximum.at(high, which, values)
    several = counts > 1
    who = sheets[several] % judges
    total = np.bincount(who, minlength=judges)
    same = np.bincount(who, (high - low)[several] < 1e-9, judges)
    return np.where(total > 0, same / np.maximum(total, 1), nothing)
