"""A city is proposed, approved, joined and left, over HTTP."""

import json
from urllib.parse import quote_from_bytes, urlencode

import pytest

from awards.cities.tables import Entrant, Official
from awards.db import counting
from awards.outbox.tables import Message
from tests import factories
from tests.people import AMINA, BAO, EUN_JI, NADIA, give, id_of
from tests.serving import ClientFor


async def test_a_city_is_proposed_and_approved(client_for: ClientFor) -> None:
    await give(EUN_JI, "secretariat")
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    await amina.get("/city/entrants/new")
    page = await amina.submit("#entrant", name="", country="", status=422)
    assert len(page.errors) == 2
    page = await amina.submit("#entrant", name="Ciudad Altos", country="PE", status=200)
    assert "Waiting for the secretariat" in page.text
    assert "Cities and other entrants: 1 waits for a decision" in (await desk.get("/desk")).text
    page = await desk.click("Cities and other entrants")
    assert "Ciudad Altos" in page.text
    assert AMINA.email in page.text
    page = await desk.submit("Approve")
    assert "Nobody waits." in page.text
    assert "for a decision" not in (await desk.get("/desk")).text
    page = await amina.get(page.path.replace("/desk/cities", "/city/invitations"))
    entrant = (await Entrant.select(Entrant.id))[0]["id"]
    page = await amina.get(f"/city/entrants/{entrant}")
    assert page.h1 == "Ciudad Altos"
    assert "Invite a colleague" in page.text


async def test_doubles_are_shown_before_a_second_row_is_made(client_for: ClientFor) -> None:
    await give(EUN_JI, "secretariat")
    known = await factories.entrant("Lindmere", country="NO")
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    await amina.get("/city/entrants/new")
    page = await amina.submit("#entrant", name="City of Lindmere", country="NO", status=422)
    assert page.table("Entrants with a like name")[1][0] == "Lindmere"
    page = await amina.submit("Ask to join", status=200)
    assert "Waiting for the secretariat" in page.text
    assert await Entrant.count() == 1
    page = await desk.get("/desk/cities")
    assert page.table("People who ask")[1][0] == AMINA.name
    await desk.submit(f"/desk/cities/officials/{(await Official.select())[0]['id']}/approve")
    page = await amina.get(f"/city/entrants/{known}")
    assert "Who acts for it" in page.text


async def test_a_decline_needs_a_reason_and_sends_it(client_for: ClientFor) -> None:
    await give(EUN_JI, "secretariat")
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    await amina.get("/city/entrants/new")
    await amina.submit("#entrant", name="Lindmere", country="NO")
    await desk.get("/desk/cities")
    await desk.click("Lindmere")
    page = await desk.submit("#decline", status=422)
    assert page.errors
    await desk.submit("#decline", reason="It is a district.", status=200)
    (letter,) = await Message.select().where(Message.template == "entrant-declined")
    assert json.loads(letter["values"])["reason"] == "It is a district."


async def test_an_invited_colleague_accepts_with_a_button(client_for: ClientFor) -> None:
    lindmere = await factories.entrant("Lindmere")
    await factories.official(await id_of(AMINA), lindmere, role="owner")
    amina, bao = await client_for(AMINA), await client_for(BAO)
    await amina.get(f"/city/entrants/{lindmere}")
    page = await amina.submit("#invitation", email="no address", name="", status=422)
    assert len(page.errors) == 2
    page = await amina.submit("#invitation", email=BAO.email, name="Bao Tran", status=200)
    assert "Invited" in page.text
    await bao.get("/city/invitations")
    page = await bao.submit("Accept", status=200)
    assert page.h1 == "Lindmere"
    page = await bao.submit("Leave", follow=False, status=303)
    assert page.location == "/city"
    await bao.get(f"/city/entrants/{lindmere}", status=404)


async def test_the_desk_changes_an_entrant(client_for: ClientFor) -> None:
    await give(EUN_JI, "secretariat")
    lindmere = await factories.entrant("Lindmere", country="TR", region="Europe")
    desk = await client_for(EUN_JI)
    await desk.get(f"/desk/cities/{lindmere}")
    page = await desk.submit("#entrant", region="Oceania", status=422)
    assert "does not count for that region" in page.errors[0]
    old = desk.page
    await desk.submit("#entrant", region="Middle East", status=200)
    assert (await Entrant.select(Entrant.region))[0]["region"] == "Middle East"
    desk.page = old
    page = await desk.submit("#entrant", region="Asia", status=409)
    assert "Somebody changed this entrant" in page.errors[0]


async def test_others_see_nothing(client_for: ClientFor) -> None:
    lindmere = await factories.entrant("Lindmere")
    nadia = await client_for(NADIA)
    for path in (f"/city/entrants/{lindmere}", "/desk/cities", f"/desk/cities/{lindmere}",
                 "/city/entrants/99999999999999999999999", "/city/entrants/0"):  # fmt: skip
        await nadia.get(path, status=404)


@pytest.mark.parametrize("many", [1, 3])
async def test_the_desk_page_asks_the_same_for_one_and_for_three(client_for: ClientFor, many: int) -> None:
    await give(EUN_JI, "secretariat")
    for number in range(many):
        waiting = await factories.entrant(f"Waiting {number}", state="proposed")
        await factories.official(await factories.person(), waiting, since=None)
        known = await factories.entrant(f"Known {number}")
        await factories.official(await factories.person(), known, since=None)
    desk = await client_for(EUN_JI)
    with counting() as counter:
        await desk.get("/desk/cities")
    assert len(counter) <= 6
    assert not counter.repeated


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 400, "🏙" * 10, "؀؁", "   "])
async def test_odd_names_are_refused_calmly(client_for: ClientFor, name: str) -> None:
    amina = await client_for(AMINA)
    page = await amina.get("/city/entrants/new")
    csrf = page.form("#entrant")[0].find(".//*[@name='csrf']")
    assert csrf is not None
    body = {"csrf": str(csrf.get("value")), "kind": "city", "country": "NO"}
    odd = quote_from_bytes(name.encode("utf-8", "surrogatepass"))
    content = f"{urlencode(body)}&name={odd}".encode()
    page = await amina.post(
        "/city/entrants/new",
        content=content,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert 400 <= page.status < 500
    assert await Entrant.count() == 0
