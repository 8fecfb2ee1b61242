"""The pages of messages as the secretariat meets them, from the group to the log."""

import pytest

from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Category, Edition, EditionRule, Milestone
from awards.messages import queries
from awards.messages.rules import SOON
from awards.outbox.tables import Message
from tests import factories
from tests.awards.messages.delivering import with_entries
from tests.awards.messages.season import Cast, cast, mails
from tests.factories import AT, add
from tests.page import Client
from tests.people import AMINA, BAO, EUN_JI, FARID, HIROSHI, INES, give
from tests.serving import ClientFor


async def desk_of(made: Cast, client_for: ClientFor) -> tuple[Client, str]:
    await give(EUN_JI, "secretariat", made.season.scope)
    return await client_for(EUN_JI), f"{made.season.desk}/messages"


async def begin(client: Client, base: str, group: str = "entrants", of: str = "*") -> str:
    """As far as the text; returns the message's own path."""
    await client.get(f"{base}/new")
    page = await client.submit("Continue", group=group)
    if "of which" in page.title:
        page = await client.submit("Continue", of=of)
    return page.path


async def test_from_the_group_to_the_log(client_for: ClientFor, clock: FixedClock) -> None:
    made = await with_entries()
    await Person.update({Person.disabled_at: AT}).where(Person.id == made.bao)
    client, base = await desk_of(made, client_for)
    page = await client.get(base)
    assert "No message yet" in page.text
    page = await client.click("Write a new message")
    assert page.title.startswith("Who is written to?")
    page = await client.submit("Continue", group="entrants")
    assert page.title.startswith("Entrants: of which category?")
    page = await client.submit("Continue", of="inclusive")
    assert page.h1 == "Message to: Entrants, Inclusive City"
    page = await client.submit(
        "Save and check", subject_en="News of {edition}", body_en="Dear {name},\n\n{entry_titles}"
    )
    assert page.h1 == "Check the message to: Entrants, Inclusive City"
    assert "people get it2" in page.text
    assert "Dear Amina Okoro," in page.text
    assert "“Night buses” and “Lifts & <b>ramps</b>”" in page.text
    assert "Bao Tran: the account is switched off" in page.text
    assert "News of Edition 2026" in page.text
    page = await client.submit("Send a test to myself")
    assert page.flash.startswith("A test is on its way to you")
    page = await client.submit("Continue to the last question")
    assert page.h1 == "Send the message to 2 people?"
    assert not [mail for mail in await mails() if mail["to"] != EUN_JI.email]
    page = await client.submit("Send 2 mails")
    assert page.flash.startswith("The message is on its way to 2 people")
    rows = page.table("What went to whom")
    assert [row[0] for row in rows[1:]] == [BAO.name, AMINA.name, INES.name]
    assert "the account is switched off" in rows[1][2]
    assert rows[2][1] == AMINA.email
    page = await client.get(base)
    assert page.table("Messages of this edition")[1][:6] == [
        "Entrants, Inclusive City, message 1", "Going out", "2", "0", "2", "0",
    ]  # fmt: skip
    # The mail of one reader, filled in, is one click away.
    await client.get(f"{base}/1")
    page = await client.click(AMINA.email)
    assert "Dear Amina Okoro," in page.text


async def test_what_happens_between_the_look_and_the_button_is_said(
    client_for: ClientFor, clock: FixedClock
) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    path = await begin(client, base)
    await client.submit("Save and check")
    await client.submit("Continue to the last question")
    await Person.update({Person.disabled_at: AT}).where(Person.id == made.bao)
    carmen = await factories.person("Carmen Vidal")
    await factories.official(carmen, made.portaleda)
    page = await client.submit("Send 3 mails", status=409)
    assert page.h1 == "Send the message to 3 people?"
    assert "1 person came to the group:Carmen Vidal" in " ".join(page.text.split())
    assert "1 person is not in the group any more:Bao Tran" in " ".join(page.text.split())
    assert await mails() == []
    page = await client.submit("Send 3 mails")
    assert page.path == path
    assert len(await mails()) == 3


async def test_a_second_press_leads_to_the_log_and_sends_nothing(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    path = await begin(client, base)
    await client.submit("Save and check")
    page = await client.submit("Continue to the last question")
    form, _button = page.form("Send 3 mails")
    sent = {field.get("name"): field.get("value") for field in form.iter() if field.get("name")}
    for _press in range(2):
        page = await client.post(f"{path}/send", sent)
    assert len(await mails()) == 3
    for late in ("check", "send"):
        page = await client.get(f"{path}/{late}")
        assert page.h1.startswith("Message 1: Entrants")


async def test_within_the_hour_it_asks_for_a_second_yes(client_for: ClientFor, clock: FixedClock) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    for number in (1, 2):
        await begin(client, base)
        await client.submit("Save and check")
        page = await client.submit("Continue to the last question")
        assert ("This group had a message just now." in page.text) == (number == 2)
        assert ("3 of them had another message" in page.text) == (number == 2)
        page = await client.submit("Send 3 mails", status=200 if number == 1 else 422)
    assert page.errors == ["Say that this group is to get another message within the hour"]
    page = await client.submit("Send 3 mails", again="1")
    assert page.flash.startswith("The message is on its way")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("body_en", "Dear {nane}", "There is nothing to put in place of {nane}"),
        ("body_en", "{sheets_left}", "There is nothing to put in place of {sheets_left}"),
        ("body_en", "{{7*7}} {% x %}", "There is nothing to put in place of {7*7}, {% x %}"),
        ("subject_en", "{password}", "There is nothing to put in place of {password}"),
        ("body_en", "", "Write the text"),
        ("subject_en", "   ", "Write a subject"),
        ("subject_en", "x" * 301, "“Subject” can have 300 characters at most"),
        ("body_en", "x" * 10_001, "“Text” can have 10000 characters at most"),
    ],
)
async def test_what_is_wrong_in_a_text_is_said_and_kept(
    field: str, text: str, said: str, client_for: ClientFor
) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    await begin(client, base)
    page = await client.submit("Save and check", status=422, fields={field: text})
    assert page.errors[0].startswith(said)
    if "nothing to put" in said:
        assert "{name}, {programme}, {edition}" in page.errors[0]
    assert text in page.html.replace("&#39;", "'")
    page = await client.submit("Save and check", subject_en="Fine", body_en="Dear {name}")
    assert page.h1.startswith("Check the message")


async def test_two_who_write_at_once_lose_no_text(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    await give(FARID, "secretariat", made.season.scope)
    farid = await client_for(FARID)
    path = await begin(client, base)
    await farid.get(path)
    await client.submit("Save and check", body_en="What Eun-ji wrote")
    page = await farid.submit("Save and check", body_en="What Farid wrote", status=409)
    assert "Somebody else saved this message meanwhile" in page.errors[0]
    assert "What Eun-ji wrote" in page.text
    assert "What Farid wrote" in page.html
    page = await farid.submit("Save and check")
    assert "What Farid wrote" in page.text


async def test_a_draft_can_be_dropped_and_is_gone(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    path = await begin(client, base)
    page = await client.submit("Drop this message")
    assert page.flash.startswith("The message is dropped")
    assert "No message yet" in page.text
    await client.get(path, status=404)
    await client.get(f"{path}/check", status=404)


async def test_the_same_draft_is_found_again_until_it_is_written_in(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    path = await begin(client, base)
    assert await begin(client, base) == path
    await client.submit("Save and check", subject_en="Written in")
    assert await begin(client, base) != path


async def test_nobody_in_the_group_is_said(client_for: ClientFor) -> None:
    made = await cast()
    client, base = await desk_of(made, client_for)
    await begin(client, base, "screeners")
    page = await client.submit("Save and check")
    assert "Nobody is in this group at present" in page.text
    assert "Continue to the last question" not in page.text


@pytest.mark.parametrize("status", ["no-such-number", "0", "2147483648", "7"])
async def test_odd_numbers_are_not_found(status: str, client_for: ClientFor) -> None:
    made = await cast()
    client, base = await desk_of(made, client_for)
    for rest in ("", "/check", "/send"):
        await client.get(f"{base}/{status}{rest}", status=404)


async def test_only_the_secretariat_finds_them(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    await begin(client, base)
    other = await factories.season()
    await give(FARID, "secretariat", other.scope)
    await give(HIROSHI, "auditor", made.season.scope)
    for member in (FARID, HIROSHI, AMINA):
        theirs = await client_for(member)
        for rest in ("", "/new", "/texts", "/1", "/1/check"):
            await theirs.get(base + rest, status=404)


async def test_in_several_languages(client_for: ClientFor) -> None:
    made = await with_entries()
    await EditionRule.update({EditionRule.value: "en,ar"}).where(
        (EditionRule.edition == made.season.edition_id) & (EditionRule.code == "languages")
    )
    await Person.update({Person.lang: "ar"}).where(Person.id == made.amina)
    client, base = await desk_of(made, client_for)
    await begin(client, base)
    page = await client.submit("Save and check", subject_ar="خبر", status=422)
    assert page.errors == ["Write the text"]
    page = await client.submit("Save and check", subject_ar="خبر {edition}", body_ar="عزيزتي {name}")
    assert "عزيزتي Amina Okoro" in page.text
    assert "Dear Bao Tran" in page.text
    mailing = await queries.mailing_of(made.season.edition_id, 1)
    assert set(mailing.texts) == {"en", "ar"}


async def test_words_of_the_edition(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    page = await client.get(f"{base}/texts")
    assert page.table("The text to each group")[2][1].startswith("Ready-made")
    await client.get(f"{base}/texts/entrants/en")
    page = await client.submit("Save the text", subject_en="Own", body_en="Dear {nane}", status=422)
    assert page.errors[0].startswith("There is nothing to put in place of {nane}")
    page = await client.submit("Save the text", body_en="Dear {name}")
    assert page.flash.startswith("The text is saved")
    assert page.table("The text to each group")[2][1].startswith("Own words")
    await begin(client, base)
    assert (await queries.mailing_of(made.season.edition_id, 1)).texts["en"].subject == "Own"
    await client.get(f"{base}/texts/entrants/en")
    page = await client.submit("Bring the ready-made text back")
    assert page.flash.startswith("The ready-made text stands again")
    for odd in ("no-such-group/en", "entrants/xx"):
        await client.get(f"{base}/texts/{odd}", status=404)


@pytest.mark.parametrize("items", [1, 3])
async def test_pages_ask_the_same_however_many(items: int, client_for: ClientFor, clock: FixedClock) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    for number in range(items):
        await add(
            Category,
            edition=made.season.edition_id,
            code=f"c{number}",
            name=f"C {number}",
            position=number + 2,
        )
        person = await factories.person()
        await factories.official(person, made.lindmere)
        path = await begin(client, base)
        await client.submit("Save and check", subject_en=f"Number {number}")
        page = await client.submit("Continue to the last question")
        if "again" in page.html:
            await client.submit("Send ", again="1")
        else:
            await client.submit("Send ")
        clock.advance(SOON)
    draft = await begin(client, base)
    await client.submit("Save and check")
    await client.submit("Continue to the last question")
    for place in (base, f"{base}/new", f"{base}/new?group=entrants", path, draft, f"{draft}/check", f"{draft}/send",
                  f"{base}/texts", f"{base}/texts/entrants/en"):  # fmt: skip
        with counting() as counter:
            await client.get(place)
        assert len(counter) <= 6, (place, counter.statements)


async def test_what_came_back_stands_on_the_page_of_its_message(client_for: ClientFor) -> None:
    made = await with_entries()
    client, base = await desk_of(made, client_for)
    path = await begin(client, base)
    await client.submit("Save and check")
    await client.submit("Continue to the last question")
    await client.submit("Send 3 mails")
    await Message.raw(
        "UPDATE message SET state = 'failed', bounced_at = {}, problem = '550 5.1.1 unknown' WHERE \"to\" = {}",
        AT, INES.email,
    )  # fmt: skip
    page = await client.get(path)
    first = page.table("What went to whom")[1]
    assert first[0] == INES.name
    assert "came back" in first[2]
    assert "550 5.1.1 unknown" in first[2]
    # And before the next message.
    await begin(client, base, "entrants", "inclusive")
    page = await client.submit("Save and check")
    assert "Inês Duarte: 550 5.1.1 unknown" in page.text


async def test_an_archive_s_edition_has_no_groups_that_could_leak(client_for: ClientFor) -> None:
    made = await cast()
    await Edition.update({Edition.state: "draft"}).where(Edition.id == made.season.edition_id)
    client, base = await desk_of(made, client_for)
    page = await client.get(f"{base}/new")
    assert "Winners" not in page.text
    assert "Screeners" in page.text


async def test_what_came_back_stands_beside_the_address(client_for: ClientFor) -> None:
    """Of a judge on the list of judges, of an official on the page of the entrant."""
    made = await cast()
    await give(EUN_JI, "secretariat", f"programme:{made.season.programme_id}")
    await factories.judge("Chiara", email="gone@judges.example")
    for number, to in enumerate((AMINA.email, "gone@judges.example")):
        await add(
            Message, dedupe_key=to, message_id=f"{number}@awards", to=to, template="reset", values="{}", not_before=AT,
            sent_at=AT, bounced_at=AT, state="failed", attempts=1, problem=f"550 5.1.1 unknown {number}",
        )  # fmt: skip
    client = await client_for(EUN_JI)
    page = await client.get(f"{made.season.desk}/judges")
    assert "550 5.1.1 unknown 1" in page.text
    page = await client.get(f"/desk/cities/{made.lindmere}")
    assert "550 5.1.1 unknown 0" in page.text
    assert page.text.count("mail came back") == 1


async def test_a_day_that_is_not_set_is_not_left_empty(client_for: ClientFor) -> None:
    made = await with_entries()
    await Milestone.delete().where(
        (Milestone.edition == made.season.edition_id) & (Milestone.kind == "announcement")
    )
    client, base = await desk_of(made, client_for)
    await begin(client, base)
    await client.submit("Save and check", body_en="On {announcement}")
    page = await client.submit("Continue to the last question", status=422)
    assert page.errors[0].startswith("The text names {announcement}")
    await client.click("Change the text")
    await client.submit("Save and check", body_en="Soon")
    page = await client.submit("Continue to the last question")
    assert page.h1.startswith("Send the message")
