"""The desk: editions, set-up forms, files, stages, people and written pages."""

from datetime import timedelta
from pathlib import Path

import pytest

from awards import exchange
from awards.actor import SYSTEM
from awards.audit.queries import head
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions.queries import document_of, edition_by_slugs, round_by_code
from awards.editions.tables import Round
from awards.exchange.edition_file import load
from awards.outbox.tables import Message
from awards.panels.tables import RoundEntry
from tests import factories
from tests.factories import AT
from tests.page import Client
from tests.people import EUN_JI, FARID, GRACE, NADIA, give
from tests.rulesets import latest_ruleset
from tests.serving import ClientFor

EXAMPLE = (Path(exchange.__file__).parent / "examples" / "wego.toml").read_text()
DESK = "/desk/wego-awards/2027"


@pytest.fixture
async def season(tx: Transaction) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=FixedClock(AT))


@pytest.fixture
async def desk(client_for: ClientFor, tx: Transaction) -> Client:
    await give(EUN_JI, "secretariat")
    return await client_for(EUN_JI)


async def test_strangers_find_no_desk(client_for: ClientFor, season: None) -> None:
    client = await client_for(NADIA)
    for path in (
        "/desk",
        DESK,
        f"{DESK}/setup",
        f"{DESK}/setup/file",
        f"{DESK}/open",
        "/desk/people",
        "/desk/new",
    ):
        await client.get(path, status=404)


async def test_a_new_edition_is_looked_at_and_then_loaded(desk: Client) -> None:
    await desk.get("/desk")
    page = await desk.click("New edition")
    page = await desk.submit("Show what would change", text="[edition]\nyear = 1", status=422)
    assert "line 1: “programme” is missing" in page.text
    page = await desk.submit("Show what would change", text=EXAMPLE, status=200)
    assert "added: category “services”" in page.text
    page = await desk.submit("Store these changes")
    assert page.path == DESK
    assert page.flash.startswith("The edition is there")
    assert await document_of((await edition_by_slugs("wego-awards", "2027")).id)


async def test_every_set_up_page_draws_and_saving_it_as_it_stands_changes_nothing(
    desk: Client, season: None
) -> None:
    before = await head()
    page = await desk.get(f"{DESK}/setup")
    hrefs = [
        href for _text, href in page.links if href.startswith(f"{DESK}/setup/") and not href.endswith("file")
    ]
    seen = 0
    while hrefs:
        page = await desk.get(hrefs.pop())
        if page.path.count("/") == 5:
            hrefs += [h for _t, h in page.links if h.startswith(page.path + "/")]
        if "/setup/rounds/first" in page.path:
            hrefs += [h for _t, h in page.links if "/setup/criteria/" in h]
        if "/setup/criteria/" in page.path and page.path.count("/") == 6:
            hrefs += [h for _t, h in page.links if h.startswith(page.path + "/")]
        if "_new" in page.path or page.path.endswith("/preview"):
            continue
        if page.main.findall(".//{*}textarea") or "Save" in page.text.split():
            await desk.submit("Save", status=200)
            seen += 1
    assert seen > 40
    assert await head() == before


async def test_a_form_changes_its_part_only(desk: Client, season: None) -> None:
    before = await document_of((await edition_by_slugs("wego-awards", "2027")).id)
    await desk.get(f"{DESK}/setup/categories/services")
    page = await desk.submit("Save", name="Services for residents")
    assert "Services for residents" in page.text
    after = await document_of((await edition_by_slugs("wego-awards", "2027")).id)
    assert after.categories[0].name == "Services for residents"
    assert after.categories[1:] == before.categories[1:]
    assert after.rounds == before.rounds


async def test_wrong_input_keeps_what_was_typed(desk: Client, season: None) -> None:
    before = await head()
    await desk.get(f"{DESK}/setup/criteria/first/need")
    page = await desk.submit("Save", {"weight-services": "many", "rubric": "11 = too high"}, status=422)
    assert page.errors == [
        "Enter a whole number",
        "“11 = too high” is no level: write a mark of the scale, once each, an equals sign and the words",
    ]
    assert "11 = too high" in page.html
    await desk.get(f"{DESK}/setup/milestones/closes")
    page = await desk.submit("Save", at="2027-01-01T00:00", status=422)
    assert page.errors == ["The call must close after it opens"]
    assert await head() == before


async def test_a_lost_race_shows_both_texts(desk: Client, client_for: ClientFor, season: None) -> None:
    await desk.get(f"{DESK}/setup/categories/services")
    other = await client_for(EUN_JI)
    await other.get(f"{DESK}/setup/categories/services")
    await other.submit("Save", name="Theirs")
    page = await desk.submit("Save", name="Mine", status=409)
    assert "Theirs" in page.text
    assert "Mine" in page.html
    page = await desk.submit("Save")
    assert "Mine" in page.text


async def test_parts_are_added_moved_and_removed(desk: Client, season: None) -> None:
    await desk.get(f"{DESK}/setup/categories/_new")
    page = await desk.submit("Save", code="Services", name="Again", status=422)
    page = await desk.submit("Save", code="services", name="Again", status=422)
    assert page.errors == ["This code is taken; codes differ"]
    await desk.submit("Save", code="culture", name="Culture")
    await desk.submit(f"{DESK}/setup/categories/culture/up")
    row = await edition_by_slugs("wego-awards", "2027")
    assert [one.code for one in (await document_of(row.id)).categories][-2:] == ["culture", "digital-divide"]
    await desk.get(f"{DESK}/setup/categories/culture")
    await desk.submit(f"{DESK}/setup/categories/culture/remove")
    assert len((await document_of(row.id)).categories) == 5
    await desk.get(f"{DESK}/setup/categories/services")
    page = await desk.submit(f"{DESK}/setup/categories/services/remove", status=422)
    assert page.errors


async def test_opening_the_call_and_the_round(desk: Client, season: None) -> None:
    await desk.get(DESK)
    page = await desk.click("Open the call")
    assert "No longer changes after this" in page.text
    page = await desk.submit("Open the call")
    assert page.flash == "The call is open"
    page = await desk.get(f"{DESK}/rounds/first/open")
    assert "Cities can still change their entries" in page.text
    await desk.get(f"{DESK}/setup/categories/_new")
    page = await desk.submit("Save", code="culture", name="Culture", status=409)
    assert "it froze when the call opened" in page.errors[0]


async def test_a_round_opens_with_its_ruleset_and_closes(desk: Client) -> None:
    of = await factories.season(opens=AT - timedelta(days=60), closes=AT - timedelta(days=1))
    page = await desk.get(f"{of.desk}/rounds/first/open")
    assert "No judge has accepted a seat yet." in page.text
    await desk.submit("Open the round")
    ruleset = await latest_ruleset(of.round_id)
    assert '"format":"awards-ruleset/1"' in ruleset.body
    assert (await edition_by_slugs(of.programme, of.edition)).state.value == "judging"
    await desk.get(f"{of.desk}/setup/criteria/first/impact")
    page = await desk.submit("Save", {"weight-inclusive": "61"}, status=409)
    assert "it froze when a round opened" in page.errors[0]
    await desk.get(f"{of.desk}/rounds/first/close")
    await desk.submit("Close the round")
    assert (await round_by_code(of.edition_id, "first")).state.value == "closed"
    await desk.get(f"{of.desk}/stage/decided")
    await desk.submit("Mark the edition as decided")
    assert (await edition_by_slugs(of.programme, of.edition)).state.value == "decided"


async def test_a_round_that_begins_with_calibration_entries_says_when_it_has_none(desk: Client) -> None:
    of = await factories.season(opens=AT - timedelta(days=60), closes=AT - timedelta(days=1))
    entry_id = await factories.round_entry(of.round_id, await factories.entry(of, state="eligible"))
    path, said = f"{of.desk}/rounds/first/open", "Calibration entries come first"
    assert said not in (await desk.get(path)).text
    await Round.update({Round.bridge_first: True}).where(Round.id == of.round_id)
    assert said in (await desk.get(path)).text
    await RoundEntry.update({RoundEntry.bridge: True}).where(RoundEntry.id == entry_id)
    assert said not in (await desk.get(path)).text


async def test_the_file_of_an_edition_is_downloaded_and_changed(desk: Client, season: None) -> None:
    await desk.get(f"{DESK}/setup/file")
    answer = await desk.get(f"{DESK}/setup/file.toml")
    text = answer.html.replace('name = "Services"', 'name = "Service"')
    await desk.get(f"{DESK}/setup/file")
    page = await desk.submit(
        "Show what would change", {"file": ("e.toml", text.encode(), "application/toml")}, status=200
    )
    assert "changed: category “services” name, from “Services” to “Service”" in page.text
    page = await desk.submit("Store these changes")
    assert page.flash == "The edition has changed"


async def test_roles_are_given_by_mail_and_ended(desk: Client, season: None) -> None:
    await desk.get("/desk/people")
    page = await desk.submit("Give the role", name="Farid Rahimi", email="not an address", status=422)
    page = await desk.submit(
        "Give the role",
        name="Farid Rahimi",
        email=FARID.email,
        role="screener",
        scope="wego-awards/2027",
        status=200,
    )
    assert "Farid Rahimi" in page.text
    mails = await Message.select(Message.template, Message.to)
    assert mails == [{"template": "role-invitation", "to": FARID.email}]
    page = await desk.submit(
        "Give the role",
        name="Farid",
        email=FARID.email,
        role="screener",
        scope="wego-awards/2027",
        status=422,
    )
    assert page.errors == ["This person has the role already"]


async def test_the_last_admin_stays(client_for: ClientFor) -> None:
    await give(GRACE, "admin")
    client = await client_for(GRACE)
    await client.get("/desk/people")
    page = await client.submit("End", status=403)
    assert page.errors == ["This is the last admin. Name another one first."]
    await give(FARID, "admin")
    page = await client.get("/desk/people")
    assert sum(row[1] == "Admin" for row in page.table("Roles that hold now")) == 2


async def test_a_page_is_written_with_a_preview(desk: Client, season: None) -> None:
    await desk.get("/desk/pages")
    await desk.get("/desk/pages/wego-awards/rules")
    page = await desk.submit(
        "Preview", title="Rules", body="# Who enters\n\n<script>x</script> [bad](javascript:x)"
    )
    assert "<h2>Who enters</h2>" in page.html
    assert "<script>x" not in page.html
    page = await desk.submit("Save", status=200)
    assert page.flash == "Saved: Rules"
