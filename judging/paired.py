"""Every pair of sheets that share a member of one side: sums over these in place of products of sparse tables."""

from __future__ import annotations

import numpy as np

from judging.arrays import Floats, Integers
from judging.crossed import pairs_of

# A pair costs as much as so many multiplications of a product of tables.
PAIR_COST = 10
MOST_PAIRS = 6_000_000


class Paired:
    """
    Sheets with their member of the side that is summed over (`group`) and of the other (`member`).

    ``gram`` is what ``A' diag(by_group) B`` is of two tables of groups by members that hold `left` and `right`.
    """

    def __init__(self, group: Integers, member: Integers, groups: int, size: int) -> None:
        order = np.argsort(group, kind="stable")
        which, first, second = pairs_of(group[order], groups)
        self.size, self.which = size, which
        self.first, self.second = order[first], order[second]
        self.codes = member[self.first] * size + member[self.second]

    def gram(self, left: Floats, right: Floats, by_group: Floats) -> Floats:
        """Shape (size, size); `left` and `right` of shape (n,), `by_group` (groups,)."""
        numbers = left[self.first] * right[self.second] * by_group[self.which]
        flat: Floats = np.bincount(self.codes, numbers, self.size * self.size).astype(np.float64, copy=False)
        return flat.reshape(self.size, self.size)


def paired_if_sparse(group: Integers, member: Integers, groups: int, size: int) -> Paired | None:
    """None where a product of the tables is quicker, or the pairs would not fit."""
    counts = np.bincount(group, minlength=groups).astype(np.float64)
    pairs = float(counts @ counts)
    if pairs > MOST_PAIRS or pairs * PAIR_COST > groups * float(size) ** 2:
        return None
    return Paired(group, member, groups, size)
