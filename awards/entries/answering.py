"""What a call asks, and what makes an answer good. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from awards.editions.document import ALWAYS
from awards.editions.stored import Limits
from awards.web.i18n import _
from awards.web.words import word_count

LONGEST_ANSWER = 100_000
LONGEST_LINE = 500


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


_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z")


def tidy(question: Asked, values: Sequence[str]) -> str:
    """What is kept of an answer: several choices as lines in the order of the form, digits as ASCII."""
    if question.kind == "several of":
        chosen = set(values)
        known = [option for option in question.limits.options if option in chosen]
        return "\n".join(known + sorted(chosen - set(known) - {""}))
    text = values[-1] if values else ""
    if question.kind == "long text":
        return text.strip("\n").rstrip()
    text = " ".join(text.split())
    if question.kind == "number":
        return unicodedata.normalize("NFKC", text).replace(",", "") if text else ""
    return text


def answer_problem(question: Asked, value: str) -> str:
    """What a complete answer lacks, as a sentence that repeats the number; or nothing."""
    if not value.strip():
        return _("Answer “%(question)s”", question=question.label) if question.required else ""
    return too_long(question, value) or _problem_of_kind(question, value)


def too_long(question: Asked, value: str) -> str:
    """What even a draft may not be."""
    most = LONGEST_ANSWER if question.kind in ("long text", "several of") else LONGEST_LINE
    if len(value) > most:
        return _(
            "The answer can have %(most)d characters at most; it has %(count)d", most=most, count=len(value)
        )
    return ""


def _problem_of_kind(question: Asked, value: str) -> str:
    limits = question.limits
    match question.kind:
        case "number" if not _NUMBER.match(value):
            return _("Enter a number, such as 1200 or 3.5")
        case "yes or no" if value not in ("yes", "no"):
            return _("Choose yes or no")
        case "one of" if value not in limits.options:
            return _("Choose one of the answers")
        case "several of" if not set(value.split("\n")) <= set(limits.options):
            return _("Choose among the answers")
        case "web address" if not _is_address(value):
            return _("Enter a web address that begins with https://")
    if question.kind in ("long text", "short text"):
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
