"""Files and uploads as others read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards import ids
from awards.errors import NotFound
from awards.files.limits import Held
from awards.files.tables import FileCopy, StoredFile, Upload


class CopyRow(Struct, frozen=True):
    """`kind` is judge, thumbnail, page (numbered from 1) or text."""

    kind: str
    number: int
    storage_key: str
    media_type: str
    sha256: str
    size: int
    width: int
    height: int


class FileRow(Struct, frozen=True):
    """
    The original, and the copies that may be shown.

    Judges get copies only. `state` is waiting (they are being made), ready, or failed: then nothing can be shown,
    and `problem` is a word of `kinds.Why` or "broken", for the secretariat. `scan` is "not scanned" or "clean".
    """

    id: int
    sha256: str
    size: int
    media_type: str
    ending: str
    storage_key: str
    state: str
    problem: str
    scan: str
    created_at: datetime
    copies: tuple[CopyRow, ...] = ()

    def copy(self, kind: str, number: int = 0) -> CopyRow:
        """Raises NotFound where there is none."""
        for one in self.copies:
            if (one.kind, one.number) == (kind, number):
                return one
        raise NotFound

    @property
    def pages(self) -> int:
        return sum(one.kind == "page" for one in self.copies)


class UploadRow(Struct, frozen=True):
    """`begun_at` is when the head of the request arrived that began it."""

    id: int
    token_sha256: str
    owner_id: int
    subject_kind: str
    subject_id: int
    purpose: str
    name: str
    size: int
    offset: int
    state: str
    problem: str
    file_id: int | None
    begun_at: datetime
    expires_at: datetime


async def file_by_id(file_id: int) -> FileRow:
    """With its copies. Raises NotFound."""
    found = await files_by_ids([file_id])
    if file_id not in found:
        raise NotFound
    return found[file_id]


async def files_by_ids(file_ids: Sequence[int]) -> dict[int, FileRow]:
    """With their copies, in two queries, however many there are."""
    if not file_ids:
        return {}
    wanted = list(dict.fromkeys(file_ids))
    rows = await StoredFile.select().where(StoredFile.id.is_in(wanted))
    copies: dict[int, list[CopyRow]] = {}
    for row in (
        await FileCopy.select().where(FileCopy.file.is_in(wanted)).order_by(FileCopy.kind, FileCopy.number)
    ):
        copies.setdefault(row["file"], []).append(_copy(row))
    return {row["id"]: _file(row, tuple(copies.get(row["id"], ()))) for row in rows}


async def upload_of(token: str, owner_id: int) -> UploadRow:
    """An upload is known to who began it, and to nobody else. Raises NotFound."""
    mine = (Upload.token_sha256 == ids.token_hash(token)) & (Upload.owner_id == owner_id)
    rows = await Upload.select().where(mine)
    if not rows:
        raise NotFound
    return _upload(rows[0])


async def uploads_under_way(owner_id: int, subject: tuple[str, int], now: datetime) -> list[UploadRow]:
    """What this person has begun to send for it and may go on with, the oldest first."""
    mine = (
        (Upload.owner_id == owner_id)
        & (Upload.subject_kind == subject[0])
        & (Upload.subject_id == subject[1])
    )
    live = (Upload.state == "open") & (Upload.expires_at > now)
    return [_upload(row) for row in await Upload.select().where(mine & live).order_by(Upload.id)]


async def held_by(owner_id: int, now: datetime) -> Held:
    kept = "SELECT COALESCE(SUM(size), 0) AS size FROM stored_file WHERE owner_id = {}"
    coming = (
        "SELECT COALESCE(SUM(size), 0) AS size, COUNT(*) AS number FROM upload"
        " WHERE owner_id = {} AND state = 'open' AND expires_at > {}"
    )
    stored = await StoredFile.raw(kept, owner_id)
    under_way = await Upload.raw(coming, owner_id, now)
    return Held(int(stored[0]["size"]) + int(under_way[0]["size"]), int(under_way[0]["number"]))


def _copy(row: Mapping[str, Any]) -> CopyRow:
    return CopyRow(
        kind=row["kind"],
        number=row["number"],
        storage_key=row["storage_key"],
        media_type=row["media_type"],
        sha256=row["sha256"],
        size=row["size"],
        width=row["width"],
        height=row["height"],
    )


def _file(row: Mapping[str, Any], copies: tuple[CopyRow, ...]) -> FileRow:
    return FileRow(
        id=row["id"],
        sha256=row["sha256"],
        size=row["size"],
        media_type=row["media_type"],
        ending=row["ending"],
        storage_key=row["storage_key"],
        state=row["state"],
        problem=row["problem"],
        scan=row["scan"],
        created_at=row["created_at"],
        copies=copies,
    )


def _upload(row: Mapping[str, Any]) -> UploadRow:
    return UploadRow(
        id=row["id"],
        token_sha256=row["token_sha256"],
        owner_id=row["owner_id"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        purpose=row["purpose"],
        name=row["name"],
        size=row["size"],
        offset=row["offset"],
        state=row["state"],
        problem=row["problem"],
        file_id=row["file"],
        begun_at=row["created_at"],
        expires_at=row["expires_at"],
    )
