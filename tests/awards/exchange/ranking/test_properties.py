"""What may change about a file without changing its ranking, and what changes it how."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from awards.exchange.ranking import asking
from awards.exchange.ranking.fitted import By
from awards.exchange.ranking.printed import as_object
from awards.exchange.ranking.report import Wish
from judging import calibration, projections
from tests.awards.exchange.ranking.juries import HEADER, Row, jury, report, workbook, written

NONE = Wish(sensitivity="none")


def ranked(path: Path, wish: Wish = NONE, **options: Path) -> dict[str, Any]:
    return as_object(report(path, wish, **options))


def column(found: dict[str, Any], name: str, of: str = "entries") -> list[Any]:
    return [row[name] for row in found[of]]


@pytest.mark.parametrize("method", list(set(By) - {By.ORDINAL}))
def test_the_order_of_rows_and_the_way_of_writing_change_not_a_digit(tmp_path: Path, method: By) -> None:
    rows, wish = jury(12, 5, 3), Wish(method=method)
    plain = ranked(written(tmp_path / "a.csv", rows), wish)
    for other in (
        written(tmp_path / "b.csv", rows[::-1]),
        written(tmp_path / "c.csv", rows, delimiter=";", encoding="utf-8-sig"),
        written(
            tmp_path / "d.csv",
            [(e, j, str(s).replace(".", ",")) for e, j, s in rows],
            delimiter="\t",
            encoding="utf-16",
        ),
        workbook(tmp_path / "e.xlsx", rows[3:] + rows[:3]),
    ):
        assert ranked(other, wish) == plain


def test_new_names_change_only_the_names(tmp_path: Path) -> None:
    rows = jury(12, 5, 3)
    plain = ranked(written(tmp_path / "a.csv", rows))
    other = ranked(
        written(tmp_path / "b.csv", [(f"{str(e)[::-1]}", f"{str(j)[::-1]}", s) for e, j, s in rows])
    )
    renamed = {row["entry"][::-1]: row for row in other["entries"]}
    for row in plain["entries"]:
        same = renamed[row["entry"]]
        assert (same["rank"], same["n"]) == (row["rank"], row["n"])
        assert same["estimate"] == pytest.approx(row["estimate"], abs=1e-12)
        assert same["chance_first"] == pytest.approx(row["chance_first"], abs=0.04)


@pytest.mark.parametrize(("factor", "shift"), [(10, 0), (1, 100), (0.001, 0), (0.0001, 3)])
def test_another_scale_moves_all_numbers_alike(tmp_path: Path, factor: float, shift: float) -> None:
    rows = jury(12, 5, 3)
    plain = ranked(written(tmp_path / "a.csv", rows))
    other = ranked(
        written(tmp_path / "b.csv", [(e, j, f"{float(str(s)) * factor + shift:.8f}") for e, j, s in rows])
    )
    assert column(other, "rank") == column(plain, "rank")
    assert column(other, "rank_low") == column(plain, "rank_low")
    assert column(other, "chance_first") == column(plain, "chance_first")
    assert column(other, "estimate") == pytest.approx(
        [v * factor + shift for v in column(plain, "estimate")], rel=1e-9
    )
    assert column(other, "standard_error") == pytest.approx(
        [v * factor for v in column(plain, "standard_error")], rel=1e-6
    )
    assert other["variance"]["judge"] == pytest.approx(plain["variance"]["judge"] * factor**2, rel=1e-6)
    assert column(other, "infit", "judges") == pytest.approx(column(plain, "infit", "judges"), rel=1e-6)


def test_parts_that_share_nobody_are_what_each_is_by_itself(tmp_path: Path) -> None:
    first = jury(10, 4, 3)
    second: list[Row] = [(f"z {e}", f"z {j}", s) for e, j, s in jury(8, 4, 3, seed=5)]
    both = report(written(tmp_path / "a.csv", [*first, *second]), NONE)
    assert not both.connected
    whole = as_object(both)
    assert "disconnected" in [one["code"] for one in whole["warnings"]]
    alone = [
        *ranked(written(tmp_path / "b.csv", first))["entries"],
        *ranked(written(tmp_path / "c.csv", second))["entries"],
    ]
    for part, own in zip(whole["entries"], alone, strict=True):
        for key in ("entry", "rank", "rank_low", "rank_high", "chance_first", "n", "raw_mean"):
            assert part[key] == own[key], key
        assert part["estimate"] == pytest.approx(own["estimate"], abs=1e-12)
    assert {row["component"] for row in whole["entries"]} == {0, 1}


def test_categories_are_ranked_apart_and_calibrated_together(tmp_path: Path) -> None:
    rows = [(*row, "big" if int(str(row[0])[-1]) % 2 else "small") for row in jury(16, 5, 3)]
    path = written(tmp_path / "a.csv", rows, (*HEADER, "category"))
    together, apart = ranked(path), ranked(path, Wish(by_category=True, sensitivity="none"))
    assert column(apart, "estimate") == column(together, "estimate")
    assert sorted(row["rank"] for row in apart["entries"] if row["category"] == "big") == list(range(1, 9))


def test_the_same_seed_gives_the_same_and_another_nearly(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", jury())
    assert ranked(path) == ranked(path)
    other = ranked(path, Wish(seed=2, sensitivity="none"))
    assert column(other, "estimate") == column(ranked(path), "estimate")
    assert column(other, "chance_first") == pytest.approx(column(ranked(path), "chance_first"), abs=0.05)


def test_equal_confidence_is_none_and_sure_sheets_weigh_more(tmp_path: Path) -> None:
    rows = jury(10, 4, 3)
    head = (*HEADER, "confidence")
    plain = ranked(written(tmp_path / "a.csv", rows))
    assert ranked(written(tmp_path / "b.csv", [(*row, "2.5") for row in rows], head)) == plain
    weighed = ranked(
        written(tmp_path / "c.csv", [(*row, 4 if n == 0 else 1) for n, row in enumerate(rows)], head)
    )
    score = float(str(rows[0][2]))
    before, after = (found["entries"][0]["raw_mean"] for found in (plain, weighed))
    assert abs(after - score) < abs(before - score)


def test_a_large_round_gives_the_same_by_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small round keeps its table, a large one does not: the very same places, draws that agree."""
    path = written(tmp_path / "a.csv", jury(60, 12, 4))
    small = ranked(path, Wish(sensitivity="none", draws=4000))
    monkeypatch.setattr(projections, "TABLE_CELLS", 0)
    monkeypatch.setattr(calibration, "TABLE_CELLS", 0)
    large = ranked(path, Wish(sensitivity="none", draws=4000))
    assert column(large, "rank") == column(small, "rank")
    assert column(large, "estimate") == pytest.approx(column(small, "estimate"), abs=1e-5)
    assert column(large, "standard_error") == pytest.approx(column(small, "standard_error"), rel=1e-4)
    assert column(large, "expected_rank") == pytest.approx(column(small, "expected_rank"), abs=0.5)
    assert column(large, "chance_first") == pytest.approx(column(small, "chance_first"), abs=0.04)
    for number in ("infit", "outfit", "spread"):
        assert column(large, number, "judges") == pytest.approx(column(small, number, "judges"), rel=1e-9)
    seen = [dict(one["agreement"]) for one in (small, large)]
    alpha, other_alpha = (one.pop("alpha") for one in seen)
    assert other_alpha == pytest.approx(alpha, rel=1e-9)
    assert [(one.pop("unusual_sheets"), one.pop("own_country")) for one in seen] == [([], None)] * 2
    assert seen[1] == pytest.approx(seen[0], rel=1e-9)


def test_what_is_drawn_of_the_judges_of_the_largest_rounds_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.csv", jury(60, 12, 4))
    small = ranked(path, Wish(sensitivity="none"))
    monkeypatch.setattr(projections, "TABLE_CELLS", 0)
    monkeypatch.setattr(projections, "EXACT_UP_TO", 0)
    large = ranked(path, Wish(sensitivity="none"))
    for number in ("infit", "outfit"):
        assert column(large, number, "judges") == pytest.approx(column(small, number, "judges"), rel=0.01)
    (said,) = large["sensitivity"]
    assert (said["kind"], said["what"]) == ("limit", "agreement")


@pytest.mark.parametrize("method", [By.CALIBRATED, By.LEAST_SQUARES])
def test_several_criteria_of_a_large_round_have_intervals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: By
) -> None:
    rows = [(*row, name) for shift, name in ((0, "a"), (1, "b")) for row in jury(40, 12, 4, seed=shift)]
    path = written(tmp_path / "a.csv", rows, (*HEADER, "criterion"))
    small = ranked(path, Wish(method=method, weights={"a": 3}, sensitivity="none"))
    monkeypatch.setattr(calibration, "TABLE_CELLS", 0)
    large = ranked(path, Wish(method=method, weights={"a": 3}, sensitivity="none"))
    assert column(large, "rank") == column(small, "rank")
    assert column(large, "standard_error") == pytest.approx(column(small, "standard_error"), rel=0.2)
    assert column(large, "expected_rank") == pytest.approx(column(small, "expected_rank"), abs=2)
    assert None not in column(large, "standard_error", "judges")
    (said,) = [one for one in large["sensitivity"] if one["kind"] == "limit"]
    assert (said["what"], said["moves"]) == ("errors", None)


def test_what_size_does_not_allow_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MODEL_CELLS", 0)
    said = report(written(tmp_path / "a.csv", jury()), Wish())
    assert any("it was not counted by mixed" in sentence for sentence in said.limits)
    limits = [answer for answer in said.total.answers if answer.kind == "limit"]
    assert limits
    assert all(answer.moves is None for answer in limits)


def test_more_than_200_judges_are_left_out_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asking.MOST_JUDGES == 200
    monkeypatch.setattr(asking, "MOST_JUDGES", 5)
    path = written(tmp_path / "a.csv", jury(20, 6, 4))
    kinds = {
        depth: {one.kind for one in report(path, Wish(sensitivity=depth, draws=0)).total.answers}
        for depth in ("none", "auto", "full")
    }
    assert kinds["none"] == set()
    assert "judge" not in kinds["auto"]
    assert "limit" in kinds["auto"]
    assert "judge" in kinds["full"]


def test_a_prize_that_moves_is_said_in_one_sentence(tmp_path: Path) -> None:
    # B met the two strict judges: by the plain mean A is first, calibrated it is B.
    rows = [
        ("A", "m", 8), ("A", "n", 8.2), ("B", "s", 7.5), ("B", "t", 7.6),
        *[(f"e{k}", judge, 6 + k / 10 + (1 if judge in "mn" else -1) + (k % 3) / 20) for k in range(8) for judge in "mnst"],
    ]  # fmt: skip
    found = report(written(tmp_path / "a.csv", rows), Wish())
    by_mean = [one for one in found.total.answers if one.what == "mean"]
    assert [(one.moves, one.gains, one.loses) for one in by_mean] == [(True, ("A",), ("B",))]
    assert by_mean[0].sentence.startswith(
        "Counted by mean, the first place would go to A instead of B, ahead by "
    )
    assert sum(one.kind == "judge" for one in found.total.answers) == 4


def test_judges_of_the_own_country_are_looked_at(tmp_path: Path) -> None:
    rows = jury(12, 5, 3)
    names = sorted({str(e) for e, _, _ in rows})
    lifted = [
        (e, j, float(str(s)) + 2 * (j == "judge 00" and names.index(str(e)) % 2 == 0)) for e, j, s in rows
    ]
    found = ranked(
        written(tmp_path / "a.csv", lifted),
        Wish(),
        judges=written(tmp_path / "j.csv", [("judge 00", "FR")], ("name", "country")),
        entries=written(
            tmp_path / "e.csv",
            [(n, "FR" if k % 2 == 0 else "DE") for k, n in enumerate(names)],
            ("name", "country"),
        ),
    )
    assert found["agreement"]["own_country"]["value"] == pytest.approx(2, abs=1)
    assert "own-country" in column(found, "what", "sensitivity")


@pytest.mark.parametrize("method", [By.MEAN, By.MIXED, By.CALIBRATED, By.Z_SCORE])
def test_leads_are_in_points_however_many_decimals_scores_have(tmp_path: Path, method: By) -> None:
    rows = [(e, j, f"{float(str(s)) + 0.00001 * n:.6f}") for n, (e, j, s) in enumerate(jury(10, 4, 3))]
    found = report(written(tmp_path / "a.csv", rows), Wish(method=method))
    ordered = sorted(found.total.fitted.estimate.tolist(), reverse=True)
    leads = {one.lead for one in found.total.answers if one.lead is not None}
    assert list(leads) == [pytest.approx(ordered[0] - ordered[1], abs=2e-6)]


def test_a_weight_moves_a_prize_where_it_is_said(tmp_path: Path) -> None:
    rows = [
        (entry, judge, score, criterion)
        for criterion, scores in (("a", {"A": 9, "B": 5, "C": 1}), ("b", {"A": 4, "B": 7, "C": 2}))
        for entry, score in scores.items()
        for judge in "xyz"
    ]
    path = written(tmp_path / "a.csv", rows, (*HEADER, "criterion"))
    found = report(path, Wish(method=By.MEAN, weights={"a": 2, "b": 1}))
    tips = {one.what: (one.low, one.high) for one in found.total.answers if one.kind == "weight"}
    # 9 a + 4 b = 5 a + 7 b where 4 a = 3 b.
    assert tips == {"a": (0.75, None), "b": (None, pytest.approx(8 / 3))}
    for weights, first in (({"a": 4, "b": 5}, "A"), ({"a": 3, "b": 5}, "B")):
        other = as_object(report(path, Wish(method=By.MEAN, weights=weights, sensitivity="none")))
        assert [row["entry"] for row in other["entries"] if row["rank"] == 1] == [first]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([(f"e{n}", "x", n) for n in range(4)], "one-judge"),
        ([(e, j, 5) for e in "ABC" for j in "xy"], "all-equal"),
        ([(e, j, n if j == "x" else 5) for n, e in enumerate("ABCD") for j in "xyz"], "constant-judge"),
        (
            [(e, j, 10 - n if j == "w" else n) for n, e in enumerate("ABCDEF") for j in "wxyz"],
            "reversed-scale",
        ),
    ],
)
@pytest.mark.parametrize("method", [By.CALIBRATED, By.MEAN])
def test_what_scores_do_not_tell_is_said_by_any_method(
    tmp_path: Path, rows: list[Row], code: str, method: By
) -> None:
    found = ranked(written(tmp_path / "a.csv", rows), Wish(method=method))
    assert code in column(found, "code", "warnings")


def test_a_second_opinion_has_its_intervals(tmp_path: Path) -> None:
    found = ranked(written(tmp_path / "a.csv", jury()), Wish(method=By.MIXED))
    assert sum(column(found, "chance_first")) == pytest.approx(1)
    assert found["variance"]["entry"] > 0


@pytest.mark.parametrize("method", [By.RELIABILITY, By.GAIN_OFFSET, By.ORDINAL])
def test_every_model_has_its_intervals(tmp_path: Path, method: By) -> None:
    rows = jury(30, 8, 4)
    if method is By.ORDINAL:
        rows = [(e, j, min(9, max(5, round(float(str(s)))))) for e, j, s in rows]
    found = ranked(written(tmp_path / "a.csv", rows), Wish(method=method))
    assert sum(column(found, "chance_first")) == pytest.approx(1)
    assert None not in column(found, "standard_error")
    for row in found["entries"]:
        # Nine of ten draws, as near as whole places allow: the mean of all of them can lie just beside.
        assert row["rank_low"] - 1 < row["expected_rank"] < row["rank_high"] + 1
        assert abs(row["rank"] - row["expected_rank"]) < 5
    sure = report(written(tmp_path / "a.csv", rows), Wish(method=method, sensitivity="none")).total
    for entry, one in enumerate(sure.standing.sure):
        assert one is not None
        spread = (one.quantiles[3] - one.quantiles[0]) / 2 / 1.645
        # Near the ends of a scale of five points what is drawn bends.
        close = 0.4 if method is By.ORDINAL else 0.15
        assert spread == pytest.approx(float(sure.fitted.se[entry]), rel=close)


def test_noise_of_its_own_is_the_mixed_model_with_weights(tmp_path: Path) -> None:
    found = report(written(tmp_path / "a.csv", jury(40, 8, 5)), Wish(method=By.RELIABILITY)).total.fitted
    assert found.variance.entry is not None
    assert found.variance.judge is not None
    assert found.errors is not None
    drawn = found.errors.draw(found.estimate, np.arange(40), 20_000, (1,))
    assert np.std(drawn, axis=0) == pytest.approx(found.se, rel=0.03)
