"""Requests at the price of a function call: thousands of them, each with the cookies that it is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from awards.web.session import visit_csrf

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
KEY = "0" * 32
VISIT = "a-visitor-of-the-tests"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody's browser: the cookie that it sends and the form token that belongs to it."""

    cookie: str
    csrf: str


# Who sends no session still has the cookie that lets a visitor send a form.
VISITOR = Asker(f"visit={VISIT}", visit_csrf(VISIT))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


async def ask(
    app: Any,
    method: str,
    path: str,
    who: Asker | None,
    *,
    form: Mapping[str, str] | None = None,
    token: bool = True,
    origin: str = ORIGIN,
) -> Answer:
    """A GET, or a POST of the form with or without its token. Without `who` not even a visitor's cookie."""
    path, _mark, query = path.partition("?")
    headers = {"host": HOST, "accept": "text/html"}
    if who is not None:
        headers["cookie"] = who.cookie
    body = b""
    if method != "GET":
        headers["origin"] = origin
        proof = {"csrf": who.csrf} if token and who else {}
        if path.endswith("/save"):
            # As autosave.js sends it.
            headers |= {"content-type": "application/json", "accept": "application/json"}
            headers["x-csrf-token"] = proof.get("csrf", "")
            fields = {"mark_impact": "5"} if path.startswith("/bench") else {"answer": "A better answer."}
            body = json.dumps({"key": KEY, "base_version": 1, "fields": fields}).encode()
        elif "/uploads" in path:
            # As upload.js sends it.
            headers |= {
                "content-type": "application/json",
                "accept": "application/json",
                "upload-offset": "0",
            }
            headers["x-csrf-token"] = proof.get("csrf", "")
            body = json.dumps({"name": "plan.pdf", "size": 1000}).encode()
        else:
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode({**(form or {}), **proof}).encode()
        headers["content-length"] = str(len(body))
    scope = {
        "type": "http", "http_version": "1.1", "asgi": {"version": "3.0"}, "scheme": "http", "method": method,
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "extensions": {},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    found = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    pieces = [message.get("body", b"") for message in sent if message["type"] == "http.response.body"]
    return Answer(start["status"], found, b"".join(pieces))
