"""Several criteria: the weighted total is as sure as what it is made of, by every method that says how sure it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from awards.exchange.ranking.fitted import CALIBRATING, PLAIN, By
from awards.exchange.ranking.printed import as_object
from awards.exchange.ranking.report import Wish
from judging import joint
from tests.awards.exchange.ranking.juries import HEADER, Row, jury, report, written

SEVERAL = (*HEADER, "criterion")
SURE = tuple(method for method in By if method not in PLAIN)
COLUMNS = ("standard_error", "rank_low", "rank_high", "chance_first", "expected_rank")


def rows_for(method: By, seed: int = 0) -> list[Row]:
    rows = jury(24, 7, 4, seed)
    if method is By.ORDINAL:
        return [(e, j, min(9, max(5, round(float(str(score)))))) for e, j, score in rows]
    return rows


def printed(path: Path, rows: list[Row], method: By, **weights: int) -> dict[str, Any]:
    wish = Wish(method=method, weights=weights, sensitivity="none")
    return as_object(report(written(path, rows, SEVERAL if len(rows[0]) > 3 else HEADER), wish))


def column(found: dict[str, Any], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if row[name] is None else row[name] for row in found["entries"]])


def same_variance(one: dict[str, Any], other: dict[str, Any], factor: float = 1.0) -> None:
    for name, value in one["variance"].items():
        expected = None if value is None else pytest.approx(value * factor, rel=1e-6)
        assert other["variance"][name] == expected


@pytest.mark.parametrize("method", SURE)
def test_every_method_that_states_errors_states_those_of_the_total(tmp_path: Path, method: By) -> None:
    rows = [(*row, name) for seed, name in ((0, "a"), (1, "b")) for row in rows_for(method, seed)]
    found = printed(tmp_path / "a.csv", rows, method, a=3)
    for name in COLUMNS:
        assert np.isfinite(column(found, name)).all(), name
    low, high = column(found, "rank_low"), column(found, "rank_high")
    ranks = column(found, "rank")
    assert ((low <= ranks) & (ranks <= high)).mean() > 0.9


@pytest.mark.parametrize("method", SURE)
def test_a_criterion_twice_is_as_sure_as_that_criterion(tmp_path: Path, method: By) -> None:
    rows = rows_for(method)
    alone = printed(tmp_path / "a.csv", rows, method)
    twice = printed(tmp_path / "b.csv", [(*row, name) for name in "pq" for row in rows], method, p=2, q=5)
    np.testing.assert_allclose(column(twice, "estimate"), column(alone, "estimate"), atol=1e-9)
    np.testing.assert_allclose(column(twice, "standard_error"), column(alone, "standard_error"), rtol=1e-6)
    np.testing.assert_allclose(column(twice, "expected_rank"), column(alone, "expected_rank"), atol=0.3)
    if method is not By.ORDINAL:
        errors = [[row["standard_error"] for row in found["judges"]] for found in (alone, twice)]
        np.testing.assert_allclose(*errors, rtol=1e-6)
    same_variance(alone, twice)
    if alone["log_likelihood"] is None or method is By.ORDINAL:
        assert twice["log_likelihood"] is None
    else:
        assert twice["log_likelihood"] == pytest.approx(alone["log_likelihood"], rel=1e-9)


@pytest.mark.parametrize("method", SURE)
def test_weights_of_one_proportion_give_one_total(tmp_path: Path, method: By) -> None:
    rows = [(*row, name) for seed, name in ((0, "a"), (1, "b")) for row in rows_for(method, seed)]
    few = printed(tmp_path / "a.csv", rows, method, a=3, b=2)
    many = printed(tmp_path / "b.csv", rows, method, a=30, b=20)
    for name in ("rank", "estimate", *COLUMNS):
        np.testing.assert_allclose(column(few, name), column(many, name), rtol=1e-9, err_msg=name)
    same_variance(few, many)


@pytest.mark.parametrize("method", SURE)
def test_a_criterion_in_which_all_are_equal_adds_no_error(tmp_path: Path, method: By) -> None:
    rows = rows_for(method)
    alone = printed(tmp_path / "a.csv", rows, method)
    equal = [(*row, "p") for row in rows] + [(*row[:2], 7, "q") for row in rows]
    found = printed(tmp_path / "b.csv", equal, method, p=3, q=1)
    np.testing.assert_allclose(
        column(found, "standard_error"), 0.75 * column(alone, "standard_error"), rtol=1e-6
    )
    np.testing.assert_allclose(column(found, "rank"), column(alone, "rank"))
    if method is not By.ORDINAL:
        same_variance(alone, found, 0.75**2)


@pytest.mark.parametrize("method", [*CALIBRATING, By.MIXED, By.RELIABILITY, By.GAIN_OFFSET])
def test_what_stands_at_the_top_is_fitted_to_the_sums_of_complete_sheets(tmp_path: Path, method: By) -> None:
    """As if the weighted sums were the scores of the file."""
    one, other = jury(24, 7, 4, 0), jury(24, 7, 4, 1)
    pairs = {row[:2]: float(str(row[2])) for row in one}
    shared = [(*row[:2], float(str(row[2])), pairs[row[:2]]) for row in other if row[:2] in pairs]
    sums = [(e, j, (3 * a + b) / 4) for e, j, b, a in shared]
    rows = [(*row, "a") for row in one] + [(*row, "b") for row in other]
    found = printed(tmp_path / "a.csv", rows, method, a=3)
    wanted = printed(tmp_path / "b.csv", sums, method)
    assert sum(row["n"] for row in found["entries"]) == len(sums)
    same_variance(wanted, found)
    assert found["log_likelihood"] == (
        None if wanted["log_likelihood"] is None else pytest.approx(wanted["log_likelihood"], rel=1e-6)
    )


def test_without_a_complete_sheet_nothing_stands_at_the_top(tmp_path: Path) -> None:
    rows = [(*row[:1], f"{row[1]} {name}", row[2], name) for name in ("a", "b") for row in jury()]
    found = printed(tmp_path / "a.csv", rows, By.MIXED)
    assert found["variance"] == {"entry": None, "judge": None, "residual": None}
    assert found["log_likelihood"] is None
    assert np.isfinite(column(found, "standard_error")).all()


@pytest.mark.parametrize("method", PLAIN)
def test_plain_methods_state_no_errors_of_a_total_either(tmp_path: Path, method: By) -> None:
    rows = [(*row, name) for seed, name in ((0, "a"), (1, "b")) for row in jury(seed=seed)]
    found = printed(tmp_path / "a.csv", rows, method)
    assert np.isfinite(column(found, "estimate")).all()
    assert np.isnan(column(found, "standard_error")).all()
    assert found["variance"] == {"entry": None, "judge": None, "residual": None}


def test_confidence_weighs_the_sums(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    sure = [(*row, int(draw.choice((1, 2, 4)))) for row in jury()]
    rows: list[Row] = [(*row[:3], name, row[3]) for name in "pq" for row in sure]
    wish = Wish(sensitivity="none")
    alone = as_object(report(written(tmp_path / "a.csv", sure, (*HEADER, "confidence")), wish))
    twice = as_object(report(written(tmp_path / "b.csv", rows, (*SEVERAL, "confidence")), wish))
    same_variance(alone, twice)
    assert twice["log_likelihood"] == pytest.approx(alone["log_likelihood"], rel=1e-9)


def test_a_total_of_a_large_round_says_how_sure_its_errors_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(*row, name) for seed, name in ((0, "a"), (1, "b")) for row in jury(24, 7, 4, seed)]
    small = printed(tmp_path / "a.csv", rows, By.MIXED)
    monkeypatch.setattr(joint, "EXACT_UP_TO", 0)
    large = printed(tmp_path / "b.csv", rows, By.MIXED)
    np.testing.assert_allclose(column(large, "standard_error"), column(small, "standard_error"), rtol=0.15)
    assert not small["sensitivity"]
    (said,) = large["sensitivity"]
    assert (said["kind"], said["what"]) == ("limit", "errors")
