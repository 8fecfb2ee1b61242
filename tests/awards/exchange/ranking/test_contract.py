"""The object that `--json` prints: exactly the promised keys, exact numbers, null and never NaN."""

import ast
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from awards.demo.competitions import HERE
from awards.exchange.ranking import standing
from awards.exchange.ranking.fitted import By
from awards.exchange.ranking.options import METHODS
from awards.exchange.ranking.printed import as_object, json_lines
from awards.exchange.ranking.report import Wish
from awards.exchange.ranking.warnings import CODES, NO_WARNING, RENAMED
from judging import calibrate, calibration
from judging.mixed import SENTENCES
from tests.awards.exchange.ranking.juries import HEADER, SMALL, jury, report, written

NUMBER, WHOLE, TEXT = ["number", "null"], ["integer", "null"], ["string", "null"]
NAMES = {"type": "array", "items": {"type": "string"}}


def record(**properties: Any) -> dict[str, Any]:
    """Every key is there, and no other."""
    return {
        "type": "object",
        "required": sorted(properties),
        "properties": {
            name: one if isinstance(one, dict) else {"type": one} for name, one in properties.items()
        },
        "additionalProperties": False,
    }


ENTRY = record(
    entry="string", category=TEXT, component=WHOLE, n="integer", raw_mean=NUMBER, estimate=NUMBER,
    standard_error=NUMBER, rank=WHOLE, rank_low=WHOLE, rank_high=WHOLE, chance_first=NUMBER,
    chance_prizes={"type": "array", "items": {"type": NUMBER}}, expected_rank=NUMBER,
)  # fmt: skip
JUDGE = record(
    judge="string",
    n="integer",
    severity=NUMBER,
    standard_error=NUMBER,
    spread=NUMBER,
    infit=NUMBER,
    outfit=NUMBER,
)
PROPERTIES: dict[str, Any] = {
    "method": "string", "seed": "integer", "n_scores": "integer", "n_entries": "integer", "n_judges": "integer",
    "components": {"type": "array", "items": record(entries=NAMES, judges=NAMES)},
    "variance": record(entry=NUMBER, judge=NUMBER, residual=NUMBER),
    "log_likelihood": NUMBER,
    "entries": {"type": "array", "items": ENTRY},
    "judges": {"type": "array", "items": JUDGE},
    "agreement": {"type": "object"},
    "sensitivity": {"type": "array"},
    "warnings": {
        "type": "array",
        "items": record(code={"type": "string", "enum": list(CODES)}, message="string", judges=NAMES, entries=NAMES),
    },
}  # fmt: skip
SCHEMA = record(**PROPERTIES)
SEVERAL = record(**PROPERTIES, criteria={"type": "object"})
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None),
}  # fmt: skip


def check(value: Any, schema: dict[str, Any], where: str = "$") -> None:
    """As much of JSON Schema as is used here."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(isinstance(value, TYPES[kind]) for kind in kinds), f"{where}: {value!r} is no {kinds}"
    assert not isinstance(value, bool), where
    assert "enum" not in schema or value in schema["enum"], f"{where}: {value!r}"
    if isinstance(value, dict) and "properties" in schema:
        assert sorted(value) == schema["required"], f"{where}: {sorted(value)}"
        for name, one in value.items():
            check(one, schema["properties"][name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            check(one, schema["items"], f"{where}[{number}]")


def printed(path: Path, wish: Wish = Wish(sensitivity="none"), **options: Path) -> dict[str, Any]:  # noqa: B008 - frozen
    """What comes out at the other end."""
    found: dict[str, Any] = json.loads(json.dumps(as_object(report(path, wish, **options)), allow_nan=False))
    return found


def by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


@pytest.mark.parametrize("method", list(By))
@pytest.mark.parametrize("case", ["small", "jury", "one judge", "one entry", "equal", "apart", "two points"])
def test_it_has_exactly_the_promised_keys(tmp_path: Path, method: By, case: str) -> None:
    rows = {
        "small": list(SMALL),
        "jury": jury(),
        "one judge": [(f"e{n}", "x", n) for n in range(5)],
        "one entry": [("A", f"j{n}", n % 3) for n in range(5)],
        "equal": [(e, j, 5) for e, j, _ in SMALL],
        "apart": [*SMALL, ("E", "p", 4), ("E", "q", 5), ("F", "p", 6), ("F", "q", 6)],
        "two points": [(e, j, float(str(s)) > 6.9) for e, j, s in SMALL],
    }[case]
    rows = [(e, j, int(s) if isinstance(s, bool) else s) for e, j, s in rows]
    if method is By.ORDINAL and case == "jury":
        rows = [(e, j, min(9, max(5, round(float(str(s)))))) for e, j, s in rows]
    path = written(tmp_path / "a.csv", rows)
    if method is By.ORDINAL and len({row[2] for row in rows}) > 5:
        return
    check(printed(path, Wish(method=method, tiers=(1, 2), sensitivity="auto")), SCHEMA)


def test_several_criteria_hold_the_same_for_each(tmp_path: Path) -> None:
    rows = [(*row, name) for shift, name in ((0, "a"), (1, "b")) for row in jury(seed=shift)]
    path = written(
        tmp_path / "a.csv",
        [row for row in rows if row[:2] + row[3:] != ("entry 000", rows[0][1], "b")],
        (*HEADER, "criterion"),
    )
    found = printed(path, Wish(weights={"a": 3}, sensitivity="auto"))
    check(found, SEVERAL)
    assert sorted(found["criteria"]) == ["a", "b"]
    for one in found["criteria"].values():
        check(one, SCHEMA)
    one, total = (by(where["entries"], "entry")["entry 005"] for where in (found["criteria"]["a"], found))
    other = by(found["criteria"]["b"]["entries"], "entry")["entry 005"]
    assert total["estimate"] == pytest.approx((3 * one["estimate"] + other["estimate"]) / 4, abs=1e-12)
    assert found["variance"]["entry"] is None
    assert found["variance"]["residual"] > 0
    assert found["n_scores"] == sum(one["n_scores"] for one in found["criteria"].values())


def test_complete_sheets_are_counted_and_a_missing_criterion_is_no_total(tmp_path: Path) -> None:
    rows = [(*row, name) for name in ("a", "b") for row in jury()]
    short = [row for row in rows if not (row[0] == "entry 003" and row[3] == "b")]
    half = [row for row in short if row != next(r for r in short if r[0] == "entry 004" and r[3] == "a")]
    found = printed(written(tmp_path / "a.csv", half, (*HEADER, "criterion")))
    entries = by(found["entries"], "entry")
    assert entries["entry 004"]["n"] == 2
    assert (
        entries["entry 003"]["rank"]
        is entries["entry 003"]["estimate"]
        is entries["entry 003"]["component"]
        is None
    )
    (warned,) = [
        one for one in found["warnings"] if one["entries"] == ["entry 003"] and "criterion" in one["message"]
    ]
    assert warned["code"] == "few-scores"


def test_the_golden_example(tmp_path: Path) -> None:
    """Worked by hand: S = [[1.5, -1, -.5], ...]; the estimates are the plain means plus the judges' severities."""
    found = printed(written(tmp_path / "a.csv", SMALL))
    assert (found["method"], found["seed"], found["n_scores"], found["n_entries"], found["n_judges"]) == (
        "calibrated", 1, 8, 4, 3,
    )  # fmt: skip
    assert found["components"] == [{"entries": ["A", "B", "C", "D"], "judges": ["x", "y", "z"]}]
    severity = {name: row["severity"] for name, row in by(found["judges"], "judge").items()}
    read = {"A": "xy", "B": "xz", "C": "yz", "D": "xy"}
    raw = {"A": 7.5, "B": 5.75, "C": 8.0, "D": 7.0}
    entries = by(found["entries"], "entry")
    for name, row in entries.items():
        assert row["raw_mean"] == raw[name]
        shift = sum(severity[judge] for judge in read[name]) / 2
        assert row["estimate"] == pytest.approx(raw[name] + shift, abs=1e-12)
    assert sum(severity.values()) == pytest.approx(0, abs=1e-12)
    assert severity["x"] > severity["z"] > severity["y"]
    assert [entries[name]["rank"] for name in "CADB"] == [1, 2, 3, 4]
    assert found["variance"]["entry"] is None
    assert sum(row["chance_first"] for row in found["entries"]) == pytest.approx(1)


def test_it_says_what_the_science_says(tmp_path: Path) -> None:
    rows = jury(40, 9, 4)
    found = printed(written(tmp_path / "a.csv", rows))
    names = sorted({str(e) for e, _, _ in rows}), sorted({str(j) for _, j, _ in rows})
    fit = calibrate(
        [names[0].index(str(e)) for e, _, _ in rows],
        [names[1].index(str(j)) for _, j, _ in rows],
        [round(1000 * float(str(s))) for _, _, s in rows],
    )
    assert [row["estimate"] for row in found["entries"]] == pytest.approx(fit.estimate.tolist(), abs=1e-12)
    assert [row["standard_error"] for row in found["entries"]] == pytest.approx(fit.se.tolist(), rel=1e-12)
    assert [row["severity"] for row in found["judges"]] == pytest.approx(fit.severity.tolist(), abs=1e-12)
    assert found["variance"]["judge"] == pytest.approx(fit.parts[0].judge_variance, rel=1e-12)
    assert found["log_likelihood"] == pytest.approx(fit.parts[0].log_likelihood, rel=1e-12)


def test_least_squares_contrasts_are_those_of_the_full_design(tmp_path: Path) -> None:
    rows = jury(15, 5, 3, seed=2)
    found = printed(written(tmp_path / "a.csv", rows), Wish(method=By.LEAST_SQUARES))
    entries, judges = sorted({e for e, _, _ in rows}), sorted({j for _, j, _ in rows})
    design = np.zeros((len(rows), len(entries) + len(judges)))
    for number, (e, j, _) in enumerate(rows):
        design[number, entries.index(e)] = design[number, len(entries) + judges.index(j)] = 1
    solved = np.linalg.lstsq(design, np.array([float(str(s)) for _, _, s in rows]))[0][: len(entries)]
    estimate = np.array([row["estimate"] for row in found["entries"]])
    assert estimate - estimate[0] == pytest.approx(solved - solved[0], abs=1e-8)


def test_warnings_keep_to_the_promised_codes() -> None:
    """Whatever `judging` may say of a fit is promised, renamed, or known to be no warning."""
    codes = set(SENTENCES)
    for path in Path(calibration.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice":
                first = node.args[0] if node.args else None
                codes |= {first.value} if isinstance(first, ast.Constant) else set()
    assert {"weak-link", "balanced", "one-judge", "no-entry-variance"} <= codes
    assert codes <= {*CODES, *RENAMED, *NO_WARNING}
    assert set(RENAMED.values()) <= set(CODES)


def test_the_words_of_the_command_line_are_the_methods() -> None:
    assert list(METHODS) == [method.value for method in By]


def test_skating_by_category(tmp_path: Path) -> None:
    """202 entries by nine judges each in five criteria; four panels that share no judge, each a category."""
    source = HERE / "skating-2017" / "source"
    wish = Wish(by_category=True, sensitivity="none", draws=200)
    found = printed(source / "scores.csv", wish, entries=source / "entries.csv")
    check(found, SEVERAL)
    assert (found["n_scores"], found["n_entries"], found["n_judges"], len(found["components"])) == (
        9090,
        202,
        50,
        4,
    )
    assert {row["n"] for row in found["entries"]} == {9}
    firsts = [row for row in found["entries"] if row["rank"] == 1]
    assert len({row["category"] for row in firsts}) == 4
    assert report(source / "scores.csv", wish, entries=source / "entries.csv").connected
    assert not report(source / "scores.csv", Wish(sensitivity="none", draws=0)).connected


def test_fewer_draws_are_a_limit_among_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_CELLS", 4000)
    path = written(tmp_path / "a.csv", jury())
    (said,) = [one for one in printed(path, Wish())["sensitivity"] if one["kind"] == "limit"]
    assert (said["what"], said["prize"], said["moves"]) == ("draws", None, None)
    assert "200 draws instead of 4,000" in said["sentence"]
    assert not [one for one in printed(path, Wish(draws=200))["sensitivity"] if one["kind"] == "limit"]


def test_the_json_is_the_object_whatever_its_lines(tmp_path: Path) -> None:
    rows = [(*row, name) for name in ("a", 'ü\n"b"') for row in jury(8, 4, 3)]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([(*HEADER, "criterion"), *rows])
    found = as_object(report(path, Wish()))
    for ascii_only in (False, True):
        text = "".join(json_lines(found, ascii_only=ascii_only))
        assert json.loads(text) == json.loads(json.dumps(found))
        assert text.isascii() == ascii_only
        assert text.count("\n") > 3 * 8
