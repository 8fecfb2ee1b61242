"""Ranking a spreadsheet: no server, no database, no data folder."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from awards.commands import BAD_INPUT, DONE, NOT_CONNECTED, CommandError
from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import PLAIN, WEIGHING, By
from awards.exchange.ranking.models import CannotFit
from awards.exchange.ranking.page import as_html
from awards.exchange.ranking.printed import as_object, json_lines
from awards.exchange.ranking.progress import Progress
from awards.exchange.ranking.reading import read_ballot
from awards.exchange.ranking.report import Report, Wish, make_report
from awards.exchange.ranking.sheet import as_csv
from awards.exchange.ranking.terminal import as_text
from awards.exchange.rows import BadFolder
from awards.settings import Settings

PLAIN_SIGNS = str.maketrans(
    {"–": "-", "—": "-", "─": "-", "●": "o", "…": "~", "’": "'", "“": '"', "”": '"', "±": "+"}
)


def rank(args: argparse.Namespace, _settings: Settings) -> int:
    try:
        with Progress() as progress:
            ballot = read_ballot(
                args.file, judges=args.judges, entries=args.entries, limits=args.scale, progress=progress
            )
            for note in ballot.notes:
                progress.note(note)
            report = make_report(ballot, _wish(args, ballot), progress)
    except (BadFolder, CannotFit) as problem:
        raise CommandError(str(problem), BAD_INPUT) from problem
    for sentence in report.limits:
        _say(sentence)
    if args.csv:
        # Excel takes a file without the mark for another encoding.
        _write(args.csv, "\ufeff" + as_csv(report))
    if args.html:
        _write(args.html, as_html(report, args.file.name))
    try:
        _print(report, as_json=args.json)
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` has; closing must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE if report.connected else NOT_CONNECTED


def _print(report: Report, *, as_json: bool) -> None:
    unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    if as_json:
        sys.stdout.writelines(json_lines(as_object(report), ascii_only=not unicode))
        print(flush=True)
        return
    text = as_text(report, shutil.get_terminal_size().columns if sys.stdout.isatty() else 80)
    if not unicode:
        # An old terminal shows a mark for what it does not know, rather than nothing at all.
        text = (
            text.translate(PLAIN_SIGNS)
            .encode(sys.stdout.encoding or "ascii", "replace")
            .decode(sys.stdout.encoding or "ascii")
        )
    print(text, end="", flush=True)


def _wish(args: argparse.Namespace, ballot: Ballot) -> Wish:
    method = By(args.method)
    names = [one.name for one in ballot.criteria]
    weights = {name: number for some in args.weights for name, number in some.items()}
    if unknown := sorted(set(weights) - set(names)):
        there = ", ".join(name for name in names if name) or "it has no column criterion"
        raise CommandError(
            f"--weights: {', '.join(unknown)} is no criterion of the file ({there}).", BAD_INPUT
        )
    if args.by_category:
        without = [
            name for name, category in zip(ballot.entries, ballot.categories, strict=True) if not category
        ]
        if without:
            some = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
            raise CommandError(f"--by-category: no category is named for {some}.", BAD_INPUT)
    if method not in WEIGHING and any(one.confidence is not None for one in ballot.criteria):
        _say(
            f"The column confidence is not used: {'plain methods' if method in PLAIN else method} have no weights."
        )
    return Wish(
        method=method,
        weights=weights,
        by_category=args.by_category,
        seed=args.seed,
        draws=args.draws,
        tiers=args.prizes,
        sensitivity=args.sensitivity,
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise CommandError(f"{path}: {problem.strerror or problem}") from problem


def _say(text: str) -> None:
    print(text, file=sys.stderr)
