"""Titles that may name one practice: the same but for spelling, order of words and small slips. Pure.

Sets of three letters following each other are compared, so that it works in scripts without spaces too.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from awards.cities.rules import fold

# Two titles of nine words may differ in one of them, or in a few letters.
NEAR = 0.65


def alike(one: str, other: str) -> bool:
    return _share(_grams(one), _grams(other)) >= NEAR


def pairs(titles: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of titles that are alike, each pair once.

    Only titles that share something are compared: for each set of three letters it is known where it stands, and how
    often a place comes up there is how much the two share.
    """
    sets = [_grams(title) for title in titles]
    standing: dict[str, list[int]] = {}
    for place, grams in enumerate(sets):
        for gram in grams:
            standing.setdefault(gram, []).append(place)
    places = {gram: np.array(where, dtype=np.intp) for gram, where in standing.items()}
    sizes = np.array([len(grams) for grams in sets])
    for place, grams in enumerate(sets):
        if not grams:
            continue
        met = np.concatenate([places[gram] for gram in grams])
        shared = np.bincount(met, minlength=len(sets))[:place]
        near = shared / (sizes[:place] + len(grams) - shared) >= NEAR
        yield from ((earlier, place) for earlier in np.flatnonzero(near).tolist())


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """What they have in common, of all that they have."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


@lru_cache(maxsize=8192)
def _grams(title: str) -> frozenset[str]:
    """Of each word with its edges, so that the order of words does not matter."""
    return frozenset(
        padded[start : start + 3]
        for word in fold(title).split()
        for padded in (f" {word} ",)
        for start in range(len(padded) - 2)
    )
