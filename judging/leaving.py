"""Each judge left out in turn: the same estimates as a fit without the judge, from the fit with all.

A score is an outer product in the judges' Laplacian S: without judge j it is ``S - sum_e c_e z_e z_e'`` over the entries
that j read, with ``c_e`` the information of j's score beside the entry's others and ``z_e = e_j - K'_e`` what it compares.
So in the basis of the eigenvectors of S the restricted likelihood without j, at any variance ratio, takes matrices of the
size of what j read (Woodbury; Hager 1989, SIAM Review 31, 221-239), and the ratio is found anew for every judge. Where j
read much, S is made and taken apart anew; the models beside the calibration start where the fit with all came to rest.
Either way nothing is held fixed but the data. This project's own, with these formulas.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from judging.arrays import Booleans, Floats, Integers
from judging.factored import crossing
from judging.linkage import concurrence
from judging.reml import Spectrum, variance_ratio

# Fewer judges are quicker taken apart anew.
LOW_RANK_FROM = 60
LOW_RANK_SHARE = 8
NOISELESS = 1e-10
GRID = np.linspace(math.log(1e-5), math.log(1e6), 60)


class Leaving(Protocol):
    """One connected part by one model, ready to lose any judge."""

    def without(self, judge: int) -> Floats | None:
        """
        Estimates without a judge, shape (E,), NaN for entries that nobody else read; None where what is left falls
        apart, is refused, or has no noise: it must be fitted by itself.
        """
        ...


class Links:
    """Which judges hold a part together."""

    def __init__(self, table: Floats) -> None:
        there = (table > 0).astype(np.float64)
        self.beside: Booleans = (there.T @ there) > 0

    def holds(self, judge: int) -> bool:
        """Whether the others stay connected without this one."""
        count = len(self.beside)
        if count <= 2:
            return count == 2
        first = 1 if judge == 0 else 0
        seen: Booleans = np.zeros(count, dtype=np.bool_)
        seen[first] = True
        frontier = seen
        while frontier.any():
            near: Booleans = np.any(self.beside[frontier], axis=0)
            near[judge] = False
            frontier = near & ~seen
            seen |= frontier
        return bool(seen.sum() == count - 1)


class CalibratedLeaving:
    """
    The calibration of one part.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Local indices; every entry and judge has a score.
    values, weights : ndarray, shape (n,)
    entries, judges : int
        Memory is that of an E by J and two J by J arrays.
    """

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        self.level = float(values.mean())
        y = values - self.level
        self.table, self.laplacian = concurrence(entry, judge, weights, entries, judges)
        self.marks = np.zeros((entries, judges))
        self.marks[entry, judge] = y
        self.links = Links(self.table)
        self.balanced = bool(np.all(self.table == self.table[0, 0]))
        self.load: Floats = self.table.sum(axis=1)
        self.total: Floats = np.bincount(entry, weights * y, entries).astype(np.float64)
        within = y - (self.total / self.load)[entry]
        self.squares = float(np.sum(weights * within**2))
        self.right: Floats = np.bincount(judge, weights * within, judges).astype(np.float64)
        self.scores = len(y)
        self.basis: tuple[Floats, Floats] | None = None

    def without(self, judge: int) -> Floats | None:
        own = np.flatnonzero(self.table[:, judge])
        weight, mark = self.table[own, judge], self.marks[own, judge]
        load, total = self.load.copy(), self.total.copy()
        load[own] -= weight
        alone = self.table[own].astype(bool).sum(axis=1) == 1
        load[own[alone]] = 0.0
        total[own] -= weight * mark
        there = load > 0
        entries, judges, scores = int(there.sum()), self.table.shape[1] - 1, self.scores - len(own)
        if judges < 2 or scores - entries - judges + 1 <= 0 or not self.links.holds(judge):
            return None
        mean = np.where(there, total / np.where(there, load, 1.0), np.nan)
        # Only what others read as well tells anything of severity.
        shared = own[~alone]
        weight, apart = weight[~alone], mark[~alone] - mean[shared]
        told = weight * load[shared] / self.load[shared]
        compared = -self.table[shared] / load[shared, None]
        compared[:, judge] = 1.0
        right = self.right - (told * apart) @ compared
        right[judge] = 0.0
        squares = self.squares - float(np.sum(told * apart**2))
        if squares <= NOISELESS * self.squares:
            return None
        if self.balanced:
            # All read all: severity falls on every entry alike, whatever the ratio.
            return mean + self.level
        low_rank = judges >= LOW_RANK_FROM and len(shared) * LOW_RANK_SHARE <= judges
        solve = self._by_rank if low_rank else self._anew
        effects = solve(judge, compared, told, right, squares, scores - entries)
        if effects is None:
            return None
        effects[judge] = 0.0
        result: Floats = mean - (self.table @ effects) / np.where(there, load, 1.0) + self.level
        return result

    def _anew(
        self, judge: int, compared: Floats, told: Floats, right: Floats, squares: float, freedom: int
    ) -> Floats | None:
        """The others' Laplacian, taken apart by itself."""
        others = np.delete(np.arange(len(right)), judge)
        laplacian = (self.laplacian - compared.T @ (told[:, None] * compared))[np.ix_(others, others)]
        values, vectors = np.linalg.eigh(laplacian)
        values, vectors = values[1:], vectors[:, 1:]
        turned = vectors.T @ right[others]
        rss = squares - float(np.sum(turned**2 / values))
        if rss <= NOISELESS * squares:
            return None
        ratio = variance_ratio(Spectrum(values, turned**2, rss, freedom, 0.0))
        if ratio == 0.0:
            return None
        effects = np.zeros(len(right))
        if not math.isinf(ratio):
            effects[others] = vectors @ (turned / (values + ratio))
        return effects

    def _by_rank(
        self, judge: int, compared: Floats, told: Floats, right: Floats, squares: float, freedom: int
    ) -> Floats | None:
        """All from matrices as large as what the judge read."""
        if self.basis is None:
            values, vectors = np.linalg.eigh(self.laplacian)
            self.basis = np.maximum(values, 0.0), vectors
        values, vectors = self.basis
        lost = vectors.T @ (compared * np.sqrt(told)[:, None]).T
        turned = vectors.T @ right
        judges, unit = len(right), np.eye(lost.shape[1])

        def pieces(ratio: float) -> tuple[Floats, Floats, Floats]:
            """By eigenvalue, and what the loss adds: the inverse of its matrix and its share in the right side."""
            pulled = 1 / (values + ratio)
            inner: Floats = np.asarray(np.linalg.inv(unit - (lost.T * pulled) @ lost), dtype=np.float64)
            return pulled, inner, inner @ (lost.T @ (pulled * turned))

        def effects_of(ratio: float) -> Floats:
            pulled, _inner, more = pieces(ratio)
            result: Floats = pulled * (turned + lost @ more)
            return result

        def slope(log_ratio: float) -> float:
            ratio = math.exp(log_ratio)
            pulled, inner, more = pieces(ratio)
            effects = pulled * (turned + lost @ more)
            bent = lost * pulled[:, None]
            trace = float(pulled.sum()) + float(np.sum(inner * (bent.T @ bent)))
            size = (squares - float(effects @ turned)) / freedom
            return -0.5 * (ratio * float(effects @ effects) / size - (judges - ratio * trace))

        ratios = np.exp(GRID)
        pulled = 1 / (values + ratios[:, None])
        inner = unit - (lost.T * pulled[:, None, :]) @ lost
        seen = (pulled * turned) @ lost
        explained = (pulled * turned) @ turned + np.einsum(
            "gm,gm->g", seen, np.linalg.solve(inner, seen[:, :, None])[:, :, 0]
        )
        size = (squares - explained) / freedom
        sign, log_inner = np.linalg.slogdet(inner)
        if (size <= NOISELESS * squares / freedom).any() or (sign <= 0).any():
            return None
        determinant = np.sum(np.log1p(values / ratios[:, None]), axis=1) + log_inner
        height = -0.5 * (freedom * np.log(size) + determinant)
        top, edge = int(np.argmax(height)), -0.5 * freedom * math.log(squares / freedom)
        if top == 0:
            return None
        if top == len(GRID) - 1:
            return np.zeros(judges) if float(height[top]) <= edge + 1e-9 else None
        width = float(GRID[1] - GRID[0])
        bend = float(height[top + 1] + height[top - 1] - 2 * height[top]) / width**2
        found = crossing(slope, float(GRID[top]), min(bend, -1e-6))
        if not float(GRID[top - 1]) <= found <= float(GRID[top + 1]):
            return None
        ratio = math.exp(found)
        effects = effects_of(ratio)
        s2 = (squares - float(effects @ turned)) / freedom
        log_inner = float(np.linalg.slogdet(unit - (lost.T / (values + ratio)) @ lost)[1])
        best = -0.5 * (freedom * math.log(s2) + float(np.sum(np.log1p(values / ratio))) + log_inner)
        if best <= edge:
            return np.zeros(judges)
        result: Floats = vectors @ effects
        return result
