"""What a city lets the public have of its entry, should it win: as it is kept, and as it is read. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, convert, to_builtins

from awards.entries.answering import Asked
from awards.entries.attaching import FileFacts, JudgedFile, judged_files
from awards.entries.reading import FileSaid, read_body
from awards.entries.saying import Said, said
from awards.errors import NotFound


class Released(Struct, frozen=True, omit_defaults=True):
    """An answer for the public, as it was submitted; `kind` tells how its value is read."""

    label: str
    code: str
    kind: str
    section: str = ""
    value: str = ""
    unit: str = ""
    files: tuple[FileSaid, ...] = ()

    @property
    def said(self) -> Said:
        return said(self.kind, self.value, self.unit)


def released(body: Mapping[str, Any], questions: Sequence[Asked]) -> tuple[Released, ...]:
    """What the public gets: the answers that the edition's form declares public and that are not empty."""
    return tuple(
        Released(
            row.question.label,
            row.question.code,
            row.question.kind,
            section,
            row.value,
            row.question.limits.unit,
            row.files,
        )
        for section, rows in read_body(body, [one for one in questions if one.audience == "public"])
        for row in rows
    )


def released_document(parts: Sequence[Released]) -> list[dict[str, Any]]:
    """For a document that is signed."""
    return [to_builtins(part) for part in parts]


def released_from(document: Sequence[Mapping[str, Any]]) -> tuple[Released, ...]:
    return convert(document, tuple[Released, ...])


def practice_of(body: Mapping[str, Any], questions: Sequence[Asked]) -> str:
    """The words of what the public gets, for who searches and for who takes it along."""
    told = ((part.label, part.said.plain.strip()) for part in released(body, questions))
    return "\n\n".join(f"{label}\n\n{text}" for label, text in told if text)


# --- as it is read --------------------------------------------------------------------------------------


class Part(Struct, frozen=True):
    """One answer as the public reads it, with those of its files of which there is a copy to be shown."""

    label: str
    code: str
    said: Said
    files: tuple[JudgedFile, ...]


class Section(Struct, frozen=True):
    name: str
    parts: tuple[Part, ...]


class Practice(Struct, frozen=True):
    sections: tuple[Section, ...]
    lang: str
    files: tuple[FileFacts, ...]
    """In the order of their numbers in addresses, from 1."""

    def file(self, number: int) -> tuple[JudgedFile, FileFacts]:
        """Raises NotFound."""
        for section in self.sections:
            for part in section.parts:
                for one in part.files:
                    if one.number == number:
                        return one, self.files[number - 1]
        raise NotFound


def practice_from(parts: Sequence[Released], facts: Sequence[FileFacts], lang: str) -> Practice:
    said = {
        part.code: [{"sha256": one.sha256, "name": one.name, "alt": one.alt} for one in part.files]
        for part in parts
    }
    shown, order = judged_files(said, [part.code for part in parts], facts, blind=False)
    sections: dict[str, list[Part]] = {}
    for part in parts:
        files = tuple(
            one for one in shown.get(part.code, ()) if isinstance(one, JudgedFile) and one.state != "failed"
        )
        if files or not part.files:
            sections.setdefault(part.section, []).append(Part(part.label, part.code, part.said, files))
    return Practice(tuple(Section(name, tuple(own)) for name, own in sections.items()), lang, order)
