"""(f) The calibration of a large round, beside the plain least-squares fit of the same scores in numpy."""

import time

import numpy as np

from benchmarks.report import Line, show
from judging import Criterion, Depth, Entry, Judge, RoundInputs, Scale, calibrate, decide
from judging.rounds import sheet

ENTRIES, JUDGES, SHEETS, CRITERIA = 2000, 100, 10, 5
SEED = 20261121


async def measure() -> None:
    random = np.random.default_rng(SEED)
    entry = np.repeat(np.arange(ENTRIES), SHEETS)
    judge = np.concatenate([random.choice(JUDGES, SHEETS, replace=False) for _ in range(ENTRIES)])
    quality, severity = random.normal(0, 12, ENTRIES), random.normal(0, 6, JUDGES)
    marks = [
        np.clip(np.rint(50 + quality[entry] - severity[judge] + random.normal(0, 8, entry.size)), 0, 100).astype(int)
        for _ in range(CRITERIA)
    ]  # fmt: skip
    began = time.perf_counter()
    fitted = calibrate(entry, judge, marks[0] * 1000, entries=ENTRIES, judges=JUDGES)
    ours = time.perf_counter() - began
    assert fitted is not None
    began = time.perf_counter()
    least_squares(entry, judge, marks[0].astype(float))
    peer = time.perf_counter() - began
    inputs = competition(entry, judge, marks)
    began = time.perf_counter()
    verdict = decide(inputs)
    whole = time.perf_counter() - began
    show(
        f"(f) A round of {ENTRIES:,} entries, {JUDGES} judges, {SHEETS} sheets an entry, {entry.size * CRITERIA:,} marks",
        [
            Line("one criterion, seconds", f"{ours:.2f}", f"{peer:.2f}", f"{ours / peer:.1f}"),
            Line("whole verdict, seconds", f"{whole:.2f}", f"{peer * CRITERIA:.2f}", f"{whole / peer / CRITERIA:.1f}"),
        ],
        [
            "peer: numpy solves the normal equations of the same least squares, densely, without variances, errors or draws",
            f"the verdict: every criterion calibrated, {len(verdict.standings):,} standings with intervals, exact to a millionth",
        ],
    )  # fmt: skip


def least_squares(entry: "np.ndarray", judge: "np.ndarray", values: "np.ndarray") -> "np.ndarray":
    design = np.zeros((entry.size, ENTRIES + JUDGES - 1))
    rows = np.arange(entry.size)
    design[rows, entry] = 1
    free = judge > 0
    design[rows[free], ENTRIES + judge[free] - 1] = -1
    return np.linalg.solve(design.T @ design, design.T @ values)


def competition(entry: "np.ndarray", judge: "np.ndarray", marks: "list[np.ndarray]") -> RoundInputs:
    codes = [f"C{number}" for number in range(CRITERIA)]
    scale = Scale(0, 1000, 100)
    return RoundInputs(
        criteria=tuple(Criterion(code, scale, (("all", 1),)) for code in codes),
        entries=tuple(Entry(f"E{number:04d}", "all") for number in range(ENTRIES)),
        judges=tuple(Judge(f"J{number:03d}") for number in range(JUDGES)),
        sheets=tuple(
            sheet(
                f"E{e:04d}", f"J{j:03d}", {code: int(of[row]) for code, of in zip(codes, marks, strict=True)}
            )
            for row, (e, j) in enumerate(zip(entry, judge, strict=True))
        ),
        depth=Depth.NONE,
        seed=SEED,
    )
