"""What each word of the `awards` command does. A function returns its exit code."""

import argparse
import asyncio
import contextlib
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from awards import backup as safekeeping
from awards import db
from awards.actor import SYSTEM
from awards.app import create_app, mailer_for, make_site, make_worker, refuse_demo
from awards.audit.queries import chain_breaks, head
from awards.clock import SystemClock
from awards.db.migrate import migrate, pending
from awards.demo.loader import load_demo
from awards.editions.first_admin import make_admin
from awards.errors import Unavailable
from awards.exchange import edition_file
from awards.exchange.folder import read_folder
from awards.exchange.records import read_records
from awards.exchange.services import import_folder
from awards.exchange.spreadsheet import rank_file
from awards.invariants import broken
from awards.publication.services import import_archive
from awards.settings import Settings

DONE, WRONG, BAD_INPUT, FROZEN = 0, 1, 2, 4

Command = Callable[[argparse.Namespace, Settings], Any]


class CommandError(Exception):
    """One sentence for the person at the terminal."""


@asynccontextmanager
async def database(settings: Settings, *, migrated: bool = True) -> AsyncIterator[db.AnyDatabase]:
    """The database of the settings, started, for the length of one command."""
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    await engine.start()
    try:
        if migrated and await pending():
            raise CommandError("The database is not of this version. Run `awards migrate` first.")
        yield engine
    finally:
        await engine.close()


def serve(args: argparse.Namespace, settings: Settings) -> int:
    db.bind(db.engine_from_url(settings.database_url))
    _log_lines()
    if settings.production:
        asyncio.run(_refuse_demo_database(settings))
    _serve(settings, run_worker=not args.no_worker)
    return DONE


def _serve(settings: Settings, *, run_worker: bool) -> None:
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
    _log_lines()
    async with database(settings):
        await make_worker(make_site(settings, SystemClock()), mailer_for(settings)).run()
    return DONE


async def migrate_database(_args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings, migrated=False) as engine:
        done = await migrate(engine)
    print(f"{len(done)} migrations run." if done else "Nothing to do: the tables are of this version.")
    return DONE


async def admin(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings):
        link = await make_admin(email=args.email, name=args.name, clock=SystemClock())
    print(f"{args.name} is admin and secretariat. Open this within two weeks to choose a password:")
    print(f"{settings.base_url}{link}")
    return DONE


async def check(args: argparse.Namespace, settings: Settings) -> int:
    kept = None
    if args.head:
        number, _colon, digest = args.head.partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise CommandError("Write the head as NUMBER:HASH, as receipts and this command print it.")
        kept = (int(number), digest)
    async with database(settings):
        problems = [f"{one.rule}: {one.what}: {one.sentence}" for one in await broken()]
        problems += [f"audit chain: event {one.seq} {one.problem}" for one in await chain_breaks(kept)]
        now = await head()
    for problem in problems:
        print(problem)
    print(f"Head of the audit chain: {now.seq}:{now.hash}")
    print(f"{len(problems)} problems." if problems else "Every invariant holds; the chain is whole.")
    return WRONG if problems else DONE


async def backup(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings) as engine:
        try:
            made = await safekeeping.back_up(engine, settings.data, args.file, at=SystemClock().now())
        except safekeeping.BackupError as problem:
            raise CommandError(str(problem)) from problem
    print(f"{made.path}: {made.parts} parts, {made.size} bytes.")
    return DONE


async def restore(args: argparse.Namespace, settings: Settings) -> int:
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    try:
        parts = await safekeeping.restore(engine, settings.data, args.file, overwrite=args.overwrite)
    except safekeeping.BackupError as problem:
        raise CommandError(str(problem)) from problem
    print(f"{parts} parts are back and equal their hashes. Run `awards check` now.")
    return DONE


def rank(args: argparse.Namespace, _settings: Settings) -> int:
    weights = {}
    for text in args.weight:
        name, _equals, weight = text.partition("=")
        if not weight.isdigit() or int(weight) < 1:
            raise CommandError(f"--weight {text}: write CRITERION=N with a whole number above 0.")
        weights[name] = int(weight)
    print(rank_file(args.file, weights=weights, seed=args.seed, as_json=args.json), end="")
    return DONE


async def import_competition(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings):
        if args.folder.is_file():
            rows = read_records(args.folder)
            report = await import_archive(rows=rows, actor=SYSTEM, clock=SystemClock())
            print(
                f"{report.winners} winners in {report.publications} publications, {report.unchanged} unchanged."
            )
            return DONE
        folder = read_folder(args.folder)
        done = await import_folder(folder=folder, actor=SYSTEM, clock=SystemClock())
    if done.unchanged:
        print("Nothing to do: the edition holds all of this already.")
    print(f"{done.entries} entries, {done.judges} judges, {done.sheets} sheets, {done.marks} marks.")
    if done.official.published:
        print(f"{done.official.reproduced} of {done.official.published} published scores reproduced exactly.")
        for score in done.official.differing[:20]:
            print(f"  differs: round {score.round}, entry {score.entry}, criterion {score.criterion}")
    return DONE


async def edition_load(args: argparse.Namespace, settings: Settings) -> int:
    try:
        text = args.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise edition_file.BadFile([edition_file.Problem(0, f"{args.file}: {problem}")]) from problem
    async with database(settings):
        report = await edition_file.load(
            text, actor=SYSTEM, clock=SystemClock(), dry_run=args.dry_run, slug=args.slug
        )
    for line in report.lines:
        print(line)
    if not report.changed:
        print("Nothing to change.")
    elif args.dry_run:
        print("A dry run: nothing was written.")
    else:
        print(f"{'Created' if report.created else 'Changed'}: {report.programme} {report.slug}")
    return DONE


async def edition_show(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings):
        print(await edition_file.show_edition(args.programme, args.edition), end="")
    return DONE


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
    _log_lines()
    print(f"Serving on {settings.base_url} - stop with Ctrl+C", flush=True)
    _serve(settings, run_worker=True)
    return DONE


async def _load_demo(settings: Settings) -> str:
    async with database(settings, migrated=False) as engine:
        print("Preparing the tables …", flush=True)
        await migrate(engine)
        return await load_demo(
            clock=SystemClock(), base_url=settings.base_url, say=lambda text: print(text, flush=True)
        )


def _log_lines() -> None:
    """One line a request on stdout, warnings and tracebacks on stderr."""
    access = logging.getLogger("awards.access")
    access.setLevel(logging.INFO)
    access.propagate = False
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    access.addHandler(lines)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
