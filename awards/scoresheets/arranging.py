"""What a reader of the board asked to see, and in which order. Pure; equal rows stand by name, so that none wander."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.scoresheets.board import (
    SILENT_CHOICES,
    SILENT_DAYS,
    URGENCY,
    EntryLine,
    EntryStanding,
    JudgeLine,
    Standing,
)

ALL = ""

# What a choice shows; the word stands in the address of the page.
JUDGES_SHOWN: Mapping[str, Callable[[JudgeLine], bool]] = {
    ALL: lambda line: True,
    "behind": lambda line: line.is_behind,
    "silent": lambda line: line.standing is Standing.SILENT,
    "overdue": lambda line: line.standing is Standing.OVERDUE,
    "late": lambda line: line.standing is Standing.LATE,
    "unfinished": lambda line: line.left > 0,
    "done": lambda line: line.standing is Standing.DONE,
}

ENTRIES_SHOWN: Mapping[str, Callable[[EntryLine], bool]] = {
    ALL: lambda line: True,
    "incomplete": lambda line: line.missing > 0,
    "short": lambda line: line.short > 0,
    "behind": lambda line: line.standing in (EntryStanding.OVERDUE, EntryStanding.SILENT, EntryStanding.LATE),
    "complete": lambda line: line.standing is EntryStanding.COMPLETE,
}

Key = tuple[Any, ...]


def _known_first(at: datetime | None) -> Key:
    return (at is None, at.timestamp() if at is not None else 0.0)


JUDGES_SORTED: Mapping[str, Callable[[JudgeLine], Key]] = {
    ALL: lambda line: (URGENCY[line.standing], -line.left),
    "name": lambda line: (),
    "left": lambda line: (-line.left,),
    # Who was never seen stands before all who were.
    "seen": lambda line: (line.last_at is not None, line.last_at.timestamp() if line.last_at else 0.0),
    "forecast": lambda line: _known_first(line.forecast.done_at),
}

ENTRIES_SORTED: Mapping[str, Callable[[EntryLine], Key]] = {
    ALL: lambda line: (-line.short, -line.missing),
    "order": lambda line: (),
    "forecast": lambda line: _known_first(line.forecast.done_at),
}


class Asked(Struct, frozen=True):
    """What the address asks for, words that it does not know left out."""

    show: str = ALL
    sort: str = ALL
    category: str = ALL
    silent_days: int = SILENT_DAYS
    page: int = 1


def asked_of(params: Mapping[str, str], *, shown: Mapping[str, Any], sorts: Mapping[str, Any]) -> Asked:
    show, sort, days = params.get("show", ALL), params.get("sort", ALL), params.get("days", "")
    return Asked(
        show=show if show in shown else ALL,
        sort=sort if sort in sorts else ALL,
        category=params.get("category", ALL),
        silent_days=int(days) if days in {str(choice) for choice in SILENT_CHOICES} else SILENT_DAYS,
        page=page_of(params),
    )


def page_of(params: Mapping[str, str]) -> int:
    number = params.get("page", "1")
    return max(int(number), 1) if number.isascii() and number.isdigit() and len(number) <= 4 else 1


def arranged_judges(lines: Sequence[JudgeLine], asked: Asked) -> list[JudgeLine]:
    chosen, key = JUDGES_SHOWN[asked.show], JUDGES_SORTED[asked.sort]
    return sorted(
        (line for line in lines if chosen(line)),
        key=lambda line: (*key(line), line.name.casefold(), line.seat_id),
    )


def arranged_entries(lines: Sequence[EntryLine], asked: Asked) -> list[EntryLine]:
    """Lines come in the order of the round: of equal ones it stays."""
    chosen = ENTRIES_SHOWN[asked.show]
    return sorted((line for line in lines if chosen(line)), key=ENTRIES_SORTED[asked.sort])
