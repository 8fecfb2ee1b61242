"""The database of the settings, for the length of one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from awards import db
from awards.commands import CommandError
from awards.db.versions import pending
from awards.publication.pack import keys
from awards.settings import Settings


@asynccontextmanager
async def database(settings: Settings, *, migrated: bool = True) -> AsyncIterator[db.AnyDatabase]:
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    keys.bind(settings.data)
    await engine.start()
    try:
        if migrated and await pending():
            raise CommandError("The database is not of this version. Run `awards migrate` first.")
        yield engine
    finally:
        await engine.close()
