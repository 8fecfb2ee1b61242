"""One question to a city at a time. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T08:00:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rule over open questions to cities"

UNIQUE = {"enquiry_one_open": "enquiry (entry) WHERE answered_at IS NULL AND ended_at IS NULL"}


class Anything(Table):
    """Piccolo sends raw statements through a table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    async def create() -> None:
        for name, what in UNIQUE.items():
            await Anything.raw(f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {what}")

    async def drop() -> None:
        for name in UNIQUE:
            await Anything.raw(f"DROP INDEX IF EXISTS {name}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
