"""Each judge left out in turn the short way: what a fit of the other scores decides, to a stated tolerance."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from awards.exchange.ranking import leaving
from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import PLAIN, By, Numbers
from awards.exchange.ranking.leaving import LeaveOut
from awards.exchange.ranking.reading import read_ballot
from awards.exchange.ranking.totals import decide_all, fit_all
from tests.awards.exchange.ranking.juries import HEADER, Row, jury, written
from tests.chance import times

# In millionths of a point: where variances are found by turns they rest to a millionth of themselves.
CLOSE = {By.CALIBRATED: 1, By.MIXED: 5, By.GAIN_OFFSET: 5, By.RELIABILITY: 20}
METHODS = (*CLOSE, *PLAIN)


@pytest.fixture(autouse=True)
def short_ways_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "EXACT_CELLS", 0)


def slowly(ballot: Ballot, method: By, weights: Sequence[int], judge: int) -> Numbers:
    kept = tuple(one.keep(one.judge != judge) for one in ballot.criteria)
    return decide_all(replace(ballot, criteria=kept), method, weights)


def same_parts(one: Numbers, other: Numbers) -> bool:
    """Numbers of parts are only names."""
    pairs = set(zip(one.part.tolist(), other.part.tolist(), strict=True))
    return len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def check(ballot: Ballot, method: By, weights: Sequence[int] = (1,)) -> int:
    """How many judges could be left out the short way."""
    others = LeaveOut(ballot, method, fit_all(ballot, method), weights)
    for judge in range(len(ballot.judges)):
        quick, slow = others.without(judge), slowly(ballot, method, weights, judge)
        assert [one is None for one in quick.official] == [one is None for one in slow.official]
        assert same_parts(quick, slow)
        apart = [
            abs(a - b)
            for a, b in zip(quick.official, slow.official, strict=True)
            if a is not None and b is not None
        ]
        assert max(apart, default=0) <= CLOSE.get(method, 1 if method is By.Z_SCORE else 0), (method, judge)
    return sum(part.leaving is not None for one in others.criteria for part in one.parts.values())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(times(1, drill=3)))
def test_it_decides_what_a_fit_of_the_others_decides(tmp_path: Path, method: By, seed: int) -> None:
    ballot = read_ballot(written(tmp_path / "a.csv", jury(30, 8, 4, seed)))
    assert check(ballot, method) == (method in CLOSE)


@pytest.mark.parametrize("method", METHODS)
def test_in_parts_and_where_a_judge_holds_a_part_together(tmp_path: Path, method: By) -> None:
    bridge: list[Row] = [("entry 000", "bridge", 7), ("x 001", "bridge", 6), ("x 002", "bridge", 8)]
    rows = [
        *jury(12, 5, 3, 1),
        *((f"x {e[6:]}", f"x {j}", s) for e, j, s in jury(12, 5, 3, 2)),
        *((f"y {e[6:]}", f"y {j}", s) for e, j, s in jury(10, 4, 3, 3)),
        *bridge,
        ("only mine", "judge 01", 5),
        ("z", "alone", 4),
    ]
    check(read_ballot(written(tmp_path / "a.csv", rows)), method)


@pytest.mark.parametrize("method", METHODS)
def test_of_several_criteria_and_with_confidence(tmp_path: Path, method: By) -> None:
    draw = np.random.default_rng(3)
    rows = [
        (*row, name, int(draw.choice((1, 2, 4))))
        for seed, name in ((0, "a"), (1, "b"))
        for row in jury(20, 7, 4, seed)
        if (name, row[1]) != ("b", "judge 00")
    ]
    ballot = read_ballot(written(tmp_path / "a.csv", rows, (*HEADER, "criterion", "confidence")))
    check(ballot, method, (3, 1))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("severity", [0.0, 0.6])
def test_many_judges_who_each_read_little(tmp_path: Path, method: By, severity: float) -> None:
    """Where the likelihood is found from what one judge read."""
    draw = np.random.default_rng(4)
    quality, mild = draw.normal(6, 1, 160), draw.normal(0, severity, 70)
    rows = [
        (f"entry {e:03}", f"judge {j:02}", round(float(quality[e] + mild[j] + draw.normal(0, 0.6)), 1))
        for e in range(160)
        for j in draw.choice(70, 3, replace=False).tolist()
    ]
    ballot = read_ballot(written(tmp_path / "a.csv", rows))
    kept = replace(ballot, judges=ballot.judges)
    others = LeaveOut(kept, method, fit_all(kept, method), (1,))
    for judge in (0, 33, 69):
        quick, slow = others.without(judge), slowly(kept, method, (1,), judge)
        for a, b in zip(quick.official, slow.official, strict=True):
            assert (a is None) is (b is None)
            assert abs((a or 0) - (b or 0)) <= CLOSE.get(method, 1 if method is By.Z_SCORE else 0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", ["equal", "exact", "constant", "two judges", "one judge"])
def test_what_is_refused_is_refused(tmp_path: Path, method: By, case: str) -> None:
    pairs = [
        (f"e{e}", f"j{j}") for e in range(6) for j in range({"two judges": 2, "one judge": 1}.get(case, 4))
    ]
    marks = {
        "equal": lambda _e, _j: 5,
        "exact": lambda e, j: 3 + int(e[1]) * 0.5 + int(j[1]) * 0.25,
        "constant": lambda e, j: 5 if j == "j0" else 3 + (int(e[1]) * 7 + int(j[1]) * 3) % 5,
        "two judges": lambda e, j: 3 + (int(e[1]) * 7 + int(j[1]) * 3) % 5,
        "one judge": lambda e, _j: int(e[1]),
    }[case]
    rows = [(e, j, marks(e, j)) for e, j in pairs]
    ballot = read_ballot(written(tmp_path / "a.csv", rows))
    others = LeaveOut(ballot, method, fit_all(ballot, method), (1,))
    for judge in range(len(ballot.judges) if len(ballot.judges) > 1 else 0):
        quick, slow = others.without(judge), slowly(ballot, method, (1,), judge)
        for a, b in zip(quick.official, slow.official, strict=True):
            assert (a is None) is (b is None)
            assert abs((a or 0) - (b or 0)) <= CLOSE.get(method, 1)
