"""The two signatures as two browsers give them."""

from datetime import timedelta

from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.db import counting
from awards.entries.tables import Entry
from awards.publication import services
from awards.results.tables import PrizeDecision
from tests import factories
from tests.awards.publication.published import ask, decided, published
from tests.awards.results.judged import Judged
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, EUN_JI, FARID, give, id_of
from tests.serving import ClientFor

CHOOSE = "#first"
FIRST = "#sign"
SECOND = "#second"


async def both(season: Judged, client_for: ClientFor) -> tuple[Client, Client]:
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", season.season.scope)
    return await client_for(EUN_JI), await client_for(FARID)


async def test_two_people_publish(client_for: ClientFor, client: Client, clock: FixedClock) -> None:
    season = await decided(clock)
    eun_ji, farid = await both(season, client_for)
    address = f"{season.season.desk}/publication"
    await eun_ji.get(address)
    page = await eun_ji.submit(CHOOSE, shows="full", visible_at="2026-03-13T12:00")
    assert "Nothing has changed yet" in page.text
    assert "4 other entries are named" in page.text
    page = await eun_ji.submit(FIRST, status=422)
    assert page.errors == ["Read the winners and what follows, then tick the box"]
    page = await eun_ji.submit(FIRST, read="1")
    assert "You have signed first" in page.text
    assert "Another person of the secretariat gives the second signature" in page.text
    page = await eun_ji.get(f"{address}/check")
    assert "You signed first" in page.text
    page = await farid.get(address)
    assert "13 March 2026, 12:00" in page.text
    await farid.get(f"{address}/check")
    page = await farid.submit(SECOND, read="1")
    assert "Scheduled" in page.text
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    await client.get(f"{edition}/inclusive/lindmere", status=404)
    clock.move_to(AT + timedelta(days=3, hours=3))
    await client.get(f"{edition}/inclusive/lindmere")


async def test_an_old_password_is_typed_again_first(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    eun_ji, _farid = await both(season, client_for)
    check = f"{season.season.desk}/publication/check?shows=winners&visible_at="
    await eun_ji.get(check)
    clock.advance(timedelta(minutes=16))
    page = await eun_ji.submit(FIRST, read="1", follow=False)
    assert page.location.startswith("/prove?next=")
    page = await eun_ji.get(check)
    assert "Enter the password" in page.text


async def test_the_gate_lists_what_is_open(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == season.entries[0])
    eun_ji, _farid = await both(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "no longer in" in page.text
    page = await eun_ji.submit(CHOOSE)
    assert "no longer in" in page.text
    assert "Sign first" not in page.text
    page = await eun_ji.get(f"{season.season.desk}/publication/check")
    assert "Nothing is chosen yet" in page.text
    await PrizeDecision.delete(force=True)
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "Inclusive City: 2 prizes are not decided: Gold and Silver." in page.text
    assert any(to.endswith("/prizes/inclusive") for _text, to in page.links)
    await factories.official(await id_of(EUN_JI), season.entrants[1])
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "not decided" not in page.text, "in a category in which the reader is in conflict"


async def test_a_first_signature_and_a_publication_are_withdrawn(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await decided(clock)
    eun_ji, farid = await both(season, client_for)
    await ask(season, clock)
    await farid.get(f"{season.season.desk}/publication")
    page = await farid.submit("Withdraw the first signature")
    await farid.submit(CHOOSE, visible_at="2026-03-13T12:00")
    await farid.submit(FIRST, read="1")
    await eun_ji.get(f"{season.season.desk}/publication/check")
    await eun_ji.submit(SECOND, read="1")
    page = await eun_ji.submit("Withdraw publication 1")
    assert "Withdrawn" in page.text
    assert "The next publication" not in page.text, "nothing stands that could be corrected"


async def test_the_other_tab_is_told(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    _eun_ji, farid = await both(season, client_for)
    approval = await ask(season, clock)
    await farid.get(f"{season.season.desk}/publication/check")
    actor = await season.actor(EUN_JI)
    await services.end_request(
        edition_id=season.season.edition_id, approval_id=approval, actor=actor, clock=clock
    )
    await farid.submit(SECOND, read="1", status=409)


async def test_a_bad_instant_and_a_missing_note(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock)
    eun_ji, _farid = await both(season, client_for)
    address = f"{season.season.desk}/publication"
    page = await eun_ji.get(address)
    assert "The next publication" in page.text
    page = await eun_ji.submit(CHOOSE, visible_at="2026-02-30T12:00", status=422)
    assert len(page.errors) == 1
    page = await eun_ji.submit(CHOOSE, visible_at="2026-03-01T12:00")
    page = await eun_ji.submit(FIRST, read="1", note="A name", status=422)
    assert "still to come" in page.errors[0]
    page = await eun_ji.submit(CHOOSE, visible_at="")
    assert "The public note is all that is new" in page.text
    page = await eun_ji.submit(FIRST, read="1", status=422)
    assert "what this publication corrects" in page.errors[0]


async def test_every_consequence_is_told_before_anybody_signs(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await published(clock)
    await factories.official(await id_of(AMINA), season.entrants[4])
    await Entrant.update({Entrant.name: "Lindmere by the Sea"}).where(Entrant.id == season.entrants[0])
    eun_ji, _farid = await both(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/publication/check?shows=full&visible_at=")
    for said in (
        "What follows from this correction", "Lindmere by the Sea", "4 other entries are named",
        "2 winners have permanent pages", "Nobody is written to", "publication 1",
    ):  # fmt: skip
        assert said in page.text, said
    await Entrant.update({Entrant.name: "Lindmere"}).where(Entrant.id == season.entrants[0])
    with counting() as counter:
        page = await eun_ji.get(f"{season.season.desk}/publication/check?shows=full&visible_at=")
    assert len(counter) <= 25, counter.statements
    assert "1 mail says that results are public, and where" in page.text
    assert "What it says otherwise" not in page.text


async def test_who_is_in_conflict_reads_no_consequence(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await factories.official(await id_of(FARID), season.entrants[5])
    _eun_ji, farid = await both(season, client_for)
    page = await farid.get(f"{season.season.desk}/publication/check?shows=full&visible_at=")
    assert "You cannot sign here" in page.text
    assert "Lindmere" not in page.text
