"""What a publication is about to tell, for those who know something of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from awards.results.queries.deliberation import PublishedDeliberation
from awards.results.queries.gate import Waived
from judging import Scale


class Told(Struct, frozen=True):
    """What is being told."""

    edition_id: int
    shows: str
    slugs: Mapping[str, str]
    """The part of its address by the reference of each entry that has a row."""
    lang: str = "en"
    """Of the edition."""
    waived: tuple[Waived, ...] = ()
    held: tuple[PublishedDeliberation, ...] = ()
    rounds: Mapping[str, str] = {}
    """The round that decides, by category."""
    scales: Mapping[str, Mapping[str, Scale]] = {}
    """By reference and criterion: of each score in a criterion that is told, what its marks are worth."""


Source = Callable[[Told], Awaitable[Mapping[str, Any]]]
