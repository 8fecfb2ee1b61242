"""A judge and somebody else in the same instant, with real commits: each finds what the other has left."""

import asyncio
from collections.abc import Awaitable
from contextvars import copy_context
from datetime import timedelta

import pytest

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.rules import RoundState
from awards.editions.steps import hold_rounds, move_round
from awards.editions.tables import Round, Scale
from awards.errors import Denied, Invalid, Stale
from awards.invariants import broken
from awards.panels import services as panels
from awards.panels.forms import DeclareConflicts, PlanSheets, RecordConflict, Recuse, RestoreSheet
from awards.panels.forms_conflicts import SettleConflicts
from awards.panels.tables import Assignment, DeclaredConflict, SetAside
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.late import LateState
from awards.scoresheets.services import Signature, hold_late, save_sheet, sign_sheets
from awards.scoresheets.tables import HeldOperation, Receipt
from tests import factories
from tests.awards.scoresheets.benches import Bench, bench, save
from tests.awards.scoresheets.test_late import LATE, late
from tests.factories import AT

pytestmark = pytest.mark.commits


async def write(made: Bench, clock: FixedClock, number: int = 0) -> None:
    command = save(f"sheet {number}", 0, {"impact": 7, "new": 3})
    await save_sheet(where=made.where(number), command=command, actor=made.judge, clock=clock)


async def sign(made: Bench, clock: FixedClock, number: int = 0) -> Signature:
    return await sign_sheets(
        programme=made.season.programme,
        edition=made.season.edition,
        round_code="first",
        command=SignSheets(sheets=(f"{made.references[number]}:1",), agree="1"),
        actor=made.judge,
        clock=clock,
    )


async def desk(made: Bench) -> Actor:
    grants = frozenset({Grant("secretariat", made.season.scope)})
    return Actor(person_id=await factories.person("Eun-ji Park"), name="Eun-ji Park", grants=grants)


async def states(made: Bench) -> list[str]:
    return [row["state"] for row in await Assignment.select(Assignment.state).order_by(Assignment.id)]


async def test_a_button_pressed_twice_signs_once(clock: FixedClock) -> None:
    made = await bench()
    await write(made, clock)
    both = await asyncio.gather(*(sign(made, clock) for _ in range(5)))
    assert len({(one.place, one.sheets) for one in both}) == 1
    assert await Receipt.count() == 1


async def test_what_arrives_late_twice_is_held_once(clock: FixedClock) -> None:
    made = await bench()
    clock.move_to(LATE)
    command = late("same key", 0, {"impact": 7})
    kept = await asyncio.gather(
        *(hold_late(where=made.where(), command=command, actor=made.judge, clock=clock) for _ in range(5))
    )
    assert {one.state for one in kept} == {LateState.HELD}
    assert await HeldOperation.count() == 1


async def test_who_takes_a_sheet_out_waits_for_the_closing(clock: FixedClock) -> None:
    """One person takes nothing out of a closed round, however late the closing was."""
    made = await bench(entries=3)
    for number in range(3):
        await write(made, clock, number)
    for number in range(2):
        await sign(made, clock, number)
    eun_ji, round_id = await desk(made), made.season.round_id
    await Assignment.update({Assignment.state: "set aside"}).where(Assignment.id == made.assignments[2])
    await factories.add(
        SetAside, assignment=made.assignments[2], code="declared", reason="A twin.", state="started"
    )
    clock.advance(timedelta(hours=1))
    acts = (
        panels.recuse(
            seat_id=made.seat_id,
            reference=made.references[0],
            command=Recuse(reason="I know the mayor."),
            actor=made.judge,
            clock=clock,
        ),
        panels.declare_conflicts(
            seat_id=made.seat_id,
            command=DeclareConflicts(entries=made.references[:1], reason="My town."),
            actor=made.judge,
            clock=clock,
        ),
        panels.restore_sheet(
            round_id=round_id,
            command=RestoreSheet(assignment=made.assignments[2], reason="It was another town."),
            actor=eun_ji,
            clock=clock,
        ),
        panels.settle_conflicts(
            round_id=round_id, command=SettleConflicts(reason="The rules say so."), actor=eun_ji, clock=clock
        ),
        panels.record_conflict(
            round_id=round_id,
            command=RecordConflict(seat=made.seat_id, reference=made.references[1], reason="A cousin."),
            actor=eun_ji,
            clock=clock,
        ),
    )
    another = copy_context()  # a task made in here would write in this very transaction
    async with transaction():
        await move_round(round_id, RoundState.CLOSED, AT)
        tasks = [asyncio.create_task(_seen(act), context=another.copy()) for act in acts]
        await asyncio.wait(tasks, timeout=0.3)
    *refused, recorded = await asyncio.gather(*tasks)
    assert [getattr(one, "code", one) for one in refused] == ["round closed"] * 4
    assert recorded == (0, 0, 1), "it is on record, and the sheet counts until two people consent"
    assert await states(made) == ["signed", "signed", "set aside"]
    assert await DeclaredConflict.count() == 1
    assert await broken() == []


async def test_a_sheet_that_is_begun_meanwhile_is_set_aside_and_kept(clock: FixedClock) -> None:
    made = await bench()
    eun_ji = await desk(made)
    recording = panels.record_conflict(
        round_id=made.season.round_id,
        command=RecordConflict(seat=made.seat_id, reference=made.references[0], reason="A cousin."),
        actor=eun_ji,
        clock=clock,
    )
    another = copy_context()
    async with transaction():
        await write(made, clock)
        task = asyncio.create_task(recording, context=another)
        await asyncio.wait({task}, timeout=0.3)
    assert await task == (0, 1, 0)
    assert await states(made) == ["set aside"]
    assert await broken() == []


async def test_a_signature_waits_for_other_rules_and_counts_by_them(clock: FixedClock) -> None:
    made = await bench()
    await write(made, clock)
    scale = (await Scale.select(Scale.id).where(Scale.edition == made.season.edition_id))[0]["id"]
    another = copy_context()
    async with transaction():
        await hold_rounds(made.season.edition_id)
        task = asyncio.create_task(sign(made, clock), context=another)
        await asyncio.wait({task}, timeout=0.3)
        weights = {made.season.category_id: 10}
        await factories.criterion(made.season.round_id, scale, weights, code="more", name="More", position=3)
    with pytest.raises(Invalid):
        await task
    assert await states(made) == ["started"]


async def _seen(act: Awaitable[object]) -> object:
    try:
        return await act
    except Denied as refused:
        return refused


async def test_who_plans_a_round_and_who_takes_a_sheet_out_of_it_do_not_wait_for_each_other(
    clock: FixedClock,
) -> None:
    """Each holds the edition first, then the rounds: in whatever order they come, all are done."""
    made = await bench(entries=4)
    eun_ji, round_id = await desk(made), made.season.round_id
    (row,) = await Round.select(Round.version).where(Round.id == round_id)

    def stepped_aside(number: int) -> Awaitable[object]:
        command = Recuse(reason="I know the mayor.")
        return panels.recuse(
            seat_id=made.seat_id,
            reference=made.references[number],
            command=command,
            actor=made.judge,
            clock=clock,
        )

    def planned(sheets: int) -> Awaitable[object]:
        command = PlanSheets(version=row["version"], sheets=sheets)
        return panels.plan_sheets(round_id=round_id, command=command, actor=eun_ji, clock=clock)

    acts = [stepped_aside(0), planned(4), stepped_aside(1), planned(5), stepped_aside(2)]
    found = await asyncio.gather(*acts, return_exceptions=True)
    assert [type(one) for one in found if isinstance(one, Exception)] == [Stale]
    assert await states(made) == ["recused"] * 3 + ["given"]
