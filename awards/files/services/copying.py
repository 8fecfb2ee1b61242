"""The worker's part: what is shown of a file is made of it, apart, and put beside it."""

import asyncio
import hashlib
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.db.private import private_folder
from awards.files import apart, scanning
from awards.files.examining import Made
from awards.files.kinds import Refused, Why
from awards.files.place import Files
from awards.files.queries import FileRow, file_by_id
from awards.files.steps import COPIES, ask_again
from awards.files.store import Away, Missing
from awards.files.tables import FileCopy, StoredFile
from awards.jobs.services import Cancelled, Work

log = logging.getLogger("awards.files")

Report = Callable[[int], Awaitable[bool]]
Handler = Callable[[Work, Report, Clock], Awaitable[Mapping[str, Any]]]


def handlers(files: Files) -> Mapping[str, Handler]:
    """For the worker: copies are made where the files are."""

    async def copies(work: Work, report: Report, clock: Clock) -> Mapping[str, Any]:
        return await make_copies(work, report, clock, files)

    return {COPIES: copies}


async def make_copies(work: Work, report: Report, clock: Clock, files: Files) -> Mapping[str, Any]:
    """
    A file of which nothing can be made is marked so. While the store is away it waits, and is asked for again by
    the next sweep; whatever else goes wrong is tried again at once.
    """
    file = await file_by_id(work.subject_id)
    if file.state == "ready":
        return {"copies": len(file.copies)}
    folder = files.arriving / f"{ids.salt()}.copies"
    await asyncio.to_thread(private_folder, folder)
    try:
        original = folder / "original"
        await _fetch(file, original, files)
        scan = file.scan
        if scan != scanning.CLEAN:
            scan = await scanning.scan(original, files.scanner)
        made = await apart.make_copies(original, file.ending, folder)
        rows = []
        for number, one in enumerate(made):
            rows.append(await _put(file, one, folder / one.file, files, clock))
            if not await report(100 * number // len(made)):
                raise Cancelled
        await _ready(file, rows, scan)
    except Away as problem:
        log.warning("copies wait: %s", problem)
        return {"problem": str(problem)[:300]}
    except Missing:
        return await _failed(file, Why.MISSING)
    except Refused as problem:
        return await _failed(file, problem.why)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return {"copies": len(made)}


async def retry_copies(*, file_id: int, edition_id: int, as_role: str, actor: Actor, clock: Clock) -> None:
    """
    Have the copies made again of a file of which none could be made. Raises Stale where it is not so.

    Whether the actor runs the edition, and the file is of it, was asked where the page was read.
    """
    now = clock.now()
    async with transaction():
        await ask_again(file_id, asked_by=actor.person_id, at=now)
        await record(
            Action.JOB_ASKED,
            actor=actor,
            at=now,
            subject=("stored_file", file_id),
            edition_id=edition_id,
            as_role=as_role,
        )


async def _fetch(file: FileRow, target: Path, files: Files) -> None:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        async for piece in files.store.read(file.storage_key):
            digest.update(piece)
            try:
                await asyncio.to_thread(out.write, piece)
            except OSError as problem:
                raise Away(f"no room for copies: {problem}") from problem
    if digest.hexdigest() != file.sha256:
        raise Refused(Why.DAMAGED)


async def _put(file: FileRow, made: Made, path: Path, files: Files, clock: Clock) -> FileCopy:
    """Beside its original: a second try writes over the first, and leaves nothing of which nobody knows."""
    key = f"{file.storage_key}.{made.kind}-{made.number}"
    sha256, size = await asyncio.to_thread(_read, path)
    await files.store.put(key, path)
    return FileCopy(
        file=file.id,
        kind=made.kind,
        number=made.number,
        storage_key=key,
        media_type=made.media_type,
        sha256=sha256,
        size=size,
        width=made.width,
        height=made.height,
        created_at=clock.now(),
    )


def _read(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


async def _ready(file: FileRow, rows: Sequence[FileCopy], scan: str) -> None:
    async with transaction():
        first = (
            await StoredFile.update(
                {StoredFile.state: "ready", StoredFile.problem: "", StoredFile.scan: scan}
            )
            .where((StoredFile.id == file.id) & (StoredFile.state == "waiting"))
            .returning(StoredFile.id)
        )
        if first:
            await FileCopy.insert(*rows)


async def _failed(file: FileRow, why: Why) -> Mapping[str, Any]:
    async with transaction():
        await StoredFile.update({StoredFile.state: "failed", StoredFile.problem: why.value}).where(
            (StoredFile.id == file.id) & (StoredFile.state == "waiting")
        )
    return {"problem": why.value}
