"""Loads as even as needs, bounds and rules allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from judging.arrays import Integers
from judging.problem import Gains, Problem
from judging.transport import Partial, Solved, fill_what_can_be, solve
from judging.watching import Watch


def solve_balanced(
    problem: Problem, gains: Gains, pinned: Integers, watch: Watch
) -> tuple[Problem, Solved | Partial]:
    """
    Solve with the lowest possible highest load, then the highest possible lowest one, pins included.

    A judge whose own bounds do not reach that far keeps them. Bounds that cannot be met stay as they are.

    Returns
    -------
    (problem, solved)
        The problem with the bounds that were used.
    """

    def bounded(floor: int, ceiling: int) -> Problem:
        high = np.maximum(np.minimum(problem.high, ceiling - pinned), problem.low)
        low = np.minimum(np.maximum(problem.low, floor - pinned), high)
        return replace(problem, low=low, high=high)

    def adds_up(tried: Problem) -> bool:
        return bool(tried.low.sum() <= problem.need.sum() <= tried.high.sum())

    pairs = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def possible(floor: int, ceiling: int) -> bool:
        nonlocal pairs
        tried = bounded(floor, ceiling)
        if not adds_up(tried):
            return False
        watch.tell("balance", len(pairs[0]))
        partial = fill_what_can_be(tried, gains, watch, *pairs)
        pairs = partial.entry, partial.judge
        return not partial.short

    # Nearly always the loads can be equal but for one.
    total = int(problem.need.sum() + pinned.sum())
    count = max(len(problem.high), 1)
    most = int((problem.high + pinned).max(initial=0))
    floor, ceiling = total // count, -(-total // count)
    even = bounded(floor, ceiling)
    if adds_up(even):
        solved = solve(even, gains, watch)
        if isinstance(solved, Solved):
            return even, solved
        pairs = solved.entry, solved.judge
    # Look outwards from there, in growing steps, then halve.
    below, step = -1, 1
    while not possible(0, ceiling):
        if ceiling >= most:
            return problem, solve(problem, gains, watch)
        below, ceiling, step = ceiling, min(ceiling + step, most), step * 2
    while below >= 0 and ceiling - below > 1:
        middle = (below + ceiling) // 2
        below, ceiling = (below, middle) if possible(0, middle) else (middle, ceiling)
    floor, above, step = min(floor, ceiling), -1, 1
    while floor > 0 and not possible(floor, ceiling):
        above, floor, step = floor, max(floor - step, 0), step * 2
    while above - floor > 1:
        middle = (floor + above) // 2
        floor, above = (middle, above) if possible(middle, ceiling) else (floor, middle)
    used = bounded(floor, ceiling)
    return used, solve(used, gains, watch)
