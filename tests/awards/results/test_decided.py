"""A round whose outcome stands changes by one thing only: two people leave a sheet out, and that is a correction."""

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.rules import RoundState
from awards.errors import Denied, NotFound, Stale
from awards.invariants import broken
from awards.panels import services as panels
from awards.panels.forms import AssignByHand, ChangeSheetsWanted, PutIntoRound
from awards.publication import services as publication
from awards.results import services
from awards.results.forms import JudgeRun
from awards.results.rules import decision_obstacles, may_run_again
from awards.results.tables import CalibrationRun
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import judged
from tests.awards.results.leaving_out import left_out, state_of, version_of
from tests.factories import AT, DAY
from tests.people import EUN_JI, FARID, id_of

# --- decided ------------------------------------------------------------------------------------------------


async def test_the_second_signature_decides_the_rounds(clock: FixedClock) -> None:
    season = await decided(clock)
    assert await state_of(season) == "closed"
    approval = await ask(season, clock)
    assert await state_of(season) == "closed"
    await sign(season, clock, approval)
    assert await state_of(season) == "decided"
    event = (await Event.select(Event.action).order_by(Event.seq, ascending=False).limit(1))[0]
    assert event["action"] == "publication signed"
    assert [problem for problem in await broken() if "decided" in problem.rule] == []


async def test_a_withdrawn_publication_leaves_the_rounds_decided(clock: FixedClock) -> None:
    season = await published(clock, at=AT + DAY)
    await publication.withdraw_publication(
        edition_id=season.season.edition_id, number=1, actor=await season.actor(FARID), clock=clock
    )
    assert await state_of(season) == "decided"
    await sign(season, clock, await ask(season, clock))
    assert await state_of(season) == "decided"


async def test_the_secretariat_declares_a_round_decided(clock: FixedClock) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id

    async def declare(version: int) -> None:
        await services.decide_round(round_id=round_id, version=version, actor=actor, clock=clock)

    with pytest.raises(Denied, match="No run"):
        await declare(await version_of(season))
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    with pytest.raises(Denied, match="No run"):
        await declare(await version_of(season))
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    with pytest.raises(Stale):
        await declare(await version_of(season) + 1)
    await declare(await version_of(season))
    assert await state_of(season) == "decided"
    with pytest.raises(Denied, match="decided already"):
        await declare(await version_of(season))


async def test_an_outdated_run_decides_nothing(clock: FixedClock) -> None:
    season = await decided(clock)
    await left_out(season, clock)
    with pytest.raises(Denied, match="out of date"):
        await services.decide_round(
            round_id=season.season.round_id,
            version=await version_of(season),
            actor=await season.actor(),
            clock=clock,
        )


async def test_who_acts_for_an_entrant_does_not_decide(clock: FixedClock) -> None:
    season = await decided(clock)
    await factories.official(await id_of(EUN_JI), season.entrants[2])
    with pytest.raises(Denied, match="act for an entrant"):
        await services.decide_round(
            round_id=season.season.round_id,
            version=await version_of(season),
            actor=await season.actor(EUN_JI),
            clock=clock,
        )


async def test_strangers_find_no_round(clock: FixedClock) -> None:
    season, other = await decided(clock), await judged()
    with pytest.raises(NotFound):
        await services.decide_round(
            round_id=season.season.round_id, version=1, actor=await other.actor(), clock=clock
        )


@pytest.mark.parametrize(
    ("state", "kind", "entries", "adopted", "current", "clear"),
    [
        ("closed", "criteria", 3, True, True, True),
        ("closed", "criteria", 3, True, False, False),
        ("closed", "criteria", 3, False, False, False),
        ("closed", "criteria", 0, False, False, True),
        ("closed", "pass or fail", 3, False, False, True),
        ("extra", "criteria", 3, True, True, False),
        ("open", "criteria", 3, True, True, False),
        ("draft", "pass or fail", 0, False, False, False),
        ("decided", "criteria", 3, True, True, False),
    ],
)
def test_what_stands_in_the_way(
    state: str, kind: str, entries: int, adopted: bool, current: bool, clear: bool
) -> None:
    assert (decision_obstacles(state, kind, entries, adopted, current) == ()) is clear


@pytest.mark.parametrize("state", list(RoundState))
@pytest.mark.parametrize("holds", [True, False])
def test_a_run_of_a_decided_round_corrects(state: RoundState, holds: bool) -> None:
    assert (may_run_again(state.value, holds) is None) is not (state is RoundState.DECIDED and holds)


async def test_nothing_of_a_decided_round_moves(clock: FixedClock) -> None:
    season = await published(clock)
    actor, round_id = await season.actor(), season.season.round_id
    with pytest.raises(Denied, match="still holds"):
        await services.ask_for_run(round_id=round_id, actor=actor, clock=clock)
    # The very same calculation is answered by the stored run.
    assert await services.calibrate_round(round_id=round_id, actor=actor, clock=clock) == 1
    await CalibrationRun.update({CalibrationRun.sha256: "f" * 64}).where(CalibrationRun.number == 1)
    with pytest.raises(Denied, match="still holds"):
        await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    for act in (
        panels.put_into_round(round_id=round_id, command=PutIntoRound(), actor=actor, clock=clock),
        panels.change_sheets_wanted(
            round_id=round_id,
            command=ChangeSheetsWanted(reference=season.references[0], sheets_wanted=5),
            actor=actor,
            clock=clock,
        ),
        panels.assign_by_hand(
            round_id=round_id,
            command=AssignByHand(seat=season.seats[3], reference=season.references[0]),
            actor=actor,
            clock=clock,
        ),
    ):
        with pytest.raises(Denied, match="closed"):
            await act


async def test_another_run_of_the_same_sheets_is_not_adopted(clock: FixedClock) -> None:
    season = await published(clock)
    row = (await CalibrationRun.select())[0]
    del row["id"]
    await factories.add(CalibrationRun, **{**row, "number": 2, "state": "provisional", "sha256": "f" * 64})
    with pytest.raises(Denied, match="still holds"):
        await services.adopt_run(
            command=JudgeRun(round_id=season.season.round_id, number=2),
            actor=await season.actor(),
            clock=clock,
        )
