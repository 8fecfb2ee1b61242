"""The judges beside each other, and how far they agree."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import Fitted
from awards.exchange.ranking.totals import complete_sheets
from judging.agreement import REVERSED_BELOW, REVERSED_FROM, judge_correlations
from judging.alpha import Level, krippendorff_alpha
from judging.arrays import Floats, Integers
from judging.intraclass import measure_intraclass
from judging.notices import Notice
from judging.patterns import covariate_slope, halo
from judging.profiles import mean_squares
from judging.residuals import additive_fit, unusual_sheets

NOTHING = float("nan")


@dataclass(frozen=True)
class JudgeRow:
    """A judge; NaN is refused. `spread` is the standard deviation of what the judge gave."""

    judge: int
    spread: float
    infit: float
    outfit: float


@dataclass(frozen=True)
class Seen:
    """What one set of scores shows of its judges. `exact`: infit and outfit are not drawn."""

    rows: tuple[JudgeRow, ...]
    agreement: Mapping[str, object]
    notices: tuple[Notice, ...]
    exact: bool


def look_at(ballot: Ballot, number: int, fitted: Fitted) -> Seen:
    """At the judges of one criterion."""
    scores = ballot.criteria[number]
    y = ballot.values(number)
    seen = _look(ballot, scores.entry, scores.judge, y, scores.weights)
    lift = _lift(ballot, scores.entry, scores.judge, y)
    correlation, shared = judge_correlations(
        scores.entry, scores.judge, y, len(ballot.entries), len(ballot.judges)
    )
    suspects = np.flatnonzero((shared >= REVERSED_FROM) & (correlation < REVERSED_BELOW))
    notices = []
    if len(suspects):
        notices.append(
            Notice(
                "reversed-scale",
                f"{len(suspects)} judges order the entries against the others: perhaps they took the scale the "
                "other way round.",
                "Ask them.",
                judges=tuple(suspects.tolist()),
            )
        )
    return replace(seen, agreement={**seen.agreement, "own_country": lift}, notices=tuple(notices))


def _lift(ballot: Ballot, entry: Integers, judge: Integers, values: Floats) -> Mapping[str, object] | None:
    """What judges give to their own country beyond what others would; None where no country is shared."""
    own = ballot.of_own_country(entry, judge)
    if not own.any():
        return None
    slope = covariate_slope(additive_fit(entry, judge, values, errors=False), own)
    return {
        "value": slope.value,
        "standard_error": slope.error,
        "low": slope.low,
        "high": slope.high,
        "chance": slope.chance,
        "scores": slope.sheets,
    }


def look_at_total(ballot: Ballot, weights: Sequence[int]) -> Seen:
    """At the weighted totals of complete sheets, and at the halo over the criteria."""
    entry, judge, total = complete_sheets(ballot, weights)
    seen = _look(ballot, entry, judge, total, None)
    lift = _lift(ballot, entry, judge, total)
    fits = [
        additive_fit(
            one.entry,
            one.judge,
            ballot.values(number),
            entries=len(ballot.entries),
            judges=len(ballot.judges),
        )
        for number, one in enumerate(ballot.criteria)
        if weights[number]
    ]
    correlation = halo(fits, judges=len(ballot.judges))[0] if len(fits) > 1 else NOTHING
    return replace(seen, agreement={**seen.agreement, "own_country": lift, "halo": correlation})


def _look(ballot: Ballot, entry: Integers, judge: Integers, values: Floats, weights: Floats | None) -> Seen:
    judges = len(ballot.judges)
    given = np.bincount(judge, minlength=judges)
    mean = np.bincount(judge, values, judges) / np.maximum(given, 1)
    squares = np.bincount(judge, (values - mean[judge]) ** 2, judges)
    spread = np.where(given > 1, np.sqrt(squares / np.maximum(given - 1, 1)), np.nan)
    infit, outfit = np.full(judges, np.nan), np.full(judges, np.nan)
    unusual: list[Mapping[str, object]] = []
    exact = True
    icc: dict[str, float] = dict.fromkeys(
        ("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k"), NOTHING
    )
    icc["k"] = len(entry) / len(np.unique(entry)) if len(entry) else NOTHING
    if len(entry):
        fit = additive_fit(entry, judge, values, weights=weights, entries=len(ballot.entries), judges=judges)
        noise = mean_squares(fit)
        infit, outfit, exact = noise.infit, noise.outfit, fit.exact
        unusual = [
            {
                "entry": ballot.entries[sheet.entry],
                "judge": ballot.judges[sheet.judge],
                "residual": sheet.residual,
                "ratio": sheet.ratio,
                "chance": sheet.chance,
            }
            for sheet in unusual_sheets(fit)
        ]
        measured = measure_intraclass(entry, judge, values)
        icc = {
            "icc_1_1": measured.single_one_way,
            "icc_2_1": measured.single_absolute,
            "icc_3_1": measured.single_consistent,
            "icc_1_k": measured.mean_one_way,
            "icc_2_k": measured.mean_absolute,
            "icc_3_k": measured.mean_consistent,
            "k": measured.scores,
        }
    alpha = {
        level.value: NOTHING
        if level is Level.RATIO and (values < 0).any()
        else krippendorff_alpha(entry, values, level)
        for level in Level
    }
    return Seen(
        rows=tuple(
            JudgeRow(number, float(spread[number]), float(infit[number]), float(outfit[number]))
            for number in range(judges)
        ),
        agreement={**icc, "alpha": alpha, "unusual_sheets": unusual},
        notices=(),
        exact=exact,
    )


def in_words(consistent: object) -> str:
    """Reliability of the mean in a word, by the usual marks (Koo and Li 2016)."""
    if not isinstance(consistent, float) or math.isnan(consistent):
        return ""
    marks = ((0.9, "excellent"), (0.75, "good"), (0.5, "moderate"))
    return next((word for mark, word in marks if consistent >= mark), "poor")
