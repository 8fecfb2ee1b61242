"""Officials in the last minute, in a process of their own. The plan comes as JSON on stdin, what happened goes to stdout.

Each opens three sections one after the other and saves them, checks, submits and reads the receipt. Some send a file
meanwhile, in pieces. They begin spread over the time that the plan gives; how long each request took is told by what
it was.
"""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.wire import Answer, Wire

PIECE = 1024 * 1024
PATIENCE = 20  # tries of what was asked to wait
SOON = 0.5
_FORM = re.compile(r'<form action="([^"]+)" method="post"[^>]*id="(?:section|submit)".*?</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_AREAS = re.compile(r'<textarea [^>]*name="([^"]+)"')
TEXT = " ".join(
    ["Boats leave when the water allows, and residents know it an hour before they walk down."] * 18
)


class Counted:
    """Milliseconds of every request by what it was, and how often each status was answered."""

    def __init__(self) -> None:
        self.milliseconds: defaultdict[str, list[float]] = defaultdict(list)
        self.statuses: defaultdict[int, int] = defaultdict(int)

    async def ask(
        self, what: str, wire: Wire, method: str, path: str, body: bytes = b"", **headers: str
    ) -> Answer:
        began = time.perf_counter()
        answer = await wire.request(method, path, body, headers)
        self.milliseconds[what].append((time.perf_counter() - began) * 1000)
        self.statuses[answer.status] += 1
        return answer


async def _all(plan: Mapping[str, Any], files: Sequence[bytes]) -> dict[str, Any]:
    counted, began = Counted(), time.perf_counter()
    wrong: list[str] = []
    officials, every = plan["officials"], len(plan["officials"]) // plan["uploads"]
    acts = []
    for number, official in enumerate(officials):
        due = began + plan["seconds"] * number / len(officials)
        acts.append(_official(plan, official, counted, due, wrong))
        if number % every == 0 and number // every < plan["uploads"]:
            acts.append(_upload(plan, official, counted, due, files[number % len(files)], wrong))
    await asyncio.gather(*acts)
    return {
        "milliseconds": counted.milliseconds, "statuses": counted.statuses,
        "seconds": time.perf_counter() - began, "wrong": wrong[:5],
    }  # fmt: skip


async def _official(
    plan: Mapping[str, Any], official: Mapping[str, Any], counted: Counted, due: float, wrong: list[str]
) -> None:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    path = official["path"]
    async with Wire(plan["port"], headers=official["headers"]) as wire:
        for section in range(1, 4):
            page = await counted.ask("open a section", wire, "GET", f"{path}/sections/{section}")
            await _send(counted, "save a section", wire, page, wrong, {}, TEXT)
        page = await counted.ask("check", wire, "GET", f"{path}/check")
        sent = await _send(counted, "submit", wire, page, wrong, {"declared": "1"})
        if sent is not None:
            await counted.ask("receipt", wire, "GET", sent.headers["location"])


async def _send(
    counted: Counted,
    what: str,
    wire: Wire,
    page: Answer,
    wrong: list[str],
    more: Mapping[str, str],
    text: str = "",
) -> Answer | None:
    """The form of the page as a browser sends it, with text in every field for text."""
    found = _FORM.search(page.text)
    if found is None:
        wrong.append(f"{what}: no form on a page that answered {page.status}")
        return None
    fields = [(name, value) for name, value in _HIDDEN.findall(found[0]) if name != "working"]
    fields += [(name, text) for name in _AREAS.findall(found[0]) if name.startswith("answer")]
    body = urlencode([*fields, *more.items()]).encode()
    form = {"content_type": "application/x-www-form-urlencoded"}
    answer = await counted.ask(what, wire, "POST", found[1], body, **form)
    if answer.status == 409 and more:
        # The file of this official came in between: what stands now is read again, and submitted.
        return await _send(counted, what, wire, answer, wrong, more, text)
    if answer.status != 303:
        wrong.append(f"{what}: {answer.status} {_gist(answer.text)}")
        return None
    return answer


def _gist(html: str) -> str:
    """What a page says, from its heading on."""
    words = " ".join(re.sub("<[^>]+>", " ", html.partition("<main")[2]).split())
    return words[:300]


async def _upload(
    plan: Mapping[str, Any], official: Mapping[str, Any], counted: Counted, due: float, file: bytes,
    wrong: list[str],
) -> None:  # fmt: skip
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    path = f"{official['path']}/{plan['question']}/uploads"
    async with Wire(plan["port"], headers=official["headers"]) as wire:
        announced = json.dumps({"name": "evidence.pdf", "size": len(file)}).encode()
        begun = await counted.ask(
            "begin a file", wire, "POST", path, announced, content_type="application/json"
        )
        if begun.status != 201:
            wrong.append(f"a file: {begun.status} {begun.text[:300]}")
            return
        offset, token = 0, begun.json()["upload"]
        for _try in range(PATIENCE + len(file) // PIECE):
            answer = await counted.ask(
                "a piece of a file", wire, "PATCH", f"{path}/{token}", file[offset : offset + PIECE],
                content_type="application/offset+octet-stream", upload_offset=str(offset),
            )  # fmt: skip
            if answer.status in (429, 503):
                await asyncio.sleep(SOON)
            elif answer.status == 200 and answer.json().get("state") == "attached":
                counted.statuses[0] += 1  # a whole file has arrived
                return
            elif "upload-offset" in answer.headers:
                offset = int(answer.headers["upload-offset"])
            else:
                wrong.append(f"a file: {answer.status} {answer.text[:300]}")
                return


if __name__ == "__main__":
    import uvloop

    plan = json.load(sys.stdin)
    json.dump(uvloop.run(_all(plan, [Path(name).read_bytes() for name in plan["files"]])), sys.stdout)
