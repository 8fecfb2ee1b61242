"""Calibration of one criterion: judges' severity and entries' quality, jointly.

The model is ``y_i = v_e(i) + b_j(i) + eps_i`` with ``var(eps_i) = sigma2 / w_i``. By default entries are
fixed and judges random with REML variances (generalised least squares), which becomes the raw mean where the
data show no severity and least squares where judges overlap well. Each connected part is fitted by itself. A
refusal is a result: the part keeps raw means, says why in a notice, and has no errors.

Up to 1,200 judges and two million cells of entries by judges the errors have their exact covariance. Larger rounds are
fitted without a table (`judging.wide`): the smaller side is factored up to 3,000 entries or judges and the ratio is the
same; beyond, it is found by conjugate gradients and stochastic REML, right to some 1e-4. There the covariance is kept as
draws: standard errors of entries are right to a few in a hundred (exact where a side was factored).

Sources: MacKay, Kenna, Low and Parker 2017, R. Soc. open sci. 4:160760, https://doi.org/10.1098/rsos.160760;
Yates 1940; Patterson and Thompson 1971, Biometrika 58, 545-554.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen, frozen_integers, index_array
from judging.diagnostics import design_notices, fit_notices
from judging.linkage import connected_parts
from judging.notices import Notice
from judging.official import calibrated_estimates, least_squares_estimates, raw_estimates
from judging.parts import Fit, PartData, PartFit, fit_part
from judging.parts import Model as Model
from judging.scales import millionths
from judging.scores import refuse_doubles, score_values, score_weights
from judging.whole import Marks
from judging.wide import MOST_DRAWS, WidePart, fit_wide, sorted_by_entry

# Up to here a table of entries by judges is kept and errors have their exact covariance.
TABLE_CELLS, TABLE_JUDGES = 2_000_000, 1_200


@dataclass(frozen=True, slots=True)
class Covariance:
    """
    Covariance of estimates (of entries, or of judges' severities), kept as ``diag(own**2) + severity severity' + noise noise'``.

    Parameters
    ----------
    own : ndarray, shape (E,)
        Error of an entry's own mean, in scale units; NaN where there are no errors.
    severity : ndarray, shape (E, J), or (E, R) with R columns drawn
        What is not known of the judges' severities: the part of each judge's true severity that shrinks away.
    noise : ndarray, shape (E, J), or (E, R)
        The part that comes from the noise of the sheets by which severity was measured.
    part : ndarray of int64, shape (E,), optional
        Given for large rounds, whose factors have fewer columns than there are judges: the columns are drawn, and each
        connected part uses them for itself. Errors in different parts are independent all the same.
    """

    own: Floats
    severity: Floats
    noise: Floats
    part: Integers | None = None

    def variances(self) -> Floats:
        """Variance of each estimate, shape (E,), in squared scale units."""
        result: Floats = self.own**2 + np.sum(self.severity**2, axis=1) + np.sum(self.noise**2, axis=1)
        return result

    def between(self, first: int, second: int) -> float:
        """Covariance of two entries' estimates."""
        if self.part is not None and self.part[first] != self.part[second]:
            return 0.0
        shared = float(self.severity[first] @ self.severity[second] + self.noise[first] @ self.noise[second])
        return shared + (float(self.own[first] ** 2) if first == second else 0.0)

    def dense(self) -> Floats:
        """The whole matrix, shape (E, E)."""
        shared = self.severity @ self.severity.T + self.noise @ self.noise.T
        if self.part is not None:
            shared *= self.part[:, None] == self.part[None, :]
        result: Floats = np.diag(self.own**2) + shared
        return result


@dataclass(frozen=True, slots=True)
class Part:
    """
    One connected part and what was fitted in it.

    Parameters
    ----------
    entries, judges : tuple of int
        Its members.
    scores : int
        n of the part.
    fit : Fit
        Which kind of fit it got.
    dof : int
        Residual degrees of freedom ``n - E - J + 1``.
    ratio : Fraction or None
        Residual over judge variance, rounded to six significant digits: the published fraction. None where it
        is infinite (no judge variance) or where nothing was estimated.
    residual_variance, judge_variance, log_likelihood : float or None
        At the published ratio, in squared scale units; None where refused.
    """

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    scores: int
    fit: Fit
    dof: int
    ratio: Fraction | None
    residual_variance: float | None
    judge_variance: float | None
    log_likelihood: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    Result of a calibration. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    model : Model
    entry, judge : ndarray of int64, shape (n,)
        The index arrays that were given.
    counts : ndarray of int64, shape (E,)
        Scores of each entry.
    raw, estimate, se : ndarray, shape (E,)
        Weighted mean, calibrated value and its standard error, in scale units.
    severity, severity_se : ndarray, shape (J,)
        Positive for a judge who gives less than others would; in scale units. They sum to zero within a part.
    residual : ndarray, shape (n,)
        ``y - estimate + severity``.
    fit : ndarray, shape (J,)
        Mean square of a judge's least squares residuals over what is expected of them: 1 is as noisy as the
        others.
    severity_covariance : Covariance
        Of the severities, with (J, J) factors and nothing of a judge's own; NaN in `own` where there are no errors.
    covariance : Covariance
        Of the estimates; errors in different parts are independent.
    part_of_entry, part_of_judge : ndarray of int64, shapes (E,), (J,)
        -1 without a score.
    parts : tuple of Part
    official_raw, official : tuple of int or None, length E; or None
        Exact numbers in millionths of a scale unit; None as a whole where values or weights are floats, None
        for an entry without a score.
    notices : tuple of Notice
    """

    model: Model
    entry: Integers
    judge: Integers
    counts: Integers
    raw: Floats
    estimate: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    residual: Floats
    fit: Floats
    severity_covariance: Covariance
    covariance: Covariance
    part_of_entry: Integers
    part_of_judge: Integers
    parts: tuple[Part, ...]
    official_raw: tuple[int | None, ...] | None
    official: tuple[int | None, ...] | None
    notices: tuple[Notice, ...]

    @property
    def dof(self) -> Integers:
        """Residual degrees of freedom behind each entry's error, shape (E,); 0 without a score."""
        by_part = np.array([*(part.dof for part in self.parts), 0], dtype=np.int64)
        result: Integers = by_part[self.part_of_entry]
        return result


def calibrate(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    confidence: npt.ArrayLike | None = None,
    normalised: bool = True,
    entries: int | None = None,
    judges: int | None = None,
    model: Model = Model.CALIBRATED,
    ratios: Sequence[Fraction | None] | None = None,
) -> Calibration:
    """
    Calibrate the scores of one criterion over a whole round.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
        Who was scored by whom; each pair at most once.
    values : array_like, shape (n,)
        Integers are thousandths of a scale unit and give official numbers; floats are scale units and give
        none.
    weights : array_like, shape (n,), optional
        Taken as they are, positive; default 1. Integers keep the official numbers.
    confidence : array_like, shape (n,), optional
        Declared by the judges, in place of `weights`: capped at 4 to 1 and normalised within each judge, see
        `judging.confidence.confidence_weights`. Integers keep the official numbers, their weights rounded to thousandths.
    normalised : bool
        Off: confidence is capped over the whole round and a sure judge weighs more.
    entries, judges : int, optional
        E and J; default: one more than the highest index.
    model : Model
        `Model.CALIBRATED` (the default method) or `Model.LEAST_SQUARES` (Fisher, MacKay and others).
    ratios : sequence of Fraction or None, optional
        Variance ratio for each part in place of REML, as when a published result is recomputed; None is
        infinite.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, a value that is not finite, a weight that is not
        positive, a pair twice: the row is named, counted from 0. Refusals of the statistics are no errors but
        notices.
    """
    e = index_array("entry", entry, entries)
    j = index_array("judge", judge, judges)
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    y, milli = score_values(values, len(e))
    if len(j) != len(e):
        raise ValueError(f"{len(e)} entries but {len(j)} judges: the arrays must have one length")
    w, whole, unit = score_weights(j, weights, confidence, normalised)
    refuse_doubles(e, j, count_j)

    count, part_of_entry, part_of_judge = connected_parts(e, j, count_e, count_j)
    if ratios is not None and len(ratios) != count:
        raise ValueError(f"{len(ratios)} variance ratios for {count} connected parts")
    if any(ratio is not None and ratio <= 0 for ratio in ratios or ()):
        raise ValueError("a variance ratio must be positive; None is infinite")
    nan_e, nan_j = np.full(count_e, np.nan), np.full(count_j, np.nan)
    raw, estimate, se, own = nan_e.copy(), nan_e.copy(), nan_e.copy(), nan_e.copy()
    severity, severity_se, fit = nan_j.copy(), nan_j.copy(), nan_j.copy()
    large = count_j > TABLE_JUDGES or count_e * count_j > TABLE_CELLS
    factors = _Factors(count_e, count_j, drawn=large)
    residual = np.full(len(e), np.nan)
    exact = milli is not None and whole is not None
    official_raw: list[int | None] = [None] * count_e
    official: list[int | None] = [None] * count_e
    parts: list[Part] = []
    notices: list[Notice] = list(design_notices(e, j, count_e, count_j, count, part_of_entry, part_of_judge))

    part_of_row = part_of_entry[e]
    by_part = np.argsort(part_of_row, kind="stable")
    bounds = np.searchsorted(part_of_row[by_part], np.arange(count + 1))
    for number in range(count):
        rows = by_part[bounds[number] : bounds[number + 1]]
        here_e, here_j = np.flatnonzero(part_of_entry == number), np.flatnonzero(part_of_judge == number)
        wide = large and (len(here_j) > MOST_DRAWS or len(here_e) * len(here_j) > TABLE_CELLS)
        if wide:
            order = sorted_by_entry(e[rows], j[rows])
            rows = rows if order is None else rows[order]
        data = (WidePart if wide else PartData)(
            entry=np.searchsorted(here_e, e[rows]),
            judge=np.searchsorted(here_j, j[rows]),
            values=y[rows],
            weights=w[rows],
            entries=len(here_e),
            judges=len(here_j),
        )
        forced = None if ratios is None else (ratios[number],)
        result = (
            fit_wide(data, least_squares=model is Model.LEAST_SQUARES, forced=forced)
            if isinstance(data, WidePart)
            else fit_part(data, least_squares=model is Model.LEAST_SQUARES, forced=forced)
        )
        raw[here_e], estimate[here_e], se[here_e] = result.raw, result.estimate, result.se
        own[here_e] = result.own
        severity[here_j], severity_se[here_j], fit[here_j] = (
            result.severity,
            result.severity_se,
            result.fit_square,
        )
        factors.put(here_e, here_j, result)
        residual[rows] = result.residual
        if milli is not None and whole is not None:
            numbers = _official(data, milli[rows], whole[rows], unit, result.fit, result.ratio)
            for index, (plain, final) in zip(here_e.tolist(), numbers, strict=True):
                official_raw[index], official[index] = plain, final
        parts.append(
            Part(
                entries=tuple(here_e.tolist()),
                judges=tuple(here_j.tolist()),
                scores=len(rows),
                fit=result.fit,
                dof=data.dof,
                ratio=result.ratio,
                residual_variance=result.residual_variance,
                judge_variance=result.judge_variance,
                log_likelihood=result.log_likelihood,
            )
        )
        notices.extend(fit_notices(data, result, here_e, here_j))

    return Calibration(
        model=model,
        entry=frozen_integers(e),
        judge=frozen_integers(j),
        counts=frozen_integers(np.bincount(e, minlength=count_e).astype(np.int64)),
        raw=frozen(raw),
        estimate=frozen(estimate),
        se=frozen(se),
        severity=frozen(severity),
        severity_se=frozen(severity_se),
        residual=frozen(residual),
        fit=frozen(fit),
        severity_covariance=Covariance(
            frozen(np.where(np.isfinite(severity_se), 0.0, np.nan)),
            frozen(factors.judges[0]),
            frozen(factors.judges[1]),
            frozen_integers(part_of_judge) if large else None,
        ),
        covariance=Covariance(
            frozen(own),
            frozen(factors.entries[0]),
            frozen(factors.entries[1]),
            frozen_integers(part_of_entry) if large else None,
        ),
        part_of_entry=frozen_integers(part_of_entry),
        part_of_judge=frozen_integers(part_of_judge),
        parts=tuple(parts),
        official_raw=tuple(official_raw) if exact else None,
        official=tuple(official) if exact else None,
        notices=tuple(notices),
    )


class _Factors:
    """Severity and noise factors of entries and judges, a column for each judge or as many as are drawn."""

    def __init__(self, entries: int, judges: int, *, drawn: bool) -> None:
        self.drawn = drawn
        columns = 0 if drawn else judges
        self.entries = [np.zeros((entries, columns)), np.zeros((entries, columns))]
        self.judges = [np.zeros((judges, columns)), np.zeros((judges, columns))]

    def put(self, entries: Integers, judges: Integers, result: PartFit) -> None:
        for sides, here, found in (
            (self.entries, entries, (result.spread_severity, result.spread_noise)),
            (self.judges, judges, (result.judge_severity, result.judge_noise)),
        ):
            for number, factor in enumerate(found):
                if not self.drawn:
                    sides[number][np.ix_(here, judges)] = factor
                    continue
                more = factor.shape[1] - sides[number].shape[1]
                if len(here) == len(sides[number]):
                    sides[number] = factor
                    continue
                if more > 0:
                    sides[number] = np.pad(sides[number], ((0, 0), (0, more)))
                sides[number][here, : factor.shape[1]] = factor


def _official(
    data: PartData, milli: Integers, weights: Integers, unit: int, fit: Fit, ratio: Fraction | None
) -> list[tuple[int, int]]:
    marks = Marks(data.entry, data.judge, milli, weights, data.entries, data.judges)
    raw = [millionths(value) for value in raw_estimates(marks)]
    if fit is Fit.LEAST_SQUARES or fit is Fit.EXACT:
        final = least_squares_estimates(marks)
    elif fit is Fit.REML and ratio is not None:
        final = calibrated_estimates(marks, unit * ratio)
    else:
        final = raw
    return list(zip(raw, final, strict=True))
