"""Whether the questions of an entry form fit together: what each kind may say, and when a question is asked. Pure."""

from collections.abc import Iterator, Sequence

from awards.editions.document import (
    ALWAYS,
    WITH_OPTIONS,
    WITH_WORDS,
    EditionDocument,
    QuestionKind,
    QuestionPart,
)
from awards.web.i18n import _

Found = Iterator[tuple[tuple[str | int, ...], str]]

MOST_FILES = 20
LONGEST_UNIT = 60
YES_OR_NO = ("yes", "no")


def answers_to(part: QuestionPart) -> tuple[str, ...]:
    """The answers that another question can wait for: none where people write freely."""
    if part.kind is QuestionKind.YES_OR_NO:
        return YES_OR_NO
    return part.options if part.kind in WITH_OPTIONS else ()


def stands_wherever(part: QuestionPart, other: QuestionPart) -> bool:
    """Whether this question stands in every category in which the other one does."""
    return not part.categories or (bool(other.categories) and set(other.categories) <= set(part.categories))


def form_problems(document: EditionDocument) -> Found:
    for index, part in enumerate(document.questions):
        yield from _of_kind(part, index)
        yield from _asked_when(part, index, document.questions[:index])
        yield from _frozen_when(part, index, document)


def _of_kind(part: QuestionPart, index: int) -> Found:
    place = ("question", index)
    if (part.min_words or part.max_words) and part.kind not in WITH_WORDS:
        yield (*place, "kind"), _("Only texts have limits in words")
    if part.kind in WITH_OPTIONS and len(part.options) < 2:
        yield (*place, "options"), _("Give at least two answers to choose from")
    if part.options and part.kind not in WITH_OPTIONS:
        yield (*place, "options"), _("Only “one of” and “several of” have answers to choose from")
    if len(set(part.options)) < len(part.options):
        yield (*place, "options"), _("Each answer can stand there once")
    if part.unit and part.kind is not QuestionKind.NUMBER:
        yield (*place, "unit"), _("Only a number has a unit")
    if len(part.unit) > LONGEST_UNIT or "\n" in part.unit:
        yield (
            (*place, "unit"),
            _("The unit stands on one line, with %(most)d characters at most", most=LONGEST_UNIT),
        )
    if part.most_files and part.kind is not QuestionKind.FILE:
        yield (*place, "most_files"), _("Only a question for files says how many")
    if not 0 <= part.most_files <= MOST_FILES:
        yield (
            (*place, "most_files"),
            _("Enter a whole number from %(low)d to %(high)d", low=1, high=MOST_FILES),
        )


def _asked_when(part: QuestionPart, index: int, before: Sequence[QuestionPart]) -> Found:
    """Only questions before it can decide whether it is asked, so that no circle can come about."""
    if part.show_if == ALWAYS:
        return
    place = ("question", index, "show_if")
    code, answer = part.show_if
    other = next((one for one in before if one.code == code), None)
    if other is None:
        yield (
            place,
            _(
                "“%(code)s” is no question before this one. A question can wait only for what was asked before it",
                code=code,
            ),
        )
        return
    known = answers_to(other)
    if not known:
        yield (
            place,
            _(
                "“%(code)s” is answered in free words. A question can wait for a yes or no, or for one of several answers",
                code=code,
            ),
        )
    elif answer not in known:
        yield (
            place,
            _(
                "“%(answer)s” is no answer to “%(code)s”; use one of: %(known)s",
                answer=answer,
                code=code,
                known=", ".join(known),
            ),
        )
    if not stands_wherever(other, part):
        yield (
            place,
            _(
                "“%(code)s” is not asked in every category in which this question stands: nobody there could answer it first",
                code=code,
            ),
        )


def _frozen_when(part: QuestionPart, index: int, document: EditionDocument) -> Found:
    if part.frozen_at is None:
        return
    opens, closes = document.milestone("opens"), document.milestone("closes")
    if opens is not None and part.frozen_at <= opens:
        yield ("question", index, "frozen_at"), _("The answer can be frozen only after the call opens")
    if closes is not None and part.frozen_at > closes:
        yield (
            ("question", index, "frozen_at"),
            _("After the deadline every answer is frozen. Choose a time before it"),
        )
