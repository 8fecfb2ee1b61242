"""Names, then prizes, then places, then everything: each a dated step that takes nothing back."""

import json
from datetime import timedelta

import pytest

from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.editions.queries import edition_by_id
from awards.errors import Denied, Invalid, Stale
from awards.jobs.tables import Job
from awards.publication import services
from awards.publication.announcing import announcement_of
from awards.publication.differences import Change, in_short
from awards.publication.forms import AskToPublish
from awards.publication.outcome import Ground, ground_of
from awards.publication.queries import visible_publication, visible_rows
from awards.publication.standing import standing_of
from awards.publication.tables import Publication, PublishedEntry
from awards.results import services as results
from awards.results.tables import CalibrationRun
from tests.awards.publication.published import ask, decided, published, sign
from tests.factories import AT, add
from tests.people import EUN_JI

STEPS = ("names", "winners", "ranks", "full")
DAY = timedelta(days=1)


async def test_four_steps_come_out_each_at_its_own_instant(clock: FixedClock) -> None:
    season = await decided(clock)
    for number, step in enumerate(STEPS, start=1):
        await sign(season, clock, await ask(season, clock, shows=step, at=AT + number * DAY))
    stored = await Publication.select(Publication.kind, Publication.note).order_by(Publication.number)
    assert [row["kind"] for row in stored] == list(STEPS), "no step corrects the one before"
    seen = []
    for number in range(5):
        for early in (timedelta(milliseconds=1), timedelta()):
            at = AT + number * DAY - early
            out = await visible_publication(season.season.edition_id, at)
            rows = await visible_rows(at, [out.id]) if out else []
            seen.append((out.kind if out else "", len(rows), sum(row.won for row in rows)))
    nothing, names, winners, ranks, full = (
        ("", 0, 0),
        ("names", 2, 0),
        ("winners", 2, 2),
        ("ranks", 6, 2),
        ("full", 6, 2),
    )
    assert seen == [nothing, nothing, nothing, names, names, winners, winners, ranks, ranks, full]


async def test_names_tell_nothing_but_names(clock: FixedClock) -> None:
    await published(clock, shows="names")
    rows = await PublishedEntry.select().order_by(PublishedEntry.id)
    assert [row["entrant_name"] for row in rows] == ["Lindmere", "Port Amaranth"], (
        "in the order of the alphabet"
    )
    for row in rows:
        assert set(json.loads(row["figures"])) == {"reference", "awards", "won"}
        assert (row["prize"], row["rank"], row["prize_position"], row["citation"], row["practice"]) == (
            "",
            None,
            None,
            "",
            "",
        )
    figures = json.loads((await Publication.select(Publication.figures))[0]["figures"])
    (category,) = figures["categories"].values()
    told = {key for key, value in category.items() if value}
    assert told <= {"name", "description", "entries"}


@pytest.mark.parametrize("first", ["names", "winners"])
async def test_a_step_that_takes_something_back_is_a_correction(first: str, clock: FixedClock) -> None:
    season = await published(clock, shows=first)
    await Entrant.update({Entrant.name: "Lindmere by the Sea"}).where(Entrant.id == season.entrants[0])
    with pytest.raises(Invalid) as refused:
        await ask(season, clock, shows="full")
    assert list(refused.value.errors) == ["note"]
    await sign(season, clock, await ask(season, clock, shows="full", note="The city has another name."))
    kinds = await Publication.select(Publication.kind).order_by(Publication.number)
    assert [row["kind"] for row in kinds] == [first, "correction"]


async def ground(edition_id: int) -> Ground:
    return await ground_of(edition_id, await standing_of(edition_id, 0, AT), AT)


async def test_what_becomes_otherwise_is_told_before_anybody_signs(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    edition = await edition_by_id(season.season.edition_id)
    assert (await announcement_of(edition, await ground(edition.id), "full", None)).moved == ()
    await Entrant.update({Entrant.name: "Kita Mori"}).where(Entrant.id == season.entrants[4])
    coming = await announcement_of(edition, await ground(edition.id), "full", None)
    assert [(one.name, one.what, one.before, one.after) for one in coming.moved] == [
        ("Kitamori", "Name", "Kitamori", "Kita Mori")
    ]
    assert coming.wish.correction


async def test_the_order_of_steps_is_the_order_of_their_instants(clock: FixedClock) -> None:
    season = await decided(clock)
    await sign(season, clock, await ask(season, clock, shows="names", at=AT + 2 * DAY))
    for at in (None, AT + DAY, AT + 2 * DAY):
        with pytest.raises(Invalid) as refused:
            await ask(season, clock, shows="winners", at=at)
        assert list(refused.value.errors) == ["visible_at"]
    late = await ask(season, clock, shows="winners", at=AT + 2 * DAY + timedelta(milliseconds=1))
    await sign(season, clock, late)


async def test_the_first_signer_signs_what_they_were_shown(clock: FixedClock) -> None:
    season = await decided(clock)
    command = AskToPublish(edition_id=season.season.edition_id, shows="winners", seen="0" * 64)
    with pytest.raises(Stale):
        await services.ask_to_publish(command=command, actor=await season.actor(EUN_JI), clock=clock)


async def test_nothing_is_signed_while_a_round_is_calculated_again(clock: FixedClock) -> None:
    season = await decided(clock)
    asked = await ask(season, clock)
    job = await results.ask_for_run(
        round_id=season.season.round_id, actor=await season.actor(EUN_JI), clock=clock
    )
    for again in (ask(season, clock), sign(season, clock, asked)):
        with pytest.raises(Denied, match="being calculated again"):
            await again
    await Job.update({Job.state: "done"}).where(Job.id == job)
    await sign(season, clock, asked)


async def test_nothing_is_signed_beside_a_newer_run(clock: FixedClock) -> None:
    season = await decided(clock)
    run = (await CalibrationRun.select())[0]
    newer = {**{k: v for k, v in run.items() if k != "id"}, "number": 2, "state": "provisional"}
    await add(CalibrationRun, **newer)
    with pytest.raises(Denied, match="run 2 is newer"):
        await ask(season, clock)
    await CalibrationRun.update({CalibrationRun.state: "dropped"}).where(CalibrationRun.number == 2)
    await ask(season, clock)


def test_what_a_new_calculation_changes_everywhere_is_said_once() -> None:
    scores = [
        Change(name, "Services", "Scores", "as they were", "others", f"WG26-{name}", "services", common=True)
        for name in "ABCD"
    ]
    prize = Change("C", "Services", "Prize", "Bronze", "none", "WG26-C", "services")
    run = Change("", "Services", "Calculation", "run 1", "run 2", code="services", common=True)
    said = [(one.name, one.what) for one in in_short([*scores, prize, run])]
    assert said == [("C", "Prize"), ("4 entries", "Scores"), ("", "Calculation")]
