"""A place for files of a test's own, and files on their way to it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from awards.clock import FixedClock
from awards.db import transaction
from awards.files import services, steps
from awards.files.limits import Allowed
from awards.files.place import Files
from awards.files.store import FolderStore
from awards.jobs import services as jobs

AT = datetime.fromisoformat("2026-03-10T09:00:00+00:00")
OWNER = 7
ENTRY = ("entry", 5)


def place(folder: Path, *scanner: str) -> Files:
    return Files(FolderStore(folder / "files"), folder / "arriving", scanner)


async def pieces(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def broken_off(data: bytes, error: BaseException) -> AsyncIterator[bytes]:
    yield data
    raise error


async def begin(name: str, size: int, clock: FixedClock) -> str:
    return await services.begin(
        owner_id=OWNER,
        subject=ENTRY,
        purpose="evidence",
        name=name,
        size=size,
        allowed=Allowed(),
        clock=clock,
    )


async def sent(name: str, data: bytes, files: Files, clock: FixedClock) -> str:
    """Begun, and every byte here."""
    token = await begin(name, len(data), clock)
    await services.append(
        token=token, owner_id=OWNER, start=0, length=len(data), pieces=pieces(data), files=files, clock=clock
    )
    return token


async def kept(name: str, data: bytes, files: Files, clock: FixedClock) -> int:
    token = await sent(name, data, files, clock)
    async with (
        services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as arrived,
        transaction(),
    ):
        return await steps.keep(arrived, at=clock.now())


async def work(files: Files, clock: FixedClock) -> Mapping[str, Any] | None:
    """As the worker does it: one job."""
    claimed = await jobs.claim(clock.now())
    if claimed is None:
        return None

    async def report(percent: int) -> bool:
        return await jobs.report(claimed, percent, clock.now())

    result = await services.handlers(files)[claimed.kind](claimed, report, clock)
    await jobs.finish(claimed, state="done", result=result, now=clock.now())
    return result


def on_disk(files: Files) -> list[str]:
    return sorted(path.name for path in files.arriving.iterdir()) if files.arriving.is_dir() else []


async def in_store(files: Files) -> dict[str, int]:
    return {key: size async for key, size in files.store.sizes()}
