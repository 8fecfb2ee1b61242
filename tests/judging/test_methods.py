import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from judging.methods import WARNINGS, Plain, plain_scores
from judging.scales import Scale

SLICE = Path(__file__).parent / "data" / "skating-slice.csv"
SKATING = Scale(250, 250, 39)


def test_published_panel_scores_are_reproduced_exactly() -> None:
    """Nine marks without the highest and lowest, half up to two decimals; provenance in data/README.md."""
    with SLICE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 160
    for row in rows:
        marks = [SKATING.mark_of(cell.split(":")[1]) for cell in row["marks"].split()]
        milli = [SKATING.milli(mark) for mark in marks]
        count = len(milli)
        scores = plain_scores(
            Plain.TRIMMED, [0] * count, range(count), milli, entries=1, judges=count, decimals=2
        )  # fmt: skip
        assert scores.values == (Fraction(row["panel_score"]),), row["entry"]


def test_each_plain_method_by_hand() -> None:
    entry, judge = [0, 0, 0, 0, 1, 1, 1, 2], [0, 1, 2, 3, 0, 1, 2, 0]
    milli = [1000, 2000, 4000, 9000, 5000, 5000, 8000, 9000]

    def values(method: Plain) -> tuple[Fraction | None, ...]:
        return plain_scores(method, entry, judge, milli, entries=4, judges=4).values

    assert values(Plain.MEAN) == (4, 6, 9, None)
    assert values(Plain.MEDIAN) == (3, 5, 9, None)
    assert values(Plain.TRIMMED) == (3, 5, 9, None)
    # Judge 0: 1, 5, 9 become 1, 5, 9; judge 1: 2, 5 become 1, 9; judge 2: 4, 8 become 1, 9; judge 3 gave one mark.
    assert values(Plain.MIN_MAX) == (1, Fraction(23, 3), 9, None)


def test_z_scores_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(5)
    entry, judge = np.repeat(np.arange(8), 4), np.tile(np.arange(4), 8)
    milli = rng.integers(0, 40, 32) * 250
    y = milli / 1000
    z = np.empty(32)
    for j in range(4):
        z[judge == j] = (y[judge == j] - y[judge == j].mean()) / y[judge == j].std(ddof=1)
    wanted = [y.mean() + y.std(ddof=1) * z[entry == e].mean() for e in range(8)]
    found = plain_scores(Plain.Z_SCORE, entry, judge, milli, entries=8, judges=4)
    assert [float(value or 0) for value in found.values] == pytest.approx(wanted, abs=1e-12)
    assert found.notices == ()


def test_roots_that_cancel_leave_nothing_that_turns_a_rounding() -> None:
    """What one judge has above the mean the other has below it: 7.85 exactly, and rounded up."""
    entry, judge = np.array([0, 1, 0, 2, 2, 3]), np.array([0, 0, 1, 1, 2, 2])
    milli = np.array([7000, 11000, 8000, 2250, 6000, 12850])
    for decimals, expected in ((None, Fraction(157, 20)), (1, Fraction(79, 10))):
        found = plain_scores(Plain.Z_SCORE, entry, judge, milli, entries=4, judges=3, decimals=decimals)
        assert found.values[0] == expected


def test_constant_judges_are_left_out_and_named() -> None:
    for method in (Plain.Z_SCORE, Plain.MIN_MAX):
        found = plain_scores(
            method, [0, 1, 0, 1], [0, 0, 1, 1], [5000, 5000, 1000, 2000], entries=2, judges=2
        )
        assert [notice.judges for notice in found.notices] == [(0,)]
        assert all(value is not None for value in found.values)


def test_every_method_has_its_warning_and_bad_input_is_refused() -> None:
    assert set(WARNINGS) == set(Plain)
    with pytest.raises(ValueError, match="one length"):
        plain_scores(Plain.MEAN, [0], [0, 1], [1, 2], entries=1, judges=2)
    with pytest.raises(ValueError, match="integers"):
        plain_scores(Plain.MEAN, [0], [0], [1.5], entries=1, judges=1)
