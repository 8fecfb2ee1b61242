"""Random juries of many shapes for R's lme4: `python -m tests.judging.data.lme4.designs`, then `make.R`.

The designs are kept in `designs.csv`, because a generator of random numbers may change and they may not.
`skating.csv` is written too, but not kept: the tests make it again from the demo's marks.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.judging.juries import Floats, Integers
from tests.judging.skating import panels

HERE = Path(__file__).parent
Rows = tuple[Integers, Integers, Floats, Floats, Integers]


def _rows(
    seed: int,
    pairs: list[tuple[int, int]],
    *,
    quality: float = 1.0,
    severity: float = 0.6,
    noise: float = 0.7,
    weights: tuple[float, ...] = (1.0,),
    step: float = 0.01,
    level: float = 5.0,
) -> Rows:
    rng = np.random.default_rng(seed)
    entry, judge = (np.array(column) for column in zip(*pairs, strict=True))
    w = rng.choice(weights, len(pairs))
    y = (
        level
        + rng.normal(0, quality, entry.max() + 1)[entry]
        + rng.normal(0, severity, judge.max() + 1)[judge]
    )
    y = y + rng.normal(0, noise, len(pairs)) / np.sqrt(w)
    return entry, judge, np.round(y / step) * step, w, np.zeros(len(pairs), dtype=np.int64)


def _random(seed: int, entries: int, judges: int, reads: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    return [(e, j) for e in range(entries) for j in sorted(rng.choice(judges, reads, replace=False).tolist())]


def _unequal(seed: int, entries: int, judges: int, low: int, high: int) -> list[tuple[int, int]]:
    """Judges of very different diligence, entries with `low` to `high` sheets."""
    rng = np.random.default_rng(seed)
    share = np.geomspace(1, 20, judges)
    share /= share.sum()
    return [
        (e, j)
        for e in range(entries)
        for j in sorted(rng.choice(judges, rng.integers(low, high + 1), replace=False, p=share).tolist())
    ]


def _tables(
    seed: int, tables: int, entries: int, judges: int, reads: int, bridges: int
) -> list[tuple[int, int]]:
    """Tables of judges, joined by a few sheets."""
    rng = np.random.default_rng(seed)
    pairs = {
        (t * entries + e, t * judges + j)
        for t in range(tables)
        for e, j in _random(seed + t, entries, judges, reads)
    }
    while bridges:
        pair = int(rng.integers(tables * entries)), int(rng.integers(tables * judges))
        if pair not in pairs:
            pairs.add(pair)
            bridges -= 1
    return sorted(pairs)


def random_designs() -> Iterator[tuple[str, Rows]]:
    grid = [(e, j) for e in range(12) for j in range(6)]
    yield "balanced", _rows(1, grid)
    yield "normal", _rows(2, _random(2, 60, 12, 4))
    yield "normal-quarters", _rows(3, _random(3, 60, 12, 4), step=0.25)
    yield "normal-mild", _rows(4, _random(4, 60, 12, 4), severity=0.3)
    yield "normal-harsh", _rows(5, _random(5, 60, 12, 4), severity=4.0)
    yield "near-zero-severity", _rows(6, _random(6, 60, 12, 4), severity=0.05)
    yield "no-severity", _rows(7, _random(7, 40, 9, 4), severity=0.0, noise=1.0)
    yield "noisy", _rows(8, _random(8, 40, 10, 5), noise=3.0)
    yield "quiet", _rows(9, _random(9, 40, 10, 5), noise=0.05)
    yield "far-from-nought", _rows(10, _random(10, 40, 10, 4), level=5000.0)
    yield "three-judges", _rows(11, _random(11, 8, 3, 2))
    yield "three-judges-full", _rows(12, [(e, j) for e in range(5) for j in range(3)])
    yield "sparse", _rows(13, _random(13, 50, 20, 2))
    yield "sparse-wide", _rows(14, _random(14, 130, 40, 2))
    yield "unequal", _rows(15, _unequal(15, 60, 14, 2, 6))
    yield "more-judges", _rows(16, _unequal(16, 12, 45, 8, 14))
    yield "thousand", _rows(17, _random(17, 200, 25, 5))
    yield "weighted", _rows(18, _random(18, 50, 10, 4), weights=(1.0, 2.0, 4.0))
    yield "weighted-unequal", _rows(19, _unequal(19, 40, 12, 2, 7), weights=(0.3, 1.0, 2.5))
    yield "weighted-balanced", _rows(20, grid, weights=(1.0, 4.0))
    yield "weak-links", _rows(21, _tables(21, 3, 16, 5, 3, 3))
    yield "same-entries", _rows(22, _random(22, 40, 8, 4), quality=0.0)
    first, second, third = (
        _rows(23, _random(23, 30, 8, 4)),
        _rows(24, _random(24, 20, 6, 3), severity=1.2),
        _rows(25, _random(25, 15, 5, 3), noise=0.3, weights=(1.0, 2.0)),
    )
    columns = []
    for number, (e, j, y, w, part) in enumerate((first, second, third)):
        columns.append((e + (0, 30, 50)[number], j + (0, 8, 14)[number], y, w, part + number))
    yield "three-parts", tuple(np.concatenate(column) for column in zip(*columns, strict=True))


def _write(path: Path, designs: Iterator[tuple[str, Rows]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["design", "part", "entry", "judge", "score", "weight"])
        for name, rows in designs:
            for e, j, y, w, part in zip(*(column.tolist() for column in rows), strict=True):
                out.writerow([name, part, e, j, f"{y:.12g}", f"{w:g}"])


def main() -> None:
    _write(HERE / "designs.csv", random_designs())
    skating = (
        (p.name, (p.entry, p.judge, p.values, np.ones(len(p.entry)), np.zeros(len(p.entry), dtype=np.int64)))
        for p in panels()
    )
    _write(HERE / "skating.csv", skating)


if __name__ == "__main__":
    main()
