"""The additive model without a matrix: products, conjugate gradients, Lanczos quadrature.

For rounds whose table of entries by judges does not fit in memory. With the entries eliminated the judges'
Laplacian is applied by two gathers and two sums over the sheets: ``S x = D_j x - N' (N x / D_e)``. Iterations
grow with sqrt(D / lambda_2), so a weak link costs time and never the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers

CG_TOLERANCE = 1e-12
CG_STEPS = 20_000
LANCZOS_STEPS = 150
LANCZOS_TOLERANCE = 1e-9
# Ratios at which the quadrature is watched until it stands still: real juries lie between.
WATCHED = np.array([0.02, 0.2, 2.0, 20.0])


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
        starts = np.searchsorted(entry, np.arange(entries))
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

    def solve(self, right: Floats, ratio: float, start: Floats | None = None) -> tuple[Floats, int]:
        """
        ``(S + ratio I) x = right`` by conjugate gradients with Jacobi's preconditioner.

        Parameters
        ----------
        right : ndarray, shape (J,)
            At ratio 0 its sum must be 0.
        ratio : float
            0 or more; at 0 the solution is one of many, which differ by equal shifts.
        start : ndarray, shape (J,), optional

        Returns
        -------
        solution : ndarray, shape (J,)
        steps : int
            As many as the limit: not converged to 1e-12 of the right side.
        """
        scale = 1 / (self.judge_load + ratio)
        x = np.zeros_like(right) if start is None else start.copy()
        rest = right - (self.laplacian(x) + ratio * x) if start is not None else right.copy()
        goal = CG_TOLERANCE * float(np.sqrt(right @ (scale * right)))
        turned = scale * rest
        size = float(rest @ turned)
        direction = turned
        for step in range(CG_STEPS):
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
