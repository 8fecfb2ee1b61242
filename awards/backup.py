"""One archive that holds everything: the database, the stored files, and the hash of each part.

SQLite is copied while it runs; PostgreSQL is dumped by its own `pg_dump`. What comes back is compared with
the hashes before it replaces anything.
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from awards import __version__
from awards.db import AnyDatabase, PostgresDatabase, SQLiteDatabase

MANIFEST = "manifest.json"
SQLITE, POSTGRES = "database.sqlite", "database.dump"


class BackupError(Exception):
    """One sentence for the person who runs the command."""


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    parts: int
    size: int


async def back_up(database: AnyDatabase, data: Path, target: Path, *, at: datetime) -> Backup:
    """Write one .tar.gz at `target`, complete or not at all."""
    with tempfile.TemporaryDirectory(prefix="awards-backup-") as scratch:
        folder = Path(scratch)
        if isinstance(database, SQLiteDatabase):
            await database.backup_to(folder / SQLITE)
        else:
            await asyncio.to_thread(_dump, database, folder / POSTGRES)
        return await asyncio.to_thread(_pack, folder, data / "files", target, at)


async def restore(database: AnyDatabase, data: Path, source: Path, *, overwrite: bool = False) -> int:
    """Put a backup back; returns the number of parts. The server must not be running."""
    with tempfile.TemporaryDirectory(prefix="awards-restore-") as scratch:
        folder = Path(scratch)
        manifest = await asyncio.to_thread(_unpack, source, folder)
        await asyncio.to_thread(_check, folder, manifest)
        await database.close()
        if isinstance(database, SQLiteDatabase):
            _put_sqlite_back(database, folder / SQLITE, overwrite)
        else:
            await asyncio.to_thread(_load, database, folder / POSTGRES, overwrite)
        stored = folder / "files"
        if stored.is_dir():
            shutil.copytree(stored, data / "files", dirs_exist_ok=True)
        return len(manifest)


def _pack(folder: Path, files: Path, target: Path, at: datetime) -> Backup:
    if files.is_dir():
        shutil.copytree(files, folder / "files")
    parts = {path.relative_to(folder).as_posix(): digest_of(path) for path in _files(folder)}
    manifest = {"awards": __version__, "at": at.isoformat(), "sha256": parts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with tarfile.open(partial, "w:gz") as archive:
        for path in _files(folder):
            archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
    partial.replace(target)
    return Backup(target, len(parts), target.stat().st_size)


def _unpack(source: Path, folder: Path) -> dict[str, str]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, tarfile.TarError, ValueError, KeyError) as problem:
        raise BackupError(f"{source} is not a backup of this service: {problem}") from problem
    return manifest


def _check(folder: Path, manifest: dict[str, str]) -> None:
    for name, expected in manifest.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != expected:
            raise BackupError(f"{name} in the backup is damaged: its hash differs. Nothing was restored.")
    extra = {path.relative_to(folder).as_posix() for path in _files(folder)} - {*manifest, MANIFEST}
    if extra:
        raise BackupError(f"The backup holds what its manifest does not name: {min(extra)}.")


def _put_sqlite_back(database: SQLiteDatabase, source: Path, overwrite: bool) -> None:
    if not source.is_file():
        raise BackupError("This backup is of a PostgreSQL database; AWARDS_DATABASE_URL names SQLite.")
    if database.path.exists() and not overwrite:
        raise BackupError(f"{database.path} exists. Add --overwrite to replace it, or move it away.")
    database.path.parent.mkdir(parents=True, exist_ok=True)
    arrived = database.path.with_name(database.path.name + ".restored")
    shutil.copyfile(source, arrived)
    for leftover in ("-wal", "-shm"):
        database.path.with_name(database.path.name + leftover).unlink(missing_ok=True)
    arrived.replace(database.path)


def _dump(database: PostgresDatabase, target: Path) -> None:
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", database.url])


def _load(database: PostgresDatabase, source: Path, overwrite: bool) -> None:
    if not source.is_file():
        raise BackupError("This backup is of an SQLite database; AWARDS_DATABASE_URL names PostgreSQL.")
    clean = ["--clean", "--if-exists"] if overwrite else []
    _run(["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *clean,
          f"--dbname={database.url}", str(source)])  # fmt: skip


def _run(command: list[str]) -> None:
    try:
        # The program is PostgreSQL's own and the URL comes from the settings, not from a request.
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as problem:
        raise BackupError(f"{command[0]} is missing: install PostgreSQL's client programs.") from problem
    if done.returncode != 0:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
