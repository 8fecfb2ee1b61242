"""Migrations as Piccolo writes them run forwards and backwards on both engines."""

from pathlib import Path
from textwrap import dedent

import pytest
from piccolo.apps.migrations.commands.backwards import BackwardsMigrationManager
from piccolo.conf.apps import AppConfig

from awards import piccolo_app
from awards.db import AnyDatabase
from awards.db.migrate import migrate
from awards.errors import Conflict

MAKE = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Integer, Varchar

ID = "2030-01-01"

async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="probe", description="")
    manager.add_table("Prize", tablename="probe_prize")
    manager.add_column(table_class_name="Prize", tablename="probe_prize", column_name="code",
        column_class_name="Varchar", column_class=Varchar,
        params={"length": 20, "default": "", "null": False})
    manager.add_column(table_class_name="Prize", tablename="probe_prize", column_name="places",
        column_class_name="Integer", column_class=Integer,
        params={"default": 1, "null": False, "index": True})
    return manager
"""

CHANGE = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Integer, Varchar
from piccolo.constraints import Check, Unique

ID = "2030-01-02"

async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="probe", description="")
    manager.add_column(table_class_name="Prize", tablename="probe_prize", column_name="name",
        column_class_name="Varchar", column_class=Varchar,
        params={"length": 20, "default": None, "null": True, "unique": True})
    manager.alter_column(table_class_name="Prize", tablename="probe_prize", column_name="code",
        params={"unique": True, "length": 30}, old_params={"unique": False, "length": 20},
        column_class=Varchar, old_column_class=Varchar)
    manager.alter_column(table_class_name="Prize", tablename="probe_prize", column_name="places",
        params={"null": True, "default": 3, "index": False},
        old_params={"null": False, "default": 1, "index": True},
        column_class=Integer, old_column_class=Integer)
    manager.add_constraint(table_class_name="Prize", tablename="probe_prize", constraint_class=Check,
        constraint_name="probe_prize_positive", params={"condition": "places > 0"})
    manager.add_constraint(table_class_name="Prize", tablename="probe_prize", constraint_class=Unique,
        constraint_name="probe_prize_pair", params={"columns": ["code", "places"], "nulls_distinct": True})
    return manager
"""


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppConfig:
    (tmp_path / "probe_make.py").write_text(dedent(MAKE))
    (tmp_path / "probe_change.py").write_text(dedent(CHANGE))
    app = AppConfig(app_name="probe", migrations_folder_path=str(tmp_path), table_classes=[])
    monkeypatch.setattr(piccolo_app, "APP_CONFIG", app)
    monkeypatch.syspath_prepend(str(tmp_path))
    return app


@pytest.mark.filterwarnings("ignore")  # Piccolo warns of lengths, which SQLite ignores
async def test_forwards_backwards_forwards(empty: AnyDatabase, probe: AppConfig) -> None:
    assert await migrate(empty) == ["2030-01-01", "2030-01-02"]
    await changed(empty)

    back = BackwardsMigrationManager(app_name="probe", migration_id="2030-01-02", auto_agree=True)
    assert (await back.run()).success
    await empty.send("INSERT INTO probe_prize (code) VALUES ('a'), ('a')")
    assert await empty.send("SELECT places FROM probe_prize") != []
    assert {row["places"] for row in await rows(empty)} == {1}
    assert "name" not in (await rows(empty))[0]
    await empty.send("INSERT INTO probe_prize (code, places) VALUES ('b', 0)")
    await empty.send("DELETE FROM probe_prize")

    assert await migrate(empty) == ["2030-01-02"]
    await changed(empty)


async def changed(engine: AnyDatabase) -> None:
    await engine.send("INSERT INTO probe_prize (code) VALUES ('x')")
    assert [(row["places"], row["name"]) for row in await rows(engine)] == [(3, None)]
    with pytest.raises(Conflict):
        await engine.send("INSERT INTO probe_prize (code) VALUES ('x')")
    with pytest.raises(Exception, match=r"probe_prize_positive"):
        await engine.send("INSERT INTO probe_prize (code, places) VALUES ('y', 0)")
    await engine.send("INSERT INTO probe_prize (code, places, name) VALUES ('y', NULL, 'n')")
    with pytest.raises(Conflict):
        await engine.send("INSERT INTO probe_prize (code, name) VALUES ('z', 'n')")
    await engine.send("DELETE FROM probe_prize")


async def rows(engine: AnyDatabase) -> list[dict[str, object]]:
    return [dict(row) for row in await engine.send("SELECT * FROM probe_prize")]
