"""The outermost layer: hosts, addresses, headers, the log line, health."""

import json
import logging
from ipaddress import ip_network
from typing import Any

import pytest
from msgspec.structs import replace

from awards.app import create_app
from awards.clock import FixedClock
from awards.settings import Settings
from awards.web.arrival import client_address
from awards.web.render import own_path
from tests.page import Client
from tests.people import AMINA, PASSWORD, id_of
from tests.serving import ClientFor

OURS = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # who is no proxy of ours is not believed
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # the nearest, not what the client wrote
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, <script>"], "10.0.0.1"),
        ("::1", ["2001:DB8::1"], "2001:db8::1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_forwarded_addresses_count_from_our_proxies_only(
    peer: str, forwarded: list[str], address: str
) -> None:
    assert client_address(peer, forwarded, OURS) == address


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/city", "/city"),
        ("/city?x=1&y=/a#b", "/city?x=1&y=/a#b"),
        ("", "/d"),
        ("city", "/d"),
        ("//evil.example", "/d"),
        ("///evil.example", "/d"),
        ("/\\evil.example", "/d"),
        ("\\\\evil.example", "/d"),
        ("/%5cevil.example", "/d"),
        ("/%2f/evil.example", "/d"),
        ("https://evil.example", "/d"),
        ("javascript:alert(1)", "/d"),
        ("/\t/evil.example", "/d"),
        ("/\n/evil.example", "/d"),
        (" /city", "/d"),
        ("/city\x7f", "/d"),
    ],
)
def test_next_never_leads_elsewhere(text: str, path: str) -> None:
    assert own_path(text, "/d") == path


async def test_a_next_in_any_script_is_a_header_in_ascii(client: Client) -> None:
    await id_of(AMINA)
    await client.get("/sign-in", params={"next": "/도시?q=é&x=%41"})
    page = await client.submit("Sign in", email=AMINA.email, password=PASSWORD, follow=False, status=303)
    assert page.location == "/%EB%8F%84%EC%8B%9C?q=%C3%A9&x=%41"


async def test_who_is_sent_to_sign_in_comes_back_with_the_question(client: Client) -> None:
    page = await client.get("/prove?next=/account", follow=False, status=303)
    assert page.location == "/sign-in?next=/prove%3Fnext%3D/account"


async def test_production_serves_its_own_name_only(settings: Settings, clock: FixedClock) -> None:
    base = "https://awards.example"
    app: Any = create_app(replace(settings, production=True, base_url=base), clock=clock)
    async with Client(app, base) as client:
        await client.get("/sign-in")
        for host in ("evil.example", "awards.example.evil.example", "awards.example:444", ""):
            answer = await client.http.get("/sign-in", headers={"Host": host})
            assert answer.status_code == 400, host
            assert "set-cookie" not in answer.headers
        for path in ("/health/live", "/health/ready"):
            answer = await client.http.get(path, headers={"Host": "10.0.0.7:8000"})
            assert answer.status_code == 200


@pytest.mark.parametrize("host", ["[::1", "a b", "x@y", "é.example", "a/b"])
async def test_a_host_that_is_no_name_is_refused_everywhere(client: Client, host: str) -> None:
    answer = await client.http.get("/sign-in", headers={"Host": host.encode()})
    assert answer.status_code == 400


async def test_links_never_come_from_the_host(client: Client) -> None:
    answer = await client.http.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


SAFE = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=()",
}


async def test_every_answer_carries_the_safe_headers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        await client.http.get("/sign-in"),
        await client.http.get("/no/such/page"),
        await client.http.delete("/sign-in"),
        await client.http.get("/account"),
        await client.http.post("/sign-in", data={}),
        await client.http.get("/health/live"),
        await client.http.get("/static/none.css"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 405, 303, 403, 200, 404]

    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("planted")

    monkeypatch.setattr("awards.accounts.pages.signing.SignInPage", fail)
    answers.append(await client.http.get("/sign-in"))
    assert answers[-1].status_code == 500
    assert "planted" not in answers[-1].text
    assert answers[-1].headers["x-request-id"] in answers[-1].text
    for answer in answers:
        for name, value in SAFE.items():
            assert answer.headers.get_list(name)[0].startswith(value), answer.url
            assert len(answer.headers.get_list(name)) == 1
        assert answer.headers["cache-control"] == "no-store" or "/static/" in str(answer.url)


async def test_head_is_a_get_without_a_body(client: Client) -> None:
    answer = await client.http.head("/sign-in")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


async def test_the_log_says_who_and_what_and_no_secret(
    client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    amina = await client_for(AMINA)
    session = amina.http.cookies["session"]
    with caplog.at_level(logging.INFO, logger="awards.access"):
        await amina.get("/account?lang=en&secret=in-the-query")
        await amina.submit(
            "#new-password", current="my present secret", password="my new long secret", status=422
        )
        for path in ("/confirm/t0ken", "/reset/t0ken", "/invitation/t0ken"):
            await amina.get(path, status=404)
        await amina.get("/bad\u202epath%0A%7B%7D", status=404)
    text = caplog.text
    for secret in (session, "secret", "t0ken", "csrf", "Mozilla"):
        assert secret not in text
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "awards.access"]
    assert [line["status"] for line in lines] == [200, 422, 404, 404, 404, 404]
    assert lines[0]["path"] == "/account"
    assert lines[0]["person"] == await id_of(AMINA)
    assert lines[0]["address"] == "127.0.0.1"
    assert lines[0]["queries"] <= 6
    assert len({line["id"] for line in lines}) == 6


async def test_health(client: Client) -> None:
    for path, word in (("/health/live", "alive"), ("/health/ready", "ready")):
        page = await client.get(path)
        assert page.json() == {"status": word}
        assert page.response.headers["cache-control"] == "no-store"
