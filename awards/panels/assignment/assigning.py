"""The best assignment of a panel's state, by the rules it was asked for with: the body of a proposal.

Run in a process of its own (`awards.panels.assignment.solver`), because it takes the processor for as long as it takes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import judging
from awards.panels.assignment.matching import Options, describe, linkage_document
from awards.panels.assignment.remedies import explain
from awards.panels.assignment.state import Pair, PanelState
from awards.panels.assignment.task import Stop, Task, Told, assign, mark, task_of

# Offers of one bridge entry, and of two.
OFFERED = 2


def solve(
    state: PanelState, options: Options, *, told: Told | None = None, stop: Callable[[], bool] | None = None
) -> dict[str, Any]:
    """
    The exact optimum, its swaps, and what all of it means; or the shortage that forbids it.

    Raises
    ------
    judging.Stopped
        `stop` said so, or `options.seconds` were over before there was an optimum.
    """
    tell = told or (lambda stage, number: None)
    task = task_of(state, options)
    found = assign(task, options, tell, stop)
    if isinstance(found, judging.Shortage) and found.vacant and not (found.missing or found.under):
        # Seats of the rule that nobody can fill are waived, and said by name.
        for name, seats in found.vacant:
            task.seats[task.entry_ids.index(name)] -= seats
        found = assign(task, options, tell, stop)
    if isinstance(found, judging.Shortage):
        body = describe(state, options, state.pins)
        shortage = explain(state, options, task, found, tell, stop)
        return body | {"shortage": shortage, "optimal": False, "refused": _named(state, task.refused)}
    linked, in_time = _linked(task, options, found.pairs, tell, stop)
    tell("describe", 0)
    body = describe(state, options, [(e, s) for e, s in _named(state, linked.pairs)])
    return body | {
        "refused": _named(state, task.refused),
        "optimal": found.optimal,
        "objective": {
            "kind": "shortfall",
            "value": found.objective,
            "bound": found.bound,
            "proof": found.proof.value,
            "affinity": found.affinity,
        },
        "linking": {
            "share": options.link_share,
            "swaps": len(linked.swaps),
            "lost": linked.affinity_before - linked.affinity,
            "affinity": linked.affinity_before,
            "before": linkage_document(state, linked.before),
            "in_time": in_time,
        },
        "bridges": _bridges(state, options, task, linked, tell),
    }


def _named(state: PanelState, pairs: Sequence[Pair]) -> list[list[int]]:
    return [[state.entries[e].round_entry_id, state.readers[j].seat_id] for e, j in pairs]


def _linked(
    task: Task, options: Options, pairs: tuple[Pair, ...], tell: Told, stop: Stop
) -> tuple["judging.Linked", bool]:
    """Swaps make no pair with a warning. False where there was no time for them."""
    tell("link", 0)
    free = options.link_share > 0 and not options.separate

    def swapped(fixed: set[Pair], seconds: float | None) -> "judging.Linked":
        return judging.link_better(
            pairs,
            task.affinity,
            allowed=task.allowed & ~task.warned,
            pins=fixed,
            budget=options.link_share / 1_000_000,
            experts=task.experts,
            seats=np.minimum(task.seats, task.need),
            apart=task.apart,
            seconds=seconds,
            stop=stop,
        )

    if not free:
        return swapped(set(pairs), None), True
    try:
        return swapped(set(task.pins), options.seconds), True
    except judging.Stopped as stopped:
        if not stopped.timed_out:
            raise
        return swapped(set(pairs), None), False


def _bridges(
    state: PanelState, options: Options, task: Task, linked: "judging.Linked", tell: Told
) -> list[dict[str, Any]]:
    """Offered where the panel falls into parts and nobody said that it should."""
    if linked.after.parts < 2 or options.separate:
        return []
    tell("bridges", 0)
    # A bridge is read across categories; only conflicts keep a judge from it.
    may = np.zeros(task.allowed.shape, dtype=np.bool_)
    may[:, [reader.takes_more for reader in state.readers]] = True
    for never in (state.barred, state.ended, options.bans):
        mark(may, never, task.rows, task.columns, to=False)
    offers = judging.offer_bridges(linked.pairs, task.affinity, allowed=may, high=task.high, most=OFFERED)
    return [
        {
            "entries": [state.entries[entry].round_entry_id for entry in offer.entries],
            "added": len(offer.added),
            "share": round(offer.share * 1_000_000),
            "absent": _named(state, offer.absent),
            "over": [state.readers[judge].seat_id for judge in offer.over],
            "after": linkage_document(state, offer.after),
        }
        for offer in offers
    ]
