"""A city's way through an entry, over HTTP, and the secretariat's over the entries."""

from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Category, Question
from awards.entries.tables import Answer, Entry, EntryVersion
from tests import factories
from tests.factories import AT, DAY, Season
from tests.page import Client
from tests.people import AMINA, BAO, CHIARA, EUN_JI, INES, NADIA, give, id_of
from tests.serving import ClientFor

MS = timedelta(milliseconds=1)
TEXT = "Buses that lower their floor."


async def city_of(*members: object, **more: object) -> tuple[Season, int]:
    season = await factories.season(**more)
    city = await factories.entrant("Lindmere", kind="city")
    for member in (AMINA, BAO):
        await factories.official(await id_of(member), city)
    return season, city


async def start(client: Client, season: Season, title: str = "Low floors") -> str:
    """A draft without an answer; returns its path."""
    await client.get(f"/city/entries/new?edition={season.programme}/{season.edition}")
    page = await client.submit("#new-entry", title=title, category="inclusive", status=200)
    return page.path


async def answered(client: Client, season: Season) -> str:
    path = await start(client, season)
    await client.get(f"{path}/summary")
    await client.submit("#question", answer=TEXT, status=200)
    return path


async def submitted(client: Client, season: Season) -> str:
    path = await answered(client, season)
    await client.get(f"{path}/check")
    await client.submit("Submit the entry", declared="1", status=200)
    return path


# --- the city's way ------------------------------------------------------------------------------------


async def test_from_the_open_call_to_the_receipt(client_for: ClientFor) -> None:
    await city_of()
    amina = await client_for(AMINA)
    page = await amina.get("/city")
    assert page.h1 == "Your entries"
    page = await amina.click("Start an entry")
    assert page.h1 == "Before you start"
    await amina.click("Start an entry")
    page = await amina.submit("#new-entry", title="", status=422)
    assert len(page.errors) == 2
    page = await amina.submit("#new-entry", title="Low floors", category="inclusive", status=200)
    assert page.h1 == "Low floors"
    assert "Cannot start yet" in page.tags
    page = await amina.click("What did the city do?")
    assert page.h1.startswith("What did the city do?")
    page = await amina.submit("#question", answer=TEXT, status=200)
    assert page.h1 == "Check your answers"
    page = await amina.submit("Submit the entry", declared="1", status=200)
    assert page.h1 == "Your entry is submitted"
    assert (await Entry.select(Entry.reference))[0]["reference"] in page.text
    await amina.click("Back to the entry")
    page = await amina.get("/city")
    assert "Submitted" in page.tags


async def test_an_old_address_of_a_call_leads_to_what_it_was(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of(closes=AT + timedelta(hours=1))
    amina = await client_for(AMINA)
    new = f"/city/entries/new?edition={season.programme}/{season.edition}"
    await amina.get(new)
    clock.move_to(AT + timedelta(hours=1))
    page = await amina.get(new, status=None)
    assert page.path == f"/city/calls/{season.programme}/{season.edition}"
    assert "This call takes no new entry now" in page.text
    await amina.get("/city/entries/new?edition=x/y", status=404)
    await amina.get("/city/entries/new", status=404)


async def test_an_edit_after_submitting_counts_only_once_it_is_submitted(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    page = await amina.get(f"{path}/check")
    assert "Nothing has changed since version 1" in page.text
    await amina.get(f"{path}/about")
    page = await amina.submit("#about", title="Lower floors", status=200)
    assert "Changed since you submitted version 1" in page.text
    await amina.get(f"{path}/check")
    page = await amina.submit("Submit the entry again", declared="1", status=200)
    assert "Version 2" in page.text
    page = await amina.get(f"{path}/versions")
    assert [row[0] for row in page.table("Each time")] == ["Version", "2", "1"]
    page = await amina.get(f"{path}/versions/1")
    assert page.h1 == "An earlier version of your entry"
    assert "Low floors" in page.text


async def test_wrong_answers_come_back_with_the_number_and_drafts_are_kept(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await Question.update({Question.limits: '{"min_words": 200, "max_words": 500}'}).where(
        Question.id == season.question_id
    )
    amina = await client_for(AMINA)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    page = await amina.submit("Save and continue", answer="Only four words here.", status=422)
    assert page.errors == ["Write at least 200 words; the answer has 4"]
    assert page.title.startswith("Error: ")
    assert "Only four words here." in page.html
    assert await Answer.count() == 0
    page = await amina.submit("Save and return", answer="Only four words here.", status=200)
    assert "In progress" in page.tags
    page = await amina.get(f"{path}/check")
    assert page.errors
    page = await amina.get(f"{path}/check")
    assert page.errors[0].startswith("“What did the city do?”: Write at least 200 words; the answer has")


@pytest.mark.parametrize(
    ("kind", "limits", "wrong", "good"),
    [
        ("number", "", "many", "1200"),
        ("yes or no", "", None, "yes"),
        ("one of", '{"options": ["Bus", "Tram"]}', None, "Tram"),
        ("several of", '{"options": ["Bus", "Tram"]}', None, ("Bus", "Tram")),
        ("web address", "", "ftp://x", "https://city.example/report"),
        ("short text", '{"max_words": 2}', "one two three", "one two"),
    ],
)
async def test_each_kind_of_question(
    client_for: ClientFor, kind: str, limits: str, wrong: str | None, good: str | tuple[str, ...]
) -> None:
    season, _city = await city_of()
    await Question.update({Question.kind: kind, Question.limits: limits}).where(
        Question.id == season.question_id
    )
    amina = await client_for(AMINA)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    page = await amina.submit("#question", {"answer": wrong} if wrong else {}, status=422)
    assert page.errors
    page = await amina.submit("#question", answer=good, status=200)
    assert page.h1 == "Check your answers"
    (row,) = await Answer.select(Answer.value)
    assert row["value"] == (good if isinstance(good, str) else "\n".join(good))
    await amina.get(f"{path}/summary")


async def test_two_officials_on_one_answer_keep_both_texts(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await answered(amina, season)
    await amina.get(f"{path}/summary")
    await bao.get(f"{path}/summary")
    await bao.submit("Save and return", answer="Buses that lower their floor for prams.", status=200)
    page = await amina.submit("Save and continue", answer="Trams that lower their floor.", status=409)
    assert "Saved by Bao Tran" in page.text
    assert "for prams." in page.text
    assert "Trams that lower their floor." in page.html
    (row,) = await Answer.select(Answer.value)
    assert row["value"] == "Buses that lower their floor for prams."
    await amina.submit("Keep this text", status=200)
    (row,) = await Answer.select(Answer.value)
    assert row["value"] == "Trams that lower their floor."


async def test_nobody_submits_over_a_change_they_have_not_seen(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await answered(amina, season)
    await amina.get(f"{path}/check")
    await bao.get(f"{path}/summary")
    await bao.submit("Save and return", answer="Another text.", status=200)
    page = await amina.submit("Submit the entry", declared="1", status=409)
    assert "Another text." in page.text
    assert await EntryVersion.count() == 0
    await amina.submit("Submit the entry", declared="1", status=200)


async def test_withdrawing_names_what_follows_and_asks(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    await amina.get(path)
    page = await amina.click("Withdraw this entry")
    assert "It does not come back" in page.text
    await amina.submit("Withdraw the entry", status=422)
    page = await amina.submit("Withdraw the entry", sure="1", status=200)
    assert "Nobody judges this entry any more." in page.text
    await amina.get(f"{path}/withdraw", status=404)


# --- the deadline --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "is_in"), [(-MS, True), (timedelta(0), False), (MS, False)])
async def test_the_deadline_over_http(
    client_for: ClientFor, clock: FixedClock, off: timedelta, is_in: bool
) -> None:
    closes = AT + timedelta(hours=1)
    season, _city = await city_of(closes=closes)
    amina = await client_for(AMINA)
    path = await answered(amina, season)
    await amina.get(f"{path}/check")
    clock.move_to(closes + off)
    page = await amina.submit("Submit the entry", declared="1", status=200 if is_in else 403)
    assert page.h1 == ("Your entry is submitted" if is_in else "Entries have closed")
    assert await EntryVersion.count() == int(is_in)
    late = await Event.count().where(Event.action == "entry refused as late")
    assert late == int(not is_in)


async def test_a_late_answer_is_shown_again_and_not_kept(client_for: ClientFor, clock: FixedClock) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    clock.move_to(AT + 30 * DAY)
    # The session has ended by then: what matters is who signs in again and sends the same form.
    amina = await client_for(AMINA)
    clock.move_to(AT)
    await amina.get(f"{path}/summary")
    season_closes = AT + 30 * DAY
    await factories.Milestone.update({factories.Milestone.at: AT}).where(
        (factories.Milestone.edition == season.edition_id) & (factories.Milestone.kind == "closes")
    )
    assert season_closes > AT
    page = await amina.submit("Save and return", answer="Late words.", status=403)
    assert "Late words." in page.text
    assert await Answer.count() == 0
    page = await amina.get(path)
    assert "Not submitted" in page.text
    page = await amina.get(f"{path}/summary")
    assert "No answer" in page.text


# --- who sees what -------------------------------------------------------------------------------------


async def test_an_entry_exists_for_its_own_people_only(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    await factories.make_judge(await id_of(CHIARA))
    other = await factories.entrant("Port Aleda", kind="city")
    await factories.official(await id_of(INES), other)
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    for member in (INES, CHIARA, NADIA, EUN_JI):
        client = await client_for(member)
        for end in ("", "/summary", "/check", "/about", "/withdraw", "/versions", "/versions/1"):
            await client.get(path + end, status=404)
    for odd in (
        "/city/entries/WG26-00000",
        f"{path}/no-such-question",
        f"{path}/versions/99999999999999999999999",
    ):
        await amina.get(odd, status=404)


# --- queries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
async def test_pages_ask_the_same_for_one_and_for_three(client_for: ClientFor, many: int) -> None:
    season, city = await city_of(rules={"entries_per_city": ""})
    await give(EUN_JI, "secretariat", season.scope)
    for number in range(2, many + 1):
        await factories.add(
            Question, edition=season.edition_id, code=f"more{number}", label=f"More {number}", position=number
        )
        await factories.add(
            Category, edition=season.edition_id, code=f"c{number}", name=f"C {number}", position=number
        )
    for _number in range(many):
        entry = await factories.entry(season, city)
    reference = (await Entry.select(Entry.reference).where(Entry.id == entry))[0]["reference"]
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    own = f"/city/entries/{reference}"
    for path in ("/city", f"/city/entries/new?edition={season.programme}/{season.edition}", own,
                 f"{own}/summary", f"{own}/check", f"{own}/about", f"{own}/versions", f"{own}/versions/1",
                 f"{own}/withdraw"):  # fmt: skip
        with counting() as counter:
            await amina.get(path)
        assert len(counter) <= 6, (path, counter.statements)
        assert not counter.repeated, path
    for path in (f"{season.desk}/entries", f"{season.desk}/entries/{reference}"):
        with counting() as counter:
            await desk.get(path)
        assert len(counter) <= 6, (path, counter.statements)
        assert not counter.repeated, path
