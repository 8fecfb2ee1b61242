"""One override, supplier, objection and nomination of a kind at a time. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T06:10:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rules over open conflicts and nominations"

UNIQUE = {
    "conflict_override_one_open": "conflict_override (seat, entry, code) WHERE ended_at IS NULL",
    "entry_supplier_one_open": "entry_supplier (entry, folded) WHERE ended_at IS NULL",
    "objection_one_open": "objection (entry, folded) WHERE state = 'asked'",
    "city_nomination_one_open": "city_nomination (edition, entrant, folded) WHERE state IN ('asked', 'accepted')",
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
