"""What nobody came back for: uploads that stopped, and what killed processes left in the folder."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from awards.actor import SYSTEM
from awards.clock import Clock
from awards.db import transaction
from awards.files.kinds import Why
from awards.files.limits import LIFETIME
from awards.files.place import Files
from awards.files.steps import COPIES
from awards.files.store import Away
from awards.files.tables import StoredFile, Upload
from awards.jobs.services import ask_for

log = logging.getLogger("awards.files")

AT_ONCE = 200


def sweep(files: Files) -> Callable[[Clock], Awaitable[int]]:
    """For the worker, from time to time; two may do it at once. Returns how much there was."""

    async def swept(clock: Clock) -> int:
        now = clock.now()
        return (
            await _uploads(files, now) + await _copies(now) + await asyncio.to_thread(_leftovers, files, now)
        )

    return swept


async def _uploads(files: Files, now: datetime) -> int:
    """Bytes first, then the row: whoever is stopped between begins again."""
    rows = await Upload.select().where(Upload.expires_at <= now).order_by(Upload.id).limit(AT_ONCE)
    for row in rows:
        if row["state"] != "kept" and row["storage_key"]:
            try:
                await files.store.delete(row["storage_key"])
            except Away as problem:
                log.warning("an upload waits to be removed: %s", problem)
                continue
        await asyncio.to_thread((files.arriving / row["token_sha256"]).unlink, missing_ok=True)
        async with transaction():
            await Upload.delete().where((Upload.id == row["id"]) & (Upload.expires_at <= now))
    return len(rows)


async def _copies(now: datetime) -> int:
    """
    Files that wait and are in nobody's hands: the store was away when their turn came, and they are asked for
    again; or each try ended its worker, and they are given up.
    """
    rows = await StoredFile.raw(
        "SELECT f.id, (SELECT j.state FROM job j WHERE j.kind = 'copies' AND j.subject_kind = 'stored_file'"
        " AND j.subject_id = f.id ORDER BY j.id DESC LIMIT 1) AS last"
        " FROM stored_file f WHERE f.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM job j WHERE"
        " j.kind = 'copies' AND j.subject_kind = 'stored_file' AND j.subject_id = f.id"
        " AND j.state IN ('queued', 'running'))"
    )
    for row in rows:
        async with transaction():
            if row["last"] == "done":
                subject = ("stored_file", row["id"])
                await ask_for(COPIES, subject=subject, args={}, asked_by=SYSTEM.person_id, at=now)
                continue
            await StoredFile.update({StoredFile.state: "failed", StoredFile.problem: Why.BROKEN.value}).where(
                (StoredFile.id == row["id"]) & (StoredFile.state == "waiting")
            )
    return len(rows)


def _leftovers(files: Files, now: datetime) -> int:
    """Twice as long as an upload lives after its last piece: no row speaks of these any more."""
    if not files.arriving.is_dir():
        return 0
    oldest = (now - 2 * LIFETIME).timestamp()
    old = [path for path in files.arriving.iterdir() if path.stat().st_mtime < oldest]
    for path in old:
        _remove(path)
    return len(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
