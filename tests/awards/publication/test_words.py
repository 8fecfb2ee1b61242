"""A person of the secretariat reads what would tell who wrote it, before it goes out to a city."""

import json
from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.publication.anonymity import STRUCK
from awards.publication.forms_words import ReviewNote
from awards.publication.services import make_feedback, review_note
from awards.publication.tables import Feedback
from awards.publication.words_to_cities import Note, notes_of
from awards.scoresheets.tables import SheetNote
from tests import factories
from tests.awards.publication.published import ask, decided, sign
from tests.awards.publication.test_feedback import noted
from tests.awards.results.judged import Judged, judged
from tests.factories import AT, DAY
from tests.people import EUN_JI, FARID, HIROSHI, give, id_of
from tests.serving import ClientFor


async def waiting(season: Judged) -> list[Note]:
    return [note for note in await notes_of(season.season.edition_id) if note.waits]


def decision(season: Judged, note: Note, outcome: str, **more: str) -> ReviewNote:
    return ReviewNote.model_validate(
        {"edition_id": season.season.edition_id, "sheet_id": note.sheet_id, "seen": note.seen,
         "outcome": outcome, "reason": "Read", **more}
    )  # fmt: skip


async def words_of(season: Judged) -> tuple[list[str], int]:
    row = (await Feedback.select().where(Feedback.entry == season.entries[0]))[0]
    told = json.loads(row["body"])["rounds"][0]
    return told["words"], told["held"]


async def test_given_struck_and_left_out(clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    named, address = await waiting(season)
    actor = await season.actor()
    with pytest.raises(Invalid) as refused:  # the address still stands
        await review_note(
            command=decision(season, address, "struck", struck="write"), actor=actor, clock=clock
        )
    assert "struck" in refused.value.errors
    with pytest.raises(Invalid):
        await review_note(
            command=decision(season, address, "struck", struck="not there"), actor=actor, clock=clock
        )
    await review_note(
        command=decision(season, address, "struck", struck="write to\nME@judges.example"),
        actor=actor,
        clock=clock,
    )
    await review_note(command=decision(season, named, "left out"), actor=actor, clock=clock)
    with pytest.raises(Stale):  # it was left out meanwhile: who read it before decides anew
        await review_note(command=decision(season, named, "given"), actor=actor, clock=clock)
    named = next(one for one in await notes_of(season.season.edition_id) if one.sheet_id == named.sheet_id)
    await review_note(command=decision(season, named, "given"), actor=actor, clock=clock)
    assert await Event.count().where(Event.action == "words to a city reviewed") == 3
    await sign(season, clock, await ask(season, clock))
    await make_feedback(clock)
    words, held = await words_of(season)
    assert held == 0
    assert f"Note 2 on {season.references[0]}, {STRUCK} {STRUCK}" in words
    assert named.text in words


async def test_it_counts_for_these_very_words(clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    note = (await waiting(season))[0]
    await review_note(command=decision(season, note, "given"), actor=await season.actor(), clock=clock)
    assert len(await waiting(season)) == 1
    await SheetNote.update({SheetNote.text: note.text + " And more."}, force=True).where(
        (SheetNote.scoresheet == note.sheet_id) & (SheetNote.audience == "city")
    )
    assert len(await waiting(season)) == 2
    with pytest.raises(Stale):
        await review_note(command=decision(season, note, "given"), actor=await season.actor(), clock=clock)


async def test_nobody_reads_them_while_the_round_is_open() -> None:
    season = await judged(round_state="open")
    await noted(season)
    assert await notes_of(season.season.edition_id) == []


async def test_who_is_tied_to_an_entry_reads_none_of_its_category(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await decided(clock)
    await noted(season)
    note = (await waiting(season))[0]
    await factories.official(await id_of(FARID), season.entrants[5])
    with pytest.raises(NotFound):
        await review_note(
            command=decision(season, note, "given"), actor=await season.actor(FARID), clock=clock
        )
    await give(FARID, "secretariat", season.season.scope)
    page = await (await client_for(FARID)).get(
        f"/desk/{season.season.programme}/{season.season.edition}/publication/words"
    )
    assert "Note 1" not in page.text
    assert "Some categories are not shown to you" in page.text


async def test_after_the_instant_it_is_too_late(clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    note = (await waiting(season))[0]
    await sign(season, clock, await ask(season, clock, at=AT + DAY))
    clock.move_to(AT + DAY - timedelta(milliseconds=1))
    await review_note(command=decision(season, note, "left out"), actor=await season.actor(), clock=clock)
    clock.move_to(AT + DAY)
    with pytest.raises(Denied) as refused:
        await review_note(command=decision(season, note, "given"), actor=await season.actor(), clock=clock)
    assert refused.value.code == "gone out"


async def test_the_page_decides_and_keeps_what_was_typed(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await noted(season)
    await give(EUN_JI, "secretariat", season.season.scope)
    await give(HIROSHI, "auditor", season.season.scope)
    path = f"/desk/{season.season.programme}/{season.season.edition}/publication/words"
    client = await client_for(EUN_JI)
    page = await client.get(path)
    assert "To read before they go out: 2" in page.text
    note = (await waiting(season))[0]
    await client.get(f"{path}?sheet={note.sheet_id}")
    page = await client.submit(
        "Decide on these words", outcome="struck", struck="nowhere", reason="A name", status=422
    )
    assert "“nowhere” does not stand in the text" in page.errors
    assert "nowhere" in page.html
    page = await client.submit("Decide on these words", outcome="left out", struck="", reason="A name")
    assert "To read before they go out: 1" in page.text
    assert "Reason: A name" in page.text
    assert "Decide on" not in (await (await client_for(HIROSHI)).get(path)).text
    other = (await waiting(season))[0]
    await client.get(f"{path}?sheet={other.sheet_id}")
    await review_note(
        command=decision(season, other, "left out"), actor=await season.actor(FARID), clock=clock
    )
    page = await client.submit("Decide on these words", outcome="given", reason="Harmless", status=409)
    assert "Somebody decided this" in page.text
    assert "Harmless" in page.html
