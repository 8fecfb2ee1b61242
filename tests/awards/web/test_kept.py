"""Public pages kept as bytes: who gets them, and when they go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from awards.errors import Busy
from awards.web.arrival import KEY, Arrival
from awards.web.kept import MOST_PAGES, UNTIL, KeptPages
from awards.web.session import LANGUAGE
from tests.factories import AT


@dataclass
class Shop:
    """A public page that counts how often it is drawn, behind the layer under test."""

    drawn: int = 0
    seconds: float = 0.0
    stamp: int = 1
    status: int = 200
    now: datetime = AT
    until: datetime = AT + timedelta(minutes=1)
    asked: int = 0
    failing: bool = False
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    turns: int = 0
    """How often others come to turn while a page is drawn."""

    async def ask(self) -> int:
        self.asked += 1
        if self.failing:
            raise Busy
        return self.stamp

    async def page(self, scope: Any, _receive: Any, send: Callable[[Any], Any]) -> None:
        self.drawn += 1
        for _turn in range(self.turns):
            await asyncio.sleep(0)
        headers = [(b"content-type", b"text/html"), *self.headers]
        if scope["path"] != "/plain":
            headers.append((UNTIL, self.until.isoformat().encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = f"{scope['path']} {scope['state'].get(LANGUAGE)} {self.drawn}".encode()
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:], "more_body": False})

    def client(self) -> httpx.AsyncClient:
        kept = KeptPages(
            self.page,
            stamp=self.ask,
            ticks=lambda: self.seconds,
            languages=("en", "ar"),
        )

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("state", {})[KEY] = Arrival(self.now, "r", "a")
            await kept(scope, receive, send)

        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t")


async def test_kept_for_who_sends_no_cookie() -> None:
    shop = Shop()
    async with shop.client() as client:
        first = await client.get("/")
        second = await client.get("/")
        assert first.content == second.content == b"/ en 1"
        assert UNTIL.decode() not in first.headers
        assert first.headers["etag"] == second.headers["etag"]
        other = await client.get("/", headers={"Cookie": "session=x"})
        assert other.content == b"/ None 2", "one person's page is drawn for them"
        assert UNTIL.decode() not in other.headers
        assert (await client.get("/")).content == b"/ en 1", "and never kept"
        assert (await client.get("/?q=x")).content == b"/ None 3"
        assert (await client.get("/?q=x")).content == b"/ None 4"


async def test_a_cookie_in_the_answer_is_not_kept() -> None:
    shop = Shop(headers=[(b"Set-Cookie", b"session=secret")])
    async with shop.client() as client:
        for _time in range(2):
            assert "set-cookie" not in (await client.get("/")).headers


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_errors_are_not_kept(status: int) -> None:
    shop = Shop(status=status)
    async with shop.client() as client:
        await client.get("/")
        await client.get("/")
    assert shop.drawn == 2


async def test_what_says_no_end_is_not_kept() -> None:
    shop = Shop()
    async with shop.client() as client:
        await client.get("/plain")
        await client.get("/plain")
    assert shop.drawn == 2


@pytest.mark.parametrize(("before", "drawn"), [(-1, 1), (0, 2), (1, 2)])
async def test_dropped_at_its_end_to_the_millisecond(before: int, drawn: int) -> None:
    shop = Shop()
    async with shop.client() as client:
        await client.get("/")
        shop.now = shop.until + timedelta(milliseconds=before)
        await client.get("/")
    assert shop.drawn == drawn


async def test_no_page_is_kept_for_long() -> None:
    shop = Shop(until=AT + timedelta(days=400))
    async with shop.client() as client:
        await client.get("/")
        shop.now = AT + timedelta(minutes=5)
        await client.get("/")
    assert shop.drawn == 2


async def test_dropped_after_a_change_of_another_process_within_a_second() -> None:
    shop = Shop()
    async with shop.client() as client:
        await client.get("/")
        shop.stamp = 2
        shop.seconds = 0.4
        assert (await client.get("/")).content == b"/ en 1"
        shop.seconds = 0.6
        assert (await client.get("/")).content == b"/ en 2"
        assert shop.asked == 2


async def test_dropped_at_once_after_a_change_of_this_process() -> None:
    shop = Shop()
    async with shop.client() as client:
        await client.get("/")
        shop.stamp = 2
        await client.post("/")
        assert (await client.get("/")).content == b"/ en 3"


async def test_the_language_is_part_of_the_address() -> None:
    shop = Shop()
    async with shop.client() as client:
        arabic = {"Accept-Language": "ar"}
        assert (await client.get("/", headers=arabic)).content == b"/ ar 1"
        assert (await client.get("/")).content == b"/ en 2"
        assert (await client.get("/", headers=arabic)).content == b"/ ar 1"
        assert "Accept-Language" in (await client.get("/")).headers["vary"]
        # However the header is written, what is kept under a language is drawn in it.
        for odd in ("x," * 150 + "ar", "x" * 450 + ",ar", "x" * 800 + ",ar"):
            answer = await client.get("/odd" + str(len(odd)), headers={"Accept-Language": odd})
            again = await client.get("/odd" + str(len(odd)), headers={"Accept-Language": "en"})
            assert (answer.content == again.content) is (b" en " in answer.content)
        both = [("Accept-Language", "ar"), ("Accept-Language", "en")]
        assert (await client.get("/both", headers=both)).content.startswith(b"/both ar")
        assert (await client.get("/both", headers={"Accept-Language": "en"})).content.startswith(b"/both en")


async def test_a_tag_that_still_holds_gets_no_body() -> None:
    shop = Shop()
    async with shop.client() as client:
        tag = (await client.get("/")).headers["etag"]
        for given in (tag, f"W/{tag}", f'"x", {tag}'):
            answer = await client.get("/", headers={"If-None-Match": given})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
        assert (await client.get("/", headers={"If-None-Match": '"x"'})).status_code == 200
        shop.stamp, shop.seconds = 2, 9.0
        assert (await client.get("/", headers={"If-None-Match": tag})).status_code == 200


async def test_nothing_is_kept_or_served_while_the_database_does_not_answer() -> None:
    shop = Shop()
    async with shop.client() as client:
        await client.get("/")
        shop.failing, shop.seconds = True, 1.0
        assert (await client.get("/")).content == b"/ en 2"
        shop.seconds = 2.0
        assert (await client.get("/")).content == b"/ en 3"
        shop.failing, shop.seconds = False, 3.0
        assert (await client.get("/")).content == b"/ en 1", "what was kept before holds: nothing has changed"


async def test_the_memory_has_an_end() -> None:
    shop = Shop()
    async with shop.client() as client:
        for number in range(MOST_PAGES + 2):
            await client.get(f"/{number}")
        await client.get(f"/{MOST_PAGES + 1}")
    assert shop.drawn == MOST_PAGES + 2


async def test_what_many_ask_for_at_once_is_drawn_once() -> None:
    shop = Shop(turns=50)
    async with shop.client() as client:
        for path, drawn in (("/", 1), ("/plain", 21)):
            answers = await asyncio.gather(*(client.get(path) for _ in range(20)))
            assert [answer.status_code for answer in answers] == [200] * 20
            assert shop.drawn == drawn, path
        shop.now = shop.until
        shop.until += timedelta(minutes=1)
        answers = await asyncio.gather(*(client.get("/") for _ in range(20)))
        assert {answer.content for answer in answers} == {b"/ en 22"}


async def test_an_error_holds_nobody_up() -> None:
    shop = Shop(status=500)
    async with shop.client() as client:
        answers = await asyncio.gather(*(client.get("/") for _ in range(5)))
        assert [answer.status_code for answer in answers] == [500] * 5
        assert shop.drawn == 5
