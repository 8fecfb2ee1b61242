"""Whatever bytes arrive: an answer of the 400s in calm words, nothing stored, and never a 500."""

import json
from typing import Any

import pytest

from awards.accounts.tables import Person
from tests.awards.web.test_forgery import csrf_of
from tests.chance import chance, times
from tests.page import Client
from tests.people import AMINA
from tests.serving import ClientFor

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in%00",
        "/confirm/%00",
        "/confirm/%ff%fe",
        "/confirm/%ed%a0%80",
        "/invitation/" + "9" * 5000,
        "/awards/%00/%00",
        "/desk/mail/%00/retry",
        "/desk/x/y/mail/" + "9" * 23,
        "/desk/x/y/mail/-1",
        "/desk/x/y/mail/1e3",
        "/static/%00",
        "/static/../../etc/passwd",
        "/sign-in?next=%00",
        "/sign-in?lang=%00",
        "/pages/%00",
    ],
)
async def test_odd_addresses(client_for: ClientFor, path: str) -> None:
    amina = await client_for(AMINA)
    for browser in (amina, amina.another()):
        answer = await browser.http.get(path)
        assert 300 <= answer.status_code < 500, path


@pytest.mark.parametrize(
    "query",
    ["next=%ff", "next=%ed%a0%80", "next=" + "a" * 5000, "lang=" + "x" * 5000, "%", "=&=&", "next=%u0000"],
)
async def test_odd_questions(client: Client, query: str) -> None:
    answer = await client.http.get(f"/sign-in?{query}")
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=%00"),
        ("application/x-www-form-urlencoded", b"name=a%00b&zone=UTC&lang=en"),
        ("application/x-www-form-urlencoded", b"name=%ed%a0%80"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=\xff"),
        ("application/x-www-form-urlencoded; charset=utf-99", b"zone=x"),
        ("application/x-www-form-urlencoded", b"&&&&===;;"),
        ("application/x-www-form-urlencoded", b"a=1&" * 20_000),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"garbage"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--x--',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nNonsense\r\n\r\nv\r\n--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="csrf"; filename="f"\r\n\r\nv\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="zone"\r\nContent-Type: application/json\r\n\r\n{nan\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=utf-99\r\n\r\n'
            b"v\r\n--x--",
        ),
        ("application/json", b'{"name": NaN}'),
        ("application/json", b'{"name": "\\ud800"}'),
        ("application/json", b"[" * 50_000),
        ("application/json", b"{broken"),
        ("text/plain", b"name=x"),
        ("", b"name=x"),
        ("\xff", b"name=x"),
    ],
)
@pytest.mark.parametrize("with_token", [False, True])
async def test_odd_bodies(client_for: ClientFor, kind: str, body: bytes, with_token: bool) -> None:
    amina = await client_for(AMINA)
    token = csrf_of(await amina.get("/account"))
    before = await Person.raw("SELECT name FROM person ORDER BY id")
    headers: dict[str, Any] = {"Content-Type": kind.encode("latin-1")} if kind else {}
    if with_token:
        headers["X-CSRF-Token"] = token
    for path in ("/account", "/account/password", "/account/sessions/end", "/prove"):
        answer = await amina.http.post(path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500, path
        assert "no-store" in answer.headers["cache-control"]
    assert await Person.raw("SELECT name FROM person ORDER BY id") == before


async def test_json_is_answered_as_json(client_for: ClientFor) -> None:
    amina = await client_for(AMINA)
    answer = await amina.http.post(
        "/account", content=b"{broken", headers={"Content-Type": "application/json"}
    )
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == answer.status_code


async def test_too_large(client_for: ClientFor) -> None:
    amina = await client_for(AMINA)
    token = csrf_of(await amina.get("/account"))
    body = b"name=" + b"x" * (2 * 1024 * 1024)
    for headers in (FORM, {**FORM, "X-CSRF-Token": token}):
        answer = await amina.http.post("/account", content=body, headers=headers)
        assert answer.status_code == 413

    async def without_length() -> Any:
        for _piece in range(40):
            yield b"x" * 65536

    answer = await amina.http.post("/account", content=without_length(), headers=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "cookie",
    [
        "session=\xff",
        "session=",
        "session=" + "a" * 4000,
        "flash=AAAA",
        "flash=WyJnb29kIiwiXHVkODAwIiwiIl0",  # a lone surrogate
        "flash=" + "W1tb" * 900,
        "flash=\xe9",
        "flash=bnVsbA",
        "flash=WyJnb29kIiwxLDJd",
        "visit=\xff",
        "language=../../etc",
        ";;;==",
    ],
)
async def test_odd_cookies(client: Client, cookie: str) -> None:
    answer = await client.http.get("/sign-in", headers={"Cookie": cookie.encode("latin-1")})
    assert answer.status_code == 200


async def test_random_forms(client_for: ClientFor) -> None:
    amina = await client_for(AMINA)
    token = csrf_of(await amina.get("/account"))
    random = chance()
    letters = [
        "a",
        "%",
        "&",
        "=",
        "\x00",
        "\r\n",
        "\u202e",
        "é",
        "%00",
        "%ed%a0%80",
        "+",
        "9" * 23,
        "<script>",
        "'",
    ]
    for _time in range(times(100, drill=3000)):
        body = "".join(random.choices(letters, k=random.randrange(12)))
        field = random.choice(["name", "zone", "lang", "session", "current", "password", "next", "csrf", "x"])
        path = random.choice(
            ["/account", "/account/password", "/account/sessions/end", "/prove", "/sign-out/x"]
        )
        answer = await amina.http.post(
            path, content=f"{field}={body}".encode(), headers={**FORM, "X-CSRF-Token": token}
        )
        assert answer.status_code < 500, (path, field, body)


async def test_random_parts(client_for: ClientFor) -> None:
    """Multipart bodies cut, doubled and mixed at random."""
    amina = await client_for(AMINA)
    token = csrf_of(await amina.get("/account"))
    random = chance()
    pieces = [b"--x\r\n", b"--x--", b"\r\n\r\n", b"\r\n", b"Content-Disposition: form-data; name=\"zone\"",
              b"Content-Disposition: form-data; name=\"csrf\"; filename*=utf-99''%00", b"\xff\xfe", b"\x00",
              b"Content-Type: application/json", b"Content-Type: text/plain; charset=\xff", b"{\"a\":[", b"=?",
              b"Content-Type:", b"; name=", b"--", b"x"]  # fmt: skip
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRF-Token": token}
    for _time in range(times(150, drill=5000)):
        body = b"--x\r\n" * random.randrange(2) + b"".join(random.choices(pieces, k=random.randrange(14)))
        answer = await amina.http.post("/account", content=body, headers=headers)
        assert answer.status_code < 500, body
