"""HTTP/1.1 on one connection that stays open: so light that it is the server that a test keeps busy."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

WITHOUT_BODY = (204, 304)


class ConnectionLost(Exception):
    """The answer did not arrive whole: what was asked may have been done, or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Wire:
    """Opens its connection at the first request, and again after it was lost."""

    def __init__(
        self, port: int, *, host: str = "127.0.0.1", headers: Mapping[str, str] | None = None
    ) -> None:
        self.host, self.port = host, port
        lines = [f"host: {host}:{port}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        self._always = "\r\n".join(lines)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request("GET", path, headers=headers)

    async def post_json(self, path: str, document: Any, **headers: str) -> Answer:
        body = json.dumps(document).encode()
        return await self.request("POST", path, body, {"content-type": "application/json", **headers})

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", self._always]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in (headers or {}).items()]
        if body or method not in ("GET", "HEAD"):
            lines.append(f"content-length: {len(body)}")
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self.host, self.port)
            reader, writer = self._streams
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            return await self._read(reader, has_body=method != "HEAD")
        except (OSError, asyncio.IncompleteReadError, ValueError) as problem:
            self.close()
            raise ConnectionLost(f"{type(problem).__name__}: {problem}") from problem
        except BaseException:  # cancelled half way: the rest of that answer must not begin the next one
            self.close()
            raise

    async def _read(self, reader: asyncio.StreamReader, *, has_body: bool) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        body = b""
        if has_body and status not in WITHOUT_BODY:
            if "content-length" in headers:
                body = await reader.readexactly(int(headers["content-length"]))
            else:
                body = await self._pieces(reader)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    async def _pieces(self, reader: asyncio.StreamReader) -> bytes:
        whole = b""
        while size := int(await reader.readline(), 16):
            whole += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return whole

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
