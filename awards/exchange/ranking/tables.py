"""A spreadsheet as rows of text: encoding, delimiter and workbook are found out, and what was found is said."""

import codecs
import csv
import io
import pkgutil
import warnings
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from awards.exchange.rows import BadFolder, Problem

# Small enough to stay in the processor's cache.
CHUNK = 1000
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Bytes of the first lines that tell UTF-16 without a mark from everything else.
PEEK = 4096
# A header, the titles above it and the row under it are seldom longer.
HEAD = 65_536
# Rows in which a header is looked for under titles; so many of the columns must then be there.
TITLES, SURE = 20, 2
Row = list[str]


class CsvReader(Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[Row]: ...
    def __next__(self) -> Row: ...


@dataclass(frozen=True)
class Table(ABC):
    """Rows of text under a header. `found` says what was found out, in words."""

    name: str
    header: tuple[str, ...]
    found: str

    @abstractmethod
    def chunks(self) -> Iterator[list[Row]]:
        """The rows after the header, from the first, as often as it is asked."""

    @abstractmethod
    def lines(self, wanted: Collection[int]) -> Mapping[int, int]:
        """The line in the file of each row that is wanted; rows count from 0."""


def open_table(path: Path, known: Sequence[str]) -> Table:
    """
    Raises `BadFolder`: there is no such file, it is empty, or it is none of CSV, TSV and XLSX.

    `known` are the columns that are looked for: the delimiter that finds most of them is the file's.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise _bad(path.name, problem.strerror or str(problem)) from problem
    return read_table(path.name, content, known)


@dataclass(frozen=True)
class Bounds:
    """What a workbook from a stranger may be: a small file can unpack to a very large one."""

    rows: int
    columns: int
    unpacked: int


def read_table(name: str, content: bytes, known: Sequence[str], bounds: Bounds | None = None) -> Table:
    """As `open_table`, of bytes that are there already."""
    if not content.strip():
        raise _bad(name, "the file is empty")
    if content.startswith(b"PK\x03\x04"):
        return _workbook(name, content, known, bounds)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _bad(name, "this is an old .xls workbook: save it as .xlsx or as CSV")
    return _text(name, content, known)


# --- text ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextTable(Table):
    text: str
    delimiter: str
    skipped: int

    def chunks(self) -> Iterator[list[Row]]:
        reader = self._reader()
        while True:
            try:
                rows = list(islice(reader, CHUNK))
            except csv.Error as problem:
                reason = f"the quotation marks or the length of a cell make no sense here: {problem}"
                raise _bad(self.name, reason, reader.line_num + self.skipped) from problem
            if not rows:
                return
            yield rows

    def lines(self, wanted: Collection[int]) -> Mapping[int, int]:
        reader = self._reader()
        starts, start = {}, reader.line_num
        for number, _row in enumerate(reader):
            if number in wanted:
                starts[number] = start + 1 + self.skipped
            start = reader.line_num
        return starts

    def _reader(self) -> CsvReader:
        reader = _rows(self.text, self.delimiter)
        next(reader)
        return reader


def _rows(text: str, delimiter: str) -> CsvReader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _text(name: str, content: bytes, known: Sequence[str]) -> TextTable:
    text, encoding = _decode(name, content)
    if "\0" in text:
        raise _bad(name, "a cell holds a NUL", text.count("\n", 0, text.index("\0")) + 1)
    skipped = 0
    # Excel writes and reads this line before the header; it is no data.
    while (first := text.partition("\n"))[1] and _is_before_header(first[0]):
        text, skipped = first[2], skipped + 1
    found = {delimiter: _header(text, delimiter, known) for delimiter in DELIMITERS}
    best = max(found, key=lambda delimiter: _known(found[delimiter][0], known))
    header, above = found[best]
    if not any(cell.strip() for cell in header):
        raise _bad(name, "the file is empty")
    separated = f", {DELIMITERS[best]} between the cells" if len(header) > 1 else ""
    under = f", the header on line {skipped + above + 1}" if above else ""
    rest = io.StringIO(text, newline="")
    for _ in range(above):
        rest.readline()
    text = rest.read() if above else text
    return TextTable(name, tuple(header), f"{encoding}{separated}{under}", text, best, skipped + above)


def _header(text: str, delimiter: str, known: Sequence[str]) -> tuple[Row, int]:
    """
    The header and the lines above it: the first row, or the one under titles. Empty where it makes no sense; of a long
    text only as much is read as it takes.
    """
    for size in sorted({min(HEAD, len(text)), len(text)}):
        rows: list[tuple[int, Row]] = []
        try:
            reader = _rows(text[:size], delimiter)
            line = 0
            for row in reader:
                rows.append((line, row))
                line = reader.line_num
                if len(rows) > TITLES:
                    break
        except csv.Error:
            # Further down it may make no sense; what stands above it does.
            pass
        # The last row may be cut off.
        whole = rows if size == len(text) or len(rows) > TITLES else rows[:-1]
        if whole:
            place = _under_titles([row for _, row in whole], known)
            return whole[place][1], whole[place][0]
    return [], 0


def _under_titles(rows: Sequence[Row], known: Sequence[str]) -> int:
    """Which row is the header: the first that is not empty, unless it knows none of the columns and another does."""
    first = next((number for number, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
    if not rows or _known(rows[first], known)[0]:
        return first
    best = max(range(len(rows)), key=lambda number: (_known(rows[number], known)[0], -number))
    return best if _known(rows[best], known)[0] >= SURE else first


def _is_before_header(line: str) -> bool:
    return not line.strip() or line.strip().lower() in {f"sep={one}" for one in DELIMITERS}


def _decode(name: str, content: bytes) -> tuple[str, str]:
    for mark, codec, words in MARKS:
        if content.startswith(mark):
            return _strict(name, content, codec, words)
    ends = content[:PEEK]
    zeros = ends[0::2].count(0), ends[1::2].count(0)
    if max(zeros) > len(ends) // 4 and min(zeros) == 0:
        return _strict(name, content, "utf-16-be" if zeros[0] else "utf-16-le", "UTF-16 without a mark")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strict(name, content, "cp1252", "Windows-1252, for it is not UTF-8")


def _strict(name: str, content: bytes, codec: str, words: str) -> tuple[str, str]:
    try:
        return content.decode(codec), words
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise _bad(name, "this is text in no encoding known here: save it as “CSV UTF-8”", line) from problem


def _known(header: Row, known: Sequence[str]) -> tuple[int, int]:
    names = {plain(cell) for cell in header}
    return sum(name in names for name in known), len(header)


def plain(cell: str) -> str:
    """The name of a column, however it is spaced and written."""
    return " ".join(cell.split()).casefold()


# --- workbooks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkbookTable(Table):
    rows: list[Row]
    first: int

    def chunks(self) -> Iterator[list[Row]]:
        for start in range(0, len(self.rows), CHUNK):
            yield self.rows[start : start + CHUNK]

    def lines(self, wanted: Collection[int]) -> Mapping[int, int]:
        return {number: number + self.first for number in wanted}


def _workbook(name: str, content: bytes, known: Sequence[str], bounds: Bounds | None = None) -> WorkbookTable:
    most_rows, most_columns = (bounds.rows, bounds.columns) if bounds else (None, None)
    try:
        if bounds is not None:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > bounds.unpacked:
                    raise _bad(name, "the workbook is too large when it is unpacked: save it as CSV")
        with warnings.catch_warnings():
            # It warns of styles and extensions that do not matter here.
            warnings.simplefilter("ignore")
            book = _load_workbook()(io.BytesIO(content), read_only=True, data_only=True)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            found: list[tuple[int, str, int, list[Row], Iterator[tuple[object, ...]]]] = []
            for sheet in shown:
                cells = sheet.iter_rows(max_row=most_rows, max_col=most_columns, values_only=True)
                top = [[_cell(value) for value in row] for row in islice(cells, TITLES)]
                if any(cell.strip() for row in top for cell in row):
                    place = _under_titles(top, known)
                    found.append((_known(top[place], known)[0], sheet.title, place, top, cells))
            if not found:
                raise _bad(name, "the workbook is empty")
            score, title, place, top, cells = max(found, key=lambda one: one[0])
            header, number = top[place], place + 1
            rows = [*top[number:], *([_cell(value) for value in row] for row in cells)]
            if most_rows is not None and number + len(rows) >= most_rows:
                raise _bad(name, f"the sheet “{title}” goes beyond row {most_rows}")
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, TypeError) as problem:
        raise _bad(
            name, f"this is no workbook that can be read, save it as .xlsx or as CSV: {problem}"
        ) from problem
    while header and not header[-1].strip():
        header.pop()
    said = f"XLSX, sheet “{title}”"
    alike = sum(one[0] == score for one in found)
    if alike > 1 and score:
        said += f", the first of {alike} with such columns"
    if number > 1:
        said += f", the header in row {number}"
    if len(shown) < len(book.worksheets):
        said += ", hidden sheets are not read"
    return WorkbookTable(name, tuple(header), said, rows, number + 1)


def _load_workbook() -> Callable[..., Any]:
    # By its name: importing it takes a fifth of the service's start, and few ever bring a workbook.
    load: Callable[..., Any] = pkgutil.resolve_name("openpyxl:load_workbook")
    return load


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        # Spreadsheets show and compare 15 digits; what a float has beyond is not in the sheet.
        return f"{value:.15g}"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, (date, time)):
        return f"the date {value.isoformat()}"
    return str(value)


def _bad(name: str, reason: str, line: int = 0) -> BadFolder:
    return BadFolder([Problem(name, line, reason)])
