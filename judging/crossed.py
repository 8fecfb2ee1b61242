"""The additive model without a matrix: products, conjugate gradients, Lanczos quadrature.

For rounds whose table of entries by judges does not fit in memory. With the entries eliminated the judges'
Laplacian is applied by two gathers and two sums over the sheets: ``S x = D_j x - N' (N x / D_e)``. Iterations
grow with sqrt(D / lambda_2), so a weak link costs time and never the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from judging.arrays import Floats, Integers
from judging.watching import tell

CG_TOLERANCE = 1e-12
CG_STEPS = 20_000
LANCZOS_STEPS = 150
LANCZOS_TOLERANCE = 1e-9
# Ratios at which the quadrature is watched until it stands still: real juries lie between.
WATCHED = np.array([0.02, 0.2, 2.0, 20.0])
BLOCK_CELLS = 1_000_000


@dataclass(frozen=True)
class Crossed:
    """Sheets of one connected part, sorted by entry: local indices, values, weights (None: all 1)."""

    entry: Integers
    judge: Integers
    weights: Floats | None
    starts: Integers
    entry_load: Floats
    judge_load: Floats

    @staticmethod
    def build(entry: Integers, judge: Integers, weights: Floats | None, entries: int, judges: int) -> Crossed:
        """`entry` must be sorted, and every entry and judge have a sheet."""
        starts = np.concatenate([[0], np.flatnonzero(entry[1:] != entry[:-1]) + 1])
        return Crossed(
            entry=entry,
            judge=judge,
            weights=weights,
            starts=starts,
            entry_load=np.bincount(entry, weights, entries).astype(np.float64),
            judge_load=np.bincount(judge, weights, judges).astype(np.float64),
        )

    def by_entry(self, numbers: Floats) -> Floats:
        """Weighted sum of a number on each sheet over each entry."""
        result: Floats = np.add.reduceat(
            numbers if self.weights is None else self.weights * numbers, self.starts
        )
        return result

    def by_judge(self, numbers: Floats) -> Floats:
        """Weighted sum of a number on each sheet over each judge."""
        weighted = numbers if self.weights is None else self.weights * numbers
        result: Floats = np.bincount(self.judge, weighted, len(self.judge_load)).astype(np.float64)
        return result

    def seen(self, effects: Floats) -> Floats:
        """Weighted mean effect of the judges of each entry, K x."""
        result: Floats = self.by_entry(effects[self.judge]) / self.entry_load
        return result

    def laplacian(self, effects: Floats) -> Floats:
        """S x."""
        result: Floats = self.judge_load * effects - self.by_judge(self.seen(effects)[self.entry])
        return result

    @property
    def constant(self) -> float:
        """``log|D_e| - sum log w``."""
        logs = 0.0 if self.weights is None else float(np.sum(np.log(self.weights)))
        return float(np.sum(np.log(self.entry_load))) - logs

    @cached_property
    def pairs(self) -> tuple[Integers, Integers, Floats] | None:
        """
        Of every ordered pair of sheets of one entry: the entry, the place in a matrix of the judges, the product of the
        weights. None where a table is the shorter way.
        """
        judges = len(self.judge_load)
        count = float(np.sum(np.diff(np.append(self.starts, len(self.entry))).astype(np.float64) ** 2))
        if count > min(len(self.entry_load) * judges / 4, BLOCK_CELLS):
            return None
        which, first, second = pairs_of(self.entry, len(self.entry_load))
        weights = np.ones(len(which)) if self.weights is None else self.weights[first] * self.weights[second]
        return which, self.judge[first] * judges + self.judge[second], weights

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """The table N of entries by judges, some entries at a time: never more than a million cells."""
        entries, judges = len(self.entry_load), len(self.judge_load)
        height = max(1, BLOCK_CELLS // judges)
        ends = np.append(self.starts, len(self.entry))
        for first in range(0, entries, height):
            last = min(first + height, entries)
            rows = slice(int(ends[first]), int(ends[last]))
            codes = (self.entry[rows] - first) * judges + self.judge[rows]
            weights = None if self.weights is None else self.weights[rows]
            flat: Floats = np.bincount(codes, weights, (last - first) * judges).astype(np.float64)
            yield slice(first, last), flat.reshape(last - first, judges)

    def dense_laplacian(self) -> Floats:
        """S, shape (J, J)."""
        result = np.diag(self.judge_load)
        if self.pairs is not None:
            which, codes, weights = self.pairs
            shared = np.bincount(codes, weights / self.entry_load[which], result.size)
            return np.asarray(result - shared.reshape(result.shape), dtype=np.float64)
        for here, table in self.blocks():
            result -= table.T @ (table / self.entry_load[here, None])
        return (result + result.T) / 2

    def seen_squares(self, matrix: Floats) -> Floats:
        """Diagonal of ``K matrix K'`` for a matrix of shape (J, J), shape (E,)."""
        if self.pairs is not None:
            which, codes, weights = self.pairs
            sums = np.bincount(which, weights * matrix.ravel()[codes], len(self.entry_load))
            return np.asarray(sums / self.entry_load**2, dtype=np.float64)
        result = np.empty(len(self.entry_load))
        for here, table in self.blocks():
            share = table / self.entry_load[here, None]
            result[here] = np.sum((share @ matrix) * share, axis=1)
        return result

    def solve(
        self, right: Floats, ratio: float, start: Floats | None = None, tolerance: float = CG_TOLERANCE
    ) -> tuple[Floats, int]:
        """
        ``(S + ratio I) x = right`` by conjugate gradients with Jacobi's preconditioner.

        Parameters
        ----------
        right : ndarray, shape (J,)
            At ratio 0 its sum must be 0.
        ratio : float
            0 or more; at 0 the solution is one of many, which differ by equal shifts.
        start : ndarray, shape (J,), optional
        tolerance : float
            Of the right side.

        Returns
        -------
        solution : ndarray, shape (J,)
        steps : int
            As many as the limit: not converged to the tolerance.
        """
        scale = 1 / (self.judge_load + ratio)
        x = np.zeros_like(right) if start is None else start.copy()
        rest = right - (self.laplacian(x) + ratio * x) if start is not None else right.copy()
        goal = tolerance * float(np.sqrt(right @ (scale * right)))
        turned = scale * rest
        size = float(rest @ turned)
        direction = turned
        for step in range(CG_STEPS):
            tell("conjugate gradients", step + 1)
            if size**0.5 <= goal:
                return x, step
            image = self.laplacian(direction) + ratio * direction
            curved = float(direction @ image)
            if curved <= 1e-14 * float(direction @ (self.judge_load * direction)):
                # What is left is rounding along the equal shifts, which S does not see.
                return x, step
            length = size / curved
            x = x + length * direction
            rest = rest - length * image
            turned = scale * rest
            new = float(rest @ turned)
            direction = turned + (new / size) * direction
            size = new
        return x, CG_STEPS

    def quadrature(self, start: Floats) -> tuple[Floats, Floats]:
        """
        Nodes and weights with ``start' f(S) start = sum weights f(nodes)`` (Lanczos; Golub and Meurant 2010).

        The weights sum to ``start' start``. Steps go on until log determinants and solutions at the watched
        ratios stand still.
        """
        whole = float(start @ start)
        if whole == 0:
            return np.ones(1), np.zeros(1)
        most = min(LANCZOS_STEPS, len(start))
        basis = np.empty((most, len(start)))
        basis[0] = start / np.sqrt(whole)
        diagonal: list[float] = []
        beside: list[float] = []
        before = np.full(2 * len(WATCHED), np.inf)
        nodes, weights = np.zeros(1), np.array([whole])
        for step in range(most):
            tell("restricted likelihood", step + 1)
            image = self.laplacian(basis[step])
            diagonal.append(float(basis[step] @ image))
            matrix = basis[: step + 1]
            # Twice is enough (Parlett): the basis stays orthogonal to the last digit.
            for _ in range(2):
                image = image - matrix.T @ (matrix @ image)
            length = float(np.linalg.norm(image))
            ends = length <= 1e-12 * float(self.judge_load.max())
            if ends or step % 8 == 7 or step == most - 1:
                nodes, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
                nodes, weights = np.maximum(nodes, 0.0), whole * vectors[0] ** 2
                now = np.concatenate(
                    [
                        np.log1p(nodes / WATCHED[:, None]) @ weights,
                        (WATCHED[:, None] / (nodes + WATCHED[:, None])) @ weights,
                    ]
                )
                if (
                    ends
                    or step == most - 1
                    or bool(np.all(np.abs(now - before) <= LANCZOS_TOLERANCE * np.abs(now)))
                ):
                    break
                before = now
            beside.append(length)
            basis[step + 1] = image / length
        return nodes, weights


def pairs_of(group: Integers, groups: int) -> tuple[Integers, Integers, Integers]:
    """
    Every ordered pair of sheets of one group, a sheet with itself among them.

    Parameters
    ----------
    group : ndarray of int64, shape (n,)
        Sorted.
    groups : int

    Returns
    -------
    group, first, second : ndarray of int64, shape (sum of squares of the groups' sizes,)
        The group, and the rows of both sheets.
    """
    counts = np.bincount(group, minlength=groups)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    which, first, second = [], [], []
    for size in np.unique(counts[counts > 0]).tolist():
        here = np.flatnonzero(counts == size)
        rows = starts[here][:, None] + np.arange(size)
        first.append(np.repeat(rows, size, axis=1).ravel())
        second.append(np.tile(rows, (1, size)).ravel())
        which.append(np.repeat(here, size * size))
    return np.concatenate(which), np.concatenate(first), np.concatenate(second)
