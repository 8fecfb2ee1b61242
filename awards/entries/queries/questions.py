"""The questions of an edition as entries meet them."""

from collections.abc import Mapping
from typing import Any

from awards.editions.stored import limits_of, show_if_of
from awards.editions.tables import Question
from awards.entries.answering import Asked


def asked_of(row: Mapping[str, Any]) -> Asked:
    return Asked(
        id=row["id"],
        section=row["section"],
        code=row["code"],
        kind=row["kind"],
        label=row["label"],
        hint=row["hint"],
        required=bool(row["required"]),
        audience=row["audience"],
        hidden_when_blind=bool(row["hidden_when_blind"]),
        limits=limits_of(row["limits"]),
        show_if=show_if_of(row["show_if"]),
        frozen_at=row["frozen_at"],
    )


_QUESTIONS = """
SELECT q.id, q.section, q.code, q.kind, q.label, q.hint, q.required, q.audience, q.hidden_when_blind, q.limits,
       q.show_if, q.frozen_at
FROM question q WHERE q.edition = {} AND STANDS ORDER BY q.position, q.id
"""


async def questions_asked(edition_id: int, *, also_ended: bool = False) -> list[Asked]:
    """Those that were taken out of the form stand in what was submitted before."""
    text = _QUESTIONS.replace("STANDS", "1 = 1" if also_ended else "q.ended_at IS NULL")
    return [asked_of(row) for row in await Question.raw(text, edition_id)]
