"""kill -9 in the middle of pieces loses no acknowledged byte; what is too much is refused before it fills the memory."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import pytest

from awards.clock import SystemClock
from awards.db import bind
from awards.files import services
from awards.files.place import Files
from awards.files.store import FolderStore
from awards.invariants import broken
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.forked import ForkedServer
from tests.faults.sending import all_at_once, digests, kept, open_call

pytestmark = pytest.mark.faults

MEGABYTE = 1024 * 1024


async def test_kill_9_loses_no_acknowledged_byte(place: Place) -> None:
    random = chance()
    bind(place.engine)
    call = await open_call(SystemClock().now())
    senders = call.senders(4, random, side=times(600, drill=1200))
    await place.engine.close()
    kills = 0
    async with place.server() as server:
        while not all(sender.attached for sender in senders):
            sending = asyncio.create_task(all_at_once(senders, server.port))
            if kills < times(3, drill=60):
                await asyncio.wait([sending], timeout=random.uniform(0.02, 0.15))
                await server.kill()
                kills += 1
                await sending
                await server.start()
            await sending
    print(f"{kills} kills, {sum(sender.lost for sender in senders)} answers lost")
    assert sum(sender.lost for sender in senders) > 0
    bind(place.engine)
    assert await kept() == digests(senders)
    assert await broken() == []
    files = Files(FolderStore(place.data / "files"), place.data / "arriving")
    assert await services.check(files, hashes=True) == []


async def test_too_much_is_refused_and_fills_no_memory(place: Place) -> None:
    bind(place.engine)
    call = await open_call(SystemClock().now())
    await place.engine.close()
    async with place.server() as server:
        head = "".join(f"{name}: {value}\r\n" for name, value in call.headers.items())
        form = call.path.removesuffix("/uploads")
        boundary = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        for path, kind, length in (
            (call.path, "application/json", "content-length: 104857600"),
            (form, "multipart/form-data; boundary=x", "content-length: 104857600"),
            (form, "multipart/form-data; boundary=x", "transfer-encoding: chunked"),
        ):
            before = peak(server)
            lines = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\n{head}content-type: {kind}\r\n{length}\r\n\r\n"
            answer = await push(server.port, lines.encode(), boundary, chunked="chunked" in length)
            assert b" 413 " in answer.split(b"\r\n")[0], answer[:300]
            grown = peak(server) - before
            print(f"{path} {length}: {grown // 1024} kB more")
            assert grown < 20 * MEGABYTE
        assert large_files(place.data) == []


def large_files(data: Path) -> list[Path]:
    files = (path for path in data.rglob("*") if path.is_file() and "sqlite" not in path.name)
    return [path for path in files if path.stat().st_size > MEGABYTE]


def peak(server: ForkedServer) -> int:
    """The most memory that the process ever had."""
    assert server.process is not None
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


async def push(port: int, head: bytes, begin: bytes, *, chunked: bool) -> bytes:
    """100 MB, whatever the server says meanwhile; returns what it said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    block = bytes(64 * 1024)

    async def sending() -> None:
        with suppress(ConnectionError):
            for piece in [begin, *([block] * 1600)]:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()

    pushing = asyncio.create_task(sending())
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    finally:
        await asyncio.wait([pushing], timeout=10)
        pushing.cancel()
        writer.close()
