"""The fit of one connected part, on indices of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

import numpy as np

from judging.arrays import Booleans, Floats, Integers
from judging.linkage import concurrence
from judging.official import six_digits
from judging.reml import Spectrum, variance_ratio


class Model(StrEnum):
    """How severity is taken out."""

    CALIBRATED = "calibrated"
    LEAST_SQUARES = "least-squares"


class Fit(StrEnum):
    """What kind of fit a part got; all but the first two have no errors."""

    REML = "reml"
    LEAST_SQUARES = "least-squares"
    EXACT = "exact-fit"
    ALL_EQUAL = "all-equal"
    ONE_JUDGE = "one-judge"
    NO_FREEDOM = "no-degrees-of-freedom"


@dataclass(frozen=True)
class PartData:
    """Scores of one connected part: local indices, values in scale units, weights."""

    entry: Integers
    judge: Integers
    values: Floats
    weights: Floats
    entries: int
    judges: int

    @property
    def dof(self) -> int:
        """Residual degrees of freedom, n - E - J + 1."""
        return len(self.values) - self.entries - self.judges + 1

    @cached_property
    def table_and_laplacian(self) -> tuple[Floats, Floats]:
        """N, shape (E, J), and S, shape (J, J)."""
        return concurrence(self.entry, self.judge, self.weights, self.entries, self.judges)

    @property
    def load(self) -> Floats:
        """Weight of each entry's scores, shape (E,)."""
        load: Floats = self.table_and_laplacian[0].sum(axis=1)
        return load

    def balanced(self) -> bool:
        """Whether every judge scored every entry, with one weight."""
        if len(self.values) != self.entries * self.judges:
            return False
        table = self.table_and_laplacian[0]
        return bool(np.all(table > 0) and np.all(table == table[:1]))

    def seen_by(self, estimate: Floats) -> Floats:
        """Mean estimate of the entries that each judge scored, shape (J,)."""
        table = self.table_and_laplacian[0]
        result: Floats = (table.T @ estimate) / table.sum(axis=0)
        return result

    def weakest_cut(self) -> tuple[Booleans, float] | None:
        """
        Two blocks of judges, two at least in each, whose difference is known worst, by the sign of the Fiedler vector
        of S; and the variance of their difference in units of the residual variance.
        """
        values, vectors = np.linalg.eigh(self.table_and_laplacian[1])
        cut = cut_by(vectors[:, 1])
        if cut is None:
            return None
        side, contrast = cut
        turned = vectors[:, 1:].T @ contrast
        return side, float(np.sum(turned**2 / values[1:]))


def cut_by(vector: Floats) -> tuple[Booleans, Floats] | None:
    """The side that is above 0 and the contrast of both, shape (J,); None with fewer than two judges on a side."""
    side = vector > 0
    if min(side.sum(), (~side).sum()) < 2:
        return None
    return side, np.where(side, 1.0 / side.sum(), -1.0 / (~side).sum())


@dataclass(frozen=True)
class PartFit:
    """
    Everything that was estimated in a part; shapes and units as in `judging.calibration.Calibration`.

    Factors have a column for each judge, or as many as were drawn (`judging.wide`).
    """

    fit: Fit
    ratio: Fraction | None
    residual_variance: float | None
    judge_variance: float | None
    log_likelihood: float | None
    raw: Floats
    estimate: Floats
    se: Floats
    own: Floats
    severity: Floats
    severity_se: Floats
    residual: Floats
    fit_square: Floats
    spread_severity: Floats
    spread_noise: Floats
    judge_severity: Floats
    judge_noise: Floats
    converged: bool = True


def fit_part(data: PartData, *, least_squares: bool, forced: tuple[Fraction | None] | None = None) -> PartFit:
    """
    Fit one connected part.

    Parameters
    ----------
    data : PartData
    least_squares : bool
        Judges fixed instead of random.
    forced : (Fraction or None,), optional
        Variance ratio to use instead of estimating it.
    """
    # The part's own centre is taken out first: sums of squares of marks far from zero would lose digits.
    level = float(data.values[0])
    y = data.values - level
    mean = np.bincount(data.entry, data.weights * y, data.entries) / data.load
    plain = _raw(data, mean + level, y - mean[data.entry])
    if np.all(y == 0):
        return replace(plain, fit=Fit.ALL_EQUAL)
    if data.judges == 1:
        return replace(plain, fit=Fit.ONE_JUDGE)
    if data.dof <= 0:
        return replace(plain, fit=Fit.NO_FREEDOM)

    table, laplacian = data.table_and_laplacian
    within = data.weights * (y - mean[data.entry])
    right: Floats = np.bincount(data.judge, within, data.judges).astype(np.float64)
    values, vectors = np.linalg.eigh(laplacian)
    # One eigenvalue of a connected part is 0, with equal parts of all judges; the right side has none of it.
    values, vectors = values[1:], vectors[:, 1:]
    turned: Floats = vectors.T @ right
    exact_effects = vectors @ (turned / values)
    share = table / data.load[:, None]
    left = y - mean[data.entry] - exact_effects[data.judge] + (share @ exact_effects)[data.entry]
    rss = float(np.sum(data.weights * left**2))
    basis = _Basis(values, vectors, turned, share)
    size = float(np.max(np.abs(y)))
    if rss <= 1e-22 * len(y) * size**2:
        return _least_squares(data, plain, basis, mean + level, None, left, fit=Fit.EXACT)
    fit_square = _fit_square(data, basis, left, rss / data.dof)
    if least_squares:
        done = _least_squares(data, plain, basis, mean + level, rss / data.dof, left, fit=Fit.LEAST_SQUARES)
        return replace(done, fit_square=fit_square)

    spectrum = Spectrum(
        values=values,
        squares=turned**2,
        rss=rss,
        freedom=len(y) - data.entries,
        constant=float(np.sum(np.log(data.load)) - np.sum(np.log(data.weights))),
    )
    if forced is not None:
        ratio = forced[0]
    else:
        found = variance_ratio(spectrum)
        if found == 0.0:
            return _least_squares(data, plain, basis, mean + level, None, left, fit=Fit.EXACT)
        ratio = None if math.isinf(found) else six_digits(found)
    done = _generalised(data, plain, basis, mean + level, ratio, spectrum)
    return replace(done, fit_square=fit_square)


@dataclass(frozen=True)
class _Basis:
    """
    Eigenvalues and vectors of S without the null one, the right side in that basis, and K = diag(1/D_e) N.
    """

    values: Floats
    vectors: Floats
    right: Floats
    share: Floats


def _raw(data: PartData, raw: Floats, residual: Floats) -> PartFit:
    unknown_e, unknown_j = np.full(data.entries, np.nan), np.full(data.judges, np.nan)
    nothing = np.zeros((data.entries, data.judges))
    return PartFit(
        fit=Fit.ONE_JUDGE,
        ratio=None,
        residual_variance=None,
        judge_variance=None,
        log_likelihood=None,
        raw=raw,
        estimate=raw,
        se=unknown_e,
        own=unknown_e,
        severity=unknown_j,
        severity_se=unknown_j,
        residual=residual,
        fit_square=unknown_j,
        spread_severity=nothing,
        spread_noise=nothing,
        judge_severity=np.zeros((data.judges, data.judges)),
        judge_noise=np.zeros((data.judges, data.judges)),
    )


def _generalised(
    data: PartData, plain: PartFit, basis: _Basis, raw: Floats, ratio: Fraction | None, spectrum: Spectrum
) -> PartFit:
    number = math.inf if ratio is None else float(ratio)
    s2 = spectrum.residual_variance(number)
    sigma = math.sqrt(s2)
    own = sigma / np.sqrt(data.load)
    if ratio is None:
        effects = np.zeros(data.judges)
        severity_se = np.zeros(data.judges)
        judge_severity = judge_noise = np.zeros((data.judges, data.judges))
        judge_variance = 0.0
    else:
        effects = basis.vectors @ (basis.right / (basis.values + number))
        # The null vector of S: an equal shift of all judges, known to the judges' variance only.
        null = np.full((data.judges, data.judges), 1.0 / data.judges)
        inverse = (basis.vectors / (basis.values + number)) @ basis.vectors.T + null / number
        severity_se = sigma * np.sqrt(np.diag(inverse))
        judge_severity = sigma * math.sqrt(number) * inverse
        root = (basis.vectors * (np.sqrt(basis.values) / (basis.values + number))) @ basis.vectors.T
        judge_noise = sigma * root
        judge_variance = s2 / number
    estimate = raw - basis.share @ effects
    spread_severity, spread_noise = basis.share @ judge_severity, basis.share @ judge_noise
    variance = own**2 + np.sum(spread_severity**2, axis=1) + np.sum(spread_noise**2, axis=1)
    return replace(
        plain,
        fit=Fit.REML,
        ratio=ratio,
        residual_variance=s2,
        judge_variance=judge_variance,
        log_likelihood=spectrum.log_likelihood(number),
        estimate=estimate,
        se=np.sqrt(variance),
        own=own,
        severity=-effects,
        severity_se=severity_se,
        residual=data.values - estimate[data.entry] - effects[data.judge],
        spread_severity=spread_severity,
        spread_noise=spread_noise,
        judge_severity=judge_severity,
        judge_noise=judge_noise,
    )


def _least_squares(
    data: PartData, plain: PartFit, basis: _Basis, raw: Floats, s2: float | None, left: Floats, *, fit: Fit
) -> PartFit:
    effects = basis.vectors @ (basis.right / basis.values)
    loads = data.table_and_laplacian[0].sum(axis=0)
    loads = loads / loads.sum()
    effects = effects - float(loads @ effects)
    estimate = raw - basis.share @ effects
    done = replace(plain, fit=fit, estimate=estimate, severity=-effects, residual=left)
    if s2 is None:
        return done
    # With the level fixed by the score-weighted sum, errors of the effects are those of S+ seen from that
    # level.
    centring = np.eye(data.judges) - np.tile(loads, (data.judges, 1))
    root = centring @ (basis.vectors / np.sqrt(basis.values)) @ basis.vectors.T
    sigma = math.sqrt(s2)
    own = sigma / np.sqrt(data.load)
    spread_noise = sigma * (basis.share @ root)
    return replace(
        done,
        residual_variance=s2,
        se=np.sqrt(own**2 + np.sum(spread_noise**2, axis=1)),
        own=own,
        severity_se=sigma * np.sqrt(np.sum(root**2, axis=1)),
        spread_noise=spread_noise,
        judge_noise=sigma * root,
    )


def _fit_square(data: PartData, basis: _Basis, left: Floats, s2: float) -> Floats:
    """
    Mean square of each judge's residuals over its expectation, from the exact leverages; NaN where it is
    nothing.
    """
    half = (basis.vectors / np.sqrt(basis.values)).astype(np.float64)
    seen = half[data.judge] - (basis.share @ half)[data.entry]
    expected = 1.0 / data.weights - 1.0 / data.load[data.entry] - np.sum(seen**2, axis=1)
    found = np.bincount(data.judge, data.weights * left**2, data.judges)
    wanted = np.bincount(data.judge, data.weights * expected, data.judges)
    result = np.full(data.judges, np.nan)
    known = wanted > 1e-9
    result[known] = found[known] / (wanted[known] * s2)
    return result
