"""The calibrating methods, with the covariance of their errors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.fitted import By, Decided, Errors, Fitted, Variance, counts_of, rounded
from judging.arrays import Floats, Integers
from judging.calibration import Covariance, Model, calibrate
from judging.large import calibrate_large
from judging.uncertainty import draw_scores

MODELS = {By.CALIBRATED: Model.CALIBRATED, By.LEAST_SQUARES: Model.LEAST_SQUARES}


@dataclass(frozen=True)
class _Covariant:
    covariance: Covariance
    dof: Integers

    def can_draw(self, members: Integers) -> bool:
        return bool(np.isfinite(self.covariance.own[members]).all() and self.dof[members].min(initial=1) > 0)

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        dof = int(self.dof[members].min())
        return draw_scores(estimate, self.covariance, dof=dof, draws=draws, seed=seed, entries=members)


def covariant(covariance: Covariance, dof: Integers, unit: float) -> Errors:
    """Errors from a whole covariance in units of the ballot."""
    scaled = covariance
    if unit != 1.0:
        own, severity, noise = covariance.own / unit, covariance.severity / unit, covariance.noise / unit
        scaled = replace(covariance, own=own, severity=severity, noise=noise)
    return _Covariant(scaled, dof)


def calibrated(ballot: Ballot, scores: Scores, method: By) -> Fitted:
    unit = ballot.unit
    found = calibrate(
        scores.entry,
        scores.judge,
        scores.units,
        confidence=scores.confidence,
        entries=len(ballot.entries),
        judges=len(ballot.judges),
        model=MODELS[method],
    )
    assert found.official is not None  # whole values and weights have exact numbers
    variance = variances_over(found.parts)
    logs = [
        part.log_likelihood + (part.scores - len(part.entries)) * math.log(unit)
        for part in found.parts
        if part.log_likelihood is not None
    ]
    return Fitted(
        counts=found.counts,
        judge_counts=counts_of(scores.judge, len(ballot.judges)),
        raw=found.raw / unit,
        estimate=found.estimate / unit,
        se=found.se / unit,
        severity=found.severity / unit,
        severity_se=found.severity_se / unit,
        official=found.official,
        part=found.part_of_entry,
        judge_part=found.part_of_judge,
        variance=Variance(None, _scaled(variance.judge, unit), _scaled(variance.residual, unit)),
        log_likelihood=sum(logs) if logs else None,
        errors=covariant(found.covariance, found.dof, unit),
        notices=found.notices,
        calibration=found,
        ratios=tuple(part.ratio for part in found.parts),
    )


class CalibratedPart(Protocol):
    """What a calibration of any size says of one part."""

    @property
    def scores(self) -> int: ...
    @property
    def judge_variance(self) -> float | None: ...
    @property
    def residual_variance(self) -> float | None: ...


def variances_over(parts: Sequence[CalibratedPart]) -> Variance:
    """Means over the parts that were fitted, by their scores; entries are fixed."""
    fitted = [part for part in parts if part.residual_variance]
    load = [part.scores for part in fitted]

    def mean(variances: list[float | None]) -> float | None:
        known = [value for value in variances if value is not None]
        return float(np.average(known, weights=load)) if known and len(known) == len(fitted) else None

    return Variance(
        judge=mean([part.judge_variance for part in fitted]),
        residual=mean([part.residual_variance for part in fitted]),
    )


def _scaled(variance: float | None, unit: float) -> float | None:
    return None if variance is None else variance / unit**2


def decided_quickly(ballot: Ballot, number: int, method: By) -> Decided:
    """The same to a millionth without errors and proofs, for questions that are asked many times."""
    scores = ballot.criteria[number]
    found = calibrate_large(
        scores.entry,
        scores.judge,
        ballot.values(number),
        weights=scores.weights,
        entries=len(ballot.entries),
        judges=len(ballot.judges),
        model=MODELS[method],
        errors=False,
    )
    return Decided(rounded(found.estimate * ballot.unit), found.part_of_entry)
