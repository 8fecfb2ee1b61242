"""Who guesses learns nothing and is slowed down; the owner at another address still gets in."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from awards.accounts import services
from awards.accounts.forms import SignIn
from awards.accounts.rules import FAILURE_WINDOW, MOST_FROM_HERE, MOST_MAILS
from awards.accounts.services import From
from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.errors import Invalid, TooMany
from tests import factories
from tests.awards.accounts.mails import mails_to
from tests.page import Client, Page
from tests.people import AMINA, BAO, PASSWORD, id_of

UNKNOWN = "nobody@nowhere.example"


def seen(page: Page, address: str) -> tuple[Any, ...]:
    """All that the asker can tell answers apart by, but for what is random in every answer."""
    response = page.response
    cookies = sorted(re.sub(r"=[^;]*", "=", c, count=1) for c in response.headers.get_list("set-cookie"))
    headers = {k: v for k, v in response.headers.items() if k not in ("set-cookie", "x-request-id")}
    return response.status_code, response.text.replace(address, "ADDRESS"), cookies, sorted(headers)


async def ask(client: Client, path: str, button: str, address: str, **more: str) -> tuple[Any, ...]:
    visitor = client.another()
    visitor.http.cookies.set("visit", "the same visit", domain="127.0.0.1", path="/")
    await visitor.get(path)
    page = await visitor.submit(button, email=address, follow=False, **more)
    first = seen(page, address)
    return first, seen(await visitor.get(page.location), address) if page.location else None


@pytest.mark.parametrize(
    ("path", "button", "more"),
    [
        ("/sign-up", "Send me the link", {}),
        ("/reset", "Send me the link", {}),
        ("/sign-in", "Sign in", {"password": "not the password"}),
    ],
)
async def test_known_and_unknown_addresses_look_the_same(
    client: Client, path: str, button: str, more: dict[str, str]
) -> None:
    await id_of(AMINA)
    disabled = await id_of(BAO)
    await Person.raw("UPDATE person SET disabled_at = created_at WHERE id = {}", disabled)
    known = await ask(client, path, button, AMINA.email, **more)
    assert known == await ask(client, path, button, UNKNOWN, **more)
    assert known == await ask(client, path, button, BAO.email, **more)


async def test_a_disabled_person_does_not_get_in_with_the_right_password(client: Client) -> None:
    person = await id_of(BAO)
    await Person.raw("UPDATE person SET disabled_at = created_at WHERE id = {}", person)
    await client.get("/sign-in")
    await client.submit("Sign in", email=BAO.email, password=PASSWORD, status=422)
    await client.get("/reset")
    await client.submit("Send me the link", email=BAO.email)
    assert await mails_to(BAO.email) == []


async def test_guessing_is_slowed_down(client: Client, clock: FixedClock) -> None:
    await id_of(AMINA)
    for address in (AMINA.email, UNKNOWN):
        await client.get("/sign-in")
        for _guess in range(MOST_FROM_HERE):
            await client.submit("Sign in", email=address, password="a guess", status=422)
        page = await client.submit("Sign in", email=address, password=PASSWORD, status=429)
        assert page.response.headers["retry-after"] == "900"
        assert "Wait 15 minutes" in page.text
    elsewhere = SignIn(email=AMINA.email, password=PASSWORD)
    origin = From(address="203.0.113.7", agent="", request_id="")
    assert await services.sign_in(command=elsewhere, origin=origin, clock=clock)
    # Half open: at the window's own end the first guess no longer counts.
    origin = From(address="198.51.100.7", agent="", request_id="")
    wrong = SignIn(email=AMINA.email, password="a guess")
    for _guess in range(MOST_FROM_HERE):
        with pytest.raises(Invalid):
            await services.sign_in(command=wrong, origin=origin, clock=clock)
    clock.advance(FAILURE_WINDOW - timedelta(milliseconds=1))
    with pytest.raises(TooMany):
        await services.sign_in(command=elsewhere, origin=origin, clock=clock)
    clock.advance(timedelta(milliseconds=1))
    assert await services.sign_in(command=elsewhere, origin=origin, clock=clock)


@pytest.mark.commits
async def test_guesses_at_once_are_counted_one_by_one(clock: FixedClock) -> None:
    await id_of(AMINA)
    wrong = SignIn(email=AMINA.email, password="a guess")
    origin = From(address="203.0.113.7", agent="", request_id="")
    answers = await asyncio.gather(
        *(services.sign_in(command=wrong, origin=origin, clock=clock) for _guess in range(20)),
        return_exceptions=True,
    )
    kinds = [type(answer) for answer in answers]
    assert kinds.count(Invalid) == MOST_FROM_HERE
    assert kinds.count(TooMany) == 20 - MOST_FROM_HERE


async def test_the_present_password_is_not_guessed_either(client: Client) -> None:
    await id_of(AMINA)
    await client.get("/sign-in")
    await client.submit("Sign in", email=AMINA.email, password=PASSWORD, follow=False, status=303)
    await client.get("/prove?next=/account")
    for _guess in range(MOST_FROM_HERE):
        await client.submit("Go on", password="a guess", status=422)
    await client.submit("Go on", password=PASSWORD, status=429)


async def test_nobody_fills_a_letter_box(client: Client) -> None:
    await id_of(AMINA)
    for path in ("/reset", "/sign-up"):
        for address in (AMINA.email, AMINA.email.upper(), UNKNOWN):
            for _time in range(4):
                await client.get(path)
                page = await client.submit("Send me the link", email=address, status=200)
                assert page.h1 == "Look into your mail"
    assert len(await mails_to(AMINA.email)) == MOST_MAILS
    assert len(await mails_to(UNKNOWN)) <= MOST_MAILS


async def test_another_box_that_folds_to_the_same_gets_no_link(client: Client) -> None:
    """Somebody invited as strasse@… is not taken over by who owns straße@…."""
    await factories.person("Judge", email="strasse@judges.example")
    await id_of(AMINA)
    for path in ("/sign-up", "/reset"):
        await client.get(path)
        await client.submit("Send me the link", email="straße@judges.example", status=200)
    assert await mails_to("straße@judges.example") == []
    assert [mail["template"] for mail in await mails_to("strasse@judges.example")] == ["confirm", "reset"]


async def test_the_database_keeps_no_secret(client: Client) -> None:
    """Neither session tokens, nor link tokens outside the mail that carries them, nor passwords."""
    await id_of(AMINA)
    await client.get("/sign-in")
    await client.submit("Sign in", email=AMINA.email, password=PASSWORD, follow=False, status=303)
    await client.another().get("/sign-in")
    await client.get("/account")
    session = client.http.cookies["session"]
    for table in ("session", "ticket", "credential", "sign_in_failure", "event", "event_detail", "person"):
        text = str(await Person.raw(f"SELECT * FROM {table}"))
        assert session not in text
        assert PASSWORD not in text
