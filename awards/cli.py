"""The `awards` command: what it understands, and where each word leads.

Exit codes: 0 done, 1 something is wrong (said on stderr), 2 bad input (file and line named), 3 ranked, but not
all that was to be ranked together is connected, 4 it touches what is frozen.
"""

import argparse
import asyncio
import gc
import os
import pkgutil
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from awards import __version__
from awards.commands import WRONG, CommandError
from awards.errors import AwardsError
from awards.exchange.ranking.options import add_arguments as add_rank_arguments
from awards.settings import BadSettings, Settings, from_environment

Command = Callable[[argparse.Namespace, Settings], Any]


def main(arguments: Sequence[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    try:
        # A word that stands alone runs whatever the settings of a service are.
        settings = from_environment({} if getattr(args, "alone", False) else {**os.environ, **_given(args)})
        done: int | Coroutine[Any, Any, int] = _command(args.run)(args, settings)
        return done if isinstance(done, int) else asyncio.run(done)
    except KeyboardInterrupt:
        return WRONG
    except BadSettings as problem:
        _say(f"The settings are not safe to run with:\n{problem}")
        return WRONG
    except CommandError as problem:
        _say(str(problem))
        return problem.code
    except AwardsError as problem:
        _say(str(problem) or type(problem).__name__)
        return WRONG


def _command(place: str) -> Command:
    # Importing makes what lives for ever: to look for garbage in it, again and again, is a tenth of the start.
    gc.disable()
    try:
        command: Command = pkgutil.resolve_name(f"awards.commands.{place}")
    finally:
        gc.enable()
    return command


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="awards", description="Awards judging, from the call to the result.")
    top.add_argument("--version", action="version", version=f"awards {__version__}")
    words = top.add_subparsers(metavar="command", required=True)

    serve = _word(words, "serve", "serving:serve", "serve the pages; the worker runs inside")
    serve.add_argument("--no-worker", action="store_true", help="where `awards worker` runs apart")
    serve.add_argument("--host", help="address to listen on (HOST)")
    serve.add_argument("--port", help="port to listen on (PORT)")
    demo = _word(words, "demo", "demonstrating:demo", "load the demonstration and serve it")
    demo.add_argument("--fresh", action="store_true", help="start over with an empty database")
    demo.add_argument("--load-only", action="store_true", help="load and do not serve")
    demo.add_argument("--port", help="port to listen on (PORT)")
    _word(words, "worker", "serving:worker", "send mail and do long work, without pages")
    _word(words, "migrate", "keeping:migrate_database", "bring the database's tables to this version")
    admin = _word(
        words, "admin", "keeping:admin", "give a person the roles admin and secretariat; the first account"
    )
    admin.add_argument("email", help="signs in with it")
    admin.add_argument("name", help="as others read it")
    check = _word(words, "check", "keeping:check", "check the invariants and the audit chain")
    check.add_argument("--head", metavar="NUMBER:HASH", help="a head of the chain that was kept elsewhere")
    check.add_argument("--files", action="store_true", help="read every stored file and compare its hash")
    backup = _word(words, "backup", "keeping:backup", "write one file with everything")
    backup.add_argument("file", type=Path)
    restore = _word(words, "restore", "keeping:restore", "put a backup back; the server must not run")
    restore.add_argument("file", type=Path)
    restore.add_argument("--overwrite", action="store_true", help="replace the database that is there")
    bounces = _word(words, "bounces", "mailing:bounces", "note mails that came back, from a mailbox")
    bounces.add_argument("file", help="an mbox, one mail, or a Maildir; - reads standard input")
    rank = _word(words, "rank", "ranking:rank", "rank a spreadsheet of scores, without any database")
    rank.set_defaults(alone=True)
    add_rank_arguments(rank)
    pack = _word(words, "pack", "packing:pack", "write the result pack of a publication to a file")
    pack.add_argument("edition", metavar="PROGRAMME/EDITION")
    pack.add_argument("file", type=Path, nargs="?", help="default: named after the edition and the number")
    pack.add_argument("--number", type=int, help="of the publication; default: the newest")
    pack.add_argument(
        "--auditor", action="store_true", help="the auditor's pack, with every sheet by its label"
    )
    verify = _word(words, "verify", "packing:verify", "check a result pack, without any database")
    verify.set_defaults(alone=True)
    verify.add_argument("pack", type=Path)
    verify.add_argument(
        "options",
        nargs=argparse.REMAINDER,
        help="--edition PROGRAMME/EDITION, --number N, --key HEX, --auditor FILE, --head N:HASH",
    )
    imported = _word(
        words,
        "import",
        "exchanging:import_competition",
        "bring in a competition from its folder, or past winners from a CSV file",
    )
    imported.add_argument("folder", type=Path, metavar="FOLDER|FILE.csv")
    edition = words.add_parser("edition", help="an edition as a file").add_subparsers(
        required=True, metavar="what"
    )
    load = _word(edition, "load", "exchanging:edition_load", "create or change an edition from a TOML file")
    load.add_argument("file", type=Path)
    load.add_argument("--slug", default="", help="load it under another slug, which copies it")
    load.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
    show = _word(edition, "show", "exchanging:edition_show", "write an edition as a TOML file")
    show.add_argument("programme")
    show.add_argument("edition")
    return top


def _word(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: str,
    help_text: str,
) -> argparse.ArgumentParser:
    made = words.add_parser(name, help=help_text, description=help_text)
    made.set_defaults(run=run)
    return made


def _given(args: argparse.Namespace) -> dict[str, str]:
    """What the command line says overrides the environment."""
    return {
        name: str(value)
        for name, value in (("HOST", getattr(args, "host", None)), ("PORT", getattr(args, "port", None)))
        if value
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr)
