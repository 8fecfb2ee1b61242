"""The way of a whole file into the store: copied and hashed, looked at apart, scanned, put away. No transaction is open."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from awards import ids
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.db.private import private_folder
from awards.errors import Stale, Unavailable
from awards.files import apart, scanning
from awards.files.arrived import Arrived, WrongOffset
from awards.files.kinds import Refused, Why
from awards.files.limits import Allowed
from awards.files.names import shown_name
from awards.files.place import Files
from awards.files.queries import UploadRow, upload_of
from awards.files.services.uploads import begin, open_upload
from awards.files.store import PIECE, new_key
from awards.files.tables import Upload


@asynccontextmanager
async def finishing(*, token: str, owner_id: int, files: Files, clock: Clock) -> AsyncIterator[Arrived]:
    """
    An upload of which every byte is here, looked at and in the store; inside, `steps.keep` writes it down.

    Raises WrongOffset where bytes are missing, Refused where the file is not taken (it is removed), AlreadyKept
    where an earlier try came through. After any other error the same call may be made again.
    """
    upload = await open_upload(token, owner_id, files, clock.now())
    if upload.offset != upload.size:
        raise WrongOffset(upload.offset)
    sent = files.arriving / upload.token_sha256
    try:
        with await asyncio.to_thread(_opened, sent) as source:
            arrived = await _put_away(source, upload, files)
    except Refused:
        await asyncio.to_thread(sent.unlink, missing_ok=True)
        raise
    yield arrived
    await asyncio.to_thread(sent.unlink, missing_ok=True)


@asynccontextmanager
async def taking(
    *,
    source: BinaryIO,
    name: str,
    size: int,
    owner_id: int,
    subject: tuple[str, int],
    purpose: str,
    allowed: Allowed,
    files: Files,
    clock: Clock,
) -> AsyncIterator[Arrived]:
    """The same for a file that came whole in a form. Raises Refused."""
    token = await begin(
        owner_id=owner_id,
        subject=subject,
        purpose=purpose,
        name=name,
        size=size,
        allowed=allowed,
        clock=clock,
    )
    yield await _put_away(source, await upload_of(token, owner_id), files)


async def _put_away(source: BinaryIO, upload: UploadRow, files: Files) -> Arrived:
    """From a copy that nobody writes on any more: what was looked at is what is kept."""
    whole = files.arriving / f"{ids.salt()}.whole"
    try:
        sha256 = await asyncio.to_thread(_copy, source, whole, upload.size)
        kind = await apart.examine(whole, upload.name)
        scan = await scanning.scan(whole, files.scanner)
        key = await _key_for(upload, files)
        await files.store.put(key, whole)
    except Refused as problem:
        await _refuse(upload, problem.why)
        raise
    except OSError as problem:
        raise Unavailable(f"a file could not be stored: {problem}") from problem
    finally:
        await asyncio.to_thread(whole.unlink, missing_ok=True)
    return Arrived(
        name=shown_name(upload.name, kind.ending),
        ending=kind.ending,
        media_type=kind.media_type,
        size=upload.size,
        sha256=sha256,
        storage_key=key,
        scan=scan,
        owner_id=upload.owner_id,
        begun_at=upload.begun_at,
        subject=(upload.subject_kind, upload.subject_id),
        purpose=upload.purpose,
        upload_id=upload.id,
    )


async def _key_for(upload: UploadRow, files: Files) -> str:
    """
    Written down before anything lies under it, so that nothing lies in the store of which nobody knows.

    Of two requests that end the same upload at once the later one's key stands; `keep` refuses the other.
    """
    key = new_key()
    async with transaction():
        open_still = (Upload.id == upload.id) & (Upload.state == "open")
        before = await lock_rows(Upload.select(Upload.storage_key).where(open_still))
        if not before:
            raise Stale
        await Upload.update({Upload.storage_key: key}).where(Upload.id == upload.id)
    if before[0]["storage_key"]:
        await files.store.delete(before[0]["storage_key"])
    return key


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as problem:
        raise Stale from problem  # another request ended it this moment


def _copy(source: BinaryIO, target: Path, size: int) -> str:
    private_folder(target.parent)
    digest, missing = hashlib.sha256(), size
    source.seek(0)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while missing and (piece := source.read(min(PIECE, missing))):
            digest.update(piece)
            file.write(piece)
            missing -= len(piece)
    if missing:
        raise Refused(Why.BROKEN)
    return digest.hexdigest()


async def _refuse(upload: UploadRow, why: Why) -> None:
    async with transaction():
        await Upload.update({Upload.state: "refused", Upload.problem: why.value}).where(
            (Upload.id == upload.id) & (Upload.state == "open")
        )
