"""A sheet is set aside once at a time, and the rounds of results that two people signed are decided."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-21T22:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what stands"

INDEX = "set_aside_one_open"


class Anything(Table):
    """Piccolo sends raw statements through a table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    async def create() -> None:
        await Anything.raw(
            f"CREATE UNIQUE INDEX IF NOT EXISTS {INDEX} ON set_aside (assignment) WHERE restored_at IS NULL"
        )
        # The second signature decides a round; publications from before that say the same of theirs.
        await Anything.raw(
            "UPDATE round SET state = 'decided', version = version + 1 WHERE state = 'closed'"
            " AND edition IN (SELECT p.edition FROM publication p WHERE p.kind <> 'archive')"
        )

    async def drop() -> None:
        await Anything.raw(f"DROP INDEX IF EXISTS {INDEX}")

    manager.add_raw(create)
    manager.add_raw_backwards(drop)
    return manager
