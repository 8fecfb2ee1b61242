"""Tables to take away: as CSV and as XLSX, in which no cell is ever a formula."""

import csv
import io
import pkgutil
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from litestar import Response

Cell = str | int | datetime | None

# A cell that begins like this is a formula to Excel and its kin, whatever stands before it that they leave out.
FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\ufeff]*[=+\-@＝＋－＠]")
# What XML 1.0 does not hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")


def defused(text: str) -> str:
    """With an apostrophe in front of what would be a formula: it is what spreadsheets themselves write for text."""
    return f"'{text}" if FORMULA.match(text) or text[:1] in ("\t", "\r", "\n") else text


def csv_of(rows: Sequence[Sequence[Cell]]) -> bytes:
    """With a byte order mark, by which Excel knows UTF-8; instants in UTC."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_in_csv(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _in_csv(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(UTC).isoformat()[:19] + "Z"
        case str():
            return defused(cell)
    return cell


def xlsx_of(title: str, rows: Sequence[Sequence[Cell]]) -> bytes:
    """One sheet, its head kept in sight; instants in UTC, which is all that a workbook can say of them."""
    workbook = _workbook()(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title).strip("' ")[:31] or "1")
    sheet.freeze_panes = "B2"
    for row in rows:
        sheet.append([_in_xlsx(cell) for cell in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _in_xlsx(cell: Cell) -> str | int | datetime | None:
    match cell:
        case datetime():
            return cell.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        case str():
            return defused(_NOT_IN_XML.sub("", cell))
    return cell


def _workbook() -> Callable[..., Any]:
    # By its name: importing it takes a fifth of the service's start, and few ever take a workbook away.
    workbook: Callable[..., Any] = pkgutil.resolve_name("openpyxl:Workbook")
    return workbook


def download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """`name` is made of our own codes: nobody else's words stand in a header."""
    return Response(
        content=content,
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def as_file(kind: str, title: str, rows: Sequence[Sequence[Cell]]) -> tuple[bytes, str]:
    """The table's bytes and their media type."""
    if kind == "xlsx":
        return xlsx_of(title, rows), XLSX
    return csv_of(rows), "text/csv"
