import math

import numpy as np
import pytest

from judging import Model, calibrate
from judging.crossed import Crossed
from judging.factored import crossing
from judging.large import Solver, calibrate_large
from judging.linkage import concurrence
from tests.judging.juries import Jury, jury

SHAPES = [(40, 9), (9, 40), (60, 60), (200, 12), (12, 200)]


def sheets(seed: int, entries: int, judges: int) -> tuple[Jury, np.ndarray, np.ndarray]:
    reads = min(judges, max(4, 4 * judges // entries))
    j = jury(seed, entries=entries, judges=judges, reads=reads)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(j.entry))
    shuffled = Jury(j.entry[rows], j.judge[rows], j.milli[rows], entries, judges, j.quality, j.leniency)
    return shuffled, shuffled.milli / 1000, rng.choice([1.0, 2.0, 4.0], len(rows))


@pytest.mark.parametrize(("entries", "judges"), SHAPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_least_squares_is_the_same(entries: int, judges: int, weighted: bool) -> None:
    j, y, w = sheets(entries, entries, judges)
    w = w if weighted else np.ones(len(w))
    size = {"entries": entries, "judges": judges}
    ours = calibrate_large(j.entry, j.judge, y, weights=w, model=Model.LEAST_SQUARES, **size)
    theirs = calibrate(j.entry, j.judge, y, weights=w, model=Model.LEAST_SQUARES, **size)
    np.testing.assert_allclose(ours.estimate, theirs.estimate, atol=1e-9)
    np.testing.assert_allclose(ours.severity, theirs.severity, atol=1e-9)
    np.testing.assert_allclose(ours.raw, theirs.raw, atol=1e-12)
    for a, b in zip(ours.parts, theirs.parts, strict=True):
        assert a.residual_variance == pytest.approx(b.residual_variance, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("entries", "judges"), SHAPES)
@pytest.mark.parametrize("spectrum", [0, 300])
def test_factoring_a_side_gives_the_calibration(
    entries: int, judges: int, seed: int, spectrum: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.sized.SPECTRUM_UP_TO", spectrum)
    j, y, w = sheets(seed, entries, judges)
    size = {"entries": entries, "judges": judges}
    ours = calibrate_large(j.entry, j.judge, y, weights=w, **size)
    theirs = calibrate(j.entry, j.judge, y, weights=w, **size)
    np.testing.assert_array_equal(ours.part_of_entry, theirs.part_of_entry)
    np.testing.assert_array_equal(ours.part_of_judge, theirs.part_of_judge)
    for a, b in zip(ours.parts, theirs.parts, strict=True):
        if b.ratio is not None:
            assert a.ratio == pytest.approx(float(b.ratio), rel=6e-6)  # the published one has six digits
            assert a.solver is (Solver.JUDGES if spectrum or a.judges <= a.entries else Solver.ENTRIES)
            assert a.log_likelihood == pytest.approx(b.log_likelihood, rel=1e-9)
            assert a.residual_variance == pytest.approx(b.residual_variance, rel=1e-5)
            assert a.ratio_error == 0.0
        else:
            assert a.ratio in (None, math.inf)
    np.testing.assert_allclose(ours.estimate, theirs.estimate, atol=1e-5)
    np.testing.assert_allclose(ours.severity, theirs.severity, atol=1e-5)
    np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-4)
    np.testing.assert_allclose(ours.severity_se, theirs.severity_se, rtol=1e-4, atol=1e-9)


def test_the_iterative_answer_is_within_its_stated_error() -> None:
    ratios = []
    for seed in range(8):
        j, y, _ = sheets(seed, 400, 60)
        exact = calibrate(j.entry, j.judge, y)
        ours = calibrate_large(j.entry, j.judge, y, exact_up_to=0, seed=seed)
        (a,), (b,) = ours.parts, exact.parts
        assert a.solver is Solver.ITERATIVE
        assert a.ratio is not None
        assert b.ratio is not None
        assert 0 < a.ratio_error < 0.02
        ratios.append((a.ratio / float(b.ratio) - 1) / a.ratio_error)
        np.testing.assert_allclose(ours.estimate, exact.estimate, atol=0.02)
        np.testing.assert_allclose(ours.se, exact.se, rtol=0.06)
        np.testing.assert_allclose(ours.severity_se, exact.severity_se, rtol=0.15)
        assert a.log_likelihood == pytest.approx(b.log_likelihood, abs=1.0)
    # Eight standard errors' worth: none far out, and they are not all far too wide either.
    assert max(map(abs, ratios)) < 4
    assert 0.3 < float(np.std(ratios)) < 2


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("model", list(Model))
def test_drawn_errors_come_to_the_exact_ones(
    model: Model, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judging.sized.ERROR_DRAWS", 2000)
    j, y, w = sheets(3, 60, 25)
    w = w if weighted else np.ones(len(w))
    exact = calibrate(j.entry, j.judge, y, weights=w, model=model)
    ours = calibrate_large(j.entry, j.judge, y, weights=w, model=model, exact_up_to=0)
    np.testing.assert_allclose(ours.se, exact.se, rtol=0.02)
    np.testing.assert_allclose(ours.severity_se, exact.severity_se, rtol=0.03)
    none = calibrate_large(j.entry, j.judge, y, model=model, exact_up_to=0, errors=False)
    assert np.isnan(none.se).all()
    by_judges = calibrate_large(j.entry, j.judge, y, weights=w, model=model)
    np.testing.assert_allclose(by_judges.se, exact.se, rtol=1e-5)
    np.testing.assert_allclose(by_judges.severity_se, exact.severity_se, rtol=1e-5)


def test_the_iterative_fit_at_the_ratio_is_exact() -> None:
    j, y, _ = sheets(5, 300, 40)
    ours = calibrate_large(j.entry, j.judge, y, exact_up_to=0)
    ratio = ours.parts[0].ratio
    assert ratio
    table, laplacian = concurrence(j.entry, j.judge, np.ones(len(y)), 300, 40)
    mean = np.bincount(j.entry, y) / table.sum(axis=1)
    right = np.bincount(j.judge, y - mean[j.entry])
    np.testing.assert_allclose(
        -ours.severity, np.linalg.solve(laplacian + ratio * np.eye(40), right), atol=1e-9
    )


def test_products_and_quadratures_are_those_of_the_matrix() -> None:
    j, _, w = sheets(7, 80, 20)
    order = np.argsort(j.entry, kind="stable")
    crossed = Crossed.build(j.entry[order], j.judge[order], w[order], 80, 20)
    _, laplacian = concurrence(j.entry, j.judge, w, 80, 20)
    x = np.random.default_rng(7).normal(size=20)
    np.testing.assert_allclose(crossed.laplacian(x), laplacian @ x, atol=1e-12)
    values, vectors = np.linalg.eigh(laplacian)
    nodes, weights = crossed.quadrature(x)
    for ratio in (0.05, 1.0, 30.0):
        wanted = (vectors.T @ x) ** 2 @ np.log1p(np.maximum(values, 0) / ratio)
        assert weights @ np.log1p(nodes / ratio) == pytest.approx(wanted, rel=1e-8)


def test_refusals_and_boundaries() -> None:
    assert "all-equal" in {n.code for n in calibrate_large([0, 0, 1, 1], [0, 1, 0, 1], [5.0] * 4).notices}
    assert "one-judge" in {n.code for n in calibrate_large([0, 1], [0, 0], [5.0, 6.0]).notices}
    few = calibrate_large([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [1.0, 2, 3, 5, 4])
    assert "no-degrees-of-freedom" in {n.code for n in few.notices}
    entry, judge = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    keep = np.arange(12) != 5
    exact = calibrate_large(entry[keep], judge[keep], (entry + 1.0 + 0.25 * judge)[keep])
    assert "exact-fit" in {n.code for n in exact.notices}
    np.testing.assert_allclose(np.diff(exact.estimate), 1.0, atol=1e-9)
    flat = jury(3, severity=0.0, noise=1.5)
    none = calibrate_large(flat.entry, flat.judge, flat.milli / 1000)
    assert none.parts[0].judge_variance == 0.0
    np.testing.assert_array_equal(none.estimate, none.raw)
    assert len(calibrate_large([], [], []).parts) == 0


def test_a_disconnected_union_equals_its_parts() -> None:
    one, two = jury(1, entries=40), jury(2, entries=30)
    entry, judge = np.concatenate([one.entry, two.entry + 40]), np.concatenate([one.judge, two.judge + 7])
    both = calibrate_large(entry, judge, np.concatenate([one.milli, two.milli]) / 1000)
    a = calibrate_large(one.entry, one.judge, one.milli / 1000)
    np.testing.assert_allclose(both.estimate[:40], a.estimate, atol=1e-9)
    assert "disconnected" in {n.code for n in both.notices}


def test_a_pair_twice_is_named() -> None:
    with pytest.raises(ValueError, match="entry 1 has two scores by judge 0"):
        calibrate_large([1, 0, 1], [0, 0, 0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("start", [-3.0, 0.0, 0.69, 4.0])
@pytest.mark.parametrize("bend", [-1.0, -30.0, 0.0])
def test_a_crossing_is_found_from_anywhere(start: float, bend: float) -> None:
    assert crossing(lambda x: math.tanh(0.7 - x), start, bend) == pytest.approx(0.7, abs=1e-8)
