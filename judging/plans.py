"""Planning a whole round before anybody is invited: its categories, its panels, sheets an entry, loads.

Judges either read everywhere, so that the severity of each is learnt from all that they read, or each category has
a panel of its own. Places are within the category in both. This project's own, by `judging.planning`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers
from judging.planning import CELLS, DRAWS, Expected, Prospect, draw_juries, foresee, spread_reads

LEAST_DRAWS = 400
WIDTHS = 4  # the juries of one plan are many: few of each say how wide intervals are


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A round with so many sheets an entry.

    Parameters
    ----------
    reads : int
        Sheets an entry that were asked for.
    sheets : int
        In all; fewer than asked for where a panel has fewer judges than that.
    loads : tuple of int
        Sheets of the judge who reads least and of the one who reads most.
    categories : tuple of Prospect or None
        In the order given; None for a category of fewer than two entries, where nothing is to be ranked.
    """

    reads: int
    sheets: int
    loads: tuple[int, int]
    categories: tuple[Prospect | None, ...]


def plan_round(
    entries: Sequence[int],
    judges: int | Sequence[int],
    reads: Sequence[int],
    *,
    expected: Expected | None = None,
    tiers: Sequence[int] = (1, 3),
    draws: int | None = None,
    seed: int = 0,
) -> tuple[Plan, ...]:
    """
    One plan for each number of sheets an entry, on random designs with equal loads.

    Parameters
    ----------
    entries : sequence of int
        Entries of each category.
    judges : int or sequence of int
        The judges who read all categories; or those of each category, who read it alone.
    reads : sequence of int
        Numbers of sheets an entry. A panel with fewer judges reads everything.
    expected : Expected, optional
        Standard deviations, in scale units or in those of the entries' spread.
    tiers : sequence of int
        Numbers of first places of a category whose chances are asked for; in a smaller one, all its places.
    draws : int, optional
        Default: 4,000, less where there are more than 250 entries, so that time and memory stay bounded.
    seed : int

    Returns
    -------
    tuple of Plan
        In the order of `reads`.

    Raises
    ------
    ValueError
        Negative numbers of entries, a category with entries and without judges, fewer than one sheet an entry, tiers
        below 1, or what `prospect` refuses.
    """
    alone = not isinstance(judges, int)
    panels = tuple(judges) if not isinstance(judges, int) else (judges,) * len(entries)
    if len(panels) != len(entries) or any(count < 0 for count in (*entries, *panels)):
        raise ValueError(
            f"{len(entries)} categories but {len(panels)} panels, or a negative number among them"
        )
    if any(count and not panel for count, panel in zip(entries, panels, strict=True)):
        raise ValueError("a category has entries and no judge")
    if any(number < 1 for number in reads) or any(places < 1 for places in tiers):
        raise ValueError("sheets an entry and tiers are 1 or more")
    likely = expected or Expected()
    number = draws or max(LEAST_DRAWS, min(DRAWS, CELLS // max(sum(entries), 1)))
    groups: list[tuple[tuple[int, ...], int]] = [(tuple(entries), panels[0])] if entries else []
    if alone:
        groups = [((count,), panel) for count, panel in zip(entries, panels, strict=True)]
    plans = []
    for asked in reads:
        found: list[Prospect | None] = []
        loads: list[int] = []
        for index, (sizes, panel) in enumerate(groups):
            prospects, load = _foreseen(sizes, panel, asked, likely, tiers, number, seed + index)
            found += prospects
            loads += load
        span = (min(loads), max(loads)) if loads else (0, 0)
        plans.append(Plan(asked, sum(loads), span, tuple(found)))
    return tuple(plans)


def _foreseen(
    sizes: tuple[int, ...],
    judges: int,
    reads: int,
    expected: Expected,
    tiers: Sequence[int],
    draws: int,
    seed: int,
) -> tuple[list[Prospect | None], list[int]]:
    """What one panel would find in its categories, and how much each of its judges reads."""
    total = sum(sizes)
    entry, judge = spread_reads(total, judges, min(reads, judges) if total else 0, seed=seed)
    # A design is dealt out entry by entry: lots say which category an entry is of, so that none is read more.
    lots = np.random.default_rng(seed).permutation(total)
    loads = np.bincount(judge, minlength=judges).tolist()
    if total < 2:
        return [None] * len(sizes), loads
    juries = draw_juries(entry, judge, total, judges, expected, draws=draws, seed=seed)
    ends = np.cumsum(sizes)
    return [
        foresee(juries, lots[end - size : end], [min(places, size) for places in tiers], widths=WIDTHS)
        if size > 1
        else None
        for size, end in zip(sizes, ends.tolist(), strict=True)
    ], loads


def expected_of(
    estimate: npt.ArrayLike,
    error: npt.ArrayLike,
    sheets: npt.ArrayLike,
    category: npt.ArrayLike,
    severity: npt.ArrayLike,
    severity_error: npt.ArrayLike,
) -> Expected | None:
    """
    What a round that is over says of the next: the deviations behind its published standings.

    Moments of what calibration states: severities with their errors add up to the variance of judges (the fixed point
    of EM for REML), errors of entries less the part that severities bring are noise, and the spread of estimates
    within categories less their errors is that of entries.

    Parameters
    ----------
    estimate, error : array_like, shape (E,)
        Calibrated scores of the total, and their standard errors, in scale units.
    sheets, category : array_like of int, shape (E,)
        Sheets of each entry, and who is ranked with whom.
    severity, severity_error : array_like, shape (J,)
        In scale units.

    Returns
    -------
    Expected or None
        In the spread of the entries, which is 1; None where the round does not tell entries apart, or is too small.

    Raises
    ------
    ValueError
        Arrays that do not fit.

    Notes
    -----
    This project's own.
    """
    v, s = np.asarray(estimate, dtype=np.float64), np.asarray(error, dtype=np.float64) ** 2
    k, group = np.asarray(sheets, dtype=np.float64), np.asarray(category)
    b, p = np.asarray(severity, dtype=np.float64), np.asarray(severity_error, dtype=np.float64) ** 2
    if not (
        v.shape == s.shape == k.shape == group.shape and v.ndim == 1 and b.shape == p.shape and b.ndim == 1
    ):
        raise ValueError(
            "estimates, errors, sheets and categories have one length, severities and their errors another"
        )
    size = len(b)
    if size < 2 or len(v) < 3 or (k < 1).any() or not (np.isfinite(v).all() and np.isfinite(s).all()):
        return None
    of_judges = float(np.mean(b**2 + p))
    level = of_judges / size
    # Errors of severities are about their common level, which no difference of entries holds.
    apart = max(float(np.mean(p)) - level, 0.0) * size / (size - 1)
    noise = float(np.mean(s - level - apart * (1 / k - 1 / size)) / np.mean(1 / k))
    freedom = len(v) - len(np.unique(group))
    if freedom < 1:
        return None
    spread = _within(v, group) / freedom - float(np.mean(s - level))
    if not (spread > 0 and noise > 0) or not math.isfinite(of_judges):
        return None
    return Expected(1.0, math.sqrt(of_judges / spread), math.sqrt(noise / spread))


def _within(values: Floats, group: Integers) -> float:
    return math.fsum(
        float(np.sum((values[group == one] - values[group == one].mean()) ** 2)) for one in np.unique(group)
    )
