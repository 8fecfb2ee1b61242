"""PDF, set by typst in a process of its own: no page waits for it, and what goes wrong there stays there."""

import asyncio
import hashlib
import json
import logging
import os
import sys
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from awards import data_dir
from awards.errors import Busy, Unavailable
from awards.web.typesetter import SECONDS

log = logging.getLogger(__name__)

AT_ONCE = 2  # the deadline hour must leave room for the pages
MOST_WAITING = 40
KEPT_BYTES = 16 * 1024 * 1024
# How what is set begins.
SIGNS = {"pdf": b"%PDF-", "png": b"\x89PNG"}


class Press:
    """Few at once, the same document once, and what was set last is at hand: many save their copy right away."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._waiting: dict[str, asyncio.Task[bytes]] = {}
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def drawn(self, template: str, data: Mapping[str, Any], made: datetime, kind: str = "pdf") -> bytes:
        """Raises Busy where too many wait, and Unavailable where the document cannot be set."""
        source = data_dir("templates") / "documents" / template
        text = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
        key = hashlib.sha256(
            b"\0".join((template.encode(), kind.encode(), made.isoformat().encode(), text))
        ).hexdigest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._waiting.get(key)
        if task is None:
            if len(self._waiting) >= self._most_waiting:
                raise Busy
            task = asyncio.create_task(self._set(key, source, text, made, kind))
            self._waiting[key] = task
            task.add_done_callback(lambda _done: self._waiting.pop(key, None))
        # Who leaves does not take the document away from the others who wait for it.
        return await asyncio.shield(task)

    async def _set(self, key: str, source: Path, text: bytes, made: datetime, kind: str) -> bytes:
        async with self._turns:
            found = await _typeset(source, text, made, kind)
        self._kept[key] = found
        while sum(map(len, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return found


async def _typeset(source: Path, text: bytes, made: datetime, kind: str) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "awards.web.typesetter", str(source), str(int(made.timestamp())), kind,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
    )  # fmt: skip
    try:
        found, said = await asyncio.wait_for(child.communicate(text), 2 * SECONDS)
    except (TimeoutError, asyncio.CancelledError) as stopped:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        if isinstance(stopped, TimeoutError):
            raise Unavailable from stopped
        raise
    if child.returncode != 0 or not found.startswith(SIGNS[kind]):
        log.error("no document from %s: %s", source.name, said.decode(errors="replace")[-2000:])
        raise Unavailable
    return found


_press = Press()
# A document of many pages takes seconds: one at a time, so that short ones do not wait behind it.
_long_press = Press(at_once=1, most_waiting=10)


async def pdf(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """The document that the template makes of the data, dated so that the same data give the same bytes."""
    return await _press.drawn(template, data, made)


async def long_pdf(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """As `pdf`, of what has many pages."""
    return await _long_press.drawn(template, data, made)


async def png(template: str, data: Mapping[str, Any], made: datetime) -> bytes:
    """The one page that the template makes of the data, as a picture."""
    return await _press.drawn(template, data, made, "png")
