"""What a verdict has to say about itself: notices of the methods, in ids and by category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from judging.agreement import Agreement
from judging.arrays import Booleans
from judging.calibration import Calibration
from judging.confidence import whole_weights
from judging.methods import WARNINGS, Plain
from judging.notices import Notice
from judging.rounds import Rule
from judging.scoring import ALL, Scored, Table


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


def remarks_of(
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


def _only_judged(notice: Notice, judged: Booleans) -> Notice:
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
    for number, (entry, judge) in enumerate(zip(table.entry, table.judge, strict=True)):
        weights = np.ones_like(judge)
        if table.inputs.method.confidence:
            weights = whole_weights(judge, table.confidence[number])
        for e, j, w in zip(entry.tolist(), judge.tolist(), weights.tolist(), strict=True):
            readers[e].add((number, j, w))
    return [frozenset(who) for who in readers]
