"""The questions of an entry form as fields of a set-up form, and back. Pure."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from awards.editions.document import (
    ALWAYS,
    AUDIENCES,
    WITH_OPTIONS,
    WITH_WORDS,
    EditionDocument,
    QuestionKind,
    QuestionPart,
)
from awards.editions.entry_form import choices_of
from awards.editions.setup import Answers, Field, Typed, choices, local, zone_hint
from awards.web.frame import Choice
from awards.web.i18n import _

_TEXTS = tuple(kind.value for kind in WITH_WORDS)
_CHOICES = tuple(kind.value for kind in WITH_OPTIONS)


def question_fields(document: EditionDocument, code: str = "") -> tuple[Field, ...]:
    """`code` is the question's own: what stands from it on cannot decide whether it is asked."""
    audiences = {
        "judges": _("Judges"),
        "secretariat": _("The secretariat only"),
        "public": _("Judges, and everybody if the entry wins"),
    }
    names = tuple(Choice(one.code, one.name) for one in document.categories)
    return (
        Field("text", "label", _("Question")),
        Field("text", "section", _("Section of the form"), _("Questions of one section stand together."), optional=True),
        Field("textarea", "hint", _("Help text"),
              _("What a good answer says, in short sentences of plain words. It stands above the answer."), optional=True),
        Field("select", "kind", _("Kind of answer"), choices=choices(*(one.value for one in QuestionKind))),
        Field("textarea", "options", _("Answers to choose from"),
              _("For “one of” and “several of”: one on a line."), optional=True, kinds=_CHOICES),
        Field("number", "min_words", _("Fewest words"), _("For texts."), optional=True, kinds=_TEXTS),
        Field("number", "max_words", _("Most words"), _("For texts. It is said beside the answer and counted as people type."),
              optional=True, kinds=_TEXTS),
        Field("text", "unit", _("Unit"), _("For a number, such as euros or people in a month."), optional=True,
              kinds=(QuestionKind.NUMBER.value,)),
        Field("number", "most_files", _("Most files"), _("For files. Empty is one."), optional=True,
              kinds=(QuestionKind.FILE.value,)),
        Field("checkbox", "required", _("It must be answered")),
        Field("radios", "audience", _("Who reads the answer"),
              choices=tuple(Choice(word, audiences[word]) for word in AUDIENCES)),
        Field("checkbox", "hidden_when_blind", _("Hide the answer where judges may not know the city"),
              _("Tick it where people name places, persons or partners.")),
        Field("select", "show_if", _("Ask it"), _("Only what is asked before this question can decide."),
              choices=(Choice("", _("Always")), *_conditions(document, code))),
        Field("datetime", "frozen_at", _("The answer is frozen from"),
              _("Empty is the deadline of the call. %(zone)s", zone=zone_hint(document.zone)), optional=True),
        Field("checkboxes", "categories", _("Categories"), _("Tick none for all."), choices=names),
    )  # fmt: skip


def _conditions(document: EditionDocument, code: str) -> Iterator[Choice]:
    for one in takewhile(lambda part: part.code != code, document.questions):
        for answer in choices_of(one):
            yield Choice(
                condition((one.code, answer.value)),
                _("Only if “%(question)s” is “%(answer)s”", question=one.label, answer=answer.text),
            )


def condition(show_if: tuple[str, str]) -> str:
    """As one value of a form; a code holds no colon."""
    return "" if show_if == ALWAYS else ":".join(show_if)


def question_values(document: EditionDocument, part: QuestionPart | None) -> Typed:
    part = part or QuestionPart("", "", "")
    return {
        "label": part.label,
        "section": part.section,
        "hint": part.hint,
        "kind": part.kind.value,
        "options": "\n".join(part.options),
        "required": "1" if part.required else "",
        "min_words": str(part.min_words or ""),
        "max_words": str(part.max_words or ""),
        "unit": part.unit,
        "most_files": str(part.most_files or ""),
        "audience": part.audience,
        "hidden_when_blind": "1" if part.hidden_when_blind else "",
        "show_if": condition(part.show_if),
        "frozen_at": local(part.frozen_at, document.zone) if part.frozen_at else "",
        "categories": part.categories,
    }


def question_part(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> QuestionPart:
    waits_for, _colon, answer = answers.text("show_if").partition(":")
    return QuestionPart(
        code=code,
        section=answers.text("section"),
        label=answers.text("label"),
        kind=answers.one_of("kind", QuestionKind, QuestionKind.LONG_TEXT),
        hint=" ".join(answers.text("hint").split()),
        required=answers.ticked("required"),
        min_words=answers.whole("min_words"),
        max_words=answers.whole("max_words"),
        options=answers.lines("options"),
        audience=answers.text("audience"),
        hidden_when_blind=answers.ticked("hidden_when_blind"),
        categories=answers.many("categories"),
        unit=answers.text("unit"),
        most_files=answers.whole("most_files"),
        show_if=(waits_for, answer),
        frozen_at=answers.moment("frozen_at") if answers.text("frozen_at") else None,
    )
