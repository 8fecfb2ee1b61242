"""Rounds too large for a table: the same data by both paths."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import Calibration, Model, calibrate, decide, draw_scores
from judging.graphs import bridges_by_labels, parts_of_sorted
from judging.linkage import bridge_sheets, connected_parts
from judging.parts import Fit
from tests.judging.juries import Jury, jury
from tests.judging.test_verdict import round_of

SHAPES = [(60, 12, 4), (200, 110, 5), (40, 150, 20), (150, 130, 6)]


def both(
    monkeypatch: pytest.MonkeyPatch, j: Jury, *, exact_up_to: int = 3000, **options: object
) -> list[Calibration]:
    size = {"entries": j.entries, "judges": j.judges}
    table = calibrate(j.entry, j.judge, j.milli, **size, **options)
    with monkeypatch.context() as patch:
        patch.setattr("judging.calibration.TABLE_CELLS", 0)
        patch.setattr("judging.calibration.TABLE_JUDGES", 0)
        patch.setattr("judging.calibration.MOST_DRAWS", 1)
        patch.setattr("judging.sized.SPECTRUM_UP_TO", 0)
        patch.setattr("judging.wide.EXACT_UP_TO", exact_up_to)
        patch.setattr("judging.linkage.MANY", 0)
        patch.setattr("judging.official.DENSE_UP_TO", 0)
        wide = calibrate(j.entry, j.judge, j.milli, **size, **options)
    return [table, wide]


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize(("entries", "judges", "reads"), SHAPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_large_round_is_what_a_table_makes_of_it(
    entries: int, judges: int, reads: int, model: Model, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    j = jury(entries, entries, judges, reads)
    options: dict[str, object] = {"model": model}
    if weighted:
        options["weights"] = np.random.default_rng(1).choice([1, 2, 4], len(j.entry))
    table, wide = both(monkeypatch, j, **options)
    assert wide.official == table.official
    assert wide.official_raw == table.official_raw
    # Published ratios are the same six digits.
    assert [part.ratio for part in wide.parts] == [part.ratio for part in table.parts]
    for a, b in zip(wide.parts, table.parts, strict=True):
        assert a.residual_variance == pytest.approx(b.residual_variance, rel=1e-9)
        for ours, theirs in ((a.judge_variance, b.judge_variance), (a.log_likelihood, b.log_likelihood)):
            assert ours == (None if theirs is None else pytest.approx(theirs, rel=1e-9))
        assert (a.entries, a.judges, a.scores, a.fit, a.dof) == (b.entries, b.judges, b.scores, b.fit, b.dof)
    np.testing.assert_allclose(wide.estimate, table.estimate, atol=1e-9)
    np.testing.assert_allclose(wide.severity, table.severity, atol=1e-9)
    np.testing.assert_allclose(wide.residual, table.residual, atol=1e-9)
    drawn = 0.1 if model is Model.LEAST_SQUARES else 1e-9
    np.testing.assert_allclose(wide.se, table.se, rtol=drawn)
    np.testing.assert_allclose(wide.severity_se, table.severity_se, rtol=2 * drawn)
    np.testing.assert_allclose(wide.covariance.variances(), wide.se**2, rtol=1e-9)
    np.testing.assert_allclose(wide.severity_covariance.variances(), wide.severity_se**2, rtol=1e-9)
    np.testing.assert_allclose(wide.fit, table.fit, rtol=0.25)
    codes = [sorted(notice.code for notice in found.notices) for found in (wide, table)]
    assert codes[0] == codes[1]
    differences = [
        np.sqrt(np.maximum(c.variances()[:, None] + c.variances() - 2 * c.dense(), 0.0))
        for c in (wide.covariance, table.covariance)
    ]
    np.testing.assert_allclose(*differences, atol=0.12 * float(table.se.max()))


def test_beyond_factors_the_ratio_is_as_good_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    j = jury(1, 400, 60, 4)
    table, wide = both(monkeypatch, j, exact_up_to=0)
    (a,), (b,) = wide.parts, table.parts
    assert a.ratio is not None
    assert b.ratio is not None
    assert float(a.ratio) == pytest.approx(float(b.ratio), rel=0.03)
    np.testing.assert_allclose(wide.estimate, table.estimate, atol=0.01)
    np.testing.assert_allclose(wide.se, table.se, rtol=0.06)
    # Given the published ratio, both are the same to the last digit.
    table, wide = both(monkeypatch, j, exact_up_to=0, ratios=[Fraction("1.5")])
    assert wide.official == table.official
    np.testing.assert_allclose(wide.estimate, table.estimate, atol=1e-9)


@pytest.mark.parametrize("ratio", [None, Fraction(1, 3)])
def test_a_published_ratio_is_taken(ratio: Fraction | None, monkeypatch: pytest.MonkeyPatch) -> None:
    table, wide = both(monkeypatch, jury(2, 100, 40, 4), ratios=[ratio])
    assert wide.official == table.official
    np.testing.assert_allclose(wide.se, table.se, rtol=1e-9)
    np.testing.assert_allclose(wide.severity_se, table.severity_se, rtol=1e-9)


def test_harshness_that_follows_quality_is_seen_at_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    quality, severity = np.sort(rng.normal(0, 1, 150)), np.sort(rng.normal(0, 1, 120))
    # Harsh judges are given the better entries.
    near = np.clip(np.repeat(np.arange(150), 5) * 120 // 150 + rng.integers(-25, 26, 750), 0, 119)
    codes = np.unique(np.repeat(np.arange(150), 5) * 120 + near)
    entry, judge = codes // 120, codes % 120
    milli = np.rint(1000 * (6 + quality[entry] - severity[judge] + rng.normal(0, 0.4, len(entry)))).astype(
        int
    )
    made = Jury(entry, judge, milli, 150, 120, quality, -severity)
    said = [
        [(n.code, n.sentence, n.judges) for n in found.notices if n.code == "severity-follows-quality"]
        for found in both(monkeypatch, made)
    ]
    assert len(said[0]) == 1
    assert said[0] == said[1]


def test_parts_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = jury(1, entries=40), jury(2, entries=30)
    j = Jury(
        np.concatenate([one.entry, two.entry + 40]),
        np.concatenate([one.judge, two.judge + 7]),
        np.concatenate([one.milli, two.milli]),
        70,
        14,
        one.quality,
        one.leniency,
    )
    rows = np.random.default_rng(0).permutation(len(j.entry))
    j = replace(j, entry=j.entry[rows], judge=j.judge[rows], milli=j.milli[rows])
    table, wide = both(monkeypatch, j)
    assert wide.official == table.official
    np.testing.assert_allclose(wide.residual, table.residual, atol=1e-9)
    assert wide.covariance.between(0, 69) == 0.0
    assert not wide.covariance.dense()[:40, 40:].any()
    (dof,) = set(wide.dof[:40].tolist())
    scores = draw_scores(wide.estimate, wide.covariance, dof=dof, draws=4000)
    np.testing.assert_allclose(scores.std(axis=0), wide.se, rtol=0.1)
    assert abs(np.corrcoef(scores[:, :40].mean(axis=1), scores[:, 40:].mean(axis=1))[0, 1]) < 0.06


def test_refusals_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, judge = (index.ravel() for index in np.indices((5, 4)))
    keep = np.arange(20) != 7
    for e, j, milli in (
        (entry, judge, np.full(20, 5000)),
        (np.arange(4), np.zeros(4, dtype=int), np.arange(4) * 1000),
        (np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), np.array([1000, 2000, 3000, 5000])),
        (entry[keep], judge[keep], (1000 + entry * 1000 + judge * 250)[keep]),
    ):
        made = Jury(e, j, milli, int(e.max()) + 1, int(j.max()) + 1, np.zeros(1), np.zeros(1))
        table, wide = both(monkeypatch, made)
        assert wide.official == table.official
        assert [part.fit for part in wide.parts] == [part.fit for part in table.parts]
        assert wide.parts[0].fit in (Fit.ALL_EQUAL, Fit.ONE_JUDGE, Fit.NO_FREEDOM, Fit.EXACT)
        np.testing.assert_array_equal(np.isnan(wide.se), np.isnan(table.se))


def test_a_verdict_of_a_large_round(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = round_of(5, entries=60, judges=20, reads=4)
    table = decide(inputs)
    for name in ("calibration.TABLE_CELLS", "calibration.TABLE_JUDGES", "official.DENSE_UP_TO"):
        monkeypatch.setattr(f"judging.{name}", 0)
    monkeypatch.setattr("judging.calibration.MOST_DRAWS", 1)
    wide = decide(inputs)
    assert wide.prizes == table.prizes
    for a, b in zip(wide.standings, table.standings, strict=True):
        assert (a.scope, a.entry, a.estimate, a.rank) == (b.scope, b.entry, b.estimate, b.rank)
        assert a.error == pytest.approx(b.error, rel=0.05)
        assert (a.rank_low or 0) == pytest.approx(b.rank_low or 0, abs=5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_parts_and_bridges_are_those_of_the_walk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.permutation(np.unique(rng.integers(0, 15 * 12, int(rng.integers(0, 40)))))
    e, j = codes // 12, codes % 12
    order = np.argsort(e, kind="stable")
    wanted = connected_parts(e, j, 15, 12)
    found = parts_of_sorted(e[order], j[order], 15, 12)
    assert found is not None
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(a, b)
    rows = bridges_by_labels(e, j, 15, 12, wanted[1])
    assert rows is not None
    split = [row for row in range(len(e)) if _parts_without(e, j, row) > _parts_without(e, j, None)]
    assert rows.tolist() == split
    more = [r for r in split if (e == e[r]).sum() > 1 and (j == j[r]).sum() > 1]
    assert bridge_sheets(e, j, 15, 12) == tuple(sorted((int(e[r]), int(j[r])) for r in more))


def _parts_without(e: np.ndarray, j: np.ndarray, row: int | None) -> int:
    """Parts among all entries and judges, those without a sheet counted too."""
    keep = np.arange(len(e)) != row
    used = connected_parts(e[keep], j[keep], 15, 12)
    return int(used[0] + (used[1] < 0).sum() + (used[2] < 0).sum())


def test_a_long_chain_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    e = np.repeat(np.arange(3000), 2)
    j = e + np.tile([0, 1], 3000)
    assert bridges_by_labels(e, j, 3000, 3001, np.zeros(3000, dtype=int)) is None
    monkeypatch.setattr("judging.linkage.MANY", 0)
    assert connected_parts(e, j, 3000, 3001)[0] == 1
    assert len(bridge_sheets(e, j, 3000, 3001)) == 5998
