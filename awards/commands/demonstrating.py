"""The demonstration: loaded once, then served."""

import argparse
import asyncio
import shutil

from awards import db
from awards.clock import SystemClock
from awards.commands import DONE, CommandError
from awards.commands.opening import database
from awards.commands.serving import log_lines, serve_pages
from awards.db.migrate import migrate
from awards.demo.loader import load_demo
from awards.files.place import files_of
from awards.settings import Settings


def demo(args: argparse.Namespace, settings: Settings) -> int:
    if settings.production:
        raise CommandError("The demonstration does not run with AWARDS_MODE=production.")
    if args.fresh:
        if settings.database_url.startswith("sqlite:"):
            shutil.rmtree(settings.data, ignore_errors=True)
        else:
            raise CommandError("Only SQLite starts over by itself; make an empty PostgreSQL database.")
    print(asyncio.run(_load_demo(settings)), flush=True)
    if args.load_only:
        return DONE
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    log_lines()
    print(f"Serving on {settings.base_url} - stop with Ctrl+C", flush=True)
    serve_pages(settings, run_worker=True)
    return DONE


async def _load_demo(settings: Settings) -> str:
    async with database(settings, migrated=False) as engine:
        print("Preparing the tables …", flush=True)
        await migrate(engine)
        return await load_demo(
            clock=SystemClock(),
            base_url=settings.base_url,
            files=files_of(settings),
            say=lambda text: print(text, flush=True),
        )
