"""Judge noise, gain and offset, ordinal marks, declared confidence."""

import numpy as np
import pytest

from judging.confidence import confidence_weights
from judging.gains import Ridge, gain_offset, likely_deviation
from judging.mixed import mixed_model
from judging.ordinal import _Fit, ordinal_model
from judging.reliability import likely_pseudo_scores, reliability_weighted
from tests.chance import times


def tau(a: np.ndarray, b: np.ndarray) -> float:
    upper = np.triu_indices(len(a), 1)
    return float(np.mean(np.sign((a[:, None] - a)[upper] * (b[:, None] - b)[upper])))


def design(rng: np.random.Generator, entries: int, judges: int, reads: int) -> tuple[np.ndarray, np.ndarray]:
    judge = np.concatenate([rng.choice(judges, reads, replace=False) for _ in range(entries)])
    return np.repeat(np.arange(entries), reads), judge


def test_confidence_is_capped_and_nobody_gains_by_declaring_high() -> None:
    judge = [0, 0, 0, 1, 1, 1]
    weights = confidence_weights(judge, [1, 2, 40, 4, 4, 4])
    assert weights[3:].tolist() == [1, 1, 1]
    assert weights[2] / weights[0] == 4
    assert weights[:3].mean() == pytest.approx(1)
    plain = confidence_weights(judge, [1, 2, 40, 4, 4, 4], normalised=False)
    assert plain.mean() == pytest.approx(1)
    assert plain.max() / plain.min() == 4
    for bad in ([1, 1, 1, 0, 1, 1], [1, 1, 1, np.nan, 1, 1]):
        with pytest.raises(ValueError, match="row 3"):
            confidence_weights(judge, bad)
    with pytest.raises(ValueError, match="cap"):
        confidence_weights(judge, np.ones(6), cap=0.5)


def test_judges_who_differ_in_noise_are_found_and_weighed() -> None:
    gains = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        entry, judge = design(rng, 60, 12, 4)
        quality, noise = rng.normal(0, 1, 60), 0.7 * np.exp(rng.normal(0, 0.5, 12))
        y = quality[entry] + rng.normal(0, 1, 12)[judge] + rng.normal(0, 1, 240) * noise[judge]
        found = reliability_weighted(entry, judge, y)
        gains.append(tau(found.estimate, quality) - tau(mixed_model(entry, judge, y).estimate, quality))
        assert not found.notices
        assert np.corrcoef(np.log(found.noise), np.log(noise))[0, 1] > 0.5
    # 0.05 in the scenario of judges' noise that varies so (500 juries).
    assert 0.03 < float(np.mean(gains)) < 0.07


def test_the_test_of_noise_keeps_its_level() -> None:
    """Judges who are alike are taken for different in no more than one jury of twenty."""
    hits, rounds = 0, times(40, drill=400)
    for seed in range(rounds):
        rng = np.random.default_rng(seed + 1000)
        entry, judge = design(rng, 60, 12, 4)
        y = rng.normal(0, 1, 60)[entry] + rng.normal(0, 1, 12)[judge] + rng.normal(0, 0.7, 240)
        hits += reliability_weighted(entry, judge, y).chance < 0.05
    assert hits <= 0.05 * rounds + 3 * (0.05 * 0.95 * rounds) ** 0.5


def test_equal_noise_weighs_all_alike_in_the_limit() -> None:
    rng = np.random.default_rng(3)
    entry, judge = design(rng, 40, 8, 3)
    y = rng.normal(0, 1, 40)[entry] + rng.normal(0, 1, 8)[judge] + rng.normal(0, 0.7, 120)
    found = reliability_weighted(entry, judge, y, pseudo_scores=1e9)
    np.testing.assert_allclose(found.estimate, mixed_model(entry, judge, y).estimate, atol=1e-4)


def test_noise_that_does_not_differ_costs_less_than_weighing_it_all_the_same() -> None:
    asked, told = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed + 2000)
        entry, judge = design(rng, 60, 12, 4)
        quality = rng.normal(0, 1, 60)
        y = quality[entry] + rng.normal(0, 1, 12)[judge] + rng.normal(0, 0.7, 240)
        mixed = tau(mixed_model(entry, judge, y).estimate, quality)
        asked.append(mixed - tau(reliability_weighted(entry, judge, y).estimate, quality))
        told.append(mixed - tau(reliability_weighted(entry, judge, y, pseudo_scores=10).estimate, quality))
    # In the long run .001 and .003 of tau.
    assert np.mean(asked) < np.mean(told)
    assert np.mean(asked) < 0.005


def test_the_marks_say_how_far_judges_are_alike_in_noise() -> None:
    rng = np.random.default_rng(7)
    entry, judge = design(rng, 4000, 200, 5)
    noise = 0.7 / np.sqrt(rng.chisquare(8, 200) / 8)
    y = rng.normal(0, 1, 4000)[entry] + rng.normal(0, 1, len(entry)) * noise[judge]
    assert likely_pseudo_scores(entry, judge, y) == pytest.approx(8, rel=0.35)
    alike = rng.normal(0, 1, 4000)[entry] + rng.normal(0, 0.7, len(entry))
    assert likely_pseudo_scores(entry, judge, alike) > 100
    two = judge < 2
    assert likely_pseudo_scores(entry[two], judge[two], y[two]) == float("inf")


def test_gains_are_found_where_judges_use_more_or_less_of_the_scale() -> None:
    better = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        entry, judge = design(rng, 60, 12, 4)
        quality, gain = rng.normal(0, 1, 60), np.exp(rng.normal(0, 0.3, 12))
        y = 5 + gain[judge] * quality[entry] + rng.normal(0, 1, 12)[judge] + rng.normal(0, 0.5, 240)
        found = gain_offset(entry, judge, y)
        better.append(tau(found.estimate, quality) - tau(mixed_model(entry, judge, y).estimate, quality))
        assert np.corrcoef(found.gain, gain)[0, 1] > 0.3
        assert not found.notices
    assert float(np.mean(better)) > 0.005


def test_the_marks_say_how_far_gains_differ() -> None:
    rng = np.random.default_rng(11)
    entry, judge = design(rng, 3000, 150, 5)
    quality, gain = rng.normal(0, 1, 3000), 1 + rng.normal(0, 0.2, 150)
    loud = np.exp(rng.normal(0, 0.5, 150))
    for noise in (0.6 * loud, np.full(150, 0.6)):
        off = rng.normal(0, 1, 150)[judge] + noise[judge] * rng.normal(0, 1, len(entry))
        assert likely_deviation(entry, judge, gain[judge] * quality[entry] + off) == pytest.approx(
            0.2, rel=0.25
        )
        # Judges who differ in noise alone are not taken to differ in spread.
        assert likely_deviation(entry, judge, quality[entry] + off) < 0.06
    two = judge < 2
    assert likely_deviation(entry[two], judge[two], off[two]) == 0.0


def test_gains_that_cannot_be_told_from_one_leave_the_mixed_model() -> None:
    rng = np.random.default_rng(12)
    entry, judge = design(rng, 40, 8, 4)
    y = rng.normal(0, 1, 40)[entry] + rng.normal(0, 1, 8)[judge] + rng.normal(0, 0.7, 160)
    assert likely_deviation(entry, judge, y) == 0.0
    found, mixed = gain_offset(entry, judge, y), mixed_model(entry, judge, y)
    assert (found.estimate == mixed.estimate).all()
    assert (found.gain == 1).all()
    assert np.isnan(found.gain_se).all()


def test_gains_rest_where_the_penalised_sum_of_squares_is_lowest() -> None:
    rng = np.random.default_rng(7)
    entry, judge = design(rng, 30, 6, 3)
    y = rng.normal(5, 1, 30)[entry] + rng.normal(0, 1, 6)[judge] + rng.normal(0, 0.5, 90)
    ridge = Ridge(mixed_model(entry, judge, y).parts[0], entry, judge, y, 0.25)
    best, settled = ridge.lowest(ridge.point(0.0, np.zeros(30), np.zeros(6), np.ones(6)))
    assert settled
    np.testing.assert_allclose(
        best.level + best.quality, gain_offset(entry, judge, y, deviation=0.25).estimate, atol=1e-6
    )
    # The slope of the cost is 0 in every direction.
    for number in range(43):
        step = np.zeros(43)
        step[number] = 1e-5
        up, down = (
            ridge.point(
                best.level + sign * step[0],
                best.quality + sign * step[1:31],
                best.offset + sign * step[31:37],
                best.gain + sign * step[37:],
            ).cost
            for sign in (1, -1)
        )
        assert up + down > 2 * best.cost
        assert (up - down) / 2e-5 == pytest.approx(0.0, abs=1e-5)


def test_errors_of_gains_are_those_of_the_whole_matrix() -> None:
    rng = np.random.default_rng(8)
    entry, judge = design(rng, 30, 6, 4)
    y = rng.normal(5, 1, 30)[entry] * np.exp(rng.normal(0, 0.2, 6))[judge] + rng.normal(0, 0.4, 120)
    found = gain_offset(entry, judge, y, deviation=0.25)
    (part,) = mixed_model(entry, judge, y).parts
    s2 = part.residual_variance or 0.0
    level = found.estimate - part.level
    ridge = Ridge(part, entry, judge, y, 0.25)
    best, _ = ridge.lowest(ridge.point(part.level, level, -found.severity, found.gain))
    # Level, qualities, offsets, gains, nothing eliminated.
    x = np.zeros((120, 43))
    rows = np.arange(120)
    x[:, 0], x[rows, 1 + entry] = 1.0, best.gain[judge]
    x[rows, 31 + judge], x[rows, 37 + judge] = 1.0, best.quality[entry]
    pull = np.concatenate(
        [[0.0], np.full(30, ridge.pull_q), np.full(6, ridge.pull_a), np.full(6, ridge.pull_g)]
    )
    covariance = s2 * np.linalg.inv(x.T @ x + np.diag(pull))
    pick = np.hstack([np.ones((30, 1)), np.eye(30)])
    np.testing.assert_allclose(found.se**2, np.diag(pick @ covariance[:31, :31] @ pick.T), rtol=1e-6)
    np.testing.assert_allclose(found.severity_se**2, np.diag(covariance)[31:37], rtol=1e-6)
    np.testing.assert_allclose(found.gain_se**2, np.diag(covariance)[37:], rtol=1e-6)


def test_errors_of_gains_cover_the_truth() -> None:
    inside = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        entry, judge = design(rng, 60, 12, 4)
        quality, gain = 5 + rng.normal(0, 1, 60), 1 + rng.normal(0, 0.25, 12)
        offset = rng.normal(0, 1, 12)
        y = 5 + offset[judge] + gain[judge] * (quality[entry] - 5) + rng.normal(0, 0.5, 240)
        found = gain_offset(entry, judge, y)
        # Differences, since the level takes the judges' mean with it.
        error = (found.estimate - found.estimate.mean()) - (quality - quality.mean())
        inside.append(np.abs(error) < 1.645 * found.se)
    assert 0.86 < float(np.mean(inside)) < 0.97


def ordinal_jury(
    seed: int, points: int = 5
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    entry, judge = design(rng, 80, 10, 5)
    quality, leniency = rng.normal(0, 1.5, 80), rng.normal(0, 1, 10)
    latent = quality[entry] + leniency[judge] + rng.logistic(0, 1, 400)
    cuts = np.linspace(-2, 2.5, points - 1)
    return entry, judge, np.searchsorted(cuts, latent), quality, leniency


@pytest.mark.parametrize("points", [2, 3, 5])
def test_ordinal_slope_and_curvature_are_derivatives(points: int) -> None:
    entry, judge, marks, *_ = ordinal_jury(1, points)
    fit = _Fit(
        entry[:60],
        judge[:60],
        np.unique(marks[:60], return_inverse=True)[1],
        12,
        10,
        len(np.unique(marks[:60])),
    )
    rng = np.random.default_rng(0)
    at = fit.parameters + rng.normal(0, 0.1, len(fit.parameters))
    at[fit.size :] = np.sort(at[fit.size :])
    _, slope, curvature = fit._at(at)
    for number in range(len(at)):
        step = np.zeros(len(at))
        step[number] = 1e-5
        up, down = fit._at(at + step), fit._at(at - step)
        assert slope[number] == pytest.approx((up[0] - down[0]) / 2e-5, abs=1e-5)
        np.testing.assert_allclose(curvature[number], -(up[1] - down[1]) / 2e-5, atol=1e-4)


def test_ordinal_marks_find_quality_and_severity() -> None:
    found_tau, beaten = [], []
    for seed in range(8):
        entry, judge, marks, quality, leniency = ordinal_jury(seed)
        found = ordinal_model(entry, judge, marks)
        assert not found.notices
        found_tau.append(tau(found.quality, quality))
        assert np.corrcoef(found.severity, -leniency)[0, 1] > 0.8
        assert np.all(np.diff(found.thresholds[0]) > 0)
        assert tau(found.estimate, found.quality) == pytest.approx(1.0, abs=1e-3)
        assert 0 <= found.estimate.min() <= found.estimate.max() <= 4
        assert found.entry_variance[0]
        assert 0.8 < found.entry_variance[0] < 4.5
        assert found.se.min() > 0
        linear = mixed_model(entry, judge, marks.astype(float))
        beaten.append(found_tau[-1] - tau(linear.estimate, quality))
    # The points are nearly equally far apart here, so the linear model is nearly right.
    assert abs(np.mean(beaten)) < 0.02
    assert np.mean(found_tau) > 0.6


def test_ordinal_reverses_with_the_scale() -> None:
    entry, judge, marks, *_ = ordinal_jury(2)
    one, two = ordinal_model(entry, judge, marks), ordinal_model(entry, judge, 4 - marks)
    np.testing.assert_allclose(one.quality, -two.quality, atol=1e-3)
    np.testing.assert_allclose(one.severity, -two.severity, atol=1e-3)


def test_ordinal_refuses_long_scales_and_says_so() -> None:
    with pytest.raises(ValueError, match="for 5 or fewer"):
        ordinal_model(np.arange(6), np.zeros(6, dtype=int), np.arange(6))
    assert ordinal_model([0, 1], [0, 1], [3, 3]).notices[0].code == "all-equal"
