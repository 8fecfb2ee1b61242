"""Spreadsheets as people have them: titles above the header, merged cells, hidden sheets, formulas, dates."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from awards.exchange.ranking.reading import FORMULAS, MERGED, SHAPE, read_ballot
from tests.awards.exchange.ranking.juries import HEADER, SMALL, Row, written
from tests.awards.exchange.ranking.test_reading import content, faults


def book(path: Path, sheets: dict[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if title in hidden:
            sheet.sheet_state = "hidden"
    made.save(path)
    return path


def numbers(shift: float = 0.0) -> list[Row]:
    return [(e, j, float(str(s)) + shift) for e, j, s in SMALL]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_titles_above_the_header_are_passed_over_and_said(tmp_path: Path, end: str) -> None:
    plain = read_ballot(written(tmp_path / "plain.csv", SMALL))
    lines = ["Jury 2026,,", '"printed', 'on Monday",,', ",,", "entry,judge,score"]
    text = end.join([*lines, *(",".join(map(str, row)) for row in SMALL), ""])
    (tmp_path / "a.csv").write_bytes(text.encode())
    found = read_ballot(tmp_path / "a.csv")
    assert content(found) == content(plain)
    assert "the header on line 5" in found.notes[0]
    (tmp_path / "b.csv").write_bytes(text.replace("A,x,7", "A,x,seven").encode())
    assert faults(tmp_path / "b.csv") == ["b.csv:6: the score seven is not a number"]


def test_a_first_row_that_is_a_header_is_the_header(tmp_path: Path) -> None:
    """Even where cells further down are called as columns are."""
    rows: list[Row] = [*SMALL, ("entry", "judge", 5), ("entry", "x", 6)]
    assert "entry" in read_ballot(written(tmp_path / "a.csv", rows)).entries


def test_of_a_workbook_the_sheet_is_taken_that_can_be_seen(tmp_path: Path) -> None:
    sheets = {
        "Cover": [["Jury 2026"]],
        "old": [HEADER, *numbers(1.0)],
        "Marks": [["Results of the jury"], [], HEADER, *numbers()],
    }
    found = read_ballot(book(tmp_path / "a.xlsx", sheets, ["old"]))
    assert content(found) == content(read_ballot(written(tmp_path / "plain.csv", SMALL)))
    assert found.notes[0] == "a.xlsx: XLSX, sheet “Marks”, the header in row 3, hidden sheets are not read."
    both = read_ballot(book(tmp_path / "b.xlsx", sheets))
    assert "sheet “old”, the first of 2 with such columns" in both.notes[0]
    broken = {"Marks": [["Results"], HEADER, *numbers(), ("A", "w", None)]}
    assert faults(book(tmp_path / "c.xlsx", broken)) == ["c.xlsx:11: the score is empty"]


def test_only_hidden_sheets_are_none(tmp_path: Path) -> None:
    sheets = {"Cover": [["Jury 2026"]], "old": [HEADER, *numbers()]}
    said = faults(book(tmp_path / "a.xlsx", sheets, ["old"]))
    assert "a.xlsx:1: the column entry is missing; there are: Jury 2026" in said


def test_merged_cells_are_told_once(tmp_path: Path) -> None:
    rows: list[Row] = [("A", "x", 7), ("", "y", 8), ("", "z", 8), ("B", "x", 6), ("", "y", 5), ("", "z", 4)]
    said = faults(written(tmp_path / "a.csv", rows))
    assert said[0] == f"a.csv: {MERGED}"
    assert said[1:] == [f"a.csv:{line}: the entry is empty" for line in (3, 4, 6, 7)]


def test_formulas_that_nobody_calculated(tmp_path: Path) -> None:
    rows = [(e, j, f"={s}") for e, j, s in SMALL]
    assert faults(book(tmp_path / "a.xlsx", {"Marks": [HEADER, *rows]}))[0] == f"a.xlsx: {FORMULAS}"


def test_a_number_of_a_workbook_is_what_the_sheet_shows(tmp_path: Path) -> None:
    """0.1 + 0.2 is 0.3 in a spreadsheet, and a percentage is a part of one."""
    rows = [("A", "x", 0.1 + 0.2), ("A", "y", 0.77 / 1.1), ("B", "x", 0.7709999999999999), ("B", "y", 1e-3)]
    found = read_ballot(book(tmp_path / "a.xlsx", {"Marks": [HEADER, *rows]}))
    assert found.criteria[0].units.tolist() == [300, 700, 771, 1]
    assert len(found.notes) == 1


@pytest.mark.parametrize("value", [date(2026, 7, 5), datetime(2026, 7, 5)])  # noqa: DTZ001 - a workbook has no zones
def test_a_score_that_became_a_date(tmp_path: Path, value: object) -> None:
    rows = [*numbers(), ("A", "w", value)]
    said = faults(book(tmp_path / "a.xlsx", {"Marks": [HEADER, *rows]}))
    assert said == ["a.xlsx:10: the score the date 2026-07-05 is not a number"]


def test_a_table_of_another_shape_is_told_which(tmp_path: Path) -> None:
    said = faults(written(tmp_path / "a.csv", [("A", 7, 8), ("B", 6, 5)], ("entry", "Ann", "Bo")))
    assert said[-1] == f"a.csv: {SHAPE}"
    assert said[0] == "a.csv:1: the column judge is missing; there are: entry, Ann, Bo"


def test_a_row_of_totals_is_named(tmp_path: Path) -> None:
    assert faults(written(tmp_path / "a.csv", [*SMALL, ("Total", "", 412)])) == [
        "a.csv:10: the judge is empty"
    ]
