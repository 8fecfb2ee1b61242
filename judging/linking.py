"""Swaps that link a design better, at a small price in affinity.

Two entries exchange one judge each, so loads and needs stay. Steered by the trace of C+, C the judges'
concurrence Laplacian: it sees all pairs of judges and raises the smallest eigenvalue along the way (Bailey and
Cameron, arXiv 1111.3768; Ghosh and Boyd 2006 on adding edges). A swap of i on e with j on f changes C by
``-(a d' + d a')`` with ``d = e_j - e_i`` and ``a = S_e/k_e - S_f/k_f + d (1/k_e + 1/k_f) / 2``: rank two, so the
exact new trace costs a few numbers from ``Q = (C + 11'/J + ridge)^-1`` and ``Q^2``.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Floats, Integers
from judging.linkage import Linkage, measure_linkage
from judging.seating import read_groups, read_seats
from judging.watching import Watch

# Joins designs that are not connected; far below what any connected design has.
RIDGE = 1e-3
SWEEPS = 50
A_SWEEP = 1_000
WORTH = 1e-6
# What costs nothing counts as costing half a point.
CHEAPEST = 0.5
# A swap is taken that is worth this share of what the next one promises.
SHARP = 0.5
# A sweep that gains less than this share of the trace is the last one.
ENOUGH = 2e-3
COMPARED = 1_000_000


@dataclass(frozen=True, slots=True)
class Swap:
    """Entry `first` gives judge `gives` to entry `second` and gets judge `gets` for it; the affinity lost."""

    first: int
    gives: int
    second: int
    gets: int
    lost: int


@dataclass(frozen=True, slots=True)
class Linked:
    """
    A design after its swaps.

    Parameters
    ----------
    pairs : tuple of (entry, judge)
        Sorted.
    swaps : tuple of Swap
        In the order in which they were taken.
    affinity_before, affinity : int
    before, after : Linkage
    """

    pairs: tuple[tuple[int, int], ...]
    swaps: tuple[Swap, ...]
    affinity_before: int
    affinity: int
    before: Linkage
    after: Linkage


def link_better(
    pairs: Collection[tuple[int, int]],
    affinity: npt.ArrayLike,
    *,
    allowed: npt.ArrayLike | None = None,
    pins: Collection[tuple[int, int]] = (),
    budget: float = 0.01,
    floor: int | None = None,
    experts: npt.ArrayLike | None = None,
    seats: int | npt.ArrayLike = 0,
    apart: Sequence[Collection[int]] = (),
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> Linked:
    """
    Link the judges of an assignment better.

    Parameters
    ----------
    pairs : collection of (entry, judge)
        Every read, pins included.
    affinity : array_like of int, shape (E, J)
    allowed : array_like of bool, shape (E, J), optional
        No swap makes a pair that is not; default: everything.
    pins : collection of (entry, judge)
        These stay.
    budget : float
        Share of the affinity that may be lost, from 0.
    floor : int, optional
        No swap makes a pair of a lower affinity.
    experts, seats, apart, seconds, stop
        As in `assign`: no swap takes an expert from a seat, or brings judges together who are kept apart.

    Returns
    -------
    Linked
        Loads of judges and reads of entries are as before. Where nothing helps, nothing is swapped. Who needs
        more than swaps can give lets one entry be read by many judges (`offer_bridges`).

    Raises
    ------
    ValueError
        Shapes that do not fit, a pair out of range or twice, a pin that is no pair, a negative budget, rules
        that `assign` refuses.
    Stopped
        `stop` said so, or the time was over.
    """
    a = np.asarray(affinity)
    if a.ndim != 2 or a.dtype.kind not in "iu":
        raise ValueError("affinity must hold integers in 2 dimensions")
    mask = np.ones(a.shape, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    if mask.shape != a.shape:
        raise ValueError(f"allowed must have the shape {a.shape} of affinity")
    if not budget >= 0:
        raise ValueError(f"the budget must be 0 or more, not {budget}")
    taken = np.zeros(a.shape, dtype=np.bool_)
    for e, j in pairs:
        if not (0 <= e < a.shape[0] and 0 <= j < a.shape[1]) or taken[e, j]:
            raise ValueError(f"the pair of entry {e} and judge {j} is out of range or there twice")
        taken[e, j] = True
    fixed = np.zeros(a.shape, dtype=np.bool_)
    for e, j in pins:
        if not (0 <= e < a.shape[0] and 0 <= j < a.shape[1]) or not taken[e, j]:
            raise ValueError(f"the pin of entry {e} and judge {j} is no pair")
        fixed[e, j] = True
    usable = mask if floor is None else mask & (a >= floor)
    expert, seat = read_seats(experts, seats, *a.shape)
    rules = _Rules(taken, expert, seat, read_groups(apart, a.shape[1])) if seat.any() or len(apart) else None
    watch = Watch(seconds, stop)
    design = _Design(a.astype(np.int64), taken.copy(), fixed, usable, rules)
    before = int(np.sum(a, where=taken))
    left = int(budget * max(before, 0))
    swaps: list[Swap] = []
    for number in range(SWEEPS):
        watch.check()
        trace = float(np.trace(design.q))
        done, left = design.sweep(number, left)
        swaps.extend(done)
        if trace - float(np.trace(design.q)) <= ENOUGH * trace / design.step:
            break
    return Linked(
        pairs=tuple((int(e), int(j)) for e, j in np.argwhere(design.taken)),
        swaps=tuple(swaps),
        affinity_before=before,
        affinity=int(np.sum(a, where=design.taken)),
        before=_measured(taken),
        after=_measured(design.taken),
    )


def _measured(taken: Booleans) -> Linkage:
    entry, judge = np.nonzero(taken)
    return measure_linkage(entry, judge, taken.shape[0], taken.shape[1])


class _Rules:
    """What a swap must leave as it is: expert seats, and judges kept apart."""

    def __init__(self, taken: Booleans, experts: Booleans, seats: Integers, groups: list[Integers]) -> None:
        member = np.zeros((taken.shape[1], len(groups)), dtype=np.int64)
        for number, group in enumerate(groups):
            member[group, number] = 1
        self.experts, self.seats, self.apart = experts, seats, bool(groups)
        self.shared = member @ member.T if groups else np.zeros((1, 1), dtype=np.int64)
        self.refresh(taken)

    def refresh(self, taken: Booleans) -> None:
        if self.seats.any():
            self.spare: Integers = np.sum(taken & self.experts, axis=1) - self.seats
        if self.apart:
            # How many groups a judge shares with those who read an entry.
            self.crowd: Integers = taken.astype(np.int64) @ self.shared

    def allow(self, e: Integers, i: Integers, f: Integers, j: Integers) -> Booleans:
        """Whether e may have j for i, and f may have i for j."""
        good = np.ones(np.broadcast_shapes(e.shape, f.shape), dtype=np.bool_)
        if self.seats.any():
            for entry, out, comes in ((e, i, j), (f, j, i)):
                change = self.experts[entry, comes].astype(np.int64) - self.experts[entry, out]
                good &= (change >= 0) | (self.spare[entry] + change >= 0)
        if self.apart:
            good &= self.crowd[e, j] <= self.shared[i, j]
            good &= self.crowd[f, i] <= self.shared[j, i]
        return good


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One swap as Woodbury's formula takes it."""

    qa: Floats
    qd: Floats
    aa: float
    ad: float
    dd: float
    determinant: float

    @property
    def gain(self) -> float:
        """How far it brings the trace of Q down."""
        qa, qd = self.qa, self.qd
        whole = self.dd * (qa @ qa) + 2 * (1 - self.ad) * (qa @ qd) + self.aa * (qd @ qd)
        return float(whole) / self.determinant

    def change(self) -> Floats:
        """What is taken from Q."""
        qa, qd = self.qa, self.qd
        cross = np.outer(qa, qd)
        whole: Floats = (
            self.dd * np.outer(qa, qa) + (1 - self.ad) * (cross + cross.T) + self.aa * np.outer(qd, qd)
        )
        return whole / self.determinant


class _Design:
    """Reads as they are now, and Q for them. Only judges with a read count."""

    def __init__(
        self,
        affinity: Integers,
        taken: Booleans,
        fixed: Booleans,
        usable: Booleans,
        rules: _Rules | None = None,
    ) -> None:
        self.affinity, self.taken, self.fixed, self.usable, self.rules = affinity, taken, fixed, usable, rules
        self.reads = np.maximum(taken.sum(axis=1), 1).astype(np.float64)
        self.active: Booleans = np.sum(taken, axis=0) > 0
        self.q = self._inverse()
        self.step = 1

    def sweep(self, number: int, budget: int) -> tuple[list[Swap], int]:
        """
        Look at every swap once, then take the best, one after the other.

        What a swap is worth falls as others are taken: each is looked at again when its turn comes, and waits for
        another turn where one behind it promises more. Below what was left out at first, the next sweep knows more.
        """
        done: list[Swap] = []
        found, left_out = self._candidates(number, budget)
        heap = [(-worth, e, i, f, j) for worth, e, i, f, j in found]
        heapq.heapify(heap)
        while heap:
            _promised, e, i, f, j = heapq.heappop(heap)
            if not (self.taken[e, i] and self.taken[f, j]) or self.taken[e, j] or self.taken[f, i]:
                continue
            lost = int(self.affinity[e, i] + self.affinity[f, j] - self.affinity[e, j] - self.affinity[f, i])
            if lost > budget or not self._permitted(e, i, f, j):
                continue
            look = self._looked_at(e, i, f, j)
            if look is None or not look.gain > WORTH:
                continue
            worth = look.gain / max(lost, CHEAPEST)
            rest = max(-heap[0][0] if heap else 0.0, left_out)
            if worth < SHARP * rest:
                if worth >= SHARP * left_out:
                    heapq.heappush(heap, (-worth, e, i, f, j))
                continue
            self.taken[e, i] = self.taken[f, j] = False
            self.taken[e, j] = self.taken[f, i] = True
            self.q = self.q - look.change()
            if self.rules:
                self.rules.refresh(self.taken)
            budget -= lost
            done.append(Swap(e, i, f, j, lost))
        # Rounding adds up over swaps.
        self.q = self._inverse()
        return done, budget

    def _permitted(self, e: int, i: int, f: int, j: int) -> bool:
        one = (np.array([index]) for index in (e, i, f, j))
        return self.rules is None or bool(self.rules.allow(*one)[0])

    def _inverse(self) -> Floats:
        table = self.taken[:, self.active].astype(np.float64)
        size = table.shape[1]
        matrix = np.diag(table.sum(axis=0)) - table.T @ (table / self.reads[:, None])
        whole = np.zeros((len(self.active), len(self.active)))
        whole[np.ix_(self.active, self.active)] = np.linalg.inv(
            matrix + 1.0 / max(size, 1) + RIDGE * np.eye(size)
        )
        return whole

    def _looked_at(self, e: int, i: int, f: int, j: int) -> _Look | None:
        """What one swap does to Q; None where it would split the judges."""
        half = (1 / self.reads[e] + 1 / self.reads[f]) / 2
        of_e, of_f = np.flatnonzero(self.taken[e]), np.flatnonzero(self.taken[f])
        qd = self.q[:, j] - self.q[:, i]
        qa = (
            self.q[:, of_e].sum(axis=1) / self.reads[e]
            - self.q[:, of_f].sum(axis=1) / self.reads[f]
            + half * qd
        )
        aa = float(qa[of_e].sum() / self.reads[e] - qa[of_f].sum() / self.reads[f] + half * (qa[j] - qa[i]))
        ad, dd = float(qa[j] - qa[i]), float(qd[j] - qd[i])
        # Q' = Q - Q [a d] M [a d]' Q with M the inverse of [[aa, ad - 1], [ad - 1, dd]] (Woodbury); the
        # determinant of C changes by minus that of M's inverse.
        determinant = aa * dd - (1 - ad) ** 2
        if not determinant < -1e-9:
            return None
        return _Look(qa, qd, aa, ad, dd, determinant)

    def _candidates(self, number: int, budget: int) -> tuple[list[tuple[float, int, int, int, int]], float]:
        """The most promising swaps with their worth, and the worth of the best that is left out."""
        entry, judge = np.nonzero(self.taken & ~self.fixed)
        count = len(entry)
        # Where there are too many pairs of reads, each sweep looks at its share of them.
        step = self.step = max(-(-count * count // COMPARED), 1)
        firsts = np.arange(number % step, count, step)
        mean = self.taken / self.reads[:, None]
        square = self.q @ self.q
        near, far = mean @ self.q, mean @ square
        own_near, own_far = np.sum(near * mean, axis=1), np.sum(far * mean, axis=1)
        found: list[tuple[float, int, int, int, int]] = []
        for place in firsts.tolist():
            e, i = int(entry[place]), int(judge[place])
            # Every pair of reads once, whichever share comes first.
            after = place + 1 if step == 1 else 0
            f, j = entry[after:], judge[after:]
            lost = self.affinity[e, i] + self.affinity[f, j] - self.affinity[e, j] - self.affinity[f, i]
            good = ~self.taken[e, j] & ~self.taken[f, i] & self.usable[e, j] & self.usable[f, i]
            good &= (lost <= budget) & (f != e) & (i != j)
            if self.rules is not None:
                good &= self.rules.allow(np.array([e]), np.array([i]), f, j)
            if not good.any():
                continue
            f, j, lost = f[good], j[good], lost[good]
            half = (1 / self.reads[e] + 1 / self.reads[f]) / 2

            def products(
                q: Floats,
                by_entry: Floats,
                own: Floats,
                e: int,
                i: int,
                f: Integers,
                j: Integers,
                half: Floats,
            ) -> tuple[Floats, Floats, Floats]:
                dd = q[i, i] + q[j, j] - 2 * q[i, j]
                bd = by_entry[e, j] - by_entry[e, i] - by_entry[f, j] + by_entry[f, i]
                bb = own[e] + own[f] - 2 * (mean @ by_entry[e])[f]
                return bb + 2 * half * bd + half**2 * dd, bd + half * dd, dd

            aa, ad, dd = products(self.q, near, own_near, e, i, f, j, half)
            faa, fad, fdd = products(square, far, own_far, e, i, f, j, half)
            determinant = aa * dd - (1 - ad) ** 2
            joined = determinant < -1e-9
            gains = np.where(
                joined,
                (dd * faa + 2 * (1 - ad) * fad + aa * fdd) / np.where(joined, determinant, 1.0),
                -np.inf,
            )
            # Gain for each point lost.
            worth = gains / np.maximum(lost, CHEAPEST)
            # The best few of each read are enough: the others are looked at again in the next sweep.
            few = min(3, len(worth))
            best = np.sort(np.argpartition(-worth, few - 1)[:few])
            found += [
                (float(worth[k]), e, i, int(f[k]), int(j[k])) for k in best.tolist() if gains[k] > WORTH
            ]
        found.sort(key=lambda one: (-one[0], *one[1:]))
        return found[:A_SWEEP], found[A_SWEEP][0] if len(found) > A_SWEEP else 0.0
