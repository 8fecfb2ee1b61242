"""Tables of what was measured, and of the machine that it was measured on."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing beside its peer; `bar` is the bound in words, `met` whether this run stays within it."""

    what: str
    ours: str
    peer: str
    ratio: str
    bar: str = ""
    met: bool | None = None


def show(title: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> None:
    rows = [("", "ours", "peer", "ratio", "bar", "")]
    rows += [(line.what, line.ours, line.peer, line.ratio, line.bar, _verdict(line.met)) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{title}")
    for number, row in enumerate(rows):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            print("  " + "-" * (sum(widths) + 2 * len(widths) - 2))
    for note in notes:
        print(f"  {note}")


def _verdict(met: bool | None) -> str:
    return {True: "met", False: "MISSED", None: ""}[met]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def middle(values: Sequence[float]) -> float:
    return float(median(values))


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def load() -> str:
    return f"load average {os.getloadavg()[0]:.1f} when it began"
