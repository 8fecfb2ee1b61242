"""Whom a prize is for, in words."""

from collections.abc import Callable, Iterable, Mapping

from awards.editions.setup import choices
from awards.web.words import country, listing, region


def _kind(word: str) -> str:
    return choices(word)[0].text


_SHOWN: Mapping[str, Callable[[str], str]] = {"region": region, "country": country, "kind": _kind}


def whom(values: Iterable[tuple[str, str]]) -> str:
    """Africa and Firm; nothing where it is for everybody."""
    return listing([_SHOWN[key](text) for key, text in values if key in _SHOWN])
