"""Reading entries: as the officials of their entrant see them, and as rounds read what was submitted."""

from awards.entries.queries.judged import BlindEntry, JudgedAnswer, JudgedEntry, version_for_judges
from awards.entries.queries.own import (
    AnswerRow,
    OwnEntry,
    answers_of,
    draft_of,
    own_entries,
    own_entry,
    siblings,
    submission_problems,
)
from awards.entries.queries.questions import questions_asked
from awards.entries.queries.submitted import EntryRow, VersionRow, entries_of, versions_of

__all__ = [
    "AnswerRow",
    "BlindEntry",
    "EntryRow",
    "JudgedAnswer",
    "JudgedEntry",
    "OwnEntry",
    "VersionRow",
    "answers_of",
    "draft_of",
    "entries_of",
    "own_entries",
    "own_entry",
    "questions_asked",
    "siblings",
    "submission_problems",
    "version_for_judges",
    "versions_of",
]
