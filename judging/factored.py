"""The smaller side of a crossed design, factored: exact solutions, traces and errors at any variance ratio.

With the entries eliminated ``S + lambda I`` is left, of the judges' size; with the judges eliminated
``diag(D_e) - N diag(1 / (D_j + lambda)) N'``, of the entries'. Both are made from the pairs of sheets that
share an entry or a judge, so no table of entries by judges is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from judging.arrays import Floats
from judging.crossed import Crossed, pairs_of
from judging.profile import HIGHEST, LOWEST

MOST_PAIRS = 30_000_000

Side = Callable[[float], tuple[Floats, float, Floats, Floats]]


def smaller_side(crossed: Crossed, right: Floats, exact_up_to: int) -> Side | None:
    """
    The smaller side, ready to be factored: ratio -> effects, tr C^jj, and the variances of estimates and
    effects in units of s2. None where it is too large.
    """
    entries, judges = len(crossed.entry_load), len(crossed.judge_load)
    if min(entries, judges) > exact_up_to:
        return None
    by_judge = judges <= entries
    if by_judge:
        group, member, groups, size = crossed.entry, crossed.judge, entries, judges
        w = crossed.weights if crossed.weights is not None else np.ones(len(group))
    else:
        order = np.argsort(crossed.judge, kind="stable")
        group, member, groups, size = crossed.judge[order], crossed.entry[order], judges, entries
        w = crossed.weights[order] if crossed.weights is not None else np.ones(len(group))
    if float(np.sum(np.bincount(group).astype(np.float64) ** 2)) > MOST_PAIRS:
        return None
    which, first, second = pairs_of(group, groups)
    codes, both = member[first] * size + member[second], w[first] * w[second]

    def gram(by_group: Floats) -> Floats:
        flat: Floats = np.bincount(codes, both * by_group[which], size * size).astype(np.float64)
        return flat.reshape(size, size)

    def seen(inverse: Floats, by_group: Floats) -> Floats:
        """Diagonal of ``B inverse B'`` with the rows of B weighted."""
        return np.bincount(which, both * inverse.ravel()[codes], groups) * by_group**2

    laplacian = np.diag(crossed.judge_load) - gram(1 / crossed.entry_load) if by_judge else np.zeros((0, 0))

    def judges_side(ratio: float) -> tuple[Floats, float, Floats, Floats]:
        inverse = _inverse(laplacian + ratio * np.eye(judges))
        own = 1 / crossed.entry_load + seen(inverse, 1 / crossed.entry_load)
        return inverse @ right, float(np.trace(inverse)), own, np.diag(inverse)

    def entries_side(ratio: float) -> tuple[Floats, float, Floats, Floats]:
        load = crossed.judge_load + ratio
        inverse = _inverse(np.diag(crossed.entry_load) - gram(1 / load))
        taken = inverse @ crossed.by_entry((right / load)[crossed.judge])
        # The entries' right side is 0 once their means are out.
        effects = (right + crossed.by_judge(taken[crossed.entry])) / load
        own = 1 / load + seen(inverse, 1 / load)
        return effects, float(own.sum()), np.diag(inverse), own

    return judges_side if by_judge else entries_side


def _inverse(matrix: Floats) -> Floats:
    """Of a positive definite matrix: one general inverse is faster here than a root and its square."""
    inverse = np.linalg.inv(matrix)
    result: Floats = (inverse + inverse.T) / 2
    return result


def crossing(slope: Callable[[float], float], start: float, bend: float) -> float:
    """
    Where a falling function crosses 0.

    Parameters
    ----------
    slope : function of log lambda
    start : float
        Near it.
    bend : float
        About how fast the function falls there, negative.

    Returns
    -------
    float
        To 1e-9: secants, whose last correction is below 1e-6; where they leave the neighbourhood, bracketed and
        by the Illinois method.
    """
    before, at_before = start, slope(start)
    here = before - at_before / bend if bend < 0 else before + 0.1
    for _ in range(8):
        if not abs(here - before) < 1.0:
            break
        if abs(here - before) < 1e-6:
            return here
        found = slope(here)
        fall = (found - at_before) / (here - before)
        if fall >= 0:
            break
        before, at_before, here = here, found, here - found / fall
    return _bracketed(slope, start)


def _bracketed(slope: Callable[[float], float], start: float) -> float:
    low = high = start
    at_low = at_high = slope(start)
    reach = 0.1
    while at_low < 0 and low > math.log(LOWEST):
        high, at_high = low, at_low
        low -= reach
        at_low, reach = slope(low), reach * 3
    while at_high > 0 and high < math.log(HIGHEST):
        low, at_low = high, at_high
        high += reach
        at_high, reach = slope(high), reach * 3
    if at_low < 0 or at_high > 0:
        return low if abs(at_low) <= abs(at_high) else high
    kept = 0
    while high - low > 1e-9 and at_low != at_high:
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        found = slope(middle)
        if found == 0 or not low < middle < high:
            return middle
        if found > 0:
            at_high = at_high / 2 if kept > 0 else at_high
            moved, low, at_low, kept = middle - low, middle, found, 1
        else:
            at_low = at_low / 2 if kept < 0 else at_low
            moved, high, at_high, kept = high - middle, middle, found, -1
        if moved < 1e-9:
            return middle
    return (low + high) / 2
