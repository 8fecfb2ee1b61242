"""The plain methods, and what stands for every method without looking at the model."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.fitted import (
    By,
    Fitted,
    Variance,
    constant_judges,
    counts_of,
)
from judging.arrays import Integers
from judging.diagnostics import design_notices
from judging.linkage import connected_parts
from judging.methods import Plain, plain_scores
from judging.mixed import refused
from judging.notices import Notice
from judging.scales import millionths


def by_plain(ballot: Ballot, scores: Scores, method: By) -> Fitted:
    entries, judges = len(ballot.entries), len(ballot.judges)
    found = plain_scores(
        Plain(method.value), scores.entry, scores.judge, scores.units, entries=entries, judges=judges
    )
    estimate = np.array([math.nan if value is None else float(value) for value in found.values])
    plain = bare(ballot, scores)
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


def bare(ballot: Ballot, scores: Scores) -> Fitted:
    """Counts, parts and plain means; everything else refused."""
    entries, judges = len(ballot.entries), len(ballot.judges)
    counts = counts_of(scores.entry, entries)
    parts, part, judge_part = connected_parts(scores.entry, scores.judge, entries, judges)
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
        notices=tuple(design_notices(scores.entry, scores.judge, entries, judges, parts, part, judge_part)),
    )
