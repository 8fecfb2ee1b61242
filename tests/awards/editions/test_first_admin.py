"""The first account of an instance: it can name people and run editions, and asking twice gives nothing twice."""

from awards.audit.queries import chain_breaks
from awards.clock import FixedClock
from awards.editions.first_admin import make_admin
from awards.editions.tables import RoleGrant
from awards.outbox.tables import Message
from tests.people import GRACE
from tests.serving import ClientFor


async def _make(clock: FixedClock, email: str = "first@wego.example") -> str:
    return await make_admin(email=email, name="Eun-ji Park", clock=clock)


async def _roles() -> list[tuple[str, str]]:
    rows = await RoleGrant.select(RoleGrant.role, RoleGrant.scope).order_by(RoleGrant.role)
    return [(row["role"], row["scope"]) for row in rows]


async def test_the_first_account_names_people_and_runs_editions(clock: FixedClock) -> None:
    await _make(clock)
    assert await _roles() == [("admin", "instance"), ("secretariat", "instance")]
    assert await Message.count() == 0  # the link is printed for whoever holds the server, not sent
    assert await chain_breaks() == []


async def test_asking_again_gives_another_link_and_no_other_role(clock: FixedClock) -> None:
    assert await _make(clock) != await _make(clock, "First@WeGO.example")
    assert await _roles() == [("admin", "instance"), ("secretariat", "instance")]


async def test_a_role_that_ended_is_given_again(clock: FixedClock) -> None:
    await _make(clock)
    await RoleGrant.update({RoleGrant.until: clock.now()}).where(RoleGrant.role == "secretariat")
    await _make(clock)
    assert [role for role, _scope in await _roles()] == ["admin", "secretariat", "secretariat"]


async def test_its_link_leads_to_a_desk_that_it_may_use(client_for: ClientFor, clock: FixedClock) -> None:
    visitor = (await client_for(GRACE)).another()
    await visitor.get(await _make(clock))
    await visitor.submit("Create my account", name="Eun-ji Park", password="a long quiet river 9")
    page = await visitor.get("/desk")
    assert {"New edition", "People and roles", "Cities and other entrants"} <= {
        text for text, _ in page.links
    }
