"""Which migrations the code brings, and which of them the database has been through. Applies none."""

import re

from piccolo.apps.migrations.tables import Migration

from awards import data_dir

_IDENTITY = re.compile(r'^ID = "([^"]+)"', re.MULTILINE)


async def applied() -> list[str]:
    """What the database says it has been through, oldest first."""
    if not await Migration.table_exists():
        return []
    return [row["name"] for row in await Migration.select(Migration.name).order_by(Migration.ran_on)]


async def pending() -> list[str]:
    """What the code brings and the database has not been through."""
    done = set(await applied())
    return [identity for identity in brought() if identity not in done]


def brought() -> list[str]:
    """What the migration files call themselves, oldest first, read without running them: they are long."""
    found = (
        _IDENTITY.search(file.read_text(encoding="utf-8")) for file in data_dir("migrations").glob("*.py")
    )
    return sorted(match[1] for match in found if match)
