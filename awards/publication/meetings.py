"""What a publication says of the meetings that decided: what they changed and why, beside what the numbers said."""

from collections.abc import Mapping
from typing import Any

from awards.publication.rules import BY_NAME, Kind
from awards.publication.told import Told
from awards.results.queries.deliberation import PublishedAct, PublishedDeliberation, acts_to_publish

# Steps that give places; before them a change of place would tell of one.
_WITH_PLACES = (Kind.RANKS, Kind.FULL)


async def meetings_told(told: Told) -> Mapping[str, Any]:
    found = [_told(one, told) for one in await acts_to_publish(told.edition_id)]
    return {"deliberations": found} if found else {}


def _told(one: PublishedDeliberation, told: Told) -> dict[str, Any]:
    """Of an entry that the publication does not show, no more than that something was decided of it."""
    # A reason may say who comes first: names alone come without any.
    shown = [] if told.shows in BY_NAME else [act for act in one.acts if act.entry in told.slugs]
    return {
        "round": one.round,
        "category": one.category,
        "statement": "" if told.shows in BY_NAME else one.statement,
        "concluded_at": one.concluded_at.isoformat(),
        "acts": [_act(act, told) for act in shown],
        "others": len(one.acts) - len(shown),
        "attached": len(one.attached),
        "notes": one.notes,
        "leavings": one.leavings,
    }


def _act(act: PublishedAct, told: Told) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "entry": told.slugs[act.entry],
        "reason": act.reason,
        "as_role": act.as_role,
        **({"place": act.place, "level": act.level} if told.shows in _WITH_PLACES else {}),
    }
