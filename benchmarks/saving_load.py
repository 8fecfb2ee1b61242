"""Judges who save over HTTP, in a process of their own. The plan comes as JSON on stdin, the times go to stdout.

A judge saves both marks of a sheet and goes on to the next one, without a pause or once in `every` seconds.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.panel_at_work import JudgeAtWork, PanelAtWork
from tests.wire import Wire


@dataclass(frozen=True, slots=True)
class Saved:
    """Milliseconds from the first byte sent to the acknowledgement, of every save, and how long all took."""

    milliseconds: Sequence[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


class Savers:
    """Remembers the version of every sheet, so that one load can follow another on the same server."""

    def __init__(self, panel: PanelAtWork, judges: Sequence[JudgeAtWork]) -> None:
        self.judges = [
            {
                "headers": judge.headers,
                "sheets": [[panel.saving(reference), 0] for reference in judge.references],
            }
            for judge in judges
        ]
        self.criteria = panel.criteria
        self.runs = 0

    def save(self, port: int, *, seconds: float, every: float = 0.0) -> Saved:
        self.runs += 1
        plan = {
            "port": port, "seconds": seconds, "every": every, "run": self.runs,
            "criteria": self.criteria, "judges": self.judges,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.saving_load"],
            input=json.dumps(plan), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        answer = json.loads(done.stdout)
        self.judges = answer["judges"]
        return Saved(answer["milliseconds"], answer["seconds"])


async def _all(plan: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    ends = began + plan["seconds"]
    each = [_judge(plan, number, began, ends) for number in range(len(plan["judges"]))]
    milliseconds = [one for times in await asyncio.gather(*each) for one in times]
    return {
        "milliseconds": milliseconds, "seconds": time.perf_counter() - began, "judges": plan["judges"],
    }  # fmt: skip


async def _judge(plan: Mapping[str, Any], number: int, began: float, ends: float) -> list[float]:
    judge = plan["judges"][number]
    every, taken = plan["every"], []
    due = began + every * number / len(plan["judges"])  # not all in the same instant
    async with Wire(plan["port"], headers=judge["headers"]) as wire:
        while (now := max(due, time.perf_counter())) < ends:
            if every:
                await asyncio.sleep(now - time.perf_counter())
            sheet = judge["sheets"][len(taken) % len(judge["sheets"])]
            began_at = time.perf_counter()
            answer = await wire.post_json(sheet[0], _operation(plan, number, len(taken), sheet[1]))
            taken.append((time.perf_counter() - began_at) * 1000)
            if answer.status != 200:
                raise RuntimeError(f"{sheet[0]} answered {answer.status}: {answer.text}")
            sheet[1] = answer.json()["version"]
            due += every
    return taken


def _operation(plan: Mapping[str, Any], number: int, count: int, version: int) -> dict[str, Any]:
    marks = {
        f"mark_{code}": str((number + count + place) % 11) for place, code in enumerate(plan["criteria"])
    }
    return {"key": f"run{plan['run']:03d}-{number:03d}-{count:06d}", "base_version": version, "fields": marks}


if __name__ == "__main__":
    import uvloop

    json.dump(uvloop.run(_all(json.load(sys.stdin))), sys.stdout)
