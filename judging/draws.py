"""How sure a ranking of any size is, in blocks of draws where all of them together would not fit in memory.

Ranks need every entry of a draw, quantiles of scores every draw of an entry. So each block of draws by entries has a
stream of its own, from which it can be made again: once beside the other entries of its draws, once beside the other
draws of its entries. Of ranks only the lowest and the highest are kept, as many as the ends of the interval lie deep; of so
many entries one place more or less at an end tells nothing.
This project's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, frozen_integers
from judging.calibration import Covariance
from judging.scales import share_millionths
from judging.uncertainty import (
    HIGH,
    LOW,
    NORMAL_FROM,
    SCORE_QUANTILES,
    Neighbours,
    Outlook,
    draw_scores,
    neighbours,
    outlook,
    ranks_of,
    shared_factors,
    steps_down,
    widening,
)
from judging.watching import tell

# Up to so many draws by entries are made at once. The blocks of larger ones have a fixed size: their streams depend on it.
WHOLE_CELLS = 20_000_000
ROWS, BLOCK_CELLS = 50, 10_000_000


def survey(
    estimate: npt.ArrayLike,
    covariance: Covariance,
    *,
    dof: int,
    draws: int,
    seed: tuple[int, ...],
    entries: Sequence[int],
    places: int,
    order: Sequence[int] = (),
    watch: Callable[[Integers], None] | None = None,
) -> tuple[Outlook, tuple[Neighbours, ...]]:
    """
    What draws say of entries that are ranked together, and of each step down their ranking.

    Parameters
    ----------
    estimate, covariance, dof, draws, seed, entries
        As `judging.uncertainty.draw_scores` has them.
    places : int
        Chances are given for this many places.
    order : sequence of int
        The entries, best first; empty where no steps are wanted.
    watch : callable, optional
        Is given the ranks of some draws at a time, shape (some, len(entries)).

    Returns
    -------
    outlook : Outlook
        In the order of `entries`.
    steps : tuple of Neighbours
    """
    chosen = np.asarray(entries, dtype=np.int64)
    centre = np.asarray(estimate, dtype=np.float64)[chosen]
    if draws * len(entries) <= WHOLE_CELLS:
        scores = draw_scores(estimate, covariance, dof=dof, draws=draws, seed=seed, entries=chosen)
        widened = widening(centre, scores)
        steps = neighbours(order, estimate, covariance, scores, entries, widened=widened)
        return outlook(scores, places, estimate=centre, widened=widened, watch=watch), steps
    blocks = _Blocks.build(estimate, covariance, dof, draws, seed, chosen)
    at = {entry: column for column, entry in enumerate(entries)}
    widened = widening(centre, next(blocks.by_draws()))
    lined = np.array([at[entry] for entry in order], dtype=np.int64)
    look, wins = _by_draws(blocks, places, widened, lined, watch)
    return look, steps_down(order, estimate, covariance, wins.tolist(), draws)


@dataclass(frozen=True)
class _Blocks:
    """Draws of scores, any block of which can be made by itself; `shared`: columns, their factor and its draws."""

    centre: Floats
    own: Floats
    shared: tuple[tuple[Integers, Floats, Floats], ...]
    widened: Floats | None
    draws: int
    seed: tuple[int, ...]

    @staticmethod
    def build(
        estimate: npt.ArrayLike,
        covariance: Covariance,
        dof: int,
        draws: int,
        seed: tuple[int, ...],
        entries: Integers,
    ) -> _Blocks:
        generator = np.random.default_rng(seed)
        shared = tuple(
            (columns, factor, generator.standard_normal((draws, factor.shape[1])))
            for columns, factor in shared_factors(covariance, entries)
        )
        return _Blocks(
            centre=np.asarray(estimate, dtype=np.float64)[entries],
            own=covariance.own[entries],
            shared=shared,
            widened=np.sqrt(dof / generator.chisquare(dof, draws)) if dof < NORMAL_FROM else None,
            draws=draws,
            seed=seed,
        )

    @property
    def width(self) -> int:
        return max(1, BLOCK_CELLS // self.draws)

    def made(self, row: int, column: int) -> Floats:
        """Draws `row` to `row + ROWS` of the entries of a block of columns."""
        rows = slice(row, min(row + ROWS, self.draws))
        columns = slice(column, min(column + self.width, len(self.centre)))
        stream = np.random.default_rng((*self.seed, row, column))
        errors = stream.standard_normal((rows.stop - rows.start, columns.stop - columns.start))
        errors *= self.own[columns]
        for members, factor, drawn in self.shared:
            first, last = np.searchsorted(members, (columns.start, columns.stop))
            errors[:, members[first:last] - column] += drawn[rows] @ factor[first:last].T
        if self.widened is not None:
            errors *= self.widened[rows, None]
        errors += self.centre[columns]
        return errors

    def by_draws(self) -> Iterator[Floats]:
        """All entries of some draws at a time."""
        for row in range(0, self.draws, ROWS):
            tell("draws", row + 1, self.draws)
            yield np.hstack([self.made(row, column) for column in range(0, len(self.centre), self.width)])

    def by_entries(self) -> Iterator[tuple[slice, Floats]]:
        """All draws of some entries at a time."""
        for column in range(0, len(self.centre), self.width):
            here = slice(column, min(column + self.width, len(self.centre)))
            tell("quantiles of the draws", here.stop, len(self.centre))
            scores = np.empty((self.draws, here.stop - here.start))
            for row in range(0, self.draws, ROWS):
                scores[row : row + ROWS] = self.made(row, column)
            yield here, scores


def _by_draws(
    blocks: _Blocks,
    places: int,
    widened: float,
    order: Integers,
    watch: Callable[[Integers], None] | None,
) -> tuple[Outlook, Integers]:
    entries, draws = len(blocks.centre), blocks.draws
    shown = min(places, entries)
    low = _Least(entries, math.ceil(LOW * draws))
    high = _Least(entries, draws + 1 - math.ceil(HIGH * draws))
    total, wins = np.zeros(entries, dtype=np.int64), np.zeros(max(len(order) - 1, 0), dtype=np.int64)
    counts = np.zeros((shown, entries), dtype=np.int64)
    for scores in blocks.by_draws():
        scores *= widened
        scores -= (widened - 1) * blocks.centre
        whole = ranks_of(scores)
        if watch is not None:
            watch(whole)
        ranks = whole.astype(np.int32)
        for place in range(shown):
            counts[place] += np.sum(ranks == place + 1, axis=0)
        total += ranks.sum(axis=0)
        low.take(ranks.T)
        high.take(-ranks.T)
        ahead = scores[:, order]
        wins += np.sum(ahead[:, :-1] > ahead[:, 1:], axis=0)
    quantiles = np.empty((len(SCORE_QUANTILES), entries))
    for here, scores in blocks.by_entries():
        quantiles[:, here] = np.quantile(scores, SCORE_QUANTILES, axis=0, overwrite_input=True)
    look = Outlook(
        draws=draws,
        rank_low=frozen_integers(low.last()),
        rank_high=frozen_integers(-high.last()),
        quantiles=frozen(quantiles),
        chances=tuple(
            tuple(share_millionths(count, draws) for count in column) for column in counts.T.tolist()
        ),
        expected_rank=frozen(total / draws),
    )
    return look, wins


class _Least:
    """The least so many of the numbers that each entry was given."""

    def __init__(self, entries: int, count: int) -> None:
        self.count = count
        self.kept = np.empty((entries, 0), dtype=np.int32)

    def take(self, numbers: npt.NDArray[np.int32]) -> None:
        """Some more of each entry, shape (entries, draws)."""
        together = np.concatenate([self.kept, numbers], axis=1)
        if together.shape[1] > self.count:
            together = np.partition(together, self.count - 1, axis=1)[:, : self.count]
        self.kept = together

    def last(self) -> Integers:
        """The greatest of the least."""
        result: Integers = self.kept.max(axis=1).astype(np.int64)
        return result
