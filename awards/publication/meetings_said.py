"""What the public reads of a meeting that decided. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionDocument
from awards.publication.queries import WinnerRow
from awards.web.i18n import _


class Meeting(Struct, frozen=True):
    category: str
    where: str
    statement: str
    acts: tuple[tuple[str, str, str], ...]
    """What was decided of whom, and why."""
    others: int
    attached: int
    leavings: int


def where(one: Mapping[str, Any], document: EditionDocument) -> str:
    """Round and category by their names."""
    rounds = {part.code: part.name for part in document.rounds}
    categories = {part.code: part.name for part in document.categories}
    names = (rounds.get(one["round"], one["round"]), categories.get(one["category"], one["category"]))
    return ", ".join(name for name in names if name)


def meetings(
    figures: Mapping[str, Any], rows: Sequence[WinnerRow], document: EditionDocument
) -> list[Meeting]:
    names = {one.slug: one.entrant_name or one.title for one in rows}
    return [
        Meeting(
            one["category"],
            where(one, document),
            one["statement"],
            tuple((_act(act), names.get(act["entry"], ""), act["reason"]) for act in one["acts"]),
            one["others"],
            one["attached"],
            one["leavings"],
        )
        for one in figures.get("deliberations", ())
    ]


def _act(act: Mapping[str, Any]) -> str:
    if act["kind"] == "consensus":
        return _("Marks agreed on")
    if act.get("place") == 0:
        return _("Left without a place")
    if act.get("place") and act.get("level"):
        return _("Put at place %(place)d, level with who stands there", place=act["place"])
    if act.get("place"):
        return _("Put at place %(place)d", place=act["place"])
    return _("Put at another place")
