"""Several criteria, each calibrated, then weighted into one total with its covariance.

The total is the weighted mean of the criteria's values, in scale units. Officially it is
``round_half_even(sum(w * official) / sum(w))`` in millionths, with integer weights. Errors of the criteria
are not independent: a judge who is severe in one is often severe in another, and a sheet that came out too
high in one often did in another. Both correlations are estimated over the whole round and carried into the
covariance of the total.
This project's own, with the linear model's algebra.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, frozen_integers
from judging.calibration import Calibration, Covariance
from judging.parts import Fit

# These explain every score without noise, so they add nothing to the error of a total.
NOISELESS = frozenset({Fit.EXACT, Fit.ALL_EQUAL})


@dataclass(frozen=True, slots=True)
class Total:
    """
    Weighted total of several criteria.

    Parameters
    ----------
    raw, estimate, se : ndarray, shape (E,)
        In scale units; NaN where a criterion that has a weight is missing, or where nothing is known of
        errors.
    covariance : Covariance
        Of the estimates.
    dof : ndarray of int64, shape (E,)
        Fewest residual degrees of freedom behind any criterion of the entry; 0 where there are no errors.
    group : ndarray of int64, shape (E,)
        Entries of one group have the same judged criteria and are connected in each of them, so they can be
        compared; -1 where there is no total.
    official_raw, official : tuple of int or None, length E
        Millionths of a scale unit.
    """

    raw: Floats
    estimate: Floats
    se: Floats
    covariance: Covariance
    dof: Integers
    group: Integers
    official_raw: tuple[int | None, ...]
    official: tuple[int | None, ...]


def weigh(numbers: Sequence[Sequence[int | None]], weights: npt.ArrayLike) -> tuple[int | None, ...]:
    """
    Weighted mean of official numbers, exact and rounded half to even once.

    Parameters
    ----------
    numbers : C sequences of E int or None
        Millionths.
    weights : array_like of int, shape (C, E)
        0 is not judged.

    Returns
    -------
    tuple of int or None
        None where no criterion has a weight or one that has is missing.
    """
    table = np.asarray(weights, dtype=np.int64)
    result: list[int | None] = []
    for entry in range(table.shape[1]):
        total, load = 0, 0
        for criterion in np.flatnonzero(table[:, entry]).tolist():
            number = numbers[criterion][entry]
            if number is None:
                load = 0
                break
            weight = int(table[criterion, entry])
            total += weight * number
            load += weight
        result.append(round(Fraction(total, load)) if load else None)
    return tuple(result)


def combine(calibrations: Sequence[Calibration], weights: npt.ArrayLike) -> Total:
    """
    Weight calibrated criteria into a total.

    Parameters
    ----------
    calibrations : sequence of C Calibration
        Over the same E entries and J judges, with official numbers.
    weights : array_like of int, shape (C, E)
        Weight of each criterion for each entry (by its category); 0 is not judged.

    Returns
    -------
    Total

    Raises
    ------
    ValueError
        Shapes that do not fit, negative weights, or a calibration without official numbers.
    """
    table = np.asarray(weights)
    size = len(calibrations[0].estimate) if calibrations else 0
    if table.shape != (len(calibrations), size) or not calibrations:
        raise ValueError(f"weights must have the shape ({len(calibrations)}, {size}), not {table.shape}")
    if table.dtype.kind not in "iu" or (table < 0).any():
        raise ValueError("weights must be integers of 0 or more")
    official: list[Sequence[int | None]] = []
    official_raw: list[Sequence[int | None]] = []
    for number, calibration in enumerate(calibrations):
        if calibration.official is None or calibration.official_raw is None:
            raise ValueError(f"criterion {number} has no official numbers: calibrate it with integer values")
        official.append(calibration.official)
        official_raw.append(calibration.official_raw)
    load = table.sum(axis=0)
    missing = load == 0
    for row, calibration in zip(table, calibrations, strict=True):
        missing |= (row > 0) & (calibration.counts == 0)
    share = np.where(load > 0, table / np.maximum(load, 1), 0.0)

    raw, estimate = np.zeros(size), np.zeros(size)
    for row, calibration in zip(share, calibrations, strict=True):
        raw += np.where(row > 0, row * calibration.raw, 0.0)
        estimate += np.where(row > 0, row * calibration.estimate, 0.0)
    raw[missing] = estimate[missing] = np.nan
    covariance, dof = _errors(calibrations, share)
    covariance.own[missing] = np.nan
    variances = covariance.variances()
    known = np.isfinite(variances)
    group = _groups(calibrations, table, missing)
    drawn = any(calibration.covariance.part is not None for calibration in calibrations)
    return Total(
        raw=frozen(raw),
        estimate=frozen(estimate),
        se=frozen(np.sqrt(variances)),
        covariance=Covariance(
            frozen(covariance.own),
            frozen(covariance.severity),
            frozen(covariance.noise),
            frozen_integers(group) if drawn else None,
        ),
        dof=frozen_integers(np.where(known, dof, 0)),
        group=frozen_integers(group),
        official_raw=weigh(official_raw, table),
        official=weigh(official, table),
    )


def combine_severities(calibrations: Sequence[Calibration], share: Floats) -> tuple[Floats, Floats]:
    """
    Severity of each judge over several criteria.

    Parameters
    ----------
    calibrations : sequence of C Calibration
    share : ndarray, shape (C, J)
        How much each criterion counts for each judge; 0 for one that the judge did not mark.

    Returns
    -------
    severity, se : ndarray, shape (J,)
        In scale units; NaN where a criterion that counts has none.
    """
    noise_root = nearest_root(_noise_correlation(calibrations))
    severity_root = nearest_root(_severity_correlation(calibrations))
    count, judges = share.shape
    total, unknown = np.zeros(judges), np.zeros(judges)
    severity = np.zeros((count, judges, _columns(c.severity_covariance.severity for c in calibrations)))
    noise = np.zeros((count, judges, _columns(c.severity_covariance.noise for c in calibrations)))
    for row, (part, calibration) in enumerate(zip(share, calibrations, strict=True)):
        total += np.where(part > 0, part * calibration.severity, 0.0)
        errors = calibration.severity_covariance
        unknown += np.where(part > 0, errors.own, 0.0)
        severity[:, :, : errors.severity.shape[1]] += severity_root[row][:, None, None] * (
            part[:, None] * errors.severity
        )
        noise[:, :, : errors.noise.shape[1]] += noise_root[row][:, None, None] * (
            part[:, None] * errors.noise
        )
    variance = np.sum(severity**2, axis=(0, 2)) + np.sum(noise**2, axis=(0, 2))
    return total, np.sqrt(variance) + unknown


def _errors(calibrations: Sequence[Calibration], share: Floats) -> tuple[Covariance, Integers]:
    entries = len(calibrations[0].estimate)
    noise_root = nearest_root(_noise_correlation(calibrations))
    severity_root = nearest_root(_severity_correlation(calibrations))
    count = len(calibrations)
    own = np.zeros((count, entries))
    severity = np.zeros((count, entries, _columns(c.covariance.severity for c in calibrations)))
    noise = np.zeros((count, entries, _columns(c.covariance.noise for c in calibrations)))
    dof = np.full(entries, np.iinfo(np.int64).max)
    loud = np.zeros(entries, dtype=np.bool_)
    for row, (part_share, calibration) in enumerate(zip(share, calibrations, strict=True)):
        quiet = _noiseless(calibration)
        judged = part_share > 0
        own_here = np.where(quiet, 0.0, calibration.covariance.own)
        own_here = np.where(judged, part_share * own_here, 0.0)
        own += noise_root[row][:, None] * own_here
        weighted, errors = part_share[:, None], calibration.covariance
        noise[:, :, : errors.noise.shape[1]] += noise_root[row][:, None, None] * (weighted * errors.noise)
        severity[:, :, : errors.severity.shape[1]] += severity_root[row][:, None, None] * (
            weighted * errors.severity
        )
        counts = judged & ~quiet
        dof = np.where(counts, np.minimum(dof, calibration.dof), dof)
        loud |= counts
    total_own = np.sqrt(np.sum(own**2, axis=0))
    total_own[~loud] = np.nan
    return Covariance(total_own, _side_by_side(severity), _side_by_side(noise)), np.where(loud, dof, 0)


def _columns(factors: Iterable[Floats]) -> int:
    return max(int(factor.shape[1]) for factor in factors)


def _noiseless(calibration: Calibration) -> npt.NDArray[np.bool_]:
    by_part = np.array([*(part.fit in NOISELESS for part in calibration.parts), False])
    result: npt.NDArray[np.bool_] = by_part[calibration.part_of_entry]
    return result


def _side_by_side(blocks: Floats) -> Floats:
    """(C, E, J) to (E, C J), without the columns that hold nothing."""
    wide = np.concatenate(list(blocks), axis=1)
    result: Floats = wide[:, np.any(wide != 0, axis=0)]
    return result


def _groups(
    calibrations: Sequence[Calibration], table: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_]
) -> Integers:
    parts = np.stack([calibration.part_of_entry for calibration in calibrations])
    keys: dict[tuple[int, ...], int] = {}
    # A criterion that is not judged in a category links nothing there.
    judged = np.where(table > 0, parts, -1)
    group = np.full(table.shape[1], -1, dtype=np.int64)
    for entry in np.flatnonzero(~missing).tolist():
        group[entry] = keys.setdefault(tuple(judged[:, entry].tolist()), len(keys))
    return group


def _noise_correlation(calibrations: Sequence[Calibration]) -> Floats:
    columns = []
    for calibration in calibrations:
        sigma = np.array([*(np.sqrt(part.residual_variance or np.nan) for part in calibration.parts), np.nan])
        judges = len(calibration.severity)
        columns.append(
            (
                calibration.entry * judges + calibration.judge,
                calibration.residual / sigma[calibration.part_of_entry[calibration.entry]],
            )
        )
    count = len(columns)
    result = np.eye(count)
    for a in range(count):
        for b in range(a):
            _, left, right = np.intersect1d(columns[a][0], columns[b][0], return_indices=True)
            result[a, b] = result[b, a] = _about_zero(columns[a][1][left], columns[b][1][right])
    return result


def _severity_correlation(calibrations: Sequence[Calibration]) -> Floats:
    columns = []
    for calibration in calibrations:
        tau = np.array([*(np.sqrt(part.judge_variance or np.nan) for part in calibration.parts), np.nan])
        columns.append(calibration.severity / tau[calibration.part_of_judge])
    count = len(columns)
    result = np.eye(count)
    for a in range(count):
        for b in range(a):
            result[a, b] = result[b, a] = _about_zero(columns[a], columns[b])
    return result


def _about_zero(first: Floats, second: Floats) -> float:
    """Correlation about zero of what both have; 0 where there is too little."""
    known = np.isfinite(first) & np.isfinite(second)
    a, b = first[known], second[known]
    size = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
    return float(np.clip(np.sum(a * b) / size, -1.0, 1.0)) if len(a) > 1 and size > 0 else 0.0


def nearest_root(correlation: Floats) -> Floats:
    """
    R with ``R R'`` the nearest proper correlation matrix: negative eigenvalues dropped, rows of length 1.
    """
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    result: Floats = root / np.linalg.norm(root, axis=1)[:, None]
    return result
