"""Random rounds to be calibrated."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Round:
    entry: Integers
    judge: Integers
    milli: Integers
    entries: int
    judges: int

    @property
    def values(self) -> Floats:
        result: Floats = self.milli / 1000.0
        return result


def random_round(entries: int, judges: int, reads: int, seed: int = 1) -> Round:
    """Severity 0.6 and noise 0.7 of the entries' spread, marks to hundredths."""
    rng = np.random.default_rng(seed)
    if reads * 4 < judges:
        codes = np.unique(
            np.repeat(np.arange(entries), reads) * judges + rng.integers(0, judges, entries * reads)
        )
    else:
        codes = np.concatenate(
            [e * judges + np.sort(rng.permutation(judges)[:reads]) for e in range(entries)]
        )
    entry, judge = codes // judges, codes % judges
    y = rng.normal(5, 1, entries)[entry] + rng.normal(0, 0.6, judges)[judge] + rng.normal(0, 0.7, len(codes))
    return Round(entry, judge, (np.round(y * 100) * 10).astype(np.int64), entries, judges)


def lectures() -> Round:
    """The shape of lme4's InstEval: 1,128 lecturers by 2,972 students."""
    return random_round(1128, 2972, 65)


def million() -> Round:
    return random_round(100_000, 5_000, 10)
