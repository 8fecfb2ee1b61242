"""The process that reads files of strangers: `python -m awards.files.child`, started by `apart`.

It is asked by a line of JSON and answers with one. What reads the files is imported once; each file is read by a
process forked from it, with little memory and little time, that ends with its answer.
"""

import os
import resource
import select
import signal
import sys
import time
from pathlib import Path

import msgspec

from awards.files.examining import Made, kind_of, make_copies
from awards.files.kinds import Refused, Why

MEMORY = 1_536 * 1024 * 1024
LARGEST_OUTPUT = 512 * 1024 * 1024
MOST_FILES_OPEN = 64
NICENESS = 5  # pages go first
SECONDS = {"examine": 10, "copies": 120}
# Nobody asks any more: it is started again when somebody does.
IDLE_SECONDS = 300


class Ask(msgspec.Struct, frozen=True):
    """`examine` wants the name as it was given, `copies` the ending and a folder to write into."""

    verb: str
    path: str
    name: str
    folder: str = ""


class Answer(msgspec.Struct, frozen=True):
    refused: str = ""
    ending: str = ""
    made: list[Made] = []


CRASHED = msgspec.json.encode(Answer(refused=Why.BROKEN.value))


def main() -> int:
    os.nice(NICENESS)
    os.umask(0o077)  # nobody else on the machine reads what it writes
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        os.write(1, _apart(msgspec.json.decode(line, type=Ask)) + b"\n")
    return 0


def _apart(ask: Ask) -> bytes:
    """What a process of its own says; that the file is broken where it crashes or runs out of its limits."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        _answer(ask, writing)
    os.close(writing)
    said = _heard(reading, 2 * SECONDS[ask.verb])
    os.close(reading)
    os.kill(pid, signal.SIGKILL)  # it has ended, or has to
    os.waitpid(pid, 0)
    return said or CRASHED


def _answer(ask: Ask, writing: int) -> None:
    """Never returns."""
    try:
        os.close(0)  # who asks is out of its reach
        os.close(1)
        _confine(SECONDS[ask.verb])
        said = msgspec.json.encode(_looked_at(ask))
        while said:
            said = said[os.write(writing, said) :]
    finally:
        os._exit(0)


def _looked_at(ask: Ask) -> Answer:
    try:
        if ask.verb == "examine":
            return Answer(ending=kind_of(Path(ask.path), ask.name).ending)
        return Answer(made=make_copies(Path(ask.path), ask.name, Path(ask.folder)))
    except Refused as problem:
        return Answer(refused=problem.why.value)
    except MemoryError:
        return Answer(refused=Why.UNPACKS_TOO_LARGE.value)


def _heard(reading: int, seconds: float) -> bytes:
    """Everything up to its end, or nothing where that takes too long or was cut off."""
    ends, said = time.monotonic() + seconds, b""
    while select.select([reading], [], [], max(0.0, ends - time.monotonic()))[0]:
        piece = os.read(reading, 65_536)
        if not piece:
            return said if said.endswith(b"}") else b""
        said += piece
    return b""


def _confine(seconds: int) -> None:
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
    sys.exit(main())
