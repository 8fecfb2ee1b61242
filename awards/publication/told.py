"""What a publication is about to tell, for those who know something of it."""

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
