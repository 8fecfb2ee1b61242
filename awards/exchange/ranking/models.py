"""The models beside calibration: second opinions, with the errors that each of them states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.calibrating import covariant
from awards.exchange.ranking.fitted import By, Errors, Fitted, Linear, Variance, rounded
from awards.exchange.ranking.plain import bare
from judging.arrays import Floats, Integers
from judging.calibration import Covariance
from judging.gains import gain_offset
from judging.mixed import Mixed, MixedPart, mixed_model
from judging.ordinal import MOST_POINTS, ordinal_model
from judging.prediction import mixed_covariance
from judging.reliability import Reliable, reliability_weighted
from judging.responses import gain_response, mixed_response, ordinal_response
from judging.uncertainty import NORMAL_FROM, draw_scores


class CannotFit(Exception):
    """The method is not for these scores; the message says why and what to do."""


def by_model(ballot: Ballot, number: int, method: By) -> Fitted:
    """One criterion by a second opinion. Raises `CannotFit`."""
    scores = ballot.criteria[number]
    plain = bare(ballot, scores)
    fit = {By.MIXED: _mixed, By.RELIABILITY: _reliable, By.GAIN_OFFSET: _gains, By.ORDINAL: _ordinal}[method]
    done = fit(ballot, scores, ballot.values(number), plain)
    return replace(
        done,
        official=rounded(done.estimate * ballot.unit),
        part=np.where(np.isfinite(done.estimate), plain.part, -1),
        notices=(*plain.notices, *done.notices),
        exact=False,
    )


def _mixed(ballot: Ballot, scores: Scores, y: Floats, plain: Fitted) -> Fitted:
    mixed = mixed_model(
        scores.entry,
        scores.judge,
        y,
        weights=scores.weights,
        entries=len(ballot.entries),
        judges=len(ballot.judges),
    )
    return replace(
        plain,
        estimate=mixed.estimate,
        se=mixed.se,
        errors=_predicted(ballot, scores, mixed, scores.weights),
        linear=_linear(ballot, scores, y, mixed, scores.weights),
        severity=mixed.severity,
        severity_se=mixed.severity_se,
        variance=fitted_variance(mixed.parts),
        log_likelihood=summed_likelihood(mixed.parts),
        notices=mixed.notices,
    )


@dataclass(frozen=True)
class Reliably:
    """With each judge's noise known, the model is the mixed one whose scores weigh by it."""

    reliable: Reliable
    alike: Mixed
    precision: Floats
    variance: Variance
    log_likelihood: float | None


def fitted_reliably(entry: Integers, judge: Integers, y: Floats, *, entries: int, judges: int) -> Reliably:
    reliable = reliability_weighted(entry, judge, y, entries=entries, judges=judges)
    of_judge = 1 / np.where(reliable.noise > 0, reliable.noise, 1.0) ** 2
    precision = np.where(reliable.noise > 0, of_judge, 1.0)[judge]
    alike = mixed_model(entry, judge, y, weights=precision, entries=entries, judges=judges)
    noise = reliable.noise[judge] ** 2
    residual = float(np.nanmean(noise)) if np.isfinite(noise).any() else None
    variance = replace(fitted_variance(alike.parts), residual=residual)
    return Reliably(reliable, alike, precision, variance, summed_likelihood(alike.parts))


def _reliable(ballot: Ballot, scores: Scores, y: Floats, plain: Fitted) -> Fitted:
    found = fitted_reliably(
        scores.entry, scores.judge, y, entries=len(ballot.entries), judges=len(ballot.judges)
    )
    return replace(
        plain,
        estimate=found.reliable.estimate,
        se=found.reliable.se,
        errors=_predicted(ballot, scores, found.alike, found.precision),
        linear=_linear(ballot, scores, y, found.alike, found.precision),
        severity=found.reliable.severity,
        severity_se=found.reliable.severity_se,
        variance=found.variance,
        log_likelihood=found.log_likelihood,
        notices=found.reliable.notices,
    )


def _gains(ballot: Ballot, scores: Scores, y: Floats, plain: Fitted) -> Fitted:
    gains = gain_offset(scores.entry, scores.judge, y, entries=len(ballot.entries), judges=len(ballot.judges))
    dof = _dof(ballot, gains.parts)
    return replace(
        plain,
        estimate=gains.estimate,
        se=gains.se,
        errors=covariant(gains.covariance, dof, 1.0),
        linear=lambda: Linear(gain_response(gains, scores.entry, scores.judge, y), dof),
        severity=gains.severity,
        severity_se=gains.severity_se,
        variance=fitted_variance(gains.parts),
        notices=gains.notices,
    )


def _ordinal(ballot: Ballot, scores: Scores, _y: Floats, plain: Fitted) -> Fitted:
    low, step = points_of(ballot)
    marks = (scores.units - low) // step
    try:
        ordinal = ordinal_model(
            scores.entry, scores.judge, marks, entries=len(ballot.entries), judges=len(ballot.judges)
        )
    except ValueError as problem:
        raise CannotFit(str(problem)) from problem
    scale = 1000.0 * ballot.unit
    points = tuple(
        (low + step * np.unique(marks[plain.part[scores.entry] == number])) / scale
        for number in range(len(ordinal.thresholds))
    )
    curve = _Expected(np.array(ordinal.quality), plain.part, ordinal.thresholds, points)
    normal = np.full(len(ballot.entries), NORMAL_FROM)
    # Severity is in logits there, which are no points: it is left out.
    return replace(
        plain,
        estimate=(low + step * ordinal.estimate) / scale,
        se=curve.slopes() * ordinal.se,
        errors=_Logits(curve, ordinal.covariance),
        linear=lambda: Linear(ordinal_response(ordinal, scores.entry, scores.judge, marks), normal, curve),
        notices=ordinal.notices,
    )


@dataclass(frozen=True)
class _Expected:
    """The score to expect from a judge of middling severity, of a quality in logits. `points`: of each part."""

    quality: Floats
    part: Integers
    thresholds: tuple[tuple[float, ...], ...]
    points: tuple[Floats, ...]

    def slopes(self) -> Floats:
        """0 where all marks are equal, NaN where nothing was fitted."""
        result = np.full(len(self.part), np.nan)
        for number, thresholds in enumerate(self.thresholds):
            here = np.flatnonzero(self.part == number)
            if len(self.points[number]) == 1:
                result[here] = 0.0
            elif thresholds:
                above = [_above(self.quality[here], threshold) for threshold in thresholds]
                result[here] = sum(
                    gap * share * (1 - share)
                    for gap, share in zip(np.diff(self.points[number]), above, strict=True)
                )
        return result

    def beyond(self, errors: Floats, members: Integers) -> Floats:
        result = np.zeros(errors.shape)
        for number in np.unique(self.part[members]).tolist():
            here = self.part[members] == number
            if number >= 0 and self.thresholds[number]:
                quality = self.quality[members][here]
                moved = self.scores(quality + errors[:, here], number)
                result[:, here] = moved - self.scores(quality[None, :], number)
        return result

    def scores(self, quality: Floats, number: int) -> Floats:
        """Of one part."""
        result = np.full(quality.shape, self.points[number][0])
        for gap, threshold in zip(np.diff(self.points[number]), self.thresholds[number], strict=True):
            result += gap * _above(quality, threshold)
        return result


@dataclass(frozen=True)
class _Logits:
    """Errors in logits, drawn in points."""

    curve: _Expected
    covariance: Covariance

    def can_draw(self, members: Integers) -> bool:
        return bool(len(members) and np.isfinite(self.covariance.own[members]).all())

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        drawn = draw_scores(
            self.curve.quality, self.covariance, dof=NORMAL_FROM, draws=draws, seed=seed, entries=members
        )
        return self.curve.scores(drawn, int(self.curve.part[members[0]]))


def _above(quality: Floats, threshold: float) -> Floats:
    """Chance of a mark above a threshold."""
    result: Floats = 0.5 + 0.5 * np.tanh(0.5 * (quality - threshold))
    return result


def fitted_variance(parts: Sequence[MixedPart]) -> Variance:
    """Means over the parts that were fitted, by their scores."""
    fitted = [part for part in parts if part.residual_variance is not None]
    if not fitted:
        return Variance()
    load = [part.scores for part in fitted]
    return Variance(
        *(
            float(np.average([value or 0.0 for value in column], weights=load))
            for column in (
                [part.entry_variance for part in fitted],
                [part.judge_variance for part in fitted],
                [part.residual_variance for part in fitted],
            )
        )
    )


class LikelyPart(Protocol):
    @property
    def log_likelihood(self) -> float | None: ...


def summed_likelihood(parts: Sequence[LikelyPart]) -> float | None:
    """Over the parts that have one: they are independent."""
    logs = [part.log_likelihood for part in parts if part.log_likelihood is not None]
    return sum(logs) if logs else None


def _predicted(ballot: Ballot, scores: Scores, mixed: Mixed, weights: Floats | None) -> Errors:
    """So that a second opinion has its intervals too."""
    covariance = mixed_covariance(mixed, scores.entry, scores.judge, weights=weights)
    return covariant(covariance, _dof(ballot, mixed.parts), 1.0)


def _linear(
    ballot: Ballot, scores: Scores, y: Floats, mixed: Mixed, weights: Floats | None
) -> Callable[[], Linear]:
    return lambda: Linear(
        mixed_response(mixed, scores.entry, scores.judge, y, weights=weights), _dof(ballot, mixed.parts)
    )


def _dof(ballot: Ballot, parts: Sequence[MixedPart]) -> Integers:
    """Residual degrees of freedom behind each entry: the level is all that is fixed."""
    dof = np.zeros(len(ballot.entries), dtype=np.int64)
    for part in parts:
        dof[list(part.entries)] = part.scores - 1
    return dof


def points_of(ballot: Ballot) -> tuple[int, int]:
    """The lowest score and the step between scores in units, from the scale or from the scores themselves."""
    if ballot.limits is not None:
        factor = 10**ballot.places
        return int(Fraction(ballot.limits.low) * factor), int(Fraction(ballot.limits.step) * factor)
    units = np.unique(np.concatenate([one.units for one in ballot.criteria]))
    return int(units[0]), int(np.gcd.reduce(np.diff(units))) if len(units) > 1 else 1


def fits_ordinal(ballot: Ballot) -> bool:
    """Whether the scores are on a scale of five points or fewer."""
    return all(len(np.unique(one.units)) <= MOST_POINTS for one in ballot.criteria)
