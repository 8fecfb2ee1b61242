"""What a publication says beside ranks and prizes, from the features that know it: how it was judged and decided.

Each source answers with keys of `figures` of its own and leaves them out where there is nothing to say, so that what was
signed before the source was there keeps its fingerprint. It tells no more than its step shows: an entry that is not
`Told.slugs` has no row, and is not named.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct


class Told(Struct, frozen=True):
    """What is being told."""

    edition_id: int
    shows: str
    slugs: Mapping[str, str]
    """The part of its address by the reference of each entry that has a row."""


Source = Callable[[Told], Awaitable[Mapping[str, Any]]]
SOURCES: tuple[Source, ...] = ()


async def facts_of(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for source in SOURCES:
        found |= await source(told)
    return found
