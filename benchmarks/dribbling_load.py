"""Dribbling clients and honest ones, in a process of their own. The plan comes as JSON on stdin, the times go to stdout.

A third of those who dribble never end their head, a third never end their body, a third read what they asked for a
byte at a time. Each sends or reads one byte a second. Beside them officials open a page and save an answer, and one
of them sends a file over a slow line.
"""

import asyncio
import json
import random
import sys
import time
import zlib
from collections.abc import Mapping
from typing import Any

from tests.wire import ConnectionLost, Wire

PIECE = 64 * 1024
TICK = 1.0
PATIENCE = 60
TEXT = "Boats leave when the water allows, and residents know it an hour before they walk down. "


async def _all(plan: Mapping[str, Any]) -> dict[str, Any]:
    ends = time.perf_counter() + plan["seconds"]
    told: dict[str, Any] = {"milliseconds": [], "broken": 0, "held": 0, "honest": "", "wrong": []}
    dribbling = [
        asyncio.create_task(_dribble(plan["port"], number, ends, told)) for number in range(plan["dribblers"])
    ]
    # They begin once the connections stand.
    await asyncio.sleep(min(2.0, plan["seconds"] / 4) if dribbling else 0)
    sending = [_honest(plan, plan["officials"][0], told)] if plan["bytes"] else []
    others = [_official(plan["port"], official, ends, told) for official in plan["officials"][1:]]
    await asyncio.gather(*others, *sending)
    await asyncio.gather(*dribbling)
    return told


async def _dribble(port: int, number: int, ends: float, told: dict[str, Any]) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        match number % 3:
            case 0:
                writer.write(b"GET /city HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")
            case 1:
                writer.write(b"POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5000\r\n\r\n")
            case _:
                writer.write(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        while time.perf_counter() < ends:
            await asyncio.sleep(TICK * random.uniform(0.5, 1.5))
            if number % 3 == 2:
                await reader.read(1)
            else:
                writer.write(b"x")
                await writer.drain()
        told["held"] += 1
        writer.close()
    except OSError:
        return  # the server hung up, which is its right


async def _official(port: int, official: Mapping[str, Any], ends: float, told: dict[str, Any]) -> None:
    version, path = 1, official["path"]
    async with Wire(port, headers=official["headers"]) as wire:
        while time.perf_counter() < ends:
            began = time.perf_counter()
            operation = {
                "key": f"{random.getrandbits(128):032x}", "base_version": version,
                "fields": {"answer": TEXT * (1 + version % 20)},
            }  # fmt: skip
            try:
                page = await wire.get(f"{path}/summary", accept="text/html")
                middle = time.perf_counter()
                saved = await wire.post_json(f"{path}/summary/save", operation)
            except ConnectionLost as problem:
                told["broken"] += 1
                told["wrong"] = [*told["wrong"], str(problem)][:5]
                continue
            told["milliseconds"] += [(middle - began) * 1000, (time.perf_counter() - middle) * 1000]
            if page.status != 200 or saved.status != 200:
                told["broken"] += 1
                told["wrong"] = [*told["wrong"], f"{page.status} {saved.status} {saved.text[:200]}"][:5]
            else:
                version = saved.json()["version"]
            await asyncio.sleep(random.uniform(0.5, 1.5))


async def _honest(plan: Mapping[str, Any], official: Mapping[str, Any], told: dict[str, Any]) -> None:
    """A picture in pieces, each piece at the rate of the line; what is asked to wait is sent again."""
    file, path = _picture(plan["bytes"]), f"{official['path']}/evidence/uploads"
    async with Wire(plan["port"], headers=official["headers"]) as wire:
        begun = await wire.post_json(path, {"name": "evidence.png", "size": len(file)})
    if begun.status != 201:
        told["wrong"] = [*told["wrong"], f"honest: {begun.status} {begun.text[:200]}"]
        return
    offset, token = 0, begun.json()["upload"]
    for _try in range(PATIENCE + len(file) // PIECE):
        status, offset, state, text = await _piece(plan, official, f"{path}/{token}", file, offset)
        if state == "attached":
            told["honest"] = state
            return
        if status in (429, 503):
            await asyncio.sleep(TICK)
        elif status >= 400:
            told["wrong"] = [*told["wrong"], f"honest: {status} {text[:200]}"]
            return


async def _piece(
    plan: Mapping[str, Any], official: Mapping[str, Any], path: str, file: bytes, offset: int
) -> tuple[int, int, str, str]:
    piece = file[offset : offset + PIECE]
    reader, writer = await asyncio.open_connection("127.0.0.1", plan["port"])
    head = {"host": "127.0.0.1", "content-type": "application/offset+octet-stream", "upload-offset": str(offset),
            "content-length": str(len(piece)), "connection": "close", **official["headers"]}  # fmt: skip
    lines = "\r\n".join(
        [f"PATCH {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    )
    writer.write(lines.encode())
    step = plan["rate"] // 10
    for start in range(0, len(piece), step):
        writer.write(piece[start : start + step])
        await writer.drain()
        await asyncio.sleep(0.1)
    answer = (await reader.read()).decode("latin-1")
    writer.close()
    top, _blank, text = answer.partition("\r\n\r\n")
    headers = {
        name.lower(): value
        for name, _colon, value in (line.partition(": ") for line in top.split("\r\n")[1:])
    }
    found = json.loads(text) if headers.get("content-type", "").endswith("json") and text else {}
    state = str(found.get("state", ""))
    return int(answer.split()[1]), int(headers.get("upload-offset", offset)), state, text


def _picture(size: int) -> bytes:
    """A PNG of about that many bytes: noise, which does not pack."""
    side = max(1, int((size / 3) ** 0.5))
    rows = b"".join(b"\0" + random.randbytes(3 * side) for _row in range(side))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    import uvloop

    json.dump(uvloop.run(_all(json.load(sys.stdin))), sys.stdout)
