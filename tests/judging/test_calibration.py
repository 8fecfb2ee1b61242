from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.calibration import Calibration, Model, calibrate
from judging.parts import Fit
from tests.judging.juries import Jury, dense, jury

SEEDS = st.integers(0, 2**32 - 1)


def fitted(j: Jury, **options: object) -> Calibration:
    return calibrate(j.entry, j.judge, j.milli, entries=j.entries, judges=j.judges, **options)


def codes(calibration: Calibration) -> set[str]:
    return {notice.code for notice in calibration.notices}


@pytest.mark.parametrize("seed", range(8))
def test_everything_agrees_with_the_dense_formulas(seed: int) -> None:
    j = jury(seed, entries=15 + 5 * seed, judges=6 + seed)
    c = fitted(j)
    part = c.parts[0]
    assert part.ratio is not None
    d = dense(j, float(part.ratio))
    np.testing.assert_allclose(c.estimate, d.estimate, rtol=0, atol=1e-11)
    np.testing.assert_allclose(c.severity, -d.effects, rtol=0, atol=1e-11)
    np.testing.assert_allclose(c.covariance.dense(), d.covariance, rtol=0, atol=1e-11)
    np.testing.assert_allclose(c.se**2, np.diag(d.covariance), rtol=0, atol=1e-11)
    np.testing.assert_allclose(c.severity_se**2, np.diag(d.effects_covariance), rtol=0, atol=1e-11)
    assert part.residual_variance == pytest.approx(d.residual_variance, rel=1e-11)
    assert part.log_likelihood == pytest.approx(d.log_likelihood, rel=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_no_other_ratio_is_likelier(seed: int) -> None:
    j = jury(seed, severity=0.4)
    part = fitted(j).parts[0]
    ratios = np.geomspace(1e-3, 1e7, 400)
    best = max(dense(j, float(ratio)).log_likelihood for ratio in ratios)
    assert part.log_likelihood is not None
    assert part.log_likelihood > best - 1e-9
    if part.ratio is not None:
        here = float(part.ratio)
        assert dense(j, here * 1.001).log_likelihood < part.log_likelihood
        assert dense(j, here * 0.999).log_likelihood < part.log_likelihood


@pytest.mark.parametrize("seed", range(5))
def test_weights_agree_with_the_dense_formulas(seed: int) -> None:
    j = jury(seed)
    weights = np.random.default_rng(seed).choice([1, 2, 4], len(j.entry))
    c = fitted(j, weights=weights)
    assert c.parts[0].ratio is not None
    d = dense(j, float(c.parts[0].ratio), weights.astype(float))
    np.testing.assert_allclose(c.estimate, d.estimate, rtol=0, atol=1e-11)
    np.testing.assert_allclose(c.covariance.dense(), d.covariance, rtol=0, atol=1e-11)
    # log|V| of the dense formula holds the sum of log w that the eliminated one writes apart.
    assert c.parts[0].log_likelihood == pytest.approx(d.log_likelihood, rel=1e-11)


def test_least_squares_agrees_with_lstsq_on_the_full_design() -> None:
    j = jury(11, entries=30, judges=8)
    c = fitted(j, model=Model.LEAST_SQUARES)
    n = len(j.entry)
    level = np.bincount(j.judge, minlength=j.judges) / n
    design = np.hstack([np.eye(j.entries)[j.entry], np.eye(j.judges)[j.judge]])
    fixed = np.vstack([design, np.concatenate([np.zeros(j.entries), level])[None, :]])
    solution = np.linalg.lstsq(fixed, np.append(j.milli / 1000, 0.0), rcond=None)[0]
    np.testing.assert_allclose(c.estimate, solution[: j.entries], rtol=0, atol=1e-10)
    np.testing.assert_allclose(-c.severity, solution[j.entries :], rtol=0, atol=1e-10)
    rss = np.sum((j.milli / 1000 - design @ solution) ** 2)
    s2 = rss / (n - j.entries - j.judges + 1)
    assert c.parts[0].residual_variance == pytest.approx(s2, rel=1e-10)
    # Standard errors of the estimable differences, by the pseudo-inverse of the whole design.
    covariance = s2 * np.linalg.pinv(design.T @ design)[: j.entries, : j.entries]
    ours = c.covariance.dense()
    for a, b in [(0, 1), (3, 17), (28, 29)]:
        wanted = covariance[a, a] + covariance[b, b] - 2 * covariance[a, b]
        assert ours[a, a] + ours[b, b] - 2 * ours[a, b] == pytest.approx(wanted, rel=1e-8)
    assert c.official is not None
    np.testing.assert_allclose(np.array(c.official, dtype=float) / 1e6, c.estimate, rtol=0, atol=5.1e-7)


def test_a_small_ratio_comes_near_least_squares_and_a_large_one_near_the_mean() -> None:
    j = jury(4)
    free = fitted(j, model=Model.LEAST_SQUARES)
    near = fitted(j, ratios=[Fraction(1, 10**7)])
    contrast = (near.estimate - near.estimate[0]) - (free.estimate - free.estimate[0])
    np.testing.assert_allclose(contrast, 0, atol=1e-5)
    far = fitted(j, ratios=[Fraction(10**8)])
    np.testing.assert_allclose(far.estimate, far.raw, atol=1e-6)
    none = fitted(j, ratios=[None])
    assert none.official == none.official_raw


@settings(max_examples=25)
@given(SEEDS)
def test_official_numbers_are_the_floats_rounded(seed: int) -> None:
    c = fitted(jury(seed))
    assert c.official is not None
    for whole, value in zip(c.official, c.estimate.tolist(), strict=True):
        assert whole is not None
        assert abs(whole - value * 1e6) <= 0.5 + 1e-3


@settings(max_examples=25)
@given(SEEDS)
def test_order_and_names_change_nothing(seed: int) -> None:
    j = jury(seed)
    c = fitted(j)
    rng = np.random.default_rng(seed)
    rows, to_e, to_j = rng.permutation(len(j.entry)), rng.permutation(j.entries), rng.permutation(j.judges)
    other = calibrate(
        to_e[j.entry[rows]], to_j[j.judge[rows]], j.milli[rows], entries=j.entries, judges=j.judges
    )
    np.testing.assert_allclose(other.estimate[to_e], c.estimate, atol=1e-9)
    assert other.official is not None
    assert tuple(other.official[int(i)] for i in to_e) == c.official


@settings(max_examples=25)
@given(SEEDS, st.integers(-5, 5), st.integers(1, 4))
def test_an_affine_change_of_all_scores_changes_the_estimates_alike(
    seed: int, shift: int, factor: int
) -> None:
    j = jury(seed)
    c = fitted(j)
    moved = calibrate(j.entry, j.judge, j.milli * factor + shift * 1000, entries=j.entries, judges=j.judges)
    np.testing.assert_allclose(moved.estimate, c.estimate * factor + shift, atol=1e-8)
    np.testing.assert_allclose(moved.severity, c.severity * factor, atol=1e-8)
    assert moved.parts[0].ratio == c.parts[0].ratio


@settings(max_examples=25)
@given(SEEDS, st.integers(-8, 8))
def test_a_constant_for_one_judge_changes_no_contrast_of_least_squares(seed: int, steps: int) -> None:
    j = jury(seed)
    c = fitted(j, model=Model.LEAST_SQUARES)
    moved = calibrate(
        j.entry, j.judge, j.milli + 250 * steps * (j.judge == 2), entries=j.entries, judges=j.judges,
        model=Model.LEAST_SQUARES,
    )  # fmt: skip
    np.testing.assert_allclose(np.diff(moved.estimate), np.diff(c.estimate), atol=1e-9)


@settings(max_examples=15)
@given(SEEDS)
def test_a_disconnected_union_equals_its_parts(seed: int) -> None:
    one, two = jury(seed), jury(seed + 1, entries=12, judges=5)
    both = calibrate(
        np.concatenate([one.entry, two.entry + one.entries]),
        np.concatenate([one.judge, two.judge + one.judges]),
        np.concatenate([one.milli, two.milli]),
    )
    a, b = fitted(one), fitted(two)
    assert both.official == (*(a.official or ()), *(b.official or ()))
    np.testing.assert_allclose(both.se, np.concatenate([a.se, b.se]), atol=1e-12)
    assert "disconnected" in codes(both)
    assert len(both.parts) == len(a.parts) + len(b.parts)


def test_severity_is_positive_for_the_strict_judge_and_finds_the_truth() -> None:
    j = jury(5, entries=200, judges=10, reads=4)
    c = fitted(j)
    assert np.corrcoef(c.severity, -j.leniency)[0, 1] > 0.97
    assert np.corrcoef(c.estimate, j.quality)[0, 1] > np.corrcoef(c.raw, j.quality)[0, 1]
    assert float(np.abs(c.severity.sum())) < 1e-9


def test_floats_give_the_same_estimates_and_no_official_numbers() -> None:
    j = jury(6)
    c = calibrate(j.entry, j.judge, j.milli / 1000)
    np.testing.assert_allclose(c.estimate, fitted(j).estimate, atol=1e-12)
    assert c.official is None


# Refusals and edge cases: each is a result with a sentence.


def test_all_equal() -> None:
    c = calibrate([0, 0, 1, 1], [0, 1, 0, 1], [5000] * 4)
    assert c.parts[0].fit is Fit.ALL_EQUAL
    assert c.official == (5_000_000, 5_000_000)
    assert np.isnan(c.se).all()
    assert "all-equal" in codes(c)


def test_one_judge() -> None:
    c = calibrate([0, 1, 2], [0, 0, 0], [5000, 6000, 7000])
    assert c.parts[0].fit is Fit.ONE_JUDGE
    assert c.official == (5_000_000, 6_000_000, 7_000_000)
    assert np.isnan(c.severity).all()
    assert "one-judge" in codes(c)


def test_no_residual_degrees_of_freedom() -> None:
    c = calibrate([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [1000, 2000, 3000, 5000, 4000])
    assert c.parts[0].fit is Fit.NO_FREEDOM
    assert c.parts[0].dof == 0
    assert c.official == c.official_raw
    assert np.isnan(c.se).all()


def test_an_exact_fit_is_solved_by_least_squares_without_errors() -> None:
    entry, judge = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    keep = np.arange(12) != 5
    milli = 1000 * (entry + 1) + 250 * judge
    c = calibrate(entry[keep], judge[keep], milli[keep])
    assert c.parts[0].fit is Fit.EXACT
    assert "exact-fit" in codes(c)
    assert np.isnan(c.se).all()
    assert c.official is not None
    assert [b - a for a, b in zip(c.official, c.official[1:], strict=False) if a and b] == [1_000_000] * 3


def test_no_severity_is_a_result() -> None:
    j = jury(3, severity=0.0, noise=1.5)
    c = fitted(j)
    assert c.parts[0].ratio is None
    assert c.parts[0].judge_variance == 0.0
    assert c.official == c.official_raw
    assert "no-judge-variance" in codes(c)
    assert np.isfinite(c.se).all()


def test_a_full_panel_keeps_its_means_and_says_so() -> None:
    rng = np.random.default_rng(1)
    entry, judge = np.repeat(np.arange(10), 5), np.tile(np.arange(5), 10)
    c = calibrate(entry, judge, rng.integers(0, 40, 50) * 250)
    assert c.official == c.official_raw
    assert "balanced" in codes(c)


def test_few_judges_few_scores_constant_judges_and_bridges_are_named() -> None:
    j = jury(1, judges=3, reads=2)
    assert "few-judges" in codes(fitted(j))
    j = jury(2)
    constant = calibrate(j.entry, j.judge, np.where(j.judge == 4, 5000, j.milli))
    assert [n.judges for n in constant.notices if n.code == "constant-judge"] == [(4,)]
    # Two full panels that only entry 0, read by judges 0 and 3, holds together.
    entry, judge = np.repeat(np.arange(8), 3), np.concatenate([np.tile([0, 1, 2], 4), np.tile([3, 4, 5], 4)])
    milli = np.random.default_rng(0).integers(0, 40, 24) * 250
    linked = calibrate(np.append(entry, 0), np.append(judge, 3), np.append(milli, 4000))
    weak = [n for n in linked.notices if n.code == "weak-link"]
    assert weak[0].entries == (0,)
    assert weak[0].judges == (3,)
    lonely = calibrate([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [1000, 2000, 3000, 4000, 5500, 7000])
    assert {n.entries for n in lonely.notices if n.code == "few-scores"} >= {(2,)}


def test_severity_that_follows_quality_is_named() -> None:
    rng = np.random.default_rng(3)
    entries, judges = 80, 10
    quality = np.sort(rng.normal(5, 1, entries))
    pairs = [
        (e, j)
        for e in range(entries)
        for j in {min(max(round(e / entries * judges + d), 0), judges - 1) for d in (-1, 0, 1)}
    ]
    entry, judge = (np.array(column) for column in zip(*pairs, strict=True))
    scores = quality[entry] - 0.2 * judge + rng.normal(0, 0.2, len(entry))
    c = calibrate(entry, judge, np.round(scores * 100).astype(int) * 10)
    found = [n for n in c.notices if n.code == "severity-follows-quality"]
    assert len(found) == 1
    assert "stricter" in found[0].sentence


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([0, 0], [0, 0], [1, 2]), "rows 0 and 1"),
        (([0, 1], [0, 0], [1.0, float("nan")]), "row 1 is not finite"),
        (([0, 1], [0, 0], ["a", "b"]), "integers"),
        (([0, -1], [0, 0], [1, 2]), "row 1"),
        (([0, 1], [0], [1, 2]), "one length"),
        (([0, 1], [0, 0], [1, 2, 3]), "shape"),
        (([0.5, 1], [0, 0], [1, 2]), "integers"),
    ],
)
def test_bad_input_is_named_by_row(arguments: tuple[list[int], list[int], list[int]], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        calibrate(*arguments)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_a_bad_weight_is_named_by_row(weight: float) -> None:
    with pytest.raises(ValueError, match="row 1"):
        calibrate([0, 1], [0, 0], [1, 2], weights=[1.0, weight])


def test_bad_ratios_are_refused() -> None:
    j = jury(1)
    for ratios, match in (([Fraction(0)], "positive"), ([None, None], "1 connected")):
        with pytest.raises(ValueError, match=match):
            fitted(j, ratios=ratios)


def test_an_empty_round_is_an_empty_result() -> None:
    c = calibrate([], [], [], entries=2, judges=1)
    assert c.parts == ()
    assert c.official == (None, None)
    assert np.isnan(c.estimate).all()
