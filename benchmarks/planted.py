"""Juries whose truth is known, because it was planted: the scenes on which methods are compared."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
SEED = 20261121


@dataclass(frozen=True)
class Scene:
    """
    What is planted. Quality has the standard deviation 1; all else is in its units.

    Parameters
    ----------
    severity, noise : float
        Standard deviations of the judges' severities and of the noise of one score.
    spread, noise_spread : float
        Standard deviations of the logarithms of the judges' gains and of their noise.
    follows : bool
        Harsh judges are likelier to get good entries.
    tables, bridges : int
        Judges and entries in so many tables, and scores that cross them.
    uneven : bool
        2 to 6 scores an entry, and one judge with no more than 3.
    points : int
        Marks are whole points from 1 to this, 0 for marks as fine as can be.
    connected : bool
        One graph, so that all entries can be ranked together.
    """

    letter: str
    words: str
    severity: float
    entries: int = 60
    judges: int = 12
    reads: int = 4
    noise: float = 0.7
    spread: float = 0.0
    noise_spread: float = 0.0
    follows: bool = False
    tables: int = 1
    bridges: int = 0
    uneven: bool = False
    points: int = 0
    connected: bool = True


SCENES = (
    Scene("A", "severity .5", 0.5),
    Scene("B", "severity 1", 1.0),
    Scene("C", "severity 1, judges differ in spread", 1.0, spread=0.3),
    Scene("D", "severity 1, harsh judges see good entries", 1.0, follows=True),
    Scene("E", "severity .5, harsh judges see good entries", 0.5, follows=True),
    Scene("F", "severity 1, three tables joined by 12 scores", 1.0, tables=3, bridges=12),
    Scene("G", "severity 1, three tables, not joined", 1.0, tables=3, connected=False),
    Scene("H", "severity 1, 2 to 6 scores an entry, a judge with 3", 1.0, uneven=True),
    Scene("I", "severity 1, whole marks 1 to 10", 1.0, points=10),
    Scene("J", "severity 1, judges differ in noise", 1.0, noise_spread=0.5),
    Scene("K", "no severity", 0.0),
    Scene("L", "severity .7, 200 entries, 25 judges, 3 scores", 0.7, entries=200, judges=25, reads=3),
    Scene("M", "severity 1, whole marks 1 to 5", 1.0, points=5),
    Scene("N", "severity .7, 500 entries, 40 judges, 2 scores", 0.7, entries=500, judges=40, reads=2),
    Scene("O", "severity .7, 10 entries, 5 judges, 3 scores", 0.7, entries=10, judges=5, reads=3),
)


@dataclass(frozen=True)
class Jury:
    """Scores and the truth behind them; `step` is the size of a whole mark in units of quality, 0 without."""

    entry: Integers
    judge: Integers
    values: Floats
    quality: Floats
    severity: Floats
    step: float

    @property
    def true_ranks(self) -> Integers:
        ranks: Integers = np.argsort(np.argsort(-self.quality)) + 1
        return ranks


def plant(scene: Scene, number: int) -> Jury:
    """Jury `number` of a scene: the same for every method, in every run and whatever the count of juries."""
    rng = np.random.default_rng((SEED, ord(scene.letter), number))
    quality, severity = rng.normal(0, 1, scene.entries), rng.normal(0, scene.severity, scene.judges)
    entry, judge = _reads(scene, quality, severity, rng)
    gain = np.exp(rng.normal(0, scene.spread, scene.judges))
    noise = scene.noise * np.exp(rng.normal(0, scene.noise_spread, scene.judges))
    values = gain[judge] * quality[entry] - severity[judge] + rng.normal(0, 1, len(entry)) * noise[judge]
    step = 0.0
    if scene.points:
        # The middle 95 % of all marks fill the scale: their standard deviation is 1.58.
        step = 2 * 2 * 1.58 / scene.points
        marks = np.clip(np.round((1 + scene.points) / 2 + values / step), 1, scene.points)
        values = marks * step
    return Jury(entry, judge, values, quality, severity, step)


def _reads(
    scene: Scene, quality: Floats, severity: Floats, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Who reads what. The highest of Gumbel numbers are a draw without replacement (Yellott 1977)."""
    entries, judges = np.arange(scene.entries), np.arange(scene.judges)
    pull = np.zeros((scene.entries, scene.judges))
    if scene.follows:
        harsh = np.argsort(np.argsort(severity)) / (scene.judges - 1) - 0.5
        good = np.argsort(np.argsort(quality)) / (scene.entries - 1) - 0.5
        pull += 8 * good[:, None] * harsh
    same = entries[:, None] % scene.tables == judges * scene.tables // scene.judges
    pull[~same] = -np.inf
    counts = np.full(scene.entries, scene.reads)
    if scene.uneven:
        counts = rng.integers(2, 7, scene.entries)
        pull[:, 0] = -np.inf
    order = np.argsort(-(pull + rng.gumbel(size=pull.shape)), axis=1)
    read = np.zeros(pull.shape, dtype=np.bool_)
    read[entries[:, None], order] = judges < counts[:, None]
    if scene.uneven:
        few = rng.choice(scene.entries, 3, replace=False)
        read[few, order[few, 0]] = False
        read[few, 0] = True
    if scene.bridges:
        read.flat[rng.choice(np.flatnonzero(~same), scene.bridges, replace=False)] = True
    entry, judge = np.nonzero(read)
    return entry, judge
