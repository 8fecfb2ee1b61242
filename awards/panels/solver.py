"""The process that solves: `python -P -m awards.panels.solver`.

One line of JSON comes in, the state and the options; lines of JSON go out, stages first, then what the answer holds
and its size, and the body as canonical text; or why there is none. It ends by itself when whoever asked is gone,
which shows in the end of its input.
"""

import os
import sys
import threading
from typing import Any

import msgspec
from msgspec import Struct

import judging
from awards.panels.assigning import solve
from awards.panels.base import PanelState
from awards.panels.matching import Options


class Question(Struct, frozen=True):
    state: PanelState
    options: Options


def answer(line: bytes) -> tuple[dict[str, Any], bytes]:
    question = msgspec.json.decode(line, type=Question)

    def told(stage: str, number: int) -> None:
        _say({"stage": stage, "number": number})

    try:
        body = solve(question.state, question.options, told=told)
    except judging.Stopped as stopped:
        return {"timed_out": stopped.timed_out}, b""
    text = judging.canonical_bytes(body)
    return {
        "size": len(text),
        "added": len(body["added"]),
        "removed": len(body["removed"]),
        "short": body["shortage"] is not None,
    }, text


def _say(message: dict[str, Any], text: bytes = b"") -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n" + text)
    sys.stdout.buffer.flush()


def _watch_input() -> None:
    if not sys.stdin.buffer.read(1):
        os._exit(1)


def main() -> None:
    # Pages come first.
    os.nice(5)
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_watch_input, daemon=True).start()
    _say(*answer(line))


if __name__ == "__main__":
    main()
