"""What own marks tell: planted slips are found, honest judges are left in peace, and what cannot be known is not said."""

import csv
import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import awards
from awards.scoresheets.strip import OwnCriterion, OwnSheet
from awards.scoresheets.warnings import (
    Constant,
    Ends,
    Flat,
    Reversed,
    chance_of,
    ends_of,
    missing_on,
    reversed_scales,
    warnings_of,
)
from judging.scales import Scale

TEN = Scale(0, 1000, 10)
CODES = ("impact", "new", "reach")
THREE = tuple(OwnCriterion(code, code.title(), TEN) for code in CODES)


def sheets(*marks: Sequence[int | None]) -> list[OwnSheet]:
    return [
        OwnSheet(
            number=number,
            reference=f"E{number}",
            state="started",
            judged=frozenset(CODES),
            marks={code: mark for code, mark in zip(CODES, row, strict=True) if mark is not None},
            score=None if None in row else sum(mark or 0 for mark in row),
        )
        for number, row in enumerate(marks, 1)
    ]


def test_nothing_is_said_of_marks_that_differ() -> None:
    assert not warnings_of(THREE, sheets((7, 8, 6), (2, 3, 4), (9, 9, 8), (5, 4, 6), (1, 2, 1)))
    assert not warnings_of(THREE, [])


def test_a_flat_sheet_and_a_criterion_that_never_moves() -> None:
    found = warnings_of(THREE, sheets((6, 6, 6), (2, 9, 6), (6, 6, 6), (7, 3, 6), (4, 4, None)))
    assert found.flat == (Flat(("E1", "E3"), "6"),)
    assert found.constant == (Constant("reach", "6", 4),)
    # Three entries, or two marks to choose from, may well come out alike.
    assert not warnings_of(THREE, sheets((1, 5, 6), (2, 9, 6), (7, 3, 6))).constant
    passing = tuple(OwnCriterion(code, code, Scale(0, 1000, 1)) for code in CODES)
    assert not warnings_of(passing, sheets(*[(1, 1, 1)] * 20))
    short = tuple(OwnCriterion(code, code, Scale(0, 1000, 4)) for code in CODES)
    assert not warnings_of(short, sheets((3, 3, 3), (1, 2, 4))).flat


def test_a_criterion_that_runs_against_the_others_is_named() -> None:
    rows = [(mark, 10 - mark, mark) for mark in range(1, 9)]
    assert warnings_of(THREE, sheets(*rows)).reversed == (Reversed(("new",), 28, 28),)
    two = [("impact", 10), ("new", 10)]
    both = [{"impact": mark, "new": 10 - mark} for mark in range(1, 9)]
    # Which of two is the wrong way round nobody can tell, nor whether four entries mean it.
    assert reversed_scales(two, both) == (Reversed(("impact", "new"), 28, 28),)
    assert reversed_scales(two, both[:4]) == ()


def test_who_reads_every_scale_upside_down_is_shown_the_order_in_words() -> None:
    upright = sheets((9, 8, 9), (2, 3, 1), (5, 5, 6), (9, 8, None))
    upside = sheets((1, 2, 1), (8, 7, 9), (5, 5, 4), (1, 2, None))
    assert not warnings_of(THREE, upside)
    assert ends_of(upright) == Ends(("E1",), ("E2",))
    assert ends_of(upside) == Ends(("E2",), ("E1",))
    assert ends_of(upright[:1]) is None
    assert missing_on(upright[3]) == {"reach"}


@pytest.mark.parametrize("entries", [2, 5, 8])
def test_the_chance_is_exact(entries: int) -> None:
    pairs = entries * (entries - 1) // 2
    assert chance_of(-pairs, entries) == 1
    assert chance_of(pairs, entries) == 1 / math.factorial(entries)
    # Kendall and Gibbons, Rank Correlation Methods, appendix table 1: five in order, 8 or more of S.
    assert chance_of(8, 5) == pytest.approx(0.042, abs=5e-4)


def test_the_chance_goes_on_smoothly_where_it_is_no_longer_counted() -> None:
    assert chance_of(70, 21) == pytest.approx(chance_of(64, 20), abs=0.004)


def judges_of_2017() -> list[tuple[list[tuple[str, int]], list[dict[str, int]]]]:
    """Component marks of the European Figure Skating Championships 2017, each judge's of each round."""
    found: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    with (Path(awards.__file__).parent / "demo/skating-2017/import/marks.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            mark = round(float(row["mark"]) * 4)
            found[row["round"], row["judge"]][row["entry"]][row["criterion"]] = mark
    return [
        ([(code, 40) for code in sorted(set().union(*marks.values()))], list(marks.values()))
        for marks in found.values()
    ]


def test_real_judges_are_left_in_peace_and_a_slip_of_theirs_is_found() -> None:
    judges = judges_of_2017()
    assert len(judges) == 72
    for scales, marks in judges:
        assert reversed_scales(scales, marks) == ()
        slip = scales[0][0]
        turned: list[Mapping[str, int]] = [{**one, slip: 40 - one[slip]} for one in marks]
        assert reversed_scales(scales, turned)[0].codes == (slip,)


def test_marks_without_any_pattern_are_seldom_complained_of() -> None:
    chance = random.Random(5)
    scales = [(code, 10) for code in CODES]
    complained = sum(
        bool(reversed_scales(scales, [{code: chance.randint(0, 10) for code in CODES} for _ in range(10)]))
        for _ in range(200)
    )
    assert complained <= 10
