"""Files in answer to a question: how many fit, what is missing, and what each is called for whose eyes. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionRules
from awards.entries.answering import Asked
from awards.files.kinds import BY_ENDING, Family
from awards.files.limits import Allowed
from awards.web.i18n import _, ngettext

LONGEST_ALT = 500
MB = 1024 * 1024


class AttachedFile(Struct, frozen=True):
    """A file as the entry's own people see it; `state` is that of the copies for judges."""

    number: int
    file_id: int
    name: str
    sha256: str
    size: int
    media_type: str
    ending: str
    alt: str
    version: int
    state: str
    at: datetime
    by: str

    @property
    def is_picture(self) -> bool:
        return is_picture(self.ending)

    @property
    def isolated(self) -> str:
        return isolated(self.name)

    @property
    def has_thumbnail(self) -> bool:
        return family_of(self.ending) in (Family.IMAGE, Family.PDF)

    @property
    def kind(self) -> str:
        return kind_in_words(self.ending)

    @property
    def says(self) -> dict[str, Any]:
        """What a submitted version pins of it."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "size": self.size,
            "alt": self.alt,
        }


def isolated(name: str) -> str:
    """For a sentence that is text alone: a name in another direction turns nothing around it."""
    return f"\u2068{name}\u2069"


def family_of(ending: str) -> Family:
    return BY_ENDING[ending].family


def is_picture(ending: str) -> bool:
    return family_of(ending) is Family.IMAGE


def kind_in_words(ending: str, pages: int = 0) -> str:
    """PDF, 3 pages; picture; DOCX."""
    match family_of(ending):
        case Family.IMAGE:
            return _("picture")
        case Family.PDF if pages:
            return ngettext("PDF, %(num)d page", "PDF, %(num)d pages", pages)
    return ending.upper()


def unnamed(number: int, ending: str, pages: int = 0) -> str:
    """What a file is called where its name could tell who entered."""
    return _("File %(number)d (%(kind)s)", number=number, kind=kind_in_words(ending, pages))


def most_of(question: Asked) -> int:
    return question.limits.most_files or 1


def room(rules: EditionRules, question: Asked, here: int, in_entry: int) -> int:
    """How many more files the question takes; `in_entry` counts those of all its questions."""
    return max(0, min(most_of(question) - here, rules.most_files - in_entry))


def allowed(rules: EditionRules, question: Asked, here: int, in_entry: int, *, replaces: bool) -> Allowed:
    """A file that takes another's place always has room."""
    return Allowed(
        room=1 if replaces else room(rules, question, here, in_entry), largest=rules.most_file_mb * MB
    )


def room_problem(rules: EditionRules, question: Asked, here: int, in_entry: int) -> str:
    if room(rules, question, here, in_entry):
        return ""
    if here >= most_of(question):
        return ngettext(
            "This question takes %(num)d file, and it is there; replace it",
            "This question takes %(num)d files, and they are there; replace or remove one",
            most_of(question),
        )
    return ngettext(
        "An entry can have %(num)d file at most; this one has it. Remove it from its question first",
        "An entry can have %(num)d files at most; this one has them. Remove one from another question first",
        rules.most_files,
    )


def files_problem(question: Asked, files: Sequence[AttachedFile]) -> str:
    """What a complete answer lacks, or nothing."""
    if not files:
        return _("Attach a file for “%(question)s”", question=question.label) if question.required else ""
    if question.audience == "public":
        for one in files:
            if one.is_picture and not one.alt:
                return _(
                    "Describe the picture “%(name)s” in words, for who cannot see it", name=isolated(one.name)
                )
    return ""


def files_said(answers: Mapping[str, Sequence[AttachedFile]]) -> dict[str, list[dict[str, Any]]]:
    """By the question's code, for the body of a version."""
    return {code: [one.says for one in files] for code, files in answers.items() if files}


# --- for judges ----------------------------------------------------------------------------------------


class FileFacts(Struct, frozen=True):
    """What is stored of a file that some version names."""

    code: str
    sha256: str
    number: int
    """The attachment's; judges get another that tells nothing of what they do not see."""
    file_id: int
    ending: str
    state: str
    pages: int
    width: int
    height: int


class BlindFile(Struct, frozen=True):
    """A file as judges know it where nothing may tell who entered: no name."""

    number: int
    ending: str
    alt: str
    state: str
    pages: int
    width: int
    height: int
    """Of the picture, or of the first page."""

    @property
    def title(self) -> str:
        return unnamed(self.number, self.ending, self.pages)

    @property
    def kind(self) -> str:
        return kind_in_words(self.ending, self.pages)

    @property
    def is_picture(self) -> bool:
        return is_picture(self.ending)

    @property
    def download(self) -> str:
        """The name under which the copy is saved."""
        return f"file-{self.number}.{copy_ending(self.ending)}"


class JudgedFile(BlindFile, frozen=True):
    name: str

    @property
    def title(self) -> str:
        return self.name


def copy_ending(ending: str) -> str:
    """Pictures are drawn anew in one format."""
    return "webp" if is_picture(ending) else ending


def judged_files(
    said: Mapping[str, Sequence[Mapping[str, Any]]],
    codes: Sequence[str],
    facts: Sequence[FileFacts],
    *,
    blind: bool,
) -> tuple[dict[str, tuple[BlindFile, ...]], tuple[FileFacts, ...]]:
    """Files of these questions, numbered through from 1, and what is stored of each in the same order.

    `codes` are the questions that the reader may see, in the order of the form: a number tells of no other.
    """
    shown: dict[str, tuple[BlindFile, ...]] = {}
    order: list[FileFacts] = []
    for code in codes:
        files: list[BlindFile] = []
        for one in said.get(code, ()):
            fact = _fact(facts, code, str(one["sha256"]))
            if fact is None:
                continue
            order.append(fact)
            known: dict[str, Any] = {
                "number": len(order),
                "ending": fact.ending,
                "alt": one["alt"],
                "state": fact.state,
                "pages": fact.pages,
                "width": fact.width,
                "height": fact.height,
            }
            files.append(BlindFile(**known) if blind else JudgedFile(**known, name=one["name"]))
        if files:
            shown[code] = tuple(files)
    return shown, tuple(order)


def _fact(facts: Sequence[FileFacts], code: str, sha256: str) -> FileFacts | None:
    """Attached twice over time, the same bytes were kept twice: one whose copies are ready serves."""
    same = [one for one in facts if (one.code, one.sha256) == (code, sha256)]
    return next((one for one in same if one.state == "ready"), same[-1] if same else None)
