"""Planning a round: with these judges and so many sheets an entry, how sure would the top places be.

Nothing is marked yet, so quality and errors are drawn from the variances that are expected (an earlier round's
agreement, or the realistic range that public juries show: judges' spread 0.1 to 0.6 of the entries', noise 0.3
to 1.8 of it). Errors follow from the design alone: the covariance of the calibration at the known ratio.
This project's own, by the covariance of `judging.calibration`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, index_array
from judging.linkage import concurrence
from judging.uncertainty import ranks_of

DRAWS = 4000
WIDTH_DRAWS = 500
CELLS = 1_000_000
WIDTH_CELLS = 250_000
BLOCK = 256


@dataclass(frozen=True, slots=True)
class Expected:
    """
    Standard deviations that are expected, all in one unit: a scale's, or the entries' spread as 1.

    Parameters
    ----------
    entries, judges, noise : float
        Of quality, of severity, and of what is left of a score; entries and noise positive.
    """

    entries: float = 1.0
    judges: float = 0.5
    noise: float = 0.8


@dataclass(frozen=True, slots=True)
class Prospect:
    """
    How sure a design would be.

    Parameters
    ----------
    reads : float
        Mean number of sheets an entry.
    sheets : int
    error : float
        Mean standard error of an entry's estimate, its common level left out, in the unit of `Expected`.
    winner : float
        Chance that the entry with the first rank is the best.
    found : tuple of float
        For each tier of places: the share of those who deserve one of the first so many places and get one.
    right : tuple of float
        For each tier: the chance that its places go to exactly those who deserve them, in whatever order.
    first_is : tuple of int
        True place of the entry with the first rank: the median, and the place that 95 of 100 juries keep to.
    rank_width : float
        Mean width of the 90 % rank intervals, in ranks.
    reliability : float
        Squared correlation of estimates with the truth, on average.
    tau : float
        Kendall's tau between the ranking and the truth, as expected.
    """

    reads: float
    sheets: int
    error: float
    winner: float
    found: tuple[float, ...]
    right: tuple[float, ...]
    first_is: tuple[int, int]
    rank_width: float
    reliability: float
    tau: float


def spread_reads(entries: int, judges: int, reads: int, *, seed: int = 0) -> tuple[Integers, Integers]:
    """
    A random design: every entry by so many different judges, loads equal but for one.

    Parameters
    ----------
    entries, judges, reads : int
    seed : int

    Returns
    -------
    entry, judge : ndarray of int64, shape (entries * reads,)

    Raises
    ------
    ValueError
        Negative numbers, or more reads than judges.
    """
    if entries < 0 or not 0 <= reads <= judges:
        raise ValueError(f"{entries} entries cannot each be read by {reads} of {judges} judges")
    rng = np.random.default_rng(seed)
    load = np.zeros(judges, dtype=np.int64)
    chosen = np.empty((entries, reads), dtype=np.int64)
    for row in chosen:
        # The least loaded come first, in random order among equals.
        row[:] = np.lexsort((rng.random(judges), load))[:reads]
        load[row] += 1
    return np.repeat(np.arange(entries), reads), chosen.ravel()


def prospect(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    *,
    entries: int | None = None,
    judges: int | None = None,
    expected: Expected | None = None,
    tiers: Sequence[int] = (1, 3),
    draws: int = DRAWS,
    seed: int = 0,
) -> Prospect:
    """
    How sure the top places of a design would be, before anybody marks.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
        Who reads what.
    entries, judges : int, optional
        E and J; default: one more than the highest index.
    expected : Expected, optional
    tiers : sequence of int
        Numbers of first places that are asked for.
    draws : int
        Rounds that are drawn.
    seed : int

    Returns
    -------
    Prospect
        Entries of different parts of the design are compared as if panels had been drawn by lot.

    Raises
    ------
    ValueError
        An entry without a sheet, tiers that are not from 1 to E, deviations that make no sense, no draws, or
        index arrays that do not fit.
    """
    e, j = index_array("entry", entry, entries), index_array("judge", judge, judges)
    if len(e) != len(j):
        raise ValueError(f"{len(e)} entries but {len(j)} judges: the arrays must have one length")
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    drawn = draw_juries(e, j, count_e, count_j, expected or Expected(), draws=draws, seed=seed)
    return foresee(drawn, np.arange(count_e), tiers)


def prospects(
    entries: int,
    judges: int,
    reads: Sequence[int],
    *,
    expected: Expected | None = None,
    tiers: Sequence[int] = (1, 3),
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Prospect, ...]:
    """
    One prospect for each number of sheets an entry, on a random design with equal loads.

    Parameters
    ----------
    entries, judges : int
        E and J.
    reads : sequence of int
        Numbers of sheets an entry.
    expected : Expected, optional
        Variances, in squared scale units.
    tiers : sequence of int
        Numbers of first places whose chances are asked for.
    draws, seed : int

    Returns
    -------
    tuple of Prospect
        In the order of `reads`.

    Raises
    ------
    ValueError
        As `spread_reads` and `prospect`.
    """
    result = []
    for number in reads:
        e, j = spread_reads(entries, judges, number, seed=seed)
        result.append(
            prospect(
                e,
                j,
                entries=entries,
                judges=judges,
                expected=expected,
                tiers=tiers,
                draws=draws,
                seed=seed,
            )
        )
    return tuple(result)


@dataclass(frozen=True)
class Juries:
    """
    Rounds that were drawn for a design.

    Parameters
    ----------
    expected : Expected
    loads : ndarray of int64, shape (E,)
        Sheets of each entry.
    truth, errors : ndarray, shape (draws, E)
        Quality, and what the calibrated score adds to it, in the unit of `Expected`.
    factor, own : ndarray, shapes (E, r), (E,)
        The covariance of errors is ``diag(own**2) + factor factor'``.
    rng : numpy.random.Generator
        As it stood after the draws.
    """

    expected: Expected
    loads: Integers
    truth: Floats
    errors: Floats
    factor: Floats
    own: Floats
    rng: np.random.Generator


def draw_juries(
    entry: Integers, judge: Integers, entries: int, judges: int, likely: Expected, *, draws: int, seed: int
) -> Juries:
    """
    Draw qualities and errors of calibrated scores for a design.

    For as many entries and judges the same seed draws the same juries whatever the design: what differs between
    two designs is theirs, not chance's.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
    entries, judges : int
    likely : Expected
    draws, seed : int

    Returns
    -------
    Juries

    Raises
    ------
    ValueError
        An entry without a sheet, fewer than two entries, deviations that make no sense, or no draws.
    """
    if not (likely.entries > 0 and likely.noise > 0 and likely.judges >= 0):
        raise ValueError(f"the expected deviations must be positive (judges' may be 0), not {likely}")
    loads = np.bincount(entry, minlength=entries)
    if entries < 2 or (loads == 0).any():
        raise ValueError("every entry needs a sheet, and there must be two of them")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    factor, own = _errors(entry, judge, entries, judges, likely)
    rng = np.random.default_rng(seed)
    truth = likely.entries * rng.standard_normal((draws, entries))
    errors = rng.standard_normal((draws, factor.shape[1])) @ factor.T
    errors += rng.standard_normal((draws, entries)) * own
    return Juries(likely, loads, truth, errors, factor, own, rng)


def foresee(juries: Juries, members: Integers, tiers: Sequence[int], *, widths: int = 20) -> Prospect:
    """
    How sure the places among some of the entries would be.

    Parameters
    ----------
    juries : Juries
    members : ndarray of int64, shape (m,)
        The entries that are ranked together.
    tiers : sequence of int
    widths : int
        Juries over which the width of rank intervals is averaged; two where there are very many members.

    Returns
    -------
    Prospect

    Raises
    ------
    ValueError
        Fewer than two members, or tiers that are not from 1 to their number.
    """
    if len(members) < 2:
        raise ValueError("a ranking needs two entries")
    if not tiers or not all(1 <= places <= len(members) for places in tiers):
        raise ValueError(f"tiers must be from 1 to {len(members)} places")
    truth, errors = juries.truth[:, members], juries.errors[:, members]
    factor, own = juries.factor[members], juries.own[members]
    seen = truth + errors
    true_ranks, ranks = ranks_of(truth), ranks_of(seen)
    hits = [np.sum((true_ranks <= places) & (ranks <= places), axis=1) for places in tiers]
    of_first = true_ranks[np.arange(len(ranks)), np.argmin(ranks, axis=1)]
    level = errors - errors.mean(axis=1, keepdims=True)
    few = min(len(seen), max(2, min(widths, WIDTH_CELLS // (WIDTH_DRAWS * len(members)))))
    sheets = int(juries.loads[members].sum())
    return Prospect(
        reads=sheets / len(members),
        sheets=sheets,
        error=float(np.mean(np.sqrt(np.mean(level**2, axis=0)))),
        winner=float(np.mean(of_first == 1)),
        found=tuple(float(np.mean(hit / places)) for hit, places in zip(hits, tiers, strict=True)),
        right=tuple(float(np.mean(hit == places)) for hit, places in zip(hits, tiers, strict=True)),
        first_is=(_place(of_first, 0.5), _place(of_first, 0.95)),
        rank_width=_rank_width(factor, own, seen[:few], juries.rng),
        reliability=_squared_correlation(truth, seen),
        tau=_tau(factor, own, juries.expected.entries),
    )


def _errors(
    entry: Integers, judge: Integers, entries: int, judges: int, likely: Expected
) -> tuple[Floats, Floats]:
    """F and own with ``Cov = diag(own^2) + F F'`` at the expected ratio, entries fixed and judges random."""
    table, laplacian = concurrence(entry, judge, np.ones(len(entry)), entries, judges)
    own: Floats = likely.noise / np.sqrt(table.sum(axis=1))
    if likely.judges == 0:
        return np.zeros((entries, 1)), own
    share = table / table.sum(axis=1, keepdims=True)
    ratio = (likely.noise / likely.judges) ** 2
    root = np.linalg.cholesky(laplacian + ratio * np.eye(judges))
    factor: Floats = likely.noise * np.linalg.solve(root, share.T).T
    return factor, own


def _rank_width(factor: Floats, own: Floats, estimates: Floats, rng: np.random.Generator) -> float:
    """Mean width of the 90 % rank intervals that such estimates would be published with."""
    widths = []
    for estimate in estimates:
        scores = estimate + rng.standard_normal((WIDTH_DRAWS, factor.shape[1])) @ factor.T
        scores += rng.standard_normal(scores.shape) * own
        low, high = np.quantile(ranks_of(scores), (0.05, 0.95), axis=0)
        widths.append(float(np.mean(high - low)))
    return math.fsum(widths) / len(widths)


def _place(places: Integers, share: float) -> int:
    """The first place that so large a share of the juries keeps to."""
    return int(np.quantile(places, share, method="inverted_cdf"))


def _squared_correlation(truth: Floats, seen: Floats) -> float:
    a = truth - truth.mean(axis=1, keepdims=True)
    b = seen - seen.mean(axis=1, keepdims=True)
    products = np.einsum("de,de->d", a, b)
    return float(np.mean(products**2 / (np.einsum("de,de->d", a, a) * np.einsum("de,de->d", b, b))))


def _tau(factor: Floats, own: Floats, spread: float) -> float:
    """Without a draw: two normal differences agree in sign by the arcsine of their correlation (Sheppard 1899)."""
    total, squares = 0.0, np.einsum("er,er->e", factor, factor)
    for start in range(0, len(own), BLOCK):
        rows = slice(start, start + BLOCK)
        apart = squares[rows, None] + squares - 2 * factor[rows] @ factor.T
        error = np.maximum(apart, 0) + own[rows, None] ** 2 + own**2
        agree = np.arcsin(np.sqrt(2 * spread**2 / (2 * spread**2 + error)))
        # An entry is no pair with itself.
        agree[np.arange(len(agree)), np.arange(start, start + len(agree))] = 0
        total += float(agree.sum())
    return 2 / math.pi * total / (len(own) * (len(own) - 1))
