"""The year of an edition as a line of dates."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.queries import MilestoneRow, RoundRow
from awards.web.i18n import _
from awards.web.words import short_day


class Step(Struct, frozen=True):
    """A point of the year for the timeline."""

    text: str
    at: datetime
    state: str
    note: str = ""


def milestone_name(kind: str) -> str:
    return {
        "opens": _("Call opens"),
        "closes": _("Entries close"),
        "screening": _("Screening ends"),
        "announcement": _("Results"),
        "ceremony": _("Ceremony"),
    }.get(kind, kind)


def year_of(
    milestones: Sequence[MilestoneRow], rounds: Sequence[RoundRow], now: datetime
) -> tuple[Step, ...]:
    """Public milestones and the ends of the rounds; the next one to come is where the year stands."""
    points = [(one.at, milestone_name(one.kind), one.note) for one in milestones if one.public]
    points += [(one.closes, _("%(round)s ends", round=one.name), "") for one in rounds]
    steps, found = [], False
    for at, text, note in sorted(points):
        state = "past" if at <= now else "" if found else "here"
        found = found or at > now
        steps.append(Step(text, at, state, f"{short_day(at)}, {note}" if note else ""))
    return tuple(steps)
