"""What a publication says of the meetings that decided: what they changed and why, beside what the numbers said."""

from collections.abc import Mapping
from typing import Any

from awards.publication.rules import BY_NAME, Kind
from awards.publication.told import Told
from awards.results.deliberating import Act, order_after
from awards.results.deliberating import Kind as ActKind
from awards.results.queries.deliberation import PublishedAct, PublishedDeliberation

# Steps that give places; before them a change of place would tell of one.
_WITH_PLACES = (Kind.RANKS, Kind.FULL)


async def meetings_told(told: Told) -> Mapping[str, Any]:
    found = [_told(one, told) for one in told.held]
    return {"deliberations": found} if found else {}


def order_after_meeting(
    body: Mapping[str, Any], category: str, held: PublishedDeliberation | None
) -> Mapping[str, int | None]:
    """Places by reference; empty where no meeting changed what the numbers gave."""
    moves = [act for act in held.acts if act.kind == ActKind.MOVE] if held else []
    if not moves:
        return {}
    ranks = {
        one["entry"]: one["rank"]
        for one in body.get("standings", ())
        if one["category"] == category and one["scope"] == "all"
    }
    order = order_after(ranks, (Act(act.number, act.kind, act.entry, act.place, act.level) for act in moves))
    return order if order != ranks else {}


def _told(one: PublishedDeliberation, told: Told) -> dict[str, Any]:
    """Of an entry that the publication does not show, no more than that something was decided of it."""
    # A reason may say who comes first: names alone come without any.
    shown = [] if told.shows in BY_NAME else [act for act in one.acts if act.entry in told.slugs]
    return {
        "round": one.round,
        "category": one.category,
        "statement": "" if told.shows in BY_NAME else one.statement,
        "concluded_at": one.concluded_at.isoformat(),
        "acts": [_act(act, told, decides=told.rounds.get(one.category) == one.round) for act in shown],
        "others": len(one.acts) - len(shown),
        "attached": len(one.attached),
        "notes": one.notes,
        "leavings": one.leavings,
    }


def _act(act: PublishedAct, told: Told, *, decides: bool) -> dict[str, Any]:
    """Agreed marks stand beside the scores that are told, and only there."""
    scales = told.scales.get(act.entry, {}) if decides else {}
    marks = {code: scales[code].milli(mark) * 1000 for code, mark in act.marks.items() if code in scales}
    return {
        "kind": act.kind,
        "entry": told.slugs[act.entry],
        "reason": act.reason,
        "as_role": act.as_role,
        **({"place": act.place, "level": act.level} if told.shows in _WITH_PLACES else {}),
        **({"marks": marks} if marks else {}),
    }
