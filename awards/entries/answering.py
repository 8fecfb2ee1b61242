"""What a call asks, and what makes an answer good. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from awards.editions.document import ALWAYS
from awards.editions.stored import Limits
from awards.entries.kinds import (
    date_problems,
    date_text,
    indicator_problems,
    indicators_text,
    is_number,
    number_text,
)
from awards.errors import Denied
from awards.web.i18n import _
from awards.web.words import utc, word_count

LONGEST_ANSWER = 100_000
LONGEST_LINE = 500
ONE_LINE = frozenset({"short text", "number", "yes or no", "one of", "web address", "date"})


class Asked(Struct, frozen=True):
    """A question as an entry meets it."""

    id: int
    section: str
    code: str
    kind: str
    label: str
    hint: str
    required: bool
    audience: str
    hidden_when_blind: bool
    limits: Limits
    show_if: tuple[str, str] = ALWAYS
    frozen_at: datetime | None = None

    @property
    def for_judges(self) -> bool:
        return self.audience in ("judges", "public")

    def is_seen(self, *, blind: bool) -> bool:
        """Whether judges of a round get the answer; a blind one tells them nothing of who entered."""
        return self.for_judges and not (blind and self.hidden_when_blind)

    @property
    def is_text(self) -> bool:
        return self.kind in ("long text", "short text")

    def is_frozen(self, now: datetime) -> bool:
        """At its own instant it is over."""
        return self.frozen_at is not None and now >= self.frozen_at


class Frozen(Denied):
    """What arrived at the instant from which the answer stays as it is, or after it."""

    def __init__(self, at: datetime) -> None:
        why = _(
            "The answer to this question has stayed as it was since %(time)s. Nothing was changed.",
            time=utc(at, seconds=True),
        )
        super().__init__("frozen", why)


# --- which questions are asked -------------------------------------------------------------------------


def asked_of_all(questions: Iterable[Asked], values: Mapping[str, str]) -> frozenset[str]:
    """The codes of those that are asked: the answer that each waits for is there, on a question that is asked."""
    asked: set[str] = set()
    for question in questions:
        code, answer = question.show_if
        if question.show_if == ALWAYS or (code in asked and answer in values.get(code, "").split("\n")):
            asked.add(question.code)
    return frozenset(asked)


def opened_by(
    questions: Sequence[Asked], values: Mapping[str, str], code: str, value: str
) -> tuple[tuple[Asked, ...], tuple[Asked, ...]]:
    """The questions that this answer opens, and those that it closes."""
    before, after = asked_of_all(questions, values), asked_of_all(questions, {**values, code: value})
    return (
        tuple(each for each in questions if each.code in after - before),
        tuple(each for each in questions if each.code in before - after),
    )


def news(opened: Sequence[Asked], closed: Sequence[Asked]) -> str:
    """What an answer opened and closed, in words."""
    told = []
    if opened:
        told.append(_("Your answer opens further questions: %(questions)s.", questions=_labels(opened)))
    if closed:
        told.append(
            _("No longer asked, and what you wrote there is kept: %(questions)s.", questions=_labels(closed))
        )
    return " ".join(told)


def _labels(questions: Sequence[Asked]) -> str:
    return "; ".join(f"“{question.label}”" for question in questions)


# --- answers -------------------------------------------------------------------------------------------


def tidy(question: Asked, values: Sequence[str]) -> str:
    """What is kept of an answer: several choices as lines in the order of the form, digits as ASCII.

    A date comes as text or as day, month and year; a table of indicators as its cells, row by row.
    """
    match question.kind:
        case "several of":
            chosen = set(values)
            known = [option for option in question.limits.options if option in chosen]
            return "\n".join(known + sorted(chosen - set(known) - {""}))
        case "indicators":
            return indicators_text(values)
        case "date" if len(values) == 3:
            day, month, year = values
            return date_text(year, month, day)
    text = values[-1] if values else ""
    if question.kind == "long text":
        return text.strip("\n").rstrip()
    text = " ".join(text.split())
    return number_text(text) if question.kind == "number" else text


def answer_problem(question: Asked, value: str) -> str:
    """What a complete answer lacks, as a sentence that repeats the number; or nothing."""
    return next(iter(answer_problems(question, value).values()), "")


def answer_problems(question: Asked, value: str) -> dict[str, str]:
    """Part of the answer -> what it lacks; the part is "" where the answer has none."""
    if question.kind == "file":
        return {}
    if not value.strip():
        empty = _("Answer “%(question)s”", question=question.label)
        return {first_part(question.kind): empty} if question.required else {}
    if said := too_long(question, value):
        return {first_part(question.kind): said}
    match question.kind:
        case "date":
            return date_problems(value)
        case "indicators":
            return indicator_problems(value)
    said = _problem_of_kind(question, value)
    return {"": said} if said else {}


def first_part(kind: str) -> str:
    """The first field of an answer that has several; "" where it has one."""
    return {"date": "day", "indicators": "0.indicator"}.get(kind, "")


def too_long(question: Asked, value: str) -> str:
    """What even a draft may not be."""
    most = LONGEST_LINE if question.kind in ONE_LINE else LONGEST_ANSWER
    if len(value) > most:
        return _(
            "The answer can have %(most)d characters at most; it has %(count)d", most=most, count=len(value)
        )
    return ""


def _problem_of_kind(question: Asked, value: str) -> str:
    limits = question.limits
    match question.kind:
        case "number" if not is_number(value):
            return _("Enter a number, such as 1200 or 3.5")
        case "yes or no" if value not in ("yes", "no"):
            return _("Choose yes or no")
        case "one of" if value not in limits.options:
            return _("Choose one of the answers")
        case "several of" if not set(value.split("\n")) <= set(limits.options):
            return _("Choose among the answers")
        case "web address" if not _is_address(value):
            return _("Enter a web address that begins with https://")
    if question.is_text:
        count = word_count(value)
        if limits.min_words and count < limits.min_words:
            return _(
                "Write at least %(least)d words; the answer has %(count)d",
                least=limits.min_words,
                count=count,
            )
        if limits.max_words and count > limits.max_words:
            return _(
                "Write at most %(most)d words; the answer has %(count)d", most=limits.max_words, count=count
            )
    return ""


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not re.search(r"\s", text)
