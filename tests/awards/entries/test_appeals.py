"""An appeal: once, in time, decided by another person, for good."""

import json
from datetime import timedelta

import pytest

from awards.actor import Actor
from awards.clock import FixedClock
from awards.entries import services
from awards.entries.forms_screening import AppealEntry, TakeUpEntry
from awards.entries.screening import LateAppeal, Standing
from awards.entries.tables import Appeal, Entry, LateTry, ScreeningDecision
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.scene import actions
from tests.awards.entries.screenings import IN, OUT, Room, official_of, on_desk, room
from tests.factories import AT, DAY


async def out(**rules: str) -> tuple[Room, Actor, Actor, Actor]:
    """An entry that two people found not eligible; they and an official of its city."""
    made = await room(**rules)
    amina = await official_of(made)
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two", "secretariat")
    await made.excluded(one, two)
    return made, amina, one, two


async def appeal(made: Room, actor: Actor, after: timedelta = DAY, **more: object) -> None:
    values = {"text": "We are a city since 1204.", "sure": True, **more}
    await services.appeal_entry(
        reference=made.reference,
        command=AppealEntry.model_validate(values),
        actor=actor,
        clock=FixedClock(AT + after),
    )


@pytest.mark.parametrize("outcome", [IN, OUT])
async def test_another_person_decides_for_good(outcome: str) -> None:
    made, amina, one, two = await out()
    three = await on_desk(made.season, "Three")
    await appeal(made, amina)
    assert await made.standing() is Standing.APPEALED
    for of_first in (one, two):
        with pytest.raises(Denied, match="decided first"):
            await made.decide_appeal(of_first, outcome)
    await made.decide_appeal(three, outcome)
    assert (await Entry.select(Entry.state))[0]["state"] == outcome
    rows = await ScreeningDecision.select(ScreeningDecision.number, ScreeningDecision.appeal_until).order_by(
        ScreeningDecision.number
    )
    assert [(row["number"], row["appeal_until"]) for row in rows] == [(1, AT + 10 * DAY), (2, None)]
    with pytest.raises(Denied):
        await appeal(made, amina)
    with pytest.raises(Stale):
        await made.decide_appeal(three, IN)
    assert await Message.count().where(Message.template == "entry-decided") == 2
    assert (await actions())[-2:] == ["entry appealed", f"entry {outcome}"]


async def test_where_there_is_nobody_else_the_same_person_decides() -> None:
    made = await room(excluded_by="1")
    amina, only = await official_of(made), await on_desk(made.season, "Only")
    # Somebody who is tied to the entry is nobody else.
    tied = await on_desk(made.season, "Tied")
    await factories.official(tied.person_id, made.city)
    await made.screen(only, OUT)
    await appeal(made, amina)
    await made.decide_appeal(only, IN, "")
    assert (await Entry.select(Entry.state))[0]["state"] == IN


async def test_who_may_decide_and_the_secretariat_learn_of_an_appeal() -> None:
    made, amina, _one, two = await out()
    three, tied = await on_desk(made.season, "Three"), await on_desk(made.season, "Tied", "secretariat")
    await factories.official(tied.person_id, made.city)
    await appeal(made, amina)
    rows = await Message.select(Message.values).where(Message.template == "appeal-arrived")
    told = [json.loads(row["values"]) for row in rows]
    assert {one["name"]: one["decides"] for one in told} == {two.name: "", three.name: "yes"}
    assert "1204" not in "".join(row["values"] for row in rows)


async def test_an_appeal_comes_once_and_in_time() -> None:
    made, amina, _one, _two = await out()
    with pytest.raises(LateAppeal):
        await appeal(made, amina, 10 * DAY)
    (kept,) = await LateTry.select(LateTry.tried, LateTry.closed)
    assert (kept["tried"], kept["closed"]) == ("appeal", AT + 10 * DAY)
    await appeal(made, amina, 10 * DAY - timedelta(milliseconds=1))
    with pytest.raises(Denied, match="appealed"):
        await appeal(made, amina)
    assert await Appeal.count() == 1


async def test_an_appeal_says_why() -> None:
    made, amina, _one, _two = await out()
    with pytest.raises(Invalid) as problem:
        await appeal(made, amina, text="", sure=False)
    assert set(problem.value.errors) == {"text", "sure"}
    reader = await official_of(made, "Reader", role="reader")
    with pytest.raises(Denied, match="reader"):
        await appeal(made, reader)
    with pytest.raises(NotFound):
        await appeal(made, await on_desk(made.season, "Nosy"))


async def test_an_edition_may_take_no_appeals_and_the_desk_still_mends_its_mistake() -> None:
    made, amina, one, two = await out(appeal_days="0")
    with pytest.raises(Denied, match="no appeal"):
        await appeal(made, amina)
    command = TakeUpEntry(version=await made.version(), text="We misread the charter.")
    with pytest.raises(NotFound):
        await services.take_up_entry(**made.on(command, one))
    await services.take_up_entry(**made.on(command, two))
    await made.decide_appeal(await on_desk(made.season, "Three"), IN)
    assert (await Entry.select(Entry.state))[0]["state"] == IN


async def test_nothing_is_appealed_before_a_decision_or_for_an_eligible_entry() -> None:
    made = await room()
    amina, one = await official_of(made), await on_desk(made.season, "One")
    with pytest.raises(Denied, match="no decision"):
        await appeal(made, amina)
    await made.screen(one)
    with pytest.raises(Denied, match="no decision"):
        await appeal(made, amina)
    with pytest.raises(Stale):
        await made.decide_appeal(one, OUT)


async def test_a_decision_after_an_appeal_gives_its_reason_where_it_stays_out() -> None:
    made, amina, _one, _two = await out()
    await appeal(made, amina)
    with pytest.raises(Invalid):
        await made.decide_appeal(await on_desk(made.season, "Three"), OUT, "")
