"""Tables to take away: what is written is read again, and no cell is a formula."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import given, strategies

from awards.web.spreadsheet import FORMULA, csv_of, defused, xlsx_of

AT = datetime(2026, 3, 10, 18, 0, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r@x", "\n+x", "\u200b=1", "＝1", "\ufeff-2", "\tx"],
)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Seoul", "a=b", "1-2", "'=1", "Ålesund", "– none", "3 of 5"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert defused(text) == text


def test_csv_is_utf_8_with_its_mark_and_instants_in_utc() -> None:
    content = csv_of([["City", "Sheets"], ['São Tomé, "old"', 3], [None, AT]])
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["City", "Sheets"],
        ['São Tomé, "old"', "3"],
        ["", "2026-03-10T09:00:00Z"],
    ]


def test_xlsx_keeps_numbers_and_instants_as_such() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of("judges/first", [["Judge", None, AT, 3]]))).active
    assert [cell.value for cell in next(sheet.iter_rows())] == [
        "Judge",
        None,
        AT.astimezone(UTC).replace(tzinfo=None),
        3,
    ]
    assert sheet.title == "judges first"


@given(strategies.lists(strategies.lists(strategies.text(max_size=8), min_size=1, max_size=4), max_size=4))
def test_whatever_is_typed_is_no_formula_and_breaks_no_file(rows: list[list[str]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of("x", [["head"], *rows])))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(isinstance(cell.value, str) and FORMULA.match(cell.value) for cell in cells)


@given(strategies.lists(strategies.text(strategies.characters(codec="utf-8")), min_size=1, max_size=5))
def test_every_cell_of_a_csv_comes_back(cells: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(csv_of([cells]).decode("utf-8-sig"), newline=""))
    assert row == [defused(cell) for cell in cells]
    assert not any(FORMULA.match(cell) for cell in row)
