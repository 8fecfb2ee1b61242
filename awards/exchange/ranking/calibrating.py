"""The calibrating methods: with the whole covariance, or for large rounds without it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.fitted import (
    By,
    Errors,
    Fitted,
    Variance,
    constant_judges,
    counts_of,
    design_of,
    rounded,
)
from judging.arrays import Floats, Integers
from judging.calibration import Covariance, Model, calibrate
from judging.diagnostics import FEW_JUDGES
from judging.large import Large, calibrate_large
from judging.large_draws import draw_errors
from judging.notices import Notice
from judging.uncertainty import draw_scores

# Least squares are solved in fractions, which takes long with many judges; beyond, floats are rounded.
EXACT_LEAST_SQUARES = 60


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
    model = Model.LEAST_SQUARES if method is By.LEAST_SQUARES else Model.CALIBRATED
    exact = method is By.CALIBRATED or len(ballot.judges) <= EXACT_LEAST_SQUARES
    values = scores.units if exact else scores.units / 1000.0
    found = calibrate(
        scores.entry,
        scores.judge,
        values,
        confidence=scores.confidence,
        entries=len(ballot.entries),
        judges=len(ballot.judges),
        model=model,
    )
    if found.official is None:
        found = replace(found, official=rounded(found.estimate), official_raw=rounded(found.raw))
    official = found.official or ()
    fitted = [part for part in found.parts if part.residual_variance is not None]
    load = np.array([part.scores for part in fitted], dtype=np.float64)
    logs = [
        part.log_likelihood + (part.scores - len(part.entries)) * math.log(unit)
        for part in found.parts
        if part.log_likelihood is not None
    ]

    def over_parts(variances: list[float | None], by: float) -> float | None:
        known = [value for value in variances if value is not None]
        if not known or len(known) < len(fitted):
            return None
        return float(np.average(known, weights=load)) / by

    return Fitted(
        counts=found.counts,
        judge_counts=counts_of(scores.judge, len(ballot.judges)),
        raw=found.raw / unit,
        estimate=found.estimate / unit,
        se=found.se / unit,
        severity=found.severity / unit,
        severity_se=found.severity_se / unit,
        official=official,
        part=found.part_of_entry,
        judge_part=found.part_of_judge,
        variance=Variance(
            judge=over_parts([part.judge_variance for part in fitted], unit**2),
            residual=over_parts([part.residual_variance for part in fitted], unit**2),
        ),
        log_likelihood=sum(logs) if logs else None,
        errors=covariant(found.covariance, found.dof, unit),
        notices=found.notices,
        calibration=found,
        ratios=tuple(part.ratio for part in found.parts),
        exact=exact,
    )


@dataclass(frozen=True)
class _Perturbed:
    """Errors of a large round, drawn by calibrating made-up scores."""

    entry: Integers
    judge: Integers
    weights: Floats | None
    part: Integers
    variances: tuple[tuple[float | None, float | None], ...]

    def can_draw(self, members: Integers) -> bool:
        residual, _judge = self.variances[int(self.part[members[0]])] if len(members) else (None, None)
        return residual is not None and residual > 0

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        number = int(self.part[members[0]])
        rows = self.part[self.entry] == number
        here, local_e = np.unique(self.entry[rows], return_inverse=True)
        local_j = np.unique(self.judge[rows], return_inverse=True)[1]
        residual, judge = self.variances[number]
        errors = draw_errors(
            local_e,
            local_j,
            residual_variance=residual or 0.0,
            judge_variance=judge,
            weights=None if self.weights is None else self.weights[rows],
            draws=draws,
            seed=seed,
        )
        result: Floats = estimate[members] + errors[:, np.searchsorted(here, members)]
        return result


def calibrated_large(ballot: Ballot, number: int, method: By) -> Fitted:
    scores = ballot.criteria[number]
    model = Model.LEAST_SQUARES if method is By.LEAST_SQUARES else Model.CALIBRATED
    found: Large = calibrate_large(
        scores.entry,
        scores.judge,
        ballot.values(number),
        weights=scores.weights,
        entries=len(ballot.entries),
        judges=len(ballot.judges),
        model=model,
    )
    fitted = [part for part in found.parts if part.residual_variance is not None]
    load = np.array([part.scores for part in fitted], dtype=np.float64)
    judge_known = fitted and all(part.judge_variance is not None for part in fitted)
    return Fitted(
        counts=counts_of(scores.entry, len(ballot.entries)),
        judge_counts=counts_of(scores.judge, len(ballot.judges)),
        raw=found.raw,
        estimate=found.estimate,
        se=found.se,
        severity=found.severity,
        severity_se=found.severity_se,
        official=rounded(found.estimate * ballot.unit),
        part=found.part_of_entry,
        judge_part=found.part_of_judge,
        variance=Variance(
            judge=float(np.average([part.judge_variance or 0.0 for part in fitted], weights=load))
            if judge_known
            else None,
            residual=float(np.average([part.residual_variance or 0.0 for part in fitted], weights=load))
            if fitted
            else None,
        ),
        log_likelihood=None,
        errors=_Perturbed(
            scores.entry,
            scores.judge,
            scores.weights,
            found.part_of_entry,
            tuple((part.residual_variance, part.judge_variance) for part in found.parts),
        ),
        notices=(
            *(notice for notice in found.notices if notice.code != "disconnected"),
            *design_of(
                scores, len(ballot.entries), len(ballot.judges), found.part_of_entry, found.part_of_judge
            ),
            *_of_judges(scores, ballot, found),
        ),
        ratios=tuple(part.ratio for part in found.parts),
        exact=False,
    )


def _of_judges(scores: Scores, ballot: Ballot, found: Large) -> Iterator[Notice]:
    if any(part.solver is not None and part.judges < FEW_JUDGES for part in found.parts):
        yield Notice(
            "few-judges", "With so few judges it is hard to say how much judges differ.", "Add judges."
        )
    if not all(part.solver is None for part in found.parts):
        yield from constant_judges(scores, len(ballot.judges))
