"""Declaring, submitting once however often it is sent, the receipt, and entries that may be one practice."""

import hashlib
import json
from datetime import timedelta

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Category, EditionRule, Question
from awards.entries.tables import Attachment, EntryConsent, EntryVersion
from awards.files.tables import StoredFile
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.test_pages import TEXT, answered, city_of, submitted
from tests.factories import AT, DAY
from tests.people import AMINA, BAO, EUN_JI, NADIA, give, id_of
from tests.serving import ClientFor


async def test_nobody_submits_without_declaring_and_each_version_has_its_declaration(
    client_for: ClientFor,
) -> None:
    season, _city = await city_of(rules={"declaration": "- The mayor knows of it."})
    amina = await client_for(AMINA)
    path = await answered(amina, season)
    page = await amina.get(f"{path}/check")
    assert "The mayor knows of it." in page.text
    page = await amina.submit("Submit the entry", status=422)
    assert page.errors == ["Tick the box to declare this; without it the entry is not submitted"]
    assert not await EntryVersion.count()
    page = await amina.submit("Submit the entry", declared="1", status=200)
    assert "What Amina Okoro declared" in page.text
    await amina.get(f"{path}/about?back=check")
    page = await amina.submit("#about", title="Lower floors", status=200)
    assert page.h1 == "Check your answers"
    await EditionRule.update({EditionRule.value: "- So does the council."}).where(
        (EditionRule.code == "declaration") & (EditionRule.edition == season.edition_id)
    )
    page = await amina.submit("Submit the entry again", declared="1", status=422)
    assert page.errors == [
        "The declaration has changed since you opened the page. Read it again, then submit."
    ]
    await amina.submit("Submit the entry again", declared="1", status=200)
    rows = await EntryConsent.select().order_by(EntryConsent.number)
    assert [(row["number"], row["text"], row["ended_at"] is None) for row in rows] == [
        (1, "- The mayor knows of it.", False), (2, "- So does the council.", True),
    ]  # fmt: skip
    assert rows[1]["text_sha256"] == hashlib.sha256(rows[1]["text"].encode()).hexdigest()
    assert rows[1]["by"] == await id_of(AMINA)


async def test_sent_twice_it_is_one_version_and_the_same_confirmation(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of(closes=AT + timedelta(hours=1))
    amina = await client_for(AMINA)
    path = await answered(amina, season)
    check = await amina.get(f"{path}/check")
    first = await amina.submit("Submit the entry", declared="1", follow=False, status=303)
    amina.page = check
    second = await amina.submit("Submit the entry", declared="1", follow=False, status=303)
    assert first.location == second.location == f"{path}/versions/1"
    # Going back and sending it again after the deadline is no late try: it arrived before.
    clock.move_to(AT + timedelta(hours=2))
    amina.page = check
    page = await amina.submit("Submit the entry", declared="1", status=200)
    assert page.h1 == "Your entry is submitted"
    assert await EntryVersion.count() == 1
    assert await Message.count().where(Message.template == "entry-submitted") == 2


async def test_the_receipt_can_be_computed_again_and_its_mail_holds_no_content(client_for: ClientFor) -> None:
    season, _city = await city_of(zone="Asia/Seoul")
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    page = await amina.get(f"{path}/versions/1")
    said = page.text
    (version,) = await EntryVersion.select(EntryVersion.sha256)
    document = (await amina.get(f"{path}/versions/1/document")).response
    assert hashlib.sha256(document.content).hexdigest() == version["sha256"]
    assert document.headers["content-security-policy"] == "sandbox"
    for words in (version["sha256"], "10 March 2026, 09:00:00 UTC", "18:00:00 KST", TEXT,
                 "awards@", f"{path}/versions/1"):  # fmt: skip
        assert words in said, words
    messages = await Message.select(Message.values).where(Message.template == "entry-submitted")
    values = json.loads(messages[0]["values"])
    assert values["link"] == f"{path}/versions/1"
    assert values["sha256"] == version["sha256"]
    assert TEXT not in messages[0]["values"]
    assert "Low floors" not in messages[0]["values"]


async def test_where_the_edition_says_so_an_entry_stays_as_it_was_submitted(client_for: ClientFor) -> None:
    season, _city = await city_of(rules={"late_edit": "until submitted"})
    amina = await client_for(AMINA)
    path = await submitted(amina, season)
    page = await amina.get(f"{path}/versions/1")
    assert "you can change the entry" not in page.text
    page = await amina.get(f"{path}/check")
    assert "Change" not in [text for text, _href in page.links]
    await amina.get(f"{path}/about")
    await amina.submit("#about", title="Lower floors", status=403)


# --- one practice twice --------------------------------------------------------------------------------


@pytest.mark.parametrize(("title", "warned"), [("Floors low!", True), ("Open budget", False)])
async def test_a_city_is_warned_of_its_own_entries_and_the_other_side_is_told(
    client_for: ClientFor, title: str, warned: bool
) -> None:
    season, city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    other = await factories.entry(season, city, title=title, reference="WG26-OTHER", state="draft")
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    path = await answered(amina, season)
    page = await amina.get(f"{path}/check")
    assert ("This may be entered already" in page.text) is warned
    assert ("WG26-OTHER" in page.text) is warned
    page = await amina.submit("Submit the entry", declared="1", status=200)
    told = await Message.select(Message.to, Message.values).where(Message.template == "entry-double")
    assert [row["to"] for row in told] == ([BAO.email] if warned else [])
    assert all("Low floors" not in row["values"] for row in told)
    # The secretariat sees what was submitted, never a draft.
    page = await desk.get(f"{season.desk}/entries/doubles")
    assert "WG26-OTHER" not in page.text
    assert other


async def test_of_the_entries_of_others_a_city_learns_nothing_and_the_secretariat_all(
    client_for: ClientFor,
) -> None:
    season, _city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    green = await factories.add(Category, edition=season.edition_id, code="green", name="Green", position=2)
    harbour = await factories.entrant("Harbour", kind="city")
    await factories.official(await id_of(NADIA), harbour)
    entry = await factories.entry(
        season, harbour, title="Low floors!", reference="WG26-THEIR", category=green
    )
    assert entry
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    path = await answered(amina, season)
    assert "WG26-THEIR" not in (await amina.get(f"{path}/check")).html
    await amina.submit("Submit the entry", declared="1", status=200)
    assert not await Message.count().where(Message.template == "entry-double")
    page = await desk.get(f"{season.desk}/entries/doubles")
    (_head, row) = page.table("Pairs of submitted entries")
    assert "WG26-THEIR" in row[0]
    assert path.rpartition("/")[2] in row[1]


async def test_of_many_titles_that_are_alike_one_pair_stands_for_all(client_for: ClientFor) -> None:
    season, city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    for place in range(12):
        await factories.entry(season, city, title="Short program", reference=f"WG26-SAME{place:02}")
    desk = await client_for(EUN_JI)
    (_head, row) = (await desk.get(f"{season.desk}/entries/doubles")).table("Pairs of submitted entries")
    assert "65 more pairs have titles like these." in row[2]
    assert "There are no more pairs." in (await desk.get(f"{season.desk}/entries/doubles?page=2")).text
    beside = await desk.get(f"{season.desk}/entries/WG26-SAME00")
    assert "WG26-SAME10" in beside.text
    assert "WG26-SAME11" not in beside.text
    assert "1 more entry is like this one." in beside.text


async def test_the_same_file_in_another_entry_is_told_by_its_bytes(client_for: ClientFor) -> None:
    season, city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    question = await factories.add(
        Question, edition=season.edition_id, code="evidence", label="Evidence", kind="file", required=False,
        position=9,
    )  # fmt: skip
    entries = []
    for place, (title, sha256) in enumerate([("Low floors", "a"), ("Open budget", "a"), ("Tide table", "b")]):
        entry = await factories.entry(season, city, title=title, reference=f"WG26-FILE{place}")
        entries.append(entry)
        file = await factories.add(
            StoredFile, sha256=sha256 * 64, size=9, media_type="application/pdf", ending="pdf",
            storage_key=f"key-{place}", state="ready", created_at=AT - 2 * DAY,
        )  # fmt: skip
        await factories.add(
            Attachment, entry=entry, question=question, file=file, name=f"plan-{place}.pdf", number=1,
            created_at=AT - 2 * DAY,
        )  # fmt: skip
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    text = (await amina.get("/city/entries/WG26-FILE0/check")).text
    assert "WG26-FILE1" in text
    assert "plan-1.pdf" in text
    assert "WG26-FILE2" not in text
    rows = (await desk.get(f"{season.desk}/entries/doubles")).table("Pairs of submitted entries")
    assert ["WG26-FILE0" in rows[1][0], "WG26-FILE1" in rows[1][1], len(rows)] == [True, True, 2]
    assert "plan-0.pdf" in rows[1][2]
    assert "plan-0.pdf" in (await desk.get(f"{season.desk}/entries/WG26-FILE1")).text
    await Attachment.update({Attachment.removed_at: AT - 2 * DAY}).where(Attachment.entry == entries[1])
    assert "WG26-FILE1" not in (await amina.get("/city/entries/WG26-FILE0/check")).text
