"""Several criteria weighted into one result."""

from collections.abc import Callable, Sequence

import numpy as np

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.calibrating import covariant
from awards.exchange.ranking.fitted import By, Decided, Fitted, Numbers
from awards.exchange.ranking.fitting import decide_one, fit
from awards.exchange.ranking.joined import joined
from awards.exchange.ranking.sums import complete_sheets as complete_sheets
from awards.exchange.ranking.sums import variance_of_sums
from judging.arrays import Booleans, Floats, Integers
from judging.criteria import combine, combine_severities, weigh


def fit_all(
    ballot: Ballot, method: By, progress: Callable[[str], None] = lambda _text: None
) -> tuple[Fitted, ...]:
    found = []
    for number, scores in enumerate(ballot.criteria):
        progress(
            f"{len(scores):,} scores{f' of {scores.name}' if scores.name else ''} by the method {method}"
        )
        found.append(fit(ballot, number, method))
    return tuple(found)


def decide_all(ballot: Ballot, method: By, weights: Sequence[int]) -> Numbers:
    """What another method, or other scores, would decide."""
    return decide(
        [decide_one(ballot, number, method) for number in range(len(ballot.criteria))],
        weights,
    )


def decide(criteria: Sequence[Numbers], weights: Sequence[int]) -> Decided:
    """The weighted numbers of several criteria, and the parts in which all of them are connected."""
    if len(criteria) == 1:
        return Decided(criteria[0].official, criteria[0].part)
    load = np.array(weights, dtype=np.int64)
    official = weigh(
        [one.official for one in criteria], np.repeat(load[:, None], len(criteria[0].official), axis=1)
    )
    parts = np.stack([criteria[number].part for number in np.flatnonzero(load).tolist()])
    missing = np.array([number is None for number in official], dtype=np.bool_)
    return Decided(official, _groups(parts, missing))


def weighted(ballot: Ballot, criteria: Sequence[Fitted], method: By, weights: Sequence[int]) -> Fitted:
    """The weighted result of several criteria; of a single one, that one itself."""
    if len(criteria) == 1:
        return criteria[0]
    load = np.array(weights, dtype=np.int64)
    counted = np.flatnonzero(load)
    table = np.repeat(load[:, None], len(ballot.entries), axis=1)
    decided = decide(criteria, weights)
    missing = np.array([number is None for number in decided.official], dtype=np.bool_)
    entry, judge, _total = complete_sheets(ballot, weights)
    share = load[:, None] * np.stack([one.judge_counts > 0 for one in criteria])
    share = share / np.maximum(share.sum(axis=0), 1)
    severity = np.sum(
        [np.where(s > 0, s * one.severity, 0.0) for s, one in zip(share, criteria, strict=True)], axis=0
    )
    severity_se, se, errors = np.full(len(severity), np.nan), np.full(len(missing), np.nan), None
    calibrations = [one.calibration for one in criteria if one.calibration is not None]
    if len(calibrations) == len(criteria):
        total = combine(calibrations, table)
        se, errors = total.se / ballot.unit, covariant(total.covariance, total.dof, ballot.unit)
        severity_se = combine_severities(calibrations, share)[1] / ballot.unit
    elif found := joined(
        [criteria[n] for n in counted.tolist()], table[counted] / load.sum(), share[counted]
    ):
        se, errors, severity_se = found.se, found.errors, found.severity_se
    nothing = share.sum(axis=0) == 0
    variance, log_likelihood = variance_of_sums(ballot, method, weights)
    return Fitted(
        counts=np.bincount(entry, minlength=len(ballot.entries)).astype(np.int64),
        judge_counts=np.bincount(judge, minlength=len(ballot.judges)).astype(np.int64),
        raw=_mean([one.raw for one in criteria], load, missing),
        estimate=_mean([one.estimate for one in criteria], load, missing),
        se=np.where(missing, np.nan, se),
        severity=np.where(nothing, np.nan, severity),
        severity_se=np.where(nothing, np.nan, severity_se),
        official=decided.official,
        part=decided.part,
        judge_part=_judge_parts(ballot, counted, decided.part),
        variance=variance,
        log_likelihood=log_likelihood,
        errors=errors,
        notices=(),
        exact=all(one.exact for one in criteria),
    )


def _mean(columns: Sequence[Floats], load: Integers, missing: Booleans) -> Floats:
    total = np.sum([w * column for w, column in zip(load.tolist(), columns, strict=True) if w], axis=0)
    result: Floats = np.where(missing, np.nan, total / load.sum())
    return result


def _groups(parts: Integers, missing: Booleans) -> Integers:
    """Entries that are connected in each criterion, numbered by the first of them."""
    keys: dict[tuple[int, ...], int] = {}
    group = np.full(len(missing), -1, dtype=np.int64)
    for entry in np.flatnonzero(~missing).tolist():
        group[entry] = keys.setdefault(tuple(parts[:, entry].tolist()), len(keys))
    return group


def _judge_parts(ballot: Ballot, counted: Integers, part: Integers) -> Integers:
    """The group that a judge scored; of several, the first."""
    result = np.full(len(ballot.judges), np.iinfo(np.int64).max)
    for number in counted.tolist():
        scores = ballot.criteria[number]
        known = part[scores.entry] >= 0
        np.minimum.at(result, scores.judge[known], part[scores.entry[known]])
    return np.where(result == np.iinfo(np.int64).max, -1, result)
