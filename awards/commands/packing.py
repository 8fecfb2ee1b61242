"""Result packs: written from a database, and checked without one."""

import argparse
import asyncio
from pathlib import Path

from awards.commands import DONE, CommandError
from awards.commands.opening import database
from awards.editions.queries import edition_by_slugs
from awards.errors import NotFound
from awards.publication.pack.levels import Audience
from awards.publication.pack.queries_sealed import sealed_pack
from awards.settings import Settings
from awards.verifier.verify_pack import main


async def pack(args: argparse.Namespace, settings: Settings) -> int:
    programme, _slash, edition = args.edition.partition("/")
    audience = Audience.AUDITOR if args.auditor else Audience.PUBLIC
    async with database(settings):
        try:
            row = await edition_by_slugs(programme, edition)
            found = await sealed_pack(row.id, audience.value, args.number)
        except NotFound as problem:
            raise CommandError(
                f"{args.edition} has no such publication. Write PROGRAMME/EDITION, and --number for another than the newest."
            ) from problem
    name = f"{programme}-{edition}-{found.number}{'-auditor' if args.auditor else ''}.json"
    target: Path = args.file or Path(name)
    try:
        await asyncio.to_thread(target.write_bytes, found.body.encode())
    except OSError as problem:
        raise CommandError(f"{target} could not be written: {problem}") from problem
    print(f"{target}: publication {found.number}, level {found.level}")
    print(f"SHA-256 {found.sha256}")
    print(f"signed with {found.key}")
    return DONE


def verify(args: argparse.Namespace, _settings: Settings) -> int:
    return main(str(args.pack), *args.options)
