"""Entries to judges: the exact optimum of the transportation problem, with a proof.

``maximise sum a[e,j] x[e,j]``, x in {0, 1}, nothing where a pair is not allowed, every entry read by exactly
as many judges as it needs, every judge's load within bounds. Ties are settled by a hash of the stable ids, so
that neither the order of the input nor the solver decides (Goldberg and Tarjan 1990 for the problem; the
proof is linear programming duality).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers
from judging.shortage import Shortage, explain_shortage
from judging.transport import proof_bound, solve_priced

TIE_STEPS = 1024


class Objective(StrEnum):
    """What is maximised."""

    TOTAL = "total"
    SHORTFALL = "shortfall"


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
        Whether the prices prove it: ``objective == bound``, ties included.
    prices : tuple of float, length J
        What one more place of each judge would be worth, in units of the objective.
    low, high : tuple of int, length J
        The load bounds that were used, pins included.
    """

    pairs: tuple[tuple[int, int], ...]
    loads: tuple[int, ...]
    affinity: int
    objective: int
    bound: int
    optimal: bool
    prices: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True)
class _Problem:
    """The free part of an assignment, entries and judges in the order of their ids."""

    affinity: Integers
    allowed: Booleans
    need: Integers
    low: Integers
    high: Integers


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

    Returns
    -------
    Assignment or Shortage
        A shortage says why not every need can be met, and what would help.

    Raises
    ------
    ValueError
        Shapes that do not fit, negative needs, bounds that cross, ids that are not distinct, a pair pinned
        twice.
    SolverFailed
        HiGHS gave up.
    """
    a = _whole("affinity", affinity, 2)
    k = _whole("need", need, 1)
    entries, judges = a.shape
    lows = np.zeros(judges, dtype=np.int64) if low is None else _whole("low", low, 1)
    highs = np.full(judges, entries, dtype=np.int64) if high is None else _whole("high", high, 1)
    mask = np.ones(a.shape, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    may = np.zeros(a.shape, dtype=np.bool_) if waivable is None else np.asarray(waivable, dtype=np.bool_)
    if k.shape != (entries,) or lows.shape != (judges,) or highs.shape != (judges,):
        raise ValueError(
            f"with affinity of shape {a.shape}, need must be ({entries},), low and high ({judges},)"
        )
    if mask.shape != a.shape or may.shape != a.shape:
        raise ValueError(f"allowed and waivable must have the shape {a.shape} of affinity")
    if np.abs(a).max(initial=0) > 1_000_000:
        raise ValueError("affinity must lie between -1,000,000 and 1,000,000")
    if (k < 0).any() or (lows < 0).any():
        raise ValueError("needs and loads cannot be negative")
    if (lows > highs).any():
        raise ValueError(f"judge {int(np.argmax(lows > highs))} has a lower load bound above the upper one")
    names_e = _ids("entry_ids", entry_ids, entries)
    names_j = _ids("judge_ids", judge_ids, judges)
    pinned = _pins(pins, entries, judges)

    order_e, order_j = np.argsort(np.array(names_e)), np.argsort(np.array(names_j))
    grid = np.ix_(order_e, order_j)
    fixed = pinned[grid]
    problem = _Problem(
        affinity=a[grid],
        allowed=mask[grid] & ~fixed,
        need=k[order_e] - fixed.sum(axis=1),
        low=np.maximum(lows[order_j] - fixed.sum(axis=0), 0),
        high=highs[order_j] - fixed.sum(axis=0),
    )
    # More pins than needed or allowed stand; nothing more is given there.
    problem = _Problem(
        problem.affinity,
        problem.allowed,
        np.maximum(problem.need, 0),
        np.minimum(problem.low, np.maximum(problem.high, 0)),
        np.maximum(problem.high, 0),
    )
    sorted_e = [names_e[i] for i in order_e.tolist()]
    sorted_j = [names_j[i] for i in order_j.tolist()]
    ties = _ties(sorted_e, sorted_j)
    if balanced:
        problem = _balance(problem, fixed.sum(axis=0), ties)
    gain = _gain(problem.affinity, problem.allowed, objective)
    factor = TIE_STEPS * int(problem.need.sum()) + 1
    full = gain * factor + ties
    solved = solve_priced(full, problem.allowed, problem.need, problem.low, problem.high)
    if solved is None:
        return explain_shortage(
            problem.allowed,
            problem.need,
            problem.low,
            problem.high,
            waivable=may[grid] & ~fixed,
            entry_ids=sorted_e,
            judge_ids=sorted_j,
        )
    taken, prices = solved
    bound = proof_bound(full, problem.allowed, problem.need, problem.low, problem.high, prices)
    found = int(np.sum(full, where=taken))
    chosen = np.zeros(a.shape, dtype=np.bool_)
    chosen[grid] = taken | fixed
    back = np.argsort(order_j)
    return Assignment(
        pairs=tuple((int(e), int(j)) for e, j in np.argwhere(chosen)),
        loads=tuple(chosen.sum(axis=0).tolist()),
        affinity=int(np.sum(a, where=chosen)),
        objective=int(np.sum(gain, where=taken)),
        bound=bound // factor,
        optimal=bound == found,
        prices=tuple((prices[back] / factor).tolist()),
        low=tuple((problem.low + fixed.sum(axis=0))[back].tolist()),
        high=tuple((problem.high + fixed.sum(axis=0))[back].tolist()),
    )


def _gain(affinity: Integers, allowed: Booleans, objective: Objective) -> Integers:
    if objective is Objective.TOTAL:
        return affinity
    top = int(np.max(affinity, where=allowed, initial=-1_000_000))
    gain: Integers = -((top - affinity) ** 2)
    return gain


def _balance(problem: _Problem, pinned: Integers, ties: Integers) -> _Problem:
    """
    Tighten the load bounds: the lowest possible highest load, then the highest possible lowest one, pins
    included.

    A judge whose own bounds do not reach that far keeps them. Bounds that cannot be met stay as they are.
    """

    def bounded(floor: int, ceiling: int) -> _Problem:
        high = np.maximum(np.minimum(problem.high, ceiling - pinned), problem.low)
        low = np.minimum(np.maximum(problem.low, floor - pinned), high)
        return _Problem(problem.affinity, problem.allowed, problem.need, low, high)

    def possible(floor: int, ceiling: int) -> bool:
        tried = bounded(floor, ceiling)
        if tried.low.sum() > problem.need.sum() or tried.high.sum() < problem.need.sum():
            return False
        return solve_priced(ties, tried.allowed, tried.need, tried.low, tried.high) is not None

    # Nearly always the loads can be equal but for one; look outwards from there, in growing steps, then
    # halve.
    total = int(problem.need.sum() + pinned.sum())
    count = max(len(problem.high), 1)
    most = int((problem.high + pinned).max(initial=0))
    below, ceiling, step = -1, -(-total // count), 1
    while not possible(0, ceiling):
        if ceiling >= most:
            return problem
        below, ceiling, step = ceiling, min(ceiling + step, most), step * 2
    while below >= 0 and ceiling - below > 1:
        middle = (below + ceiling) // 2
        below, ceiling = (below, middle) if possible(0, middle) else (middle, ceiling)
    floor, above, step = min(total // count, ceiling), -1, 1
    while floor > 0 and not possible(floor, ceiling):
        above, floor, step = floor, max(floor - step, 0), step * 2
    while above - floor > 1:
        middle = (floor + above) // 2
        floor, above = (middle, above) if possible(middle, ceiling) else (floor, middle)
    return bounded(floor, ceiling)


def _ties(entry_ids: Sequence[str], judge_ids: Sequence[str]) -> Integers:
    """A fixed number from 0 to 1,023 for each pair of ids, shape (E, J)."""

    def digests(ids: Sequence[str]) -> npt.NDArray[np.uint64]:
        return np.array(
            [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") for name in ids],
            dtype=np.uint64,
        )

    # The finaliser of splitmix64 over the sum: unsigned arithmetic wraps around on purpose.
    mixed = digests(entry_ids)[:, None] + digests(judge_ids)[None, :] * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Integers = ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(TIE_STEPS)).astype(np.int64)
    return result


def _whole(name: str, values: npt.ArrayLike, dimensions: int) -> Integers:
    array = np.asarray(values)
    if array.size == 0 and array.ndim == dimensions:
        return array.astype(np.int64)
    if array.ndim != dimensions or array.dtype.kind not in "iu":
        raise ValueError(f"{name} must hold integers in {dimensions} dimensions")
    return array.astype(np.int64)


def _ids(name: str, ids: Sequence[str] | None, count: int) -> list[str]:
    if ids is None:
        return [str(number) for number in range(count)]
    if len(ids) != count or len(set(ids)) != count:
        raise ValueError(f"{name} must be {count} distinct ids")
    return list(ids)


def _pins(pins: Collection[tuple[int, int]], entries: int, judges: int) -> Booleans:
    result = np.zeros((entries, judges), dtype=np.bool_)
    for entry, judge in pins:
        if not (0 <= entry < entries and 0 <= judge < judges):
            raise ValueError(f"the pin of entry {entry} and judge {judge} is out of range")
        if result[entry, judge]:
            raise ValueError(f"entry {entry} and judge {judge} are pinned twice")
        result[entry, judge] = True
    return result
