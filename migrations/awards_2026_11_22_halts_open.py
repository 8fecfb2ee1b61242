"""An edition is halted once at a time. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T12:21:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rule over open halts"

NAME = "halt_one_open"


class Anything(Table):
    """Piccolo sends raw statements through a table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    async def create() -> None:
        await Anything.raw(
            f"CREATE UNIQUE INDEX IF NOT EXISTS {NAME} ON halt (edition) WHERE ended_at IS NULL"
        )

    async def drop() -> None:
        await Anything.raw(f"DROP INDEX IF EXISTS {NAME}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
