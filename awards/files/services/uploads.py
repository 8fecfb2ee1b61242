"""Files that come in pieces over a bad line. What was acknowledged is on the disk; the rest is sent again."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from awards import ids
from awards.clock import Clock
from awards.db import transaction
from awards.db.private import private_folder
from awards.db.transactions import see_through
from awards.errors import Unavailable
from awards.files.arrived import AlreadyKept, WrongOffset
from awards.files.kinds import Refused, Why
from awards.files.limits import LIFETIME, Allowed, why_not
from awards.files.names import storable
from awards.files.place import Files
from awards.files.queries import UploadRow, held_by, upload_of
from awards.files.store import force
from awards.files.tables import Upload

# Small pieces of the line are written together: one trip to a thread for each of these.
BUFFER = 256 * 1024


async def begin(
    *,
    owner_id: int,
    subject: tuple[str, int],
    purpose: str,
    name: str,
    size: int,
    allowed: Allowed,
    clock: Clock,
) -> str:
    """Make place for a file of this size; returns the upload's token. Raises Refused before anything is sent."""
    now = clock.now()
    token, name = ids.token(), storable(name)
    async with transaction():
        problem = why_not(name, size, allowed=allowed, held=await held_by(owner_id, now))
        if problem is not None:
            raise Refused(problem)
        await Upload.insert(
            Upload(
                token_sha256=ids.token_hash(token),
                owner_id=owner_id,
                subject_kind=subject[0],
                subject_id=subject[1],
                purpose=purpose,
                name=name,
                size=size,
                expires_at=now + LIFETIME,
                created_at=now,
            )
        )
    return token


async def append(
    *,
    token: str,
    owner_id: int,
    start: int,
    length: int,
    pieces: AsyncIterator[bytes],
    files: Files,
    clock: Clock,
) -> int:
    """
    Write what comes from this byte on; returns how many bytes are here. They are on the disk by then.

    Raises WrongOffset where the piece does not begin at the end of what is here, Refused where it is longer than
    what is missing: both before it is read. One that breaks off in the middle, or is cancelled, counts as far as
    it came; its error goes on.
    """
    now = clock.now()
    upload = await open_upload(token, owner_id, files, now)
    if start != upload.offset:
        raise WrongOffset(upload.offset)
    if start + length > upload.size:
        raise Refused(Why.TOO_LARGE)
    tail = _Tail(files.arriving / upload.token_sha256, start, upload.size)
    try:
        await tail.open()
        async for piece in pieces:
            await tail.add(piece)
    finally:
        await see_through(_acknowledge(upload, tail, now))
    return (await upload_of(token, owner_id)).offset


async def cancel(*, token: str, owner_id: int, files: Files) -> None:
    """Give it up. What is cancelled, refused or kept already stays as it is."""
    upload = await upload_of(token, owner_id)
    async with transaction():
        gone = (
            await Upload.update({Upload.state: "cancelled"})
            .where((Upload.id == upload.id) & (Upload.state == "open"))
            .returning(Upload.id)
        )
    if gone:
        await asyncio.to_thread((files.arriving / upload.token_sha256).unlink, missing_ok=True)


async def state_of(*, token: str, owner_id: int, files: Files, clock: Clock) -> UploadRow:
    """With the offset that is true, whatever has become of it. Raises NotFound."""
    try:
        return await open_upload(token, owner_id, files, clock.now())
    except (Refused, AlreadyKept):
        return await upload_of(token, owner_id)


async def open_upload(token: str, owner_id: int, files: Files, now: datetime) -> UploadRow:
    """
    One that may go on, with the offset that is true. Raises NotFound, Refused, AlreadyKept.

    Where the folder holds less than was acknowledged (a restored backup, another machine's folder), what it
    holds is the truth from now on.
    """
    upload = await upload_of(token, owner_id)
    if upload.state == "kept" and upload.file_id is not None:
        raise AlreadyKept(upload.file_id)
    if upload.state == "refused":
        raise Refused(Why(upload.problem))
    if upload.state != "open" or upload.expires_at <= now:
        raise Refused(Why.GIVEN_UP)
    here = await asyncio.to_thread(_size_of, files.arriving / upload.token_sha256)
    if here >= upload.offset:
        return upload
    async with transaction():
        await Upload.update({Upload.offset: here}).where(
            (Upload.id == upload.id) & (Upload.offset == upload.offset)
        )
    return await upload_of(token, owner_id)


async def _acknowledge(upload: UploadRow, tail: "_Tail", now: datetime) -> None:
    """Who writes the same piece at the same time writes the same bytes: the one that came further counts."""
    end = await tail.close()
    if end == upload.offset:
        return
    async with transaction():
        await Upload.update({Upload.offset: end, Upload.expires_at: now + LIFETIME}).where(
            (Upload.id == upload.id)
            & (Upload.state == "open")
            & (Upload.offset >= upload.offset)
            & (Upload.offset < end)
        )


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextmanager
def _writing() -> Iterator[None]:
    """A disk that is full or away: the same piece may be sent again later."""
    try:
        yield
    except OSError as problem:
        raise Unavailable(f"a piece could not be written: {problem}") from problem


class _Tail:
    """Writes on from a byte, over what a broken-off try may have left behind it."""

    def __init__(self, path: Path, start: int, size: int) -> None:
        self.path, self.size = path, size
        self.written = start
        self._waiting = bytearray()
        self._file: BinaryIO | None = None

    async def open(self) -> None:
        with _writing():
            self._file = await asyncio.to_thread(self._open)

    async def add(self, piece: bytes) -> None:
        """Raises Refused for a byte more than was announced; what came before it counts."""
        room = self.size - self.written - len(self._waiting)
        self._waiting += piece[:room]
        if len(self._waiting) >= BUFFER:
            await self._write()
        if len(piece) > room:
            raise Refused(Why.TOO_LARGE)

    async def close(self) -> int:
        """Force what was written to the disk; returns where it ends."""
        file = self._file
        if file is None:
            return self.written
        try:
            await self._write()
            with _writing():
                await asyncio.to_thread(os.fsync, file.fileno())
        finally:
            file.close()
        return self.written

    def _open(self) -> BinaryIO:
        private_folder(self.path.parent)
        new = not self.path.exists()
        file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0)
        file.seek(self.written)
        if new:
            force(self.path.parent)
        return file

    async def _write(self) -> None:
        assert self._file is not None
        waiting = memoryview(bytes(self._waiting))
        self._waiting.clear()
        with _writing():
            while waiting:
                count = await asyncio.to_thread(self._file.write, waiting)
                self.written += count or 0
                waiting = waiting[count or 0 :]
