"""What is attached to an entry: as it stands, as its versions name it, and where the same bytes are found again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.attaching import FileFacts, is_picture, kind_in_words
from awards.entries.tables import Attachment, EntryVersion
from awards.errors import NotFound

_FACTS = """
SELECT q.code, f.sha256, t.number, t.file AS file_id, f.ending, f.state,
       (SELECT COUNT(*) FROM file_copy c WHERE c.file = f.id AND c.kind = 'page') AS pages,
       COALESCE(p.width, j.width, 0) AS width, COALESCE(p.height, j.height, 0) AS height
FROM attachment t JOIN question q ON q.id = t.question JOIN stored_file f ON f.id = t.file
LEFT JOIN file_copy j ON j.file = f.id AND j.kind = 'judge'
LEFT JOIN file_copy p ON p.file = f.id AND p.kind = 'page' AND p.number = 1
WHERE t.entry = {} ORDER BY t.number
"""


async def facts_of(entry_id: int) -> list[FileFacts]:
    """Everything that was ever attached: earlier versions name what was replaced since."""
    return [FileFacts(**row) for row in await Attachment.raw(_FACTS, entry_id)]


class SubmittedFile(Struct, frozen=True):
    """A file that a version names, for the entry's own people and for the secretariat; `state` is of its copies."""

    code: str
    number: int
    file_id: int
    name: str
    ending: str
    media_type: str
    size: int
    sha256: str
    alt: str
    state: str
    pages: int

    @property
    def kind(self) -> str:
        return kind_in_words(self.ending, self.pages)

    @property
    def is_picture(self) -> bool:
        return is_picture(self.ending)


async def files_in(entry_id: int, body: Mapping[str, Any]) -> dict[str, tuple[SubmittedFile, ...]]:
    """The files of one version by the question's code."""
    return files_named(body, await facts_of(entry_id)) if body.get("files") else {}


def files_named(body: Mapping[str, Any], stored: Sequence[FileFacts]) -> dict[str, tuple[SubmittedFile, ...]]:
    """The same, where it is known what is stored."""
    facts = {(one.code, one.sha256): one for one in stored}
    return {
        code: tuple(
            _submitted(facts[code, one["sha256"]], one) for one in some if (code, one["sha256"]) in facts
        )
        for code, some in body.get("files", {}).items()
    }


def _submitted(fact: FileFacts, said: Mapping[str, Any]) -> SubmittedFile:
    return SubmittedFile(
        code=fact.code,
        number=fact.number,
        file_id=fact.file_id,
        name=said["name"],
        ending=fact.ending,
        media_type=said["media_type"],
        size=said["size"],
        sha256=fact.sha256,
        alt=said["alt"],
        state=fact.state,
        pages=fact.pages,
    )


async def file_on_desk(edition_id: int, reference: str, number: int) -> SubmittedFile:
    """A file that any submitted version of the entry names; drafts alone show nothing. Raises NotFound.

    The caller has asked for the edition's rights.
    """
    rows = await EntryVersion.raw(
        "SELECT v.entry, v.body FROM entry_version v JOIN entry n ON n.id = v.entry"
        " WHERE n.edition = {} AND n.reference = {} AND n.state <> 'draft' ORDER BY v.number DESC",
        edition_id, reference.upper(),
    )  # fmt: skip
    for row in rows:
        for files in (await files_in(row["entry"], json.loads(row["body"]))).values():
            for one in files:
                if one.number == number:
                    return one
    raise NotFound


class Attached(Struct, frozen=True):
    """One row of what was attached, also one that was replaced or removed since."""

    number: int
    file_id: int
    code: str
    name: str
    ending: str
    size: int
    alt: str
    state: str


async def attached(entry_id: int, number: int) -> Attached:
    """Raises NotFound. The caller has checked who asks."""
    rows = await Attachment.raw(
        "SELECT t.number, t.file AS file_id, q.code, t.name, f.ending, f.size, t.alt, f.state"
        " FROM attachment t JOIN question q ON q.id = t.question JOIN stored_file f ON f.id = t.file"
        " WHERE t.entry = {} AND t.number = {}",
        entry_id, number,
    )  # fmt: skip
    if not rows:
        raise NotFound
    return Attached(**rows[0])


async def number_of(entry_id: int, file_id: int) -> int:
    """The attachment that a stored file became. Raises NotFound."""
    rows = await Attachment.select(Attachment.number).where(
        (Attachment.entry == entry_id) & (Attachment.file == file_id)
    )
    if not rows:
        raise NotFound
    return int(rows[0]["number"])
