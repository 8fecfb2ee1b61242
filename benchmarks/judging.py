"""How fast the science is, beside the dense textbook formulas: `python -m benchmarks.judging`. A minute or two."""

import math
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.report import Line, load, machine, middle, show
from judging import Model, calibrate, calibrate_large, draw_scores, outlook

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
DRAWS = 4000


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


def dense_reml(r: Round) -> Floats:
    """The textbook: the whole covariance of all scores, inverted at every step of a golden section."""
    n = len(r.entry)
    x, z = np.eye(r.entries)[r.entry], np.eye(r.judges)[r.judge]
    shared, y = z @ z.T, r.values

    def fit(log_ratio: float) -> tuple[float, Floats]:
        v = np.eye(n) + shared / math.exp(log_ratio)
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        estimate = np.linalg.solve(information, x.T @ inverse @ y)
        rest = y - x @ estimate
        s2 = float(rest @ inverse @ rest) / (n - r.entries)
        height = (n - r.entries) * math.log(s2) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        return float(height), estimate

    low, high, golden = -8.0, 8.0, (math.sqrt(5) - 1) / 2
    while high - low > 1e-5:
        a, b = high - golden * (high - low), low + golden * (high - low)
        if fit(a)[0] < fit(b)[0]:
            high = b
        else:
            low = a
    return fit((low + high) / 2)[1]


def dense_least_squares(r: Round) -> Floats:
    """`numpy.linalg.lstsq` on the full design, the level fixed."""
    design = np.hstack([np.eye(r.entries)[r.entry], np.eye(r.judges)[r.judge]])
    level = np.concatenate([np.zeros(r.entries), np.bincount(r.judge, minlength=r.judges)])
    full = np.vstack([design, level / len(r.entry)])
    return np.linalg.lstsq(full, np.append(r.values, 0.0), rcond=None)[0][: r.entries]


def normal_equations(r: Round) -> Floats:
    """Dense normal equations of entries and judges, the last judge fixed."""
    table = np.bincount(r.entry * r.judges + r.judge, minlength=r.entries * r.judges).reshape(
        r.entries, r.judges
    )
    table = table.astype(np.float64)
    matrix = np.block([[np.diag(table.sum(axis=1)), table], [table.T, np.diag(table.sum(axis=0))]])[:-1, :-1]
    right = np.concatenate([np.bincount(r.entry, r.values), np.bincount(r.judge, r.values)])[:-1]
    found = np.append(np.linalg.solve(matrix, right), 0.0)
    shift = float(np.bincount(r.judge) @ found[r.entries :]) / len(r.entry)
    result: Floats = found[: r.entries] + shift
    return result


def alternating_means(r: Round) -> Floats:
    """Entries' means, judges' means, and again, until nothing moves by 1e-10."""
    y, effects = r.values, np.zeros(r.judges)
    per_entry, per_judge = np.bincount(r.entry), np.bincount(r.judge)
    while True:
        estimate = np.bincount(r.entry, y - effects[r.judge]) / per_entry
        new = np.bincount(r.judge, y - estimate[r.entry]) / per_judge
        new -= float(per_judge @ new) / len(y)
        moved = float(np.max(np.abs(new - effects)))
        effects = new
        if moved < 1e-10:
            return np.bincount(r.entry, y - effects[r.judge]) / per_entry


def sure(r: Round) -> Floats:
    c = calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges)
    scores = draw_scores(c.estimate, c.covariance, dof=c.parts[0].dof, draws=DRAWS)
    return outlook(scores, 3).expected_rank


def dense_sure(r: Round) -> Floats:
    c = calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges)
    scores = np.random.default_rng(0).multivariate_normal(c.estimate, c.covariance.dense(), DRAWS)
    return (np.argsort(np.argsort(-scores, axis=1), axis=1) + 1.0).mean(axis=0)


def seconds(work: Callable[[], Floats], at_most: float) -> tuple[float, Floats]:
    """The middle of several runs, as many as fit into the time; at least one."""
    taken: list[float] = []
    ends = time.perf_counter() + at_most
    while not taken or (time.perf_counter() + min(taken) < ends and len(taken) < 15):
        began = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - began)
    return middle(taken), result


def compare(
    what: str, ours: Callable[[], Floats], peer: Callable[[], Floats], bar: float, near: float
) -> Line:
    """One line; the answers must agree to `near`, or the time means nothing."""
    fast, one = seconds(ours, 6.0)
    slow, two = seconds(peer, 3.0)
    apart = float(np.nanmax(np.abs(one - two)))
    if apart > near:
        sys.exit(f"{what}: ours and the peer's answers differ by {apart:.3g}")
    return Line(what, _time(fast), _time(slow), f"{slow / fast:.0f} x", f"< {_time(bar)}", fast < bar)


def _time(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def least_squares(r: Round) -> Floats:
    return calibrate_large(
        r.entry, r.judge, r.values, entries=r.entries, judges=r.judges, model=Model.LEAST_SQUARES
    ).estimate


def reml(r: Round) -> Floats:
    return calibrate_large(r.entry, r.judge, r.values, entries=r.entries, judges=r.judges).estimate


def official(r: Round) -> Floats:
    return calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges).estimate


def main() -> None:
    began = load()
    jury, large, lectures = random_round(60, 12, 4), random_round(2500, 60, 4), random_round(1128, 2972, 65)
    lines = [
        compare(
            "jury of 60 x 12 x 4, official numbers | dense covariance",
            lambda: official(jury),
            lambda: dense_reml(jury),
            0.010,
            1e-4,
        ),
        compare(
            "the same with 4,000 draws | multivariate_normal, argsort",
            lambda: sure(jury),
            lambda: dense_sure(jury),
            0.100,
            1.0,
        ),
        compare(
            "the same, least squares | numpy lstsq, full design",
            lambda: least_squares(jury),
            lambda: dense_least_squares(jury),
            0.010,
            1e-8,
        ),
        compare(
            f"{len(large.entry):,} scores, least squares | dense normal equations",
            lambda: least_squares(large),
            lambda: normal_equations(large),
            0.050,
            1e-8,
        ),
        compare(
            f"{len(large.entry):,} scores, REML | dense least squares",
            lambda: reml(large),
            lambda: normal_equations(large),
            0.050,
            1.0,
        ),
        compare(
            f"{len(lectures.entry):,} scores of 1,128 by 2,972, REML | dense least squares",
            lambda: reml(lectures),
            lambda: normal_equations(lectures),
            1.4,
            1.0,
        ),
    ]
    million = random_round(100_000, 5_000, 10)
    lines += [
        compare(
            f"{len(million.entry):,} scores, least squares | alternating means",
            lambda: least_squares(million),
            lambda: alternating_means(million),
            0.2,
            1e-7,
        ),
        compare(
            f"{len(million.entry):,} scores, REML | alternating means (no variances)",
            lambda: reml(million),
            lambda: alternating_means(million),
            10.0,
            1.0,
        ),
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    part = calibrate_large(million.entry, million.judge, million.values).parts[0]
    show(
        "judging: seconds, and the peer's over ours",
        lines,
        [
            machine(),
            began,
            f"peak memory {peak:.0f} MB, the dense peers' arrays among it",
            f"relative standard error of the stochastic variance ratio at a million: {part.ratio_error:.1e}",
            "1.4 s is what lme4 takes for lecture ratings of the same shape on two idle cores (not installed here)",
        ],
    )


if __name__ == "__main__":
    main()
