"""What several public pages show: the year as a line, and winners by category."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.queries import (
    MilestoneRow,
    RoundRow,
)
from awards.publication import views
from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import Winner
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


class CategoryWinners(Struct, frozen=True):
    name: str
    href: str
    winners: tuple[Winner, ...]


class EditionWinners(Struct, frozen=True):
    publication: PublicationRow
    categories: tuple[CategoryWinners, ...]
    """In their published order."""


def by_category(publication: PublicationRow, rows: Sequence[WinnerRow]) -> EditionWinners:
    found: dict[str, list[WinnerRow]] = {}
    for row in rows:
        if row.won and row.publication_id == publication.id:
            found.setdefault(row.category_code, []).append(row)
    return EditionWinners(
        publication,
        tuple(
            CategoryWinners(
                own[0].category, f"{publication.path}/{code}" if code else "",
                tuple(views.winner(row, category=False) for row in own),
            )
            for code, own in found.items()
        ),
    )  # fmt: skip
