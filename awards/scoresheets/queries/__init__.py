"""Reads of scoresheets, by name."""

from awards.scoresheets.queries.board import EntriesBoard, JudgesBoard, entries_board, judges_board, times_of
from awards.scoresheets.queries.ended import EndedSheet, ended_sheet
from awards.scoresheets.queries.my_entries import MyEntry, my_entries
from awards.scoresheets.queries.own_marks import OwnMarks, own_marks
from awards.scoresheets.queries.progress import (
    COLUMNS,
    STATES,
    Progress,
    ProgressEntry,
    ProgressJudge,
    progress_of,
    states_of,
)
from awards.scoresheets.queries.reminders import Addressee, addressees_of, letter_values
from awards.scoresheets.queries.sheet import SheetView, sheet_for_judge
from awards.scoresheets.queries.summary import SheetSummed, Summary, summary_of
from awards.scoresheets.queries.to_sign import SheetToSign, mine_to_sign

__all__ = [
    "COLUMNS",
    "STATES",
    "Addressee",
    "EndedSheet",
    "EntriesBoard",
    "JudgesBoard",
    "MyEntry",
    "OwnMarks",
    "Progress",
    "ProgressEntry",
    "ProgressJudge",
    "SheetSummed",
    "SheetToSign",
    "SheetView",
    "Summary",
    "addressees_of",
    "ended_sheet",
    "entries_board",
    "judges_board",
    "letter_values",
    "mine_to_sign",
    "my_entries",
    "own_marks",
    "progress_of",
    "sheet_for_judge",
    "states_of",
    "summary_of",
    "times_of",
]
