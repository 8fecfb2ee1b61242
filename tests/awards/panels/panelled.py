"""States of panels for tests without a database: drawn at random, or of a shape that is asked for."""

import random

from awards.panels.assignment.state import Pair, PanelState, ReadEntry, Reader


def reader(number: int, **more: object) -> Reader:
    values = {"low": 0, "high": None, "takes_more": True, **more}
    return Reader(seat_id=1000 + number, person_id=5000 + number, label=f"J{number:04}", **values)


def entry(number: int, **more: object) -> ReadEntry:
    values = {"category_id": 1, "wanted": 2, **more}
    return ReadEntry(
        round_entry_id=100 + number, entry_id=9000 + number, reference=f"WG26-{number:05}", **values
    )


def state(entries: list[ReadEntry], readers: list[Reader], **more: object) -> PanelState:
    values = {"barred": frozenset(), "warned": frozenset(), "pins": frozenset(), **more}
    return PanelState(
        round_id=1, rules=(("own_city", "forbid"),), entries=tuple(entries), readers=tuple(readers), **values
    )


def drawn(rng: random.Random) -> PanelState:
    """A small panel with everything in it: fields, categories, employers, conflicts, bridges, finished sheets."""
    fields = {1: (1, 2), 2: (3,), 3: ()}
    entries = [
        entry(
            number,
            category_id=(category := rng.randint(1, 3)),
            fields=fields[category],
            wanted=rng.randint(0, 3),
            bridge=rng.random() < 0.05,
        )
        for number in range(rng.randint(1, 12))
    ]
    readers = []
    for number in range(rng.randint(1, 8)):
        low = rng.choice([0, 0, 0, 1, 2])
        readers.append(
            reader(
                number,
                low=low,
                high=rng.choice([None, low + rng.randint(0, 8)]),
                takes_more=rng.random() < 0.9,
                categories=tuple(sorted(rng.sample([1, 2, 3], rng.choice([0, 0, 0, 1, 2])))),
                levels=tuple((field, rng.randint(0, 5)) for field in (1, 2, 3) if rng.random() < 0.6),
                employers=(rng.choice(["Nordwind AG", "nordwind  ag", "Kaya Group"]),)
                if rng.random() < 0.4
                else (),
            )
        )
    every = [(e.round_entry_id, r.seat_id) for e in entries for r in readers]

    def some(share: float) -> frozenset[Pair]:
        return frozenset(pair for pair in every if rng.random() < share)

    pins = some(0.08)
    return state(
        entries,
        readers,
        barred=some(0.1),
        warned=some(0.1),
        ended=some(0.03),
        pins=pins,
        movable=frozenset(pair for pair in pins if rng.random() < 0.5),
    )
