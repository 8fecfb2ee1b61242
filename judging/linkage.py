"""Is the graph of judges and entries connected, and how well does it identify severity.

Eliminating entries from the additive model leaves ``C = diag(D_j) - N' diag(1/D_e) N``, the Laplacian of the
judges' concurrence graph; the variance of the difference of two severities is ``sigma2 (C+ii + C+jj - 2
C+ij)`` (Bailey and Cameron, arXiv 1111.3768; MacKay, Kenna, Low and Parker 2017,
https://doi.org/10.1098/rsos.160760).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, index_array
from judging.graphs import bridges_by_labels, parts_of_sorted

MANY = 3_000  # from so many sheets on, a loop over them takes its time


@dataclass(frozen=True, slots=True)
class Linkage:
    """
    How well a design links its judges.

    Parameters
    ----------
    parts : int
        Connected parts among judges and entries that have a sheet.
    part_of_entry, part_of_judge : ndarray of int64, shapes (E,), (J,)
        Part of each, numbered by its first entry; -1 without a sheet.
    bridges : tuple of (entry, judge)
        Sheets whose loss would split a part, both sides keeping more than the one entry or judge.
    a_eff : float
        ``(J-1)**2 / (trace C * trace C+)``, at most 1, which a balanced design has; NaN unless there is one
        part and at least two judges.
    mean_se, worst_se : float
        Standard error of a severity difference, in units of the residual standard deviation, over the pairs
        of judges of one part; NaN without a pair.
    worst_pair : tuple of int
        The judges of `worst_se`; empty without a pair.
    """

    parts: int
    part_of_entry: Integers
    part_of_judge: Integers
    bridges: tuple[tuple[int, int], ...]
    a_eff: float
    mean_se: float
    worst_se: float
    worst_pair: tuple[int, ...]


def connected_parts(
    entry: npt.ArrayLike, judge: npt.ArrayLike, entries: int, judges: int
) -> tuple[int, Integers, Integers]:
    """
    Connected parts of the bipartite graph of sheets.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
        Indices of each sheet.
    entries, judges : int
        E and J.

    Returns
    -------
    count : int
    part_of_entry : ndarray, shape (E,)
    part_of_judge : ndarray, shape (J,)
        Numbered in the order of their first entry; -1 where there is no sheet.

    Raises
    ------
    ValueError
        Arrays of different length, or an index out of range.
    """
    e, j = _pairs(entry, judge, entries, judges)
    if len(e) > MANY:
        order = np.argsort(e, kind="stable")
        found = parts_of_sorted(e[order], j[order], entries, judges)
        if found is not None:
            return found
    parent = list(range(entries + judges))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in zip(e.tolist(), (j + entries).tolist(), strict=True):
        ra, rb = find(a), find(b)
        if ra != rb:
            parent[max(ra, rb)] = min(ra, rb)
    part_of_entry = np.full(entries, -1, dtype=np.int64)
    part_of_judge = np.full(judges, -1, dtype=np.int64)
    number: dict[int, int] = {}
    for a in np.unique(e).tolist():
        part_of_entry[a] = number.setdefault(find(a), len(number))
    for b in np.unique(j).tolist():
        part_of_judge[b] = number[find(b + entries)]
    return len(number), part_of_entry, part_of_judge


def bridge_sheets(
    entry: npt.ArrayLike, judge: npt.ArrayLike, entries: int, judges: int
) -> tuple[tuple[int, int], ...]:
    """
    Sheets that alone hold two pieces of the graph together (bridges, Tarjan 1974).

    A sheet that is the only one of its entry or of its judge is left out: its loss removes that entry or
    judge, it separates nothing else.

    Parameters, errors: as `connected_parts`.

    Returns
    -------
    tuple of (entry, judge)
        Sorted.
    """
    e, j = _pairs(entry, judge, entries, judges)
    if len(e) > MANY:
        part_of_entry = connected_parts(e, j, entries, judges)[1]
        rows = bridges_by_labels(e, j, entries, judges, part_of_entry)
        if rows is not None:
            more = (np.bincount(e)[e[rows]] > 1) & (np.bincount(j)[j[rows]] > 1)
            return tuple(sorted(zip(e[rows[more]].tolist(), j[rows[more]].tolist(), strict=True)))
    adjacency: list[list[tuple[int, int]]] = [[] for _ in range(entries + judges)]
    for number, (a, b) in enumerate(zip(e.tolist(), j.tolist(), strict=True)):
        adjacency[a].append((entries + b, number))
        adjacency[entries + b].append((a, number))
    seen = [-1] * (entries + judges)
    low = [0] * (entries + judges)
    clock = 0
    found: list[tuple[int, int]] = []
    for root in range(entries):
        if seen[root] >= 0:
            continue
        seen[root] = low[root] = clock
        clock += 1
        stack: list[tuple[int, int, int]] = [(root, -1, 0)]
        while stack:
            node, by, at = stack.pop()
            if at < len(adjacency[node]):
                stack.append((node, by, at + 1))
                other, number = adjacency[node][at]
                if number == by:
                    continue
                if seen[other] < 0:
                    seen[other] = low[other] = clock
                    clock += 1
                    stack.append((other, number, 0))
                else:
                    low[node] = min(low[node], seen[other])
            elif by >= 0:
                above = stack[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] > seen[above]:
                    a, b = int(e[by]), int(j[by])
                    if len(adjacency[a]) > 1 and len(adjacency[entries + b]) > 1:
                        found.append((a, b))
    return tuple(sorted(found))


def concurrence(
    entry: Integers, judge: Integers, weights: Floats, entries: int, judges: int
) -> tuple[Floats, Floats]:
    """
    Weight table and judges' Laplacian of a design whose entries all have a sheet.

    Returns
    -------
    table : ndarray, shape (E, J)
        N, the weight of each sheet, 0 where there is none.
    laplacian : ndarray, shape (J, J)
        ``diag(D_j) - N' diag(1/D_e) N``.
    """
    flat: Floats = np.bincount(entry * judges + judge, weights, entries * judges).astype(np.float64)
    table = flat.reshape(entries, judges)
    load = table.sum(axis=1)
    laplacian: Floats = np.diag(table.sum(axis=0)) - table.T @ (table / load[:, None])
    return table, (laplacian + laplacian.T) / 2


def measure_linkage(entry: npt.ArrayLike, judge: npt.ArrayLike, entries: int, judges: int) -> Linkage:
    """
    Connected parts, weak links and precision of severity of a design, before or after there are marks.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
        Every sheet counts with weight 1.
    entries, judges : int
        E and J.

    Returns
    -------
    Linkage

    Raises
    ------
    ValueError
        Arrays of different length, or an index out of range.
    """
    e, j = _pairs(entry, judge, entries, judges)
    count, part_of_entry, part_of_judge = connected_parts(e, j, entries, judges)
    total, pairs, worst, worst_pair = 0.0, 0, -1.0, ()  # type: float, int, float, tuple[int, ...]
    a_eff = float("nan")
    for part in range(count):
        members = np.flatnonzero(part_of_judge == part)
        rows = np.flatnonzero(part_of_entry == part)
        if len(members) < 2:
            continue
        inside = part_of_entry[e] == part
        _, laplacian = concurrence(
            np.searchsorted(rows, e[inside]),
            np.searchsorted(members, j[inside]),
            np.ones(int(inside.sum())),
            len(rows),
            len(members),
        )
        size = len(members)
        inverse = np.linalg.inv(laplacian + 1.0 / size) - 1.0 / size
        diagonal = np.diag(inverse)
        se = np.sqrt(np.maximum(diagonal[:, None] + diagonal[None, :] - 2 * inverse, 0.0))
        upper = np.triu_indices(size, 1)
        values = se[upper]
        total += float(values.sum())
        pairs += len(values)
        top = int(np.argmax(values))
        if float(values[top]) > worst:
            worst = float(values[top])
            worst_pair = (int(members[upper[0][top]]), int(members[upper[1][top]]))
        if count == 1:
            a_eff = float((size - 1) ** 2 / (np.trace(laplacian) * np.trace(inverse)))
    return Linkage(
        parts=count,
        part_of_entry=part_of_entry,
        part_of_judge=part_of_judge,
        bridges=bridge_sheets(e, j, entries, judges),
        a_eff=a_eff,
        mean_se=total / pairs if pairs else float("nan"),
        worst_se=worst if pairs else float("nan"),
        worst_pair=worst_pair,
    )


def _pairs(
    entry: npt.ArrayLike, judge: npt.ArrayLike, entries: int, judges: int
) -> tuple[Integers, Integers]:
    e = index_array("entry", entry, entries)
    j = index_array("judge", judge, judges)
    if len(e) != len(j):
        raise ValueError(f"{len(e)} entries but {len(j)} judges: the arrays must have one length")
    return e, j
