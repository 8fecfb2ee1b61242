from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import Field

from awards.errors import Invalid, NotFound
from awards.results.advancing import Choice
from awards.results.planning import MOST_ENTRIES, MOST_JUDGES
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


class AskWaiver(Form):
    """Let a thing that the gate lists pass: asked by one with a reason for everybody, consented to by another."""

    round_id: Id
    item: Annotated[Line, Field(title="What is let pass")]
    reason: Annotated[Line, Field(title="Reason")]


class ConsentWaiver(Form):
    round_id: Id
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]


class EndWaiver(Form):
    round_id: Id
    approval: Id


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


class AdvanceEntries(Struct, frozen=True):
    """Who of a round goes on to the next; `seen` is what was said before, as the form was drawn with it."""

    edition_id: int
    code: str
    choices: tuple[Choice, ...]
    seen: int


class AskPlan(Form):
    """How a round is imagined; how many entries are expected in each category is read by `entries_expected`."""

    judges: Annotated[int, Field(title="Judges", ge=1, le=MOST_JUDGES)]
    panels: Annotated[Literal["together", "apart"], Field(title="Who reads what")] = "together"
    reads: Annotated[int, Field(title="Sheets for each entry", ge=1, le=MOST_JUDGES)]
    minutes: Annotated[int, Field(title="Minutes for one sheet", ge=1, le=600)]
    criteria: Annotated[int, Field(title="Criteria on a sheet", ge=1, le=100)]
    places: Annotated[int, Field(title="Places that win in a category", ge=1, le=50)]
    differ: Annotated[str, Field(title="How different judges usually are", max_length=200)] = "usual"


def entries_expected(
    fields: Mapping[str, str], codes: Sequence[str]
) -> tuple[tuple[int, ...], dict[str, str]]:
    """By category, empty for none; and what is wrong with them."""
    counts, errors = [], {}
    for code in codes:
        text = fields.get(f"entries-{code}", "").strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= MOST_ENTRIES):
            errors[f"entries-{code}"] = _(
                "Enter a whole number of entries from 0 to %(most)d", most=MOST_ENTRIES
            )
            text = "0"
        counts.append(int(text))
    return tuple(counts), errors
