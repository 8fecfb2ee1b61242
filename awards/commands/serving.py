"""Serving the pages, with or without the demonstration; the worker inside or apart."""

import argparse
import asyncio
import contextlib
import gc
import logging

import uvicorn

from awards import db
from awards.app import create_app, mailer_for, make_site, make_worker, refuse_demo
from awards.clock import SystemClock
from awards.commands import DONE
from awards.commands.opening import database
from awards.errors import Unavailable
from awards.settings import Settings


def serve(args: argparse.Namespace, settings: Settings) -> int:
    db.bind(db.engine_from_url(settings.database_url))
    log_lines()
    if settings.production:
        asyncio.run(_refuse_demo_database(settings))
    serve_pages(settings, run_worker=not args.no_worker)
    return DONE


def serve_pages(settings: Settings, *, run_worker: bool) -> None:
    # What was imported lives to the end: looked at again and again, it would take a good part of a start.
    gc.freeze()
    uvicorn.run(
        create_app(settings, run_worker=run_worker),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=20,
    )


async def _refuse_demo_database(settings: Settings) -> None:
    with contextlib.suppress(Unavailable):
        async with database(settings, migrated=False):
            await refuse_demo()


async def worker(_args: argparse.Namespace, settings: Settings) -> int:
    log_lines()
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    try:
        # A database that is away, or not of this version yet, is waited for.
        await make_worker(make_site(settings, SystemClock()), mailer_for(settings)).run_alone()
    finally:
        await engine.close()
    return DONE


def log_lines() -> None:
    """One line a request on stdout, warnings and tracebacks on stderr."""
    access = logging.getLogger("awards.access")
    access.setLevel(logging.INFO)
    access.propagate = False
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    access.addHandler(lines)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
