"""Reads of scoresheets, by name."""

from awards.scoresheets.queries.bench import (
    MyEntry,
    SheetToSign,
    SheetView,
    mine_to_sign,
    my_entries,
    sheet_for_judge,
)
from awards.scoresheets.queries.ended import EndedSheet, ended_sheet
from awards.scoresheets.queries.progress import (
    STATES,
    Progress,
    ProgressEntry,
    ProgressJudge,
    progress_of,
)
from awards.scoresheets.queries.ready import CheckedSheet, ready_to_sign

__all__ = [
    "STATES",
    "CheckedSheet",
    "EndedSheet",
    "MyEntry",
    "Progress",
    "ProgressEntry",
    "ProgressJudge",
    "SheetToSign",
    "SheetView",
    "ended_sheet",
    "mine_to_sign",
    "my_entries",
    "progress_of",
    "ready_to_sign",
    "sheet_for_judge",
]
