"""
From the inputs of a round to official totals, ranks and prizes: all that is decided, and nothing that is
drawn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from judging.arrays import Integers
from judging.calibration import Calibration, Model, calibrate
from judging.carrying import Burden, burden_of, carry
from judging.criteria import Total, combine, weigh
from judging.holders import columns_of, holders
from judging.methods import Plain, PlainScores, plain_scores
from judging.ranking import competition_ranks
from judging.rounds import RANKED, Entry, Method, Prize, RoundInputs, Rule
from judging.scales import millionths

ALL = "all"  # the scope of the weighted total, beside the codes of the criteria
Pair = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """The sheets of a round as arrays, entries and judges sorted by id, criteria by code."""

    inputs: RoundInputs
    entries: tuple[Entry, ...]
    judges: tuple[str, ...]
    criteria: tuple[str, ...]
    weights: Integers
    entry: tuple[Integers, ...]
    judge: tuple[Integers, ...]
    milli: tuple[Integers, ...]
    confidence: tuple[Integers, ...]
    complete: Integers
    carried: Burden

    @cached_property
    def categories(self) -> dict[str, tuple[int, ...]]:
        """Indices of each category's entries."""
        return {
            category: tuple(i for i, entry in enumerate(self.entries) if entry.category == category)
            for category in self.inputs.categories
        }

    @cached_property
    def columns(self) -> dict[str, Integers]:
        """Indices of the entries that each prize is for."""
        return columns_of(self.inputs.prizes, self.entries)


@dataclass(frozen=True)
class Scored:
    """
    What one method decides.

    Parameters
    ----------
    table : Table
    method : Method
    calibrations : tuple of C Calibration, or () for a plain method
    plain : tuple of C PlainScores, or () for a calibrating method
    total : Total or None
        None for a plain method.
    official, official_raw : tuple of C tuples of int or None
        By criterion, in millionths.
    totals, raw_totals : tuple of int or None
    groups : tuple of int
        Entries of one category and one group are ranked together; -1 without a total.
    ranks : tuple of int or None
        Within category and group.
    criterion_ranks : tuple of C tuples of int or None
        Within category and connected part.
    """

    table: Table
    method: Method
    calibrations: tuple[Calibration, ...]
    plain: tuple[PlainScores, ...]
    total: Total | None
    official: tuple[tuple[int | None, ...], ...]
    official_raw: tuple[tuple[int | None, ...], ...]
    totals: tuple[int | None, ...]
    raw_totals: tuple[int | None, ...]
    groups: tuple[int, ...]
    ranks: tuple[int | None, ...]
    criterion_ranks: tuple[tuple[int | None, ...], ...]

    def prizes(self) -> dict[str, tuple[int, ...] | None]:
        """
        Who takes each prize by its rule, as indices best first; None where entries that would have to be
        compared are not.
        """
        prizes = self.table.inputs.prizes
        scopes = {category: self.ranks_in(category) for category in {prize.category for prize in prizes}}
        rows = {
            category: None if ranks is None else np.array([[rank or 0 for rank in ranks]])
            for category, ranks in scopes.items()
        }
        result: dict[str, tuple[int, ...] | None] = {}
        found = holders(prizes, self.table.columns, rows)
        for prize in prizes:
            held, ranks = found[prize.code], scopes[prize.category]
            if held is None or ranks is None:
                result[prize.code] = None
            else:
                inside = np.flatnonzero(held[0]).tolist()
                result[prize.code] = tuple(sorted(inside, key=lambda i: (ranks[i] or 0, i)))
        return result

    def ranks_in(self, category: str | None) -> tuple[int | None, ...] | None:
        """
        Ranks of a category, or of the whole round for None; None where its entries cannot all be compared.
        """
        table = self.table
        if category is not None:
            members = set(table.categories[category])
            if len({self.groups[i] for i in members} - {-1}) > 1:
                return None
            return tuple(rank if i in members else None for i, rank in enumerate(self.ranks))
        for number, calibration in enumerate(self.calibrations):
            if len(set(calibration.part_of_entry[table.weights[number] > 0].tolist()) - {-1}) > 1:
                return None
        return competition_ranks(self.keys())

    def keys(self) -> list[tuple[int, ...] | None]:
        """Official total and tie-breaks of each entry."""
        table = self.table
        breaks: list[tuple[int | None, ...]] = []
        for tie_break in table.inputs.tie_breaks:
            if tie_break.rule == "criterion":
                breaks.append(self.official[table.criteria.index(tie_break.value)])
            elif tie_break.rule == "raw":
                breaks.append(self.raw_totals)
            else:
                breaks.append(tuple(table.complete.tolist()))
        # A criterion that an entry was not judged in breaks no tie for it: it counts as the lowest number.
        lowest = -(10**18)
        return [
            None
            if total is None
            else (total, *(lowest if numbers[i] is None else numbers[i] or 0 for numbers in breaks))
            for i, total in enumerate(self.totals)
        ]


def prizes_of(inputs: RoundInputs, category: str | None) -> tuple[Prize, ...]:
    """Ranked prizes of a category (None: of the whole round) in the order in which they take places."""
    return tuple(
        sorted(
            (prize for prize in inputs.prizes if prize.category == category and prize.kind == RANKED),
            key=lambda prize: prize.turn,
        )
    )


def tabulate(
    inputs: RoundInputs, *, without_judges: Collection[str] = (), without_sheets: Collection[Pair] = ()
) -> Table:
    """The sheets of a round as arrays, without those that are left out."""
    entries = tuple(sorted(inputs.entries, key=lambda entry: entry.id))
    at_entry = {entry.id: i for i, entry in enumerate(entries)}
    judges = inputs.judge_ids
    at_judge = {judge: i for i, judge in enumerate(judges)}
    criteria = sorted(inputs.criteria, key=lambda criterion: criterion.code)
    cells: dict[str, list[tuple[int, int, int, int]]] = {criterion.code: [] for criterion in criteria}
    milli = {
        criterion.code: [criterion.scale.milli(m) for m in criterion.scale.marks] for criterion in criteria
    }
    judged = {
        category: {criterion.code for criterion in criteria if criterion.weight_in(category)}
        for category in inputs.categories
    }
    complete = np.zeros(len(entries), dtype=np.int64)
    for sheet in sorted(inputs.sheets, key=lambda sheet: (sheet.entry, sheet.judge)):
        if sheet.judge in without_judges or (sheet.entry, sheet.judge) in without_sheets:
            continue
        e, j = at_entry[sheet.entry], at_judge[sheet.judge]
        for code, mark in sheet.marks:
            cells[code].append((e, j, milli[code][mark], sheet.confidence))
        complete[e] += {code for code, _ in sheet.marks} == judged[entries[e].category]
    columns = [np.array(cells[c.code], dtype=np.int64).reshape(-1, 4) for c in criteria]
    return Table(
        inputs=inputs,
        entries=entries,
        judges=judges,
        criteria=tuple(criterion.code for criterion in criteria),
        weights=np.array(
            [[c.weight_in(entry.category) for entry in entries] for c in criteria], dtype=np.int64
        ),
        entry=tuple(column[:, 0] for column in columns),
        judge=tuple(column[:, 1] for column in columns),
        milli=tuple(column[:, 2] for column in columns),
        confidence=tuple(column[:, 3] for column in columns),
        complete=complete,
        carried=burden_of(inputs.carried, at_entry),
    )


def totals_of(table: Table, official: tuple[tuple[int | None, ...], ...]) -> tuple[int | None, ...]:
    """Official totals from the official numbers of the criteria and what is carried from an earlier round."""
    return weigh((*official, table.carried.totals), np.vstack([table.weights, table.carried.weights]))


def score(table: Table, method: Method) -> Scored:
    """Score a round by one method."""
    if method.rule in (Rule.CALIBRATED, Rule.LEAST_SQUARES):
        return _score_calibrated(table, method)
    return _score_plain(table, method)


def calibrations_of(table: Table, method: Method) -> tuple[Calibration, ...]:
    """Calibrate each criterion over all sheets of the round."""
    return tuple(
        calibrate(
            table.entry[number],
            table.judge[number],
            table.milli[number],
            confidence=table.confidence[number] if method.confidence else None,
            entries=len(table.entries),
            judges=len(table.judges),
            model=Model.LEAST_SQUARES if method.rule is Rule.LEAST_SQUARES else Model.CALIBRATED,
        )
        for number in range(len(table.criteria))
    )


def _score_calibrated(table: Table, method: Method) -> Scored:
    calibrations = calibrations_of(table, method)
    official = tuple(calibration.official or () for calibration in calibrations)
    totals = totals_of(table, official)
    alone = combine(calibrations, table.weights)
    total = replace(carry(alone, table.weights.sum(axis=0), table.carried), official=totals)
    return _ranked(
        table,
        method,
        calibrations=calibrations,
        total=total,
        official=official,
        official_raw=tuple(calibration.official_raw or () for calibration in calibrations),
        totals=totals,
        raw_totals=total.official_raw,
        groups=_numbered_by_category(table, total.group.tolist()),
        parts=[calibration.part_of_entry.tolist() for calibration in calibrations],
    )


def _numbered_by_category(table: Table, groups: list[int]) -> tuple[int, ...]:
    """Groups numbered from 0 within each category, in the order of their first entry."""
    numbers: dict[str, dict[int, int]] = {category: {} for category in table.categories}
    return tuple(
        -1 if group < 0 else numbers[entry.category].setdefault(group, len(numbers[entry.category]))
        for entry, group in zip(table.entries, groups, strict=True)
    )


def _score_plain(table: Table, method: Method) -> Scored:
    def scores(rule: Plain, decimals: int | None) -> tuple[PlainScores, ...]:
        return tuple(
            plain_scores(
                rule,
                table.entry[number],
                table.judge[number],
                table.milli[number],
                entries=len(table.entries),
                judges=len(table.judges),
                decimals=decimals,
            )
            for number in range(len(table.criteria))
        )

    def official(plain: tuple[PlainScores, ...]) -> tuple[tuple[int | None, ...], ...]:
        return tuple(
            tuple(None if value is None else millionths(value) for value in one.values) for one in plain
        )

    plain = scores(Plain(method.rule.value), method.decimals)
    numbers = official(plain)
    raw = official(scores(Plain.MEAN, None))
    totals = totals_of(table, numbers)
    return _ranked(
        table,
        method,
        plain=plain,
        official=numbers,
        official_raw=raw,
        totals=totals,
        raw_totals=weigh(raw, table.weights),
        groups=tuple(-1 if total is None else 0 for total in totals),
        parts=[[0] * len(table.entries) for _ in table.criteria],
    )


def _ranked(
    table: Table,
    method: Method,
    *,
    official: tuple[tuple[int | None, ...], ...],
    official_raw: tuple[tuple[int | None, ...], ...],
    totals: tuple[int | None, ...],
    raw_totals: tuple[int | None, ...],
    groups: tuple[int, ...],
    parts: list[list[int]],
    calibrations: tuple[Calibration, ...] = (),
    plain: tuple[PlainScores, ...] = (),
    total: Total | None = None,
) -> Scored:
    unranked = Scored(
        table=table,
        method=method,
        calibrations=calibrations,
        plain=plain,
        total=total,
        official=official,
        official_raw=official_raw,
        totals=totals,
        raw_totals=raw_totals,
        groups=groups,
        ranks=(),
        criterion_ranks=(),
    )
    keys = unranked.keys()
    ranks = _ranks_within(table, keys, groups)
    criterion_ranks = []
    for number in range(len(table.criteria)):
        judged = [
            None if value is None or not table.weights[number, i] else (value,)
            for i, value in enumerate(official[number])
        ]
        criterion_ranks.append(_ranks_within(table, judged, tuple(parts[number])))
    return Scored(
        table=table,
        method=method,
        calibrations=calibrations,
        plain=plain,
        total=total,
        official=official,
        official_raw=official_raw,
        totals=totals,
        raw_totals=raw_totals,
        groups=groups,
        ranks=ranks,
        criterion_ranks=tuple(criterion_ranks),
    )


def _ranks_within(
    table: Table, keys: list[tuple[int, ...] | None] | list[tuple[int] | None], groups: tuple[int, ...]
) -> tuple[int | None, ...]:
    result: list[int | None] = [None] * len(keys)
    for members in together(table, groups):
        for i, rank in zip(members, competition_ranks([keys[i] for i in members]), strict=True):
            result[i] = rank
    return tuple(result)


def together(table: Table, groups: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Entries that are ranked together: those of one category and one group."""
    sets: dict[tuple[str, int], list[int]] = {}
    for i, entry in enumerate(table.entries):
        if groups[i] >= 0:
            sets.setdefault((entry.category, groups[i]), []).append(i)
    return [tuple(sets[key]) for key in sorted(sets)]


def rescored(decided: Scored, table: Table, official: tuple[tuple[int | None, ...], ...]) -> Scored:
    """
    A round by other numbers: those of another model, or the same with other weights.

    Parameters
    ----------
    decided : Scored
        Says which entries can be compared.
    table : Table
        That of `decided`, perhaps with other weights.
    official : tuple of C tuples of int or None
        Millionths.
    """
    totals = totals_of(table, official)
    parts = [calibration.part_of_entry.tolist() for calibration in decided.calibrations]
    return _ranked(
        table,
        decided.method,
        calibrations=decided.calibrations,
        official=official,
        official_raw=decided.official_raw,
        totals=totals,
        raw_totals=weigh(decided.official_raw, table.weights),
        groups=tuple(
            -1 if total is None else max(group, 0)
            for total, group in zip(totals, decided.groups, strict=True)
        ),
        parts=parts or [[0] * len(table.entries) for _ in table.criteria],
    )
