"""Mail that came back: reports from a mailbox, noted on the mails that they are about."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from awards.clock import SystemClock
from awards.commands import BAD_INPUT, DONE, CommandError
from awards.commands.opening import database
from awards.outbox.bounces import Report, mails_in, read_report
from awards.outbox.services import note_bounces
from awards.settings import Settings


async def bounces(args: argparse.Namespace, settings: Settings) -> int:
    reports: list[Report] = []
    others = 0
    try:
        for mail in _mails(args.file):
            report = read_report(mail)
            if report is None:
                others += 1
            else:
                reports.append(report)
    except OSError as problem:
        raise CommandError(f"{args.file}: {problem.strerror or problem}", BAD_INPUT) from problem
    async with database(settings):
        noted = await note_bounces(reports, at=SystemClock().now())
    print(f"Came back: {noted.new}. Known already: {noted.known}.")
    if noted.unknown:
        print(f"About mails that this service did not send, or no longer keeps: {noted.unknown}.")
    if others:
        print(f"No reports of a mail of ours that failed: {others}.")
    return DONE


def _mails(file: str) -> Iterator[bytes]:
    """Of standard input, of an mbox or a single mail, or of every file of a folder (a Maildir)."""
    if file == "-":
        yield from mails_in(sys.stdin.buffer)
        return
    path = Path(file)
    for one in sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]:
        with one.open("rb") as lines:
            yield from mails_in(lines)
