"""A message goes out once, to whom its sender saw, each reader in one mail of their own."""

import asyncio
import json
from datetime import timedelta

import pytest

from awards.accounts.tables import Person
from awards.audit.tables import Event, EventDetail
from awards.clock import FixedClock
from awards.db import counting, transaction
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.messages import queries, services
from awards.messages.forms import SaveTemplate, SaveTexts, SendMailing
from awards.messages.rules import APART, SOON, Group, MailingState, Text
from awards.messages.tables import Mailing, MailingRecipient
from awards.outbox.tables import Message
from tests import factories
from tests.awards.messages.delivering import delivered, html_of, text_of, with_entries
from tests.awards.messages.season import cast, mails, secretary, see, send, start, stop, write
from tests.factories import AT, DAY
from tests.people import AMINA, BAO, EUN_JI, INES, id_of


async def test_each_reader_gets_one_mail_of_their_own(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    await write(
        made.season,
        clock,
        number,
        en=("{edition}: {entry_references}", "Dear {name},\n\n{entry_titles}\n{link}\n{contact}"),
    )
    assert (await send(made.season, clock, number)).sent
    found = await delivered(clock)
    assert set(found) == {AMINA.email, BAO.email, INES.email}
    ines = found[INES.email]
    assert ines["Subject"] == "Edition 2026: WG26-BUSES and WG26-LIFTS"
    body = text_of(ines)
    assert "Dear Inês Duarte" in body
    assert "“Night buses” and “Lifts & <b>ramps</b>”" in body
    assert "https://awards.example/city\n" in body
    assert "https://awards.example/city/entries/WG26-LIFTS" in text_of(found[AMINA.email])
    assert "help@wego.example" in body
    html = html_of(ines)
    assert "<b>ramps" not in html
    assert '<a href="https://awards.example/city" dir="ltr">' in html
    # Why it came stands first, and nobody else does.
    assert body.strip().startswith("You get this because you act for an entry of Edition 2026.")
    assert AMINA.email not in ines.as_string()


async def test_a_second_press_sends_nothing_twice(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    sha256 = await see(made.season, clock, number)
    for _press in range(3):
        assert (await send(made.season, clock, number, sha256)).sent
    assert len(await mails()) == 3
    events = await Event.raw(
        "SELECT d.reason FROM event e JOIN event_detail d ON d.event = e.id WHERE e.action = 'message sent to a group'"
    )
    assert [row["reason"] for row in events] == ["entrants: 3"]
    details = await EventDetail.select(EventDetail.reason, EventDetail.address)
    assert AMINA.email not in json.dumps(details)


@pytest.mark.commits
async def test_of_two_presses_at_once_one_sends(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    sha256 = await see(made.season, clock, number)
    outcomes = await asyncio.gather(*(send(made.season, clock, number, sha256) for _press in range(8)))
    assert all(outcome.sent for outcome in outcomes)
    assert len(await mails()) == 3
    assert await MailingRecipient.count() == 3


async def test_a_group_that_changed_is_asked_about_again(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    sha256 = await see(made.season, clock, number)
    await Person.update({Person.disabled_at: AT}).where(Person.id == made.bao)
    carmen = await factories.person("Carmen", email="carmen@lindmere.example")
    await factories.official(carmen, made.lindmere)
    await factories.entry(made.season, made.portaleda, reference="WG26-THIRD")
    outcome = await send(made.season, clock, number, sha256)
    assert not outcome.sent
    assert outcome.change is not None
    assert outcome.change.came == (carmen,)
    assert outcome.change.went == (made.bao,)
    assert outcome.change.other == (made.ines,)
    assert await mails() == []
    # Said yes to what is true now.
    now = (await queries.mailing_of(made.season.edition_id, number)).seen_sha256
    assert (await send(made.season, clock, number, now)).sent
    assert {mail["to"] for mail in await mails()} == {AMINA.email, INES.email, "carmen@lindmere.example"}


async def test_a_text_that_changed_is_asked_about_again(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    sha256 = await see(made.season, clock, number)
    await write(made.season, clock, number, en=("Other", "words"))
    outcome = await send(made.season, clock, number, sha256)
    assert not outcome.sent
    assert await mails() == []


async def test_the_same_group_within_the_hour_takes_a_second_yes(clock: FixedClock) -> None:
    made = await with_entries()
    assert (await send(made.season, clock, await start(made.season, clock, Group.ENTRANTS))).sent
    clock.advance(SOON - timedelta(milliseconds=1))
    second = await start(made.season, clock, Group.ENTRANTS)
    with pytest.raises(Invalid) as asked:
        await send(made.season, clock, second)
    assert set(asked.value.errors) == {"again"}
    assert len(await mails()) == 3
    # Of another part, or an hour later, it is not the same.
    assert (await send(made.season, clock, await start(made.season, clock, Group.ENTRANTS, "inclusive"))).sent
    assert (await send(made.season, clock, second, again=True)).sent
    clock.advance(SOON)
    assert (await send(made.season, clock, await start(made.season, clock, Group.ENTRANTS))).sent


async def test_it_leaves_at_a_distance_so_that_others_pass(clock: FixedClock) -> None:
    made = await with_entries()
    await send(made.season, clock, await start(made.season, clock, Group.ENTRANTS))
    rows = await Message.select(Message.not_before).order_by(Message.id)
    assert [row["not_before"] for row in rows] == [AT + place * APART for place in range(3)]


async def test_nobody_to_write_to_is_said(clock: FixedClock) -> None:
    made = await cast()
    number = await start(made.season, clock, Group.ENTRANTS)
    with pytest.raises(Invalid):
        await see(made.season, clock, number)
    with pytest.raises(Invalid):
        await send(made.season, clock, number, "0" * 64)


async def test_what_is_sent_or_dropped_stays(clock: FixedClock) -> None:
    made = await with_entries()
    actor = await secretary(made.season)
    sent, dropped = (
        await start(made.season, clock, Group.ENTRANTS),
        await start(made.season, clock, Group.SCREENERS),
    )
    await send(made.season, clock, sent)
    await services.drop_mailing(edition_id=made.season.edition_id, number=dropped, actor=actor)
    for number in (sent, dropped):
        with pytest.raises(Denied):
            await write(made.season, clock, number, en=("x", "y"))
        with pytest.raises(Denied):
            await services.drop_mailing(edition_id=made.season.edition_id, number=number, actor=actor)
    with pytest.raises(Denied):
        await send(made.season, clock, dropped, "0" * 64)
    assert len(await mails()) == 3


async def test_a_text_from_an_older_page_is_refused(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    await write(made.season, clock, number, en=("One", "text"))
    with pytest.raises(Stale):
        await services.save_texts(
            edition_id=made.season.edition_id,
            command=SaveTexts(number, 1, {"en": Text("Other", "text")}),
            actor=await secretary(made.season),
            clock=clock,
        )


async def test_another_edition_s_message_is_not_found(clock: FixedClock) -> None:
    made, other = await with_entries(), await factories.season()
    number = await start(made.season, clock, Group.ENTRANTS)
    with pytest.raises(NotFound):
        await send(other, clock, number, "0" * 64)
    foreign = await secretary(other)
    with pytest.raises(Denied):
        await services.send_mailing(
            edition_id=made.season.edition_id, number=number, command=SendMailing(sha256="0" * 64), actor=foreign,
            clock=clock,
        )  # fmt: skip


async def test_words_of_the_edition_stand_until_ours_are_brought_back(clock: FixedClock) -> None:
    made = await with_entries()
    actor = await secretary(made.season)

    async def save(version: int, subject: str, body: str) -> None:
        await services.save_template(
            edition_id=made.season.edition_id,
            command=SaveTemplate(Group.ENTRANTS, "en", version, Text(subject, body)),
            actor=actor,
            clock=clock,
        )

    async def begins_with() -> str:
        number = await start(made.season, clock, Group.ENTRANTS)
        mailing = await queries.mailing_of(made.season.edition_id, number)
        await services.drop_mailing(edition_id=made.season.edition_id, number=number, actor=actor)
        return mailing.texts["en"].subject

    ready_made = await begins_with()
    await save(0, "Ours alone", "Dear {name}")
    assert await begins_with() == "Ours alone"
    with pytest.raises(Stale):
        await save(0, "Twice", "x")
    await save(1, "", "")
    assert await begins_with() == ready_made
    await save(2, "Again", "x")
    assert await begins_with() == "Again"


async def test_a_test_goes_to_oneself_alone_and_says_so(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    await id_of(EUN_JI)
    actor = await secretary(made.season)
    for _press in range(2):
        address = await services.send_test(
            edition_id=made.season.edition_id, number=number, actor=actor, clock=clock
        )
    assert address == EUN_JI.email
    found = await delivered(clock)
    assert set(found) == {EUN_JI.email}
    assert found[EUN_JI.email]["Subject"].startswith("Test: ")
    assert "This is a test that you sent to yourself" in text_of(found[EUN_JI.email])
    assert await MailingRecipient.count() == 0
    assert (await queries.mailing_of(made.season.edition_id, number)).state is MailingState.DRAFT


async def test_the_log_says_what_became_of_each(clock: FixedClock) -> None:
    made = await with_entries()
    await Person.update({Person.disabled_at: AT}).where(Person.id == made.bao)
    number = await start(made.season, clock, Group.ENTRANTS)
    await send(made.season, clock, number)
    mailing = await queries.mailing_of(made.season.edition_id, number)
    assert (mailing.recipients, mailing.left_out) == (2, 1)
    await Message.raw(
        "UPDATE message SET state = 'failed', problem = '550 no such box' WHERE \"to\" = {}", AMINA.email
    )
    await Message.raw("UPDATE message SET state = 'sent', sent_at = {} WHERE \"to\" = {}", AT, INES.email)
    found = await queries.deliveries_of(mailing.id, 1)
    assert [(one.name, one.what, one.problem) for one in found.rows] == [
        (AMINA.name, "failed", "550 no such box"),
        (BAO.name, "left out", ""),
        (INES.name, "sent", ""),
    ]
    counts = await queries.counts_of(mailing.id)
    assert (counts.waiting, counts.sent, counts.failed, counts.bounced) == (0, 1, 1, 0)
    # When the mail itself is no longer kept, the log still says who was written to.
    await MailingRecipient.update({MailingRecipient.message: None}, force=True)
    found = await queries.deliveries_of(mailing.id, 1)
    assert {one.name: one.what for one in found.rows}[INES.name] == "gone"


async def test_two_thousand_are_queued_in_few_statements(clock: FixedClock) -> None:
    made = await cast(state="judging")
    many = 2000
    async with transaction():
        people = await Person.insert(*(Person(name=f"Person {n:04d}", created_at=AT) for n in range(many)))
        ids = [row["id"] for row in people]
        for start_at in range(0, many, 500):
            piece = ids[start_at : start_at + 500]
            places = ", ".join(["({}, {}, {}, {}, {}, {})"] * len(piece))
            values = [
                value
                for person in piece
                for value in (person, f"p{person}@many.example", f"p{person}@many.example", AT, True, AT)
            ]
            await Person.raw(
                "INSERT INTO email_address (person, address, folded, confirmed_at, is_primary, created_at)"
                f" VALUES {places}",
                *values,
            )
            grants = ", ".join(["({}, 'screener', {}, {}, {})"] * len(piece))
            await Person.raw(
                f"INSERT INTO role_grant (person, role, scope, since, created_at) VALUES {grants}",
                *[value for person in piece for value in (person, made.season.scope, AT - DAY, AT)],
            )
    number = await start(made.season, clock, Group.SCREENERS)
    sha256 = await see(made.season, clock, number)
    with counting() as counter:
        assert (await send(made.season, clock, number, sha256)).sent
    assert len(counter) < 60
    assert await Message.count() == many
    assert await MailingRecipient.count() == many
    mailing = (await Mailing.select(Mailing.recipients))[0]
    assert mailing["recipients"] == many


async def test_what_has_not_left_can_be_stopped(clock: FixedClock) -> None:
    made = await with_entries()
    number = await start(made.season, clock, Group.ENTRANTS)
    with pytest.raises(NotFound):
        await stop(made.season, clock, number)
    await send(made.season, clock, number)
    first = (await Message.select(Message.id).order_by(Message.id).limit(1))[0]["id"]
    second = first + 1
    await Message.update({Message.state: "sent"}).where(Message.id == first)
    # Somebody is sending this one: whether it leaves is no longer ours to say.
    await Message.update({Message.leased_until: clock.now() + SOON}).where(Message.id == second)
    assert await stop(made.season, clock, number) == 1
    rows = await Message.select(Message.state).order_by(Message.id)
    assert [row["state"] for row in rows] == ["sent", "queued", "dropped"]
    mailing = await queries.mailing_of(made.season.edition_id, number)
    counts = await queries.counts_of(mailing.id)
    assert (counts.sent, counts.waiting, counts.stopped) == (1, 1, 1)
    with pytest.raises(Denied):
        await stop(made.season, clock, number)
    events = await Event.select(Event.action).order_by(Event.seq)
    assert events[-1]["action"] == "message to a group stopped"
