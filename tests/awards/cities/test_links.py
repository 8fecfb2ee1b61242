"""Twins, members and suppliers: recorded once, ended and kept, for the secretariat alone."""

import pytest

from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.cities.forms import EndLink, LinkEntrants
from awards.cities.queries import links_of
from awards.cities.rules import LinkKind
from awards.cities.services import end_link, link_entrants
from awards.cities.tables import EntrantLink
from awards.clock import FixedClock
from awards.errors import Invalid, NotFound, Stale
from tests import factories
from tests.people import AMINA, EUN_JI, give
from tests.serving import ClientFor

DESK = Actor(person_id=1, name="Eun-ji", grants=frozenset({Grant("secretariat", "programme:1")}))


async def linked(a: int, kind: LinkKind, b: int, clock: FixedClock, actor: Actor = DESK) -> int:
    command = LinkEntrants(kind=kind, other=b)
    return await link_entrants(entrant_id=a, command=command, actor=actor, clock=clock)


async def test_each_kind_from_both_sides(clock: FixedClock) -> None:
    city, twin, union, firm = [await factories.entrant(name) for name in ("City", "Twin", "Union", "Firm")]
    await linked(city, LinkKind.TWIN, twin, clock)
    await linked(city, LinkKind.MEMBER, union, clock)
    await linked(city, LinkKind.SUPPLIER, firm, clock)
    assert {(one.kind.value, one.other, one.first) for one in await links_of(city)} == {
        ("twin", "Twin", True),
        ("member", "Union", True),
        ("supplier", "Firm", False),
    }
    assert [(one.kind.value, one.other, one.first) for one in await links_of(firm)] == [
        ("supplier", "City", True)
    ]


async def test_once_and_ended_and_kept(clock: FixedClock) -> None:
    city, twin = await factories.entrant("City"), await factories.entrant("Twin")
    link = await linked(city, LinkKind.TWIN, twin, clock)
    for a, b in ((city, twin), (twin, city)):
        with pytest.raises(Invalid, match="already"):
            await linked(a, LinkKind.TWIN, b, clock)
    await end_link(entrant_id=twin, command=EndLink(link=link), actor=DESK, clock=clock)
    with pytest.raises(Stale):
        await end_link(entrant_id=city, command=EndLink(link=link), actor=DESK, clock=clock)
    await linked(twin, LinkKind.TWIN, city, clock)
    assert await EntrantLink.count() == 2
    assert [row["action"] for row in await Event.select(Event.action)] == ["entrants linked"] * 3


async def test_who_and_with_whom(clock: FixedClock) -> None:
    city, twin = await factories.entrant("City"), await factories.entrant("Twin", state="proposed")
    with pytest.raises(Invalid):
        await linked(city, LinkKind.TWIN, twin, clock)
    with pytest.raises(Invalid):
        await linked(city, LinkKind.TWIN, city, clock)
    with pytest.raises(NotFound):
        await linked(city, LinkKind.TWIN, twin, clock, Actor(person_id=2, name="A stranger"))
    other = await factories.entrant("Other")
    link = await linked(city, LinkKind.MEMBER, other, clock)
    third = await factories.entrant("Third")
    with pytest.raises(NotFound):
        await end_link(entrant_id=third, command=EndLink(link=link), actor=DESK, clock=clock)


async def test_the_page(client_for: ClientFor) -> None:
    await give(EUN_JI, "secretariat")
    city, twin = await factories.entrant("City"), await factories.entrant("Twin")
    desk = await client_for(EUN_JI)
    await desk.get(f"/desk/cities/{city}")
    await desk.click("Twins, bodies it is a member of, suppliers")
    page = await desk.submit("#tie", status=422)
    assert "Entrant" in page.text
    page = await desk.submit("#tie", other=str(twin))
    assert page.table("Ties to other entrants")[1][:2] == ["twin of", "Twin"]
    page = await desk.submit("End")
    assert "The tie has ended" in page.text
    await (await client_for(AMINA)).get(f"/desk/cities/{city}/links", status=404)
