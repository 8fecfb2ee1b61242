"""Asking the city: what is asked opens again, nothing else, and the answer is a new submission."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Milestone, Question
from awards.entries import queries, services
from awards.entries.asking import LateAnswer, body_with
from awards.entries.forms import ChangeEntry, SaveAnswer, SubmitEntry, WithdrawEntry
from awards.entries.forms_screening import AnswerEnquiry, EndEnquiry
from awards.entries.queries.enquiries import answered
from awards.entries.rules import Late
from awards.entries.screening import Standing
from awards.entries.tables import Enquiry, Entry, EntryVersion, LateTry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.screenings import OUT, Room, official_of, on_desk, room
from tests.factories import AT, DAY

CLOSED = AT - DAY


async def closed(**rules: str) -> Room:
    """The call is over, a second question stands beside the one that was answered, and one draft answer drifted."""
    made = await room(**rules)
    await factories.add(
        Question, edition=made.season.edition_id, section="The practice", code="since", position=2,
        label="Since when?", kind="short text", required=False,
    )  # fmt: skip
    at = (Milestone.edition == made.season.edition_id) & (Milestone.kind == "closes")
    await Milestone.update({Milestone.at: CLOSED}).where(at)
    return made


async def save(made: Room, actor: Actor, code: str, text: str, version: int, at: datetime = AT) -> Any:
    return await services.save_answer(
        reference=made.reference,
        code=code,
        command=SaveAnswer(version=version, answer=(text,)),
        actor=actor,
        clock=FixedClock(at),
    )


async def send(made: Room, actor: Actor, reply: str = "", at: datetime = AT) -> int:
    entry = await queries.own_entry(actor, made.reference, at)
    (row,) = await Enquiry.select(Enquiry.id).order_by(Enquiry.id, ascending=False).limit(1)
    seen = "0" * 64
    if entry.enquiry is not None:
        answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
        seen = (await answered(entry, entry.enquiry, answers)).sha256
    return await services.answer_enquiry(
        reference=made.reference,
        command=AnswerEnquiry(enquiry=row["id"], reply=reply, seen=seen),
        actor=actor,
        clock=FixedClock(at),
    )


async def bodies() -> list[dict[str, Any]]:
    rows = await EntryVersion.select(EntryVersion.body).order_by(EntryVersion.number)
    return [json.loads(row["body"]) for row in rows]


async def test_only_what_is_asked_opens_until_it_is_due() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    with pytest.raises(Late):
        await save(made, amina, "since", "2019", 0)
    due = await made.ask(eun_ji, "since")
    assert due == AT + 7 * DAY
    assert await made.standing() is Standing.WAITING
    await save(made, amina, "since", "2019", 0)
    with pytest.raises(Late):
        await save(made, amina, "summary", "Better buses.", 1)
    last = due - timedelta(milliseconds=1)
    await save(made, amina, "since", "2018", 1, last)
    with pytest.raises(Late):
        await save(made, amina, "since", "2017", 2, due)
    for at in (AT, due):
        with pytest.raises(Late):
            await services.change_entry(
                reference=made.reference,
                command=ChangeEntry(version=2, category="inclusive", title="Another", lang="en"),
                actor=amina,
                clock=FixedClock(at),
            )
        with pytest.raises(Late):
            await services.submit_entry(
                reference=made.reference,
                command=SubmitEntry(version=2, declared=True),
                actor=amina,
                clock=FixedClock(at),
            )
    assert await made.standing(due) is Standing.OVERDUE
    with pytest.raises(LateAnswer):
        await send(made, amina, at=due)
    (kept,) = await LateTry.select(LateTry.tried, LateTry.closed).where(LateTry.tried == "answer")
    assert (kept["tried"], kept["closed"]) == ("answer", due)


async def test_the_answer_is_a_new_submission_that_differs_there_only() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    # Written after the last submission, and never submitted: it stays out.
    drifted = Entry.id == made.entry
    await Entry.update({Entry.title: "A title that drifted"}).where(drifted)
    await made.ask(eun_ji, "since")
    await save(made, amina, "since", "2019", 0)
    assert await send(made, amina, "See above.") == 2
    first, second = await bodies()
    assert second == {**first, "answers": {**first["answers"], "since": "2019"}}
    assert await made.standing() is Standing.TO_SCREEN
    (enquiry,) = await Enquiry.select()
    assert (enquiry["reply"], enquiry["answered_by"]) == ("See above.", amina.person_id)
    with pytest.raises(Late):
        await save(made, amina, "since", "2020", 1)
    with pytest.raises(Denied, match="not asked"):
        await send(made, amina)
    # The queue is one of waiting: an answer does not put an entry at its end.
    assert (await Entry.select(Entry.submitted_at))[0]["submitted_at"] == AT - DAY


async def test_words_alone_are_an_answer_and_nothing_is_none() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since")
    with pytest.raises(Invalid) as problem:
        await send(made, amina)
    assert set(problem.value.errors) == {"reply"}
    assert await send(made, amina, "It is in the summary.") == 1
    assert len(await bodies()) == 1
    assert await made.standing() is Standing.TO_SCREEN


async def test_nobody_sends_what_they_have_not_read() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since")
    entry = await queries.own_entry(amina, made.reference, AT)
    assert entry.enquiry is not None
    await save(made, amina, "since", "2019", 0)
    with pytest.raises(Stale):
        await services.answer_enquiry(
            reference=made.reference,
            command=AnswerEnquiry(enquiry=entry.enquiry.id, seen="1" * 64),
            actor=amina,
            clock=FixedClock(AT),
        )


async def test_a_reader_of_the_city_reads_and_does_not_answer() -> None:
    made = await closed()
    reader, eun_ji = await official_of(made, role="reader"), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since")
    with pytest.raises(Denied, match="reader"):
        await send(made, reader, "We say so.")
    with pytest.raises(NotFound):
        await send(made, eun_ji, "We say so.")


async def test_mails_say_that_there_is_a_question_and_end_with_the_answer() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since", text="Is the mayor's cousin the supplier?")
    asked, reminder = await Message.select().order_by(Message.template)
    assert (asked["template"], reminder["template"]) == ("entry-asked", "entry-asked-reminder")
    assert reminder["not_before"] == AT + 5 * DAY
    assert not [
        mail for mail in (asked, reminder) if "cousin" in mail["values"] or "Eun-ji" in mail["values"]
    ]
    await send(made, amina, "No.")
    rows = await Message.select(Message.template, Message.state).order_by(Message.template)
    assert [(row["template"], row["state"]) for row in rows] == [
        ("entry-answered", "queued"),
        ("entry-asked", "queued"),
        ("entry-asked-reminder", "dropped"),
    ]


async def test_nothing_is_finished_while_the_city_has_time() -> None:
    made = await closed()
    eun_ji, farid = await on_desk(made.season, "Eun-ji"), await on_desk(made.season, "Farid")
    due = await made.ask(eun_ji, "since")
    with pytest.raises(Invalid):
        await made.screen(farid)
    # Answers are kept meanwhile, and when the time is over the entry is decided without the city.
    await made.screen(farid, finish=False)
    assert await made.screen(farid, at=due) is Standing.DECIDED
    (enquiry,) = await Enquiry.select(Enquiry.ended_at, Enquiry.answered_at)
    assert (enquiry["ended_at"], enquiry["answered_at"]) == (due, None)


async def test_the_desk_takes_a_question_back_or_gives_more_time() -> None:
    made = await closed()
    eun_ji = await on_desk(made.season, "Eun-ji")
    due = await made.ask(eun_ji, "since")
    with pytest.raises(Stale):
        await made.ask(eun_ji, "summary")
    await made.ask(eun_ji, "since", at=due)
    assert await made.standing(due) is Standing.WAITING
    (open_,) = await Enquiry.select(Enquiry.id).where(Enquiry.ended_at.is_null())
    with pytest.raises(Stale):
        await services.end_enquiry(**made.on(EndEnquiry(enquiry=open_["id"] - 1), eun_ji))
    await services.end_enquiry(**made.on(EndEnquiry(enquiry=open_["id"]), eun_ji))
    assert await made.standing(due) is Standing.TO_SCREEN
    assert not [row for row in await Message.select(Message.state) if row["state"] == "queued"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"lasts": timedelta(0)}, "due"),
        ({"lasts": -DAY}, "due"),
        ({"lasts": 61 * DAY}, "due"),
        ({"text": ""}, "text"),
        ({"codes": ("nothing",)}, "questions"),
    ],
)
async def test_a_question_has_a_text_fields_and_a_time(more: dict[str, Any], field: str) -> None:
    made = await closed()
    eun_ji = await on_desk(made.season, "Eun-ji")
    codes = more.pop("codes", ("since",))
    with pytest.raises(Invalid) as problem:
        await made.ask(eun_ji, *codes, **more)
    assert field in problem.value.errors


async def test_what_two_found_before_the_answer_is_asked_again() -> None:
    made = await closed(screeners="2")
    amina = await official_of(made)
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await made.screen(one)
    assert await made.screen(two, OUT) is Standing.DIFFER
    await made.ask(two, "since")
    await save(made, amina, "since", "2019", 0)
    await send(made, amina)
    assert await made.standing() is Standing.TO_SCREEN
    await made.screen(two, number=2)
    assert await made.screen(one, number=2) is Standing.DECIDED


async def test_everything_stands_in_the_audit_trail() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since")
    await send(made, amina, "It is.")
    rows = await Event.select(Event.action, Event.as_role).order_by(Event.seq)
    assert [(row["action"], row["as_role"]) for row in rows] == [
        ("city asked about its entry", "screener"),
        ("city answered about its entry", "city official"),
    ]


async def test_a_withdrawn_entry_is_asked_nothing_and_reminded_of_nothing() -> None:
    made = await closed()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    await made.ask(eun_ji, "since")
    await services.withdraw_entry(
        reference=made.reference,
        command=WithdrawEntry(version=await made.version(), sure=True),
        actor=amina,
        clock=FixedClock(AT),
    )
    assert await made.standing() is Standing.WITHDRAWN
    assert await Enquiry.count().where(Enquiry.ended_at.is_null()) == 0
    reminders = Message.template == "entry-asked-reminder"
    assert [row["state"] for row in await Message.select(Message.state).where(reminders)] == ["dropped"]
    with pytest.raises(Late):
        await save(made, amina, "since", "2019", 0)


def test_answers_and_files_are_taken_over_where_asked_and_nowhere_else() -> None:
    before = {
        "title": "Low floors",
        "answers": {"a": "1", "b": "2"},
        "files": {"plan": ["old"], "letter": ["old"]},
    }
    now = {"title": "Drifted", "answers": {"a": "9", "b": "9", "c": "9"}, "files": {"letter": ["new"]}}
    assert body_with(before, now, {"b", "letter"}) == {
        "title": "Low floors",
        "answers": {"a": "1", "b": "9"},
        "files": {"plan": ["old"], "letter": ["new"]},
    }
    # Taken away where asked; and a body without files stays one, so that its hash stands.
    assert body_with(before, {}, {"plan", "letter", "a"}) == {"title": "Low floors", "answers": {"b": "2"}}
    assert body_with({"answers": {"a": "1"}}, {"answers": {"a": "1"}}, {"a"}) == {"answers": {"a": "1"}}
