"""The `awards` command as an operator runs it: a process of its own, with a real socket."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, Self

from tests.wire import Answer, ConnectionLost, Wire

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0


def environment(data: Path, **settings: str) -> dict[str, str]:
    """This process's environment without its own settings of the service, with those given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWARDS_") and name not in ("HOST", "PORT")
    }
    return {**kept, "AWARDS_DATA": str(data), "PYTHONUNBUFFERED": "1", **settings}


def run_awards(
    *words: str, data: Path, timeout: float = 60, **settings: str
) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "awards", *words],
        cwd=ROOT,
        env=environment(data, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def free_port() -> int:
    """Below those that a system lends to whoever connects, so that a server that was killed finds its own again."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


class Process(Protocol):
    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def send_signal(self, number: int, /) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


class Server:
    """`awards serve` on a port of its own. It is started, killed and started again on the same data."""

    def __init__(self, data: Path, database_url: str, *, worker: bool = False, **settings: str) -> None:
        self.port = free_port()
        self.data = data
        self.settings: Mapping[str, str] = {
            "PORT": str(self.port),
            "AWARDS_DATABASE_URL": database_url,
            **settings,
        }
        self.words = ["serve"] if worker else ["serve", "--no-worker"]
        self.log = data / "server.log"
        self.process: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self, *, until: str = "/health/ready", status: int = 200) -> float:
        """Returns after how many seconds that address answered so."""
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        self.process = self.begin()
        await self.answers(until, status)
        return time.monotonic() - began

    def begin(self) -> Process:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "awards", *self.words],
                cwd=ROOT,
                env=environment(self.data, **self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def answers(self, path: str, status: int, *, seconds: float = PATIENCE) -> Answer:
        """Wait until that address answers with that status."""
        ends = time.monotonic() + seconds
        last = "nothing"
        async with Wire(self.port) as wire:
            while time.monotonic() < ends:
                if not self.is_up:
                    break
                try:
                    answer = await wire.get(path)
                except ConnectionLost as problem:
                    last = str(problem)
                else:
                    if answer.status == status:
                        return answer
                    last = f"{answer.status} {answer.text[:300]}"
                await asyncio.sleep(0.01)
        raise AssertionError(f"{path} did not answer {status}, but {last}; its log:\n{self.said()[-3000:]}")

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def kill(self) -> None:
        """As a power cut sees the process: SIGKILL, nothing is cleaned up."""
        if self.process is not None:
            if self.is_up:
                self.process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self.process.wait)

    async def terminate(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, PATIENCE)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
