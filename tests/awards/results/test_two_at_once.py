"""Two of the secretariat at once, with real commits: who waits for the other goes by what the other did."""

import pytest

from awards.clock import FixedClock
from awards.errors import Denied, Stale
from awards.invariants import broken
from awards.results import services
from awards.results.forms import JudgeRun
from awards.results.tables import Waiver
from tests.awards.publication.test_two_at_once import Act, behind
from tests.awards.results.further import ask as ask_for_reads
from tests.awards.results.further import closed
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import state_of, version_of
from tests.awards.results.meeting import adopt_another, met
from tests.awards.results.test_gate import ask as ask_waiver
from tests.awards.results.test_gate import consent, opened, short
from tests.factories import AT
from tests.people import CHIARA, EUN_JI, FARID, LEILA

pytestmark = pytest.mark.commits
CLOCK = FixedClock(AT)


async def test_a_thing_is_asked_for_and_let_pass_once() -> None:
    season = await judged()
    key = await short(season)
    found = await behind(
        lambda: ask_waiver(season, CLOCK, key), lambda: ask_waiver(season, CLOCK, key, FARID)
    )
    assert isinstance(found, Denied)
    assert found.code == "asked already"
    rows = await Waiver.select(Waiver.approval)
    found = await behind(
        lambda: consent(season, CLOCK, rows[0]["approval"]),
        lambda: consent(season, CLOCK, rows[0]["approval"]),
    )
    assert isinstance(found, Stale)
    assert await opened(season) == []
    assert [one for one in await broken() if one.rule.startswith("waivers-")] == []


@pytest.mark.parametrize("first", ["adopt", "drop"])
async def test_a_run_is_adopted_or_dropped_and_never_both(first: str) -> None:
    season = await judged()
    actor, round_id = await season.actor(), season.season.round_id
    await services.calibrate_round(round_id=round_id, actor=actor, clock=CLOCK)
    command = JudgeRun(round_id=round_id, number=1, reason="Computed too early.")
    acts: dict[str, Act] = {
        "adopt": lambda: services.adopt_run(command=command, actor=actor, clock=CLOCK),
        "drop": lambda: services.drop_run(command=command, actor=actor, clock=CLOCK),
    }
    found = await behind(acts[first], acts["drop" if first == "adopt" else "adopt"])
    assert isinstance(found, Denied)
    assert found.code == "run settled"


async def decide(season: Judged) -> None:
    await services.decide_round(
        round_id=season.season.round_id,
        version=await version_of(season),
        actor=await season.actor(FARID),
        clock=CLOCK,
    )


@pytest.mark.parametrize("first", ["reads", "decides"])
async def test_entries_are_read_once_more_or_the_round_is_decided(first: str) -> None:
    season = await closed()
    await adopt_another(season, CLOCK)
    acts: dict[str, Act] = {
        "reads": lambda: ask_for_reads(season, CLOCK, (0, 3)),
        "decides": lambda: decide(season),
    }
    found = await behind(acts[first], acts["decides" if first == "reads" else "reads"])
    assert isinstance(found, Denied | Stale)
    assert await state_of(season) == ("extra" if first == "reads" else "decided")


async def test_the_same_reads_are_asked_for_once() -> None:
    season = await closed()
    version = await version_of(season)
    await season.actor()
    found = await behind(
        lambda: ask_for_reads(season, CLOCK, (0, 3), version=version),
        lambda: ask_for_reads(season, CLOCK, (0, 3), version=version),
    )
    assert isinstance(found, Stale)


async def test_a_run_waits_for_the_reads_that_began_before_it_was_adopted() -> None:
    season = await closed()
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=CLOCK)
    command = JudgeRun(round_id=round_id, number=number)
    found = await behind(
        lambda: ask_for_reads(season, CLOCK, (0, 3)),
        lambda: services.adopt_run(command=command, actor=actor, clock=CLOCK),
    )
    assert isinstance(found, Denied)


async def test_a_round_is_decided_by_what_the_second_signature_left() -> None:
    """Who declares the round decided waits for the second signature, and goes by it."""
    made = await met(CLOCK, absent=[LEILA])
    approval = await made.sign(CHIARA)
    found = await behind(lambda: made.consent(approval, EUN_JI), lambda: decide(made.season))
    assert found is None
    assert await state_of(made.season) == "decided"
