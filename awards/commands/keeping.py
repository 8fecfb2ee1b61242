"""Looking after a database: its tables, its first admin, its truths, its backups."""

import argparse
from pathlib import Path

from awards import backup as safekeeping
from awards import db
from awards.audit.queries import chain_breaks, head
from awards.clock import SystemClock
from awards.commands import DONE, WRONG, CommandError
from awards.commands.opening import database
from awards.db.migrate import migrate
from awards.editions.first_admin import make_admin
from awards.errors import Unavailable
from awards.files import services as files
from awards.files.place import files_of
from awards.invariants import broken
from awards.settings import Settings


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
        problems += await _files_that_differ(settings, hashes=args.files)
        problems += [f"audit chain: event {one.seq} {one.problem}" for one in await chain_breaks(kept)]
        now = await head()
    for problem in problems:
        print(problem)
    print(f"Head of the audit chain: {now.seq}:{now.hash}")
    print(f"{len(problems)} problems." if problems else "Every invariant holds; the chain is whole.")
    return WRONG if problems else DONE


async def _files_that_differ(settings: Settings, *, hashes: bool) -> list[str]:
    try:
        return [f"files: {problem}" for problem in await files.check(files_of(settings), hashes=hashes)]
    except (Unavailable, OSError) as problem:
        return [f"files: the store cannot be read: {problem}"]


async def backup(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings) as engine:
        try:
            made = await safekeeping.back_up(
                engine, _folder(settings), args.file, at=SystemClock().now(), data=settings.data
            )
        except safekeeping.BackupError as problem:
            raise CommandError(str(problem)) from problem
    print(f"{made.path}: {made.parts} parts, {made.size} bytes.")
    if settings.files_bucket:
        print(
            f"Files are in {settings.files_bucket}, and not in this archive: whoever owns the bucket backs it up."
        )
    return DONE


def _folder(settings: Settings) -> Path | None:
    """Of the files that a backup holds; None where a bucket has them."""
    return None if settings.files_bucket else settings.files_folder


async def restore(args: argparse.Namespace, settings: Settings) -> int:
    engine = db.engine_from_url(settings.database_url)
    db.bind(engine)
    try:
        parts = await safekeeping.restore(
            engine, settings.data, _folder(settings), args.file, overwrite=args.overwrite
        )
    except safekeeping.BackupError as problem:
        raise CommandError(str(problem)) from problem
    print(f"{len(parts)} parts are back and equal their hashes. Run `awards check` now.")
    keys = {name.removeprefix("files/") for name in parts if name.startswith("files/")}
    if keys:
        async with database(settings, migrated=False):
            later = await files.remove_unknown(files_of(settings), keys)
        if later:
            print(
                f"{later} of the files came after the database was copied; nothing speaks of them: removed."
            )
    return DONE
