"""A judge's list, sheet and signature over HTTP, with a browser that lints."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import EditionRule, Round, RubricLevel
from awards.entries.tables import Entry, EntryVersion
from awards.outbox.tables import Message
from awards.panels.tables import Assignment
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import MILLISECOND, Bench, bench
from tests.factories import AT
from tests.lint import elements
from tests.page import Client, Page
from tests.people import CHIARA, DANIYAR, EUN_JI, NADIA, give, id_of
from tests.serving import ClientFor


async def chiaras(client_for: ClientFor, **more: Any) -> tuple[Bench, Client]:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    return await bench(person_id, **more), await client_for(CHIARA)


def csrf_of(page: Page) -> str:
    form, _button = page.form("#sheet-form")
    return next(field.get("value", "") for field in elements(form, "input") if field.get("name") == "csrf")


async def post_json(client: Client, path: str, document: Any, *, csrf: str | None = None) -> httpx.Response:
    if csrf is None:
        page = await client.get(path.removesuffix("/save"))
        csrf = csrf_of(page)
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {"content-type": "application/json", "x-csrf-token": csrf, "accept": "application/json"}
    return await client.http.post(path, content=body, headers=headers)


async def test_the_list_and_a_save_by_the_button(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, entries=3)
    page = await chiara.get(made.path)
    assert page.h1 == "Your entries: 3 left"
    assert [row[3] for row in page.table("Your entries")[1:]] == ["Not started"] * 3
    page = await chiara.click("Go on with no. 1")
    assert "Takes saves until" in page.text
    page = await chiara.submit("Save and stay", mark_impact="7", note_city="Clear and honest.\nThank you.")
    assert page.flash.startswith("Saved 09:00:00 UTC")
    assert "1 of 2 criteria marked" in page.text
    assert (await SheetNote.select())[0]["text"] == "Clear and honest.\nThank you."
    page = await chiara.submit("Save and go to the next", mark_impact="7", mark_new="10")
    assert page.path != ""
    page = await chiara.get(made.path)
    assert sorted(row[3] for row in page.table("Your entries")[1:]) == ["Not started", "Not started", "Ready"]


async def test_signing_off_freezes(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", mark_impact="7", mark_new="10")
    page = await chiara.get(f"{made.path}/sign")
    assert "Impact 7 · Novelty 10" in page.text
    page = await chiara.submit("Sign off", status=422)
    assert page.errors == ["Say that these marks are yours and final"]
    page = await chiara.submit("Sign off", agree="1")
    assert page.flash.startswith("1 sheet is signed off")
    page = await chiara.click("To your entries")
    assert page.h1 == "Your entries: 0 left"
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Signed off" in page.text
    assert "Save" not in [text for text, _ in page.links]
    assert (await SheetRevision.select().order_by(SheetRevision.version))[-1]["change"].count('"signed":true')


async def test_a_sheet_that_changed_is_not_signed(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    path = f"{made.path}/{made.references[0]}"
    await chiara.get(path)
    await chiara.submit("Save and stay", mark_impact="7", mark_new="10")
    drawn = await chiara.get(f"{made.path}/sign")
    answer = await post_json(
        chiara, f"{path}/save", {"key": "a" * 32, "base_version": 1, "fields": {"mark_new": "1"}}
    )
    assert answer.json()["state"] == "saved"
    chiara.page = drawn
    page = await chiara.submit("Sign off", status=409, agree="1")
    assert page.errors == ["A sheet changed since this page was drawn. Check the marks below and sign again."]
    assert "Impact 7 · Novelty 1 " in page.text
    assert (await Assignment.select())[0]["state"] == "started"


async def test_two_tabs_see_both_texts(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    path = f"{made.path}/{made.references[0]}"
    await chiara.get(path)
    page = chiara.page
    answer = await post_json(
        chiara, f"{path}/save",
        {"key": "b" * 32, "base_version": 0, "fields": {"mark_impact": "3", "note_city": "From the telephone"}},
    )  # fmt: skip
    assert answer.json()["version"] == 1
    chiara.page = page
    page = await chiara.submit("Save and stay", status=409, mark_impact="9", note_city="From the desk")
    assert "Impact: typed here" in page.text
    assert "From the telephone" in page.text
    assert page.by_id("note_city").text.strip() == "From the desk"
    assert (await Mark.select())[0]["value"] == 3
    page = await chiara.submit("Save and stay")
    assert page.flash.startswith("Saved")
    both = chiara.page
    assert (await Mark.select())[0]["value"] == 9
    assert (await SheetNote.select().where(SheetNote.audience == "city"))[0]["text"] == "From the desk"
    await chiara.submit("Save and stay", mark_impact="8")
    # The old page once more: what it says again is no conflict, what it says otherwise is one.
    chiara.page = both
    page = await chiara.submit("Save and stay", mark_impact="8")
    assert page.flash.startswith("Saved")
    chiara.page = both
    page = await chiara.submit("Save and stay", status=409, mark_impact="1")
    assert (await Mark.select())[0]["value"] == 8


async def test_autosave_speaks_its_contract(client_for: ClientFor, clock: FixedClock) -> None:
    made, chiara = await chiaras(client_for)
    path = f"{made.path}/{made.references[0]}/save"
    operation = {"key": "c" * 32, "base_version": 0, "fields": {"mark_impact": "7"}}
    first = await post_json(chiara, path, operation)
    assert (first.status_code, first.json()) == (
        200, {"state": "saved", "version": 1, "at": "2026-03-10T09:00:00Z", "message": "", "href": None},
    )  # fmt: skip
    clock.advance(timedelta(seconds=5))
    again = await post_json(chiara, path, operation)
    assert again.json() == {**first.json(), "state": "already"}
    other = await post_json(chiara, path, {**operation, "fields": {"mark_impact": "8"}})
    assert (other.status_code, other.json()["state"]) == (422, "invalid")
    stale = await post_json(chiara, path, {**operation, "key": "d" * 32})
    assert (stale.status_code, stale.json()["state"]) == (409, "conflict")
    wrong = await post_json(
        chiara, path, {"key": "e" * 32, "base_version": 1, "fields": {"mark_impact": "11"}}
    )
    assert (wrong.status_code, wrong.json()["message"]) == (422, "Choose a mark from the scale")
    csrf = "x"
    assert (await post_json(chiara, path, operation, csrf=csrf)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"null", b"[1]", b"[" * 50_000, b'{"key": NaN}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"mark_impact": NaN}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"note_city": "\\ud800"}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"\\ud800": "x"}}',
     b'{"key": "0123456789abcdef", "base_version": 99999999999999999999999, "fields": {}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"note_city": "' + b"x" * 300_000 + b'"}}'],
)  # fmt: skip
async def test_odd_json_is_refused(client_for: ClientFor, body: bytes) -> None:
    made, chiara = await chiaras(client_for)
    answer = await post_json(chiara, f"{made.path}/{made.references[0]}/save", body)
    assert 400 <= answer.status_code < 500
    assert await SheetRevision.count() == 0


@pytest.mark.parametrize(("offset", "status"), [(-MILLISECOND, 200), (timedelta(0), 403), (MILLISECOND, 403)])
async def test_the_deadline_over_http(
    client_for: ClientFor, clock: FixedClock, offset: timedelta, status: int
) -> None:
    closes = AT + timedelta(hours=2)
    made, chiara = await chiaras(client_for, closes=closes)
    path = f"{made.path}/{made.references[0]}"
    page = await chiara.get(path)
    csrf = csrf_of(page)
    clock.move_to(closes + offset)
    answer = await post_json(
        chiara, f"{path}/save", {"key": "f" * 32, "base_version": 0, "fields": {"mark_new": "1"}}, csrf=csrf
    )
    assert answer.status_code == status
    assert await SheetRevision.count() == int(status == 200)
    if status == 403:
        late = await chiara.submit("Save and stay", status=403, mark_impact="9", note_city="Too late")
        assert "The round is closed" in late.text
        assert "Too late" in late.text  # what was typed is not lost
        assert await SheetRevision.count() == 0


async def test_gates_lead_to_what_is_owed(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, declared=False)
    await EditionRule.update({EditionRule.value: "Other terms"}).where(EditionRule.code == "terms")
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert page.h1 == "Terms for judges"
    page = await chiara.submit("Accept the terms", agree="1")
    assert page.h1 == "Declare your conflicts"
    assert "What did the city do?" not in page.text
    page = await chiara.submit("Declare and go on")
    assert page.h1 == "Your entries: 1 left"


async def test_nobody_else_sees_a_sheet(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", mark_impact="7")
    other = await id_of(DANIYAR)
    await factories.make_judge(other)
    await factories.seat(made.season.round_id, other, conflicts_declared_at=AT)
    await give(EUN_JI, "secretariat", made.season.scope)
    for member in (DANIYAR, EUN_JI, NADIA):
        client = await client_for(member)
        await client.get(f"{made.path}/{made.references[0]}", status=404)
        await client.get(f"{made.path}/{made.references[0]}/recuse", status=404)
        answer = await client.http.get("/bench")
        assert answer.status_code == 200


async def test_a_blind_round_hides_the_city(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await Round.update({Round.blind: True}).where(Round.id == made.season.round_id)
    entrant = (
        await Entry.select(Entry.entrant.name.as_alias("name")).where(Entry.reference == made.references[0])
    )[0]
    for path in (made.path, f"{made.path}/{made.references[0]}"):
        page = await chiara.get(path)
        assert entrant["name"] not in page.text
    await Round.update({Round.blind: False}).where(Round.id == made.season.round_id)
    assert entrant["name"] in (await chiara.get(made.path)).text


async def test_the_rubric_and_confidence(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await Round.update({Round.confidence: True}).where(Round.id == made.season.round_id)
    for mark, text in ((0, "asserted"), (4, "described"), (9, "shown")):
        await factories.add(RubricLevel, criterion=made.season.criteria[0], mark=mark, text=text)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "0–3asserted4–8described9–10shown" in page.text
    page = await chiara.submit("Save and stay", mark_impact="8", confidence="low")
    assert "Your mark: 8, described" in page.text
    assert (await Scoresheet.select())[0]["confidence"] == "low"


async def test_list_and_sheet_keep_their_budget(client_for: ClientFor) -> None:
    async def cost(path: str) -> int:
        await chiara.get(path)
        with counting() as counter:
            await chiara.get(path)
        assert not counter.repeated
        return len(counter)

    made, chiara = await chiaras(client_for, entries=1)
    few = [await cost(path) for path in (made.path, f"{made.path}/{made.references[0]}", "/bench")]
    assert max(few[0], few[2]) <= 6
    assert few[1] <= 8
    for _ in range(4):
        entry_id = await factories.entry(made.season, state="eligible")
        round_entry_id = await factories.round_entry(made.season.round_id, entry_id)
        await factories.assignment(round_entry_id, made.seat_id)
    many = [await cost(path) for path in (made.path, f"{made.path}/{made.references[0]}", "/bench")]
    assert few == many


# --- the secretariat -----------------------------------------------------------------------------------


async def test_progress_counts_and_never_shows_a_mark(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, entries=2)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit(
        "Save and stay", mark_impact="7", mark_new="9", note_secretariat="Only when it is over"
    )
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{made.season.desk}/progress/first")
    row = page.table("State of each sheet")[1]
    assert row[0] == "Chiara Fontana"
    assert sorted(row[1:3]) == ["Not started", "Ready"]
    assert "Only when it is over" not in page.html
    await (await client_for(NADIA)).get(f"{made.season.desk}/progress/first", status=404)
    page = await eun_ji.get(f"{made.season.desk}/progress")
    assert page.table("Rounds")[1][0] == "First round"


async def test_progress_lists_a_judge_without_a_sheet_and_one_whose_sheets_ended(
    client_for: ClientFor,
) -> None:
    made, _chiara = await chiaras(client_for, entries=2)
    rows = await Assignment.select(Assignment.id).order_by(Assignment.id)
    await Assignment.update({Assignment.state: "withdrawn"}).where(Assignment.id == rows[0]["id"])
    await Assignment.update({Assignment.state: "recused"}).where(Assignment.id == rows[1]["id"])
    for name, state in (("Zora Idle", "accepted"), ("Zed Invited", "invited")):
        await factories.seat(made.season.round_id, await factories.judge(name), state=state)
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{made.season.desk}/progress/first")
    chiara, zora = page.table("State of each sheet")[1:]
    assert (chiara[0], sorted(chiara[1:3]), chiara[3]) == ("Chiara Fontana", ["", "Stepped aside"], "0 of 0")
    assert zora[:4] == ["Zora Idle", "", "", "0 of 0"]
    with counting() as counter:
        page = await eun_ji.get(f"{made.season.desk}/progress/first?category=inclusive")
    assert len(counter) <= 6
    assert [row[0] for row in page.table("State of each sheet")[1:]] == ["Chiara Fontana"]


async def test_the_secretariat_reopens_a_signed_sheet(client_for: ClientFor, clock: FixedClock) -> None:
    closes = AT + timedelta(hours=2)
    made, chiara = await chiaras(client_for, closes=closes)
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", mark_impact="7", mark_new="9")
    await chiara.get(f"{made.path}/sign")
    await chiara.submit("Sign off", agree="1")
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(f"{made.season.desk}/progress/first")
    sheet = f"{made.seat_id}.{made.references[0]}"
    assert f'<optgroup label="Chiara Fontana">\n<option value="{sheet}">' in eun_ji.page.html
    page = await eun_ji.submit("Reopen the sheet", status=422, sheet=sheet)
    assert len(page.errors) == 1
    page = await eun_ji.submit("Reopen the sheet", sheet=sheet, reason="Two criteria were swapped")
    assert page.flash.startswith("The sheet is reopened")
    assert "sheet-reopened" in {row["template"] for row in await Message.select(Message.template)}
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Two criteria were swapped" in page.text
    page = await chiara.submit("Save and stay", mark_impact="9", mark_new="7")
    await chiara.get(f"{made.path}/sign")
    await chiara.submit("Sign off", agree="1")
    assert (await Assignment.select())[0]["state"] == "signed"
    await eun_ji.get(f"{made.season.desk}/progress/first")
    clock.move_to(closes)
    page = await eun_ji.submit("Reopen the sheet", status=403, sheet=sheet, reason="Late")
    assert (await Assignment.select())[0]["state"] == "signed"


async def test_a_title_that_was_not_submitted_stays_with_its_city(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    body, sha256 = factories.sealed({"title": "As submitted", "answers": {"summary": "Buses"}})
    await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
        EntryVersion.number == 1
    )
    await Entry.update({Entry.title: "Not submitted"}).where(Entry.reference == made.references[0])
    paths = ["", "/conflicts", f"/{made.references[0]}", f"/{made.references[0]}/recuse", "/sign"]
    await chiara.get(f"{made.path}/{made.references[0]}")
    await chiara.submit("Save and stay", mark_impact="7", mark_new="9")
    for path in paths:
        page = await chiara.get(made.path + path)
        assert "As submitted" in page.text
        assert "Not submitted" not in page.text
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    for path in ("/progress/first", "/entries"):
        page = await eun_ji.get(made.season.desk + path)
        assert "As submitted" in page.text
        assert "Not submitted" not in page.html
