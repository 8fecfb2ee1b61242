"""A migrated SQLite database in a temporary folder, filled like an edition in its judging weeks."""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from awards.clock import SystemClock
from awards.db import SQLiteDatabase, bind, engine_from_url
from awards.db.migrate import migrate
from tests.panel_at_work import PanelAtWork, panel_at_work
from tests.processes import Server


@dataclass(frozen=True, slots=True)
class Installation:
    data: Path
    engine: SQLiteDatabase
    panel: PanelAtWork

    @property
    def url(self) -> str:
        return f"sqlite:///{self.engine.path}"

    def server(self) -> Server:
        return Server(self.data, self.url)

    def copy_of_database(self, name: str) -> Path:
        """With the rows of this moment, for a peer that writes too. Close the engine before."""
        target = self.data / name
        source = sqlite3.connect(self.engine.path)
        try:
            source.execute("VACUUM INTO ?", (str(target),))
        finally:
            source.close()
        return target


@asynccontextmanager
async def installation(
    *, judges: int, entries: int, sheets_per_judge: int, disk: Path | None = None
) -> AsyncIterator[Installation]:
    data = Path(tempfile.mkdtemp(prefix="awards-benchmark-", dir=disk))
    engine = engine_from_url(f"sqlite:///{data / 'awards.sqlite'}")
    assert isinstance(engine, SQLiteDatabase)
    bind(engine)
    try:
        await migrate(engine)
        now = SystemClock().now()
        panel = await panel_at_work(
            judges=judges, entries=entries, sheets_per_judge=sheets_per_judge, now=now
        )
        yield Installation(data, engine, panel)
    finally:
        await engine.close()
        shutil.rmtree(data, ignore_errors=True)
