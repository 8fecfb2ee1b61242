"""All tables, or those that are named: `python -m benchmarks saves starting`."""

import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import uvloop

from benchmarks import (
    announcement,
    calibration,
    dribbling,
    outcome_timing,
    public_page,
    saves,
    signed_in,
    slow_line,
    starting,
    submissions,
)
from benchmarks.report import load, machine

TABLES: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "public_page": public_page.measure,
    "signed_in": signed_in.measure,
    "saves": saves.measure,
    "starting": starting.measure,
    "calibration": calibration.measure,
    "submissions": submissions.measure,
    "dribbling": dribbling.measure,
    "slow_line": slow_line.measure,
    "announcement": announcement.measure,
    "outcome_timing": outcome_timing.measure,
}


def main(names: Sequence[str]) -> int:
    unknown = set(names) - TABLES.keys()
    if unknown:
        print(f"There is no table {min(unknown)}; there are: {', '.join(TABLES)}", file=sys.stderr)
        return 2
    began = time.monotonic()
    print(f"{datetime.now(UTC):%Y-%m-%d} on {machine()}; {load()}")
    for name in names or TABLES:
        uvloop.run(TABLES[name]())  # the event loop that the service runs on
    print(
        f"\n{time.monotonic() - began:.0f} seconds in all. Ratios compare; numbers alone belong to this machine."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
