"""Entries to judges: the exact optimum of the transportation problem, with a proof.

``maximise sum a[e,j] x[e,j]``, x in {0, 1}, nothing where a pair is not allowed, every entry read by exactly
as many judges as it needs, every judge's load within bounds. Ties are settled by a hash of the stable ids, so
that neither the order of the input nor the solver decides (Goldberg and Tarjan 1990 for the problem; the
proof is linear programming duality).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from judging.arrays import Integers
from judging.balance import solve_balanced
from judging.problem import Problem, gains_for
from judging.seating import read_groups, read_seats
from judging.shortage import Shortage, explain_shortage
from judging.transport import Multipliers, Partial, proof_bound, solve
from judging.watching import Progress, Stopped, Watch


class Objective(StrEnum):
    """What is maximised."""

    TOTAL = "total"
    SHORTFALL = "shortfall"


class Proof(StrEnum):
    """What shows that nothing is better."""

    PRICES = "prices"
    BRANCHING = "branching"


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    An optimal assignment and its proof.

    Parameters
    ----------
    pairs : tuple of (entry, judge)
        Every read, pins included, as sorted indices.
    loads : tuple of int, length J
        Reads of each judge, pins included.
    affinity : int
        Sum of the affinity over all pairs.
    objective : int
        Sum of the gains over the pairs that were free to choose: the affinity, or minus its squared
        shortfall.
    bound : int
        No other choice has a larger objective, by `prices` alone.
    optimal : bool
        Whether it is proved: nothing is better, ties included.
    proof : Proof
        ``prices`` prove it by themselves, in integers; ``branching`` is HiGHS's word. That may be needed only
        where an entry's expert seats and groups cross, or groups overlap; prices are then those of the
        relaxation.
    prices : tuple of float, length J
        What one more place of each judge would be worth, in units of the objective.
    seat_prices : tuple of float, length E
        What one expert seat less of each entry would be worth.
    low, high : tuple of int, length J
        The load bounds that were used, pins included.
    """

    pairs: tuple[tuple[int, int], ...]
    loads: tuple[int, ...]
    affinity: int
    objective: int
    bound: int
    optimal: bool
    proof: Proof
    prices: tuple[float, ...]
    seat_prices: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


def assign(
    affinity: npt.ArrayLike,
    need: npt.ArrayLike,
    *,
    allowed: npt.ArrayLike | None = None,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    pins: Collection[tuple[int, int]] = (),
    waivable: npt.ArrayLike | None = None,
    entry_ids: Sequence[str] | None = None,
    judge_ids: Sequence[str] | None = None,
    objective: Objective = Objective.SHORTFALL,
    balanced: bool = True,
    experts: npt.ArrayLike | None = None,
    seats: int | npt.ArrayLike = 0,
    apart: Sequence[Collection[int]] = (),
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Assignment | Shortage:
    """
    Give entries to judges.

    Parameters
    ----------
    affinity : array_like of int, shape (E, J)
        How well a judge fits an entry; from -1,000,000 to 1,000,000.
    need : array_like of int, shape (E,)
        Reads wanted, pins included.
    allowed : array_like of bool, shape (E, J), optional
        Hard conflicts and bans are False; default: everything.
    low, high : array_like of int, shape (J,), optional
        Load bounds, pins included; default: 0 and E.
    pins : collection of (entry, judge)
        Reads that stand: they count, whether allowed or not.
    waivable : array_like of bool, shape (E, J), optional
        Pairs that are not allowed but might be: offered as remedies only.
    entry_ids, judge_ids : sequence of str, optional
        Stable, distinct ids, by which ties are settled; default: the indices.
    objective : Objective
        ``shortfall`` minimises the sum of ``(highest affinity - affinity)**2``, which leaves no entry with
        weak matches only; ``total`` maximises the sum.
    balanced : bool
        First bring the highest load down, then the lowest up, as far as needs and bounds allow.
    experts : array_like of bool, shape (J,) or (E, J), optional
        Who is an expert, or for which entries.
    seats : int or array_like of int, shape (E,)
        So many reads of every entry, or of each, are by experts; pins of experts count.
    apart : sequence of collections of judges
        Of each of these groups, judges of one employer, an entry gets one judge at most. Pins stand, two of a
        group too; then nobody of it joins them.
    seconds : float, optional
        Time limit.
    stop : callable, optional
        Asked often, from the thread that solves; true stops.
    progress : callable, optional
        Told after each step, from the thread that solves.

    Returns
    -------
    Assignment or Shortage
        A shortage says why not every need can be met, and what would help.

    Raises
    ------
    ValueError
        Shapes that do not fit, negative needs, bounds that cross, ids that are not distinct, a pair pinned
        twice, more expert seats than reads, an unknown judge in a group, no time.
    Stopped
        `stop` said so, or the time was over; with the best bound so far.
    SolverFailed
        HiGHS gave up.
    """
    a = _whole("affinity", affinity, 2)
    entries, judges = a.shape
    k = _whole("need", need, 1).astype(np.int64)
    lows = np.zeros(judges, dtype=np.int64) if low is None else _whole("low", low, 1).astype(np.int64)
    highs = (
        np.full(judges, entries, dtype=np.int64) if high is None else _whole("high", high, 1).astype(np.int64)
    )
    mask = np.ones(a.shape, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    if k.shape != (entries,) or lows.shape != (judges,) or highs.shape != (judges,):
        raise ValueError(
            f"with affinity of shape {a.shape}, need must be ({entries},), low and high ({judges},)"
        )
    if mask.shape != a.shape or (waivable is not None and np.shape(waivable) != a.shape):
        raise ValueError(f"allowed and waivable must have the shape {a.shape} of affinity")
    if a.size and (int(a.max()) > 1_000_000 or int(a.min()) < -1_000_000):
        raise ValueError("affinity must lie between -1,000,000 and 1,000,000")
    if (k < 0).any() or (lows < 0).any():
        raise ValueError("needs and loads cannot be negative")
    if (lows > highs).any():
        raise ValueError(f"judge {int(np.argmax(lows > highs))} has a lower load bound above the upper one")
    expert, seat = read_seats(experts, seats, entries, judges)
    apart_groups = read_groups(apart, judges)
    names_e = _ids("entry_ids", entry_ids, entries)
    names_j = _ids("judge_ids", judge_ids, judges)
    pin_e, pin_j = _pins(pins, entries, judges)
    watch = Watch(seconds, stop, progress)

    # By ids, whatever the order of the input was.
    order_e, order_j = (
        np.argsort(np.array(names_e, dtype=np.str_)),
        np.argsort(np.array(names_j, dtype=np.str_)),
    )
    back_e, back_j = np.argsort(order_e), np.argsort(order_j)
    fixed_e, fixed_j = back_e[pin_e], back_j[pin_j]
    grid = np.ix_(order_e, order_j)
    open_ = mask[grid]
    open_[fixed_e, fixed_j] = False
    held = np.bincount(fixed_j, minlength=judges)
    sorted_experts = np.broadcast_to(expert, a.shape)[grid] if seat.any() else np.broadcast_to(False, a.shape)
    # A judge who stands in a group fills its only place on an entry.
    for members in apart_groups:
        inside = np.isin(fixed_j, back_j[members])
        open_[np.ix_(np.unique(fixed_e[inside]), back_j[members])] = False
    # More pins than needed or allowed stand; nothing more is given there.
    room = np.maximum(highs[order_j] - held, 0)
    free = np.maximum(k[order_e] - np.bincount(fixed_e, minlength=entries), 0)
    filled = np.bincount(fixed_e[sorted_experts[fixed_e, fixed_j]], minlength=entries)
    member = np.array([back_j[j] for g in apart_groups for j in g], dtype=np.int64)
    group = np.array([n for n, g in enumerate(apart_groups) for _ in g], dtype=np.int64)
    by_judge = np.lexsort((group, member))
    # A least load above the number of entries cannot be met: it is a shortage, not a contradiction.
    least = np.minimum(np.maximum(lows[order_j] - held, 0), room)
    problem = Problem(
        allowed=open_,
        need=free,
        low=least,
        high=np.maximum(np.minimum(room, entries), least),
        experts=sorted_experts,
        seats=np.maximum(seat[order_e] - filled, 0),
        member=member[by_judge],
        group=group[by_judge],
        groups=len(apart_groups),
    )
    sorted_e, sorted_j = [names_e[i] for i in order_e.tolist()], [names_j[i] for i in order_j.tolist()]
    gains = gains_for(
        problem,
        a[grid].astype(np.int32),
        squared=objective is Objective.SHORTFALL,
        entry_ids=sorted_e,
        judge_ids=sorted_j,
    )
    try:
        used, solved = (
            solve_balanced(problem, gains, held, watch)
            if balanced
            else (problem, solve(problem, gains, watch))
        )
        if isinstance(solved, Partial):
            may = (
                np.zeros(a.shape, dtype=np.bool_)
                if waivable is None
                else np.asarray(waivable, dtype=np.bool_)[grid]
            )
            may[fixed_e, fixed_j] = False
            return explain_shortage(
                used, gains, solved, waivable=may, entry_ids=sorted_e, judge_ids=sorted_j, watch=watch
            )
        watch.tell("prove", len(solved.entry))
    except Stopped as stopped:
        if isinstance(watch.found, Multipliers):
            stopped.bound = proof_bound(problem, gains, watch.found) // gains.factor
        raise
    bound = proof_bound(used, gains, solved.multipliers)
    found = int(gains.at(solved.entry, solved.judge).sum())
    if solved.branched:
        bound = found
    entry = np.concatenate([order_e[solved.entry], pin_e])
    judge = np.concatenate([order_j[solved.judge], pin_j])
    order = np.lexsort((judge, entry))
    return Assignment(
        pairs=tuple(zip(entry[order].tolist(), judge[order].tolist(), strict=True)),
        loads=tuple(np.bincount(judge, minlength=judges).tolist()),
        affinity=int(a[entry, judge].astype(np.int64).sum()),
        objective=gains.main(solved.entry, solved.judge),
        bound=bound // gains.factor,
        optimal=bound == found,
        proof=Proof.BRANCHING if solved.branched else Proof.PRICES,
        prices=tuple((solved.multipliers.judges[back_j] / gains.factor).tolist()),
        seat_prices=tuple((solved.multipliers.seats[back_e] / gains.factor).tolist()),
        low=tuple((used.low + held)[back_j].tolist()),
        high=tuple((used.high + held)[back_j].tolist()),
    )


def _whole(name: str, values: npt.ArrayLike, dimensions: int) -> npt.NDArray[Any]:
    array = np.asarray(values)
    if array.size == 0 and array.ndim == dimensions:
        return array.astype(np.int64)
    if array.ndim != dimensions or array.dtype.kind not in "iu":
        raise ValueError(f"{name} must hold integers in {dimensions} dimensions")
    return array


def _ids(name: str, ids: Sequence[str] | None, count: int) -> list[str]:
    if ids is None:
        return [str(number) for number in range(count)]
    if len(ids) != count or len(set(ids)) != count:
        raise ValueError(f"{name} must be {count} distinct ids")
    return list(ids)


def _pins(pins: Collection[tuple[int, int]], entries: int, judges: int) -> tuple[Integers, Integers]:
    seen: set[tuple[int, int]] = set()
    for entry, judge in pins:
        if not (0 <= entry < entries and 0 <= judge < judges):
            raise ValueError(f"the pin of entry {entry} and judge {judge} is out of range")
        if (entry, judge) in seen:
            raise ValueError(f"entry {entry} and judge {judge} are pinned twice")
        seen.add((entry, judge))
    ordered = np.array(sorted(seen), dtype=np.int64).reshape(-1, 2)
    return ordered[:, 0], ordered[:, 1]
