"""Membership of a programme: dates that the secretariat sets, one open at a time."""

from awards.editions.tables import Membership
from tests import factories
from tests.people import EUN_JI, NADIA, give
from tests.serving import ClientFor


async def test_the_secretariat_records_and_ends_a_membership(client_for: ClientFor) -> None:
    programme = await factories.programme(name="WeGO Awards")
    await give(EUN_JI, "secretariat", f"programme:{programme}")
    lindmere = await factories.entrant("Lindmere")
    desk, nadia = await client_for(EUN_JI), await client_for(NADIA)
    await nadia.get(f"/desk/cities/{lindmere}/membership", status=404)
    await desk.get(f"/desk/cities/{lindmere}")
    await desk.click("See and record membership")
    page = await desk.submit("#membership", programme="", since="", status=422)
    assert len(page.errors) == 2
    page = await desk.submit("#membership", programme=str(programme), since="2024-05-01", status=200)
    assert page.table("Memberships")[1] == ["WeGO Awards", "Full member", "1 May 2024", "open"]
    page = await desk.submit("#membership", programme=str(programme), since="2025-05-01", status=422)
    assert "a member already" in page.errors[0]
    page = await desk.submit("End it", until="2024-05-01", status=422)
    assert page.errors == ["The end must come after the beginning"]
    page = await desk.submit("End it", until="2026-01-01", status=200)
    assert page.table("Memberships")[1][3] == "1 January 2026"
    await desk.submit(
        "#membership", programme=str(programme), kind="associate", since="2026-02-01", status=200
    )
    assert await Membership.count() == 2


async def test_the_secretariat_of_another_programme_records_nothing_here(client_for: ClientFor) -> None:
    programme = await factories.programme()
    await give(EUN_JI, "secretariat", "edition:999999")
    lindmere = await factories.entrant("Lindmere")
    desk = await client_for(EUN_JI)
    page = await desk.get(f"/desk/cities/{lindmere}/membership")
    csrf = page.form("#membership")[0].find(".//*[@name='csrf']")
    assert csrf is not None
    data = {"csrf": csrf.get("value"), "programme": str(programme), "kind": "full", "since": "2024-05-01"}
    await desk.post(f"/desk/cities/{lindmere}/membership", data, status=422)
    assert await Membership.count() == 0
