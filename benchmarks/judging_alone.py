"""One fit of ours in a process of its own, for its memory: `python -m benchmarks.judging_alone NAME`."""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import numpy as np

from awards.cli import main
from benchmarks.judging_peers import write
from benchmarks.judging_rounds import Round, lectures, million
from judging import (
    Level,
    Model,
    additive_fit,
    calibrate,
    calibrate_large,
    krippendorff_alpha,
    mean_squares,
    measure_intraclass,
    unusual_sheets,
)


def peak() -> float:
    """Most memory so far in MB: of this program alone, where `ru_maxrss` begins with that of the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def reml(r: Round) -> None:
    calibrate_large(r.entry, r.judge, r.values, entries=r.entries, judges=r.judges)


def least_squares(r: Round) -> None:
    calibrate_large(
        r.entry,
        r.judge,
        r.values,
        entries=r.entries,
        judges=r.judges,
        model=Model.LEAST_SQUARES,
        errors=False,
    )


def official(r: Round) -> None:
    calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges)


def judges(r: Round) -> None:
    fit = additive_fit(r.entry, r.judge, r.values, entries=r.entries, judges=r.judges)
    mean_squares(fit)
    unusual_sheets(fit)
    measure_intraclass(r.entry, r.judge, r.values)
    for level in Level:
        krippendorff_alpha(r.entry, np.round(np.maximum(r.values, 0.0), 1), level)


def ready(make: Callable[[], Round], work: Callable[[Round], None]) -> Callable[[], None]:
    return partial(work, make())


def rank() -> Callable[[], None]:
    folder = tempfile.TemporaryDirectory()
    write(million(), Path(folder.name) / "scores.csv")
    return partial(ranked, folder)


def ranked(folder: tempfile.TemporaryDirectory[str]) -> None:
    """From the file to the JSON."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        main(["rank", str(Path(folder.name) / "scores.csv"), "--sensitivity", "none", "--json"])


TASKS: dict[str, Callable[[], Callable[[], None]]] = {
    "lectures-reml": partial(ready, lectures, reml),
    "lectures-official": partial(ready, lectures, official),
    "million-least-squares": partial(ready, million, least_squares),
    "million-reml": partial(ready, million, reml),
    "million-official": partial(ready, million, official),
    "million-judges": partial(ready, million, judges),
    "million-rank": rank,
}

if __name__ == "__main__":
    work = TASKS[sys.argv[1]]()
    before, began, used = peak(), time.perf_counter(), time.process_time()
    work()
    print(time.perf_counter() - began, time.process_time() - used, before, peak())
