"""The weighted sums of complete sheets as one set of scores: the variances at the top of several criteria."""

from collections.abc import Sequence

import numpy as np

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.calibrating import MODELS, variances_over
from awards.exchange.ranking.fitted import CALIBRATING, By, Variance
from awards.exchange.ranking.models import fitted_reliably, fitted_variance, summed_likelihood
from judging.arrays import Floats, Integers
from judging.calibration import TABLE_CELLS, TABLE_JUDGES, calibrate
from judging.gains import gain_offset
from judging.large import calibrate_large
from judging.mixed import mixed_model

MOST_CELLS = 20_000_000


def complete_sheets(ballot: Ballot, weights: Sequence[int]) -> tuple[Integers, Integers, Floats]:
    """Entry, judge and weighted score of each sheet that holds every criterion that counts."""
    whole, places = _whole(ballot, weights)
    total = np.zeros(len(whole))
    for number, rows in places:
        total += weights[number] * ballot.values(number)[rows]
    size = max(len(ballot.judges), 1)
    return whole // size, whole % size, total / sum(weights)


def variance_of_sums(ballot: Ballot, method: By, weights: Sequence[int]) -> tuple[Variance, float | None]:
    """
    Variances and log-likelihood of the same model fitted to the weighted scores of complete sheets, None where it has
    none. Criteria of one sheet correlate: what their variances and covariances come to is seen in the sums.
    """
    entry, judge, total = complete_sheets(ballot, weights)
    cells = len(ballot.entries) * len(ballot.judges)
    if not len(entry) or (method not in CALIBRATING and cells > MOST_CELLS):
        return Variance(), None
    entries, judges = len(ballot.entries), len(ballot.judges)
    confidence = _confidence(ballot, weights)
    if method in CALIBRATING:
        if cells > TABLE_CELLS or len(ballot.judges) > TABLE_JUDGES:
            large = calibrate_large(
                entry,
                judge,
                total,
                weights=confidence,
                model=MODELS[method],
                errors=False,
                entries=entries,
                judges=judges,
            )
            return variances_over(large.parts), summed_likelihood(large.parts)
        found = calibrate(
            entry, judge, total, weights=confidence, model=MODELS[method], entries=entries, judges=judges
        )
        return variances_over(found.parts), summed_likelihood(found.parts)
    if method is By.MIXED:
        mixed = mixed_model(entry, judge, total, weights=confidence, entries=entries, judges=judges)
        return fitted_variance(mixed.parts), summed_likelihood(mixed.parts)
    if method is By.RELIABILITY:
        reliably = fitted_reliably(entry, judge, total, entries=entries, judges=judges)
        return reliably.variance, reliably.log_likelihood
    if method is By.GAIN_OFFSET:
        return fitted_variance(gain_offset(entry, judge, total, entries=entries, judges=judges).parts), None
    return Variance(), None


def _whole(ballot: Ballot, weights: Sequence[int]) -> tuple[Integers, list[tuple[int, Integers]]]:
    """Codes of entry and judge of each complete sheet, and its rows in each criterion that counts."""
    size = max(len(ballot.judges), 1)
    counted = [number for number, weight in enumerate(weights) if weight]
    codes = [ballot.criteria[n].entry * size + ballot.criteria[n].judge for n in counted]
    whole = codes[0]
    for one in codes[1:]:
        whole = np.intersect1d(whole, one, assume_unique=True)
    return whole, [(n, np.searchsorted(one, whole)) for n, one in zip(counted, codes, strict=True)]


def _confidence(ballot: Ballot, weights: Sequence[int]) -> Floats | None:
    """What each sum weighs: where a sheet's criteria are of one confidence, that one."""
    whole, places = _whole(ballot, weights)
    if all(ballot.criteria[number].weights is None for number, _rows in places):
        return None
    variance = np.zeros(len(whole))
    for number, rows in places:
        own = ballot.criteria[number].weights
        variance += weights[number] ** 2 / (np.ones(len(whole)) if own is None else own[rows])
    result: Floats = sum(weight**2 for weight in weights) / variance
    return result
