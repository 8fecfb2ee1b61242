"""The methods beside calibration: plain ones, and models that give no covariance."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.calibrating import covariant
from awards.exchange.ranking.fitted import (
    By,
    Errors,
    Fitted,
    Variance,
    constant_judges,
    counts_of,
    design_of,
    is_dense,
    rounded,
)
from judging.arrays import Integers
from judging.gains import gain_offset
from judging.linkage import connected_parts
from judging.methods import Plain, plain_scores
from judging.mixed import Mixed, mixed_model, refused
from judging.notices import Notice
from judging.ordinal import MOST_POINTS, ordinal_model
from judging.prediction import mixed_covariance
from judging.reliability import reliability_weighted
from judging.scales import millionths

MOST_PREDICTED = 3000


class CannotFit(Exception):
    """The method is not for these scores; the message says why and what to do."""


def by_plain(ballot: Ballot, scores: Scores, method: By) -> Fitted:
    entries, judges = len(ballot.entries), len(ballot.judges)
    found = plain_scores(
        Plain(method.value), scores.entry, scores.judge, scores.units, entries=entries, judges=judges
    )
    estimate = np.array([math.nan if value is None else float(value) for value in found.values])
    plain = _bare(ballot, scores)
    return replace(
        plain,
        estimate=estimate / ballot.unit,
        official=tuple(None if value is None else millionths(value) for value in found.values),
        part=np.where(np.isfinite(estimate), plain.part, -1),
        notices=(*plain.notices, *found.notices, *_refusals(ballot, scores, plain.part)),
        exact=method is not By.Z_SCORE,
    )


def _refusals(ballot: Ballot, scores: Scores, part: Integers) -> Iterator[Notice]:
    """A plain method refuses nothing; that its numbers say little is said all the same."""
    if len(scores) and np.all(scores.units == scores.units[0]):
        yield refused("all-equal", np.flatnonzero(part >= 0), np.unique(scores.judge))
    elif len(np.unique(scores.judge)) == 1:
        yield refused("one-judge", np.flatnonzero(part >= 0), np.unique(scores.judge))
    else:
        yield from constant_judges(scores, len(ballot.judges))


def by_model(ballot: Ballot, number: int, method: By) -> Fitted:
    scores = ballot.criteria[number]
    y, unit = ballot.values(number), ballot.unit
    e, j = scores.entry, scores.judge
    size = {"entries": len(ballot.entries), "judges": len(ballot.judges)}
    plain = _bare(ballot, scores)
    missing = np.full(len(ballot.entries), np.nan)
    if method is By.MIXED:
        mixed = mixed_model(
            e, j, y, weights=scores.weights, entries=len(ballot.entries), judges=len(ballot.judges)
        )
        parts = [part for part in mixed.parts if part.residual_variance is not None]
        known = [
            float(np.average([value or 0.0 for value in column], weights=[part.scores for part in parts]))
            if parts
            else None
            for column in (
                [part.entry_variance for part in parts],
                [part.judge_variance for part in parts],
                [part.residual_variance for part in parts],
            )
        ]
        logs = [part.log_likelihood for part in parts if part.log_likelihood is not None]
        done = replace(
            plain,
            estimate=mixed.estimate,
            se=mixed.se,
            errors=_mixed_errors(ballot, scores, mixed),
            severity=mixed.severity,
            severity_se=mixed.severity_se,
            variance=Variance(*known),
            log_likelihood=sum(logs) if logs else None,
            notices=(*plain.notices, *mixed.notices),
        )
    elif method is By.RELIABILITY:
        reliable = reliability_weighted(e, j, y, **size)
        done = replace(
            plain,
            estimate=reliable.estimate,
            se=reliable.se,
            severity=reliable.severity,
            severity_se=reliable.severity_se,
            notices=(*plain.notices, *reliable.notices),
        )
    elif method is By.GAIN_OFFSET:
        gains = gain_offset(e, j, y, **size)
        done = replace(
            plain,
            estimate=gains.estimate,
            se=missing,
            severity=gains.severity,
            notices=(*plain.notices, *gains.notices),
        )
    else:
        low, step = points_of(ballot)
        marks = (scores.units - low) // step
        try:
            ordinal = ordinal_model(e, j, marks, **size)
        except ValueError as problem:
            raise CannotFit(str(problem)) from problem
        # Severity is in logits there, which are no points: it is left out.
        done = replace(
            plain,
            estimate=(low + step * ordinal.estimate) / 1000.0 / unit,
            se=missing,
            notices=(*plain.notices, *ordinal.notices),
        )
    return replace(
        done,
        official=rounded(done.estimate * unit),
        part=np.where(np.isfinite(done.estimate), plain.part, -1),
        exact=False,
    )


def _mixed_errors(ballot: Ballot, scores: Scores, mixed: Mixed) -> Errors | None:
    """So that a second opinion has its intervals too, where there is room for a table of entries by entries."""
    if not is_dense(ballot) or len(ballot.entries) > MOST_PREDICTED:
        return None
    covariance = mixed_covariance(mixed, scores.entry, scores.judge, weights=scores.weights)
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


def _bare(ballot: Ballot, scores: Scores) -> Fitted:
    """Counts, parts and plain means; everything else refused."""
    entries, judges = len(ballot.entries), len(ballot.judges)
    counts = counts_of(scores.entry, entries)
    _, part, judge_part = connected_parts(scores.entry, scores.judge, entries, judges)
    total = np.bincount(scores.entry, scores.units / 10.0**ballot.places, entries)
    raw = np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
    none_e, none_j = np.full(entries, np.nan), np.full(judges, np.nan)
    return Fitted(
        counts=counts,
        judge_counts=counts_of(scores.judge, judges),
        raw=raw,
        estimate=none_e,
        se=none_e,
        severity=none_j,
        severity_se=none_j,
        official=(None,) * entries,
        part=part,
        judge_part=judge_part,
        variance=Variance(),
        log_likelihood=None,
        errors=None,
        notices=tuple(design_of(scores, entries, judges, part, judge_part)),
    )
