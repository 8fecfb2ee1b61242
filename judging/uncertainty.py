"""How sure a ranking is: seeded draws from the errors of the estimates, ranked one by one.

Draws inform; they decide nothing (Heyard, Ott, Salanti and Egger 2022, https://arxiv.org/abs/2102.09958, rank
each draw in the same way). Where few degrees of freedom stand behind the noise, draws follow Student's t
instead of the normal law.

Places ask for wider errors than scores do. Draws are spread about estimates, which errors have already spread beyond the
truth: an entry's rivals stand too far apart in every draw. A Bayesian who knows how much entries differ shrinks all
estimates; ranks do not change by a common shrinkage, so only what is left of it counts: errors times
``1 / sqrt(1 - B)``, with B the part of the estimates' variance that is error (Morris 1983, J. Amer. Statist. Assoc. 78,
47-55, who also corrects B for what few entries tell of it). Centres stay the official estimates. Of the whole places at
both ends of an interval those are left out without which its share of the draws is nearer to 90 %. So 90 % intervals hold
.89 to .91 of true ranks, with ten entries as with 500 (`benchmarks.accuracy`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen, frozen_integers
from judging.calibration import Covariance
from judging.scales import share_millionths

DRAWS = 4000
ROWS = 500  # draws that are ranked at once
NORMAL_FROM = 30
LOW, HIGH = 0.05, 0.95
SCORE_QUANTILES = (0.05, 0.25, 0.75, 0.95)
SEPARATED = 1.6448536269514722  # standard errors: the one-sided 5 % point of the normal law


@dataclass(frozen=True, slots=True)
class Outlook:
    """
    What draws say of each of E entries that are ranked together.

    Parameters
    ----------
    draws : int
    rank_low, rank_high : ndarray of int64, shape (E,)
        Ends of the 90 % rank interval, 1 the best.
    quantiles : ndarray, shape (4, E)
        5, 25, 75 and 95 % quantiles of the score, in scale units.
    chances : tuple of E tuples of int
        Chance of place 1, 2, ... up to the places asked for, in millionths.
    expected_rank : ndarray, shape (E,)
        Mean rank over the draws.
    """

    draws: int
    rank_low: Integers
    rank_high: Integers
    quantiles: Floats
    chances: tuple[tuple[int, ...], ...]
    expected_rank: Floats

    def first(self, places: int) -> tuple[int, ...]:
        """Chance of being among the first so many, in millionths; no more places than were asked for."""
        return tuple(sum(chances[:places]) for chances in self.chances)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """
    Two entries that follow each other in a ranking.

    Parameters
    ----------
    ahead, behind : int
        Indices.
    chance : int
        Chance that `ahead` is truly ahead, in millionths, from the draws.
    separable : bool
        Whether the difference is at least 1.645 of its standard errors.
    """

    ahead: int
    behind: int
    chance: int
    separable: bool


def draw_scores(
    estimate: npt.ArrayLike,
    covariance: Covariance,
    *,
    dof: int,
    draws: int = DRAWS,
    seed: int | Sequence[int] = 0,
    entries: npt.ArrayLike | None = None,
) -> Floats:
    """
    Draw score vectors from the errors of the estimates.

    Parameters
    ----------
    estimate : array_like, shape (E,)
        Scale units.
    covariance : Covariance
    dof : int
        Residual degrees of freedom; below 30 a draw's errors are widened together by ``sqrt(dof / chi2)``.
    draws : int
        How many.
    seed : int or sequence of int
        For `numpy.random.default_rng`.
    entries : array_like of int, optional
        Draw these only.

    Returns
    -------
    ndarray, shape (draws, E or len(entries))

    Raises
    ------
    ValueError
        No degrees of freedom, no draws, or an entry without an error.
    """
    chosen = np.arange(len(covariance.own)) if entries is None else np.asarray(entries, dtype=np.int64)
    centre = np.asarray(estimate, dtype=np.float64)[chosen]
    own = covariance.own[chosen]
    if dof < 1 or draws < 1:
        raise ValueError(f"nothing can be drawn with {dof} degrees of freedom and {draws} draws")
    if not (np.isfinite(own).all() and np.isfinite(centre).all()):
        raise ValueError("an entry without an estimate or an error cannot be drawn")
    generator = np.random.default_rng(seed)
    errors = generator.standard_normal((draws, len(chosen)))
    errors *= own
    for columns, factor in shared_factors(covariance, chosen):
        errors[:, columns] += generator.standard_normal((draws, factor.shape[1])) @ factor.T
    if dof < NORMAL_FROM:
        errors *= np.sqrt(dof / generator.chisquare(dof, draws))[:, None]
    errors += centre
    return errors


def shared_factors(covariance: Covariance, entries: Integers) -> Iterator[tuple[Integers, Floats]]:
    """Of entries that share errors, each connected part by itself: their places among `entries`, and the factor."""
    part = np.zeros(len(entries), dtype=np.int64) if covariance.part is None else covariance.part[entries]
    for number in np.unique(part).tolist():
        columns = np.flatnonzero(part == number)
        here = entries[columns]
        yield columns, _slim(np.concatenate([covariance.severity[here], covariance.noise[here]], axis=1))


def ranks_of(scores: Floats) -> Integers:
    """Rank of each entry in each draw, 1 the best; shape as `scores`, (draws, E)."""
    falling = -scores
    # A stable sort takes five times as long, and only matters where two entries drew the very same number.
    order = np.argsort(falling, axis=1)
    ordered = np.take_along_axis(falling, order, axis=1)
    if (ordered[:, 1:] == ordered[:, :-1]).any():
        order = np.argsort(falling, axis=1, kind="stable")
    ranks = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return ranks


def widening(estimate: npt.ArrayLike, scores: Floats) -> float:
    """
    By how much errors are widened before places are told from them.

    Parameters
    ----------
    estimate : array_like, shape (E,)
        Of entries that are ranked together, not shrunken; scale units.
    scores : ndarray, shape (draws, E)
        Drawn about them.

    Returns
    -------
    float
        1 or more, no unit; 1 for fewer than four entries, who tell too little of how much entries differ.
    """
    values = np.asarray(estimate, dtype=np.float64)
    entries = len(values)
    spread = float(np.var(values, ddof=1)) if entries > 3 else 0.0
    if spread <= 0:
        return 1.0
    # What errors add to that, by the middle draw: Student's law has wild ones.
    blocks = (scores[first : first + ROWS] - values for first in range(0, len(scores), ROWS))
    added = float(np.median(np.concatenate([np.var(some, axis=1, ddof=1) for some in blocks])))
    return 1 / math.sqrt(1 - (entries - 3) / (entries - 1) * min(added / spread, 1.0))


def outlook(
    scores: Floats,
    places: int,
    *,
    estimate: npt.ArrayLike | None = None,
    widened: float = 1.0,
    watch: Callable[[Integers], None] | None = None,
) -> Outlook:
    """
    Rank intervals, quantiles and chances from draws.

    Parameters
    ----------
    scores : ndarray, shape (draws, E)
    places : int
        Chances are given for this many places, or E if that is fewer.
    estimate : array_like, shape (E,), optional
        About which the draws are spread; scale units. Needed where errors are widened.
    widened : float
        By how much for places, see `widening`; the quantiles are those of `scores`.
    watch : callable, optional
        Is given the ranks of some draws at a time, shape (some, E).
    """
    draws, entries = scores.shape
    centre = 0.0 if estimate is None else (widened - 1) * np.asarray(estimate, dtype=np.float64)
    ranks = np.empty(scores.shape, dtype=np.int32)
    for first in range(0, draws, ROWS):
        some = scores[first : first + ROWS]
        block = ranks_of(some if widened == 1 else widened * some - centre)
        ranks[first : first + ROWS] = block
        if watch is not None:
            watch(block)
    low, high = _interval(ranks)
    shown = min(places, entries)
    counts = (
        np.stack([np.sum(ranks == place, axis=0) for place in range(1, shown + 1)], axis=1) if shown else None
    )
    chances = tuple(
        tuple(share_millionths(int(count), draws) for count in (() if counts is None else counts[entry]))
        for entry in range(entries)
    )
    return Outlook(
        draws=draws,
        rank_low=frozen_integers(low),
        rank_high=frozen_integers(high),
        quantiles=frozen(np.quantile(scores, SCORE_QUANTILES, axis=0)),
        chances=chances,
        expected_rank=frozen(ranks.mean(axis=0)),
    )


def _interval(ranks: npt.NDArray[np.int32]) -> tuple[Integers, Integers]:
    """Ends of the 90 % rank interval of each entry: both quantiles, less what makes its share more than it says."""
    draws = len(ranks)
    ends = math.ceil(LOW * draws) - 1, math.ceil(HIGH * draws) - 1
    low, high = np.partition(ranks, ends, axis=0)[list(ends)].astype(np.int64)
    inside = np.sum((ranks >= low) & (ranks <= high), axis=0)
    first, last = np.sum(ranks == low, axis=0), np.sum(ranks == high, axis=0)
    shares = np.stack([inside, inside - last, inside - first, inside - first - last])
    far = np.abs(shares - (HIGH - LOW) * draws)
    far[1:, high == low] = draws
    far[3, high == low + 1] = draws
    # Of equals the widest, and the one with the better places.
    taken = np.argmin(far, axis=0)
    return low + (taken >= 2), high - (taken % 2 == 1)


def neighbours(
    order: Sequence[int],
    estimate: npt.ArrayLike,
    covariance: Covariance,
    scores: Floats,
    columns: Sequence[int],
    *,
    widened: float = 1.0,
) -> tuple[Neighbours, ...]:
    """
    How sure each step down a ranking is.

    Parameters
    ----------
    order : sequence of int
        Entries, best first.
    estimate : array_like, shape (E,)
    covariance : Covariance
    scores : ndarray, shape (draws, len(columns))
    columns : sequence of int
        Entry of each column of `scores`.
    widened : float
        By how much errors are widened before the entries are compared.
    """
    values = np.asarray(estimate, dtype=np.float64)
    at = {entry: column for column, entry in enumerate(columns)}
    wins = [
        int(
            np.sum(
                widened * (scores[:, at[ahead]] - scores[:, at[behind]])
                > (widened - 1) * (values[ahead] - values[behind])
            )
        )
        for ahead, behind in pairwise(order)
    ]
    return steps_down(order, estimate, covariance, wins, len(scores))


def steps_down(
    order: Sequence[int], estimate: npt.ArrayLike, covariance: Covariance, wins: Sequence[int], draws: int
) -> tuple[Neighbours, ...]:
    """The steps of a ranking, from the draws in which the entry ahead won over the next one."""
    values = np.asarray(estimate, dtype=np.float64)
    variances = covariance.variances()
    result = []
    for (ahead, behind), won in zip(pairwise(order), wins, strict=True):
        variance = variances[ahead] + variances[behind] - 2 * covariance.between(ahead, behind)
        gap = float(values[ahead] - values[behind])
        result.append(
            Neighbours(
                ahead,
                behind,
                share_millionths(won, draws),
                gap >= SEPARATED * math.sqrt(max(float(variance), 0.0)) and gap > 0,
            )
        )
    return tuple(result)


def _slim(factor: Floats) -> Floats:
    """A factor with the same ``F F'`` and no more columns than rows, nor empty ones."""
    full: Floats = factor[:, np.any(factor != 0, axis=0)]
    if full.shape[1] <= full.shape[0]:
        return full
    _, triangle = np.linalg.qr(full.T)
    result: Floats = triangle.T
    return result
