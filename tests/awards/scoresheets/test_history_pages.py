"""The step back and the history over HTTP, with a browser that lints and has no scripts."""

from datetime import timedelta

import pytest

from awards.accounts.tables import Session
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.panels.tables import Assignment
from awards.scoresheets.tables import SheetNote, SheetRevision
from tests.awards.scoresheets.test_pages import chiaras
from tests.factories import AT
from tests.people import CHIARA, DANIYAR, PASSWORD
from tests.serving import ClientFor

FIRST = {"mark_impact": "7", "mark_new": "2", "note_city": "A street that people use.\nThank you."}


async def note() -> str:
    rows = await SheetNote.select(SheetNote.text).where(SheetNote.audience == "city")
    return str(rows[0]["text"])


async def test_undo_and_the_way_back_to_what_was_undone(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    sheet = f"{made.path}/{made.references[0]}"
    page = await chiara.get(f"{sheet}/history")
    assert "Nothing is saved yet" in page.text
    await chiara.get(sheet)
    await chiara.submit("Save and stay", **FIRST)
    # Typed and never saved: taken back at once, and kept.
    page = await chiara.submit("Undo my last change", mark_impact="1", note_city="Nothing there.")
    assert page.flash.startswith("Undone. Saved 09:00:00 UTC")
    assert await note() == FIRST["note_city"]
    await chiara.submit("Undo my last change")
    page = await chiara.submit("Undo my last change")
    assert page.flash.startswith("Nothing to undo")
    page = await chiara.click("All my changes")
    assert [row[0] for row in page.table("Your changes")[1:]] == ["4", "3", "2", "1"]
    assert page.table("Your changes")[3][2] == "Impact: 7, now 1 To the city: 7 words, now 2 words"
    page = await chiara.get(f"{sheet}/history?change=1")
    assert "A street that people use." in page.text
    page = await chiara.submit("Put this sheet back")
    assert page.flash.startswith("Saved 09:00:00 UTC The earlier sheet stands again")
    assert await note() == FIRST["note_city"]
    page = await chiara.get(f"{sheet}/history")
    assert page.table("Your changes")[1][2].startswith("Put back as after change 1")


async def test_a_step_back_from_an_older_page_shows_both(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    stale = await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", **FIRST)
    chiara.page = stale
    page = await chiara.submit("Undo my last change", mark_impact="9")
    assert page.status == 409
    assert "saved elsewhere meanwhile" in page.text
    assert await SheetRevision.count() == 1


@pytest.mark.parametrize("what", ["signed", "closed"])
async def test_what_was_typed_stands_beside_a_sheet_that_takes_nothing(
    client_for: ClientFor, clock: FixedClock, what: str
) -> None:
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", **FIRST)
    drawn = await chiara.get(f"{made.path}/{made.references[0]}")
    if what == "closed":
        await Round.update({Round.closes: clock.now()}).where(Round.id == made.season.round_id)
    else:
        await Assignment.update({Assignment.state: "signed", Assignment.signed_at: clock.now()}).where(
            Assignment.id == made.assignments[0]
        )
    for button in ("Save and stay", "Undo my last change"):
        chiara.page = drawn
        page = await chiara.submit(button, mark_impact="3", note_secretariat="Please look.")
        assert page.status == 403
        assert "What you typed, not saved" in page.text
        assert "Please look." in page.text
    assert await SheetRevision.count() == 1


async def test_the_history_asks_little_and_is_the_judges_own(
    client_for: ClientFor, clock: FixedClock
) -> None:
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    for mark in ("7", "8", "9"):
        clock.advance(timedelta(minutes=5))
        await chiara.submit("Save and stay", mark_impact=mark)
    with counting() as counter:
        page = await chiara.get(f"{made.path}/{made.references[0]}/history")
    assert len(counter) <= 6, counter.statements
    assert not counter.repeated
    assert len(page.table("Your changes")) == 4
    daniyar = await client_for(DANIYAR)
    await daniyar.get(f"{made.path}/{made.references[0]}/history", status=404)


async def test_a_sheet_sent_after_the_session_ended_is_sent_once_more(client_for: ClientFor) -> None:
    """Without scripts: signed in on the page that keeps the sheet, and one press stores it."""
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await Session.update({Session.ended_at: AT}, force=True)
    page = await chiara.submit("Save and go to the next", **FIRST)
    assert page.status == 401
    assert page.h1 == "Sign in again"
    page = await chiara.submit("Sign in", email=CHIARA.email, password=PASSWORD)
    assert "A street that people use." in page.text
    page = await chiara.submit("Send what I typed")
    assert page.flash.startswith("Saved 09:00:00 UTC")
    assert await note() == FIRST["note_city"]
    assert await SheetRevision.count() == 1
