"""Runs: who may ask, what is stored, adopting and dropping."""

import json

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import ConflictRule, Round, Ruleset
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound
from awards.jobs.tables import Job
from awards.panels.tables import Assignment
from awards.results import services
from awards.results.forms import JudgeRun
from awards.results.jobs import JOB_HANDLERS
from awards.results.queries import round_results
from awards.results.tables import CalibrationRun, JudgeEffect, Standing
from awards.worker import Worker
from judging import canonical_bytes, decide, inputs_from_document, sha256_of, verdict_document
from tests import factories
from tests.awards.results.judged import CITIES, judged
from tests.people import AMINA, FARID, id_of


@pytest.mark.parametrize("state", ["draft", "open", "extra"])
async def test_nobody_computes_while_sheets_may_change(state: str, clock: FixedClock) -> None:
    season = await judged(round_state=state)
    with pytest.raises(Denied) as refused:
        await services.ask_for_run(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    assert refused.value.code == "round open"
    with pytest.raises(Denied):
        await services.calibrate_round(
            round_id=season.season.round_id, actor=await season.actor(), clock=clock
        )
    assert await CalibrationRun.count() == 0


@pytest.mark.parametrize("state", ["open"])
async def test_a_stored_run_is_hidden_while_the_round_is_open_again(state: str, clock: FixedClock) -> None:
    season = await judged()
    await services.calibrate_round(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    await Round.update({Round.state: state}).where(Round.id == season.season.round_id)
    found = await round_results(season.season.edition_id, "first")
    assert found.runs == ()
    assert found.run is None
    assert found.body == {}


async def test_only_the_secretariat_of_the_edition_may_ask(clock: FixedClock) -> None:
    season, other = await judged(), await judged()
    with pytest.raises(NotFound):
        await services.ask_for_run(
            round_id=season.season.round_id, actor=await other.actor(FARID), clock=clock
        )
    nobody = Actor(person_id=await id_of(AMINA), name=AMINA.name)
    with pytest.raises(NotFound):
        await services.ask_for_run(round_id=season.season.round_id, actor=nobody, clock=clock)


async def test_a_job_computes_and_stores_what_anyone_can_recompute(clock: FixedClock) -> None:
    season = await judged()
    actor = await season.actor()
    first = await services.ask_for_run(round_id=season.season.round_id, actor=actor, clock=clock)
    again = await services.ask_for_run(round_id=season.season.round_id, actor=actor, clock=clock)
    assert first == again
    worker = Worker(handlers=JOB_HANDLERS, mailer=None, compose=None, clock=clock)
    await worker.once()
    assert (await Job.select(Job.state))[0]["state"] == "done"
    run = (await CalibrationRun.select())[0]
    inputs = inputs_from_document(json.loads(run["inputs"]))
    assert sha256_of(json.loads(run["inputs"])) == run["inputs_sha256"]
    assert canonical_bytes(verdict_document(decide(inputs))).decode() == run["body"]
    assert run["by"] == actor.person_id
    totals = await Standing.select().where(Standing.scope == "all").order_by(Standing.rank)
    assert [row["round_entry"] for row in totals] == list(season.round_entries)
    assert await Standing.count() == len(CITIES) * 3
    severities = await JudgeEffect.select().where(JudgeEffect.scope == "all")
    by_seat = {row["seat"]: row["severity"] for row in severities}
    assert by_seat[season.seats[2]] > 0 > by_seat[season.seats[1]]


async def test_the_same_inputs_again_store_nothing(clock: FixedClock) -> None:
    season = await judged()
    actor = await season.actor()
    one = await services.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    events = await Event.count()
    two = await services.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    assert (one, two, await CalibrationRun.count(), await Event.count()) == (1, 1, 1, events)


async def test_a_run_points_to_the_ruleset_of_the_opening_or_makes_one(clock: FixedClock) -> None:
    season = await judged()
    frozen = await factories.ruleset(season.season.edition_id, round_id=season.season.round_id)
    await services.calibrate_round(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    assert (await CalibrationRun.select(CalibrationRun.ruleset))[0]["ruleset"] == frozen
    other = await judged()
    await services.calibrate_round(round_id=other.season.round_id, actor=await other.actor(), clock=clock)
    made = await Ruleset.select().where(Ruleset.round_id == other.season.round_id)
    assert json.loads(made[0]["body"])["criteria"][0]["code"] == "impact"


async def test_adopting_another_run_supersedes_the_first(clock: FixedClock) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id
    await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=1), actor=actor, clock=clock)
    # A sheet is set aside: the adopted run stands, and its inputs are no longer the present ones.
    await Assignment.update({Assignment.state: "set aside"}).where(
        (Assignment.round_entry == season.round_entries[5]) & (Assignment.seat == season.seats[1])
    )
    await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=2), actor=actor, clock=clock)
    states = await CalibrationRun.select(CalibrationRun.number, CalibrationRun.state).order_by(
        CalibrationRun.number
    )
    assert [row["state"] for row in states] == ["superseded", "adopted"]
    with pytest.raises(Denied):
        await services.adopt_run(command=JudgeRun(round_id=round_id, number=1), actor=actor, clock=clock)


async def test_a_run_of_other_sheets_than_the_present_ones_is_not_adopted(clock: FixedClock) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id
    await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await Assignment.update({Assignment.state: "set aside"}).where(
        Assignment.round_entry == season.round_entries[5]
    )
    with pytest.raises(Denied) as refused:
        await services.adopt_run(command=JudgeRun(round_id=round_id, number=1), actor=actor, clock=clock)
    assert refused.value.code == "inputs changed"


async def test_dropping_needs_a_reason_and_is_final(clock: FixedClock) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id
    await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    with pytest.raises(Invalid):
        await services.drop_run(command=JudgeRun(round_id=round_id, number=1), actor=actor, clock=clock)
    command = JudgeRun(round_id=round_id, number=1, reason="Computed before a sheet was set aside")
    await services.drop_run(command=command, actor=actor, clock=clock)
    with pytest.raises(Denied):
        await services.adopt_run(command=command, actor=actor, clock=clock)


async def test_who_acts_for_an_entrant_leaves_adopting_to_another(clock: FixedClock) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id
    await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await factories.official(actor.person_id, season.entrants[3])
    with pytest.raises(Denied) as refused:
        await services.adopt_run(command=JudgeRun(round_id=round_id, number=1), actor=actor, clock=clock)
    assert refused.value.code == "in conflict"


async def test_withdrawn_entries_and_sheets_without_marks_do_not_count(clock: FixedClock) -> None:
    season = await judged()
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == season.entries[0])
    await services.calibrate_round(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    inputs = json.loads((await CalibrationRun.select(CalibrationRun.inputs))[0]["inputs"])
    assert season.references[0] not in [entry["id"] for entry in inputs["entries"]]
    assert len(inputs["entries"]) == 5


async def test_own_country_sheets_become_a_question_to_the_sensitivity(clock: FixedClock) -> None:
    season = await judged(country="FR")
    await services.calibrate_round(round_id=season.season.round_id, actor=await season.actor(), clock=clock)
    body = json.loads((await CalibrationRun.select(CalibrationRun.body))[0]["body"])
    assert len(body["own_country"]) == 18
    assert any(a["kind"] == "sheets" and a["what"] == "own country" for a in body["alternatives"])


async def test_nothing_is_computed_of_judges_whom_a_rule_keeps_away(clock: FixedClock) -> None:
    """Known since the closing: two people set such sheets aside, or let them pass, before there is a result."""
    season = await judged(country="FR")
    await ConflictRule.delete().where(ConflictRule.edition == season.season.edition_id)
    with pytest.raises(Denied, match="18 sheets"):
        await services.calibrate_round(
            round_id=season.season.round_id, actor=await season.actor(), clock=clock
        )
    assert not await CalibrationRun.exists()


async def test_a_run_under_older_rules_is_not_adopted_and_another_is_computed(clock: FixedClock) -> None:
    """A new ruleset can leave every number as it is, such as one of what is disclosed."""
    season = await judged()
    round_id, actor = season.season.round_id, await season.actor()
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    assert (await round_results(season.season.edition_id, "first")).newest_rules
    versions = await Ruleset.count().where(Ruleset.edition == season.season.edition_id)
    await factories.ruleset(season.season.edition_id, round_id=round_id, version=versions + 1)
    assert not (await round_results(season.season.edition_id, "first")).newest_rules
    with pytest.raises(Denied) as refused:
        await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    assert refused.value.code == "new ruleset"
    again = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    assert again == number + 1
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=again), actor=actor, clock=clock)
    assert (await round_results(season.season.edition_id, "first", number)).newest_rules is False
