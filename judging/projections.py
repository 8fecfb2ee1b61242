"""What entries and judges leave of any number on each sheet: by a table of entries by judges, or without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from judging.arrays import Floats, Integers
from judging.crossed import Crossed
from judging.leverages import EXACT_UP_TO, fitted_variances
from judging.linkage import bridge_sheets, connected_parts

# Up to here a table of entries by judges is kept.
TABLE_CELLS, TABLE_JUDGES = 600_000, 300
NOTHING = 1e-9


class Projection(Protocol):
    """The least squares fit of entries and judges to n sheets, whatever the numbers on them."""

    @property
    def parts(self) -> int:
        """Connected parts."""
        ...

    @property
    def members(self) -> tuple[int, int]:
        """Entries and judges with a sheet."""
        ...

    @property
    def exact(self) -> bool:
        """Whether what is expected is exact, or drawn."""
        ...

    def fitted(self, numbers: Floats) -> tuple[Floats, Floats]:
        """The judges' effects, shape (J,), summing to 0 in each part, and what is left of the numbers, shape (n,)."""
        ...

    def expected(self) -> Floats:
        """Variance of what is left in units of sigma2, shape (n,); 0 where a sheet is fitted whatever its mark."""
        ...

    def expected_of(self, row: int) -> float:
        """The same of one sheet, exactly."""
        ...


def projection_of(entry: Integers, judge: Integers, weights: Floats, entries: int, judges: int) -> Projection:
    """Of sheets in any order, parts, doubles and indices without a sheet allowed; chosen by size."""
    if judges <= TABLE_JUDGES and entries * judges <= TABLE_CELLS:
        return Tabled.build(entry, judge, weights, entries, judges)
    return Sheeted.build(entry, judge, weights, entries, judges, EXACT_UP_TO)


@dataclass(frozen=True)
class Tabled:
    """With K, shape (E, J), and S+, shape (J, J)."""

    entry: Integers
    judge: Integers
    weights: Floats
    parts: int
    members: tuple[int, int]
    load: Floats
    share: Floats
    inverse: Floats
    exact = True

    @staticmethod
    def build(entry: Integers, judge: Integers, weights: Floats, entries: int, judges: int) -> Tabled:
        parts, part_of_entry, part_of_judge = connected_parts(entry, judge, entries, judges)
        flat: Floats = np.bincount(entry * judges + judge, weights, entries * judges).astype(np.float64)
        table = flat.reshape(entries, judges)
        load = np.where(part_of_entry >= 0, table.sum(axis=1), 1.0)
        share = table / load[:, None]
        laplacian = np.diag(table.sum(axis=0)) - table.T @ share
        return Tabled(
            entry=entry,
            judge=judge,
            weights=weights,
            parts=parts,
            members=(int(np.sum(part_of_entry >= 0)), int(np.sum(part_of_judge >= 0))),
            load=load,
            share=share,
            inverse=_pseudo_inverse(laplacian, part_of_judge, parts),
        )

    def fitted(self, numbers: Floats) -> tuple[Floats, Floats]:
        entries, judges = self.share.shape
        mean = np.bincount(self.entry, self.weights * numbers, entries) / self.load
        inside = numbers - mean[self.entry]
        effects = self.inverse @ np.bincount(self.judge, self.weights * inside, judges)
        return effects, inside - effects[self.judge] + (self.share @ effects)[self.entry]

    def expected(self) -> Floats:
        e, j = self.entry, self.judge
        seen = self.share @ self.inverse
        contrasts = np.diag(self.inverse)[j] - 2 * seen[e, j] + np.sum(seen * self.share, axis=1)[e]
        return _known(1 / self.weights - 1 / self.load[e] - contrasts, self.weights)

    def expected_of(self, row: int) -> float:
        return float(self.expected()[row])


@dataclass(frozen=True)
class Sheeted:
    """
    Part by part, without a table: effects by conjugate gradients to 1e-12 of the right side, variances exactly where a
    part has no more than `exact_up_to` entries or judges, else drawn (`judging.leverages`).

    Bridges, sheets whose loss splits a part, are found on the graph: the model fits them whatever their mark.
    """

    sheets: int
    judges: int
    members: tuple[int, int]
    bridges: Integers
    crossed: tuple[tuple[Integers, Integers, Crossed], ...]
    exact_up_to: int

    @staticmethod
    def build(
        entry: Integers,
        judge: Integers,
        weights: Floats,
        entries: int,
        judges: int,
        exact_up_to: int,
    ) -> Sheeted:
        parts, part_of_entry, part_of_judge = connected_parts(entry, judge, entries, judges)
        even = bool(np.all(weights == 1))
        part = part_of_entry[entry]
        order = np.lexsort((judge, entry, part))
        bounds = np.searchsorted(part[order], np.arange(parts + 1))
        crossed = []
        for number in range(parts):
            rows = order[bounds[number] : bounds[number + 1]]
            here_e, local_e = np.unique(entry[rows], return_inverse=True)
            here_j, local_j = np.unique(judge[rows], return_inverse=True)
            one = Crossed.build(local_e, local_j, None if even else weights[rows], len(here_e), len(here_j))
            crossed.append((rows, here_j, one))
        return Sheeted(
            sheets=len(entry),
            judges=judges,
            members=(int(np.sum(part_of_entry >= 0)), int(np.sum(part_of_judge >= 0))),
            bridges=_bridges(entry, judge, entries, judges),
            crossed=tuple(crossed),
            exact_up_to=exact_up_to,
        )

    @property
    def parts(self) -> int:
        return len(self.crossed)

    @property
    def exact(self) -> bool:
        return all(
            min(len(one.entry_load), len(one.judge_load)) <= self.exact_up_to for _, _, one in self.crossed
        )

    def fitted(self, numbers: Floats) -> tuple[Floats, Floats]:
        effects, left = np.zeros(self.judges), np.empty(self.sheets)
        for rows, members, one in self.crossed:
            inside = numbers[rows] - (one.by_entry(numbers[rows]) / one.entry_load)[one.entry]
            right = one.by_judge(inside)
            found, _ = one.solve(right - right.mean(), 0.0)
            found = found - found.mean()
            effects[members] = found
            left[rows] = inside - found[one.judge] + one.seen(found)[one.entry]
        return effects, left

    def expected(self) -> Floats:
        result = np.empty(self.sheets)
        for number, (rows, _, one) in enumerate(self.crossed):
            # A fixed seed: the same sheets must be as unusual every time.
            generator = np.random.default_rng((0, number))
            result[rows] = _inverse_weights(one) - fitted_variances(one, generator, self.exact_up_to)
            result[rows] = _known(result[rows], 1 / _inverse_weights(one))
        result[self.bridges] = 0.0
        return result

    def expected_of(self, row: int) -> float:
        if row in self.bridges:
            return 0.0
        one, at = next(
            (crossed, int(found[0]))
            for rows, _, crossed in self.crossed
            if len(found := np.flatnonzero(rows == row))
        )
        here = np.flatnonzero(one.entry == one.entry[at])
        own = 1 / _inverse_weights(one)[here]
        load = float(one.entry_load[one.entry[at]])
        contrast = -np.bincount(one.judge[here], own / load, len(one.judge_load))
        contrast[one.judge[at]] += 1.0
        solved, _ = one.solve(contrast - contrast.mean(), 0.0)
        return float(_inverse_weights(one)[at]) - 1 / load - float(contrast @ solved)


def _known(expected: Floats, weights: Floats) -> Floats:
    """Nothing where only rounding is left."""
    result = np.maximum(expected, 0.0)
    result[result < NOTHING / weights] = 0.0
    return result


def _inverse_weights(crossed: Crossed) -> Floats:
    return np.ones(len(crossed.entry)) if crossed.weights is None else 1 / crossed.weights


def _bridges(entry: Integers, judge: Integers, entries: int, judges: int) -> Integers:
    """Rows of sheets whose loss splits a part or takes an entry or a judge out of it."""
    found = np.array(bridge_sheets(entry, judge, entries, judges), dtype=np.int64).reshape(-1, 2)
    alone = (np.bincount(entry)[entry] == 1) | (np.bincount(judge)[judge] == 1)
    held = np.isin(entry * judges + judge, found[:, 0] * judges + found[:, 1])
    return np.flatnonzero(alone | held)


def _pseudo_inverse(laplacian: Floats, part_of_judge: Integers, parts: int) -> Floats:
    """The inverse of each part's block on all but its equal shifts; 0 for a judge without a sheet."""
    result = np.zeros_like(laplacian)
    for part in range(parts):
        here = np.flatnonzero(part_of_judge == part)
        level = 1.0 / len(here)
        block = np.linalg.inv(laplacian[np.ix_(here, here)] + level) - level
        result[np.ix_(here, here)] = (block + block.T) / 2
    return result
