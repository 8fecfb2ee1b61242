"""Where a person is led after signing in."""

from awards.cities.tables import Official
from awards.db import counting
from tests import factories
from tests.people import AMINA, CHIARA, EUN_JI, FARID, GRACE, HIROSHI, NADIA, give, id_of
from tests.serving import ClientFor


async def test_who_belongs_nowhere_is_told_what_to_do(client_for: ClientFor) -> None:
    page = await (await client_for(NADIA)).get("/start")
    assert ("Name your city", "/city/entrants/new") in page.links


async def test_one_place_is_gone_to_at_once(client_for: ClientFor) -> None:
    season = await factories.season(state="judging")
    await factories.official(await id_of(AMINA), await factories.entrant("Lindmere"))
    await factories.seat(season.round_id, await id_of(CHIARA), state="invited")
    await give(EUN_JI, "secretariat", season.scope)
    await give(GRACE, "admin")
    await give(HIROSHI, "auditor", f"programme:{season.programme_id}")
    await give(FARID, "screener", season.scope)
    for member, place in ((AMINA, "/city"), (CHIARA, "/bench"), (EUN_JI, "/desk"), (GRACE, "/desk"),
                          (HIROSHI, season.desk), (FARID, season.desk)):  # fmt: skip
        client = await client_for(member)
        page = await client.get("/start", follow=False, status=303)
        assert page.location == place, member.name


async def test_several_places_are_listed_in_six_queries(client_for: ClientFor) -> None:
    seasons = [await factories.season(state="judging") for _number in range(3)]
    amina = await id_of(AMINA)
    for number, season in enumerate(seasons):
        await factories.official(amina, await factories.entrant(f"Lindmere {number}"))
        await factories.seat(season.round_id, amina, state="invited" if number else "accepted")
        await factories.grant(amina, "secretariat", season.scope)
        await factories.grant(amina, "auditor", season.scope)
    await factories.grant(amina, "admin")
    invited = await factories.entrant("Portaleda")
    await factories.official(amina, invited, since=None)
    await Official.raw("UPDATE official SET since = NULL WHERE entrant = {}", invited)
    client = await client_for(AMINA)
    with counting() as counter:
        page = await client.get("/start")
    assert len(counter) <= 6, counter.statements
    assert "Lindmere 2" in page.text
    assert "Portaleda waits for the secretariat" in page.text
    assert "First round" in page.text


async def test_what_has_ended_is_no_place(client_for: ClientFor) -> None:
    season = await factories.season(state="published")
    amina = await id_of(AMINA)
    city = await factories.entrant("Lindmere")
    await factories.official(amina, city, until=factories.AT)
    await factories.seat(season.round_id, amina, state="ended")
    await factories.grant(amina, "secretariat", season.scope, until=factories.AT)
    page = await (await client_for(AMINA)).get("/start")
    assert "You act for no city yet" in page.text
