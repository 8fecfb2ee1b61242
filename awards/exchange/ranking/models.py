"""The models beside calibration: second opinions, with the errors that each of them states."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.calibrating import covariant
from awards.exchange.ranking.fitted import By, Errors, Fitted, Variance, rounded
from awards.exchange.ranking.plain import bare
from judging.arrays import Floats, Integers
from judging.calibration import Covariance
from judging.gains import gain_offset
from judging.mixed import Mixed, mixed_model
from judging.ordinal import MOST_POINTS, Ordinal, ordinal_model
from judging.prediction import mixed_covariance
from judging.reliability import reliability_weighted
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
        severity=mixed.severity,
        severity_se=mixed.severity_se,
        variance=_variance(mixed),
        log_likelihood=_likelihood(mixed),
        notices=mixed.notices,
    )


def _reliable(ballot: Ballot, scores: Scores, y: Floats, plain: Fitted) -> Fitted:
    e, j = scores.entry, scores.judge
    entries, judges = len(ballot.entries), len(ballot.judges)
    reliable = reliability_weighted(e, j, y, entries=entries, judges=judges)
    # With each judge's noise known, the model is the mixed one whose scores weigh by it.
    precision = np.where(reliable.noise > 0, 1 / np.where(reliable.noise > 0, reliable.noise, 1) ** 2, 1.0)[j]
    alike = mixed_model(e, j, y, weights=precision, entries=entries, judges=judges)
    noise = reliable.noise[j] ** 2
    return replace(
        plain,
        estimate=reliable.estimate,
        se=reliable.se,
        errors=_predicted(ballot, scores, alike, precision),
        severity=reliable.severity,
        severity_se=reliable.severity_se,
        variance=replace(
            _variance(alike), residual=float(np.nanmean(noise)) if np.isfinite(noise).any() else None
        ),
        log_likelihood=_likelihood(alike),
        notices=reliable.notices,
    )


def _gains(ballot: Ballot, scores: Scores, y: Floats, plain: Fitted) -> Fitted:
    gains = gain_offset(scores.entry, scores.judge, y, entries=len(ballot.entries), judges=len(ballot.judges))
    dof = np.bincount(plain.part[scores.entry], minlength=1) - 1
    return replace(
        plain,
        estimate=gains.estimate,
        se=gains.se,
        errors=covariant(gains.covariance, dof[plain.part], 1.0),
        severity=gains.severity,
        severity_se=gains.severity_se,
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
    # Severity is in logits there, which are no points: it is left out.
    return replace(
        plain,
        estimate=(low + step * ordinal.estimate) / scale,
        se=_slopes(ordinal, plain.part, points) * ordinal.se,
        errors=_Logits(ordinal.quality, ordinal.covariance, plain.part, ordinal.thresholds, points),
        notices=ordinal.notices,
    )


@dataclass(frozen=True)
class _Logits:
    """Errors in logits, drawn as the score to expect from a judge of middling severity. `points`: of each part."""

    quality: Floats
    covariance: Covariance
    part: Integers
    thresholds: tuple[tuple[float, ...], ...]
    points: tuple[Floats, ...]

    def can_draw(self, members: Integers) -> bool:
        return bool(len(members) and np.isfinite(self.covariance.own[members]).all())

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        number = int(self.part[members[0]])
        drawn = draw_scores(
            self.quality, self.covariance, dof=NORMAL_FROM, draws=draws, seed=seed, entries=members
        )
        result = np.full(drawn.shape, self.points[number][0])
        for gap, threshold in zip(np.diff(self.points[number]), self.thresholds[number], strict=True):
            result += gap * _above(drawn, threshold)
        return result


def _slopes(ordinal: Ordinal, part: Integers, points: Sequence[Floats]) -> Floats:
    """Points by which the expected score rises with a logit of quality; NaN where nothing was fitted."""
    result = np.full(len(part), np.nan)
    for number, thresholds in enumerate(ordinal.thresholds):
        here = np.flatnonzero(part == number)
        if thresholds:
            above = [_above(ordinal.quality[here], threshold) for threshold in thresholds]
            result[here] = sum(
                gap * share * (1 - share) for gap, share in zip(np.diff(points[number]), above, strict=True)
            )
    return result


def _above(quality: Floats, threshold: float) -> Floats:
    """Chance of a mark above a threshold."""
    result: Floats = 0.5 + 0.5 * np.tanh(0.5 * (quality - threshold))
    return result


def _variance(mixed: Mixed) -> Variance:
    """Means over the parts that were fitted, by their scores."""
    parts = [part for part in mixed.parts if part.residual_variance is not None]
    if not parts:
        return Variance()
    load = [part.scores for part in parts]
    return Variance(
        *(
            float(np.average([value or 0.0 for value in column], weights=load))
            for column in (
                [part.entry_variance for part in parts],
                [part.judge_variance for part in parts],
                [part.residual_variance for part in parts],
            )
        )
    )


def _likelihood(mixed: Mixed) -> float | None:
    logs = [part.log_likelihood for part in mixed.parts if part.log_likelihood is not None]
    return sum(logs) if logs else None


def _predicted(ballot: Ballot, scores: Scores, mixed: Mixed, weights: Floats | None) -> Errors:
    """So that a second opinion has its intervals too."""
    covariance = mixed_covariance(mixed, scores.entry, scores.judge, weights=weights)
    dof = np.zeros(len(ballot.entries), dtype=np.int64)
    for part in mixed.parts:
        dof[list(part.entries)] = part.scores - 1
    return covariant(covariance, dof, 1.0)


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
