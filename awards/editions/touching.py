"""Whom a change of the entry form touches: which answers, of which entries, and what becomes of them. Pure.

No answer is ever lost: what leaves the form is kept, what no longer fits stays as it was written until its city
changes it, and what was submitted stays as it was submitted.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from msgspec import Struct

from awards.editions.document import ALWAYS, WITH_WORDS, EditionDocument, QuestionKind, QuestionPart
from awards.errors import AwardsError
from awards.web.i18n import _, ngettext
from awards.web.words import word_count

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z", re.ASCII)
# Who reads an answer, from the fewest to the most.
READERS = ("secretariat", "judges", "public")


class Answered(Struct, frozen=True):
    """What one entry answered, by the question's code; `files` counts those attached. Never shown to anybody."""

    reference: str
    category: str
    submitted: bool
    values: Mapping[str, str]
    files: Mapping[str, int]

    def has(self, code: str) -> bool:
        return bool(self.values.get(code, "").strip()) or self.files.get(code, 0) > 0


class Touched(Struct, frozen=True):
    """One thing that a change does to some entries, by reference."""

    code: str
    text: str
    drafts: tuple[str, ...]
    submitted: tuple[str, ...]

    @property
    def counts(self) -> str:
        drafts = ngettext("%(num)d draft", "%(num)d drafts", len(self.drafts))
        submitted = ngettext("%(num)d submitted entry", "%(num)d submitted entries", len(self.submitted))
        return _("%(drafts)s and %(submitted)s", drafts=drafts, submitted=submitted)

    @property
    def line(self) -> str:
        """All of it on one line, for a terminal."""
        references = ", ".join((*self.drafts, *self.submitted))
        return _(
            "touched: question “%(code)s”, %(counts)s: %(text)s (%(references)s)",
            code=self.code, counts=self.counts, text=self.text, references=references,
        )  # fmt: skip


class NotSeen(AwardsError):
    """A change that touches answers is stored only by who was shown whom it touches."""

    def __init__(self, touched: Sequence[Touched]) -> None:
        self.touched = tuple(touched)
        super().__init__("\n".join(one.line for one in touched))


def digest_of(touched: Sequence[Touched]) -> str:
    """Of what a person was shown, so that it is shown again when it is no longer so; "" where there is nothing."""
    if not touched:
        return ""
    plain = [[one.code, one.text, one.drafts, one.submitted] for one in touched]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def touched_by(
    old: EditionDocument, new: EditionDocument, entries: Sequence[Answered]
) -> tuple[Touched, ...]:
    """In the order of the form; what nobody answered and nobody has to answer is not there."""
    if old.questions == new.questions:
        return ()
    return tuple(_Comparison(old, new, entries).found())


class _Comparison:
    def __init__(self, old: EditionDocument, new: EditionDocument, entries: Sequence[Answered]) -> None:
        self.before = {one.code: one for one in old.questions}
        self.after = {one.code: one for one in new.questions}
        self.entries, self.zone = entries, new.zone
        self.was_asked = {one.reference: _asked(old.questions, one) for one in entries}
        self.is_asked = {one.reference: _asked(new.questions, one) for one in entries}

    def found(self) -> Iterator[Touched]:
        gone = [one for code, one in self.before.items() if code not in self.after]
        for part in (*self.after.values(), *gone):
            texts: dict[str, list[Answered]] = {}
            for entry in self.entries:
                for text in self._of(part.code, entry):
                    texts.setdefault(text, []).append(entry)
            for text, whom in texts.items():
                yield Touched(part.code, text, _references(whom, False), _references(whom, True))

    def _of(self, code: str, entry: Answered) -> Iterator[str]:
        old, new = self.before.get(code), self.after.get(code)
        was, now = code in self.was_asked[entry.reference], code in self.is_asked[entry.reference]
        if entry.has(code):
            if was and not now:
                yield _leaves(new, entry)
            elif now and not was:
                yield _(
                    "The answer that was kept comes back into the form, and is read by whom the form says."
                )
            if now and new is not None:
                yield from self._of_answer(old, new, entry)
        elif now and new is not None and new.required and not (was and old is not None and old.required):
            yield _(
                "It has no answer, and from now on needs one before the entry can be submitted, or submitted again."
            )
        if now and new is not None and _freezes_earlier(old, new) and new.frozen_at is not None:
            yield _(
                "Its city can no longer change the answer from %(time)s on.",
                time=_utc(new.frozen_at),
            )

    def _of_answer(self, old: QuestionPart | None, new: QuestionPart, entry: Answered) -> Iterator[str]:
        if not fits(new, entry) and (old is None or old.kind is not new.kind or fits(old, entry)):
            yield _(
                "The answer no longer fits. It stays as it was written, and its city has to change it before it "
                "submits, or submits again. What was submitted stays as it was submitted."
            )
        if old is None:
            return
        if old.label != new.label:
            yield _("It was answered under the words of the question as they are now. The answer stays.")
        if old.audience != new.audience:
            wider = READERS.index(new.audience) > READERS.index(old.audience)
            yield _readers(new.audience, wider)
        if old.hidden_when_blind and not new.hidden_when_blind:
            yield _("Judges of a blind round will read the answer, which was hidden from them.")
        elif new.hidden_when_blind and not old.hidden_when_blind:
            yield _("The answer is hidden from judges of a blind round.")


def _leaves(new: QuestionPart | None, entry: Answered) -> str:
    kept = _("The answer is kept: its city and the secretariat still read it, judges and the public do not.")
    if new is None:
        return _("The question leaves the form. %(kept)s", kept=kept)
    if new.categories and entry.category not in new.categories:
        return _("The question is no longer asked in its category. %(kept)s", kept=kept)
    return _("The question is no longer asked, by the answer that it waits for. %(kept)s", kept=kept)


def _readers(audience: str, wider: bool) -> str:
    if audience == "public":
        return _("Everybody will read the answer if the entry wins. Its city was told otherwise.")
    if audience == "judges" and wider:
        return _("Judges will read the answer. Its city was told otherwise.")
    if audience == "judges":
        return _("The public no longer reads the answer if the entry wins.")
    return _("Judges no longer read the answer.")


def _freezes_earlier(old: QuestionPart | None, new: QuestionPart) -> bool:
    if new.frozen_at is None:
        return False
    return old is None or old.frozen_at is None or new.frozen_at < old.frozen_at


def _references(entries: Iterable[Answered], submitted: bool) -> tuple[str, ...]:
    return tuple(sorted(one.reference for one in entries if one.submitted is submitted))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _asked(questions: Iterable[QuestionPart], entry: Answered) -> frozenset[str]:
    """Codes of the questions that this entry is asked; each can wait only for one before it."""
    asked: set[str] = set()
    for part in questions:
        code, answer = part.show_if
        here = not part.categories or entry.category in part.categories
        given = entry.values.get(code, "").split("\n")
        if here and (part.show_if == ALWAYS or (code in asked and answer in given)):
            asked.add(part.code)
    return frozenset(asked)


def fits(part: QuestionPart, entry: Answered) -> bool:
    """Whether what was answered would be an answer to the question as it is here."""
    value, files = entry.values.get(part.code, ""), entry.files.get(part.code, 0)
    if part.kind is QuestionKind.FILE:
        return not value.strip() and files <= max(part.most_files, 1)
    if files or not value.strip():
        return False
    if part.kind in WITH_WORDS:
        count = word_count(value)
        one_line = part.kind is QuestionKind.LONG_TEXT or "\n" not in value
        return one_line and part.min_words <= count and (not part.max_words or count <= part.max_words)
    match part.kind:
        case QuestionKind.NUMBER:
            return _NUMBER.match(value) is not None
        case QuestionKind.YES_OR_NO:
            return value in ("yes", "no")
        case QuestionKind.ONE_OF:
            return value in part.options
        case QuestionKind.SEVERAL_OF:
            return set(value.split("\n")) <= set(part.options)
        case QuestionKind.WEB_ADDRESS:
            return urlsplit(value).scheme in ("http", "https") and not re.search(r"\s", value)
        case QuestionKind.DATE:
            return _is_date(value)
        case _:
            return _is_table(value)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_table(value: str) -> bool:
    try:
        rows = json.loads(value)
    except ValueError:
        return False
    return isinstance(rows, list) and all(isinstance(one, dict) and "indicator" in one for one in rows)
