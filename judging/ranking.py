"""Order, ties, tie-breaks, cut lines and prizes, from official integers only.

Nothing here looks at a float: equal official numbers are a tie, a tie is broken only by the rules that were
fixed before, and what no rule breaks stays a tie. This project's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """
    A cut line after a number of places.

    Parameters
    ----------
    inside : tuple of int
        Indices that are surely inside, best first.
    tied : tuple of int
        Indices that share the rank at the line while there is not room for all of them; empty if the line is
        clear.
    room : int
        How many of `tied` there is room for.
    """

    inside: tuple[int, ...]
    tied: tuple[int, ...]
    room: int


def competition_ranks(keys: Sequence[tuple[int, ...] | None]) -> tuple[int | None, ...]:
    """
    Standard competition ranks: equal keys share a rank, the next rank leaves a gap (1, 2, 2, 4).

    Parameters
    ----------
    keys : sequence of tuple of int or None
        The official number first, tie-breaks after it; higher is better. None has no rank.

    Returns
    -------
    tuple of int or None
    """
    order = sorted((key for key in keys if key is not None), reverse=True)
    first: dict[tuple[int, ...], int] = {}
    for place, key in enumerate(order, start=1):
        first.setdefault(key, place)
    return tuple(None if key is None else first[key] for key in keys)


def in_order(ranks: Sequence[int | None]) -> tuple[int, ...]:
    """Indices with a rank, best first; those that share a rank in the order of their indices."""
    ranked = [(rank, index) for index, rank in enumerate(ranks) if rank is not None]
    return tuple(index for _, index in sorted(ranked))


def cut_after(ranks: Sequence[int | None], places: int) -> Cut:
    """
    Who is inside a cut line after so many places.

    Parameters
    ----------
    ranks : sequence of int or None
        None is not ranked.
    places : int

    Returns
    -------
    Cut

    Raises
    ------
    ValueError
        Fewer than no places.
    """
    if places < 0:
        raise ValueError(f"a cut line cannot be after {places} places")
    order = in_order(ranks)
    if len(order) <= places:
        return Cut(order, (), 0)
    line = ranks[order[places]]
    inside = tuple(index for index in order[:places] if ranks[index] != line)
    if len(inside) == places:
        return Cut(inside, (), 0)
    tied = tuple(index for index in order if ranks[index] == line)
    return Cut(inside, tied, places - len(inside))


def by_places(ranks: Sequence[int | None], tiers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """
    Share out prizes by place, tier by tier.

    Parameters
    ----------
    ranks : sequence of int or None
    tiers : sequence of int
        Places of each tier, best first: ``[1, 1, 3]`` is one gold, one silver, three special mentions.

    Returns
    -------
    tuple of tuple of int
        Indices that take each tier, best first. Who shares a rank takes the same tier, so a tier can hold
        more than its places, and the tiers after it fewer.

    Raises
    ------
    ValueError
        A tier with a negative number of places.
    """
    result = []
    start = 0
    for places in tiers:
        if places < 0:
            raise ValueError(f"a prize cannot have {places} places")
        end = start + places
        taken = [index for index in in_order(ranks) if start < (ranks[index] or 0) <= end]
        result.append(tuple(taken))
        start = end
    return tuple(result)
