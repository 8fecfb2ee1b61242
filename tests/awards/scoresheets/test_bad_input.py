"""What a sheet does not take, by the button and as autosave.js sends it: refused with its reason, nothing stored, and what
was typed still on the page."""

import json
import re
from collections.abc import Awaitable, Callable

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.panels.tables import Assignment, Recusal
from awards.scoresheets.tables import Mark, SheetNote, SheetRevision
from tests.awards.scoresheets.benches import Bench
from tests.awards.scoresheets.test_pages import chiaras, csrf_of
from tests.factories import add
from tests.serving import ClientFor

TYPED = {"mark_impact": "3", "note_city": "Typed over an hour.\nNobody types it again."}

Ending = Callable[[Bench, FixedClock], Awaitable[object]]


async def signed(made: Bench, clock: FixedClock) -> None:
    await Assignment.update({Assignment.state: "signed", Assignment.signed_at: clock.now()}).where(
        Assignment.id == made.assignments[0]
    )


async def over(made: Bench, clock: FixedClock) -> None:
    await Round.update({Round.closes: clock.now()}).where(Round.id == made.season.round_id)


async def recused(made: Bench, clock: FixedClock) -> None:
    await Assignment.update({Assignment.state: "recused"}).where(Assignment.id == made.assignments[0])
    await add(Recusal, assignment=made.assignments[0], code="declared", text="I advised this city.")


async def taken_back(made: Bench, clock: FixedClock) -> None:
    await Assignment.update({Assignment.state: "withdrawn"}).where(Assignment.id == made.assignments[0])


ENDINGS: dict[str, tuple[Ending, str]] = {
    "signed": (signed, "This sheet is signed off"),
    "over": (over, "The round is closed"),
    "recused": (recused, "This entry is no longer yours to judge"),
    "taken back": (taken_back, "This entry is no longer yours to judge"),
}


async def stored() -> tuple[int, int, int]:
    return await SheetRevision.count(), await Mark.count(), await SheetNote.count()


@pytest.mark.parametrize("what", ENDINGS)
async def test_a_sheet_that_ended_while_somebody_typed(
    client_for: ClientFor, clock: FixedClock, what: str
) -> None:
    made, chiara = await chiaras(client_for)
    sheet = f"{made.path}/{made.references[0]}"
    await chiara.get(sheet)
    await chiara.submit("Save and stay", mark_impact="7", mark_new="2")
    drawn = await chiara.get(sheet)
    before = await stored()
    ending, why = ENDINGS[what]
    await ending(made, clock)
    body = {"key": "0123456789abcdef", "base_version": 1, "fields": TYPED}
    headers = {
        "content-type": "application/json",
        "x-csrf-token": csrf_of(drawn),
        "accept": "application/json",
    }
    answer = await chiara.http.post(f"{sheet}/save", content=json.dumps(body).encode(), headers=headers)
    assert answer.status_code == 403
    assert answer.json()["state"] == "invalid"
    assert why in answer.json()["message"]
    for button in ("Save and stay", "Save and go to the next", "Undo my last change"):
        chiara.page = drawn
        page = await chiara.submit(button, {**TYPED, "mark_new": "9"})
        assert page.status == 403
        assert why in page.text
        assert "What you typed, not saved" in page.text
        typed = page.text.partition("What you typed, not saved")[2]
        assert all(line in typed for line in TYPED["note_city"].splitlines())
        assert re.search(r"Impact\s*3.*Novelty\s*9", typed, re.DOTALL)
    assert await stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("mark_impact", "11"), ("mark_impact", "7.5"), ("mark_impact", "seven"), ("mark_impact", "none"),
     ("mark_else", "7"), ("confidence", "high"), ("confidence", "very"), ("note_city", "x" * 10_001)],
)  # fmt: skip
async def test_a_field_that_is_wrong_keeps_the_others(client_for: ClientFor, field: str, value: str) -> None:
    made, chiara = await chiaras(client_for)
    sheet = f"{made.path}/{made.references[0]}"
    drawn = await chiara.get(sheet)
    for button in ("stay", "undo"):
        sent = {
            "csrf": csrf_of(drawn),
            "version": "0",
            "key": "0123456789abcdef",
            **TYPED,
            "mark_new": "9",
            field: value,
        }
        page = await chiara.post(sheet, {**sent, button: "1"})
        assert page.status == 422
        assert page.title.startswith("Error: ")
        assert "Typed over an hour." in page.text or field == "note_city"
        assert 'value="9" checked' in page.response.text
    assert await stored() == (0, 0, 0)


async def test_one_key_with_other_content_is_another_operation_and_meets_the_version(
    client_for: ClientFor,
) -> None:
    """Back in the browser, something else typed, sent again: both are shown, nothing is lost."""
    made, chiara = await chiaras(client_for)
    drawn = await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", mark_impact="7")
    chiara.page = drawn
    page = await chiara.submit("Save and stay", mark_impact="7")
    assert page.status == 200
    chiara.page = drawn
    page = await chiara.submit("Save and stay", **TYPED)
    assert page.status == 409
    assert "Typed over an hour." in page.text
    assert await SheetRevision.count() == 1
    body = {"key": "0123456789abcdef", "base_version": 1, "fields": {"mark_new": 4}}
    headers = {
        "content-type": "application/json",
        "x-csrf-token": csrf_of(drawn),
        "accept": "application/json",
    }
    sheet = f"{made.path}/{made.references[0]}/save"
    states = []
    for mark in (4, 4, 5):
        body["fields"] = {"mark_new": mark}
        answer = await chiara.http.post(sheet, content=json.dumps(body).encode(), headers=headers)
        states.append((answer.status_code, answer.json()["state"]))
    assert states == [(200, "saved"), (200, "already"), (422, "invalid")]
    assert await SheetRevision.count() == 2
