import numpy as np
import pytest

from judging.henderson import Equations
from judging.mixed import HIGHEST, mixed_model, reml
from tests.judging.juries import Jury, jury

SHAPES = [(20, 7), (7, 20), (40, 5), (12, 12)]


def crossed(
    seed: int, entries: int, judges: int, weights: bool = False
) -> tuple[Jury, np.ndarray, np.ndarray]:
    j = jury(seed, entries=entries, judges=judges, reads=min(3, judges))
    w = (
        np.random.default_rng(seed).choice([1.0, 2.0, 4.0], len(j.entry))
        if weights
        else np.ones(len(j.entry))
    )
    return j, j.milli / 1000, w


def dense_reml(j: Jury, y: np.ndarray, w: np.ndarray, e_var: float, j_var: float, s2: float) -> float:
    """The restricted likelihood from the n x n covariance: no equations of Henderson's."""
    n = len(y)
    z, u = np.eye(j.entries)[j.entry], np.eye(j.judges)[j.judge]
    v = e_var * z @ z.T + j_var * u @ u.T + s2 * np.diag(1 / w)
    inverse = np.linalg.inv(v)
    information = float(inverse.sum())
    rest = y - float((inverse @ y).sum()) / information
    return -0.5 * float(
        (n - 1) * np.log(2 * np.pi) + np.linalg.slogdet(v)[1] + np.log(information) + rest @ inverse @ rest
    )


@pytest.mark.parametrize(("entries", "judges"), SHAPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_solutions_errors_and_likelihood_are_those_of_the_dense_covariance(
    entries: int, judges: int, weighted: bool
) -> None:
    j, y, w = crossed(entries, entries, judges, weighted)
    equations = Equations(j.entry, j.judge, y, w, entries, judges)
    found = equations.solve(0.8, 2.5)
    s2 = found.residual_variance
    assert found.log_likelihood == pytest.approx(dense_reml(j, y, w, s2 / 0.8, s2 / 2.5, s2), rel=1e-10)
    x = np.hstack([np.ones((len(y), 1)), np.eye(entries)[j.entry], np.eye(judges)[j.judge]])
    c = x.T @ (w[:, None] * x) + np.diag([0.0] + [0.8] * entries + [2.5] * judges)
    solution = np.linalg.solve(c, x.T @ (w * y))
    np.testing.assert_allclose(found.level, solution[0], atol=1e-10)
    np.testing.assert_allclose(found.entries, solution[1 : entries + 1], atol=1e-10)
    np.testing.assert_allclose(found.judges, solution[entries + 1 :], atol=1e-10)
    inverse = np.linalg.inv(c)
    pick = np.hstack([np.ones((entries, 1)), np.eye(entries), np.zeros((entries, judges))])
    errors, judge_errors = found.errors()
    np.testing.assert_allclose(errors**2, s2 * np.diag(pick @ inverse @ pick.T), rtol=1e-9)
    np.testing.assert_allclose(judge_errors**2, s2 * np.diag(inverse)[entries + 1 :], rtol=1e-9)
    np.testing.assert_allclose(
        found.fitted_variance(j.entry, j.judge), s2 * np.sum((x @ inverse) * x, axis=1), rtol=1e-9
    )
    assert found.entry_trace == pytest.approx(np.trace(inverse[1 : entries + 1, 1 : entries + 1]))
    assert found.judge_trace == pytest.approx(np.trace(inverse[entries + 1 :, entries + 1 :]))


@pytest.mark.parametrize("seed", range(6))
def test_the_slope_is_the_derivative(seed: int) -> None:
    j, y, w = crossed(seed, 20, 7, weights=True)
    equations = Equations(j.entry, j.judge, y, w, 20, 7)
    h = 1e-5
    for number in (0, 1):
        up, down = [0.5, 3.0], [0.5, 3.0]
        up[number] *= np.exp(h)
        down[number] *= np.exp(-h)
        numeric = (equations.solve(*up).log_likelihood - equations.solve(*down).log_likelihood) / (2 * h)
        assert equations.solve(0.5, 3.0).slope[number] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("entries", "judges"), SHAPES)
def test_no_other_ratios_are_likelier(seed: int, entries: int, judges: int) -> None:
    j, y, w = crossed(seed + 100, entries, judges)
    equations = Equations(j.entry, j.judge, y - y.mean(), w, entries, judges)
    ratios, best, converged = reml(equations)
    assert converged
    for first in np.geomspace(1e-4, 1e6, 25).tolist():
        for second in np.geomspace(1e-4, 1e6, 25).tolist():
            assert equations.solve(first, second).log_likelihood <= best.log_likelihood + 1e-7
    assert all(ratio <= HIGHEST for ratio in ratios)


def test_a_full_table_has_the_variances_of_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(4)
    entry, judge = (index.ravel() for index in np.indices((30, 6)))
    y = rng.normal(0, 1, 30)[entry] + rng.normal(0, 0.8, 6)[judge] + rng.normal(0, 0.5, 180)
    part = mixed_model(entry, judge, y).parts[0]
    table = y.reshape(30, 6)
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    noise = np.sum((table - rows[:, None] - columns + table.mean()) ** 2) / (29 * 5)
    assert part.residual_variance == pytest.approx(noise, rel=1e-6)
    assert part.entry_variance == pytest.approx(np.var(rows, ddof=1) - noise / 6, rel=1e-5)
    assert part.judge_variance == pytest.approx(np.var(columns, ddof=1) - noise / 30, rel=1e-5)


def test_entries_with_few_scores_are_pulled_to_the_middle() -> None:
    j = jury(7, entries=60, judges=10, reads=5, severity=0.8)
    keep = (j.entry >= 20) | (np.arange(len(j.entry)) % 5 == 0)
    found = mixed_model(j.entry[keep], j.judge[keep], j.milli[keep] / 1000)
    few, many = found.reliability[:20], found.reliability[20:]
    assert few.max() < many.min()
    assert found.se[:20].min() > found.se[20:].max()
    assert np.corrcoef(found.estimate, j.quality)[0, 1] > 0.8


def test_parts_are_compared_only_where_lots_were_drawn() -> None:
    one, two = jury(1), jury(2)
    entry = np.concatenate([one.entry, two.entry + one.entries])
    judge = np.concatenate([one.judge, two.judge + one.judges])
    y = np.concatenate([one.milli, two.milli]) / 1000
    apart = mixed_model(entry, judge, y)
    alone = mixed_model(one.entry, one.judge, one.milli / 1000)
    assert len(apart.parts) == 2
    np.testing.assert_allclose(apart.estimate[: one.entries], alone.estimate, atol=1e-6)
    assert len(mixed_model(entry, judge, y, allotted_at_random=True).parts) == 1


def test_boundaries_and_refusals_are_results() -> None:
    rng = np.random.default_rng(0)
    entry, judge = np.repeat(np.arange(12), 4), np.tile(np.arange(4), 12)
    noise = rng.normal(size=48)
    flat = noise - noise.reshape(12, 4).mean(axis=1)[entry]
    found = mixed_model(entry, judge, flat)
    assert "no-entry-variance" in {notice.code for notice in found.notices}
    assert found.parts[0].entry_variance == 0.0
    np.testing.assert_allclose(found.estimate, found.estimate[0], atol=1e-6)
    level = noise - noise.reshape(12, 4).mean(axis=0)[judge]
    assert "no-judge-variance" in {notice.code for notice in mixed_model(entry, judge, level).notices}
    for e, j, y, code in [
        ([0, 1], [0, 1], [3.0, 3.0], "all-equal"),
        ([0, 1, 2], [0, 0, 0], [1.0, 2.0, 3.0], "one-judge"),
        ([0, 0, 1, 1], [0, 1, 1, 2], [1.0, 2.0, 3.0, 5.0], "no-degrees-of-freedom"),
    ]:
        refused = mixed_model(e, j, y)
        assert code in {notice.code for notice in refused.notices}
        assert np.isnan(refused.se).all()


def test_bad_rows_are_named() -> None:
    with pytest.raises(ValueError, match="row 1"):
        mixed_model([0, 1], [0, 1], [1.0, np.nan])
    with pytest.raises(ValueError, match="row 0"):
        mixed_model([0, 1], [0, 1], [1.0, 2.0], weights=[0.0, 1.0])
