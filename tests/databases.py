"""Real databases for tests: a file for each on SQLite, a database of a throw-away server on PostgreSQL."""

import asyncio
import atexit
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from awards.db import AnyDatabase, SQLiteDatabase, engine_from_url
from awards.db.migrate import migrate

T = TypeVar("T")
ENGINE = os.environ.get("AWARDS_TEST_ENGINE", "sqlite")
DRILL = os.environ.get("AWARDS_DRILL") == "1"  # the full counts instead of the reduced ones
WHOLE = DRILL or os.environ.get("CI") == "true"  # every test on both engines, every count as CI has it

# Where an engine may answer otherwise than the other: its own code, migrations, searches, what is killed, a whole season,
# and the walks that ask every page. So may, wherever it stands, a test that commits for real or is about one engine.
ENGINES_DIFFER = (
    "tests/awards/db/",
    "tests/awards/editions/test_queries.py",
    "tests/awards/publication/test_practice_search.py",
    "tests/faults/",
    "tests/journeys/",
)


class Databases(ABC):
    """Makes databases and destroys them. The migrations run once; the rest are copies."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._template: str | None = None

    @abstractmethod
    async def empty(self) -> AnyDatabase:
        """Without any table."""

    @abstractmethod
    async def drop(self, engine: AnyDatabase) -> None: ...

    @abstractmethod
    async def _copy(self, template: str) -> AnyDatabase: ...

    @abstractmethod
    def _name(self, engine: AnyDatabase) -> str: ...

    async def fresh(self) -> AnyDatabase:
        """With every table, empty, and open to real commits."""
        if self._template is None:
            engine = await self.empty()
            await migrate(engine)
            await engine.close()
            self._template = self._name(engine)
        return await self._copy(self._template)

    async def shared(self) -> AnyDatabase:
        """What all tests share that commit nothing."""
        return await self.fresh()

    @abstractmethod
    def close(self) -> None:
        """After the last test."""


class OnThisThread(SQLiteDatabase):
    """All that its tests ask goes through one transaction, where no statement runs beside another: the hop to a thread and
    back, which costs more than most statements, is left out. Other tasks still have their turn after each."""

    async def _run_in(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            await asyncio.sleep(0)


class SQLiteFiles(Databases):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="awards-test-"))
        atexit.register(self.close)

    async def empty(self) -> AnyDatabase:
        return self._open(f"{next(self._numbers)}.sqlite")

    async def _copy(self, template: str) -> AnyDatabase:
        name = f"{next(self._numbers)}.sqlite"
        shutil.copyfile(self.folder / template, self.folder / name)
        return self._open(name)

    async def shared(self) -> AnyDatabase:
        copy = await self.fresh()
        assert isinstance(copy, SQLiteDatabase)
        return OnThisThread(copy.path)

    async def drop(self, engine: AnyDatabase) -> None:
        await engine.close()
        for file in self.folder.glob(self._name(engine) + "*"):
            file.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _open(self, name: str) -> AnyDatabase:
        return engine_from_url(f"sqlite:///{self.folder / name}")

    def _name(self, engine: AnyDatabase) -> str:
        return engine.path.name


class PostgresServer(Databases):
    """AWARDS_TEST_POSTGRES names a server where we may create databases; else one is made and destroyed."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = None if "AWARDS_TEST_POSTGRES" in os.environ else Cluster()
        self.url = self.cluster.url if self.cluster else os.environ["AWARDS_TEST_POSTGRES"]
        self.prefix = f"awards_test_{os.getpid()}"

    async def empty(self) -> AnyDatabase:
        return await self._create("template1")

    async def _copy(self, template: str) -> AnyDatabase:
        return await self._create(template)

    async def drop(self, engine: AnyDatabase) -> None:
        await engine.close()
        await self.execute(f'DROP DATABASE IF EXISTS "{self._name(engine)}" WITH (FORCE)')

    def close(self) -> None:
        if self.cluster is not None:
            self.cluster.destroy()
        elif self._template is not None:
            asyncio.run(self.execute(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)'))

    async def execute(self, sql: str) -> None:
        """As the owner of the server, outside every pool."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def _create(self, template: str) -> AnyDatabase:
        name = f"{self.prefix}_{next(self._numbers)}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return engine_from_url(urlunsplit(urlsplit(self.url)._replace(path=f"/{name}")))

    def _name(self, engine: AnyDatabase) -> str:
        return urlsplit(engine.url).path.strip("/")


class Cluster:
    """A PostgreSQL server of our own, on a socket in a temporary folder. It refuses to run as root."""

    def __init__(self) -> None:
        programs = postgres_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL's server programs are not installed: apt-get install postgresql")
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="awards-pg-"))
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(self._folder, "postgres", "postgres")
        atexit.register(self.destroy)
        self._run("initdb", "-U", "awards", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    @property
    def url(self) -> str:
        # The host comes as a parameter: a path cannot stand where hosts do.
        return f"postgresql://awards@/postgres?host={self._folder}"

    def start(self) -> None:
        # Nothing here must outlive a power cut; synchronous_commit stays on, the service refuses less.
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    @property
    def is_up(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def destroy(self) -> None:
        if self._folder.exists():
            if self.is_up:
                self.stop()
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._user, str(self._programs / program), "-D", str(self._data), *arguments],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout or (self._folder / 'log').read_text()}")


def postgres_programs() -> Path | None:
    """The newest server's folder of programs."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def make_databases() -> Databases:
    if ENGINE == "sqlite":
        return SQLiteFiles()
    if ENGINE == "postgres":
        return PostgresServer()
    raise RuntimeError(f"AWARDS_TEST_ENGINE is sqlite or postgres, not {ENGINE}")
