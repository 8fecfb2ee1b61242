"""One fit of ours in a process of its own, for its memory: `python -m benchmarks.judging_alone NAME`."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.judging_rounds import Round, lectures, million
from judging import Model, calibrate, calibrate_large


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


TASKS: dict[str, tuple[Callable[[], Round], Callable[[Round], None]]] = {
    "lectures-reml": (lectures, reml),
    "lectures-official": (lectures, official),
    "million-least-squares": (million, least_squares),
    "million-reml": (million, reml),
    "million-official": (million, official),
}

if __name__ == "__main__":
    make, work = TASKS[sys.argv[1]]
    made = make()
    before, began, used = peak(), time.perf_counter(), time.process_time()
    work(made)
    print(time.perf_counter() - began, time.process_time() - used, before, peak())
