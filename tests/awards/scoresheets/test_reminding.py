"""Reminders to chosen judges: who gets one, in which words, at most once a week, and never who is done."""

import asyncio
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from awards.accounts.tables import EmailAddress, Person
from awards.actor import Actor, Grant
from awards.app import make_site, make_worker
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Edition, Round
from awards.errors import Denied, Invalid, NotFound
from awards.outbox.mailers import FolderMailer
from awards.outbox.tables import Message
from awards.panels.tables import Assignment, Seat
from awards.scoresheets.forms import RemindAtWork
from awards.scoresheets.services import remind_at_work
from awards.settings import Settings
from tests.awards.scoresheets.boards import RoundAtWork, round_at_work
from tests.factories import AT, DAY
from tests.page import Client
from tests.people import EUN_JI, give, id_of
from tests.serving import ClientFor

WEEK = 7 * DAY


async def at_work(client_for: ClientFor) -> tuple[RoundAtWork, Client]:
    made = await round_at_work()
    await give(EUN_JI, "secretariat", made.season.scope)
    return made, await client_for(EUN_JI)


async def person_of(seat_id: int) -> int:
    return int((await Seat.select(Seat.person).where(Seat.id == seat_id))[0]["person"])


async def queued() -> list[dict[str, str]]:
    rows = (
        await Message.select(Message.values).where(Message.template == "sheets-reminder").order_by(Message.id)
    )
    return [json.loads(row["values"]) for row in rows]


async def send(settings: Settings, clock: FixedClock) -> list[EmailMessage]:
    """What the worker of the running service hands over."""
    folder = settings.mail_folder
    worker = make_worker(make_site(settings, clock), FolderMailer(folder))
    await worker.once()
    return sorted((read(path) for path in folder.glob("*.eml")), key=lambda mail: str(mail["To"]))


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=SMTP)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_the_preview_says_who_is_left_out_and_why(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await Seat.update({Seat.reminded_at: AT - WEEK + DAY}).where(Seat.id == made.seats["Cleo"])
    everybody = "&".join(f"seats={seat}" for seat in made.seats.values())
    page = await eun_ji.get(f"{made.path}/remind?{everybody}")
    assert [row[0] for row in page.table("Who is written to")[1:]] == ["Ben In Time", "Dan Silent"]
    for sentence in (
        "2 judges get a reminder",
        "5 judges are left out",
        "Ada Done: done",
        "Cleo Late: reminded less than seven days ago",
        "Eve Overdue: the deadline has passed: nothing could be saved any more",
        "Fay Invited: has not answered the invitation, which has reminders of its own",
        "Gus Declined: declined, or no longer on the panel",
        "As Ben In Time gets it",
        "3 sheets to sign off: First round",
        "Of your 5 sheets 2 are signed off.",
        f"/bench/{made.season.programme}/{made.season.edition}/first",
    ):
        assert sentence in page.text
    assert await queued() == []


async def test_nothing_and_nonsense_are_nobody(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    for query in ("", "?who=everybody", "?seats=x&seats=-1&seats=0&seats=99999999999&seats=²"):
        page = await eun_ji.get(f"{made.path}/remind{query}")
        assert "Nobody is written to" in page.text
    page = await eun_ji.post(
        f"{made.path}/remind", {"csrf": await csrf(eun_ji, made), "seats": "x"}, status=422
    )
    assert page.errors == ["Choose who is to be reminded"]


async def csrf(client: Client, made: RoundAtWork) -> str:
    page = await client.get(f"{made.path}/remind?who=unfinished")
    return page.html.partition('name="csrf" value="')[2].partition('"')[0]


async def test_each_is_written_to_once_and_the_trail_counts(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/remind?who=unfinished")
    page = await eun_ji.submit("Send 3 reminders")
    assert page.path == f"{made.path}/judges"
    assert page.flash == "Reminders are on their way to 3 judges"
    assert {row[0]: row[-1] for row in page.table("How far each judge is")[1:]}["Ben In Time"] == "just now"
    assert [(mail["name"], mail["left"], mail["signed"], mail["given"]) for mail in await queued()] == [
        ("Ben In Time", "3", "2", "5"),
        ("Cleo Late", "4", "2", "6"),
        ("Dan Silent", "3", "0", "3"),
    ]
    (event,) = await Event.select(Event.as_role, Event.subject_kind).where(Event.action == "judges reminded")
    assert event == {"as_role": "secretariat", "subject_kind": "round"}
    page = await eun_ji.get(f"{made.path}/remind?who=unfinished")
    assert "Nobody is written to" in page.text
    assert "4 judges are left out" in page.text


async def test_the_page_that_was_open_for_long_leaves_out_who_got_done(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/remind?who=unfinished")
    for name in ("Ben", "Dan"):
        await Assignment.update({Assignment.state: "signed", Assignment.signed_at: AT}).where(
            Assignment.seat == made.seats[name]
        )
    page = await eun_ji.submit("Send 3 reminders")
    assert page.flash.startswith("A reminder is on its way to 1 judge")
    assert "Left out: 2 done." in page.text
    page = await eun_ji.get(f"{made.path}/remind?seats={made.seats['Ben']}&seats={made.seats['Dan']}")
    assert "2 judges are left out" in page.text


async def test_at_most_once_a_week(client_for: ClientFor, clock: FixedClock) -> None:
    made, _eun_ji = await at_work(client_for)
    actor = Actor(person_id=await id_of(EUN_JI), name="Eun-ji Park", grants=grants(made))
    chosen = RemindAtWork(seats=(made.seats["Dan"], made.seats["Ada"]))

    async def remind() -> int:
        told = await remind_at_work(round_id=made.season.round_id, command=chosen, actor=actor, clock=clock)
        return told.sent

    assert await remind() == 1
    clock.move_to(AT + WEEK - DAY / 1_000_000)
    with pytest.raises(Invalid):
        await remind()
    clock.move_to(AT + WEEK)
    assert await remind() == 1
    assert len(await queued()) == 2
    with pytest.raises(Invalid):
        await remind()
    with pytest.raises(Invalid):
        await remind_at_work(
            round_id=made.season.round_id, command=RemindAtWork(seats=(999_999,)), actor=actor, clock=clock
        )
    nobody = Actor(person_id=actor.person_id, name="Eun-ji Park")
    with pytest.raises(NotFound):
        await remind_at_work(round_id=made.season.round_id, command=chosen, actor=nobody, clock=clock)
    await Round.update({Round.state: "closed"}).where(Round.id == made.season.round_id)
    with pytest.raises(Denied):
        await remind()


def grants(made: RoundAtWork) -> frozenset[Grant]:
    return frozenset({Grant("secretariat", made.season.scope)})


async def test_the_worker_writes_to_nobody_who_is_done_by_then(
    client_for: ClientFor, settings: Settings, clock: FixedClock
) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/remind?who=unfinished")
    await eun_ji.submit("Send 3 reminders")
    # Before the mail goes out Ben signs off all, Cleo one more, and Dan leaves the panel.
    ben, cleo = made.seats["Ben"], made.seats["Cleo"]
    signed: dict[Any, Any] = {Assignment.state: "signed", Assignment.signed_at: AT}
    await Assignment.update(signed).where(Assignment.seat == ben)
    rows = await Assignment.select(Assignment.id).where(Assignment.seat == cleo).order_by(Assignment.id)
    await Assignment.update(signed).where(Assignment.id == rows[2]["id"])
    await Seat.update({Seat.state: "ended"}).where(Seat.id == made.seats["Dan"])
    (mail,) = await send(settings, clock)
    assert "Of your 6 sheets 3 are signed off." in " ".join(text_of(mail).split())
    rows = await Message.select(Message.state, Message.to, Message.values).order_by(Message.id)
    assert [row["state"] for row in rows] == ["dropped", "sent", "dropped"]
    # What is kept is what was said.
    assert json.loads(rows[1]["values"])["left"] == "3"
    page = await eun_ji.get(f"{made.season.desk}/mail?state=dropped")
    assert len(page.table("Mail")[1:]) == 2
    assert "no longer needed" in page.text


async def test_a_deadline_that_passes_before_the_mail_goes_out_is_not_asked_for(
    client_for: ClientFor, settings: Settings, clock: FixedClock
) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/remind?who=unfinished")
    await eun_ji.submit("Send 3 reminders")
    clock.move_to(AT + 10 * DAY)
    assert await send(settings, clock) == []
    assert {row["state"] for row in await Message.select(Message.state)} == {"dropped"}


async def test_a_database_that_says_no_puts_the_mail_back(
    client_for: ClientFor, settings: Settings, clock: FixedClock
) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/remind?who=silent")
    await eun_ji.submit("Send 1 reminder")
    await Message.update({Message.values: "{}"}).where(Message.template == "sheets-reminder")
    assert await send(settings, clock) == []
    assert [row["state"] for row in await Message.select(Message.state)] == ["queued"]


async def test_in_the_judges_language_and_zone(
    client_for: ClientFor, settings: Settings, clock: FixedClock
) -> None:
    made, eun_ji = await at_work(client_for)
    await Person.update({Person.lang: "qps", Person.zone: "Asia/Almaty"}).where(
        Person.id == await person_of(made.seats["Dan"])
    )
    await Edition.update({Edition.zone: "Asia/Seoul"}).where(Edition.id == made.season.edition_id)
    await eun_ji.get(f"{made.path}/remind?seats={made.seats['Dan']}&seats={made.seats['Ben']}")
    await eun_ji.submit("Send 2 reminders")
    ben, dan = await queued()
    assert ben["closes_local"] == "20 March 2026, 18:00\u00a0KST"
    # The pseudo-locale writes every sentence of ours its own way, that of a date too.
    assert dan["closes_local"] != "20 March 2026, 14:00\u00a0UTC+5"
    assert "14:00\u00a0UTC+5" in dan["closes_local"]
    speaks = Settings(data=settings.data, pseudo_locale=True)
    mails = await send(speaks, clock)
    assert [str(mail["Content-Language"]) for mail in mails] == ["en", "qps"]
    assert "sheets to sign off" in str(mails[0]["Subject"])
    assert "sheets to sign off" not in str(mails[1]["Subject"])


async def test_who_cannot_be_reached_is_left_out(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    dan, cleo = await person_of(made.seats["Dan"]), await person_of(made.seats["Cleo"])
    await EmailAddress.delete().where(EmailAddress.person == dan)
    await EmailAddress.update({EmailAddress.confirmed_at: None}).where(EmailAddress.person == cleo)
    page = await eun_ji.get(f"{made.path}/remind?who=unfinished")
    assert "Dan Silent: has no address" in page.text
    assert "Cleo Late: the address is not confirmed" in page.text
    assert (await eun_ji.submit("Send 1 reminder")).flash == "A reminder is on its way to 1 judge"
    await Person.update({Person.disabled_at: AT}).where(Person.id == cleo)
    page = await eun_ji.get(f"{made.path}/remind?who=unfinished")
    assert "Cleo Late: the account is closed" in page.text


@pytest.mark.commits
async def test_of_two_secretaries_who_press_at_once_one_writes() -> None:
    made = await round_at_work()
    person = await give(EUN_JI, "secretariat", made.season.scope)
    actor = Actor(person_id=person, name="Eun-ji Park", grants=grants(made))
    chosen = RemindAtWork(seats=(made.seats["Dan"], made.seats["Ben"]))

    async def remind() -> int:
        try:
            told = await remind_at_work(
                round_id=made.season.round_id, command=chosen, actor=actor, clock=FixedClock(AT)
            )
        except Invalid:
            return 0
        return told.sent

    assert sorted(await asyncio.gather(*(remind() for _ in range(4)))) == [0, 0, 0, 2]
    assert len(await queued()) == 2
