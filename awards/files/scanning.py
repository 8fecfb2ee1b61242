"""The scanner that an installation may name: a command that is given one path, as `clamdscan --no-summary`."""

import asyncio
import logging
import subprocess
from pathlib import Path

from awards.files.kinds import Refused, Why

log = logging.getLogger("awards.files")

NOT_SCANNED, CLEAN = "not scanned", "clean"
SECONDS = 120.0


async def scan(path: Path, command: tuple[str, ...]) -> str:
    """
    "clean", or "not scanned" where there is no scanner or it does not work. Raises Refused for what it finds.

    A scanner that is away stops nobody at the deadline: judges get copies made by us, and the worker asks it again
    before it makes them.
    """
    if not command:
        return NOT_SCANNED
    try:
        scanner = await asyncio.create_subprocess_exec(
            *command,
            str(path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as problem:
        log.warning("the scanner could not be started: %s", problem)
        return NOT_SCANNED
    try:
        code = await asyncio.wait_for(scanner.wait(), SECONDS)
    except TimeoutError:
        code = -1
    finally:
        if scanner.returncode is None:
            scanner.kill()
            await scanner.wait()
    if code == 1:
        raise Refused(Why.INFECTED)
    if code != 0:
        log.warning("the scanner ended with %s: a file is marked as not scanned", code)
        return NOT_SCANNED
    return CLEAN
