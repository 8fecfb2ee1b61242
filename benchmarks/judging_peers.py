"""Peers of the science in environments of their own: R's lme4, statsmodels' MixedLM, pyfixest.

`JUDGING_PEERS=/path/to/python` names an interpreter that has statsmodels and pyfixest (the optional group `bench`);
otherwise this one is asked. lme4 is found where `Rscript` is. What is not there is said and left out.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.judging_rounds import Floats, Round

HERE = Path(__file__).parent
LONGEST = float(os.environ.get("JUDGING_PEERS_SECONDS", "120"))


@dataclass(frozen=True)
class Peer:
    """Seconds, peak memory in MB, who it was, and the entries' estimates; or why there are none."""

    seconds: float = float("nan")
    memory: float = float("nan")
    who: str = ""
    estimate: Floats | None = None
    why: str = ""


@cache
def interpreter(package: str) -> str | None:
    for python in (os.environ.get("JUDGING_PEERS"), sys.executable):
        if (
            python
            and subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode == 0
        ):
            return python
    return None


@cache
def r_with_lme4() -> str | None:
    script = shutil.which("Rscript")
    found = script and subprocess.run([script, "-e", "library(lme4)"], capture_output=True).returncode == 0
    return script if found else None


def write(r: Round, path: Path) -> None:
    table = np.column_stack([r.entry, r.judge, r.values])
    np.savetxt(path, table, fmt=("%d", "%d", "%.3f"), delimiter=",", header="entry,judge,score", comments="")


def lme4(path: Path, model: str) -> Peer:
    script = r_with_lme4()
    if script is None:
        return Peer(why="not installed")
    return run_peer([script, str(HERE / "judging_lme4.R"), str(path), model])


def python_peer(name: str, path: Path) -> Peer:
    python = interpreter(name)
    if python is None:
        return Peer(why="not installed")
    return run_peer([python, str(HERE / "judging_peer.py"), name, str(path)])


def run_peer(command: list[str]) -> Peer:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return Peer(why=f"not in {LONGEST:.0f} s")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        return Peer(why=f"failed: {last[0][:60]}")
    lines = done.stdout.splitlines()
    start = next(k for k, line in enumerate(lines) if line[:1].isdigit() and line.count(" ") >= 2)
    seconds, memory, who = lines[start].split(" ", 2)
    return Peer(float(seconds), float(memory), who, np.array(lines[start + 1 :], dtype=np.float64))
