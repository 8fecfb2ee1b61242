"""Inputs and rules in, verdict out: what was decided, how sure it is, and what else would have come out.

This project's own; its parts name their sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judging.agreement import Agreement, measure_agreement
from judging.arrays import Floats, Integers
from judging.calibration import Calibration, Part
from judging.criteria import combine_severities
from judging.holders import in_turn
from judging.ranking import by_places
from judging.remarks import Remark, remarks_of
from judging.rounds import RANKED, Depth, Method, RoundInputs
from judging.scales import float_millionths
from judging.scoring import ALL, Scored, Table, calibrations_of, prizes_of, score, tabulate, together
from judging.sensitivity import Alternative, other_methods, without_each_judge, without_sheets
from judging.standings import Standing, Step, standings_of


@dataclass(frozen=True, slots=True)
class JudgeEffect:
    """
    A judge in the total or in one criterion; numbers in millionths, None where refused.

    `severity` is positive for a judge who gives less than others would, `error` its standard error (criteria
    only), `spread` the standard deviation of what the judge gave, `fit` the mean square of the residuals over
    what is expected (1,000,000 is as noisy as the others), `agreement` the rank correlation with the others
    on the same entries.
    """

    scope: str
    judge: str
    sheets: int
    severity: int | None
    error: int | None
    spread: int | None
    fit: int | None
    agreement: int | None


@dataclass(frozen=True, slots=True)
class FittedPart:
    """One connected part of a criterion, in ids; `part` is its number there."""

    scope: str
    part: int
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    fitted: Part


@dataclass(frozen=True, slots=True)
class PrizeResult:
    """
    Who takes a prize by its rule.

    Parameters
    ----------
    entries : tuple of str or None
        Best first; None where the entries fall into parts that cannot be compared.
    by_part : tuple of tuple of str
        In that case, who would take it in each part, were it given in each; else ().
    shared : bool
        More entries than places, because of a tie that no rule breaks.
    """

    prize: str
    category: str | None
    places: int
    entries: tuple[str, ...] | None
    by_part: tuple[tuple[str, ...], ...]
    shared: bool


@dataclass(frozen=True)
class Verdict:
    """The whole result of a round; tuples are sorted by scope, then category, part, rank or id."""

    method: Method
    seed: int
    draws: int
    standings: tuple[Standing, ...]
    judges: tuple[JudgeEffect, ...]
    parts: tuple[FittedPart, ...]
    prizes: tuple[PrizeResult, ...]
    """Ranked ones: each takes the places after the one before it."""
    other_prizes: tuple[PrizeResult, ...]
    """Ring-fenced ones and cascades."""
    steps: tuple[Step, ...]
    agreement: tuple[tuple[str, Agreement], ...]
    own_country: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    alternatives: tuple[Alternative, ...]

    def standing(self, entry: str, scope: str = ALL) -> Standing:
        """
        The standing of an entry.

        Raises
        ------
        KeyError
            No such entry in the scope.
        """
        for standing in self.standings:
            if standing.entry == entry and standing.scope == scope:
                return standing
        raise KeyError((entry, scope))


def decide(inputs: RoundInputs) -> Verdict:
    """
    The verdict of a round.

    Each criterion is calibrated over all sheets of the round, each connected part by itself; criteria are
    weighted as integers; ranks, intervals and prizes are within the category. The method that was given
    decides; the others stand beside it.

    Parameters
    ----------
    inputs : RoundInputs

    Returns
    -------
    Verdict
        The same for the same inputs, in whatever order they are given.
    """
    table = tabulate(inputs)
    decided = score(table, inputs.method)
    calibrations = decided.calibrations or calibrations_of(table, Method())
    standings, steps = standings_of(decided)
    alternatives: tuple[Alternative, ...] = ()
    if inputs.depth is not Depth.NONE:
        alternatives = other_methods(decided)
    if inputs.depth is Depth.FULL:
        alternatives += without_sheets(decided) + without_each_judge(decided)
    agreement = [measure_agreement(c, milli) for c, milli in zip(calibrations, table.milli, strict=True)]
    return Verdict(
        method=inputs.method,
        seed=inputs.seed,
        draws=inputs.draws,
        standings=standings,
        judges=_judges(table, calibrations, agreement),
        parts=_parts(table, calibrations),
        prizes=_prizes(decided),
        other_prizes=_other_prizes(decided),
        steps=steps,
        agreement=tuple(zip(table.criteria, agreement, strict=True)),
        own_country=inputs.own_country_sheets(),
        remarks=remarks_of(decided, calibrations, agreement),
        alternatives=alternatives,
    )


# ---------------------------------------------------------------------------------------------------------


def _judges(
    table: Table, calibrations: Sequence[Calibration], agreement: Sequence[Agreement]
) -> tuple[JudgeEffect, ...]:
    rows: list[JudgeEffect] = []
    size = len(table.judges)
    counted, sheets = np.zeros((len(calibrations), size)), np.zeros(size, dtype=np.int64)
    share = table.weights / table.weights.sum(axis=0)
    for number, (code, calibration, agreed) in enumerate(
        zip(table.criteria, calibrations, agreement, strict=True)
    ):
        judge, milli = table.judge[number], table.milli[number]
        counts = np.bincount(judge, minlength=size)
        spread = _spread(judge, milli, counts)
        rows.extend(
            JudgeEffect(
                scope=code,
                judge=table.judges[j],
                sheets=int(counts[j]),
                severity=float_millionths(float(calibration.severity[j])),
                error=float_millionths(float(calibration.severity_se[j])),
                spread=float_millionths(float(spread[j])),
                fit=float_millionths(float(calibration.fit[j])),
                agreement=float_millionths(float(agreed.judge_rank[j])),
            )
            for j in np.flatnonzero(counts).tolist()
        )
        # In the total a judge's severity counts as it weighed on the entries that the judge read.
        counted[number] = np.bincount(judge, share[number][table.entry[number]], size)
        sheets = np.maximum(sheets, counts)
    severity, error = combine_severities(calibrations, counted / np.maximum(counted.sum(axis=0), 1e-300))
    total = [
        JudgeEffect(
            scope=ALL,
            judge=table.judges[j],
            sheets=int(sheets[j]),
            severity=float_millionths(float(severity[j])),
            error=float_millionths(float(error[j])),
            spread=None,
            fit=None,
            agreement=None,
        )
        for j in np.flatnonzero(sheets).tolist()
    ]
    return (*total, *rows)


def _spread(judge: Integers, milli: Integers, counts: Integers) -> Floats:
    """Standard deviation of what each judge gave, in scale units; NaN below two marks."""
    size = len(counts)
    values = milli / 1000.0
    mean = np.bincount(judge, values, size) / np.maximum(counts, 1)
    squares = np.bincount(judge, (values - mean[judge]) ** 2, size)
    return np.where(counts > 1, np.sqrt(squares / np.maximum(counts - 1, 1)), np.nan)


def _parts(table: Table, calibrations: Sequence[Calibration]) -> tuple[FittedPart, ...]:
    return tuple(
        FittedPart(
            scope=code,
            part=number,
            entries=tuple(table.entries[i].id for i in part.entries),
            judges=tuple(table.judges[j] for j in part.judges),
            fitted=part,
        )
        for code, calibration in zip(table.criteria, calibrations, strict=True)
        for number, part in enumerate(calibration.parts)
    )


def _prizes(decided: Scored) -> tuple[PrizeResult, ...]:
    table, names = decided.table, [entry.id for entry in decided.table.entries]
    taken = decided.prizes()
    result = []
    for category in (None, *table.inputs.categories):
        prizes = prizes_of(table.inputs, category)
        split: list[tuple[tuple[int, ...], ...]] = []
        if prizes and taken[prizes[0].code] is None:
            tiers = [prize.places for prize in prizes]
            for members in together(table, decided.groups):
                if category is None or table.entries[members[0]].category == category:
                    inside = set(members)
                    ranks = [rank if i in inside else None for i, rank in enumerate(decided.ranks)]
                    split.append(by_places(ranks, tiers))
        for number, prize in enumerate(prizes):
            winners = taken[prize.code]
            result.append(
                PrizeResult(
                    prize=prize.code,
                    category=category,
                    places=prize.places,
                    entries=None if winners is None else tuple(names[i] for i in winners),
                    by_part=tuple(tuple(names[i] for i in part[number]) for part in split),
                    shared=winners is not None and len(winners) > prize.places,
                )
            )
    return tuple(result)


def _other_prizes(decided: Scored) -> tuple[PrizeResult, ...]:
    names, taken = [entry.id for entry in decided.table.entries], decided.prizes()
    return tuple(
        PrizeResult(
            prize=prize.code,
            category=prize.category,
            places=prize.places,
            entries=None if winners is None else tuple(names[i] for i in winners),
            by_part=(),
            shared=winners is not None and len(winners) > prize.places,
        )
        for prize in in_turn(decided.table.inputs.prizes)
        for winners in (taken[prize.code],)
        if prize.kind != RANKED
    )
