"""As many GETs of one page as the server answers, on a few connections that stay open.

`wrk` where it is installed, because it costs the machine least; else a generator of our own in its own process.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.wire import Wire

CONNECTIONS = 8


def generator() -> str:
    return (
        "wrk" if shutil.which("wrk") else "our own generator (install wrk for higher numbers on both sides)"
    )


def requests_per_second(port: int, path: str, seconds: float, headers: Mapping[str, str]) -> float:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if shutil.which("wrk"):
        options = [part for line in lines for part in ("-H", line)]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", *options]
        return _of_wrk([*command, f"http://127.0.0.1:{port}{path}"])
    plan = json.dumps({"port": port, "path": path, "seconds": seconds, "headers": dict(headers)})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading_load"],
        input=plan,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _of_wrk(command: Sequence[str]) -> float:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None or "Non-2xx or 3xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"wrk saw errors:\n{done.stdout}")
    return float(found[1])


async def _read(plan: Mapping[str, object]) -> float:
    port, path, headers = int(str(plan["port"])), str(plan["path"]), plan["headers"]
    assert isinstance(headers, dict)
    ends = time.monotonic() + float(str(plan["seconds"]))

    async def one() -> int:
        count = 0
        async with Wire(port, headers=headers) as wire:
            while time.monotonic() < ends:
                answer = await wire.get(path)
                if answer.status not in (200, 304):
                    raise RuntimeError(f"{path} answered {answer.status}")
                count += 1
        return count

    began = time.monotonic()
    counts = await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


if __name__ == "__main__":
    import uvloop

    print(uvloop.run(_read(json.load(sys.stdin))))
