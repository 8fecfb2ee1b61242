"""A judge left out by the formulas of a score taken away, against a calibration of what is left."""

import numpy as np
import pytest

from judging.calibration import calibrate
from judging.large import calibrate_large
from judging.leaving import CalibratedLeaving, Links
from judging.leaving_models import GainLeaving, MixedLeaving, ReliabilityLeaving
from tests.databases import DRILL
from tests.judging.juries import jury

SHAPES = [
    (40, 9, 4, 0.7),
    (40, 9, 4, 0.0),
    (30, 12, 9, 0.5),
    (150, 80, 3, 0.5),
    (150, 80, 3, 0.0),
    (140, 75, 4, 2.0),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("weighed", [False, True])
def test_the_ratio_is_found_anew_and_estimates_are_those_of_the_others(
    shape: tuple[int, int, int, float], weighed: bool
) -> None:
    entries, judges, reads, severity = shape
    made = jury(2, entries, judges, reads, severity)
    assert len(np.unique(made.judge)) == judges
    draw = np.random.default_rng(1)
    weights = draw.choice((0.5, 1.0, 2.0), len(made.entry)) if weighed else np.ones(len(made.entry))
    left = CalibratedLeaving(made.entry, made.judge, made.milli / 1000, weights, entries, judges)
    short = 0
    asked = range(0, judges, 1 if DRILL else max(1, judges // 12))
    for judge in asked:
        kept = made.judge != judge
        found = left.without(judge)
        if found is None:
            continue
        short += 1
        wanted = calibrate_large(
            made.entry[kept],
            made.judge[kept],
            made.milli[kept] / 1000,
            weights=weights[kept],
            entries=entries,
            judges=judges,
            errors=False,
        ).estimate
        np.testing.assert_allclose(found, wanted, atol=1e-8)
    assert short > len(asked) / 2


@pytest.mark.parametrize("model", [CalibratedLeaving, MixedLeaving, ReliabilityLeaving, GainLeaving])
def test_what_falls_apart_is_not_taken_for_one(
    model: type[CalibratedLeaving] | type[MixedLeaving],
) -> None:
    one, other = jury(1, 12, 5), jury(2, 12, 5)
    entry = np.concatenate([one.entry, other.entry + 12, [0, 12]])
    judge = np.concatenate([one.judge, other.judge + 5, [10, 10]])
    values = np.concatenate([one.milli, other.milli, [5000, 6000]]) / 1000
    left = model(entry, judge, values, np.ones(len(entry)), 24, 11)
    assert left.without(10) is None
    assert left.without(0) is not None


def test_nothing_is_left_of_an_entry_that_nobody_else_read() -> None:
    made = jury(3, 20, 6, 3)
    entry, judge = np.append(made.entry, 20), np.append(made.judge, 2)
    milli = np.append(made.milli, 4000)
    left = CalibratedLeaving(entry, judge, milli / 1000, np.ones(len(entry)), 21, 6)
    found = left.without(2)
    assert found is not None
    assert np.flatnonzero(np.isnan(found)).tolist() == [20]
    kept = judge != 2
    wanted = calibrate(entry[kept], judge[kept], milli[kept], entries=21, judges=6).estimate
    np.testing.assert_allclose(found[:20], wanted[:20], atol=1e-5)


def test_links_of_a_chain() -> None:
    table = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=np.float64)
    assert [Links(table).holds(judge) for judge in range(4)] == [True, False, False, True]
    assert Links(np.ones((3, 2))).holds(0)
    assert not Links(np.ones((3, 1))).holds(0)
