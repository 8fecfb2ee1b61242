"""The entry form as its sections, how questions and sections change places, and one as officials meet it. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.checks_form import answers_to
from awards.editions.document import ALWAYS, EditionDocument, QuestionKind, QuestionPart
from awards.editions.stored import Limits
from awards.web.frame import Choice
from awards.web.i18n import _

P = TypeVar("P")


class FormSection(Struct, frozen=True):
    name: str
    questions: tuple[QuestionPart, ...]


def sections_of(questions: Sequence[QuestionPart]) -> tuple[FormSection, ...]:
    """In the order in which each section begins."""
    found: dict[str, list[QuestionPart]] = {}
    for one in questions:
        found.setdefault(one.section, []).append(one)
    return tuple(FormSection(name, tuple(parts)) for name, parts in found.items())


def gathered(questions: Sequence[QuestionPart]) -> tuple[QuestionPart, ...]:
    """The questions of each section together."""
    return tuple(one for section in sections_of(questions) for one in section.questions)


def with_questions(document: EditionDocument, questions: Sequence[QuestionPart]) -> EditionDocument:
    return replace(document, questions=gathered(questions))


def moved(document: EditionDocument, code: str, step: int) -> EditionDocument:
    """One place up (-1) or down (1) within its section; at its end it stays."""
    sections = []
    for section in sections_of(document.questions):
        at = next((n for n, one in enumerate(section.questions) if one.code == code), None)
        sections.append(section.questions if at is None else _swapped(section.questions, at, at + step))
    return with_questions(document, [one for section in sections for one in section])


def section_moved(document: EditionDocument, name: str, step: int) -> EditionDocument:
    sections = sections_of(document.questions)
    at = [one.name for one in sections].index(name)
    ordered = _swapped(sections, at, at + step)
    return with_questions(document, [one for section in ordered for one in section.questions])


def section_renamed(document: EditionDocument, name: str, new: str) -> EditionDocument:
    """Called as another section is, the two become one."""
    renamed = [replace(one, section=new) if one.section == name else one for one in document.questions]
    return with_questions(document, renamed)


def _swapped(parts: Sequence[P], one: int, other: int) -> tuple[P, ...]:
    found = list(parts)
    if 0 <= other < len(found):
        found[one], found[other] = found[other], found[one]
    return tuple(found)


# --- as officials meet it ---------------------------------------------------------------------------------


class Shown(Struct, frozen=True):
    """A question with what the field of an entry needs of it; `only_if` says in words when it is asked."""

    code: str
    section: str
    kind: str
    label: str
    hint: str
    required: bool
    audience: str
    hidden_when_blind: bool
    limits: Limits
    choices: tuple[Choice, ...]
    only_if: str
    frozen_at: str
    categories: tuple[str, ...]


def shown(document: EditionDocument, part: QuestionPart, frozen_at: str = "") -> Shown:
    names = {one.code: one.name for one in document.categories}
    return Shown(
        code=part.code,
        section=part.section,
        kind=part.kind.value,
        label=part.label or _("The question stands here"),
        hint=part.hint,
        required=part.required,
        audience=part.audience,
        hidden_when_blind=part.hidden_when_blind,
        limits=Limits(part.min_words, part.max_words, part.options, part.unit, part.most_files),
        choices=choices_of(part),
        only_if=condition_in_words(document, part),
        frozen_at=frozen_at,
        categories=tuple(names[code] for code in part.categories if code in names),
    )


def choices_of(part: QuestionPart) -> tuple[Choice, ...]:
    words = {"yes": _("Yes"), "no": _("No")} if part.kind is QuestionKind.YES_OR_NO else {}
    return tuple(Choice(one, words.get(one, one)) for one in answers_to(part))


def condition_in_words(document: EditionDocument, part: QuestionPart) -> str:
    code, answer = part.show_if
    other = next((one for one in document.questions if one.code == code), None)
    if part.show_if == ALWAYS or other is None:
        return ""
    said = next((one.text for one in choices_of(other) if one.value == answer), answer)
    return _("Only if “%(question)s” is “%(answer)s”", question=other.label, answer=said)


# --- codes ------------------------------------------------------------------------------------------------

_LONGEST, _WORDS = 24, 3


def code_for(label: str, taken: Collection[str]) -> str:
    """A code from the first words of a question, for who does not care to choose one."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    long = [word for word in words if len(word) > 3] or words or ["question"]
    first = "-".join(long[:_WORDS])[:_LONGEST].strip("-")
    return next(code for code in _numbered(first) if code not in taken)


def _numbered(first: str) -> Iterator[str]:
    yield first
    for number in count(2):
        yield f"{first}-{number}"
