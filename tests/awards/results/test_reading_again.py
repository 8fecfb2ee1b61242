"""While a closed round reads entries once more, and after it: no outcome is made, and nothing else moves."""

import pytest

from awards.actor import Actor
from awards.clock import FixedClock
from awards.editions.tables import EditionRule
from awards.errors import Denied, NotFound
from awards.panels import services as panels
from awards.panels.forms import DeclareConflicts, RecordConflict, Recuse
from awards.panels.tables import Assignment, Seat
from awards.results import services
from awards.results.forms import AskForReads, JudgeRun, UndoRead
from awards.results.queries import round_results
from tests import factories
from tests.awards.results.further import (
    UNTIL,
    ask,
    assignment_of,
    close,
    closed,
    known,
    mark,
    round_row,
    sound,
)
from tests.factories import AT, add
from tests.people import AMINA, CHIARA, EUN_JI, give, id_of
from tests.serving import ClientFor

# --- while it lasts, and after it -------------------------------------------------------------------------


async def test_no_outcome_is_made_meanwhile_and_the_old_run_is_outdated_by_a_sheet(clock: FixedClock) -> None:
    season = await closed()
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await ask(season, clock, (0, 3))
    found = await round_results(season.season.edition_id, "first")
    assert [run.number for run in found.runs] == [number]
    assert found.body
    judge = JudgeRun(round_id=round_id, number=number, reason="Later")
    for verb in (services.adopt_run, services.drop_run):
        with pytest.raises(Denied, match="once more"):
            await verb(command=judge, actor=actor, clock=clock)
    with pytest.raises(Denied):
        await services.ask_for_run(round_id=round_id, actor=actor, clock=clock)
    with pytest.raises(Denied):
        await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    version = (await round_row(season))["version"]
    with pytest.raises(Denied, match="not closed"):
        await services.decide_round(round_id=round_id, version=version, actor=actor, clock=clock)
    await mark(season, clock, 0, 3)
    await close(season, clock)
    assert (await round_row(season))["state"] == "closed"
    with pytest.raises(Denied, match="Sheets or entries have changed"):
        await services.adopt_run(command=judge, actor=actor, clock=clock)
    newer = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    assert newer == number + 1
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=newer), actor=actor, clock=clock)
    await sound()


async def test_unfinished_reads_count_nothing_and_can_be_asked_again(clock: FixedClock) -> None:
    season = await closed()
    await ask(season, clock, (0, 3), (4, 3))
    await mark(season, clock, 0, 3, sign=False)
    await mark(season, clock, 4, 3, sign=False)
    await close(season, clock)
    with pytest.raises(Denied):
        await mark(season, clock, 4, 3)
    fifth = (await known(season, clock)).entry(season.references[4])
    assert fifth is not None
    assert [one.began for one in fifth.readers if one.seat_id == season.seats[3]] == [True]
    # The second time asks for another entry alone: what the first one left behind stays frozen.
    await ask(season, clock, (2, 1))
    assert (await assignment_of(season, 4, 3))["extra_until"] is None
    assert (await assignment_of(season, 0, 3))["extra_until"] is None
    judge = Actor(person_id=season.judges[3], name="A judge")
    with pytest.raises(Denied):
        await panels.recuse(
            seat_id=season.seats[3], reference=season.references[0], command=Recuse(reason="Late"),
            actor=judge, clock=clock,
        )  # fmt: skip
    await sound()


async def test_a_round_reads_on_once_at_most_and_only_if_its_rules_say_so(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await closed()
    await ask(season, clock, (0, 3))
    await mark(season, clock, 0, 3)
    # While it runs, more can be asked for.
    await ask(season, clock, (4, 3))
    await close(season, clock)
    with pytest.raises(Denied, match="once at most"):
        await ask(season, clock, (2, 1))
    await give(EUN_JI, "secretariat", season.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.season.desk}/extra/first")
    assert "once at most" in page.text
    other = await closed()
    await add(EditionRule, edition=other.season.edition_id, code="further_reads", value="no")
    with pytest.raises(Denied, match="no entry is read once more"):
        await ask(other, clock, (0, 3))


async def test_the_last_read_taken_back_closes_the_round(clock: FixedClock) -> None:
    season = await closed()
    await ask(season, clock, (0, 3), (4, 3))
    actor = await season.actor()
    for entry, closes in ((0, False), (4, True)):
        row = await assignment_of(season, entry, 3)
        undo = UndoRead(round_id=season.season.round_id, assignment=row["id"])
        assert await services.undo_read(command=undo, actor=actor, clock=clock) is closes
        after = await assignment_of(season, entry, 3)
        assert (after["state"], after["extra_until"]) == ("withdrawn", None)
        await sound()
    assert (await round_row(season))["state"] == "closed"
    await ask(season, clock, (0, 3))
    assert (await assignment_of(season, 0, 3))["state"] == "given"
    frozen = await assignment_of(season, 0, 0)
    with pytest.raises(NotFound):
        await services.undo_read(
            command=UndoRead(round_id=season.season.round_id, assignment=frozen["id"]),
            actor=actor,
            clock=clock,
        )


async def test_a_conflict_ends_a_further_read_and_no_other_sheet(clock: FixedClock) -> None:
    season = await closed()
    await ask(season, clock, (0, 3), (4, 3))
    await mark(season, clock, 0, 3)
    record = RecordConflict(seat=season.seats[3], reference=season.references[0], reason="Family")
    # Between the instant and the closing nobody has seen a mark of it either.
    clock.move_to(UNTIL)
    ended = await panels.record_conflict(
        round_id=season.season.round_id, command=record, actor=await season.actor(), clock=clock
    )
    assert ended == (0, 1, 0)
    frozen = RecordConflict(seat=season.seats[3], reference=season.references[1], reason="Family")
    ended = await panels.record_conflict(
        round_id=season.season.round_id, command=frozen, actor=await season.actor(), clock=clock
    )
    assert ended == (0, 0, 1)
    judge = Actor(person_id=season.judges[3], name="A judge")
    declare = DeclareConflicts(entries=(season.references[4],), reason="A cousin")
    with pytest.raises(Denied, match="closed"):
        await panels.declare_conflicts(seat_id=season.seats[3], command=declare, actor=judge, clock=clock)
    clock.move_to(AT)
    assert await panels.declare_conflicts(
        seat_id=season.seats[3], command=declare, actor=judge, clock=clock
    ) == 1  # fmt: skip
    assert (await assignment_of(season, 4, 3))["state"] == "recused"
    await sound()


async def test_only_the_secretariat_asks(clock: FixedClock) -> None:
    season = await closed()
    command = AskForReads(
        round_id=season.season.round_id,
        version=1,
        reads=((season.references[0], season.seats[3]),),
        until=UNTIL,
    )
    nobody = Actor(person_id=await id_of(AMINA), name="Amina")
    with pytest.raises(NotFound):
        await services.ask_for_reads(command=command, actor=nobody, clock=clock)


async def test_the_judges_own_list_and_sheets(client_for: ClientFor, clock: FixedClock) -> None:
    season = await closed()
    judge = await id_of(CHIARA)
    await factories.make_judge(judge, country="FR")
    await Seat.update({Seat.person: judge}).where(Seat.id == season.seats[3])
    await Assignment.update({Assignment.state: "started", Assignment.signed_at: None}).where(
        (Assignment.round_entry == season.round_entries[1]) & (Assignment.seat == season.seats[3])
    )
    await ask(season, clock, (0, 3))
    chiara = await client_for(CHIARA)
    path = f"/bench/{season.season.programme}/{season.season.edition}/first"
    page = await chiara.get(path)
    assert "Your entries: 1 left" in page.text
    assert "You are asked to read 1 entry" in page.text
    assert "Closed" in page.text
    page = await chiara.get(f"{path}/{season.references[1]}")
    assert "Nothing can be saved now" in page.text
    await chiara.get(f"{path}/{season.references[0]}")
    row = await assignment_of(season, 0, 3)
    assert row["state"] == "opened"
    # The secretariat takes it back while the judge types.
    undo = UndoRead(round_id=season.season.round_id, assignment=row["id"])
    await services.undo_read(command=undo, actor=await season.actor(), clock=clock)
    page = await chiara.submit("Save and stay here", note_city="Well told", status=403)
    assert "took this entry back" in page.text
    assert "Well told" in page.text
