"""The cast and the factories fit the tables, on both engines."""

from awards.db import counting
from tests import factories
from tests.people import AMINA, EUN_JI, give, id_of
from tests.serving import ClientFor


async def test_a_season_with_a_judged_entry() -> None:
    season = await factories.season(state="judging", round_state="open")
    amina = await id_of(AMINA)
    city = await factories.entrant("Lindmere")
    await factories.official(amina, city)
    entry = await factories.entry(season, city, state="eligible", by=amina)
    seat = await factories.seat(season.round_id, await factories.judge())
    in_round = await factories.round_entry(season.round_id, entry)
    assert await factories.assignment(in_round, seat)
    run = await factories.run(season.round_id, await factories.ruleset(season.edition_id))
    assert run
    publication = await factories.publication(season.edition_id)
    assert await factories.published_entry(publication, entry=entry)


async def test_who_is_known_already_is_not_added_twice(client_for: ClientFor) -> None:
    first = await id_of(AMINA)
    await client_for(AMINA)
    assert await id_of(AMINA) == first
    with counting() as counter:
        await give(EUN_JI, "secretariat")
    assert len(counter) == 6
