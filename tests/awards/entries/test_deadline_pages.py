"""The deadline on pages, in mails, calendars and documents: one instant, everywhere and in every zone."""

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Edition, Extension, Milestone
from awards.entries.tables import Entry
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.test_api import operation, send
from tests.awards.entries.test_pages import answered, city_of, start
from tests.factories import AT, DAY, Season
from tests.page import Client, Page
from tests.people import AMINA, CHIARA, EUN_JI, HIROSHI, INES, give, id_of
from tests.serving import ClientFor

HOUR, MS = timedelta(hours=1), timedelta(milliseconds=1)
# Soon enough for a session to outlast it.
CLOSES = AT + 5 * HOUR

# In the order of time, so that each moves the deadline later; among them both changes of clocks.
ZONES = (
    ("Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # 02:00 becomes 03:00
    ("UTC", datetime(2026, 4, 10, 12, 0, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 4, 11, 18, 14, 59, tzinfo=UTC)),
    ("Pacific/Kiritimati", datetime(2026, 4, 12, 9, 59, tzinfo=UTC)),
    ("America/St_Johns", datetime(2026, 4, 13, 2, 29, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 4, 14, 18, 29, tzinfo=UTC)),
    ("Asia/Seoul", datetime(2026, 4, 15, 15, 0, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2026, 4, 16, 2, 59, tzinfo=UTC)),
    ("Pacific/Marquesas", datetime(2026, 4, 17, 9, 30, tzinfo=UTC)),
    ("Pacific/Chatham", datetime(2026, 9, 26, 14, 0, tzinfo=UTC)),  # 02:45 becomes 03:45
    ("Europe/Lisbon", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),  # 02:00 becomes 01:00
    ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),  # 02:00 becomes 01:00
)


def zulu(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def instants(page: Page) -> set[str]:
    return {time.get("datetime", "") for time in page.main.iter("time")}


def calendar(page: Page) -> dict[str, tuple[datetime, int]]:
    """By uid: the instant, and the number of the change."""
    found = Calendar.from_ical(page.response.content)
    return {str(one["UID"]): (one["DTSTART"].dt, int(one["SEQUENCE"])) for one in found.walk("VEVENT")}


async def at_desk(desk: Client, season: Season, until: datetime, of: str = "everybody") -> Page:
    """Both pages: what follows, then the act. The time is typed with its offset."""
    await desk.get(f"{season.desk}/extensions")
    typed = {"whom": of, "until": until.isoformat(), "reason": "The power failed."}
    await desk.submit("#more", typed, status=200)
    return await desk.submit("#give", status=200)


async def test_one_instant_on_every_page_in_every_zone(client_for: ClientFor) -> None:
    season, _city = await city_of(closes=AT + DAY)
    await give(EUN_JI, "secretariat", season.scope)
    desk, amina, public = await client_for(EUN_JI), await client_for(AMINA), await client_for(AMINA)
    public.http.cookies.clear()
    own = await start(amina, season)
    where = f"/awards/{season.programme}/{season.edition}"
    sequences: list[int] = []
    assert len(ZONES) == 12
    for zone, until in ZONES:
        await Edition.update({Edition.zone: zone}).where(Edition.id == season.edition_id)
        await Person.update({Person.zone: zone}).where(Person.id == await id_of(AMINA))
        await at_desk(desk, season, until)
        local = until.astimezone(ZoneInfo(zone))

        for page in (await amina.get(own), await amina.get(f"{own}/deadline"), await public.get(where)):
            assert zulu(until) in instants(page), (zone, page.path)
            assert f"{until:%H:%M} UTC" in page.text, (zone, page.path)
            assert f"{local:%H:%M}" in page.text, (zone, page.path)
            if local.date() != until.date():
                assert f"{local.day} {local:%B}, {local:%H:%M}" in page.text, (zone, page.path)
        document = (await public.get(f"{where}/call.json")).json()
        assert document["closes"] == zulu(until)
        assert datetime.fromisoformat(document["closes_local"]) == until
        assert document["closes_local"][:16] == f"{local:%Y-%m-%dT%H:%M}"
        at, sequence = calendar(await public.get(f"{where}/calendar.ics"))[
            f"closes.{season.edition}.{season.programme}@127.0.0.1:8000"
        ]
        assert at == until
        sequences.append(sequence)
        (entry,) = calendar(await amina.get(f"{own}/deadline/calendar.ics")).values()
        assert entry[0] == until
        rows = await Message.select(Message.values).where(Message.template == "deadline-moved")
        told = json.loads(rows[-1]["values"])
        assert f"{until:%H:%M}" in told["until"], zone
        assert f"{local:%H:%M}" in told["until_local"], zone
    # Calendars keep the old time unless the number grows.
    assert sequences == sorted(set(sequences))


async def test_the_last_hour_stands_on_every_page_of_the_city(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of(closes=CLOSES)
    other = await factories.entrant("Portaleda", kind="city")
    await factories.official(await id_of(INES), other)
    await factories.add(
        Extension,
        edition=season.edition_id,
        entrant=other,
        was=CLOSES,
        until=CLOSES + 2 * HOUR,
        reason="Flood",
    )
    amina, ines, chiara = [await client_for(member) for member in (AMINA, INES, CHIARA)]
    path = await start(amina, season)
    pages = ("/city", path, f"{path}/about", "/account", "/start", "/city/entrants/new")

    async def said(client: Client, *where: str) -> list[str]:
        found = []
        for one in where:
            page = await client.get(one)
            found += re.findall(r"data-closing-text>([^<]*)<", page.html)
        return found

    for at, text in (
        (CLOSES - HOUR - MS, None),
        (CLOSES - HOUR, "close in 1 hour"),
        (CLOSES - timedelta(minutes=15), "close in 15 minutes"),
        (CLOSES - MS, "close in less than a minute"),
        (CLOSES, None),
    ):
        clock.move_to(at)
        expected = [f"Entries for Edition 2026 {text}"] * len(pages) if text else []
        assert await said(amina, *pages) == expected
        # Who has more time is told so at the end of it, and who acts for nobody never.
        assert await said(ines, "/city") == await said(chiara, "/account") == []
    clock.move_to(CLOSES + HOUR)
    assert await said(ines, "/city") == ["Entries for Edition 2026 close in 1 hour"]
    assert await said(amina, "/city") == []


async def test_a_draft_is_read_by_the_secretariat_after_the_deadline_or_when_asked_for_help(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of(closes=CLOSES)
    await give(EUN_JI, "secretariat", season.scope)
    await give(HIROSHI, "auditor", season.scope)
    amina, desk, auditor = [await client_for(member) for member in (AMINA, EUN_JI, HIROSHI)]
    path = await answered(amina, season)
    planted = ("Low floors", "Canaryword of the draft")
    await Entry.raw("UPDATE answer SET value = {}", planted[1])
    reference = path.rsplit("/", 1)[-1]
    drafts = f"{season.desk}/drafts"

    async def is_read() -> bool:
        pages = [await desk.get(drafts), await desk.get(f"{drafts}/{reference}")]
        assert "1 of 1" in pages[0].text
        assert "Lindmere" in pages[0].text
        texts = [any(word in page.text for word in planted) for page in pages]
        assert not texts[0]
        return texts[1]

    assert not await is_read()
    await amina.get(f"{path}/help")
    await amina.submit("#help", text="Which numbers count?", status=422)
    assert not await is_read()
    await amina.submit("#help", text="Which numbers count?", sure="1", status=200)
    assert await is_read()
    assert "Which numbers count?" in (await desk.get(f"{drafts}/{reference}")).text
    assert "asks for help" in (await desk.get(season.desk)).text
    await amina.get(f"{path}/help")
    await amina.submit(f"{path}/help/end", status=200)
    assert not await is_read()
    clock.move_to(CLOSES - MS)
    assert not await is_read()
    clock.move_to(CLOSES)
    assert await is_read()
    # More time closes it to the secretariat again: it is being written.
    await at_desk(desk, season, CLOSES + DAY, reference)
    assert not await is_read()
    for stranger in (auditor, amina):
        for where in (drafts, f"{drafts}/{reference}"):
            await stranger.get(where, status=404)
    rows = await Message.select(Message.to).where(Message.template == "help-asked")
    assert [row["to"] for row in rows] == [EUN_JI.email]


async def test_late_tries_are_shown_to_the_desk_and_to_their_city(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of(closes=CLOSES)
    await give(EUN_JI, "secretariat", season.scope)
    other = await factories.entrant("Portaleda", kind="city")
    await factories.official(await id_of(INES), other)
    amina, ines, desk = [await client_for(member) for member in (AMINA, INES, EUN_JI)]
    path = await answered(amina, season)
    await amina.get(f"{path}/check")
    clock.move_to(CLOSES + 3 * MS)
    page = await amina.submit("Submit the entry", declared="1", status=403)
    assert "3 milliseconds" in page.text
    for reader, where in ((desk, f"{season.desk}/extensions/late"), (amina, f"{path}/deadline")):
        page = await reader.get(where)
        for said in ("3 milliseconds", "to submit", "Amina Okoro"):
            assert said in page.text
    await ines.get(f"{path}/deadline", status=404)
    await ines.get(f"{path}/deadline/calendar.ics", status=404)
    page = await amina.get(path)
    assert "Not submitted" in page.text
    assert "not submitted" in (await desk.get(f"{season.desk}")).text


async def test_a_page_that_is_open_learns_of_the_new_deadline_by_its_next_save(client_for: ClientFor) -> None:
    season, _city = await city_of(closes=CLOSES)
    await give(EUN_JI, "secretariat", season.scope)
    amina, tab, desk = await client_for(AMINA), await client_for(AMINA), await client_for(EUN_JI)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    until = CLOSES + 2 * DAY
    await at_desk(desk, season, until)
    # The script's save answers with it; the button's says it on the next page, once.
    assert (await send(tab, f"{path}/summary", operation("One"), 200)).json()["closes"] == zulu(until)
    page = await amina.submit("#question", answer="One", status=200)
    assert "The deadline has moved to" in page.text
    await amina.get(f"{path}/summary")
    page = await amina.submit("#question", answer="Two", status=200)
    assert "The deadline has moved to" not in page.text


async def test_what_is_typed_wrong_comes_back_and_a_race_moves_nothing(client_for: ClientFor) -> None:
    season, _city = await city_of(closes=CLOSES)
    await give(EUN_JI, "secretariat", season.scope)
    desk, second = await client_for(EUN_JI), await client_for(EUN_JI)
    for until, said in (
        ("soon", "Enter a date and a time"),
        ("", "Until"),
        (CLOSES.isoformat(), "Choose a later time"),
        ((CLOSES + 500 * DAY).isoformat(), "within a year"),
    ):
        await desk.get(f"{season.desk}/extensions")
        page = await desk.submit("#more", whom="everybody", until=until, reason="A flood", status=422)
        assert said in page.text
        assert "A flood" in page.text
    until = (CLOSES + DAY).isoformat()
    for client in (desk, second):
        await client.get(f"{season.desk}/extensions")
        await client.submit("#more", whom="everybody", until=until, reason="A flood", status=200)
    page = await desk.submit("#give", status=200)
    page = await second.submit("#give", status=409)
    assert "Somebody moved this deadline" in page.text
    assert "A flood" in page.text
    assert await Extension.count() == 1


async def test_any_entrant_can_be_found_and_given_more_time(client_for: ClientFor) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    await factories.entrant("Dunmarrow", country_label="Ireland")
    await factories.entrant("Dunmore", country_label="Ireland")
    desk = await client_for(EUN_JI)
    page = await desk.get(f"{season.desk}/extensions")
    assert "Dunm" not in page.text
    page = await desk.get(f"{season.desk}/extensions?find=DUNM")
    assert "2 entrants found" in page.text
    page = await desk.get(f"{season.desk}/extensions?find=marrow")
    assert "Dunmarrow, Ireland: all its entries, new ones too" in page.text
    # What was typed wrong comes back with the entrant that was found.
    page = await desk.submit("See what follows", until="", reason="A flood.", status=422)
    assert "Dunmarrow" in page.text
    until = (AT + 60 * DAY).strftime("%Y-%m-%dT%H:%M")
    page = await desk.submit("See what follows", until=until, reason="A flood.", status=200)
    page = await desk.submit("Give more time", status=200)
    assert "Dunmarrow" in page.text
    assert "More time is given" in page.text
    page = await desk.get(f"{season.desk}/extensions?find=%25_")
    assert "No entrant" in page.text


async def test_the_public_page_says_both_deadlines(client: Client, client_for: ClientFor) -> None:
    season, _city = await city_of(closes=CLOSES)
    await give(EUN_JI, "secretariat", season.scope)
    where = f"/awards/{season.programme}/{season.edition}"
    assert "has moved" not in (await client.get(where)).text
    await at_desk(await client_for(EUN_JI), season, CLOSES + DAY)
    page = await client.get(where)
    assert {zulu(CLOSES), zulu(CLOSES + DAY)} <= instants(page)
    assert "The power failed." in page.text
    moved = (await client.get(f"{where}/call.json")).json()["moved"]
    assert [(one["was"], one["until"]) for one in moved] == [(zulu(CLOSES), zulu(CLOSES + DAY))]


@pytest.mark.parametrize(
    ("at", "phase"),
    [(AT - 30 * DAY - MS, "waiting"), (AT - 30 * DAY, "running"), (CLOSES - MS, "running"), (CLOSES, "over")],
)
async def test_the_document_says_where_the_call_stands(
    client: Client, clock: FixedClock, at: datetime, phase: str
) -> None:
    season = await factories.season(closes=CLOSES)
    clock.move_to(at)
    document = (await client.get(f"/awards/{season.programme}/{season.edition}/call.json")).json()
    assert (document["phase"], document["now"]) == (phase, zulu(at))


async def test_a_call_that_is_not_announced_is_nobodys_business(client: Client) -> None:
    season = await factories.season(state="draft")
    for name in ("call.json", "calendar.ics"):
        await client.get(f"/awards/{season.programme}/{season.edition}/{name}", status=404)


async def test_a_kept_page_never_promises_time_that_is_gone(client: Client, clock: FixedClock) -> None:
    season = await factories.season(closes=CLOSES)
    where = f"/awards/{season.programme}/{season.edition}"
    for left, said in ((50, "50 minutes"), (49.5, "49 minutes"), (49, "49 minutes"), (48.99, "48 minutes")):
        clock.move_to(CLOSES - timedelta(minutes=left))
        assert f"Entries close in {said}" in (await client.get(where)).text


@pytest.mark.parametrize("many", [1, 3])
async def test_pages_of_the_deadline_keep_their_budget(client_for: ClientFor, many: int) -> None:
    season, city = await city_of(closes=CLOSES, rules={"entries_per_city": ""})
    await give(EUN_JI, "secretariat", season.scope)
    for _number in range(many):
        entry = await factories.entry(season, city, state="draft")
        await factories.add(
            Extension, edition=season.edition_id, entrant=city, entry_id=entry, was=CLOSES, until=CLOSES + DAY
        )
    reference = (await Entry.select(Entry.reference).where(Entry.id == entry))[0]["reference"]
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    own = f"/city/entries/{reference}"
    for client, path in (
        (amina, f"{own}/deadline"), (amina, f"{own}/deadline/calendar.ics"), (amina, f"{own}/help"),
        (desk, f"{season.desk}/extensions"), (desk, f"{season.desk}/extensions/late"),
        (desk, f"{season.desk}/drafts"), (desk, f"{season.desk}/drafts/{reference}"),
    ):  # fmt: skip
        with counting() as counter:
            await client.get(path)
        assert len(counter) <= 6, (path, counter.statements)
        assert not counter.repeated, path
    await Milestone.delete().where(Milestone.edition == season.edition_id)
    await amina.get(f"{own}/deadline")
    await desk.get(f"{season.desk}/extensions")
