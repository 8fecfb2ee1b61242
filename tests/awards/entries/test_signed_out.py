"""A form that outlives its session: kept in the page that asks for the password, and given back to its writer alone."""

from awards.accounts.tables import Session
from awards.entries.tables import Answer
from tests.awards.entries.test_pages import city_of, start
from tests.awards.entries.test_writing import values
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, BAO, PASSWORD
from tests.serving import ClientFor


async def ended(client: Client) -> None:
    await Session.update({Session.ended_at: AT}, force=True)


async def test_a_form_outlives_its_session(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    await amina.get(path)
    await ended(amina)
    text = "Two lines.\n\nAnd “signs” & <marks>."
    page = await amina.submit("Save and return", answer=text, status=401)
    assert page.h1 == "Sign in again"
    page = await amina.submit("Sign in", email=AMINA.email, password="wrong password", status=422)
    page = await amina.submit("Sign in", email=AMINA.email, password=PASSWORD, status=200)
    assert page.h1 == "You are signed in again"
    assert "And “signs” & <marks>." in page.text
    assert await Answer.count() == 0
    page = await amina.submit("Send what I typed", status=200)
    assert "Saved" in page.flash
    assert await values() == {"summary": text}


async def test_what_one_typed_is_not_given_to_another(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    await client_for(BAO)
    path = f"{await start(amina, season)}/summary"
    await amina.get(path)
    await ended(amina)
    await amina.submit("#question", answer="Amina's own words.", status=401)
    page = await amina.submit("Sign in", email=BAO.email, password=PASSWORD, status=200)
    assert "not yours to send" in page.flash
    assert "own words" not in page.html
    assert await Answer.count() == 0


async def test_a_form_from_elsewhere_is_not_kept(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    await ended(amina)
    headers = {"Origin": "https://elsewhere.example"}
    response = await amina.http.post(path, data={"csrf": "x", "answer": "Planted"}, headers=headers)
    assert response.status_code == 403
    assert "Planted" not in response.text
    page = await amina.post(path, {"answer": "Without a token"}, status=401)
    assert "Without a token" not in page.html


async def test_who_is_signed_in_is_told_to_the_page_that_waits(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    page = await amina.get(f"{await start(amina, season)}/summary")
    keep = next(each.get("data-keep") for each in page.main.iter() if each.get("data-keep"))
    found = (await amina.get("/session")).json()
    assert found["person"] == keep
    assert found["csrf"]
    await ended(amina)
    assert (await amina.get("/session")).json() == {"person": "", "csrf": ""}
