"""Where bytes are kept: a folder of this machine, or a bucket that speaks S3. Keys are random; names stay in the database."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from awards import ids
from awards.db.private import private_folder
from awards.errors import Unavailable

PIECE = 256 * 1024
PART = ".part"


class Missing(Exception):
    """Nothing is kept under this key."""


class Away(Unavailable):
    """The bucket does not answer, or the disk is full: the same may succeed later."""


class Store(Protocol):
    """What is put is on the disk, or acknowledged by the bucket, before `put` returns. Raises Away."""

    async def put(self, key: str, source: Path) -> None: ...

    def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """Piece by piece, from that byte on. Raises Missing."""

    async def delete(self, key: str) -> None:
        """What is not there is deleted already."""

    def sizes(self) -> AsyncIterator[tuple[str, int]]:
        """Every key, with how many bytes lie under it."""


def new_key() -> str:
    """128 random bits and more, spread over folders so that none grows long."""
    name = ids.token()
    return f"{name[:2]}/{name}"


class FolderStore:
    """Each file is written beside its place, forced to the disk, then moved there: half a file is never found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, key: str, source: Path) -> None:
        try:
            await asyncio.to_thread(self._put, key, source)
        except OSError as problem:
            raise Away(f"the folder of files did not serve: {problem}") from problem

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread((self.folder / key).open, "rb")
        except FileNotFoundError as problem:
            raise Missing(key) from problem
        with file:
            file.seek(start)
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    async def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            await asyncio.to_thread((self.folder / key).unlink)

    async def sizes(self) -> AsyncIterator[tuple[str, int]]:
        for key, size in await asyncio.to_thread(self._sizes):
            yield key, size

    def _sizes(self) -> list[tuple[str, int]]:
        found = [path for path in self.folder.rglob("*") if path.is_file() and path.suffix != PART]
        return [(path.relative_to(self.folder).as_posix(), path.stat().st_size) for path in found]

    def _put(self, key: str, source: Path) -> None:
        place = self.folder / key
        private_folder(self.folder)
        private_folder(place.parent)
        part = place.with_name(f"{place.name}.{ids.salt()[:8]}{PART}")
        try:
            with (
                source.open("rb") as old,
                os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new,
            ):
                while piece := old.read(PIECE):
                    new.write(piece)
                new.flush()
                os.fsync(new.fileno())
            part.rename(place)
        finally:
            part.unlink(missing_ok=True)
        force(place.parent)


def force(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
