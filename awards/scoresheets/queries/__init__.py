"""Reads of scoresheets, by name."""

from awards.scoresheets.queries.bench import (
    MyEntry,
    SheetToSign,
    SheetView,
    mine_to_sign,
    my_entries,
    sheet_for_judge,
)
from awards.scoresheets.queries.progress import Progress, ProgressCell, ProgressJudge, progress_of
from awards.scoresheets.queries.run import RoundSheets, SignedSheet, UnsignedSheet, sheets_for_run

__all__ = [
    "MyEntry",
    "Progress",
    "ProgressCell",
    "ProgressJudge",
    "RoundSheets",
    "SheetToSign",
    "SheetView",
    "SignedSheet",
    "UnsignedSheet",
    "mine_to_sign",
    "my_entries",
    "progress_of",
    "sheet_for_judge",
    "sheets_for_run",
]
