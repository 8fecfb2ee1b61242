"""One archive that holds everything: the database, the stored files, and the hash of each part.

SQLite is copied while it runs; PostgreSQL is dumped by its own `pg_dump`. What comes back is compared with
the hashes before it replaces anything. The archive holds what the database holds: only its owner may read it.
"""

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from awards import __version__
from awards.db import AnyDatabase, PostgresDatabase, SQLiteDatabase
from awards.db.private import close_to_others, private_file, private_folder
from awards.files.store import PART
from awards.publication.pack.keys import NAME as KEY

MANIFEST = "manifest.json"
SQLITE, POSTGRES = "database.sqlite", "database.dump"


class BackupError(Exception):
    """One sentence for the person who runs the command."""


class Backup(Struct, frozen=True):
    path: Path
    parts: int
    size: int


async def back_up(
    database: AnyDatabase, files: Path | None, target: Path, *, at: datetime, data: Path | None = None
) -> Backup:
    """Write one .tar.gz at `target`, complete or not at all. `files` is the folder of stored files, `data` of the key."""
    try:
        private_folder(target.parent)
        # Beside the target, where there has to be room anyway.
        with tempfile.TemporaryDirectory(prefix=".awards-backup-", dir=target.parent) as scratch:
            folder = Path(scratch)
            if isinstance(database, SQLiteDatabase):
                await database.backup_to(folder / SQLITE)
            else:
                await asyncio.to_thread(_dump, database, folder / POSTGRES)
            if data is not None and (data / KEY).is_file():
                private_file(folder / KEY)
                shutil.copyfile(data / KEY, folder / KEY)
            return await asyncio.to_thread(_pack, folder, files, target, at)
    except OSError as problem:
        raise BackupError(f"{target} could not be written: {problem}") from problem


async def restore(
    database: AnyDatabase, data: Path, files: Path | None, source: Path, *, overwrite: bool = False
) -> list[str]:
    """Put a backup back; returns the names of its parts. The server must not be running."""
    private_folder(data)
    # Where there has to be room anyway: what is in order only has to be moved.
    with tempfile.TemporaryDirectory(prefix=".awards-restore-", dir=data) as scratch:
        folder = Path(scratch)
        manifest = await asyncio.to_thread(_unpack, source, folder)
        await asyncio.to_thread(_check, folder, manifest)
        if (folder / "files").is_dir() and files is None:
            raise BackupError(
                "This backup holds files, and AWARDS_FILES names a bucket: name a folder, or none."
            )
        await database.close()
        if isinstance(database, SQLiteDatabase):
            await asyncio.to_thread(_put_sqlite_back, database, folder / SQLITE, overwrite)
        else:
            await _refuse_while_connected(database)
            await asyncio.to_thread(_load, database, folder / POSTGRES, overwrite)
        if (folder / KEY).is_file():
            private_file(data / KEY)
            shutil.copyfile(folder / KEY, data / KEY)
        stored = folder / "files"
        if stored.is_dir() and files is not None:
            await asyncio.to_thread(_put_files_back, stored, files)
        return list(manifest)


def _pack(folder: Path, files: Path | None, target: Path, at: datetime) -> Backup:
    places = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    if files is not None:
        whole = (path for path in _files(files) if path.suffix != PART)
        places |= {f"files/{path.relative_to(files).as_posix()}": path for path in whole}
    parts = {name: digest_of(path) for name, path in places.items()}
    manifest = {"awards": __version__, "at": at.isoformat(), "sha256": parts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    partial = folder / target.name
    with (
        os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz") as archive,
    ):
        for name, path in [(MANIFEST, folder / MANIFEST), *places.items()]:
            archive.add(path, name, recursive=False)
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)
    return Backup(target, len(parts), target.stat().st_size)


def _unpack(source: Path, folder: Path) -> dict[str, str]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
        return {str(name): str(digest) for name, digest in manifest.items()}
    except (
        OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError
    ) as problem:  # fmt: skip
        raise BackupError(
            f"{source} is damaged or no backup of this service: {problem}. Nothing was restored."
        ) from problem


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
    if database.path.exists():
        if not overwrite:
            raise BackupError(f"{database.path} exists. Add --overwrite to replace it, or move it away.")
        _refuse_while_open(database.path)
    private_folder(database.path.parent)
    arrived = database.path.with_name(database.path.name + ".restored")
    private_file(arrived)
    shutil.copyfile(source, arrived)
    _sync(arrived)
    for leftover in ("-wal", "-shm"):
        database.path.with_name(database.path.name + leftover).unlink(missing_ok=True)
    arrived.replace(database.path)
    _sync(database.path.parent)


def _put_files_back(stored: Path, target: Path) -> None:
    """What is there under other names stays: `awards check` tells of it."""
    for path in _files(stored):
        place = target / path.relative_to(stored)
        private_folder(place.parent)
        arrived = place.with_name(f"{place.name}{PART}")
        shutil.move(path, arrived)
        close_to_others(arrived)
        _sync(arrived)
        arrived.replace(place)
    for folder in (target, *(one for one in target.rglob("*") if one.is_dir())):
        close_to_others(folder)
        _sync(folder)


def _refuse_while_open(path: Path) -> None:
    """Leaving the write-ahead log takes the whole file for oneself: it fails while anybody has it open."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupError(f"{path} is in use: stop the server first. Nothing was restored.") from problem
    except sqlite3.DatabaseError:
        pass  # damaged, which is why it is replaced
    finally:
        connection.close()


async def _refuse_while_connected(database: PostgresDatabase) -> None:
    connection = await database.connect()
    try:
        others = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    if others:
        raise BackupError("The database is in use: stop the server first. Nothing was restored.")


def _dump(database: PostgresDatabase, target: Path) -> None:
    _run(database, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])


def _load(database: PostgresDatabase, source: Path, overwrite: bool) -> None:
    if not source.is_file():
        raise BackupError("This backup is of an SQLite database; AWARDS_DATABASE_URL names PostgreSQL.")
    clean = ["--clean", "--if-exists"] if overwrite else []
    _run(
        database,
        ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *clean,
         str(source)],
    )  # fmt: skip


def _run(database: PostgresDatabase, command: Sequence[str]) -> None:
    address, password = without_password(database.url)
    # Everybody on the machine can read a command line, but not another user's environment.
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        # The program is PostgreSQL's own and the address comes from the settings, not from a request.
        done = subprocess.run(  # noqa: S603  # as the line above says
            [*command, f"--dbname={address}"], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as problem:
        raise BackupError(f"{command[0]} is missing: install PostgreSQL's client programs.") from problem
    if done.returncode != 0:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def without_password(url: str) -> tuple[str, str]:
    """The address without its password, wherever that stood, and the password."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    user, _colon, password = login.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    password = next((value for name, value in query if name == "password"), unquote(password))
    rest = urlencode([(name, value) for name, value in query if name != "password"])
    return urlunsplit(parts._replace(netloc=f"{user}{at}{hosts}", query=rest)), password


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
