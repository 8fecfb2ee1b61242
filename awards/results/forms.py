from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import Field

from awards.errors import Invalid, NotFound
from awards.results.rules import Pick
from awards.web.forms import BIGGEST_ID, Form, Id, Line, OptionalLine, Version
from awards.web.i18n import _
from awards.web.words import zone_of


class JudgeRun(Form):
    """Adopt a run or drop it, whole."""

    round_id: Id
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Annotated[OptionalLine, Field(title="Reason")] = ""


class RunDecision(Form):
    decision: Annotated[Literal["adopt", "drop"], Field(title="Decision")]
    reason: Annotated[OptionalLine, Field(title="Reason")] = ""


class DecideRound(Form):
    version: Version


class ExplainGap(Form):
    round_id: Id
    reference: Annotated[Line, Field(title="Entry")]
    reason: Annotated[Line, Field(title="Reason")]


class AskAboutSheet(Form):
    """Leave a signed sheet of a closed round out, or let one count again: asked by one, consented to by another."""

    round_id: Id
    reference: Annotated[Line, Field(title="Entry")]
    seat: Annotated[Id, Field(title="Judge")]
    to: Annotated[Literal["aside", "back"], Field(title="What is asked")]
    reason: Annotated[Line, Field(title="Reason")]


class ConsentAboutSheet(Form):
    round_id: Id
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]


class EndAboutSheet(Form):
    round_id: Id
    approval: Id


# The fields of one entry: so many judges can be chosen for it at once.
READ, NUMBERS = "read-", ("1", "2", "3", "4", "5")


def reads_of(fields: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """What the fields of the page say: read-<reference>-<number> holds the seat of a judge, or nothing."""
    reads = []
    for name, value in fields.items():
        reference, _dash, number = name.removeprefix(READ).rpartition("-")
        if name.startswith(READ) and value and number in NUMBERS:
            if not value.isascii() or not value.isdigit() or not 0 < int(value[:11]) <= BIGGEST_ID:
                raise NotFound
            reads.append((reference, int(value)))
    return tuple(reads)


def instant_of(text: str, zone: str) -> datetime:
    """A date and time as clocks in the zone show it."""
    try:
        local = datetime.fromisoformat(text.strip())
        here = local.replace(tzinfo=zone_of(zone))
        instant = here.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid({"until": _("Enter a date and a time, such as 2027-04-30T21:00")}) from None
    if local.tzinfo is not None or not 2000 <= local.year <= 2200:
        raise Invalid({"until": _("Enter a date and a time, such as 2027-04-30T21:00")})
    if instant.astimezone(here.tzinfo).replace(tzinfo=None) != local:
        raise Invalid(
            {"until": _("This time does not exist in %(zone)s: the clocks jump over it", zone=zone)}
        )
    return instant


class UndoRead(Form):
    round_id: Id
    assignment: Annotated[Id, Field(title="Read")]


class AskForReads(Struct, frozen=True):
    """Entries by reference, each with the seat of the judge who reads it once more, and until when."""

    round_id: int
    version: int
    reads: tuple[tuple[str, int], ...]
    until: datetime


class DecidePrizes(Struct, frozen=True):
    """All places of one category at once, so that two entries can change places; `category` "" is over all."""

    edition_id: int
    category: str
    picks: tuple[Pick, ...]
