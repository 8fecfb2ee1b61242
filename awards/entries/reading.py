"""The whole of what was written, or of one submission, as its own people and the secretariat read it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.attaching import FileFacts
from awards.entries.saying import Said, said
from awards.web.words import word_count


def words_of(question: Asked, value: str) -> int:
    """How many, where words are counted; else 0."""
    return word_count(value) if question.limits.min_words or question.limits.max_words else 0


class FileSaid(Struct, frozen=True, omit_defaults=True):
    """A file as a document names it; the bytes are those with this hash. `number` is that of its address, if known."""

    name: str
    sha256: str
    media_type: str
    size: int
    alt: str
    number: int = 0


class ReadAnswer(Struct, frozen=True):
    question: Asked
    value: str
    files: tuple[FileSaid, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.files and not self.value.strip()

    @property
    def said(self) -> Said:
        return said(self.question.kind, self.value, self.question.limits.unit)

    @property
    def words(self) -> int:
        return words_of(self.question, self.value)


Sections = tuple[tuple[str, tuple[ReadAnswer, ...]], ...]


def read_body(
    body: Mapping[str, Any],
    questions: Sequence[Asked],
    facts: Sequence[FileFacts] = (),
    *,
    also_empty: bool = False,
) -> Sections:
    """Answers by section, in the order of the form. `facts` tell the numbers of files, for pages that lead to them."""
    numbers = {(one.code, one.sha256): one.number for one in facts}
    answers, files = body.get("answers", {}), body.get("files", {})
    found: dict[str, list[ReadAnswer]] = {}
    for question in questions:
        said_of = tuple(
            _file(one, numbers.get((question.code, one["sha256"]), 0)) for one in files.get(question.code, ())
        )
        row = ReadAnswer(question, answers.get(question.code, ""), said_of)
        if also_empty or not row.is_empty:
            found.setdefault(question.section, []).append(row)
    return tuple((section, tuple(rows)) for section, rows in found.items())


def _file(kept: Mapping[str, Any], number: int) -> FileSaid:
    plain = ("name", "sha256", "media_type", "size", "alt")
    return FileSaid(**{name: kept[name] for name in plain}, number=number)
