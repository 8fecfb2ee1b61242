"""Whether the store holds what the database says: for `awards check`."""

import asyncio
import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from awards.files.place import Files
from awards.files.tables import FileCopy, StoredFile, Upload

TRIAL = "00/trial-of-the-store"
TRIAL_SECONDS = 10.0


class _Known(Struct, frozen=True):
    what: str
    size: int
    sha256: str


async def check(files: Files, *, hashes: bool) -> list[str]:
    """
    One sentence for each file that is missing, of another size, or of which no row speaks.

    With `hashes` every byte is read too, which takes as long as reading all of them takes.
    """
    known = await _known()
    found = {key: size async for key, size in files.store.sizes()}
    problems = []
    for key, row in known.items():
        if key not in found:
            problems.append(f"{row.what} is missing in the store ({key})")
        elif found[key] != row.size:
            problems.append(
                f"{row.what} has {found[key]} bytes in the store and {row.size} in its row ({key})"
            )
        elif hashes and await _digest(files, key) != row.sha256:
            problems.append(f"{row.what} is not what was stored: its hash differs ({key})")
    strange = sorted(await _unknown(found.keys() - known.keys()))
    return problems + [f"{key} lies in the store, and no row speaks of it" for key in strange]


async def remove_unknown(files: Files, keys: set[str]) -> int:
    """Those of which no row speaks: they came into a backup after its database. Returns how many."""
    unknown = await _unknown(keys)
    for key in unknown:
        await files.store.delete(key)
    return len(unknown)


async def _known() -> dict[str, _Known]:
    names = [StoredFile.id, StoredFile.storage_key, StoredFile.size, StoredFile.sha256]
    rows = {
        row["storage_key"]: _Known(f"stored_file {row['id']}", row["size"], row["sha256"])
        for row in await StoredFile.select(*names)
    }
    copied = [
        FileCopy.file,
        FileCopy.kind,
        FileCopy.number,
        FileCopy.storage_key,
        FileCopy.size,
        FileCopy.sha256,
    ]
    for row in await FileCopy.select(*copied):
        what = f"stored_file {row['file']}, {row['kind']} {row['number'] or ''}".rstrip()
        rows[row["storage_key"]] = _Known(what, row["size"], row["sha256"])
    return rows


async def _unknown(keys: set[str]) -> set[str]:
    """Asked after the store was listed: what arrived meanwhile has its row by now."""
    if not keys:
        return set()
    on_the_way = {row["storage_key"] for row in await Upload.select(Upload.storage_key)}
    in_work = {
        row["storage_key"]
        for row in await StoredFile.select(StoredFile.storage_key).where(StoredFile.state != "ready")
    }
    known = (await _known()).keys() | on_the_way | {TRIAL}
    return {key for key in keys - known if key.partition(".")[0] not in in_work}


async def _digest(files: Files, key: str) -> str:
    digest = hashlib.sha256()
    async for piece in files.store.read(key):
        await asyncio.to_thread(digest.update, piece)
    return digest.hexdigest()


async def try_store(files: Files) -> None:
    """Put a byte and take it away again. Raises Unavailable or OSError in the words of what refuses it."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "byte"
        await asyncio.to_thread(source.write_bytes, b"x")
        async with asyncio.timeout(TRIAL_SECONDS):
            await files.store.put(TRIAL, source)
            await files.store.delete(TRIAL)
