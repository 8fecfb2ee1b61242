"""What a publication says beside ranks and prizes, from the features that know it: how it was judged and decided.

Each source answers with keys of `figures` of its own and leaves them out where there is nothing to say, so that what was
signed before the source was there keeps its fingerprint. It tells no more than its step shows: an entry that is not
`Told.slugs` has no row, and is not named.
"""

from typing import Any

from awards.publication.meetings import meetings_told
from awards.publication.numbers import numbers_told
from awards.publication.told import Source, Told

SOURCES: tuple[Source, ...] = (numbers_told, meetings_told)


async def facts_of(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for source in SOURCES:
        found |= await source(told)
    return found
