"""Swaps that link a design better, at a small price in affinity.

Two entries exchange one judge each, so loads and needs stay. Steered by the trace of C+, C the judges'
concurrence Laplacian: it sees all pairs of judges and raises the smallest eigenvalue along the way (Bailey and
Cameron, arXiv 1111.3768; Ghosh and Boyd 2006 on adding edges). A swap of i on e with j on f changes C by
``-(a d' + d a')`` with ``d = e_j - e_i`` and ``a = S_e/k_e - S_f/k_f + d (1/k_e + 1/k_f) / 2``: rank two, so the
exact new trace costs a few numbers from ``Q = (C + 11'/J + ridge)^-1`` and ``Q^2``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Floats, Integers
from judging.linkage import Linkage, measure_linkage

# Joins designs that are not connected; far below what any connected design has.
RIDGE = 1e-3
SWEEPS = 50
A_SWEEP = 400
WORTH = 1e-6


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

    Returns
    -------
    Linked
        Loads of judges and reads of entries are as before. Where nothing helps, nothing is swapped. Who needs
        more than swaps can give lets one entry be read by many judges.

    Raises
    ------
    ValueError
        Shapes that do not fit, a pair out of range or twice, a pin that is no pair, a negative budget.
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
    design = _Design(a.astype(np.int64), taken.copy(), fixed, usable)
    before = int(np.sum(a, where=taken))
    left = int(budget * max(before, 0))
    swaps: list[Swap] = []
    for _ in range(SWEEPS):
        done, left = design.sweep(left)
        swaps.extend(done)
        if not done:
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


class _Design:
    """Reads as they are now, and Q for them. Only judges with a read count."""

    def __init__(self, affinity: Integers, taken: Booleans, fixed: Booleans, usable: Booleans) -> None:
        self.affinity, self.taken, self.fixed, self.usable = affinity, taken, fixed, usable
        self.reads = np.maximum(taken.sum(axis=1), 1).astype(np.float64)
        self.active: Booleans = np.sum(taken, axis=0) > 0
        self.q = self._inverse()

    def sweep(self, budget: int) -> tuple[list[Swap], int]:
        """Look at every swap once, then take the best, each looked at again before it is taken."""
        candidates = self._candidates(budget)
        done: list[Swap] = []
        for e, i, f, j in candidates:
            if not (self.taken[e, i] and self.taken[f, j]) or self.taken[e, j] or self.taken[f, i]:
                continue
            lost = int(self.affinity[e, i] + self.affinity[f, j] - self.affinity[e, j] - self.affinity[f, i])
            if lost > budget or not self._gain(e, i, f, j) > WORTH:
                continue
            self.taken[e, i] = self.taken[f, j] = False
            self.taken[e, j] = self.taken[f, i] = True
            self.q = self._inverse()
            budget -= lost
            done.append(Swap(e, i, f, j, lost))
        return done, budget

    def _inverse(self) -> Floats:
        table = self.taken[:, self.active].astype(np.float64)
        size = table.shape[1]
        matrix = np.diag(table.sum(axis=0)) - table.T @ (table / self.reads[:, None])
        whole = np.zeros((len(self.active), len(self.active)))
        whole[np.ix_(self.active, self.active)] = np.linalg.inv(matrix + 1.0 / size + RIDGE * np.eye(size))
        return whole

    def _gain(self, e: int, i: int, f: int, j: int) -> float:
        rows = self._changes(np.array([e]), np.array([i]), np.array([f]), np.array([j]), *self._forms())
        return float(rows[0])

    def _forms(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """What the changes are read from: Q, Q^2, and both seen from the entries' mean judges."""
        square = self.q @ self.q
        mean = self.taken / self.reads[:, None]
        near, far = mean @ self.q, mean @ square
        return square, near, far, near @ mean.T, far @ mean.T

    def _changes(
        self,
        e: Integers,
        i: Integers,
        f: Integers,
        j: Integers,
        square: Floats,
        near: Floats,
        far: Floats,
        near_both: Floats,
        far_both: Floats,
    ) -> Floats:
        """How far each swap brings the trace of Q down; minus infinity where it would split the design."""

        def products(q: Floats, by_entry: Floats, both: Floats) -> tuple[Floats, Floats, Floats]:
            half = (1 / self.reads[e] + 1 / self.reads[f]) / 2
            dd = q[i, i] + q[j, j] - 2 * q[i, j]
            bd = by_entry[e, j] - by_entry[e, i] - by_entry[f, j] + by_entry[f, i]
            bb = both[e, e] + both[f, f] - 2 * both[e, f]
            return bb + 2 * half * bd + half**2 * dd, bd + half * dd, dd

        aa, ad, dd = products(self.q, near, near_both)
        faa, fad, fdd = products(square, far, far_both)
        # Q' = Q - Q [a d] M [a d]' Q with M the inverse of [[aa, ad - 1], [ad - 1, dd]] (Woodbury); the
        # determinant of C changes by minus that of M's inverse.
        determinant = aa * dd - (1 - ad) ** 2
        gain = dd * faa + 2 * (1 - ad) * fad + aa * fdd
        result: Floats = np.where(
            determinant < -1e-9, gain / np.where(determinant == 0, 1.0, determinant), -np.inf
        )
        return result

    def _candidates(self, budget: int) -> list[tuple[int, int, int, int]]:
        forms = self._forms()
        free = self.taken & ~self.fixed
        entry, judge = np.nonzero(free)
        found: list[tuple[float, int, int, int, int]] = []
        for place in range(len(entry)):
            e, i = int(entry[place]), int(judge[place])
            f, j = entry[place + 1 :], judge[place + 1 :]
            lost = self.affinity[e, i] + self.affinity[f, j] - self.affinity[e, j] - self.affinity[f, i]
            good = ~self.taken[e, j] & ~self.taken[f, i] & self.usable[e, j] & self.usable[f, i]
            good &= (lost <= budget) & (f != e) & (i != j)
            if not good.any():
                continue
            f, j, lost = f[good], j[good], lost[good]
            gains = self._changes(np.full(len(f), e), np.full(len(f), i), f, j, *forms)
            # Gain for each point lost; what costs nothing counts as costing half a point.
            worth = gains / np.maximum(lost, 0.5)
            # The best few of each read are enough: the others are looked at again in the next sweep.
            best = np.argsort(-worth, kind="stable")[:3]
            found += [
                (float(worth[k]), e, i, int(f[k]), int(j[k])) for k in best.tolist() if gains[k] > WORTH
            ]
        found.sort(key=lambda one: (-one[0], *one[1:]))
        return [one[1:] for one in found[:A_SWEEP]]
