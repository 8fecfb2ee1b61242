"""Once results are out the edition is published, by itself; then, and not before, it can be archived."""

from datetime import timedelta

from awards.clock import FixedClock
from awards.editions.queries import edition_by_id
from awards.editions.rules import EditionState
from awards.editions.services import change_state
from awards.publication.services import mark_published
from tests.awards.publication.published import ask, published, sign
from tests.factories import AT

OUT = AT + timedelta(days=3)


async def test_at_the_instant_of_the_results_once_and_not_with_names(clock: FixedClock) -> None:
    season = await published(clock, shows="names")
    edition_id = season.season.edition_id
    assert await mark_published(clock) == 0, "names are no results"
    await sign(season, clock, await ask(season, clock, at=OUT))
    clock.move_to(OUT - timedelta(milliseconds=1))
    assert await mark_published(clock) == 0
    clock.move_to(OUT)
    assert [await mark_published(clock), await mark_published(clock)] == [1, 0]
    edition = await edition_by_id(edition_id)
    assert edition.state is EditionState.PUBLISHED
    await change_state(
        edition_id=edition_id,
        to=EditionState.ARCHIVED,
        version=edition.version,
        actor=await season.actor(),
        clock=clock,
    )
