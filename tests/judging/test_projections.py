"""What is looked at in residuals, by a table of entries by judges and without one: the same to a stated tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import projections
from judging.arrays import Floats, Integers
from judging.crossed import Crossed
from judging.intraclass import measure_intraclass
from judging.leverages import _invert, fitted_variances
from judging.patterns import covariate_slope
from judging.profiles import mean_squares
from judging.residuals import Additive, additive_fit, unusual_sheets

# Entries and judges of a round of up to three parts, with indices that nobody uses.
ENTRIES, JUDGES = 40, 16


def design(rng: np.random.Generator) -> tuple[Integers, Integers, Floats, Floats]:
    """Unbalanced, with holes, sometimes in parts, in any order, sometimes weighted."""
    entries, judges = int(rng.integers(2, ENTRIES)), int(rng.integers(1, JUDGES))
    parts = int(rng.integers(1, 4))
    there = rng.random((entries, judges)) < rng.uniform(0.1, 0.9)
    there &= np.arange(entries)[:, None] % parts == np.arange(judges)[None, :] % parts
    pairs = rng.permutation(np.argwhere(there))
    entry, judge = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    values = (
        rng.normal(0, 1, entries)[entry] + rng.normal(0, 1, judges)[judge] + rng.normal(0, 0.7, len(entry))
    )
    weights = rng.choice([1.0, 2.0, 4.0], len(entry)) if rng.random() < 0.5 else np.ones(len(entry))
    return entry, judge, values, weights


def both(monkeypatch: pytest.MonkeyPatch, seed: int, *, exact_up_to: int = 3000) -> tuple[Additive, Additive]:
    entry, judge, values, weights = design(np.random.default_rng(seed))
    size = {"entries": ENTRIES, "judges": JUDGES}
    table = additive_fit(entry, judge, values, weights=weights, entries=ENTRIES, judges=JUDGES)
    with monkeypatch.context() as patch:
        patch.setattr(projections, "TABLE_CELLS", 0)
        patch.setattr(projections, "EXACT_UP_TO", exact_up_to)
        return table, additive_fit(entry, judge, values, weights=weights, **size)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_sheet_by_sheet_it_is_what_a_table_makes_of_it(seed: int) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        table, sheets = both(monkeypatch, seed)
    assert sheets.exact
    assert (sheets.dof, sheets.rss) == (table.dof, pytest.approx(table.rss, rel=1e-9, abs=1e-12))
    np.testing.assert_allclose(sheets.effects, table.effects, atol=1e-9)
    np.testing.assert_allclose(sheets.residual, table.residual, atol=1e-9)
    np.testing.assert_allclose(sheets.expected, table.expected, atol=1e-9)
    # What is 0 is 0 and no rounding: such a sheet is fitted whatever its mark.
    np.testing.assert_array_equal(sheets.expected > 0, table.expected > 0)
    for row in range(0, len(table.entry), 7):
        assert sheets._projection.expected_of(row) == pytest.approx(table.expected[row], abs=1e-9)
    x = np.random.default_rng(seed).normal(size=len(table.entry))
    np.testing.assert_allclose(sheets.left_of(x), table.left_of(x), atol=1e-9)
    if table.dof > 0 and table.rss > 1e-9:
        for ours, theirs in zip(_numbers(sheets), _numbers(table), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9)
        first, second = covariate_slope(sheets, x), covariate_slope(table, x)
        assert (first.value, first.error) == pytest.approx(
            (second.value, second.error), rel=1e-6, nan_ok=True
        )
        odd = [{sheet.row for sheet in unusual_sheets(fit, 0.5)} for fit in (sheets, table)]
        assert odd[0] == odd[1]


def _numbers(fit: Additive) -> tuple[Floats, Floats, Floats]:
    found = mean_squares(fit)
    return found.infit, found.outfit, found.dof


@pytest.mark.parametrize(("entries", "judges", "reads"), [(400, 60, 4), (60, 400, 40), (300, 250, 10)])
def test_what_is_drawn_is_right_to_a_hundredth(
    entries: int, judges: int, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(entries)
    chosen = [rng.choice(judges, reads, replace=False) for _ in range(entries)]
    entry, judge = np.repeat(np.arange(entries), reads), np.concatenate(chosen)
    y = rng.normal(size=entries)[entry] + rng.normal(size=judges)[judge] + rng.normal(0, 0.7, len(entry))
    y[5] += 9
    monkeypatch.setattr(projections, "TABLE_CELLS", 0)
    exact = additive_fit(entry, judge, y, entries=entries, judges=judges)
    monkeypatch.setattr(projections, "EXACT_UP_TO", 0)
    drawn = additive_fit(entry, judge, y, entries=entries, judges=judges)
    assert exact.exact
    assert not drawn.exact
    np.testing.assert_array_equal(drawn.residual, exact.residual)
    np.testing.assert_allclose(drawn.expected, exact.expected, atol=0.01)
    # The degrees of freedom of all sheets are known.
    assert float(drawn.expected.sum()) == pytest.approx(drawn.dof)
    for ours, theirs in zip(_numbers(drawn), _numbers(exact), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.01)
    # The unusual are told by exact numbers at every size.
    (first, *_), (second, *_) = unusual_sheets(drawn), unusual_sheets(exact)
    assert first.row == second.row == 5
    assert first.ratio == pytest.approx(second.ratio, rel=1e-9)
    assert drawn.expected_of(5) == pytest.approx(exact.expected[5], abs=1e-9)


def test_few_sheets_a_judge_are_drawn_to_some_hundredths(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    entry, judge = (
        np.repeat(np.arange(800), 2),
        np.concatenate([rng.choice(400, 2, False) for _ in range(800)]),
    )
    y = rng.normal(size=1600)
    monkeypatch.setattr(projections, "TABLE_CELLS", 0)
    exact = additive_fit(entry, judge, y)
    monkeypatch.setattr(projections, "EXACT_UP_TO", 0)
    drawn = additive_fit(entry, judge, y)
    assert float(np.sqrt(np.mean((drawn.expected - exact.expected) ** 2))) < 0.02
    np.testing.assert_array_equal(drawn.expected[exact.expected == 0], 0)
    ours, theirs = mean_squares(drawn).infit, mean_squares(exact).infit
    apart = np.abs(ours / theirs - 1)[np.isfinite(ours) & np.isfinite(theirs) & (theirs > 0)]
    assert float(np.median(apart)) < 0.02
    assert float(np.quantile(apart, 0.99)) < 0.2


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_leverages_are_those_of_the_hat_matrix(seed: int) -> None:
    """Of one part, whichever side is smaller, sheets that stand twice among them."""
    rng = np.random.default_rng(seed)
    entries, judges = (int(size) for size in rng.integers(1, 25, 2))
    entry = np.concatenate([np.zeros(judges), np.arange(entries), rng.integers(0, entries, 30)]).astype(
        np.int64
    )
    judge = np.concatenate([np.arange(judges), np.zeros(entries), rng.integers(0, judges, 30)]).astype(
        np.int64
    )
    order = np.lexsort((judge, entry))
    entry, judge = entry[order], judge[order]
    weights = rng.choice([1.0, 2.0, 4.0], len(entry))
    crossed = Crossed.build(entry, judge, weights, entries, judges)
    x = np.hstack([np.eye(entries)[entry], np.eye(judges)[judge]]) * np.sqrt(weights)[:, None]
    hat = np.diag(x @ np.linalg.pinv(x)) / weights
    np.testing.assert_allclose(fitted_variances(crossed, rng), hat, atol=1e-9)
    np.testing.assert_allclose(weights * fitted_variances(crossed, rng, 0), weights * hat, atol=0.1)


def test_a_matrix_is_inverted_in_its_own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.leverages.SWEPT", 7)
    for size in (1, 6, 7, 8, 30):
        root = np.random.default_rng(size).normal(size=(size, size))
        matrix = root @ root.T + np.eye(size)
        inverse = matrix.copy()
        _invert(inverse)
        np.testing.assert_allclose(inverse @ matrix, np.eye(size), atol=1e-9)
        np.testing.assert_allclose(inverse, inverse.T, atol=1e-12)


def test_intraclass_correlations_need_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(20):
        entry, judge, values, _ = design(np.random.default_rng(seed))
        table = measure_intraclass(entry, judge, values)
        with monkeypatch.context() as patch:
            patch.setattr(projections, "TABLE_CELLS", 0)
            sheets = measure_intraclass(entry, judge, values)
        for name in table.__dataclass_fields__:
            assert getattr(sheets, name) == pytest.approx(getattr(table, name), rel=1e-8, nan_ok=True), name


def test_errors_can_be_left_out() -> None:
    entry, judge, values, _ = design(np.random.default_rng(1))
    fit = additive_fit(entry, judge, values, errors=False)
    assert np.isnan(fit.expected).all()
    assert fit.rss == additive_fit(entry, judge, values).rss


def test_many_entries_by_many_judges_need_no_table() -> None:
    """A table of these would have ten thousand million cells."""
    rng = np.random.default_rng(2)
    entry = np.repeat(np.arange(100_000), 2)
    judge = (entry // 10 + rng.integers(0, 50_000, len(entry)) * np.tile([0, 1], 100_000)) % 100_000
    y = rng.normal(size=len(entry))
    found = measure_intraclass(entry, judge, y)
    assert abs(found.single_consistent) < 0.1
    fit = additive_fit(entry, judge, y, errors=False)
    assert fit.dof > 0
