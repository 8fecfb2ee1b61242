"""Screening over HTTP: the queue, an entry before its screeners, what its city sees of it."""

from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Category, Milestone, Question
from awards.entries.tables import Enquiry, Entry, Screening, ScreeningDecision
from tests import factories
from tests.awards.entries.test_api import operation, send
from tests.factories import AT, DAY, Season
from tests.people import AMINA, EUN_JI, HIROSHI, INES, NADIA, give, id_of
from tests.serving import ClientFor

# The cast has no screener of its own: these two are, here.
SCREENER, SECOND = NADIA, INES
ALL_YES = {f"item-{code}": "yes" for code in
           ("entrant", "category", "running", "answers", "papers", "language", "once")}  # fmt: skip
NOT_A_CITY = {**ALL_YES, "item-entrant": "no", "outcome": "ineligible", "reason": "This is no city."}


async def screened_season(**rules: str) -> tuple[Season, str]:
    """Lindmere's entry, submitted in a call that is over; two screeners, a secretariat, an auditor."""
    season = await factories.season(rules=rules)
    city = await factories.entrant("Lindmere", kind="city")
    await factories.official(await id_of(AMINA), city)
    await factories.entry(season, city, reference="WG26-LIND1", title="Low floors", by=await id_of(AMINA))
    closes = (Milestone.edition == season.edition_id) & (Milestone.kind == "closes")
    await Milestone.update({Milestone.at: AT - DAY / 2}).where(closes)
    await give(EUN_JI, "secretariat", season.scope)
    await give(SCREENER, "screener", season.scope)
    await give(SECOND, "screener", season.scope)
    await give(HIROSHI, "auditor", season.scope)
    return season, f"{season.desk}/entries/WG26-LIND1"


async def test_the_way_of_an_entry_that_is_let_in(client_for: ClientFor) -> None:
    season, _path = await screened_season()
    screener = await client_for(SCREENER)
    await screener.get(season.desk)
    page = await screener.click("Screen 1 submitted entry")
    assert page.table("Submitted entries")[1][-1] == "To screen"
    page = await screener.click("WG26-LIND1")
    assert "Buses that lower their floor." in page.text
    page = await screener.submit("Finish screening", outcome="eligible", status=422)
    assert len(page.errors) == 7
    page = await screener.submit("Finish screening", **ALL_YES, outcome="eligible", status=200)
    assert {"Decided", "Eligible"} <= set(page.tags)
    assert "put into a round" in page.text
    page = await screener.get(f"{season.desk}/entries?standing=decided&category=inclusive&whose=mine")
    assert len(page.table("Submitted entries")) == 2
    page = await screener.get(f"{season.desk}/entries?standing=junk&page=junk&whose=open")
    assert "No submitted entry is like this" in page.text


async def test_the_way_of_an_entry_that_is_kept_out_and_appeals(client_for: ClientFor) -> None:
    season, path = await screened_season()
    screener, desk = await client_for(SCREENER), await client_for(EUN_JI)
    amina, second = await client_for(AMINA), await client_for(SECOND)
    await screener.get(path)
    page = await screener.submit("Finish screening", **NOT_A_CITY, note="Ask Grace about them.", status=200)
    assert "To confirm" in page.tags
    assert "Confirm: not eligible" not in page.html
    page = await amina.get("/city/entries/WG26-LIND1")
    assert "This is no city." not in page.text
    page = await desk.get(path)
    assert "Ask Grace about them." in page.text
    page = await desk.submit("Confirm: not eligible", status=200)
    assert "Not eligible" in page.tags
    page = await amina.get("/city/entries/WG26-LIND1")
    assert "This is no city." in page.text
    await amina.get("/city/entries/WG26-LIND1/appeal")
    await amina.submit("Send the appeal", text="", status=422)
    page = await amina.submit("Send the appeal", text="We are one since 1204.", sure="1", status=200)
    await amina.get("/city/entries/WG26-LIND1/appeal", status=403)
    page = await desk.get(season.desk)
    page = await desk.click("Decide on 1 appeal of a city")
    page = await desk.click("WG26-LIND1")
    assert "We are one since 1204." in page.text
    assert "Decide for good" not in page.html
    await second.get(path)
    page = await second.submit("Decide for good", outcome="eligible", reason="They are.", status=200)
    assert "Eligible" in page.tags
    page = await amina.get("/city/entries/WG26-LIND1")
    assert "They are." in page.text
    leaks = {SCREENER.name, SECOND.name, EUN_JI.name, "Ask Grace about them."}
    for address in ("", "/versions", "/versions/1", "/check"):
        page = await amina.get(f"/city/entries/WG26-LIND1{address}")
        assert not {one for one in leaks if one in page.html}, address


async def test_the_city_is_asked_and_answers(client_for: ClientFor) -> None:
    season, path = await screened_season()
    await factories.add(
        Question, edition=season.edition_id, code="since", label="Since when?", position=2, kind="short text"
    )
    screener, amina = await client_for(SCREENER), await client_for(AMINA)
    own = "/city/entries/WG26-LIND1"
    await amina.get(f"{own}/enquiry", status=404)
    await screener.get(path)
    await screener.click("Ask the city")
    page = await screener.submit("Ask the city", text="", questions=["since"], status=422)
    assert page.errors == ["Write what you ask; the city reads it"]
    page = await screener.submit("Ask the city", text="Since when do they run?", status=200)
    assert "Waiting for the city" in page.tags
    page = await amina.get(own)
    page = await amina.click("Answer the question")
    assert "Since when do they run?" in page.text
    assert SCREENER.name not in page.html
    page = await amina.submit("Send the answer", reply="", status=422)
    assert len(page.errors) == 1
    await amina.click("Change")
    await amina.submit("#question", answer="2019", status=200)
    # The same door for the script that saves while one writes.
    await send(amina, f"{own}/since", operation("2018", 1), 200)
    page = await send(amina, f"{own}/summary", operation("Better buses.", 1), 403)
    await amina.get(f"{own}/enquiry")
    page = await amina.submit("Send the answer", reply="From the start.", status=200)
    page = await screener.get(path)
    assert "From the start." in page.text
    assert "version 2" in page.text
    assert page.text.count("2018") == 1
    assert "Better buses." not in page.text


async def test_two_do_not_see_each_other_until_both_are_done(client_for: ClientFor) -> None:
    _season, path = await screened_season(screeners="2")
    one, two, auditor = await client_for(SCREENER), await client_for(SECOND), await client_for(HIROSHI)
    await one.get(path)
    await one.submit("Finish screening", **ALL_YES, outcome="eligible", note="Canary of one", status=200)
    page = await two.get(path)
    assert "Canary of one" not in page.html
    assert SCREENER.name not in page.html
    page = await auditor.get(path)
    assert "Canary of one" in page.text
    page = await two.get(path)
    page = await two.submit("Finish screening", **NOT_A_CITY, note="Canary of two", status=200)
    assert "They differ" in page.tags
    assert "Canary of one" in page.text
    page = await one.get(path)
    assert "Canary of two" in page.text
    assert not page.html.count('id="settle"')
    desk = await client_for(EUN_JI)
    await desk.get(path)
    page = await desk.submit("#settle", outcome="eligible", status=200)
    assert "Eligible" in page.tags


async def test_who_is_tied_to_an_entry_sees_what_its_city_sees(client_for: ClientFor) -> None:
    season, path = await screened_season()
    await give(AMINA, "secretariat", season.scope)
    screener, amina = await client_for(SCREENER), await client_for(AMINA)
    await screener.get(path)
    await screener.submit("Finish screening", **NOT_A_CITY, note="Ask Grace about them.", status=200)
    page = await amina.get(path)
    assert not {one for one in ("Ask Grace", "This is no city.", SCREENER.name) if one in page.html}
    assert not page.html.count('<form action="/desk')
    page = await amina.get(f"{season.desk}/entries?whose=open")
    assert "No submitted entry is like this" in page.text
    await amina.get(f"{path}/ask", status=404)


async def test_a_lost_race_keeps_what_was_typed(client_for: ClientFor) -> None:
    _season, path = await screened_season()
    one, two = await client_for(SCREENER), await client_for(SECOND)
    await one.get(path)
    await two.get(path)
    await one.submit("Finish screening", **ALL_YES, outcome="eligible", status=200)
    page = await two.submit("Finish screening", **NOT_A_CITY, note="Mine", status=409)
    assert "changed since you opened the page" in page.text
    assert "What you wrote" in page.text
    assert "This is no city." in page.text
    assert await ScreeningDecision.count() == 1


async def test_whose_password_is_old_loses_nothing(client_for: ClientFor, clock: FixedClock) -> None:
    _season, path = await screened_season()
    screener = await client_for(SCREENER)
    clock.advance(timedelta(hours=2))
    await screener.get(path)
    page = await screener.submit("Finish screening", **NOT_A_CITY, follow=False)
    assert page.location.startswith("/prove?next=")
    (kept,) = await Screening.select(Screening.reason, Screening.done_at)
    assert (kept["reason"], kept["done_at"]) == ("This is no city.", None)


async def test_numbers_are_a_picture_and_a_table_and_a_file(client_for: ClientFor) -> None:
    season, _path = await screened_season()
    await factories.entry(season, await factories.entrant("Far", region="=Asia"), state="eligible")
    await factories.entry(season, state="draft", title="Secret practice")
    screener, auditor = await client_for(SCREENER), await client_for(HIROSHI)
    page = await screener.get(f"{season.desk}/entries/counts")
    assert page.table("Entries by category")[1] == ["Inclusive City", "", "2", "1", "0", "1"]
    assert page.table("Entries by membership")[1] == ["No members", "", "2", "1", "0", "1"]
    assert page.html.count('class="part-in"') >= 2
    assert "Drafts" in page.text
    assert "Drafts" not in (await auditor.get(f"{season.desk}/entries/counts")).text
    answer = await screener.http.get(f"{season.desk}/entries/counts.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "'=Asia,1,1,0,0" in answer.text
    assert "Secret practice" not in answer.text


async def test_drafts_are_no_business_of_the_desk(client_for: ClientFor) -> None:
    season, _path = await screened_season()
    await factories.entry(season, state="draft", title="Secret practice", reference="WG26-DRAFT")
    desk = await client_for(EUN_JI)
    page = await desk.get(f"{season.desk}/entries")
    assert not {one for one in ("Secret practice", "WG26-DRAFT") if one in page.html}
    for rest in ("", "/ask"):
        await desk.get(f"{season.desk}/entries/WG26-DRAFT{rest}", status=404)


@pytest.mark.parametrize("many", [1, 3])
async def test_pages_ask_the_same_for_one_and_for_three(client_for: ClientFor, many: int) -> None:
    season, path = await screened_season(screeners="2")
    for number in range(2, many + 1):
        await factories.add(
            Category, edition=season.edition_id, code=f"c{number}", name=f"C {number}", position=number
        )
        await factories.entry(season)
        await factories.add(
            Screening,
            entry=(await Entry.select(Entry.id))[0]["id"],
            screener=await factories.person(),
            done_at=AT,
            outcome="eligible",
        )
        await factories.add(
            Enquiry,
            entry=(await Entry.select(Entry.id))[0]["id"],
            by=await factories.person(),
            due=AT,
            ended_at=AT,
        )
    desk = await client_for(EUN_JI)
    for address in (f"{season.desk}/entries", path, f"{path}/ask", f"{season.desk}/entries/counts"):
        with counting() as counter:
            await desk.get(address)
        assert len(counter) <= 6, (address, counter.statements)
        assert not counter.repeated, address


async def test_reading_records_nothing(client_for: ClientFor) -> None:
    season, path = await screened_season()
    screener = await client_for(SCREENER)
    before = await Event.count()
    for address in (f"{season.desk}/entries", path, f"{path}/ask", f"{season.desk}/entries/counts"):
        await screener.get(address)
    assert await Event.count() == before
