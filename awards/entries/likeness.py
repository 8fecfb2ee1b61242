"""Titles that may name one practice: the same but for spelling, order of words and small slips. Pure.

Sets of three letters following each other are compared, so that it works in scripts without spaces too.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

import numpy as np
from msgspec import Struct

from awards.cities.rules import fold

# Two titles of nine words may differ in one of them, or in a few letters.
NEAR = 0.65


class Kind(Struct, frozen=True):
    """Two titles that are alike, or one that several have, by the places of all who have them."""

    ones: tuple[int, ...]
    others: tuple[int, ...]

    def __len__(self) -> int:
        many = len(self.ones)
        return many * (many - 1) // 2 if self.ones == self.others else many * len(self.others)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each pair once, the smaller place first."""
        found: Iterable[tuple[int, ...]] = (
            combinations(self.ones, 2) if self.ones == self.others else product(self.ones, self.others)
        )
        return ((min(pair), max(pair)) for pair in found)


def alike(one: str, other: str) -> bool:
    return _share(_grams(one), _grams(other)) >= NEAR


def kinds(titles: Sequence[str]) -> Iterator[Kind]:
    """All pairs of titles that are alike: of a thousand that are the same there is one kind, not half a million pairs.

    Only titles that share something are compared: for each set of three letters it is known where it stands, and how
    often a place comes up there is how much the two share.
    """
    having: dict[frozenset[str], list[int]] = {}
    for place, title in enumerate(titles):
        if grams := _grams(title):
            having.setdefault(grams, []).append(place)
    sets, places = list(having), [tuple(where) for where in having.values()]
    standing: dict[str, list[int]] = {}
    for number, grams in enumerate(sets):
        for gram in grams:
            standing.setdefault(gram, []).append(number)
    numbers = {gram: np.array(where, dtype=np.intp) for gram, where in standing.items()}
    sizes = np.array([len(grams) for grams in sets])
    for number, grams in enumerate(sets):
        met = np.concatenate([numbers[gram] for gram in grams])
        shared = np.bincount(met, minlength=len(sets))[:number]
        near = shared / (sizes[:number] + len(grams) - shared) >= NEAR
        yield from (Kind(places[earlier], places[number]) for earlier in np.flatnonzero(near).tolist())
        if len(places[number]) > 1:
            yield Kind(places[number], places[number])


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
