"""Who holds heads: an address once per programme until it ends, a link for one. Both engines take the same text."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T11:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique rules over holders of heads"

RULES = {
    "head_holder_one_open": "head_holder (programme, folded) WHERE ended_at IS NULL",
    "head_holder_one_per_link": "head_holder (token_sha256)",
}


class Anything(Table):
    """Piccolo sends raw statements through a table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    async def create() -> None:
        for name, rule in RULES.items():
            await Anything.raw(f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {rule}")

    async def drop() -> None:
        for name in RULES:
            await Anything.raw(f"DROP INDEX IF EXISTS {name}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
