"""Requests to an application in this process, without sockets: what is left is the work of the application."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from awards.db import counting

HOST = "127.0.0.1:8000"
WARM_UP, TIMES = 20, 100


@dataclass(frozen=True, slots=True)
class Cost:
    milliseconds: float  # of processor time, all threads
    queries: int
    body: bytes


async def cost_of(app: Any, path: str, headers: Mapping[str, str]) -> Cost:
    """Of one GET, after a warm-up; an answer other than 200 is an error."""
    body = b""
    for _ in range(WARM_UP):
        body = await get(app, path, headers)
    with counting() as counter:
        await get(app, path, headers)
    began = time.process_time()
    for _ in range(TIMES):
        await get(app, path, headers)
    return Cost((time.process_time() - began) / TIMES * 1000, len(counter), body)


async def get(app: Any, path: str, headers: Mapping[str, str]) -> bytes:
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    lines = {"host": HOST, **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in lines.items()],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    status = sent[0]["status"]
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return b"".join(message.get("body", b"") for message in sent[1:])
