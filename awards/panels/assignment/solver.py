"""The process that solves: `python -P -m awards.panels.assignment.solver`.

One line of JSON comes in, the state and the options; lines of JSON go out, stages first, then what the answer holds
and its size, and the body as canonical text, or a list of them where a repair is asked for; or why there is none. It
ends by itself when whoever asked is gone, which shows in the end of its input.
"""

import os
import sys
import threading
from typing import Any

import msgspec
from msgspec import Struct

import judging
from awards.panels.assignment.assigning import solve
from awards.panels.assignment.matching import Options
from awards.panels.assignment.repair import offers
from awards.panels.assignment.state import PanelState


class Question(Struct, frozen=True):
    """With `silent`, the seats that give up what they have not opened, the offers of a repair are the answer."""

    state: PanelState
    options: Options
    silent: tuple[int, ...] | None = None


def answer(line: bytes) -> tuple[dict[str, Any], bytes]:
    question = msgspec.json.decode(line, type=Question)

    def told(stage: str, number: int) -> None:
        _say({"stage": stage, "number": number})

    try:
        if question.silent is None:
            bodies = [solve(question.state, question.options, told=told)]
        else:
            bodies = offers(question.state, question.options, question.silent, told=told)
    except judging.Stopped as stopped:
        return {"timed_out": stopped.timed_out}, b""
    text = judging.canonical_bytes(bodies[0] if question.silent is None else bodies)
    return {
        "size": len(text),
        "added": sum(len(body["added"]) for body in bodies),
        "removed": sum(len(body["removed"]) for body in bodies),
        "short": any(body["shortage"] is not None for body in bodies),
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
