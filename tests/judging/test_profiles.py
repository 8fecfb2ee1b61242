import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.calibration import calibrate
from judging.patterns import covariate_slope, halo, order_drift, own_country_lift
from judging.profiles import judge_profiles
from judging.residuals import additive_fit, unusual_sheets
from tests.judging.juries import jury


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_residuals_and_their_errors_are_those_of_the_hat_matrix(seed: int) -> None:
    j = jury(seed, entries=12, judges=5)
    w = np.random.default_rng(seed).choice([1.0, 2.0, 4.0], len(j.entry))
    fit = additive_fit(j.entry, j.judge, j.milli / 1000, weights=w)
    x = np.hstack([np.eye(12)[j.entry], np.eye(5)[j.judge]]) * np.sqrt(w)[:, None]
    hat = x @ np.linalg.pinv(x)
    np.testing.assert_allclose(fit.expected, (1 - np.diag(hat)) / w, atol=1e-8)
    y = np.sqrt(w) * j.milli / 1000
    np.testing.assert_allclose(fit.residual * np.sqrt(w), y - hat @ y, atol=1e-8)
    assert fit.dof == len(y) - np.linalg.matrix_rank(x)
    other = np.random.default_rng(seed).normal(size=len(y))
    np.testing.assert_allclose(
        fit.left_of(other) * np.sqrt(w), (np.eye(len(y)) - hat) @ (np.sqrt(w) * other), atol=1e-8
    )


def test_a_wild_sheet_is_found_and_no_other() -> None:
    j = jury(3, entries=40, judges=8, reads=6, noise=0.4)
    milli = j.milli.copy()
    milli[17] += 4000
    found = unusual_sheets(additive_fit(j.entry, j.judge, milli / 1000))
    assert [sheet.row for sheet in found] == [17]
    assert found[0].residual > 0
    assert (found[0].entry, found[0].judge) == (j.entry[17], j.judge[17])
    assert found[0].chance < 0.001


def test_the_ratio_of_a_sheet_is_that_of_a_term_for_it_alone() -> None:
    j = jury(4, entries=12, judges=5)
    fit = additive_fit(j.entry, j.judge, j.milli / 1000)
    alone = np.zeros(len(j.entry))
    top = unusual_sheets(fit, chance=1.0)
    row = top[0].row if top else 0
    alone[row] = 1.0
    slope = covariate_slope(fit, alone)
    if top:
        assert top[0].ratio == pytest.approx(slope.value / slope.error)


def test_unusual_sheets_are_rare_without_a_cause() -> None:
    rounds = 200
    hits = sum(
        bool(
            unusual_sheets(
                additive_fit(j.entry, j.judge, j.quality[j.entry] + rng.normal(0, 1, len(j.entry)))
            )
        )
        for j, rng in ((jury(seed), np.random.default_rng(seed)) for seed in range(rounds))
    )
    assert hits <= 0.05 * rounds + 3 * math.sqrt(0.05 * 0.95 * rounds)


def test_profiles() -> None:
    j = jury(2, entries=60, judges=6, reads=3)
    rng = np.random.default_rng(2)
    y = (
        j.quality[j.entry]
        + j.leniency[j.judge]
        + rng.normal(0, 1, len(j.entry)) * np.where(j.judge == 4, 2.5, 0.5)
    )
    c = calibrate(j.entry, j.judge, y, entries=60, judges=6)
    profiles, _ = judge_profiles(c, y)
    assert [p.judge for p in profiles] == list(range(6))
    for p in profiles:
        assert p.infit == pytest.approx(c.fit[p.judge])
        assert p.strictness.value == c.severity[p.judge]
        for interval in (p.strictness, p.spread, p.noise):
            assert interval.low < interval.value < interval.high
        assert p.sheets == np.sum(j.judge == p.judge)
    assert max(profiles, key=lambda p: p.infit).judge == 4
    assert max(profiles, key=lambda p: p.outfit).judge == 4
    assert profiles[4].noise.low > max(p.noise.high for p in profiles if p.judge != 4)
    # Infit over all judges, weighted by what is expected, is 1 by construction.
    fit = additive_fit(j.entry, j.judge, y)
    weight = np.bincount(j.judge, fit.expected)
    assert float(np.sum(weight * c.fit) / weight.sum()) == pytest.approx(1.0)


def test_profiles_where_all_is_refused() -> None:
    c = calibrate([0, 1, 2], [0, 0, 0], [5.0, 6.0, 7.0])
    (profile,), unusual = judge_profiles(c, [5.0, 6.0, 7.0])
    assert np.isnan([profile.strictness.low, profile.infit, profile.outfit, profile.noise.value]).all()
    assert profile.spread.value == 1.0
    assert unusual == ()


def test_a_slope_is_that_of_the_whole_design() -> None:
    j = jury(8, entries=15, judges=6)
    y, x = j.milli / 1000, np.random.default_rng(8).normal(size=len(j.entry))
    design = np.hstack([np.eye(15)[j.entry], np.eye(6)[j.judge], x[:, None]])
    solution, *_ = np.linalg.lstsq(design, y, rcond=None)
    slope = covariate_slope(additive_fit(j.entry, j.judge, y), x)
    assert slope.value == pytest.approx(solution[-1], abs=1e-9)
    dof = len(y) - np.linalg.matrix_rank(design)
    s2 = float(np.sum((y - design @ solution) ** 2)) / dof
    assert slope.error == pytest.approx(math.sqrt(s2 * np.linalg.pinv(design.T @ design)[-1, -1]), rel=1e-8)
    assert slope.dof == dof


def test_own_country_lift_is_found_and_so_is_who_gives_it() -> None:
    j = jury(9, entries=80, judges=8, noise=0.4)
    rng = np.random.default_rng(9)
    own = rng.random(len(j.entry)) < 0.15
    y = j.milli / 1000 + 1.5 * (own & (j.judge == 2))
    found = own_country_lift(j.entry, j.judge, y, own)
    by_judge = dict(found.judges)
    assert by_judge[2].low < 1.5 < by_judge[2].high
    assert by_judge[2].chance < 1e-4
    assert min(by_judge, key=lambda judge: by_judge[judge].chance) == 2
    assert found.everybody.sheets == own.sum()
    assert own_country_lift(j.entry, j.judge, y, np.zeros(len(y), dtype=bool)).judges == ()


def test_a_country_that_an_entry_shares_with_all_its_judges_tells_nothing() -> None:
    j = jury(10)
    found = own_country_lift(j.entry, j.judge, j.milli / 1000, j.entry == 3)
    assert math.isnan(found.everybody.value)


def test_drift_is_found() -> None:
    j = jury(11, entries=80, judges=8, noise=0.4)
    rng = np.random.default_rng(11)
    position = rng.permutation(len(j.entry))
    share = np.zeros(len(j.entry))
    for judge in range(8):
        rows = np.flatnonzero(j.judge == judge)
        share[rows] = np.argsort(np.argsort(position[rows])) / (len(rows) - 1)
    found = order_drift(j.entry, j.judge, j.milli / 1000 - 0.8 * share, position)
    assert found.everybody.low < -0.8 < found.everybody.high
    assert found.everybody.chance < 1e-6
    assert len(found.judges) == 8
    # Only the order counts: any clock tells the same.
    again = order_drift(j.entry, j.judge, j.milli / 1000 - 0.8 * share, position * 60.0 + 3)
    assert again == found


def test_halo() -> None:
    rng = np.random.default_rng(12)
    shape = (40, 6)
    entry, judge = (index.ravel() for index in np.indices(shape))
    glow = rng.normal(0, 1, len(entry)) * (judge == 3)
    tables = [
        rng.normal(0, 1, 40)[entry] + rng.normal(0, 1, 6)[judge] + glow + rng.normal(0, 0.5, len(entry))
        for _ in range(3)
    ]
    fits = [additive_fit(entry, judge, y) for y in tables]
    overall, judges = halo(fits)
    by_judge = {one.judge: one for one in judges}
    assert by_judge[3].correlation > 0.5
    assert by_judge[3].chance < 1e-3
    assert all(abs(one.correlation) < 0.5 for number, one in by_judge.items() if number != 3)
    assert 0 < overall < by_judge[3].correlation
    assert math.isnan(by_judge[0].flat)
    marks = rng.integers(0, 5, (3, len(entry)))
    marks[:, judge == 1] = marks[0, judge == 1]
    _, judges = halo(fits, shares=(marks / 4).tolist())
    assert judges[1].flat == 1.0
    assert judges[0].flat < 0.3


def test_halo_needs_two_criteria() -> None:
    j = jury(1)
    overall, judges = halo([additive_fit(j.entry, j.judge, j.milli / 1000)])
    assert math.isnan(overall)
    assert judges == ()
