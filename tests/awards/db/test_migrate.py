import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from awards import piccolo_app
from awards.db import AnyDatabase, PostgresDatabase, bind, current
from awards.db.migrate import migrate
from awards.db.versions import applied, pending
from tests.databases import Databases


@pytest.fixture
async def fresh(databases: Databases) -> AsyncIterator[AnyDatabase]:
    before = current()
    engine = await databases.fresh()
    bind(engine)
    yield engine
    bind(before)
    await databases.drop(engine)


async def test_everything_is_applied_once(empty: AnyDatabase) -> None:
    expected = await pending()
    assert expected
    assert await applied() == []
    assert await migrate(empty) == expected
    assert await applied() == expected
    assert await pending() == []
    assert await migrate(empty) == []


async def test_every_table_can_be_read(fresh: AnyDatabase) -> None:
    for table in piccolo_app.APP_CONFIG.table_classes:
        assert await table.count() == 0, table


async def test_piccolo_would_add_nothing(fresh: AnyDatabase) -> None:
    """Whoever changes a table adds a migration: what the files say together is what the code says."""
    statements = await AutoMigrationManager(auto_input="n").get_alter_statements(piccolo_app.APP_CONFIG)
    assert [text for statement in statements for text in statement.statements] == []


async def test_the_database_has_the_columns_of_the_code(fresh: AnyDatabase) -> None:
    for table in piccolo_app.APP_CONFIG.table_classes:
        columns = {column._meta.db_column_name for column in table._meta.columns}
        assert columns == await columns_of(fresh, table), table


async def columns_of(engine: AnyDatabase, table: type[Table]) -> set[str]:
    name = table._meta.tablename
    if isinstance(engine, PostgresDatabase):
        sql = f"SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{name}'"
    else:
        sql = f"SELECT name FROM pragma_table_info('{name}')"
    return {row["name"] for row in await engine.send(sql)}


PROGRAM = """
import asyncio, sys
from awards.db import bind, engine_from_url
from awards.db.migrate import migrate

async def main():
    engine = engine_from_url(sys.argv[1])
    print(len(await migrate(engine)))
    await engine.close()

asyncio.run(main())
"""


async def test_two_processes_at_once_share_the_work(empty: AnyDatabase) -> None:
    url = empty.url if isinstance(empty, PostgresDatabase) else f"sqlite:///{empty.path}"
    expected = len(await pending())
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", PROGRAM, url, stdout=subprocess.PIPE, env=dict(os.environ)
        )
        for _ in range(3)
    ]
    said = [(await process.communicate())[0].decode().strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(said) == ["0", "0", str(expected)]
    assert await pending() == []


async def test_two_tasks_at_once_share_the_work(empty: AnyDatabase) -> None:
    first, second = await asyncio.gather(migrate(empty), migrate(empty))
    assert bool(first) != bool(second)


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An app whose folder holds one migration that we write."""
    app = AppConfig(app_name="probe", migrations_folder_path=str(tmp_path), table_classes=[])
    monkeypatch.setattr(piccolo_app, "APP_CONFIG", app)
    return tmp_path


async def test_a_migration_that_fails_leaves_no_trace(empty: AnyDatabase, one_more: Path) -> None:
    write(one_more / "probe_fails.py", "2030-01-01", "raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"):
        await migrate(empty)
    assert await applied() == []
    assert not await columns_of(empty, Halfway)
    assert current() is empty

    write(one_more / "probe_works.py", "2030-01-01", "")
    (one_more / "probe_fails.py").unlink()
    assert not await Migration.count()


class Halfway(Table, tablename="probe_halfway"):
    """What the failing migration makes before it fails."""


def write(path: Path, identity: str, ending: str) -> None:
    path.write_text(
        dedent(
            f"""
            from piccolo.apps.migrations.auto.migration_manager import MigrationManager
            from piccolo.table import Table

            ID = "{identity}"

            class Anything(Table):
                pass

            async def forwards():
                manager = MigrationManager(migration_id=ID, app_name="probe", description="")

                async def run():
                    await Anything.raw("CREATE TABLE probe_halfway (n integer UNIQUE)")
                    {ending or "pass"}

                manager.add_raw(run)
                return manager
            """
        )
    )
