"""A closed round that can read entries once more, for tests."""

from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.clock import FixedClock
from awards.editions import services as editions
from awards.editions.tables import EditionRule, Round
from awards.invariants import broken
from awards.panels.queries import own_round
from awards.panels.tables import Assignment, Seat
from awards.results import services
from awards.results.forms import AskForReads
from awards.results.queries import FurtherReads, further_reads
from awards.scoresheets.forms import SaveSheet, SignSheets
from awards.scoresheets.rules import Change
from awards.scoresheets.services import save_sheet, sign_sheets
from awards.scoresheets.steps import Where
from tests.awards.results.judged import Judged, judged
from tests.factories import AT, DAY

UNTIL = AT + 3 * DAY


async def closed() -> Judged:
    """Its judges can be written to and have told of their conflicts; the edition has no terms."""
    season = await judged()
    await EditionRule.delete().where(EditionRule.code == "terms")
    await Seat.update({Seat.conflicts_declared_at: AT}).where(Seat.round == season.season.round_id)
    return season


async def known(season: Judged, clock: FixedClock) -> FurtherReads:
    actor = await season.actor()
    return await further_reads(await own_round(actor, season.season.round_id), actor, clock.now())


async def ask(
    season: Judged,
    clock: FixedClock,
    *reads: tuple[int, int],
    until: datetime = UNTIL,
    version: int | None = None,
) -> int:
    """Entries and seats by number."""
    rows = await Round.select(Round.version).where(Round.id == season.season.round_id)
    command = AskForReads(
        round_id=season.season.round_id,
        version=rows[0]["version"] if version is None else version,
        reads=tuple((season.references[entry], season.seats[seat]) for entry, seat in reads),
        until=until,
    )
    return await services.ask_for_reads(command=command, actor=await season.actor(), clock=clock)


async def round_row(season: Judged) -> dict[str, Any]:
    return (await Round.select().where(Round.id == season.season.round_id))[0]


async def assignment_of(season: Judged, entry: int, seat: int) -> dict[str, Any]:
    rows = await Assignment.select().where(
        (Assignment.round_entry == season.round_entries[entry]) & (Assignment.seat == season.seats[seat])
    )
    return rows[0]


async def close(season: Judged, clock: FixedClock) -> None:
    version = (await round_row(season))["version"]
    await editions.close_round(
        round_id=season.season.round_id, version=version, actor=await season.actor(), clock=clock
    )


async def mark(season: Judged, clock: FixedClock, entry: int, seat: int, *, sign: bool = True) -> None:
    """As the judge does it."""
    here = season.season
    actor = Actor(person_id=season.judges[seat], name="A judge")
    reference = season.references[entry]
    where = Where(here.programme, here.edition, "first", reference)
    await save_sheet(
        where=where,
        command=SaveSheet(f"key-{entry}-{seat}", 0, Change({"impact": 6, "new": 6}, {})),
        actor=actor,
        clock=clock,
    )
    if sign:
        await sign_sheets(
            programme=here.programme,
            edition=here.edition,
            round_code="first",
            command=SignSheets(sheets=(f"{reference}:1",), agree="1"),
            actor=actor,
            clock=clock,
        )


async def sound() -> None:
    """What the truths about further reads say; the rows of these seasons are made without a trail or revisions."""
    named = ("read-again", "further-reads", "in-conflict", "conflicts-end", "saved-in-time", "recusals")
    assert [one for one in await broken() if any(word in one.rule for word in named)] == []
