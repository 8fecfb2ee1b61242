"""Public pages kept as bytes: served without routing or queries to whoever sends no cookie.

A page is dropped at the next moment that changes it by itself (a publication's visible_at, a deadline), and
when the audit trail shows a public change, asked for at most twice a second: another process follows
within a second, and nothing is shown early.

At the instant of an announcement everybody asks at once: a page that is being drawn is waited for, and drawn once.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct

from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.session import LANGUAGE

# The internal header by which a public handler says until when its page holds. It never leaves the server.
UNTIL = b"x-kept-until"
RECHECK_SECONDS = 0.5
UNKNOWN = -1
MOST_PAGES = 2000
MOST_AGE = timedelta(minutes=5)


class KeptPage(Struct, frozen=True):
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    until: datetime
    stamp: int


class KeptPages:
    def __init__(
        self,
        app: ASGIApp,
        *,
        stamp: Callable[[], Awaitable[int]],
        ticks: Callable[[], float],
        languages: Sequence[str],
    ) -> None:
        self.app, self._ask, self._ticks = app, stamp, ticks
        self._pages: dict[tuple[str, str], KeptPage] = {}
        self._drawing: dict[tuple[str, str], asyncio.Event] = {}
        self._language = lru_cache(maxsize=512)(lambda header: i18n.negotiate(header, None, languages))
        self._stamp, self._asked_at = UNKNOWN, float("-inf")

    def forget(self) -> None:
        """Drop every page: another database stands behind the application from now on."""
        self._pages.clear()
        self._stamp, self._asked_at = UNKNOWN, float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        if scope["method"] != "GET":
            # What this process changes it sees at once.
            self._asked_at = float("-inf")
            try:
                await self.app(scope, receive, send)
            finally:
                self._asked_at = float("-inf")
            return
        accepted: list[str] = []
        tag = b""
        for name, value in scope["headers"]:
            if name == b"cookie":
                await self.app(scope, receive, _without_note(send))
                return
            if name == b"accept-language":
                accepted.append(value.decode("latin-1"))
            elif name == b"if-none-match":
                tag = value
        if scope["query_string"]:
            await self.app(scope, receive, _without_note(send))
            return
        # Decided here and told to the page: what is kept as one language is drawn in that language.
        lang = self._language(",".join(accepted)[:500])
        scope["state"][LANGUAGE] = lang
        key = (scope["path"], lang)
        now = arrival_of(scope).at
        await self._refresh()
        if (page := self._fresh(key, now)) is not None:
            await _send(page, tag, send)
            return
        drawing = self._drawing.get(key)
        if drawing is None:
            drawing = self._drawing[key] = asyncio.Event()
        else:
            await drawing.wait()
            if (page := self._fresh(key, now)) is not None:
                await _send(page, tag, send)
                return
        # Who waited for a page that is not kept draws it for themselves, as everybody did.
        try:
            await self.app(scope, receive, self._keeping(key, now, tag, send, drawing))
        finally:
            self._drawn(key, drawing)

    def _fresh(self, key: tuple[str, str], now: datetime) -> KeptPage | None:
        page = self._pages.get(key)
        return page if page is not None and page.stamp == self._stamp >= 0 and now < page.until else None

    def _drawn(self, key: tuple[str, str], drawing: asyncio.Event) -> None:
        drawing.set()
        if self._drawing.get(key) is drawing:
            del self._drawing[key]

    async def _refresh(self) -> None:
        now = self._ticks()
        if now - self._asked_at >= RECHECK_SECONDS:
            try:
                self._stamp = await self._ask()
            except Exception:
                # Whatever it is, the route will meet it too and say so in a calm page; until then nothing is kept.
                self._stamp = UNKNOWN
            self._asked_at = now

    def _keeping(
        self, key: tuple[str, str], now: datetime, tag: bytes, send: Send, drawing: asyncio.Event
    ) -> Send:
        stamp = self._stamp
        pieces: list[bytes] = []
        start: tuple[datetime, list[tuple[bytes, bytes]]] | None = None

        async def keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = [(name.lower(), value) for name, value in message["headers"]]
                note = next((value for name, value in headers if name == UNTIL), None)
                if note is None or message["status"] != 200 or stamp == UNKNOWN:
                    message["headers"] = [pair for pair in headers if pair[0] != UNTIL]
                    self._drawn(key, drawing)  # nobody waits for what will not be kept
                    await send(message)
                    return
                until = min(datetime.fromisoformat(note.decode()), now + MOST_AGE)
                start = (until, [pair for pair in headers if pair[0] not in (UNTIL, b"set-cookie", b"vary")])
                return
            if start is None:
                await send(message)
                return
            if message["type"] == "http.response.body":
                pieces.append(message.get("body", b""))
                if message.get("more_body", False):
                    return
                body = b"".join(pieces)
                etag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
                headers = [*start[1], (b"etag", etag), (b"vary", b"Accept-Encoding, Accept-Language, Cookie")]
                page = KeptPage(headers, body, etag, start[0], stamp)
                if len(self._pages) >= MOST_PAGES:
                    self._pages.clear()
                self._pages[key] = page
                self._drawn(key, drawing)  # before a slow reader takes it
                await _send(page, tag, send)

        return keep


def _without_note(send: Send) -> Send:
    async def strip(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [pair for pair in message["headers"] if pair[0].lower() != UNTIL]
        await send(message)

    return strip


async def _send(page: KeptPage, tag: bytes, send: Send) -> None:
    if tag and page.etag in [part.strip().removeprefix(b"W/") for part in tag.split(b",")]:
        headers = [pair for pair in page.headers if pair[0] not in (b"content-length", b"content-type")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(page.headers)})
    await send({"type": "http.response.body", "body": page.body, "more_body": False})
