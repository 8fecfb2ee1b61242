"""Defects of who goes on and of whom prizes are for, planted in a sound database."""

from collections.abc import Awaitable, Callable

from awards.audit.tables import Event
from awards.results.tables import Advance
from tests import factories
from tests.awards.sound import World
from tests.factories import add


async def outcome_that_nobody_said(made: World) -> None:
    await Event.raw("UPDATE round_entry SET outcome = 'advanced' WHERE id = {}", made.in_round)


async def goes_on_into_nothing(made: World) -> None:
    await factories.judging_round(made.season.edition_id, code="final", position=2, state="draft")
    await add(Advance, round_entry=made.in_round, version=1, outcome="advanced", by=made.amina)
    await outcome_that_nobody_said(made)


async def region_of_another(made: World) -> None:
    """Its city lies in Asia."""
    await Event.raw(
        "UPDATE prize SET kind = 'ring-fenced', \"values\" = {} WHERE id = {}",
        '[["region","Africa"]]',
        made.season.prize_id,
    )


async def prize_to_another(made: World) -> None:
    stranger = await factories.entry(made.other)
    await Event.raw("UPDATE prize_decision SET entry = {} WHERE id = {}", stranger, made.decision)


async def decided_by_another(made: World) -> None:
    run = await factories.run(made.other.round_id, await factories.ruleset(made.other.edition_id))
    await Event.raw("UPDATE prize_decision SET run = {} WHERE id = {}", run, made.decision)


PLANTED: dict[str, Callable[[World], Awaitable[object]]] = {
    "outcomes-are-what-was-said": outcome_that_nobody_said,
    "who-goes-on-is-in-the-next-round": goes_on_into_nothing,
    "prizes-go-to-whom-they-are-for": region_of_another,
}
