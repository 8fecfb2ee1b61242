"""One assignment by a peer, run by another interpreter: `PYTHON assignment_peer.py NAME INSTANCE.npz`.

It imports nothing of this project, since the peers may live in an environment of their own.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def scipy_milp(affinity: Any, allowed: Any, need: Any, low: Any, high: Any) -> tuple[float, int, str]:
    import scipy
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, vstack

    began = time.perf_counter()
    e, j = np.nonzero(allowed)
    ones, n = np.ones(len(e)), np.arange(len(e))
    rows = vstack(
        [csr_array((ones, (e, n)), (len(need), len(e))), csr_array((ones, (j, n)), (len(low), len(e)))]
    )
    found = milp(
        -affinity[e, j].astype(float),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, np.concatenate([need, low]), np.concatenate([need, high])),
    )
    return time.perf_counter() - began, round(-found.fun), f"scipy {scipy.__version__} milp"


def network_simplex(affinity: Any, allowed: Any, need: Any, low: Any, high: Any) -> tuple[float, int, str]:
    import networkx

    began = time.perf_counter()
    graph = networkx.DiGraph()
    graph.add_node("pool", demand=-int(need.sum() - low.sum()))
    for judge, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        graph.add_node(("j", judge), demand=-least)
        graph.add_edge("pool", ("j", judge), capacity=most - least, weight=0)
    for entry, reads in enumerate(need.tolist()):
        graph.add_node(("e", entry), demand=reads)
    e, j = np.nonzero(allowed)
    graph.add_edges_from(
        (("j", b), ("e", a), {"capacity": 1, "weight": -w})
        for a, b, w in zip(e.tolist(), j.tolist(), affinity[e, j].tolist(), strict=True)
    )
    cost, _ = networkx.network_simplex(graph)
    return time.perf_counter() - began, -cost, f"networkx {networkx.__version__} network_simplex"


PEERS = {"scipy": scipy_milp, "networkx": network_simplex}

if __name__ == "__main__":
    name, path = sys.argv[1:]
    data = np.load(path)
    seconds, total, version = PEERS[name](
        *(data[key] for key in ("affinity", "allowed", "need", "low", "high"))
    )
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    print(f"{seconds:.6f} {peak:.0f} {version}")
    print(total)
