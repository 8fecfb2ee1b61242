"""A step back and an earlier sheet put back are operations like any other: kept, once, on the version they were made from."""

import asyncio
import json

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.panels.tables import Assignment
from awards.scoresheets.forms import RestoreSheet, SaveSheet, UndoChange
from awards.scoresheets.queries import sheet_for_judge
from awards.scoresheets.queries.revisions import sheet_history
from awards.scoresheets.rules import Change
from awards.scoresheets.services import restore_sheet, save_sheet, undo_change
from awards.scoresheets.tables import SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save
from tests.factories import AT


def undo(base: int, typed: Change | None = None, *, key: str = "undo") -> UndoChange:
    return UndoChange(
        f"{key} {base}".ljust(8, "x"), SaveSheet(f"typed {key} {base}", base, typed or Change({}, {}))
    )


async def begun(clock: FixedClock, **more: int) -> Bench:
    """Two saves: a mark, then another and a note."""
    made = await bench(**more)
    for base, command in enumerate(
        (save("one", 0, {"impact": 7}), save("two", 1, {"impact": 8, "new": 2}, city="Good."))
    ):
        assert command.base_version == base
        await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    return made


async def stands(made: Bench) -> tuple[list[object], str]:
    view = await sheet_for_judge(made.judge, made.where(), AT)
    return [criterion.mark for criterion in view.criteria], view.note_city


async def test_going_back_step_by_step_and_to_the_front_again(clock: FixedClock) -> None:
    made = await begun(clock)
    where, judge = made.where(), made.judge
    first = await undo_change(where=where, command=undo(2), actor=judge, clock=clock)
    assert first is not None
    assert (first.saved.version, await stands(made)) == (3, ([7, None], ""))
    second = await undo_change(where=where, command=undo(3), actor=judge, clock=clock)
    assert second is not None
    assert await stands(made) == ([None, None], "")
    assert await undo_change(where=where, command=undo(4), actor=judge, clock=clock) is None
    back = await restore_sheet(where=where, command=RestoreSheet("restored", 4, 2), actor=judge, clock=clock)
    assert (back.saved.version, await stands(made)) == (5, ([8, 2], "Good."))
    documents = [
        json.loads(row["change"]) for row in await SheetRevision.select().order_by(SheetRevision.version)
    ]
    assert [one.get("undone_to") for one in documents] == [None, None, 1, 0, None]
    assert documents[4]["restored"] == 2
    assert await Event.count().where(Event.action == "sheet saved") == 5
    assert await broken() == []


async def test_what_was_typed_and_not_saved_is_the_last_change_and_is_kept(clock: FixedClock) -> None:
    made = await begun(clock)
    typed = Change({"impact": 3, "new": 2}, {"city": "Good.", "secretariat": ""}, None)
    found = await undo_change(where=made.where(), command=undo(2, typed), actor=made.judge, clock=clock)
    assert found is not None
    assert (found.saved.version, found.change) == (4, Change({"impact": 8}, {}))
    assert await stands(made) == ([8, 2], "Good.")
    history = await sheet_history(made.judge, made.where(), AT)
    assert [dict(one.change["marks"]) for one in history.revisions[2:]] == [{"impact": 3}, {"impact": 8}]
    assert await broken() == []


@pytest.mark.commits
async def test_pressed_twice_it_is_one_step(clock: FixedClock) -> None:
    made = await begun(clock)
    command = undo(2)
    answers = await asyncio.gather(
        *(undo_change(where=made.where(), command=command, actor=made.judge, clock=clock) for _ in range(8))
    )
    assert sorted(one.saved.already for one in answers if one) == [False] + [True] * 7
    assert {one.saved.version for one in answers if one} == {3}
    assert await SheetRevision.count() == 3


async def test_a_lost_race_changes_nothing(clock: FixedClock) -> None:
    made = await begun(clock)
    for base in (0, 1, 3):
        with pytest.raises(Stale):
            await undo_change(where=made.where(), command=undo(base), actor=made.judge, clock=clock)
        with pytest.raises(Stale):
            await restore_sheet(
                where=made.where(),
                command=RestoreSheet(f"restore {base}", base, 1),
                actor=made.judge,
                clock=clock,
            )
    assert await SheetRevision.count() == 2


async def test_only_what_stood_once_and_is_another_now_is_put_back(clock: FixedClock) -> None:
    made = await begun(clock)
    for revision, problem in ((2, NotFound), (99, NotFound)):
        with pytest.raises(problem):
            await restore_sheet(
                where=made.where(),
                command=RestoreSheet("restored", 2, revision),
                actor=made.judge,
                clock=clock,
            )
    await save_sheet(
        where=made.where(),
        command=save("back", 2, {"impact": 7, "new": None}, city=""),
        actor=made.judge,
        clock=clock,
    )
    with pytest.raises(Invalid, match="same already"):
        await restore_sheet(
            where=made.where(), command=RestoreSheet("restored", 3, 1), actor=made.judge, clock=clock
        )
    # The empty sheet stood too.
    await restore_sheet(
        where=made.where(), command=RestoreSheet("emptied x", 3, 0), actor=made.judge, clock=clock
    )
    assert await stands(made) == ([None, None], "")


@pytest.mark.parametrize("what", ["signed", "recused", "withdrawn", "closed", "late", "another's"])
async def test_what_cannot_be_written_cannot_be_undone_or_put_back(clock: FixedClock, what: str) -> None:
    made = await begun(clock)
    judge, problem = made.judge, Denied
    if what == "closed":
        await Round.update({Round.state: "closed"}).where(Round.id == made.season.round_id)
    elif what == "late":
        clock.move_to(CLOSES)
    elif what == "another's":
        judge, problem = Actor(person_id=await factories.person(), name="Nadia"), NotFound
    else:
        await Assignment.update({Assignment.state: what}).where(Assignment.id == made.assignments[0])
    with pytest.raises(problem):
        await undo_change(where=made.where(), command=undo(2), actor=judge, clock=clock)
    with pytest.raises(problem):
        await restore_sheet(
            where=made.where(), command=RestoreSheet("restored", 2, 1), actor=judge, clock=clock
        )
    assert await SheetRevision.count() == 2


async def test_a_key_of_another_sheet_is_no_retry(clock: FixedClock) -> None:
    made = await begun(clock, entries=2)
    await undo_change(where=made.where(), command=undo(2), actor=made.judge, clock=clock)
    with pytest.raises(Invalid, match="used for another save"):
        await undo_change(where=made.where(1), command=undo(2), actor=made.judge, clock=clock)


async def test_a_page_that_its_own_save_overtook_still_goes_back(clock: FixedClock) -> None:
    """The button was pressed while what it shows was on its way by itself."""
    made = await begun(clock)
    shown = Change({"impact": 8, "new": 2}, {"city": "Good."})
    found = await undo_change(where=made.where(), command=undo(1, shown), actor=made.judge, clock=clock)
    assert found is not None
    assert (found.saved.version, await stands(made)) == (3, ([7, None], ""))
    # A mark that another tab gave is not shown here: no field of it is sent.
    for other in (shown, Change({"impact": 7}, {"city": "Good."}), Change({}, {"city": ""})):
        with pytest.raises(Stale):
            await undo_change(where=made.where(), command=undo(2, other), actor=made.judge, clock=clock)
