"""Defects of screening, planted in a sound database."""

from awards.entries.tables import Appeal, Enquiry, EntryVersion, Screening, ScreeningDecision
from awards.panels.tables import RoundEntry
from tests import factories
from tests.awards.sound import World
from tests.factories import AT, add


async def unscreened_in_a_round(made: World) -> None:
    version = await EntryVersion.select(EntryVersion.id).where(EntryVersion.entry == made.entry)
    waiting = await factories.entry(made.season, made.city)
    await RoundEntry.update({RoundEntry.entry: waiting, RoundEntry.entry_version: version[0]["id"]}).where(
        RoundEntry.id == made.in_round
    )


async def kept_out_by_one(made: World) -> None:
    entry = await factories.entry(made.other, made.city, state="ineligible")
    version = await EntryVersion.select(EntryVersion.id).where(EntryVersion.entry == entry)
    await add(
        ScreeningDecision, entry=entry, number=1, outcome="ineligible", reason="No city", by=made.amina,
        entry_version=version[0]["id"],
    )  # fmt: skip


async def appeal_against_nothing(made: World) -> None:
    await add(Appeal, entry=made.entry, text="Why?", by=made.amina, as_role="city official")


async def finished_without_an_outcome(made: World) -> None:
    await add(Screening, entry=made.entry, screener=made.amina, done_at=AT)


async def answer_that_changes_more(made: World) -> None:
    body, sha256 = factories.sealed(
        {"title": "Another", "answers": {"summary": "Buses that lower their floor."}}
    )
    version = await add(
        EntryVersion, entry=made.entry, number=2, body=body, sha256=sha256, arrived_at=AT - 20 * factories.DAY
    )
    await RoundEntry.update({RoundEntry.entry_version: version}).where(RoundEntry.id == made.in_round)
    await add(
        Enquiry, entry=made.entry, questions='["summary"]', text="Since when?", due=AT, by=made.chiara,
        answered_at=AT, entry_version=version,
    )  # fmt: skip
