"""Why no full assignment exists: the cut in ids, the best partial assignment, and the remedies.

One relaxed flow always succeeds: missing reads cost most, judges below their least load cost less, a hard
conflict is never broken. From the short entries, "could read" and "is reading" arcs lead to the entries X and
judges Y that prove it (Gale 1957, Hoffman 1960): what X needs is more than what Y can still read and what
others read already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from judging.arrays import Booleans, Integers
from judging.problem import Gains, Problem
from judging.transport import Partial, fill_what_can_be, is_taken, without_rules
from judging.watching import Watch


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    One thing that would help.

    Kinds: ``raise-high`` (a judge of the cut takes more), ``lower-need`` (an entry of the cut gets fewer
    reads),
    ``waive`` (a conflict that may be waived, between an entry of the cut and a judge with room),
    ``add-judge`` (somebody who may read these entries), ``lower-low`` (a judge's least load), ``lower-seats``
    (an entry needs fewer experts), ``join-group`` (judges of `group`, its number, need not be kept apart).
    """

    kind: str
    judge: str = ""
    entry: str = ""
    group: int = -1


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    Why the needs and bounds cannot be met. Everything is about what is still free to give: pins are taken
    out.

    Parameters
    ----------
    missing : tuple of (entry id, reads)
        Reads that cannot be given in the best partial assignment.
    under : tuple of (judge id, reads)
        Judges who stay below their least load in it.
    vacant : tuple of (entry id, seats)
        Expert seats that stay empty in it.
    entries, judges : tuple of str
        The cut: these entries can be read only by these judges (and others who read them already). Where
        nothing is missing: these judges can read only these entries. Where only seats are vacant: these entries
        have only these experts.
    wanted, possible : int
        Reads wanted across the cut, and how many it has room for; or least loads, and reads there are; or expert
        seats, and experts' reads.
    rules : tuple of str
        ``expert-seat`` and ``apart``: the rules without which less would be short.
    remedies : tuple of Remedy
    pairs : tuple of (entry id, judge id)
        The best partial assignment; to be shown, never to be applied by itself.
    """

    missing: tuple[tuple[str, int], ...]
    under: tuple[tuple[str, int], ...]
    vacant: tuple[tuple[str, int], ...]
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    wanted: int
    possible: int
    rules: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def short(self) -> int:
        """Reads by which the cut is short."""
        return self.wanted - self.possible


def explain_shortage(
    problem: Problem,
    gains: Gains,
    partial: Partial,
    *,
    waivable: Booleans,
    entry_ids: Sequence[str],
    judge_ids: Sequence[str],
    watch: Watch,
) -> Shortage:
    """
    Explain why needs, bounds and rules cannot be met.

    Parameters
    ----------
    problem : Problem
    gains : Gains
    partial : Partial
        What can be given, of this problem or of one with narrower bounds.
    waivable : ndarray of bool, shape (E, J)
    entry_ids, judge_ids : sequences of E and J str
    watch : Watch

    Raises
    ------
    SolverFailed
        HiGHS gave up.
    Stopped
    """
    allowed, high = problem.allowed, problem.high
    cut_e: Booleans
    cut_j: Booleans
    reads = is_taken(allowed.shape, partial.entry, partial.judge)
    rules = _rules(problem, gains, partial, watch)
    if partial.missing.any():
        cut_e, cut_j = _reach_from_entries(problem, reads, partial.missing > 0)
        wanted = int(problem.need[cut_e].sum())
        possible = wanted - int(partial.missing.sum())
        remedies = _remedies(problem, reads, waivable, cut_e, cut_j, entry_ids, judge_ids)
    elif partial.under.any():
        cut_e, cut_j = _reach_from_judges(allowed, reads, partial.under > 0)
        wanted = int(problem.low[cut_j].sum())
        possible = wanted - int(partial.under.sum())
        remedies = tuple(
            Remedy("lower-low", judge=judge_ids[j])
            for j in np.flatnonzero(cut_j & (problem.low > 0)).tolist()
        )
    else:
        # Expert seats alone are a smaller assignment: experts only, and as many reads as there are seats.
        shut: Booleans = np.logical_and(allowed, problem.experts)
        alone = replace(
            problem,
            allowed=shut,
            need=problem.seats,
            low=np.zeros_like(high),
            seats=np.zeros_like(problem.seats),
        )
        seated = fill_what_can_be(alone, gains, watch, *(np.zeros(0, dtype=np.int64),) * 2)
        if seated.missing.any():
            reads_alone = is_taken(allowed.shape, seated.entry, seated.judge)
            cut_e, cut_j = _reach_from_entries(alone, reads_alone, seated.missing > 0)
            wanted = int(problem.seats[cut_e].sum())
            possible = wanted - int(seated.missing.sum())
            helps = _remedies(
                alone, reads_alone, waivable & problem.experts, cut_e, cut_j, entry_ids, judge_ids
            )
        else:
            # Experts would do; what else they must read stands in the way.
            cut_e = np.greater(partial.vacant, 0)
            cut_j = np.any(shut[cut_e], axis=0)
            wanted = int(problem.seats[cut_e].sum())
            possible = wanted - int(partial.vacant.sum())
            helps = _remedies(
                alone, reads & problem.experts, waivable & problem.experts, cut_e, cut_j, entry_ids, judge_ids
            )
        remedies = tuple(
            Remedy("lower-seats", entry=one.entry) if one.kind == "lower-need" else one for one in helps
        )
    if "apart" in rules:
        touched = np.unique(
            problem.group[np.isin(problem.member, np.flatnonzero(allowed[cut_e].any(axis=0)))]
        )
        remedies += tuple(Remedy("join-group", group=number) for number in touched.tolist())
    if "expert-seat" in rules and not any(one.kind == "lower-seats" for one in remedies):
        remedies += tuple(
            Remedy("lower-seats", entry=entry_ids[e])
            for e in np.flatnonzero(cut_e & (problem.seats > 0)).tolist()
        )
    return Shortage(
        missing=_named(partial.missing, entry_ids),
        under=_named(partial.under, judge_ids),
        vacant=_named(partial.vacant, entry_ids),
        entries=tuple(entry_ids[e] for e in np.flatnonzero(cut_e).tolist()),
        judges=tuple(judge_ids[j] for j in np.flatnonzero(cut_j).tolist()),
        wanted=wanted,
        possible=possible,
        rules=rules,
        remedies=remedies,
        pairs=tuple((entry_ids[e], judge_ids[j]) for e, j in np.argwhere(reads).tolist()),
    )


def _rules(problem: Problem, gains: Gains, partial: Partial, watch: Watch) -> tuple[str, ...]:
    """The rules without which less would be short."""

    def undone(one: Partial) -> tuple[int, int, int]:
        return int(one.missing.sum()), int(one.under.sum()), int(one.vacant.sum())

    found = []
    if problem.seats.any():
        without = fill_what_can_be(
            without_rules(problem, seats=True, groups=False), gains, watch, partial.entry, partial.judge
        )
        if undone(without) < undone(partial):
            found.append("expert-seat")
    if problem.groups:
        without = fill_what_can_be(
            without_rules(problem, seats=False, groups=True), gains, watch, partial.entry, partial.judge
        )
        if undone(without) < undone(partial):
            found.append("apart")
    return tuple(found)


def _reach_from_entries(problem: Problem, reads: Booleans, start: Booleans) -> tuple[Booleans, Booleans]:
    """
    Entries and judges reached by "could read" from an entry and "is reading" from a judge.

    A judge whose group reads an entry already could not read it, unless the one who does is reached, too.
    """
    entries, judges = start.copy(), np.zeros(reads.shape[1], dtype=np.bool_)
    while True:
        could = problem.allowed & ~reads
        for number in range(problem.groups):
            members = problem.member[problem.group == number]
            stays = (reads[:, members] & ~judges[members]).any(axis=1)
            could[np.ix_(stays, members)] = False
        more_j = could[entries].any(axis=0) & ~judges
        judges |= more_j
        more_e = reads[:, judges].any(axis=1) & ~entries
        entries |= more_e
        if not (more_j.any() or more_e.any()):
            return entries, judges


def _reach_from_judges(allowed: Booleans, reads: Booleans, start: Booleans) -> tuple[Booleans, Booleans]:
    """The same from judges who want more: entries they could read, and who reads those now."""
    entries, judges = np.zeros(allowed.shape[0], dtype=np.bool_), start.copy()
    while True:
        more_e = (allowed & ~reads)[:, judges].any(axis=1) & ~entries
        entries |= more_e
        more_j = reads[entries].any(axis=0) & ~judges
        judges |= more_j
        if not (more_j.any() or more_e.any()):
            return entries, judges


def _remedies(
    problem: Problem,
    reads: Booleans,
    waivable: Booleans,
    cut_e: Booleans,
    cut_j: Booleans,
    entry_ids: Sequence[str],
    judge_ids: Sequence[str],
) -> tuple[Remedy, ...]:
    room = ~cut_j & (reads.sum(axis=0) < problem.high)
    result = [Remedy("raise-high", judge=judge_ids[j]) for j in np.flatnonzero(cut_j).tolist()]
    result += [
        Remedy("waive", judge=judge_ids[j], entry=entry_ids[e])
        for e, j in np.argwhere(waivable & ~problem.allowed & cut_e[:, None] & room[None, :]).tolist()
    ]
    result += [
        Remedy("lower-need", entry=entry_ids[e]) for e in np.flatnonzero(cut_e & (problem.need > 0)).tolist()
    ]
    result.append(Remedy("add-judge"))
    return tuple(result)


def _named(counts: Integers, ids: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((ids[i], int(counts[i])) for i in np.flatnonzero(counts).tolist())
