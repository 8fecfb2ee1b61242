"""However a file is written, it is read alike; whatever is wrong with it is named by its line."""

import csv
import io
from pathlib import Path

import pytest

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.options import scale
from awards.exchange.ranking.reading import read_ballot
from awards.exchange.rows import BadFolder
from tests.awards.exchange.ranking.juries import HEADER, SMALL, jury, workbook, written


def content(ballot: Ballot) -> tuple[object, ...]:
    return (
        ballot.entries,
        ballot.judges,
        [(one.entry.tolist(), one.judge.tolist(), one.units.tolist()) for one in ballot.criteria],
    )


def faults(path: Path, **options: object) -> list[str]:
    with pytest.raises(BadFolder) as refused:
        read_ballot(path, **options)
    return [str(problem) for problem in refused.value.problems]


# --- ways of writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_delimiter_and_encoding_change_nothing_and_are_said(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [("Zürich", "Ann", 7.25), ("Zürich", "Bo", 8), ("Öland", "Ann", 6), ("Öland", "Bo", 6.5)]
    plain = read_ballot(written(tmp_path / "plain.csv", rows))
    other = read_ballot(written(tmp_path / "other.csv", rows, delimiter=delimiter, encoding=encoding))
    assert content(other) == content(plain)
    words = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
    names = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-8-sig": "UTF-8 with a byte order mark"}
    assert words[delimiter] in other.notes[0]
    assert names.get(encoding, "UTF-16") in other.notes[0]


def test_decimal_commas_are_found_and_said(tmp_path: Path) -> None:
    points = read_ballot(written(tmp_path / "a.csv", SMALL, delimiter=";"))
    commas = [(e, j, str(s).replace(".", ",")) for e, j, s in SMALL]
    other = read_ballot(written(tmp_path / "b.csv", commas, delimiter=";"))
    assert content(other) == content(points)
    assert "decimal commas" in other.notes[0]
    quoted = [(e, j, f'"{s}"') for e, j, s in commas]
    assert content(read_ballot(written(tmp_path / "c.csv", quoted))) == content(points)


def test_a_workbook_is_read_as_its_numbers_are(tmp_path: Path) -> None:
    numbers = [(e, j, float(str(s))) for e, j, s in SMALL]
    plain = read_ballot(written(tmp_path / "a.csv", SMALL))
    other = read_ballot(workbook(tmp_path / "a.xlsx", numbers, before=2))
    assert content(other) == content(plain)
    assert "XLSX, sheet “Sheet”" in other.notes[0]
    bad = workbook(tmp_path / "b.xlsx", [*numbers, ("A", "w", True), ("B", "w", None)])
    assert faults(bad) == ["b.xlsx:10: the score TRUE is not a number", "b.xlsx:11: the score is empty"]


def test_columns_stand_in_any_order_and_unknown_ones_are_named(tmp_path: Path) -> None:
    rows = [(s, "n", e, j) for e, j, s in SMALL]
    ballot = read_ballot(written(tmp_path / "a.csv", rows, (" SCORE", "note", "Entry", "judge ")))
    assert content(ballot) == content(read_ballot(written(tmp_path / "b.csv", SMALL)))
    assert "Ignored: the column note." in ballot.notes[0]


def test_what_excel_puts_before_and_after_is_left_out(tmp_path: Path) -> None:
    text = "sep=;\nentry;judge;score\n" + "".join(f"{e};{j};{s};\n" for e, j, s in SMALL) + ";;\n\n;;\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    ballot = read_ballot(tmp_path / "a.csv")
    assert content(ballot) == content(read_ballot(written(tmp_path / "b.csv", SMALL)))
    assert "Left out: 3 empty rows." in ballot.notes[0]


def test_the_order_of_rows_is_nothing(tmp_path: Path) -> None:
    rows = jury()
    assert content(read_ballot(written(tmp_path / "a.csv", rows))) == content(
        read_ballot(written(tmp_path / "b.csv", rows[::-1]))
    )


def test_a_cell_of_several_lines_keeps_the_lines_right(tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, ("A\nof two lines", "x", "7"), ("B", "x", "many")])
    (tmp_path / "a.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    assert faults(tmp_path / "a.csv") == ["a.csv:4: the score many is not a number"]


# --- numbers -------------------------------------------------------------------------------------------


def test_numbers_are_exact(tmp_path: Path) -> None:
    rows = [
        ("A", "x", "0.1"),
        ("A", "y", "+.2"),
        ("B", "x", "-3."),
        ("B", "y", "1.5e1"),
        ("C", "x", "007.1234560"),
    ]
    ballot = read_ballot(written(tmp_path / "a.csv", rows))
    assert ballot.places == 6
    assert ballot.criteria[0].units.tolist() == [100_000, 200_000, -3_000_000, 15_000_000, 7_123_456]


def test_numbers_out_of_formulas_are_rounded_and_that_is_said(tmp_path: Path) -> None:
    rows = [("A", "x", "7.3333333333333333"), ("A", "y", "12.5")]
    ballot = read_ballot(written(tmp_path / "a.csv", rows))
    assert ballot.places == 10
    assert ballot.criteria[0].units.tolist() == [73_333_333_333, 125_000_000_000]
    assert "rounded to 10 decimals" in ballot.notes[1]


def test_a_scale_refuses_what_is_not_on_it(tmp_path: Path) -> None:
    rows = [("A", "x", "7.25"), ("A", "y", "7.3"), ("B", "x", "10.25"), ("B", "y", "-0.25"), ("C", "y", "10")]
    assert faults(written(tmp_path / "a.csv", rows), limits=scale("0,10,0.25")) == [
        "a.csv:3: the score 7.3 is not on the scale of 0 to 10 in steps of 0.25",
        "a.csv:4: the score 10.25 is not on the scale of 0 to 10 in steps of 0.25",
        "a.csv:5: the score -0.25 is not on the scale of 0 to 10 in steps of 0.25",
    ]


def test_confidence_is_positive(tmp_path: Path) -> None:
    rows = [("A", "x", 7, 1), ("A", "y", 8, 0), ("B", "x", 5, -1), ("B", "y", 6, "sure"), ("C", "y", 6, "")]
    assert faults(written(tmp_path / "a.csv", rows, (*HEADER, "confidence"))) == [
        "a.csv:3: the confidence 0 is not above 0",
        "a.csv:4: the confidence -1 is not above 0",
        "a.csv:5: the confidence sure is not a number",
        "a.csv:6: the confidence is empty",
    ]


# --- bad input -----------------------------------------------------------------------------------------


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    rows = [
        ("A", "x", "NaN"), ("A", "y", "inf"), ("A", "z", "-Infinity"), ("B", "x", "seven"), ("B", "y", ""),
        ("", "x", "7"), ("C", "", "7"), ("C", "x", "7"), ("C", "x", "8"), ("D", "x", "1e99"), ("D", "y"),
        ("D", "z", "7", "8"), ("E", "x", "1_000"), ("E", "y", "٧"), ("E", "z", "12 345"),
    ]  # fmt: skip
    assert faults(written(tmp_path / "a.csv", rows)) == [
        "a.csv:2: the score NaN is not a finite number",
        "a.csv:3: the score inf is not a finite number",
        "a.csv:4: the score -Infinity is not a finite number",
        "a.csv:5: the score seven is not a number",
        "a.csv:6: the score is empty",
        "a.csv:7: the entry is empty",
        "a.csv:8: the judge is empty",
        "a.csv:10: x scores C twice; the first is on line 9",
        "a.csv:11: the score 1e99 is too large",
        "a.csv:12: the score is empty",
        "a.csv:13: there are 4 cells under 3 columns",
        "a.csv:14: the score 1_000 is not a number",
        "a.csv:15: the score ٧ is not a number",
        "a.csv:16: the score 12 345 is not a number",
    ]


def test_mixed_decimal_commas_are_not_guessed(tmp_path: Path) -> None:
    rows = [("A", "x", "7,5"), ("A", "y", "8.5"), ("B", "x", "6.5"), ("B", "y", "6")]
    assert faults(written(tmp_path / "a.csv", rows, delimiter=";")) == [
        "a.csv:2: the score 7,5 has a decimal comma, others as 8.5 a point"
    ]
    both = [("A", "x", "1.234,5")]
    assert faults(written(tmp_path / "b.csv", both, delimiter=";")) == [
        "b.csv:2: the score 1.234,5 is not a number"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.csv: the file is empty"),
        (" \n\n", "a.csv: the file is empty"),
        ("entry,judge,score\n", "a.csv: there are no rows under the header"),
        ("entry,judge,mark\nA,x,7\n", "a.csv:1: the column score is missing; there are: entry, judge, mark"),
        ("entry,judge,score,Score\nA,x,7,8\n", "a.csv:1: the column score is there 2 times"),
        (
            'entry,judge,score\nA,"x,7\n',
            "a.csv:2: the quotation marks or the length of a cell make no sense here",
        ),
        ("entry,judge,score\nA,x\0,7\n", "a.csv:2: a cell holds a NUL"),
    ],
)
def test_a_file_without_sense_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (found,) = faults(tmp_path / "a.csv")
    assert found.startswith(said)


@pytest.mark.parametrize(
    "content", [b"entry,judge,score\nA,\x81,7\n", b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0old"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert "save it" in faults(tmp_path / "a.csv")[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert faults(tmp_path / "a.csv") == ["a.csv: No such file or directory"]


def test_doubles_are_of_one_criterion(tmp_path: Path) -> None:
    rows = [
        ("A", "x", 7, "c"),
        ("A", "x", 8, "d"),
        ("A", "x", 9, "c"),
        ("A{", "x", 9, "c"),
        ("A{", "x", 9, "c"),
    ]
    assert faults(written(tmp_path / "a.csv", rows, (*HEADER, "criterion"))) == [
        "a.csv:4: x scores A twice on c; the first is on line 2",
        "a.csv:6: x scores A{ twice on c; the first is on line 5",
    ]


def test_an_entry_is_in_one_category(tmp_path: Path) -> None:
    rows = [("A", "x", 7, "big"), ("A", "y", 8, ""), ("A", "z", 9, "small"), ("B", "x", 9, "big")]
    assert faults(written(tmp_path / "a.csv", rows, (*HEADER, "category"))) == [
        "a.csv:4: A is in category small here and in big on line 2"
    ]
    assert read_ballot(
        written(tmp_path / "b.csv", [*rows[:2], rows[3]], (*HEADER, "category"))
    ).categories == (
        "big",
        "big",
    )


def test_names_that_are_nearly_the_same_are_warned_of_and_not_merged(tmp_path: Path) -> None:
    rows = [("Alpha", "Ann Lee", 7), ("Alpha", "ann lee", 8), (" alpha", "Bo", 6), ("Beta", "Bo", 7)]
    ballot = read_ballot(written(tmp_path / "a.csv", rows))
    assert ballot.entries == (" alpha", "Alpha", "Beta")
    assert [(one.kind, one.names) for one in ballot.similar] == [
        ("entries", (" alpha", "Alpha")),
        ("judges", ("Ann Lee", "ann lee")),
    ]


def test_lists_beside_the_scores(tmp_path: Path) -> None:
    scores = written(tmp_path / "a.csv", SMALL)
    judges = written(tmp_path / "j.csv", [("x", "FR"), ("y", ""), ("w", "DE")], ("name", "country"))
    entries = written(
        tmp_path / "e.csv", [("A", "FR", "big"), ("E", "DE", "big")], ("entry", "country", "category")
    )
    ballot = read_ballot(scores, judges=judges, entries=entries)
    assert ballot.judge_countries == {"x": "FR", "w": "DE"}
    assert ballot.categories == ("big", "", "", "")
    assert ballot.unscored == ("E",)
    assert ballot.of_own_country(ballot.criteria[0].entry, ballot.criteria[0].judge).tolist() == [
        True,
        *[False] * 7,
    ]
    said = " ".join(ballot.notes)
    assert "e.csv: 3 entries (B, C, D) are not in it." in said
    assert "j.csv: 1 judge (z) is not in it." in said
    assert "j.csv: 1 judge (w) is without a score." in said
    double = written(tmp_path / "d.csv", [("x", "FR"), ("x", "DE")], ("name", "country"))
    assert faults(scores, judges=double) == ["d.csv:3: x is there twice; first on line 2"]
