"""Answers that are kept and no longer asked for: their question left the form, or left the entry's category."""

from datetime import datetime

from msgspec import Struct

from awards.editions.stored import limits_of
from awards.entries.saying import Said, said
from awards.entries.tables import Attachment


class KeptFile(Struct, frozen=True):
    number: int
    name: str


class KeptAnswer(Struct, frozen=True):
    """`ended` is when the question left the form; none where it is asked in other categories only."""

    code: str
    section: str
    label: str
    said: Said
    saved_at: datetime | None
    ended: datetime | None
    files: tuple[KeptFile, ...]


_KEPT = """
SELECT q.code, q.section, q.label, q.kind, q.limits, q.ended_at, a.value, a.saved_at, t.number, t.name
FROM question q LEFT JOIN answer a ON a.question = q.id AND a.entry = {}
LEFT JOIN attachment t ON t.question = q.id AND t.entry = {} AND t.replaced_at IS NULL AND t.removed_at IS NULL
WHERE q.edition = {} AND (a.value <> '' OR t.id IS NOT NULL) AND (q.ended_at IS NOT NULL
 OR (EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id)
  AND NOT EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id AND g.category = {})))
ORDER BY q.position, q.id, t.number
"""


async def kept_answers(entry_id: int, edition_id: int, category_id: int) -> list[KeptAnswer]:
    """In the order of the form. The caller has checked who reads."""
    rows = await Attachment.raw(_KEPT, entry_id, entry_id, edition_id, category_id)
    files: dict[str, list[KeptFile]] = {}
    for row in rows:
        if row["number"]:
            files.setdefault(row["code"], []).append(KeptFile(row["number"], row["name"]))
    return [
        KeptAnswer(
            code=code,
            section=row["section"],
            label=row["label"],
            said=said(row["kind"], row["value"] or "", limits_of(row["limits"]).unit),
            saved_at=row["saved_at"],
            ended=row["ended_at"],
            files=tuple(files.get(code, ())),
        )
        for code, row in {row["code"]: row for row in rows}.items()
    ]
