"""How near rankings come to the truth, and whether intervals hold it: `python -m benchmarks.accuracy [LETTERS]`.

Planted juries (`benchmarks.planted`), the same for every method: differences are paired. JURIES says how many of each
scene, 2,000 unless said; 200 are enough to see where one stands.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.planted import SCENES, SEED, Floats, Integers, Jury, Scene, plant
from benchmarks.report import load, machine
from judging import (
    Model,
    calibrate,
    draw_scores,
    gain_offset,
    mixed_model,
    ordinal_model,
    outlook,
    reliability_weighted,
    widening,
)
from judging.calibration import Calibration

JURIES = int(os.environ.get("JURIES") or 2000)
DRAWS = 1000
KNOWN, OURS = "severity known", "calibrated"
Method = Callable[[Jury], Floats]


def mean(j: Jury, values: Floats | None = None) -> Floats:
    result: Floats = np.bincount(j.entry, j.values if values is None else values) / np.bincount(j.entry)
    return result


def middle(j: Jury, cut: int | None) -> Floats:
    """Mean without `cut` highest and lowest of an entry's scores, None for all but the middle one or two."""
    order = np.lexsort((j.values, j.entry))
    counts = np.bincount(j.entry)
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    dropped = np.where(counts < 3, 0, (counts - 1) // 2 if cut is None else cut)[j.entry[order]]
    kept = (place >= dropped) & (place < counts[j.entry[order]] - dropped)
    entry, values = j.entry[order][kept], j.values[order][kept]
    result: Floats = np.bincount(entry, values) / np.bincount(entry)
    return result


def z_score(j: Jury) -> Floats:
    count = np.maximum(np.bincount(j.judge), 1)
    rest = j.values - (np.bincount(j.judge, j.values) / count)[j.judge]
    deviation = np.sqrt(np.bincount(j.judge, rest**2) / np.maximum(count - 1, 1))
    return _usable(j, rest, deviation)


def min_max(j: Jury) -> Floats:
    judges = len(j.severity)
    low, high = np.full(judges, np.inf), np.full(judges, -np.inf)
    np.minimum.at(low, j.judge, j.values)
    np.maximum.at(high, j.judge, j.values)
    return _usable(j, j.values - low[j.judge], high - low)


def _usable(j: Jury, values: Floats, width: Floats) -> Floats:
    """Mean of values over their judge's width; judges without any are left out."""
    good = width[j.judge] > 0
    entry, size = j.entry[good], len(j.quality)
    counts = np.bincount(entry, minlength=size)
    return np.bincount(entry, values[good] / width[j.judge][good], size) / np.maximum(counts, 1)


def methods(scene: Scene) -> dict[str, Method]:
    size = {"entries": scene.entries, "judges": scene.judges}
    found: dict[str, Method] = {
        KNOWN: lambda j: mean(j, j.values + j.severity[j.judge]),
        "raw mean": mean,
        "median": lambda j: middle(j, None),
        "trimmed mean": lambda j: middle(j, 1),
        "z-score": z_score,
        "min-max": min_max,
        "least squares": lambda j: (
            calibrate(
                j.entry,
                j.judge,
                j.values,
                entries=scene.entries,
                judges=scene.judges,
                model=Model.LEAST_SQUARES,
            ).estimate
        ),
        # Entries were given to tables by lot, which this model may be told.
        "mixed": lambda j: (
            mixed_model(j.entry, j.judge, j.values, **size, allotted_at_random=not scene.connected).estimate
        ),
        "reliability": lambda j: reliability_weighted(j.entry, j.judge, j.values, **size).estimate,
        "gain-offset": lambda j: gain_offset(j.entry, j.judge, j.values, **size).estimate,
    }
    if 0 < scene.points <= 5:
        found["ordinal"] = lambda j: (
            ordinal_model(j.entry, j.judge, np.round(j.values / j.step).astype(np.int64), **size).quality
        )
    return found


@dataclass(frozen=True)
class Found:
    """
    What the juries of a scene gave.

    Parameters
    ----------
    tau : dict of ndarray, shape (juries,)
        Kendall's tau with the truth, by method; a tie counts as half right.
    winner : dict of ndarray, shape (juries,)
        Whether the best entry was put first; 1/k where k share the first place.
    cover : ndarray, shape (juries,)
        Share of entries whose true rank lies within the 90 % rank interval of the calibration.
    cover_first : ndarray, shape (juries,)
        The same of the entry put first.
    width : ndarray, shape (juries,)
        Mean length of the intervals, in places.
    claimed, true : ndarray, shape (2, juries)
        Chance of being first that draws give the entry put first, and mean chance of being among the first three that
        they give the three put there; whether it is first, and how much of the three belongs there.
    """

    tau: dict[str, Floats]
    winner: dict[str, Floats]
    cover: Floats
    cover_first: Floats
    width: Floats
    claimed: Floats
    true: Floats


def run(scene: Scene, juries: int = JURIES) -> Found:
    first, second = np.triu_indices(scene.entries, 1)
    others = methods(scene)
    names = [KNOWN, OURS, *(name for name in others if name != KNOWN)]
    tau, winner = (np.zeros((len(names), juries)) for _ in range(2))
    cover, cover_first, width = (np.zeros(juries) for _ in range(3))
    claimed, true = np.zeros((2, juries)), np.zeros((2, juries))
    for number in range(juries):
        j = plant(scene, number)
        fitted = calibrate(j.entry, j.judge, j.values, entries=scene.entries, judges=scene.judges)
        guesses = np.stack([fitted.estimate if name == OURS else others[name](j) for name in names])
        truth = np.sign(j.quality[first] - j.quality[second])
        tau[:, number] = np.sign(guesses[:, first] - guesses[:, second]) @ truth / len(first)
        top = guesses == guesses.max(axis=1, keepdims=True)
        winner[:, number] = top[:, np.argmax(j.quality)] / top.sum(axis=1)
        inside, length, chances = intervals(j, fitted, number)
        cover[number], width[number] = inside.mean(), length.mean()
        for row, places in enumerate((1, 3)):
            best = np.argsort(-fitted.estimate)[:places]
            claimed[row, number] = chances[best, :places].sum(axis=1).mean()
            true[row, number] = np.mean(j.true_ranks[best] <= places)
        cover_first[number] = inside[np.argmax(fitted.estimate)]
    return Found(
        tau=dict(zip(names, tau, strict=True)),
        winner=dict(zip(names, winner, strict=True)),
        cover=cover,
        cover_first=cover_first,
        width=width,
        claimed=claimed,
        true=true,
    )


def intervals(j: Jury, fitted: Calibration, seed: int) -> tuple[npt.NDArray[np.bool_], Integers, Floats]:
    """
    Whether each entry's interval holds its true rank, its length, and the chances of the first three places; ranks
    are within connected parts.
    """
    entries = len(j.quality)
    inside, length = np.zeros(entries, dtype=np.bool_), np.zeros(entries, dtype=np.int64)
    chances = np.zeros((entries, 3))
    for part in fitted.parts:
        here = np.array(part.entries)
        drawn = draw_scores(
            fitted.estimate, fitted.covariance, dof=part.dof, draws=DRAWS, seed=seed, entries=here
        )
        estimate = fitted.estimate[here]
        look = outlook(drawn, 3, estimate=estimate, widened=widening(estimate, drawn))
        rank = np.argsort(np.argsort(-j.quality[here])) + 1
        inside[here] = (look.rank_low <= rank) & (rank <= look.rank_high)
        length[here] = look.rank_high - look.rank_low + 1
        chances[here] = np.array(look.chances) / 1_000_000
    return inside, length, chances


def error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def show(scene: Scene, found: Found) -> None:
    juries = len(found.cover)
    print(
        f"\n{scene.letter}: {scene.words}; {juries} juries, seeds ({SEED}, {ord(scene.letter)}, 0 to {juries - 1})"
    )
    print(
        f"  {'method':<16}{'tau':>7}{'s.e.':>7}{'- known':>10}{'s.e.':>7}{'- raw':>10}{'s.e.':>7}{'winner found':>15}"
    )
    for name, tau in found.tau.items():
        columns = f"  {name:<16}{tau.mean():>7.4f}{error(tau):>7.4f}"
        for peer in (KNOWN, "raw mean"):
            gap = tau - found.tau[peer]
            columns += f"{gap.mean():>+10.4f}{error(gap):>7.4f}"
        print(f"{columns}{found.winner[name].mean():>15.3f}")
    print(
        f"  90 % rank intervals hold {found.cover.mean():.4f} (s.e. {error(found.cover):.4f}), of the entry put first "
        f"{found.cover_first.mean():.3f}; {found.width.mean():.1f} places wide"
    )
    if scene.connected:
        pairs = zip(("first", "first three"), found.claimed, found.true, strict=True)
        said = (
            f"{words}: claimed {claimed.mean():.3f}, true {true.mean():.3f} (s.e. {error(true - claimed):.3f})"
            for words, claimed, true in pairs
        )
        print(f"  chance of those put there to belong there: {'; '.join(said)}")


def bars(scene: Scene, found: Found) -> list[tuple[str, float, float, bool]]:
    """Each bar of a scene: in words, what was seen, its standard error, and whether it is met."""
    ours, lines = found.tau[OURS], []
    for letters, peer, least in (
        ("ABHIKL", KNOWN, -0.008),
        ("BHL", "raw mean", 0.06),
        ("K", "raw mean", -0.002),
        ("DE", "z-score", 0.0),
    ):
        if scene.letter in letters:
            gap = ours - found.tau[peer]
            lines.append((f"tau - {peer} >= {least}", float(gap.mean()), error(gap), gap.mean() >= least))
    if scene.connected:
        cover = float(found.cover.mean())
        lines.append(("coverage .88 to .93", cover, error(found.cover), 0.88 <= cover <= 0.93))
    return lines


def main(letters: Sequence[str]) -> None:
    began = time.monotonic()
    print(f"Kendall's tau with the truth; {machine()}; {load()}")
    chosen = [scene for scene in SCENES if not letters or scene.letter in letters]
    verdicts = []
    for scene in chosen:
        found = run(scene)
        show(scene, found)
        sys.stdout.flush()
        verdicts += [(scene.letter, *line) for line in bars(scene, found)]
    print("\nbars")
    for letter, words, seen, off, met in verdicts:
        print(f"  {letter}  {words:<32}{seen:>8.4f}  s.e. {off:.4f}  {'met' if met else 'MISSED'}")
    print(
        f"\n{time.monotonic() - began:.0f} seconds, {time.process_time():.0f} of processor; load average {os.getloadavg()[0]:.1f} at the end"
    )


if __name__ == "__main__":
    main("".join(sys.argv[1:]))
