"""What the public reads of a meeting that decided. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionDocument
from awards.publication.queries import WinnerRow
from awards.web.i18n import _
from awards.web.words import listing, score


class Decision(Struct, frozen=True):
    """What was decided of whom, and why."""

    slug: str
    name: str
    what: str
    reason: str


class Meeting(Struct, frozen=True):
    category: str
    where: str
    statement: str
    acts: tuple[Decision, ...]
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
    criteria = {
        code: {one["code"]: one["name"] for one in found.get("criteria", ())}
        for code, found in figures.get("categories", {}).items()
    }
    return [
        Meeting(
            one["category"],
            where(one, document),
            one["statement"],
            tuple(
                Decision(
                    act["entry"],
                    names.get(act["entry"], ""),
                    _act(act, criteria.get(one["category"], {})),
                    act["reason"],
                )
                for act in one["acts"]
            ),
            one["others"],
            one["attached"],
            one["leavings"],
        )
        for one in figures.get("deliberations", ())
    ]


def agreed_of(figures: Mapping[str, Any], category: str, slug: str) -> Mapping[str, int]:
    """The mark by criterion that the meeting agreed on last, as far as it is told."""
    acts = [
        act for one in figures.get("deliberations", ()) if one["category"] == category for act in one["acts"]
    ]
    return {code: mark for act in acts if act["entry"] == slug for code, mark in act.get("marks", {}).items()}


def _act(act: Mapping[str, Any], criteria: Mapping[str, str]) -> str:
    if act["kind"] == "consensus":
        marks = [f"{criteria.get(code, code)} {_points(mark)}" for code, mark in act.get("marks", {}).items()]
        return _("Marks agreed on, %(marks)s", marks=listing(marks)) if marks else _("Marks agreed on")
    if act.get("place") == 0:
        return _("Left without a place")
    if act.get("place") and act.get("level"):
        return _("Put at place %(place)d, level with who stands there", place=act["place"])
    if act.get("place"):
        return _("Put at place %(place)d", place=act["place"])
    return _("Put at another place")


def _points(millionths: int) -> str:
    return score(millionths, 2 if millionths % 1_000_000 else 0)
