"""Why no full assignment exists: the cut in ids, the best partial assignment, and the remedies.

One relaxed flow always succeeds: missing reads cost most, judges below their least load cost less, a hard
conflict is never broken. From the short entries, "could read" and "is reading" arcs lead to the entries X and
judges Y that prove it (Gale 1957, Hoffman 1960): what X needs is more than what Y can still read and what
others read already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judging.arrays import Booleans, Integers
from judging.transport import SolverFailed, solve_flow

SMALL = 64


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    One thing that would help.

    Kinds: ``raise-high`` (a judge of the cut takes more), ``lower-need`` (an entry of the cut gets fewer
    reads),
    ``waive`` (a conflict that may be waived, between an entry of the cut and a judge with room),
    ``add-judge`` (somebody who may read these entries), ``lower-low`` (a judge's least load).
    """

    kind: str
    judge: str = ""
    entry: str = ""


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
    entries, judges : tuple of str
        The cut: these entries can be read only by these judges (and others who read them already). Where
        nothing is missing: these judges can read only these entries.
    wanted, possible : int
        Reads wanted across the cut, and how many it has room for; or least loads, and reads there are.
    remedies : tuple of Remedy
    pairs : tuple of (entry id, judge id)
        The best partial assignment; to be shown, never to be applied by itself.
    """

    missing: tuple[tuple[str, int], ...]
    under: tuple[tuple[str, int], ...]
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    wanted: int
    possible: int
    remedies: tuple[Remedy, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def short(self) -> int:
        """Reads by which the cut is short."""
        return self.wanted - self.possible


def explain_shortage(
    allowed: Booleans,
    need: Integers,
    low: Integers,
    high: Integers,
    *,
    waivable: Booleans,
    entry_ids: Sequence[str],
    judge_ids: Sequence[str],
) -> Shortage:
    """
    Explain why needs and bounds cannot be met.

    Parameters
    ----------
    allowed, waivable : ndarray of bool, shape (E, J)
    need : ndarray of int64, shape (E,)
    low, high : ndarray of int64, shape (J,)
    entry_ids, judge_ids : sequences of E and J str

    Returns
    -------
    Shortage

    Raises
    ------
    SolverFailed
        HiGHS gave up.
    """
    entry, judge = (array.astype(np.int64) for array in np.nonzero(allowed))
    flow = solve_flow(
        entry,
        judge,
        # All gains alike would leave the simplex method wandering among ties; these settle them, and count
        # for nothing.
        (entry * 7919 + judge * 104729) % SMALL,
        need,
        low,
        high,
        missing_cost=SMALL * int(need.sum() + 1) * int(low.sum() + 1),
        under_cost=SMALL * int(need.sum() + 1),
    )
    if flow is None:
        raise SolverFailed("the relaxed assignment has no answer, which cannot be")
    reads = np.zeros(allowed.shape, dtype=np.bool_)
    reads[entry[flow.taken], judge[flow.taken]] = True
    if flow.missing.any():
        cut_e, cut_j = _reach_from_entries(allowed, reads, flow.missing > 0)
        others = int(np.sum(reads[np.ix_(cut_e, ~cut_j)]))
        wanted, possible = int(need[cut_e].sum()), int(high[cut_j].sum()) + others
        remedies = _remedies(allowed, reads, need, high, waivable, cut_e, cut_j, entry_ids, judge_ids)
    else:
        cut_e, cut_j = _reach_from_judges(allowed, reads, flow.under > 0)
        wanted = int(low[cut_j].sum())
        possible = wanted - int(flow.under.sum())
        remedies = tuple(
            Remedy("lower-low", judge=judge_ids[j]) for j in np.flatnonzero(cut_j & (low > 0)).tolist()
        )
    return Shortage(
        missing=_named(flow.missing, entry_ids),
        under=_named(flow.under, judge_ids),
        entries=tuple(entry_ids[e] for e in np.flatnonzero(cut_e).tolist()),
        judges=tuple(judge_ids[j] for j in np.flatnonzero(cut_j).tolist()),
        wanted=wanted,
        possible=possible,
        remedies=remedies,
        pairs=tuple((entry_ids[e], judge_ids[j]) for e, j in np.argwhere(reads).tolist()),
    )


def _reach_from_entries(allowed: Booleans, reads: Booleans, start: Booleans) -> tuple[Booleans, Booleans]:
    """Entries and judges reached by "could read" from an entry and "is reading" from a judge."""
    entries, judges = start.copy(), np.zeros(allowed.shape[1], dtype=np.bool_)
    while True:
        more_j = (allowed & ~reads)[entries].any(axis=0) & ~judges
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
    allowed: Booleans,
    reads: Booleans,
    need: Integers,
    high: Integers,
    waivable: Booleans,
    cut_e: Booleans,
    cut_j: Booleans,
    entry_ids: Sequence[str],
    judge_ids: Sequence[str],
) -> tuple[Remedy, ...]:
    room = ~cut_j & (reads.sum(axis=0) < high)
    result = [Remedy("raise-high", judge=judge_ids[j]) for j in np.flatnonzero(cut_j).tolist()]
    result += [
        Remedy("waive", judge=judge_ids[j], entry=entry_ids[e])
        for e, j in np.argwhere(waivable & ~allowed & cut_e[:, None] & room[None, :]).tolist()
    ]
    result += [Remedy("lower-need", entry=entry_ids[e]) for e in np.flatnonzero(cut_e & (need > 0)).tolist()]
    result.append(Remedy("add-judge"))
    return tuple(result)


def _named(counts: Integers, ids: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((ids[i], int(counts[i])) for i in np.flatnonzero(counts).tolist())
