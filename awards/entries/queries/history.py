"""What an answer was before, and the draft in any language beside it. The caller has checked who reads."""

from datetime import datetime

from msgspec import Struct

from awards.entries.tables import AnswerRevision, WorkingText
from awards.errors import NotFound


class Revision(Struct, frozen=True):
    """One change of an answer, without its text."""

    version: int
    at: datetime
    person_id: int | None
    by: str


class WholeRevision(Struct, frozen=True):
    version: int
    at: datetime
    person_id: int | None
    by: str
    value: str


class Operation(Struct, frozen=True):
    """What the save with some key made."""

    entry_id: int
    question_id: int
    version: int
    value: str
    at: datetime


_COLUMNS = 'r.version, r.created_at AS at, r."by" AS person_id, COALESCE(p.name, \'\') AS "by"'
_FROM = """
FROM answer_revision r JOIN answer a ON a.id = r.answer LEFT JOIN person p ON p.id = r."by"
WHERE a.entry = {} AND a.question = {}
"""


async def revisions_of(entry_id: int, question_id: int) -> list[Revision]:
    """Every change of an answer, the newest first."""
    rows = await AnswerRevision.raw(
        f"SELECT {_COLUMNS} {_FROM} ORDER BY r.version DESC",
        entry_id,
        question_id,
    )
    return [Revision(**row) for row in rows]


async def revision_of(entry_id: int, question_id: int, version: int) -> WholeRevision:
    found = await two_revisions(entry_id, question_id, version, version)
    if not found:
        raise NotFound
    return found[version]


async def two_revisions(
    entry_id: int, question_id: int, version: int, other: int
) -> dict[int, WholeRevision]:
    rows = await AnswerRevision.raw(
        f"SELECT {_COLUMNS}, r.value {_FROM} AND r.version IN ({{}}, {{}})",
        entry_id,
        question_id,
        version,
        other,
    )
    return {row["version"]: WholeRevision(**row) for row in rows}


async def operation_of(person_id: int, key: str) -> Operation | None:
    rows = await AnswerRevision.raw(
        "SELECT a.entry AS entry_id, a.question AS question_id, r.version, r.value, r.created_at AS at"
        ' FROM answer_revision r JOIN answer a ON a.id = r.answer WHERE r."by" = {} AND r.operation = {}',
        person_id, key,
    )  # fmt: skip
    return Operation(**rows[0]) if rows else None


class WorkingRow(Struct, frozen=True):
    """A draft in any language; version 0 is none yet."""

    text: str = ""
    lang: str = ""
    version: int = 0
    saved_at: datetime | None = None


async def working_texts(entry_id: int) -> dict[int, WorkingRow]:
    """By the question's id. For the entrant's own people and nobody else."""
    rows = await WorkingText.raw(
        "SELECT question, text, lang, version, saved_at FROM working_text WHERE entry = {}", entry_id
    )
    return {row.pop("question"): WorkingRow(**row) for row in rows}
