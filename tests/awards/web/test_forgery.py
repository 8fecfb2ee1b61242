"""Requests that no page of ours made change nothing."""

from typing import Any

import pytest
from msgspec.structs import replace

from awards.accounts.tables import Person
from awards.app import create_app
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.settings import Settings
from tests.page import Client, Page
from tests.people import AMINA, BAO, PASSWORD, id_of, sign_in
from tests.serving import ClientFor


def csrf_of(page: Page) -> str:
    return next(field.get("value", "") for field in page.document.iter() if field.get("name") == "csrf")


async def state() -> tuple[Any, ...]:
    people = await Person.raw("SELECT name, lang, zone FROM person ORDER BY id")
    events = await Event.raw("SELECT seq FROM event ORDER BY seq")
    return tuple(map(str, people)), len(events)


async def test_without_the_session_s_own_token_nothing_happens(client_for: ClientFor) -> None:
    amina, bao = await client_for(AMINA), await client_for(BAO)
    foreign = csrf_of(await bao.get("/account"))
    visitor = csrf_of(await amina.another().get("/sign-in"))
    own = csrf_of(await amina.get("/account"))
    before = await state()
    fields = {"name": "Mallory", "lang": "en", "zone": "UTC"}
    for token in (None, "", "x", foreign, visitor, own[:-1], own + "x", "\udcff", "é"):
        sent = fields if token is None else {**fields, "csrf": token.encode("utf-8", "surrogatepass")}
        page = await amina.post("/account", sent, status=None)
        assert page.status in (400, 403), token
    assert await state() == before
    await amina.post("/account", {**fields, "csrf": own}, status=200)
    assert await state() != before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_foreign_page_is_refused_even_with_the_token(
    client_for: ClientFor, headers: dict[str, str]
) -> None:
    amina = await client_for(AMINA)
    own = csrf_of(await amina.get("/account"))
    before = await state()
    fields = {"name": "Mallory", "lang": "en", "zone": "UTC", "csrf": own}
    await amina.post("/account", fields, status=403, headers=headers)
    assert await state() == before


async def test_in_production_the_host_header_makes_no_origin(settings: Settings, clock: FixedClock) -> None:
    """Behind a proxy the scheme is http: a page on http://… of the same name is another origin."""
    base = "https://awards.example"
    app: Any = create_app(replace(settings, production=True, base_url=base), clock=clock)
    async with Client(app, base) as client:
        await sign_in(client, AMINA)
        own = csrf_of(await client.get("/account"))
        fields = {"name": "Amina", "lang": "en", "zone": "UTC", "csrf": own}
        for origin in ("http://awards.example", "https://awards.example:444", "https://x.awards.example"):
            await client.post("/account", fields, status=403, headers={"Origin": origin})
        await client.post("/account", fields, status=200)


async def test_signing_in_takes_a_visitor_s_token(client: Client) -> None:
    await id_of(AMINA)
    await client.post("/sign-in", {"email": AMINA.email, "password": PASSWORD}, status=403)
    assert "session" not in client.http.cookies


async def test_a_session_invented_elsewhere_is_not_adopted(client: Client) -> None:
    await id_of(AMINA)
    client.http.cookies.set("session", "attacker", domain="127.0.0.1", path="/")
    client.http.cookies.set("visit", "attacker", domain="127.0.0.1", path="/")
    await client.get("/sign-in")
    await client.submit("Sign in", email=AMINA.email, password=PASSWORD, follow=False, status=303)
    assert client.http.cookies["session"] != "attacker"
    assert "visit" not in client.http.cookies
    thief = client.another()
    thief.http.cookies.set("session", "attacker", domain="127.0.0.1", path="/")
    assert (await thief.get("/account")).h1 == "Sign in"


async def test_a_new_session_ends_the_old_one_of_the_browser(client_for: ClientFor, client: Client) -> None:
    amina = await client_for(AMINA)
    old = amina.http.cookies["session"]
    await id_of(BAO)
    await client.get("/reset")
    await client.submit("Send me the link", email=BAO.email)
    link = (await Person.raw('SELECT "values" FROM message ORDER BY id DESC LIMIT 1'))[0]["values"].split(
        '"'
    )[3]
    await amina.get(link)
    await amina.submit(password="eleven quiet herons", follow=False, status=303)
    assert amina.http.cookies["session"] != old
    thief = client.another()
    thief.http.cookies.set("session", old, domain="127.0.0.1", path="/")
    assert (await thief.get("/account")).h1 == "Sign in"


@pytest.mark.parametrize(
    ("base", "secure"), [("https://awards.example", True), ("http://127.0.0.1:8000", False)]
)
async def test_cookies_are_as_strict_as_the_address_allows(
    settings: Settings, clock: FixedClock, base: str, secure: bool
) -> None:
    await id_of(AMINA)
    app: Any = create_app(replace(settings, base_url=base, production=secure), clock=clock)
    async with Client(app, base) as client:
        page = await client.get("/sign-in")
        set_cookies = page.response.headers.get_list("set-cookie")
        page = await client.submit("Sign in", email=AMINA.email, password=PASSWORD, follow=False, status=303)
        set_cookies += page.response.headers.get_list("set-cookie")
        assert (page.response.headers.get("strict-transport-security") is not None) is secure
    assert len(set_cookies) == 3
    for cookie in set_cookies:
        name = cookie.partition("=")[0]
        assert name.startswith("__Host-") is secure
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"path=/", "httponly", "samesite=lax"} <= parts
        assert ("secure" in parts) is secure
        assert not any(part.startswith("domain") for part in parts)


async def test_on_a_shared_computer_the_session_ends_with_the_window(client: Client) -> None:
    await id_of(AMINA)
    for shared, lasting in (("1", False), ("", True)):
        visitor = client.another()
        await visitor.get("/sign-in")
        page = await visitor.submit(
            "Sign in",
            {"shared": shared, "email": AMINA.email, "password": PASSWORD},
            follow=False,
            status=303,
        )
        cookie = next(c for c in page.response.headers.get_list("set-cookie") if c.startswith("session="))
        assert ("max-age" in cookie.lower()) is lasting
