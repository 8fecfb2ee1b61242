"""One assignment of ours in a process of its own: `python -m benchmarks.assignment_alone SHAPE`, JSON on one line."""

import asyncio
import json
import math
import sys
import threading
import time

import numpy as np

from awards.panels.assignment.matching import Options
from awards.panels.assignment.solving import solve_apart
from benchmarks.assignment_rounds import SHAPES, Instance, Shape, instance, panel
from benchmarks.judging_alone import peak
from judging import Assignment, Objective, assign, link_better, measure_linkage

LINKED = {"S", "M", "C", "H"}  # swaps of the two largest shapes take longer than all the rest


def solve(made: Instance) -> Assignment:
    found = assign(
        made.affinity, made.need, allowed=made.allowed, low=made.low, high=made.high,
        objective=Objective.TOTAL, balanced=False,
    )  # fmt: skip
    if not isinstance(found, Assignment):
        sys.exit("this instance has an assignment, and none was found")
    return found


async def longest_stall(made: Instance) -> float:
    """How long the event loop waited at worst, in seconds, while a thread solved."""
    task = asyncio.create_task(asyncio.to_thread(solve, made))
    worst, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last - 0.001), now
    return worst


async def stall_of_service(shape: Shape) -> tuple[float, float]:
    """The same while a round of this shape is solved as the service does it, by a process of its own; and how long."""
    options = Options(seconds=600)

    async def go_on(_percent: int) -> bool:
        return True

    began = time.perf_counter()
    task = asyncio.create_task(solve_apart(panel(shape), options, go_on))
    worst, last = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last - 0.001), now
    task.result()
    return worst, last - began


def measure(name: str) -> dict[str, float | bool | str]:
    shape = SHAPES[name]
    made = instance(shape)
    before = peak()
    began, used = time.perf_counter(), time.process_time()
    found = solve(made)
    seconds, processor, memory = time.perf_counter() - began, time.process_time() - used, peak()
    stall = asyncio.run(longest_stall(made))
    entry, judge = np.array(found.pairs).T
    linkage = measure_linkage(entry, judge, shape.entries, shape.judges)
    result: dict[str, float | bool | str] = {
        "seconds": seconds,
        "processor": processor,
        "memory": memory,
        "data": before,
        "affinity": found.affinity,
        "optimal": found.optimal,
        "proof": str(found.proof),
        "gap": found.bound - found.objective,
        "stall": stall,
        "a_eff": linkage.a_eff,
    }
    order_e, order_j = (
        np.random.default_rng(5).permutation(shape.entries),
        np.random.default_rng(6).permutation(shape.judges),
    )
    if name in LINKED:
        again = assign(
            made.affinity[np.ix_(order_e, order_j)], made.need, allowed=made.allowed[np.ix_(order_e, order_j)],
            low=made.low, high=made.high, objective=Objective.TOTAL, balanced=False,
            entry_ids=[str(e) for e in order_e], judge_ids=[str(j) for j in order_j],
        )  # fmt: skip
        assert isinstance(again, Assignment)
        result["same"] = {(int(order_e[e]), int(order_j[j])) for e, j in again.pairs} == set(found.pairs)
        began = time.perf_counter()
        linked = link_better(found.pairs, made.affinity, allowed=made.allowed)
        result["linking"] = time.perf_counter() - began
        result["a_eff_after"] = linked.after.a_eff
        result["service_stall"], result["service_seconds"] = asyncio.run(stall_of_service(shape))
        result["kept"] = linked.affinity / linked.affinity_before
    return result


if __name__ == "__main__":
    # The stall is that of the service's own setting: the interpreter hands the lock on every five milliseconds.
    assert threading.active_count() == 1
    print(
        json.dumps(
            {
                k: None if isinstance(v, float) and math.isnan(v) else v
                for k, v in measure(sys.argv[1]).items()
            }
        )
    )
