"""How near the rankings come to the truth, and whether the intervals cover: `python -m benchmarks.judging_accuracy`.

Planted juries, 60 entries, 12 judges, 4 scores each unless said; quality has the standard deviation 1 and noise 0.7.
JURIES=2000 gives the full count; the default takes a minute or two.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.report import Line, machine, show
from judging import calibrate, draw_scores, mixed_model, outlook
from judging.gains import gain_offset
from judging.reliability import reliability_weighted

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
JURIES = int(os.environ.get("JURIES") or 60)


@dataclass(frozen=True)
class Scene:
    name: str
    severity: float
    entries: int = 60
    judges: int = 12
    reads: int = 4
    noise: float = 0.7
    spread: float = 0.0
    noise_spread: float = 0.0
    follows: bool = False
    tables: int = 1
    joined: int = 0
    uneven: bool = False
    whole: bool = False


SCENES = (
    Scene("A severity .5", 0.5),
    Scene("B severity 1", 1.0),
    Scene("C spread varies", 1.0, spread=0.3),
    Scene("D harsh see the good, 1", 1.0, follows=True),
    Scene("E harsh see the good, .5", 0.5, follows=True),
    Scene("F three tables, 12 bridges", 1.0, tables=3, joined=12),
    Scene("H 2 to 6 scores", 1.0, uneven=True),
    Scene("I integers 1 to 10", 1.0, whole=True),
    Scene("J noise differs", 1.0, noise_spread=0.5),
    Scene("K no severity", 0.0),
    Scene("L 200 x 25 x 3", 0.7, entries=200, judges=25, reads=3),
)


@dataclass(frozen=True)
class Jury:
    entry: Integers
    judge: Integers
    values: Floats
    quality: Floats
    severity: Floats


def planted(scene: Scene, rng: np.random.Generator) -> Jury:
    quality, severity = rng.normal(0, 1, scene.entries), rng.normal(0, scene.severity, scene.judges)
    pairs: list[tuple[int, int]] = []
    harsh = np.argsort(np.argsort(severity)) / max(scene.judges - 1, 1)
    good = np.argsort(np.argsort(quality)) / (scene.entries - 1)
    for e in range(scene.entries):
        count = int(rng.integers(2, 7)) if scene.uneven else scene.reads
        if scene.follows:
            pull = np.exp(4 * (harsh - 0.5) * (good[e] - 0.5))
            chosen = rng.choice(scene.judges, count, replace=False, p=pull / pull.sum())
        elif scene.tables > 1:
            size = scene.judges // scene.tables
            chosen = (e % scene.tables) * size + rng.choice(size, count, replace=False)
        else:
            chosen = rng.choice(scene.judges, count, replace=False)
        pairs += [(e, int(j)) for j in chosen]
    taken = set(pairs)
    while len(taken) < len(pairs) + scene.joined:
        taken.add((int(rng.integers(scene.entries)), int(rng.integers(scene.judges))))
    entry, judge = (np.array(side) for side in zip(*sorted(taken), strict=True))
    gain = np.exp(rng.normal(0, scene.spread, scene.judges)) if scene.spread else np.ones(scene.judges)
    noise = scene.noise * np.exp(rng.normal(0, scene.noise_spread, scene.judges))
    y = gain[judge] * quality[entry] - severity[judge] + rng.normal(0, 1, len(entry)) * noise[judge]
    if scene.whole:
        y = np.clip(np.round(5.5 + 1.5 * y), 1, 10) / 1.5
    return Jury(entry, judge, y, quality, severity)


def tau(a: Floats, b: Floats) -> float:
    upper = np.triu_indices(len(a), 1)
    return float(np.mean(np.sign((a[:, None] - a)[upper] * (b[:, None] - b)[upper])))


def z_scores(j: Jury) -> Floats:
    count = np.maximum(np.bincount(j.judge), 1)
    mean = np.bincount(j.judge, j.values) / count
    rest = j.values - mean[j.judge]
    deviation = np.sqrt(np.bincount(j.judge, rest**2) / np.maximum(count - 1, 1))
    z = rest / np.where(deviation > 0, deviation, 1.0)[j.judge]
    return np.bincount(j.entry, z) / np.bincount(j.entry)


def methods(scene: Scene) -> dict[str, Callable[[Jury], Floats]]:
    size = {"entries": scene.entries, "judges": scene.judges}
    return {
        "raw": lambda j: np.bincount(j.entry, j.values) / np.bincount(j.entry),
        "z": z_scores,
        "mixed": lambda j: mixed_model(j.entry, j.judge, j.values, **size).estimate,
        "gain": lambda j: gain_offset(j.entry, j.judge, j.values, **size).estimate,
        "noise": lambda j: reliability_weighted(j.entry, j.judge, j.values, **size).estimate,
        "known": lambda j: np.bincount(j.entry, j.values + j.severity[j.judge]) / np.bincount(j.entry),
    }


def run(scene: Scene, seed: int) -> tuple[dict[str, float], float]:
    """Mean tau of each method, and how often the 90 % rank intervals of the calibration cover."""
    rng, totals, covered, intervals = np.random.default_rng(seed), {}, 0, 0
    others = methods(scene)
    for _ in range(JURIES):
        j = planted(scene, rng)
        c = calibrate(j.entry, j.judge, j.values, entries=scene.entries, judges=scene.judges)
        totals["calibrated"] = totals.get("calibrated", 0.0) + tau(c.estimate, j.quality)
        for name, method in others.items():
            totals[name] = totals.get(name, 0.0) + tau(method(j), j.quality)
        if len(c.parts) == 1 and np.isfinite(c.se).all():
            look = outlook(draw_scores(c.estimate, c.covariance, dof=c.parts[0].dof, draws=1000), 1)
            rank = np.argsort(np.argsort(-j.quality)) + 1
            covered += int(np.sum((look.rank_low <= rank) & (rank <= look.rank_high)))
            intervals += scene.entries
    return {name: total / JURIES for name, total in totals.items()}, covered / max(intervals, 1)


def main() -> None:
    lines = []
    for number, scene in enumerate(SCENES):
        found, cover = run(replace(scene), number)
        ours, raw, known = found["calibrated"], found["raw"], found["known"]
        letter = scene.name[0]
        # The bars are of means over 2,000 juries; fewer leave room for chance.
        chance = 0.03 / JURIES**0.5
        met = 0.88 - 0.1 / JURIES**0.5 < cover < 0.93 + 0.1 / JURIES**0.5
        if letter in "ABHIKL":
            met &= ours > known - 0.008 - chance
        if letter in "BHL":
            met &= ours > raw + 0.06 - chance
        if letter == "K":
            met &= ours > raw - 0.002 - chance
        if letter in "DE":
            met &= ours > found["z"]
        rest = "  ".join(f"{name} {found[name]:.3f}" for name in ("mixed", "gain", "noise", "known"))
        lines.append(
            Line(
                scene.name,
                f"{ours:.3f}",
                f"raw {raw:.3f}  z {found['z']:.3f}",
                rest,
                f"covers {cover:.3f}",
                met,
            )
        )
    show(f"judging: Kendall's tau with the truth, {JURIES} juries each", lines, [machine()])


if __name__ == "__main__":
    main()
