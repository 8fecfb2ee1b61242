"""What judges read of a submission: what is for them, and in a blind round not who entered."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.attaching import BlindFile, FileFacts, judged_files
from awards.entries.queries.files import facts_of
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
    files: tuple[BlindFile, ...] = ()

    @property
    def said(self) -> Said:
        return said(self.kind, self.value, self.unit)


class JudgedSection(Struct, frozen=True):
    """A part of the form with what was answered in it."""

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
            JudgedSection(name, tuple(answer for answer in self.answers if answer.section == name))
            for name in names
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
    body = json.loads(row["body"])
    facts = await facts_of(row["entry_id"]) if body.get("files") else ()
    return judged(row, body, questions, facts, blind=blind)


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
    rows = await EntryVersion.raw(_VERSION, version_id)
    if not rows:
        raise NotFound
    said = json.loads(rows[0]["body"]).get("files", {})
    codes = [q.code for q in await questions_asked(rows[0]["edition_id"]) if q.is_seen(blind=blind)]
    shown, order = judged_files(said, codes, await facts_of(rows[0]["entry_id"]), blind=blind)
    files = (one for files in shown.values() for one in files)
    return [(file, fact.file_id) for file, fact in zip(files, order, strict=True)]


def judged(
    row: Mapping[str, Any],
    body: Mapping[str, Any],
    questions: Sequence[Asked],
    facts: Sequence[FileFacts] = (),
    *,
    blind: bool,
) -> BlindEntry:
    """What judges get of a body that is submitted or would be; the one place where that is decided.

    `row` has the reference, the category's name and code, and what an older body does not tell.
    """
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
                q.kind,
                q.label,
                given.get(q.code, ""),
                q.limits.unit,
                files.get(q.code, ()),
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
