"""The process in which files of strangers are read: `python -m awards.files.child examine|copies PATH NAME [FOLDER]`.

It has little memory and little time, reads one file, and answers with one line of JSON.
"""

import os
import resource
import sys
from pathlib import Path

import msgspec

from awards.files.examining import Made, kind_of, make_copies
from awards.files.kinds import Refused, Why

MEMORY = 1_536 * 1024 * 1024
LARGEST_OUTPUT = 512 * 1024 * 1024
SECONDS = {"examine": 10, "copies": 120}
MOST_FILES_OPEN = 64
NICENESS = 5  # pages go first


class Answer(msgspec.Struct, frozen=True):
    refused: str = ""
    ending: str = ""
    made: list[Made] = []


def main(arguments: list[str]) -> int:
    verb, path, name, *folder = arguments
    _confine(SECONDS[verb])
    try:
        if verb == "examine":
            kind = kind_of(Path(path), name)
            answer = Answer(ending=kind.ending)
        else:
            answer = Answer(made=make_copies(Path(path), name, Path(folder[0])))
    except Refused as problem:
        answer = Answer(refused=problem.why.value)
    except MemoryError:
        answer = Answer(refused=Why.UNPACKS_TOO_LARGE.value)
    with open(1, "wb", closefd=False) as out:
        out.write(msgspec.json.encode(answer))
    return 0


def _confine(seconds: int) -> None:
    os.nice(NICENESS)
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_NOFILE, MOST_FILES_OPEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
