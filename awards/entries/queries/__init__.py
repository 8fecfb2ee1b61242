"""Reading entries: as the officials of their entrant see them, and as rounds read what was submitted."""

from awards.entries.queries.answers import AnswerRow, Section, answers_of, every_answer_of, sections_of
from awards.entries.queries.eligibility import facts_about, standing_of, submission_problems
from awards.entries.queries.files import (
    SubmittedFile,
    attached,
    facts_of,
    files_in,
)
from awards.entries.queries.history import (
    Revision,
    WholeRevision,
    WorkingRow,
    operation_of,
    revision_of,
    revisions_of,
    two_revisions,
    working_texts,
)
from awards.entries.queries.judged import (
    BlindEntry,
    JudgedAnswer,
    JudgedEntry,
    file_for_judges,
    files_for_judges,
    judged,
    version_for_judges,
)
from awards.entries.queries.own import (
    OwnEntry,
    draft_of,
    own_entries,
    own_entry,
)
from awards.entries.queries.questions import questions_asked
from awards.entries.queries.submitted import VersionRow, versions_of

__all__ = [
    "AnswerRow",
    "BlindEntry",
    "JudgedAnswer",
    "JudgedEntry",
    "OwnEntry",
    "Revision",
    "Section",
    "SubmittedFile",
    "VersionRow",
    "WholeRevision",
    "WorkingRow",
    "answers_of",
    "attached",
    "draft_of",
    "every_answer_of",
    "facts_about",
    "facts_of",
    "file_for_judges",
    "files_for_judges",
    "files_in",
    "judged",
    "operation_of",
    "own_entries",
    "own_entry",
    "questions_asked",
    "revision_of",
    "revisions_of",
    "sections_of",
    "standing_of",
    "submission_problems",
    "two_revisions",
    "version_for_judges",
    "versions_of",
    "working_texts",
]
