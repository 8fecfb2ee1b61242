"""Seeded instances of the shapes that assignments have: who fits what, who may read what."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from awards.panels.assignment.state import PanelState, ReadEntry, Reader


@dataclass(frozen=True)
class Shape:
    """So many entries, judges and reads; `fields` of interest, `own` where each judge has one only."""

    name: str
    entries: int
    judges: int
    reads: int
    fields: int = 12
    own: bool = False
    scarce: bool = False


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("S", 70, 14, 4),
        Shape("M", 500, 60, 4),
        Shape("C", 600, 60, 4, fields=4, own=True),
        Shape("H", 2_000, 200, 5, scarce=True),
        Shape("L", 5_000, 500, 4),
        Shape("XL", 20_000, 1_500, 3),
    )
}


@dataclass(frozen=True, eq=False)
class Instance:
    affinity: npt.NDArray[np.int16]
    allowed: npt.NDArray[np.bool_]
    need: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]


def instance(shape: Shape, seed: int = 1) -> Instance:
    """Affinity 0 to 100; three pairs in a hundred are conflicts; loads a tenth around the mean."""
    rng = np.random.default_rng(seed)
    entries, judges = shape.entries, shape.judges
    wants = rng.dirichlet(np.full(shape.fields, 0.07 if shape.own else 0.3), entries)
    if shape.own:
        knows = np.eye(shape.fields)[np.arange(judges) % shape.fields]
    else:
        # Scarce: few judges know the first fields.
        rare = shape.scarce * (np.arange(shape.fields) < 3)
        knows = rng.dirichlet(np.where(rare, 0.08, 0.4), judges)
    fit = np.sqrt(wants) @ np.sqrt(knows).T * 100 + rng.normal(0, 5, (entries, judges))
    mean = entries * shape.reads / judges
    return Instance(
        affinity=np.clip(np.rint(fit), 0, 100).astype(np.int16),
        allowed=rng.random((entries, judges)) >= 0.03,
        need=np.full(entries, shape.reads),
        low=np.full(judges, int(mean * 0.9)),
        high=np.full(judges, int(np.ceil(mean * 1.1))),
    )


def panel(shape: Shape, seed: int = 1) -> PanelState:
    """The same as the service knows it: levels from 0 to 5 in the fields, six in ten said; conflicts as above."""
    rng = np.random.default_rng(seed)
    field = rng.integers(0, shape.fields, shape.entries).tolist()
    level = rng.integers(0, 6, (shape.judges, shape.fields)).tolist()
    said = rng.random((shape.judges, shape.fields)) < 0.6
    barred = np.argwhere(rng.random((shape.entries, shape.judges)) < 0.03).tolist()
    return PanelState(
        round_id=1,
        rules=(),
        entries=tuple(
            ReadEntry(e, e, f"{e:06}", field[e], shape.reads, fields=(field[e],)) for e in range(shape.entries)
        ),
        readers=tuple(
            Reader(
                j, j, f"J{j:06}", 0, None, True,
                levels=tuple((f, level[j][f]) for f in range(shape.fields) if said[j, f]),
            )
            for j in range(shape.judges)
        ),
        barred=frozenset((e, j) for e, j in barred),
        warned=frozenset(),
        pins=frozenset(),
    )  # fmt: skip
