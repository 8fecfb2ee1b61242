"""The questions of one entry, with what was answered so far."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.tables import Question
from awards.entries.answering import Asked, answer_problems, asked_of_all
from awards.entries.attaching import AttachedFile, files_problem
from awards.entries.queries.questions import asked_of
from awards.entries.reading import words_of
from awards.entries.saying import Said, said


class AnswerRow(Struct, frozen=True):
    """A question with the answer that it has; version 0 is none yet.

    Unasked is what waits for another answer: its text is kept, and counts for nothing. Frozen is what stays as it is.
    """

    question: Asked
    value: str
    version: int
    saved_at: datetime | None
    by: str
    is_asked: bool = True
    is_frozen: bool = False
    files: tuple[AttachedFile, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.files and not self.value.strip()

    @property
    def said(self) -> Said:
        return said(self.question.kind, self.value, self.question.limits.unit)

    @property
    def words(self) -> int:
        return words_of(self.question, self.value)

    @property
    def problem(self) -> str:
        """What stands in the way of submitting. Nobody can mend what is frozen, so that does not."""
        return next(iter(self.problems.values()), "")

    @property
    def problems(self) -> dict[str, str]:
        """Part of the answer -> what it lacks."""
        if self.is_frozen:
            return {}
        if self.question.kind == "file":
            said = files_problem(self.question, self.files)
            return {"": said} if said else {}
        return answer_problems(self.question, self.value)

    @property
    def task(self) -> str:
        """How far it is, in the words of the task list."""
        if self.is_frozen:
            return "closed"
        if self.is_empty:
            return "not started"
        return "in progress" if self.problem else "completed"


_ANSWERS = """
SELECT q.id, q.section, q.code, q.kind, q.label, q.hint, q.required, q.audience, q.hidden_when_blind,
       q.limits, q.show_if, q.frozen_at, a.value, a.version, a.saved_at, p.name AS saved_by,
       t.number, t.file AS file_id, t.name, t.alt, t.version AS file_version, t.created_at AS attached_at,
       tp.name AS attached_by, f.sha256, f.size, f.media_type, f.ending,
       CASE WHEN f.state = 'waiting' AND EXISTS (SELECT 1 FROM job j WHERE j.kind = 'copies'
        AND j.subject_kind = 'stored_file' AND j.subject_id = f.id AND j.state IN ('queued', 'running')
        AND j.asked_by NOT IN (0, f.owner_id)) THEN 'again' ELSE f.state END AS file_state,
       CASE WHEN EXISTS (SELECT 1 FROM exemption y JOIN entry e ON e.entrant = y.entrant AND e.edition = y.edition
        WHERE e.id = {} AND y.rule = 'words' AND y.ended_at IS NULL) THEN 1 ELSE 0 END AS wordless
FROM question q LEFT JOIN answer a ON a.question = q.id AND a.entry = {}
LEFT JOIN person p ON p.id = a."by"
LEFT JOIN attachment t ON t.question = q.id AND t.entry = {} AND t.replaced_at IS NULL AND t.removed_at IS NULL
LEFT JOIN stored_file f ON f.id = t.file LEFT JOIN person tp ON tp.id = t."by"
WHERE q.edition = {} AND q.ended_at IS NULL AND (NOT EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id)
 OR EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id AND g.category = {}))
ORDER BY q.position, q.id, t.position, t.number
"""


async def answers_of(
    entry_id: int, edition_id: int, category_id: int, now: datetime | None = None
) -> list[AnswerRow]:
    """The questions that are asked, in order, answered or not. The caller has checked who reads.

    `now` says what is frozen; without it nothing is.
    """
    rows = await every_answer_of(entry_id, edition_id, category_id, now)
    return [row for row in rows if row.is_asked]


async def every_answer_of(
    entry_id: int, edition_id: int, category_id: int, now: datetime | None = None
) -> list[AnswerRow]:
    """Every question of the entry's category in order, also those that wait for another answer."""
    rows = await Question.raw(_ANSWERS, entry_id, entry_id, entry_id, edition_id, category_id)
    found = [(_asked(each[0]), each) for each in _by_question(rows)]
    values = {question.code: each[0]["value"] or "" for question, each in found}
    asked = asked_of_all((question for question, _each in found), values)
    return [
        AnswerRow(
            question,
            values[question.code],
            first["version"] or 0,
            first["saved_at"],
            first["saved_by"] or "",
            question.code in asked,
            now is not None and question.is_frozen(now),
            tuple(_file(row) for row in each if row["number"] is not None),
        )
        for question, each in found
        for first in each[:1]
    ]


def _asked(row: Mapping[str, Any]) -> Asked:
    """As it is for everybody, or without its limits of words for whom an exception holds."""
    question = asked_of(row)
    if not row["wordless"]:
        return question
    return replace(question, limits=replace(question.limits, min_words=0, max_words=0))


def _by_question(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """A question with several files has several rows, one after the other."""
    return [list(each) for _id, each in groupby(rows, key=lambda row: row["id"])]


def _file(row: Mapping[str, Any]) -> AttachedFile:
    return AttachedFile(
        number=row["number"],
        file_id=row["file_id"],
        name=row["name"],
        sha256=row["sha256"],
        size=row["size"],
        media_type=row["media_type"],
        ending=row["ending"],
        alt=row["alt"],
        version=row["file_version"],
        state=row["file_state"],
        at=row["attached_at"],
        by=row["attached_by"] or "",
    )


class Section(Struct, frozen=True):
    """Questions under one heading; `number` counts from 1 also over sections of which nothing is asked."""

    number: int
    name: str
    every: tuple[AnswerRow, ...]

    @property
    def rows(self) -> tuple[AnswerRow, ...]:
        """Those that are asked."""
        return tuple(row for row in self.every if row.is_asked)

    @property
    def missing(self) -> tuple[AnswerRow, ...]:
        return tuple(row for row in self.rows if row.problem)

    @property
    def answered(self) -> int:
        return sum(1 for row in self.rows if not row.is_empty)

    @property
    def is_needed(self) -> bool:
        return any(row.question.required for row in self.rows)

    @property
    def task(self) -> str:
        """How far it is, in the words of the task list."""
        if all(row.is_frozen for row in self.rows):
            return "closed"
        if not self.answered:
            return "not started"
        return "in progress" if self.missing else "completed"


def sections_of(rows: Sequence[AnswerRow]) -> tuple[Section, ...]:
    """In the order in which each is first met; `rows` are those of every question. Nothing asked, no section."""
    found: dict[str, list[AnswerRow]] = {}
    for row in rows:
        found.setdefault(row.question.section, []).append(row)
    sections = (Section(number, name, tuple(each)) for number, (name, each) in enumerate(found.items(), 1))
    return tuple(section for section in sections if section.rows)
