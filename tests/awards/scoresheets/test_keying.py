"""A paper sheet is keyed in by the desk, by the rules of the judge's own saves, and counts once the judge signs it."""

import asyncio
import json
from datetime import timedelta

import pytest

from awards.accounts.tables import EmailAddress
from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels.queries import round_by_id
from awards.panels.tables import Assignment, Seat
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.forms_paper import KeySheet, RefuseKeying, key_sheet_of
from awards.scoresheets.keying import Paper
from awards.scoresheets.queries.keyed import keyed_in, own_keying
from awards.scoresheets.services import key_in_sheet, refuse_keying, save_sheet, sign_sheets
from awards.scoresheets.services.keying import Keyed
from awards.scoresheets.tables import Keying, Mark, Scoresheet, SheetRevision
from awards.web.fields import Fields
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, accept_terms, bench, save
from tests.factories import AT, DAY

PAPER = AT.date().isoformat()


async def keyer(made: Bench, name: str = "Eun-ji Park") -> Actor:
    person_id = await factories.person(name)
    grants = frozenset({Grant("secretariat", made.season.scope)})
    return Actor(person_id=person_id, name=name, grants=grants)


async def key_in(
    made: Bench,
    actor: Actor,
    clock: FixedClock,
    key: str = "paper",
    base: int = 0,
    day: str = PAPER,
    **marks: int,
) -> Keyed:
    operation = save(key, base, dict(marks or {"impact": 7, "new": 4}), city="Well told.")
    return await key_in_sheet(
        round_id=made.season.round_id,
        command=KeySheet(made.seat_id, made.references[0], day, operation),
        actor=actor,
        clock=clock,
    )


async def sign(made: Bench, clock: FixedClock, version: int) -> None:
    await sign_sheets(
        programme=made.season.programme,
        edition=made.season.edition,
        round_code="first",
        command=SignSheets(sheets=(f"{made.references[0]}:{version}",), agree="1"),
        actor=made.judge,
        clock=clock,
    )


async def paper(made: Bench) -> Paper:
    (only,) = await keyed_in(await round_by_id(made.season.round_id), remarks=True)
    return only.paper


async def test_what_was_keyed_in_waits_for_the_judge_and_counts_once_signed(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    assert await key_in(made, desk, clock) == Keyed(1, mailed=True)
    assert await Mark.select(Mark.value).order_by(Mark.id) == [{"value": 7}, {"value": 4}]
    assert (await Scoresheet.select())[0]["keyed_by"] == desk.person_id
    (revision,) = await SheetRevision.select()
    assert (revision["actor_id"], revision["version"]) == (desk.person_id, 1)
    (assignment,) = await Assignment.select()
    assert assignment["state"] == "started"
    (event,) = await Event.select(Event.action, Event.as_role, Event.actor_id)
    assert event == {"action": "paper sheet keyed in", "as_role": "secretariat", "actor_id": desk.person_id}
    (mail,) = await Message.select()
    assert mail["template"] == "sheet-keyed"
    values = json.loads(mail["values"])
    assert values["link"] == f"{made.path}/{made.references[0]}/paper"
    assert not {"7", "4", "Well told."} & set(values.values())
    assert await paper(made) is Paper.WAITING
    assert await broken() == []
    await sign(made, clock, 1)
    assert await paper(made) is Paper.CONFIRMED
    (assignment,) = await Assignment.select()
    assert assignment["state"] == "signed"
    assert await broken() == []


async def test_sent_twice_it_is_keyed_once(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    first = await key_in(made, desk, clock)
    clock.advance(2 * DAY)  # the round is over: what was acknowledged stays acknowledged
    again = await key_in(made, desk, clock)
    assert (again.version, again.already) == (first.version, True)
    assert await SheetRevision.count() == await Keying.count() == await Message.count() == 1
    with pytest.raises(Invalid):
        await key_in(made, desk, clock, impact=1)


async def test_the_judges_own_save_is_never_written_over(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    await save_sheet(where=made.where(), command=save("own", 0, {"impact": 3}), actor=made.judge, clock=clock)
    for base in (0, 1):
        with pytest.raises(Denied, match="begun on screen"):
            await key_in(made, desk, clock, base=base)
    assert await Mark.select(Mark.value) == [{"value": 3}]
    assert await Keying.count() == 0


async def test_a_later_own_save_takes_the_sheet_over(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    await key_in(made, desk, clock)
    await save_sheet(where=made.where(), command=save("own", 1, {"new": 9}), actor=made.judge, clock=clock)
    assert await paper(made) is Paper.TAKEN_OVER
    with pytest.raises(Denied, match="begun on screen"):
        await key_in(made, desk, clock, key="again", base=2)
    await sign(made, clock, 2)
    with pytest.raises(Denied, match="signed"):
        await key_in(made, desk, clock, key="again", base=3)


async def test_not_right_goes_back_to_who_keyed_it_in(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    await key_in(made, desk, clock)
    refusal = RefuseKeying(version=1, remark="Novelty is 5, not 4.")
    with pytest.raises(Stale):
        await refuse_keying(
            where=made.where(), command=RefuseKeying(version=2, remark="No."), actor=made.judge, clock=clock
        )
    await refuse_keying(where=made.where(), command=refusal, actor=made.judge, clock=clock)
    assert await paper(made) is Paper.WRONG
    mail = (await Message.select().where(Message.template == "sheet-keyed-wrong"))[0]
    addresses = await EmailAddress.select(EmailAddress.address).where(EmailAddress.person == desk.person_id)
    assert mail["to"] == addresses[0]["address"]
    assert "Novelty" not in mail["values"]
    await key_in(made, desk, clock, key="again", base=1, impact=7, new=5)
    assert await paper(made) is Paper.WAITING
    keying = await own_keying(made.judge, made.where())
    assert keying is not None
    assert (keying.version, keying.remark) == (2, "")
    assert await broken() == []


async def test_the_rules_of_a_judges_saves_hold(clock: FixedClock) -> None:
    made = await bench(accepted=False)
    desk = await keyer(made)
    with pytest.raises(Denied, match="terms"):
        await key_in(made, desk, clock)
    await accept_terms(made.season, made.judge.person_id)
    for marks, field in (({"impact": 99}, "mark_impact"), ({"nothing": 1}, "mark_nothing")):
        with pytest.raises(Invalid) as problem:
            await key_in(made, desk, clock, **marks)
        assert field in problem.value.errors
    for day in ("2026-13-01", "", "yesterday", (AT + 3 * DAY).date().isoformat(), "2025-01-01"):
        with pytest.raises(Invalid) as problem:
            await key_in(made, desk, clock, day=day)
        assert list(problem.value.errors) == ["paper_date"]
    with pytest.raises(Stale):
        await key_in(made, desk, clock, base=5)
    clock.advance(CLOSES - AT)
    with pytest.raises(Denied, match="round closed"):
        await key_in(made, desk, clock)
    await Seat.update({Seat.extended_until: CLOSES + DAY}).where(Seat.id == made.seat_id)
    await key_in(made, desk, clock)
    assert await broken() == []


async def test_who_may_key_in(clock: FixedClock) -> None:
    made = await bench()
    stranger = Actor(person_id=await factories.person(), name="Stranger")
    with pytest.raises(NotFound):
        await key_in(made, stranger, clock)
    grants = frozenset({Grant("secretariat", made.season.scope)})
    themself = Actor(person_id=made.judge.person_id, name="Chiara Fontana", grants=grants)
    with pytest.raises(Denied, match="own sheet"):
        await key_in(made, themself, clock)
    desk = await keyer(made)
    with pytest.raises(NotFound):
        await key_in_sheet(
            round_id=made.season.round_id,
            command=KeySheet(made.seat_id, "WG26-ELSE0", PAPER, save("paper", 0, {"impact": 1})),
            actor=desk,
            clock=clock,
        )
    await Seat.update({Seat.state: "ended"}).where(Seat.id == made.seat_id)
    with pytest.raises(NotFound):
        await key_in(made, desk, clock)


async def test_two_who_key_in_at_once_do_not_write_over_each_other(clock: FixedClock) -> None:
    made = await bench()
    first, second = await keyer(made), await keyer(made, "Farid")
    await key_in(made, first, clock)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Stale):
        await key_in(made, second, clock, key="other", base=0)
    await key_in(made, second, clock, key="other", base=1, impact=2, new=2)
    (only,) = await keyed_in(await round_by_id(made.season.round_id), remarks=False)
    assert (only.keyed_by, only.answered, only.criteria) == ("Farid", 2, 2)


async def test_the_same_twice_at_once_is_keyed_once(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)
    both = await asyncio.gather(key_in(made, desk, clock), key_in(made, desk, clock))
    assert [one.version for one in both] == [1, 1]
    assert sorted(one.already for one in both) == [False, True]
    assert await SheetRevision.count() == await Keying.count() == await Message.count() == 1


async def test_the_same_marks_with_another_date_are_no_retry(clock: FixedClock) -> None:
    made = await bench()
    desk = await keyer(made)

    def typed(day: str) -> KeySheet:
        fields = {"key": "one-page", "version": "0", "paper_date": day, "mark_impact": "7"}
        return key_sheet_of(Fields(list(fields.items())), made.seat_id, made.references[0])

    async def send(day: str) -> Keyed:
        return await key_in_sheet(round_id=made.season.round_id, command=typed(day), actor=desk, clock=clock)

    await send(PAPER)
    assert (await send(PAPER)).already
    with pytest.raises(Stale):
        await send((AT - DAY).date().isoformat())


async def test_who_judges_an_entry_keys_in_no_sheet_of_it(clock: FixedClock) -> None:
    made = await bench()
    judge = await keyer(made)
    seat = await factories.seat(made.season.round_id, judge.person_id)
    (row,) = await Assignment.select(Assignment.round_entry)
    await factories.assignment(row["round_entry"], seat)
    with pytest.raises(Denied, match="judges it"):
        await key_in(made, judge, clock)
