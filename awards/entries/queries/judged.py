"""What judges read of a submission: what is for them, and in a blind round not who entered."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.queries.questions import questions_asked
from awards.entries.saying import Said, said
from awards.entries.tables import EntryVersion
from awards.errors import NotFound


class JudgedAnswer(Struct, frozen=True):
    section: str
    code: str
    kind: str
    label: str
    value: str
    unit: str = ""

    @property
    def said(self) -> Said:
        return said(self.kind, self.value, self.unit)


class BlindEntry(Struct, frozen=True):
    """What a judge of a blind round may know: not who entered."""

    reference: str
    title: str
    category: str
    category_name: str
    lang: str
    answers: tuple[JudgedAnswer, ...]


class JudgedEntry(BlindEntry, frozen=True):
    entrant: str
    country: str
    country_label: str


_VERSION = """
SELECT v.body, n.reference, n.title, n.lang, n.edition AS edition_id, t.name AS entrant, t.country,
       t.country_label, c.code AS category, c.name AS category_name
FROM entry_version v JOIN entry n ON n.id = v.entry JOIN entrant t ON t.id = n.entrant
JOIN category c ON c.id = n.category WHERE v.id = {}
"""


async def version_for_judges(
    version_id: int, questions: Sequence[Asked] | None = None, *, blind: bool
) -> BlindEntry:
    """Only answers that judges may read; in a blind round without what tells who entered.

    The caller has checked that the reader is assigned. `questions` spares a query where they are known.
    """
    rows = await EntryVersion.raw(_VERSION, version_id)
    if not rows:
        raise NotFound
    row = rows[0]
    if questions is None:
        questions = await questions_asked(row["edition_id"])
    return judged(row, json.loads(row["body"]), questions, blind=blind)


def judged(
    row: Mapping[str, Any], body: Mapping[str, Any], questions: Sequence[Asked], *, blind: bool
) -> BlindEntry:
    """What judges get of a body that is submitted or would be; the one place where that is decided.

    `row` has the reference, the category's name and code, and what an older body does not tell.
    """
    given = body.get("answers", {})
    entry = BlindEntry(
        reference=row["reference"],
        title=body.get("title") or row["title"],
        category=row["category"],
        category_name=row["category_name"],
        lang=body.get("lang") or row["lang"],
        answers=tuple(
            JudgedAnswer(q.section, q.code, q.kind, q.label, given[q.code], q.limits.unit)
            for q in questions
            if q.code in given and q.for_judges and not (blind and q.hidden_when_blind)
        ),
    )
    if blind:
        return entry
    facts = body.get("entrant", {})
    return JudgedEntry(
        **{name: getattr(entry, name) for name in BlindEntry.__struct_fields__},
        entrant=facts.get("name") or row["entrant"],
        country=facts.get("country") or row["country"],
        country_label=facts.get("country_label") or row["country_label"],
    )
