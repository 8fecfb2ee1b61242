"""Servers that are killed have databases of their own, with real commits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from awards.db import AnyDatabase, SQLiteDatabase, bind, current
from tests.databases import Databases
from tests.faults.forked import ForkedServer, ForkedWorker


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder and a database, as one installation of the service has them."""

    data: Path
    engine: AnyDatabase

    @property
    def url(self) -> str:
        return f"sqlite:///{self.engine.path}" if isinstance(self.engine, SQLiteDatabase) else self.engine.url

    def server(self, *, worker: bool = False, **settings: str) -> ForkedServer:
        return ForkedServer(self.data, self.url, worker=worker, **settings)

    def worker(self, **settings: str) -> ForkedWorker:
        return ForkedWorker(self.data, self.url, **settings)


@pytest.fixture(autouse=True)
def database_of_the_test() -> None:
    """Instead of the transaction that other tests run in: another process has to see what is written."""


@pytest.fixture
async def place(databases: Databases, tmp_path: Path) -> AsyncIterator[Place]:
    """Every table, no row."""
    async for made in _place(await databases.fresh(), databases, tmp_path):
        yield made


@pytest.fixture
async def empty_place(databases: Databases, tmp_path: Path) -> AsyncIterator[Place]:
    """Without any table."""
    async for made in _place(await databases.empty(), databases, tmp_path / "empty"):
        yield made


async def _place(engine: AnyDatabase, databases: Databases, data: Path) -> AsyncIterator[Place]:
    before = current()
    bind(engine)
    yield Place(data, engine)
    bind(before)
    await databases.drop(engine)
