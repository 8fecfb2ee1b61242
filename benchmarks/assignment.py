"""
How fast and how well entries are assigned, beside scipy's milp and networkx in the same run:
`python -m benchmarks.assignment [SHAPE ...]`. Two minutes on an idle machine; every solve in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.assignment_rounds import SHAPES, instance
from benchmarks.judging_peers import Peer, interpreter, run_peer
from benchmarks.report import Line, load, machine, show

HERE = Path(__file__).parent
SECONDS = {"M": 0.2, "L": 4.0, "XL": 30.0}
MEMORY = {"XL": 1.6 * 1024}
STALL = 0.05
A_EFF = {"C": 0.55}
# Where a peer is asked: beyond, it takes minutes or many gigabytes.
PEERS = {"scipy": {"S", "M", "C", "H", "L"}, "networkx": {"S", "M", "C"}}


def ours(name: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.assignment_alone", name],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def peer(package: str, name: str, path: Path) -> Peer:
    python = interpreter(package)
    if python is None:
        return Peer(why="not installed")
    if name not in PEERS[package]:
        return Peer(why="not asked")
    return run_peer([python, str(HERE / "assignment_peer.py"), package, str(path)])


def lines_of(name: str, folder: Path) -> list[Line]:
    shape, made = SHAPES[name], instance(SHAPES[name])
    path = folder / f"{name}.npz"
    np.savez(path, affinity=made.affinity, allowed=made.allowed, need=made.need, low=made.low, high=made.high)
    found = ours(name)
    what = f"{name}: {shape.entries:,} x {shape.judges:,} x {shape.reads}"
    bar = SECONDS.get(name)
    lines = []
    for package in PEERS:
        other = peer(package, name, path)
        if other.why:
            lines.append(Line(what, f"{found['seconds']:.3f} s", f"{package}: {other.why}", ""))
        else:
            assert other.estimate is not None
            if int(other.estimate[0]) != found["affinity"]:
                sys.exit(f"{name}: ours has {found['affinity']}, {other.who} {other.estimate[0]:.0f}")
            lines.append(
                Line(
                    what,
                    f"{found['seconds']:.3f} s",
                    f"{other.seconds:.3f} s, {other.memory:.0f} MB, {other.who}, the same total",
                    f"{found['seconds'] / other.seconds:.2f}",
                )
            )
    if bar:
        met = found["seconds"] <= bar
        lines.append(Line("  seconds", f"{found['seconds']:.3f} s", "", "", f"{bar:g} s", met))
    lines.append(Line("  processor", f"{found['processor']:.3f} s", "", ""))
    most = MEMORY.get(name)
    lines.append(
        Line(
            "  peak memory",
            f"{found['memory']:.0f} MB ({found['data']:.0f} before)",
            "",
            "",
            f"{most:.0f} MB" if most else "",
            found["memory"] <= most if most else None,
        )
    )
    proved = bool(found["optimal"]) and found["gap"] == 0
    lines.append(Line("  proof", f"by {found['proof']}, gap {found['gap']}", "", "", "proved", proved))
    lines.append(
        Line(
            "  longest stall of the loop",
            f"{found['stall'] * 1000:.0f} ms",
            "",
            "",
            "50 ms",
            found["stall"] <= STALL,
        )
    )
    if "service_stall" in found:
        lines.append(
            Line(
                "  the same by the service's process",
                f"{found['service_stall'] * 1000:.0f} ms in {found['service_seconds']:.1f} s",
                "",
                "",
                "50 ms",
                found["service_stall"] <= STALL,
            )
        )
    if "same" in found:
        lines.append(
            Line(
                "  input in another order",
                "same pairs" if found["same"] else "other pairs",
                "",
                "",
                "same",
                found["same"],
            )
        )
    a_eff = "none" if found["a_eff"] is None else f"{found['a_eff']:.3f}"
    if "a_eff_after" in found:
        least, after = A_EFF.get(name), found["a_eff_after"]
        lines.append(
            Line(
                "  a_eff, with 1 % for swaps",
                f"{a_eff}, {after:.3f} in {found['linking']:.1f} s",
                "",
                "",
                f"{least:g}" if least else "",
                after >= least if least else None,
            )
        )
    else:
        lines.append(Line("  a_eff", a_eff, "", ""))
    return lines


def main(names: list[str]) -> int:
    unknown = set(names) - SHAPES.keys()
    if unknown:
        print(f"There is no shape {min(unknown)}; there are: {', '.join(SHAPES)}", file=sys.stderr)
        return 2
    print(f"{machine()}; {load()}")
    with tempfile.TemporaryDirectory() as folder:
        for name in names or SHAPES:
            show("Entries to judges", lines_of(name, Path(folder)), [load()])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
