"""The head of the trail leaves the house: to people outside who said yes, once a day, and to everybody on a page."""

from urllib.parse import quote

from awards.audit.actions import Action
from awards.audit.queries import chain_breaks, head
from awards.audit.tables import Event, KeptHead
from awards.clock import FixedClock
from awards.invariants import broken
from awards.operations.services_heads import keep_heads
from awards.operations.tables import HeadHolder
from awards.outbox.tables import Message
from tests import factories
from tests.awards.operations.test_audit_page import happen
from tests.factories import AT, DAY
from tests.page import Client
from tests.people import EUN_JI, HIROSHI, give, id_of
from tests.serving import ClientFor

OUTSIDE = "record@audit.example"


async def link() -> str:
    rows = await Message.raw(
        "SELECT \"values\" FROM message WHERE template = 'head-holder-asked' ORDER BY id DESC"
    )
    return str(rows[0]["values"].split('"link": "')[1].split('"')[0])


async def sent() -> list[str]:
    rows = await Message.select(Message.to).where(Message.template == "head-of-the-day").order_by(Message.id)
    return [row["to"] for row in rows]


async def test_from_the_naming_to_the_daily_mail(
    client_for: ClientFor, client: Client, clock: FixedClock
) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(f"{season.desk}/audit")
    page = await eun_ji.click("Who holds the heads")
    assert "Fewer than two people outside hold the heads" in page.text
    page = await eun_ji.submit("Ask them", name="", address="nowhere", status=422)
    assert len(page.errors) == 2
    page = await eun_ji.submit("Ask them", name="Eun-ji", address=EUN_JI.email.upper(), status=422)
    assert "This is somebody who can change the data" in page.text
    page = await eun_ji.submit("Ask them", name="Board of Audit", address=OUTSIDE)
    assert "Board of Audit is asked to say yes" in page.flash
    page = await eun_ji.submit("Ask them", name="The same", address=OUTSIDE.upper(), status=422)
    assert "This address is named already" in page.text

    assert await keep_heads(clock) == 1, "kept for the public page, and mailed to nobody who has not said yes"
    asked = await link()
    page = await client.get(asked)
    page = await client.submit("Yes, mail me the head every day")
    assert page.title.startswith("You hold the record")

    clock.move_to(clock.now() + DAY)
    before = await head()
    assert await keep_heads(clock) == 2
    assert await keep_heads(clock) == 0, "once a day, however often the worker looks"
    assert await sent() == [OUTSIDE]
    mail = (await Message.raw("SELECT \"values\" FROM message WHERE template = 'head-of-the-day'"))[0][
        "values"
    ]
    assert before.text in mail
    assert await chain_breaks((before.seq, before.hash)) == []

    await client.get(asked)
    page = await client.submit("End the daily mails")
    assert "No mail is sent to you any more" in page.title
    clock.move_to(clock.now() + DAY)
    assert await keep_heads(clock) == 1
    assert await broken() == []
    page = await (await client_for(EUN_JI)).get(f"{season.desk}/audit/holders")
    assert page.table("People who were named")[1][1].startswith("Ended")


async def test_the_desk_ends_a_holder_of_its_own_programme_only(client_for: ClientFor) -> None:
    season, other = await factories.season(), await factories.season()
    for one in (season, other):
        await give(EUN_JI, "secretariat", one.scope)
    await give(HIROSHI, "auditor", season.scope)
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(f"{season.desk}/audit/holders")
    await eun_ji.submit("Ask them", name="Board of Audit", address=OUTSIDE)
    holder = (await Event.raw("SELECT id FROM head_holder"))[0]["id"]
    assert OUTSIDE not in (await eun_ji.get(f"{other.desk}/audit/holders")).text
    csrf = (await Event.raw("SELECT csrf FROM session ORDER BY id"))[0]["csrf"]
    await eun_ji.post(f"{other.desk}/audit/holders/{holder}/end", {"csrf": csrf}, status=404)
    page = await (await client_for(HIROSHI)).get(f"{season.desk}/audit/holders")
    assert OUTSIDE in page.text
    assert "/end" not in page.html, "an auditor reads"
    await eun_ji.get(f"{season.desk}/audit/holders")
    page = await eun_ji.submit("End Board of Audit")
    assert "No further head is mailed" in page.flash
    assert (await Event.raw("SELECT action FROM event ORDER BY seq DESC LIMIT 1"))[0][
        "action"
    ] == "holder of heads ended"


async def test_who_gets_a_role_later_holds_the_heads_for_nobody(client_for: ClientFor) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    for name, address in (("Board of Audit", OUTSIDE), ("University", HIROSHI.email)):
        await factories.add(
            HeadHolder, programme=season.programme_id, name=name, address=address, folded=address.casefold(),
            token_sha256=address.ljust(64, "0"), named_by=await id_of(EUN_JI), confirmed_at=AT,
        )  # fmt: skip
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.desk}/audit/holders")
    assert "Fewer than two" not in page.text
    await give(HIROSHI, "secretariat", season.scope)
    page = await eun_ji.get(f"{season.desk}/audit/holders")
    assert "Fewer than two" in page.text
    assert page.text.count("Can change the data by now") == 1


async def test_everybody_may_compare_a_head(client: Client, clock: FixedClock) -> None:
    season = await factories.season()
    for _number in range(3):
        await happen(season, Action.SHEET_SAVED)
    held = await head()
    await keep_heads(clock)
    page = await client.get("/heads")
    assert page.table("Heads by day")[1] == ["2026-03-10", held.text]
    for asked, answer in (
        (held.text, "The record has this head"),
        (f" {held.text.upper()} ", "The record has this head"),
        (f"{held.seq}:{'0' * 64}", "The record does not have this head"),
        (f"{held.seq + 9}:{held.hash}", "The record does not have this head"),
        ("8" * 19 + ":" + held.hash, "The record does not have this head"),
        ("9" * 30 + ":" + held.hash, "This is no head"),
        ("٣:" + held.hash, "This is no head"),
        ("hello", "This is no head"),
    ):
        assert answer in (await client.get(f"/heads?head={quote(asked)}")).text, asked
    await Event.raw("DELETE FROM event WHERE seq > 1")
    assert "does not have this head" in (await client.get(f"/heads?head={held.text}")).text
    assert "heads-are-of-the-trail" in {problem.rule for problem in await broken()}


async def test_a_day_is_kept_once_and_an_empty_trail_has_no_head(clock: FixedClock) -> None:
    assert await keep_heads(clock) == 0
    await happen(await factories.season(), Action.SHEET_SAVED)
    assert await keep_heads(clock) == 1
    clock.move_to(clock.now() - 2 * DAY)
    assert await keep_heads(clock) == 1, "a clock that was wrong is no reason to keep nothing"
    assert await KeptHead.count() == 2
