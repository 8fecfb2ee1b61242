"""Processes that run the `awards` command from its first line on, but whose imports were done once before.

Hundreds of servers are killed and started again here; importing the service each time would take most of it.
"""

import gc
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from awards.cli import main
from tests.processes import ROOT, Server, environment

CONTEXT = get_context("forkserver")
# What each word of the command imports when it is said.
WORDS = [f"awards.commands.{name}" for name in ("exchanging", "keeping", "serving")]
CONTEXT.set_forkserver_preload(["__main__", "awards.cli", *WORDS, "tests.faults.forked"])


# A test that sets it among the settings starts its processes under another umask.
UMASK = "TEST_UMASK"


class Forked:
    """What tests need of `subprocess.Popen`."""

    def __init__(
        self, words: Sequence[str], settings: Mapping[str, str], out: Path, err: Path, here: Path = ROOT
    ) -> None:
        target = (list(words), dict(settings), str(out), str(err), str(here))
        self._process = CONTEXT.Process(target=_run, args=target, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("awards", timeout or 0)
        return self._process.exitcode


class ForkedServer(Server):
    def begin(self) -> Forked:
        return Forked(self.words, environment(self.data, **self.settings), self.log, self.log)


class ForkedWorker(ForkedServer):
    """`awards worker`: it answers nobody, so nothing tells when it is up but what it does."""

    def __init__(self, data: Path, database_url: str, **settings: str) -> None:
        super().__init__(data, database_url, **settings)
        self.words = ["worker"]

    async def start(self, *, until: str = "", status: int = 0) -> float:
        self.data.mkdir(parents=True, exist_ok=True)
        self.process = self.begin()
        return 0.0


def run_forked(
    *words: str, data: Path, timeout: float = 60, here: Path = ROOT, **settings: str
) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    with tempfile.TemporaryDirectory(prefix="awards-said-") as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = Forked(words, environment(data, **settings), out, err, here)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(list(words), code, out.read_text(), err.read_text())


def _run(words: list[str], settings: dict[str, str], out: str, err: str, here: str) -> None:
    gc.freeze()  # what was imported before; and as seldom as the service has it once it is up
    gc.set_threshold(20_000, 20, 100)
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(here)
    os.umask(int(settings.get(UMASK, "022"), 8))
    for number, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
    sys.exit(main(words))
