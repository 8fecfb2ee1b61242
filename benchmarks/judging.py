"""
How fast the science is, beside the dense textbook formulas and beside lme4, statsmodels and pyfixest where they are
(`benchmarks.judging_peers`): `python -m benchmarks.judging`. Some minutes.
"""

import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.judging_peers import Peer, lme4, python_peer, write
from benchmarks.judging_rounds import Floats, Round, lectures, million, random_round
from benchmarks.report import Line, load, machine, middle, show
from judging import Model, calibrate, calibrate_large, draw_scores, outlook, widening

DRAWS = 4000


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
        return float(height), np.asarray(estimate, dtype=np.float64)

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
    found: Floats = np.linalg.lstsq(full, np.append(r.values, 0.0), rcond=None)[0][: r.entries]
    return found


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
    return outlook(scores, 3, estimate=c.estimate, widened=widening(c.estimate, scores)).expected_rank


def dense_sure(r: Round) -> Floats:
    c = calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges)
    scores = np.random.default_rng(0).multivariate_normal(c.estimate, c.covariance.dense(), DRAWS)
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1) + 1.0
    return np.asarray(ranks.mean(axis=0), dtype=np.float64)


def seconds(work: Callable[[], Floats], at_most: float) -> tuple[float, float, Floats]:
    """The middle of several runs, as many as fit into the time, and of their processor time; at least one."""
    taken: list[float] = []
    used: list[float] = []
    ends = time.perf_counter() + at_most
    while not taken or (time.perf_counter() + min(taken) < ends and len(taken) < 15):
        began, processor = time.perf_counter(), time.process_time()
        result = work()
        taken.append(time.perf_counter() - began)
        used.append(time.process_time() - processor)
    return middle(taken), middle(used), result


def compare(
    what: str, ours: Callable[[], Floats], peer: Callable[[], Floats], bar: float, near: float
) -> Line:
    """One line; the answers must agree to `near`, or the time means nothing."""
    fast, used, one = seconds(ours, 6.0)
    slow, _, two = seconds(peer, 3.0)
    apart = float(np.nanmax(np.abs(one - two)))
    if apart > near:
        sys.exit(f"{what}: ours and the peer's answers differ by {apart:.3g}")
    return Line(
        what,
        f"{_time(fast)}, {_time(used)} of processor",
        _time(slow),
        f"{slow / fast:.0f} x",
        f"< {_time(bar)}",
        fast < bar,
    )


def _time(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def least_squares(r: Round) -> Floats:
    return calibrate_large(
        r.entry,
        r.judge,
        r.values,
        entries=r.entries,
        judges=r.judges,
        model=Model.LEAST_SQUARES,
        errors=False,
    ).estimate


def reml(r: Round) -> Floats:
    return calibrate_large(r.entry, r.judge, r.values, entries=r.entries, judges=r.judges).estimate


def official(r: Round) -> Floats:
    return calibrate(r.entry, r.judge, r.milli, entries=r.entries, judges=r.judges).estimate


def textbook(jury: Round, large: Round, students: Round, many: Round) -> list[Line]:
    """Beside formulas that share no line with ours, whose answers must be the same."""
    return [
        compare(
            "60 x 12 x 4, official numbers | dense covariance",
            partial(official, jury),
            partial(dense_reml, jury),
            0.010,
            1e-4,
        ),
        compare(
            "the same with 4,000 draws | multivariate_normal, argsort",
            partial(sure, jury),
            partial(dense_sure, jury),
            0.100,
            1.0,
        ),
        compare(
            "the same, least squares | numpy lstsq, full design",
            partial(least_squares, jury),
            partial(dense_least_squares, jury),
            0.010,
            1e-8,
        ),
        compare(
            f"{len(large.entry):,} scores, least squares | dense normal equations",
            partial(least_squares, large),
            partial(normal_equations, large),
            0.050,
            1e-8,
        ),
        compare(
            f"{len(large.entry):,} scores, REML | dense least squares",
            partial(reml, large),
            partial(normal_equations, large),
            0.050,
            1.0,
        ),
        compare(
            f"{len(large.entry):,} scores, official numbers | the same",
            partial(official, large),
            partial(normal_equations, large),
            0.050,
            1.0,
        ),
        compare(
            f"{len(students.entry):,} scores of 1,128 by 2,972, REML | dense least squares",
            partial(reml, students),
            partial(normal_equations, students),
            1.4,
            1.0,
        ),
        compare(
            f"{len(many.entry):,} scores, least squares | alternating means",
            partial(least_squares, many),
            partial(alternating_means, many),
            0.2,
            1e-7,
        ),
        compare(
            f"{len(many.entry):,} scores, REML | alternating means (no variances)",
            partial(reml, many),
            partial(alternating_means, many),
            10.0,
            1.0,
        ),
    ]


def memory() -> list[Line]:
    """Each in a process of its own, its round among what it holds."""
    lines = []
    for name, what, most in (
        ("lectures-reml", "72,480 scores of 1,128 by 2,972, REML", 200),
        ("lectures-official", "the same, official numbers and draws", 200),
        ("million-least-squares", "999,067 scores, least squares", 500),
        ("million-reml", "the same, REML with errors", 500),
        ("million-official", "the same, official numbers and draws", 500),
        ("million-judges", "the same, infit, outfit, unusual sheets, intraclass and alpha", 500),
        ("million-rank", "the same, all of `awards rank --sensitivity none --json`", None),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.judging_alone", name],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, used, _, peak = (float(number) for number in done.stdout.split())
        lines.append(
            Line(
                f"{what}: {_time(seconds)}, {_time(used)} of processor",
                f"{peak:.0f} MB",
                "",
                "",
                "" if most is None else f"< {most} MB",
                None if most is None else peak < most,
            )
        )
    return lines


def beside(jury: Round, large: Round, students: Round, many: Round) -> tuple[list[Line], list[str]]:
    """Beside other programs: seconds of the fit alone. Entries are random for lme4 above 1,000 scores, as it needs."""
    lines, seen = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for what, r, ours, bar in (
            ("60 x 12 x 4", jury, reml, None),
            (f"{len(large.entry):,} of 2,500 by 60", large, reml, None),
            (f"{len(students.entry):,} of 1,128 by 2,972", students, reml, "faster than lme4"),
            (f"{len(many.entry):,} of 100,000 by 5,000", many, reml, None),
        ):
            path = Path(folder) / "scores.csv"
            write(r, path)
            fast, _, mine = seconds(partial(ours, r), 5.0)
            plain, _, least = seconds(partial(least_squares, r), 3.0)
            small = len(r.entry) <= 1000
            peers: list[tuple[str, Peer, float, Floats | None]] = [
                ("lme4", lme4(path, "fixed" if small else "random"), fast, mine if small else None)
            ]
            if small:
                peers.append(("statsmodels MixedLM", python_peer("statsmodels", path), fast, mine))
            peers.append(("pyfixest, least squares", python_peer("pyfixest", path), plain, least))
            for name, peer, own, estimate in peers:
                if peer.who:
                    seen[peer.who] = True
                if peer.why:
                    lines.append(Line(f"{what} | {name}", _time(own), peer.why, ""))
                    continue
                apart = ""
                if estimate is not None and peer.estimate is not None:
                    gap = (peer.estimate - estimate) - np.nanmean(peer.estimate - estimate)
                    apart = f", apart {float(np.nanmax(np.abs(gap))):.0e}"
                met = own < peer.seconds if bar and name == "lme4" else None
                lines.append(
                    Line(
                        f"{what} | {name}{apart}",
                        _time(own),
                        f"{_time(peer.seconds)}, {peer.memory:.0f} MB",
                        f"{peer.seconds / own:.1f} x",
                        bar or "" if met is not None else "",
                        met,
                    )
                )
    return lines, list(seen)


def main() -> None:
    began = load()
    jury, large, students, many = random_round(60, 12, 4), random_round(2500, 60, 4), lectures(), million()
    error = calibrate_large(many.entry, many.judge, many.values, errors=False).parts[0].ratio_error
    show(
        "judging: the textbook's time over ours",
        textbook(jury, large, students, many),
        [
            machine(),
            began,
            f"relative standard error of the stochastic variance ratio at a million: {error:.1e}",
            "1.4 s is what lme4 took for lecture ratings of that shape on two idle cores",
        ],
    )
    show("judging: memory", memory(), [load().replace("when it began", "then")])
    lines, who = beside(jury, large, students, many)
    show("judging: other programs", lines, [*who, load().replace("when it began", "then")])


if __name__ == "__main__":
    main()
