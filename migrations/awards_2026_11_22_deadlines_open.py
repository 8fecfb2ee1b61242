"""One extension of a kind and one request for help at a time. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T07:50:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rules over open extensions and requests for help"

UNIQUE = {
    "extension_one_open": "extension (edition, entrant, entry_id) WHERE ended_at IS NULL AND entrant IS NOT NULL",
    "help_request_one_open": "help_request (entry) WHERE ended_at IS NULL",
}


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
