"""Titles that may name one practice: the same but for spelling, order of words and small slips. Pure.

Sets of three letters following each other are compared, so that it works in scripts without spaces too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from awards.cities.rules import fold

# Two titles of nine words may differ in one of them, or in a few letters.
NEAR = 0.65


def alike(one: str, other: str) -> bool:
    return _share(_grams(one), _grams(other)) >= NEAR


def pairs(titles: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of titles that are alike, each pair once; far fewer comparisons than every one with every other.

    Two sets that share enough have one of their rarest members in common: only those are looked up.
    """
    sets = [_grams(title) for title in titles]
    counts = Counter(gram for grams in sets for gram in grams)
    having: defaultdict[str, list[int]] = defaultdict(list)
    for place, grams in enumerate(sets):
        rarest = sorted(grams, key=lambda gram: (counts[gram], gram))
        kept = rarest[: len(rarest) - int(NEAR * len(rarest)) + 1]
        met = {earlier for gram in kept for earlier in having[gram]}
        for earlier in sorted(met):
            if _share(sets[earlier], grams) >= NEAR:
                yield earlier, place
        for gram in kept:
            having[gram].append(place)


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
