"""Connected parts and bridges of graphs of many sheets, without a loop over sheets."""

from __future__ import annotations

import numpy as np

from judging.arrays import Integers

SWEEPS = 60
LEVELS = 2000


def parts_of_sorted(
    entry: Integers, judge: Integers, entries: int, judges: int
) -> tuple[int, Integers, Integers] | None:
    """
    Connected parts by spreading the lowest label; None where that takes too many sweeps.

    Parameters and result as `judging.linkage.connected_parts`, with `entry` sorted.
    """
    if not len(entry):
        return 0, np.full(entries, -1), np.full(judges, -1)
    starts = np.concatenate([[0], np.flatnonzero(entry[1:] != entry[:-1]) + 1])
    present, counts = entry[starts], np.diff(np.append(starts, len(entry)))
    labels = np.arange(judges)
    for _ in range(SWEEPS):
        of_entry = np.minimum.reduceat(labels[judge], starts)
        spread = labels.copy()
        np.minimum.at(spread, judge, np.repeat(of_entry, counts))
        spread = np.minimum(spread, spread[spread])
        if np.array_equal(spread, labels):
            break
        labels = spread
    else:
        return None
    # Numbered by their first entry, as everywhere.
    roots, first = np.unique(of_entry, return_index=True)
    number = np.full(judges, -1)
    number[roots[np.argsort(first, kind="stable")]] = np.arange(len(roots))
    part_of_entry, part_of_judge = np.full(entries, -1), np.full(judges, -1)
    part_of_entry[present] = number[of_entry]
    has = np.bincount(judge, minlength=judges) > 0
    part_of_judge[has] = number[labels[has]]
    return len(roots), part_of_entry, part_of_judge


def bridges_by_labels(
    entry: Integers, judge: Integers, entries: int, judges: int, part_of_entry: Integers
) -> Integers | None:
    """
    Rows of sheets whose loss splits a part; None where the graph is so long that a walk is better.

    A spanning forest is grown level by level. Every sheet outside of it gets 64 random digits, and every sheet in it the
    exclusive or of those that close a circle over it: nothing but a bridge has none (Pritchard and Thurimella 2011, ACM
    Transactions on Algorithms 7, 46). The chance that another sheet is taken for one is 2**-64 a sheet.
    """
    nodes, sheets = entries + judges, len(entry)
    ends = np.concatenate([entry, judge + entries])
    order = np.argsort(ends, kind="stable")
    start = np.searchsorted(ends[order], np.arange(nodes + 1))
    # Of each end of each sheet, by node: the sheet, and the node at its other end.
    sheet = order % sheets
    other = np.where(order < sheets, judge[sheet] + entries, entry[sheet])
    reached = np.full(nodes, -1)  # by which sheet; a root by none
    seen = np.zeros(nodes, dtype=np.bool_)
    above = np.full(nodes, -1)
    levels: list[Integers] = []
    _, part_roots = np.unique(part_of_entry[entry], return_index=True)
    frontier = entry[part_roots]
    seen[frontier] = True
    while len(frontier):
        if len(levels) > LEVELS:
            return None
        levels.append(frontier)
        counts = start[frontier + 1] - start[frontier]
        at = np.repeat(start[frontier] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        at += np.arange(int(counts.sum()))
        new = at[~seen[other[at]]]
        found, first = np.unique(other[new], return_index=True)
        reached[found] = sheet[new[first]]
        above[found] = np.repeat(frontier, counts)[~seen[other[at]]][first]
        seen[found] = True
        frontier = found
    labels = np.random.default_rng(0).integers(1, 2**63, sheets)
    labels[reached[reached >= 0]] = 0
    held = np.zeros(nodes, dtype=np.int64)
    np.bitwise_xor.at(held, ends, np.concatenate([labels, labels]))
    for level in reversed(levels[1:]):
        np.bitwise_xor.at(held, above[level], held[level])
    cut = (reached >= 0) & (held == 0)
    return np.sort(reached[cut])
