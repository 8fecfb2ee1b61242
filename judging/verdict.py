"""Inputs and rules in, verdict out: what was decided, how sure it is, and what else would have come out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from judging.agreement import Agreement, measure_agreement
from judging.arrays import Floats, Integers
from judging.calibration import Calibration, Covariance, Part
from judging.methods import WARNINGS, Plain
from judging.notices import Notice
from judging.ranking import by_places
from judging.rounds import Depth, Method, RoundInputs, Rule
from judging.scales import float_millionths
from judging.scoring import Scored, Table, calibrations_of, prizes_of, score, tabulate, together
from judging.sensitivity import Alternative, other_methods, without_each_judge, without_sheets
from judging.uncertainty import draw_scores, neighbours, outlook

ALL = "all"
PLACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """
    An entry's place with its interval, in the total (scope ``all``) or in one criterion (scope: its code).

    Numbers are integers: scores and errors in millionths of a scale unit, chances and the expected rank in
    millionths. None is "refused" or "not applicable". Ranks are within category and `part`.

    Parameters
    ----------
    sheets : int
        Complete sheets in scope ``all``, marks in a criterion.
    raw, estimate : int or None
        Plain mean and official number of the method.
    error, rank_low, rank_high, quantiles, expected_rank
        Standard error, ends of the 90 % rank interval, 5, 25, 75 and 95 % points of the score: they inform
        only.
    chances : tuple of int
        Chance of place 1, 2, ...
    prize_chances : tuple of (prize code, chance)
        Chance of the places of each prize of the category; scope ``all`` only.
    """

    scope: str
    entry: str
    category: str
    part: int | None
    sheets: int
    raw: int | None
    estimate: int | None
    error: int | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    quantiles: tuple[int, ...]
    chances: tuple[int, ...]
    prize_chances: tuple[tuple[str, int], ...]
    expected_rank: int | None


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
class Remark:
    """A notice in ids: the criteria (or ``all``) it holds for, and the category if it is of one."""

    code: str
    scopes: tuple[str, ...]
    category: str | None
    sentence: str
    remedy: str
    judges: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrizeResult:
    """
    Who takes a prize by places.

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


@dataclass(frozen=True, slots=True)
class Step:
    """Two entries that follow each other in scope ``all``: chance (millionths) that the first is ahead."""

    ahead: str
    behind: str
    chance: int
    separable: bool


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
    standings, steps = _standings(decided)
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
        steps=steps,
        agreement=tuple(zip(table.criteria, agreement, strict=True)),
        own_country=inputs.own_country_sheets(),
        remarks=_remarks(decided, calibrations, agreement),
        alternatives=alternatives,
    )


# ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sureness:
    """What draws say of one entry."""

    rank_low: int
    rank_high: int
    quantiles: tuple[int, ...]
    chances: tuple[int, ...]
    prize_chances: tuple[tuple[str, int], ...]
    expected_rank: int


def _standings(decided: Scored) -> tuple[tuple[Standing, ...], tuple[Step, ...]]:
    table = decided.table
    rows: list[tuple[tuple[str, str, int, int, str], Standing]] = []
    steps: list[Step] = []
    total = decided.total
    sure: dict[int, _Sureness] = {}
    if total is not None:
        sure, steps = _sureness(
            decided, ALL, total.estimate, total.covariance, total.dof, decided.groups, decided.ranks
        )
    for i in range(len(table.entries)):
        error = None if total is None else float_millionths(float(total.se[i]))
        rows.append(
            _standing(
                table,
                ALL,
                i,
                decided.groups[i],
                int(table.complete[i]),
                decided.raw_totals[i],
                decided.totals[i],
                error,
                decided.ranks[i],
                sure.get(i),
            )
        )
    for number, code in enumerate(table.criteria):
        judged = table.weights[number] > 0
        counts = np.bincount(table.entry[number], minlength=len(table.entries))
        sure, groups, errors = {}, tuple(np.where(judged & (counts > 0), 0, -1).tolist()), None
        if decided.calibrations:
            calibration = decided.calibrations[number]
            groups = tuple(np.where(judged, calibration.part_of_entry, -1).tolist())
            errors = calibration.se
            sure, _ = _sureness(
                decided,
                code,
                calibration.estimate,
                calibration.covariance,
                calibration.dof,
                groups,
                decided.criterion_ranks[number],
            )
        for i in np.flatnonzero(judged).tolist():
            error = None if errors is None else float_millionths(float(errors[i]))
            rows.append(
                _standing(
                    table,
                    code,
                    i,
                    groups[i],
                    int(counts[i]),
                    decided.official_raw[number][i],
                    decided.official[number][i],
                    error,
                    decided.criterion_ranks[number][i],
                    sure.get(i),
                )
            )
    return tuple(standing for _, standing in sorted(rows, key=lambda row: row[0])), tuple(steps)


def _standing(
    table: Table,
    scope: str,
    i: int,
    part: int,
    sheets: int,
    raw: int | None,
    estimate: int | None,
    error: int | None,
    rank: int | None,
    sure: _Sureness | None,
) -> tuple[tuple[str, str, int, int, str], Standing]:
    entry = table.entries[i]
    last = 10**9
    # "all" comes first, whatever the criteria are called.
    key = ("" if scope == ALL else scope, entry.category, part if part >= 0 else last, rank or last, entry.id)
    return key, Standing(
        scope=scope,
        entry=entry.id,
        category=entry.category,
        part=part if part >= 0 else None,
        sheets=sheets,
        raw=raw,
        estimate=estimate,
        error=error,
        rank=rank,
        rank_low=sure.rank_low if sure else None,
        rank_high=sure.rank_high if sure else None,
        quantiles=sure.quantiles if sure else (),
        chances=sure.chances if sure else (),
        prize_chances=sure.prize_chances if sure else (),
        expected_rank=sure.expected_rank if sure else None,
    )


def _sureness(
    decided: Scored,
    scope: str,
    estimate: Floats,
    covariance: Covariance,
    dof: Integers,
    groups: tuple[int, ...],
    ranks: tuple[int | None, ...],
) -> tuple[dict[int, _Sureness], list[Step]]:
    table, inputs = decided.table, decided.table.inputs
    result: dict[int, _Sureness] = {}
    steps: list[Step] = []
    if not inputs.draws:
        return result, steps
    for members in together(table, groups):
        chosen = [i for i in members if ranks[i] is not None]
        freedom = int(dof[chosen].min()) if chosen else 0
        if freedom < 1 or not np.isfinite(covariance.own[chosen]).all():
            continue
        category = table.entries[chosen[0]].category
        prizes = prizes_of(inputs, category) if scope == ALL else ()
        places = max(PLACES_SHOWN, sum(prize.places for prize in prizes))
        scores = draw_scores(
            estimate,
            covariance,
            dof=freedom,
            draws=inputs.draws,
            seed=_seed(inputs.seed, scope, category, table.entries[chosen[0]].id),
            entries=chosen,
        )
        look = outlook(scores, places)
        for column, i in enumerate(chosen):
            shares, start = [], 0
            for prize in prizes:
                shares.append((prize.code, sum(look.chances[column][start : start + prize.places])))
                start += prize.places
            result[i] = _Sureness(
                rank_low=int(look.rank_low[column]),
                rank_high=int(look.rank_high[column]),
                quantiles=tuple(round(float(q) * 1_000_000) for q in look.quantiles[:, column]),
                chances=look.chances[column],
                prize_chances=tuple(shares),
                expected_rank=round(float(look.expected_rank[column]) * 1_000_000),
            )
        if scope == ALL:
            order = sorted(chosen, key=lambda i: (ranks[i] or 0, table.entries[i].id))
            steps.extend(
                Step(table.entries[near.ahead].id, table.entries[near.behind].id, near.chance, near.separable)
                for near in neighbours(order, estimate, covariance, scores, chosen)
            )
    return result, steps


def _seed(seed: int, *names: str) -> tuple[int, int]:
    """A stream of its own for each ranking, so that one more category changes nothing in the others."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return seed, int.from_bytes(digest[:8], "big")


# ---------------------------------------------------------------------------------------------


def _judges(
    table: Table, calibrations: Sequence[Calibration], agreement: Sequence[Agreement]
) -> tuple[JudgeEffect, ...]:
    rows: list[JudgeEffect] = []
    size = len(table.judges)
    weighted, load, sheets = np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    share = table.weights / table.weights.sum(axis=0)
    known = np.ones(size, dtype=np.bool_)
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
        part = np.bincount(judge, share[number][table.entry[number]], size)
        known &= (counts == 0) | np.isfinite(calibration.severity)
        weighted += np.where(counts > 0, part * np.nan_to_num(calibration.severity), 0.0)
        load += part
        sheets = np.maximum(sheets, counts)
    total = [
        JudgeEffect(
            scope=ALL,
            judge=table.judges[j],
            sheets=int(sheets[j]),
            severity=float_millionths(float(weighted[j] / load[j])) if known[j] else None,
            error=None,
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


# -----------------------------------------------------------------------------------------------------------


def _remarks(
    decided: Scored, calibrations: Sequence[Calibration], agreement: Sequence[Agreement]
) -> tuple[Remark, ...]:
    table = decided.table
    scopes: dict[Notice, list[str]] = {}
    for number, code in enumerate(table.criteria):
        # What is balanced is said once, by category.
        notices: list[Notice] = [
            _only_judged(notice, table.weights[number] > 0)
            for notice in calibrations[number].notices
            if notice.code != "balanced"
        ]
        if decided.plain:
            notices.extend(decided.plain[number].notices)
        if agreement[number].reversed_scale:
            notices.append(
                Notice(
                    "reversed-scale",
                    "The order of a judge runs against that of the others: the scale may have been taken the "
                    "other way "
                    "round.",
                    "Ask the judge to look at the sheets again.",
                    judges=agreement[number].reversed_scale,
                )
            )
        for notice in notices:
            if notice.code != "no-scores" or notice.entries:
                scopes.setdefault(notice, []).append(code)
    remarks = [_in_ids(table, notice, tuple(codes)) for notice, codes in scopes.items()]
    remarks.extend(_category_remarks(decided))
    rule = decided.method.rule
    if rule not in (Rule.CALIBRATED, Rule.LEAST_SQUARES):
        remarks.append(Remark("method", (ALL,), None, WARNINGS[Plain(rule.value)], "", (), ()))
    return tuple(
        sorted(
            remarks, key=lambda remark: (remark.code, remark.scopes, remark.category or "", remark.entries)
        )
    )


def _only_judged(notice: Notice, judged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Notice:
    """An entry without a score in a criterion that its category does not judge is nothing to remark on."""
    if notice.code != "no-scores":
        return notice
    missing = tuple(i for i in notice.entries if judged[i])
    return Notice(
        notice.code, f"{len(missing)} entries have no score and no place.", notice.remedy, (), missing
    )


def _in_ids(table: Table, notice: Notice, scopes: tuple[str, ...]) -> Remark:
    return Remark(
        code=notice.code,
        scopes=scopes,
        category=None,
        sentence=notice.sentence,
        remedy=notice.remedy,
        judges=tuple(table.judges[j] for j in notice.judges),
        entries=tuple(table.entries[i].id for i in notice.entries),
    )


def _category_remarks(decided: Scored) -> Iterable[Remark]:
    table = decided.table
    readers = _readers(table)
    for category, members in table.categories.items():
        ids = tuple(table.entries[i].id for i in members)
        if len(members) > 1 and readers[members[0]] and len({readers[i] for i in members}) == 1:
            judges = tuple(table.judges[j] for j in sorted({j for _, j, _ in readers[members[0]]}))
            yield Remark(
                "balanced",
                (ALL,),
                category,
                "Every judge of this category marked every entry, so severity falls on all alike: "
                "calibration changes "
                "nothing in the order here.",
                "",
                judges,
                ids,
            )
        groups = {decided.groups[i] for i in members} - {-1}
        if len(groups) > 1:
            yield Remark(
                "disconnected",
                (ALL,),
                category,
                f"The entries of this category fall into {len(groups)} parts that share no judge and no "
                f"entry: each is "
                "ranked by itself, and no prize can be given over all of them by numbers.",
                "Give an entry of each part to a judge of another one, or decide prizes within the parts.",
                (),
                ids,
            )
        without = tuple(table.entries[i].id for i in members if decided.totals[i] is None)
        if without:
            yield Remark(
                "unranked",
                (ALL,),
                category,
                f"{len(without)} entries lack all marks in a criterion, so they have no total and no place.",
                "Have the missing criteria marked.",
                (),
                without,
            )


def _readers(table: Table) -> list[frozenset[tuple[int, int, int]]]:
    """Who marked each entry in which criterion, with which weight."""
    readers: list[set[tuple[int, int, int]]] = [set() for _ in table.entries]
    confidence = table.inputs.method.confidence
    for number in range(len(table.criteria)):
        for e, j, c in zip(
            table.entry[number].tolist(),
            table.judge[number].tolist(),
            table.confidence[number].tolist(),
            strict=True,
        ):
            readers[e].add((number, j, c if confidence else 1))
    return [frozenset(who) for who in readers]
