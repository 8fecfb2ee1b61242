"""Standings: every entry's place with its interval, in the total and in each criterion."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers
from judging.calibration import Covariance
from judging.criteria import Total
from judging.draws import survey
from judging.holders import Tally
from judging.rounds import RANKED, Prize, RoundInputs
from judging.scales import float_millionths, share_millionths
from judging.scoring import ALL, Scored, Table, prizes_of, together

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
        Chance of the places of each ranked prize of the category; scope ``all`` only.
    other_chances : tuple of (prize code, chance)
        Chance of each prize that rules give otherwise, of those that are for the entry: ring-fenced, cascade, and every
        prize over all categories; scope ``all`` only.
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
    other_chances: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Two entries that follow each other in scope ``all``: chance (millionths) that the first is ahead."""

    ahead: str
    behind: str
    chance: int
    separable: bool


@dataclass(frozen=True)
class _Sureness:
    """What draws say of one entry."""

    rank_low: int
    rank_high: int
    quantiles: tuple[int, ...]
    chances: tuple[int, ...]
    prize_chances: tuple[tuple[str, int], ...]
    expected_rank: int


def standings_of(decided: Scored) -> tuple[tuple[Standing, ...], tuple[Step, ...]]:
    table = decided.table
    rows: list[tuple[tuple[str, str, int, int, str], Standing]] = []
    steps: list[Step] = []
    total = decided.total
    sure: dict[int, _Sureness] = {}
    other: dict[int, list[tuple[str, int]]] = {}
    if total is not None:
        sure, steps = _sureness(
            decided, ALL, total.estimate, total.covariance, total.dof, decided.groups, decided.ranks, other
        )
        _over_all(decided, total, other)
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
                tuple(sorted(other.get(i, ()))),
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
    other: tuple[tuple[str, int], ...] = (),
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
        other_chances=other,
    )


def _sureness(
    decided: Scored,
    scope: str,
    estimate: Floats,
    covariance: Covariance,
    dof: Integers,
    groups: tuple[int, ...],
    ranks: tuple[int | None, ...],
    other: dict[int, list[tuple[str, int]]] | None = None,
) -> tuple[dict[int, _Sureness], list[Step]]:
    """What the draws of each group say; `other` takes in the chances of prizes that a category gives otherwise."""
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
        tally = None
        within = () if other is None else _within(inputs, category)
        if any(prize.kind != RANKED for prize in within) and decided.ranks_in(category) is not None:
            tally = Tally(within, table.columns, chosen, len(table.entries))
        look, near = survey(
            estimate,
            covariance,
            dof=freedom,
            draws=inputs.draws,
            seed=_seed(inputs.seed, scope, category, table.entries[chosen[0]].id),
            entries=chosen,
            places=max(PLACES_SHOWN, sum(prize.places for prize in prizes)),
            order=sorted(chosen, key=lambda i: (ranks[i] or 0, table.entries[i].id)) if scope == ALL else (),
            watch=tally.take if tally else None,
        )
        if tally and other is not None:
            _note(tally, chosen, other)
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
        steps.extend(
            Step(table.entries[step.ahead].id, table.entries[step.behind].id, step.chance, step.separable)
            for step in near
        )
    return result, steps


def _within(inputs: RoundInputs, category: str) -> tuple[Prize, ...]:
    """The prizes of a category that hang on no entry of another one."""
    own = {prize.code: prize for prize in inputs.prizes if prize.category == category}
    while strange := [code for code, prize in own.items() if not own.keys() >= set(prize.past)]:
        for code in strange:
            del own[code]
    return tuple(own.values())


def _over_all(decided: Scored, total: Total, other: dict[int, list[tuple[str, int]]]) -> None:
    """Chances of the prizes for which entries of several categories are drawn together."""
    table, inputs = decided.table, decided.table.inputs
    alone = {prize.code for category in inputs.categories for prize in _within(inputs, category)}
    wanted = {prize.code for prize in inputs.prizes} - alone
    chosen = [i for i, number in enumerate(decided.totals) if number is not None]
    if not wanted or not inputs.draws or not chosen or decided.ranks_in(None) is None:
        return
    freedom = int(total.dof[chosen].min())
    if freedom < 1 or not np.isfinite(total.covariance.own[chosen]).all():
        return
    tally = Tally(inputs.prizes, table.columns, chosen, len(table.entries))
    survey(
        total.estimate,
        total.covariance,
        dof=freedom,
        draws=inputs.draws,
        seed=_seed(inputs.seed, ALL),
        entries=chosen,
        places=0,
        watch=tally.take,
    )
    _note(tally, chosen, other, wanted)


def _note(
    tally: Tally,
    chosen: Sequence[int],
    other: dict[int, list[tuple[str, int]]],
    wanted: Collection[str] | None = None,
) -> None:
    for code in tally.others if wanted is None else wanted:
        for column, count in tally.of(code):
            other.setdefault(chosen[column], []).append((code, share_millionths(count, tally.draws)))


def _seed(seed: int, *names: str) -> tuple[int, int]:
    """A stream of its own for each ranking, so that one more category changes nothing in the others."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return seed, int.from_bytes(digest[:8], "big")


# ---------------------------------------------------------------------------------------------
