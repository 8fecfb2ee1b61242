"""What comes in and goes out as files: competitions, archives, editions."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from awards.actor import SYSTEM
from awards.clock import SystemClock
from awards.commands import BAD_INPUT, DONE, FROZEN, CommandError
from awards.commands.opening import database
from awards.editions.freezing import Frozen
from awards.exchange import edition_file
from awards.exchange.folder import read_folder
from awards.exchange.records import read_records
from awards.exchange.rows import BadFolder
from awards.exchange.services import ImportDiffers, import_folder
from awards.publication.services import import_archive
from awards.settings import Settings

# A command line is one person: it changes nothing that two sign for.
TWO_PEOPLE = (
    "What has frozen is changed by two people of the secretariat, with a reason and a public note.\n"
    "On the desk: Set-up, The edition file. Load this file there, then choose “Ask for a new ruleset”."
)


@asynccontextmanager
async def refusals() -> AsyncIterator[None]:
    try:
        yield
    except (edition_file.BadFile, BadFolder) as problem:
        raise CommandError(str(problem), BAD_INPUT) from problem
    except Frozen as problem:
        raise CommandError("\n".join([*problem.items, TWO_PEOPLE]), FROZEN) from problem
    except ImportDiffers as problem:
        raise CommandError(str(problem), FROZEN) from problem


@refusals()
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


@refusals()
async def edition_load(args: argparse.Namespace, settings: Settings) -> int:
    try:
        text = args.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise edition_file.BadFile([edition_file.Problem(0, f"{args.file}: {problem}")]) from problem
    async with database(settings):
        report = await edition_file.load(
            text, actor=SYSTEM, clock=SystemClock(), dry_run=args.dry_run, slug=args.slug
        )
    for line in (*report.lines, *(one.line for one in report.touched)):
        print(line)
    if not report.changed:
        print("Nothing to change.")
    elif args.dry_run:
        print("A dry run: nothing was written.")
    else:
        print(f"{'Created' if report.created else 'Changed'}: {report.programme} {report.slug}")
    return DONE


@refusals()
async def edition_show(args: argparse.Namespace, settings: Settings) -> int:
    async with database(settings):
        print(await edition_file.show_edition(args.programme, args.edition), end="")
    return DONE
