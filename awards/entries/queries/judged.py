"""What judges read of a submission: what is for them, and in a blind round not who entered."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.attaching import BlindFile, FileFacts, judged_files
from awards.entries.queries.files import facts_of
from awards.entries.queries.questions import questions_asked
from awards.entries.redacting import answer_part, redacted_body
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
    files: tuple[BlindFile, ...] = ()
    redacted: bool = False
    """Whether these are not the city's own words, so that they tell nothing of it."""

    @property
    def said(self) -> Said:
        return said(self.kind, self.value, self.unit)


class JudgedSection(Struct, frozen=True):
    """A part of the form with what was answered in it."""

    number: int
    name: str
    answers: tuple[JudgedAnswer, ...]


class BlindEntry(Struct, frozen=True):
    """What a judge of a blind round may know: not who entered."""

    reference: str
    title: str
    category: str
    category_name: str
    lang: str
    answers: tuple[JudgedAnswer, ...]

    @property
    def sections(self) -> tuple[JudgedSection, ...]:
        """In the order of the form."""
        names = dict.fromkeys(answer.section for answer in self.answers)
        return tuple(
            JudgedSection(number, name, tuple(one for one in self.answers if one.section == name))
            for number, name in enumerate(names, 1)
        )


class JudgedEntry(BlindEntry, frozen=True):
    entrant: str
    country: str
    country_label: str


_VERSION = """
SELECT v.body, n.id AS entry_id, n.reference, n.title, n.lang, n.edition AS edition_id, t.name AS entrant, t.country,
       t.country_label, c.code AS category, c.name AS category_name
FROM entry_version v JOIN entry n ON n.id = v.entry JOIN entrant t ON t.id = n.entrant
JOIN category c ON c.id = n.category WHERE v.id = {}
"""


# One row for each part in other words.
_REDACTED = _VERSION.replace("\nFROM", ", d.part, d.text AS redacted\nFROM").replace(
    "WHERE", "LEFT JOIN redaction d ON d.entry_version = v.id AND d.ended_at IS NULL WHERE"
)


async def version_for_judges(
    version_id: int, questions: Sequence[Asked] | None = None, *, blind: bool
) -> BlindEntry:
    """Only answers that judges may read; in a blind round without what tells who entered.

    The caller has checked that the reader is assigned. `questions` spares a query where they are known.
    """
    row, standing = await _version(version_id, blind=blind)
    if questions is None:
        questions = await questions_asked(row["edition_id"])
    body = json.loads(row["body"])
    facts = await facts_of(row["entry_id"]) if body.get("files") else ()
    return judged(row, body, questions, facts, blind=blind, standing=standing)


async def _version(version_id: int, *, blind: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """With what stands in place of its parts where nothing may tell who entered."""
    rows = await EntryVersion.raw(_REDACTED if blind else _VERSION, version_id)
    if not rows:
        raise NotFound
    return rows[0], {row["part"]: row["redacted"] for row in rows if blind and row["part"] is not None}


async def file_for_judges(version_id: int, number: int, *, blind: bool) -> tuple[BlindFile, int]:
    """The file that judges know by this number, and the stored one whose copies they may open.

    The caller has checked that the reader is assigned. Raises NotFound.
    """
    for file, file_id in await files_for_judges(version_id, blind=blind):
        if file.number == number:
            return file, file_id
    raise NotFound


async def files_for_judges(version_id: int, *, blind: bool) -> list[tuple[BlindFile, int]]:
    """All of them, as `file_for_judges` knows each."""
    row, standing = await _version(version_id, blind=blind)
    files = redacted_body(json.loads(row["body"]), standing)["files"]
    codes = [q.code for q in await questions_asked(row["edition_id"]) if q.is_seen(blind=blind)]
    shown, order = judged_files(files, codes, await facts_of(row["entry_id"]), blind=blind)
    files = (one for files in shown.values() for one in files)
    return [(file, fact.file_id) for file, fact in zip(files, order, strict=True)]


def judged(
    row: Mapping[str, Any],
    body: Mapping[str, Any],
    questions: Sequence[Asked],
    facts: Sequence[FileFacts] = (),
    *,
    blind: bool,
    standing: Mapping[str, str] = MappingProxyType({}),
) -> BlindEntry:
    """What judges get of a body that is submitted or would be; the one place where that is decided.

    `row` has the reference, the category's name and code, and what an older body does not tell.
    """
    body = redacted_body(body, standing) if blind else body
    given = body.get("answers", {})
    seen = [q for q in questions if q.is_seen(blind=blind)]
    files, _order = judged_files(body.get("files", {}), [q.code for q in seen], facts, blind=blind)
    entry = BlindEntry(
        reference=row["reference"],
        title=body.get("title") or row["title"],
        category=row["category"],
        category_name=row["category_name"],
        lang=body.get("lang") or row["lang"],
        answers=tuple(
            JudgedAnswer(
                q.section,
                q.code,
                "long text" if blind and answer_part(q.code) in standing else q.kind,
                q.label,
                given.get(q.code, ""),
                q.limits.unit,
                files.get(q.code, ()),
                blind and answer_part(q.code) in standing,
            )
            for q in seen
            if q.code in given or q.code in files
        ),
    )
    if blind:
        return entry
    who = body.get("entrant", {})
    return JudgedEntry(
        **{name: getattr(entry, name) for name in BlindEntry.__struct_fields__},
        entrant=who.get("name") or row["entrant"],
        country=who.get("country") or row["country"],
        country_label=who.get("country_label") or row["country_label"],
    )
