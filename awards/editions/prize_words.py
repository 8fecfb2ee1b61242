"""Prizes in words: how many there are by rank, and whom one is for."""

from collections.abc import Callable, Iterable, Mapping

from awards.editions.document import PRIZE_KINDS, EditionDocument
from awards.editions.setup import choices
from awards.web.i18n import _
from awards.web.words import country, listing, region

RANKED = PRIZE_KINDS[0]


def _kind(word: str) -> str:
    return choices(word)[0].text


_SHOWN: Mapping[str, Callable[[str], str]] = {"region": region, "country": country, "kind": _kind}


def whom(values: Iterable[tuple[str, str]]) -> str:
    """Africa or Asia; firm: of each what it says, and all of it. Nothing where the prize is for everybody."""
    said = list(values)
    groups = ([shown(text) for name, text in said if name == key] for key, shown in _SHOWN.items())
    return "; ".join(either(group) for group in groups if group)


def either(items: list[str]) -> str:
    """Gold, Silver or Bronze"""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s or %(last)s", first=", ".join(items[:-1]), last=items[-1])


def tiers(document: EditionDocument) -> list[str]:
    """The prizes by rank with their places, once for all categories that give the same."""
    shapes: dict[tuple[tuple[str, int], ...], list[str]] = {}
    names = {one.code: one.name for one in document.categories}
    for category in ("", *names):
        found = sorted(
            (one.position, one.name, one.places)
            for one in document.prizes
            if one.category == category and one.kind == RANKED
        )
        if found:
            shape = tuple((name, places) for _position, name, places in found)
            shapes.setdefault(shape, []).append(names.get(category, ""))
    said = []
    for shape, where in shapes.items():
        prizes = listing([_counted(*pair) for pair in shape])
        if where == [""]:
            said.append(_("Over the whole edition, by rank: %(prizes)s.", prizes=prizes))
        elif len(where) == len(names):
            said.append(_("In every category, by rank: %(prizes)s.", prizes=prizes))
        else:
            said.append(
                _("In %(categories)s, by rank: %(prizes)s.", categories=listing(where), prizes=prizes)
            )
    return said


def _counted(name: str, places: int) -> str:
    if places == 1:
        return name
    return _("%(prize)s for %(places)d", prize=name, places=places)
