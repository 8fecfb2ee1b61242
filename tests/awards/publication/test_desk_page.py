"""The two signatures as two browsers give them."""

from datetime import timedelta

from awards.clock import FixedClock
from awards.entries.tables import Entry
from awards.publication import services
from tests.awards.publication.published import ask, decided, published
from tests.awards.results.judged import Judged
from tests.factories import AT
from tests.page import Client
from tests.people import EUN_JI, FARID, give
from tests.serving import ClientFor

FIRST = "#first"
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
    page = await eun_ji.submit(FIRST, status=422)
    assert page.errors == ["Read the winners and what follows, then tick the box"]
    page = await eun_ji.submit(FIRST, read="1", shows="full", visible_at="2026-03-13T12:00")
    assert "You have signed first" in page.text
    assert "Another person of the secretariat signs here" in page.text
    page = await farid.get(address)
    assert "13 March 2026, 12:00" in page.text
    page = await farid.submit(SECOND, read="1")
    assert "Scheduled" in page.text
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    await client.get(f"{edition}/inclusive/lindmere", status=404)
    clock.move_to(AT + timedelta(days=3, hours=3))
    await client.get(f"{edition}/inclusive/lindmere")


async def test_an_old_password_is_typed_again_first(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    eun_ji, _farid = await both(season, client_for)
    await eun_ji.get(f"{season.season.desk}/publication")
    clock.advance(timedelta(minutes=16))
    page = await eun_ji.submit(FIRST, read="1", follow=False)
    assert page.location.startswith("/prove?next=")
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "Enter the password" in page.text


async def test_the_gate_lists_what_is_open(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == season.entries[0])
    eun_ji, _farid = await both(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "no longer in" in page.text
    assert "Sign first" not in page.text


async def test_a_first_signature_and_a_publication_are_withdrawn(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await decided(clock)
    eun_ji, farid = await both(season, client_for)
    await ask(season, clock)
    await farid.get(f"{season.season.desk}/publication")
    page = await farid.submit("Withdraw the first signature")
    assert "Sign first" in page.text
    page = await farid.submit(FIRST, read="1", visible_at="2026-03-13T12:00")
    await eun_ji.get(f"{season.season.desk}/publication")
    await eun_ji.submit(SECOND, read="1")
    page = await eun_ji.submit("Withdraw publication 1")
    assert "Withdrawn" in page.text
    assert "Sign a correction" not in page.text, "nothing stands that could be corrected"


async def test_the_other_tab_is_told(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    _eun_ji, farid = await both(season, client_for)
    approval = await ask(season, clock)
    await farid.get(f"{season.season.desk}/publication")
    actor = await season.actor(EUN_JI)
    await services.end_request(
        edition_id=season.season.edition_id, approval_id=approval, actor=actor, clock=clock
    )
    await farid.submit(SECOND, read="1", status=409)


async def test_a_bad_instant_and_a_missing_note(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock)
    eun_ji, _farid = await both(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/publication")
    assert "Sign a correction" in page.text
    assert "start a correction" in page.text
    assert "First signature" not in page.text
    page = await eun_ji.submit(FIRST, read="1", visible_at="2026-02-30T12:00", status=422)
    assert len(page.errors) == 1
    page = await eun_ji.submit(FIRST, read="1", visible_at="2026-03-01T12:00", note="A name", status=422)
    assert "still to come" in page.errors[0]
    page = await eun_ji.submit(FIRST, read="1", visible_at="", note="", status=422)
    assert "what this publication corrects" in page.errors[0]
