"""What the set-up pages edit: each kind of part as fields of a form, and back. Pure.

A page shows the fields, a form gives texts, and a part comes of them; which document that makes, whether it makes
sense and whether it is frozen is asked of the same rules as an edition file.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.document import EditionDocument, ScalePart
from awards.web.frame import Choice, FormErrors
from awards.web.i18n import _
from judging.scales import Scale

# Field name -> what was typed; a group of boxes gives what was ticked.
Typed = Mapping[str, str | tuple[str, ...]]


class Field(Struct, frozen=True):
    """`kind` names the macro that draws it; `kinds` are those of an answer for which it counts, none is all."""

    kind: str
    name: str
    label: str
    hint: str = ""
    optional: bool = False
    choices: tuple[Choice, ...] = ()
    kinds: tuple[str, ...] = ()


class Answers:
    """Reads what was typed field by field and remembers every mistake."""

    def __init__(self, typed: Typed, zone: str) -> None:
        self.typed, self.zone = typed, zone
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        value = self.typed.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        value = self.typed.get(name, ())
        return value if isinstance(value, tuple) else (value,)

    def lines(self, name: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip())

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def whole(self, name: str, default: int = 0) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            self.errors[name] = _("Enter a whole number")
            return default
        return int(text)

    def one_of(self, name: str, kind: Callable[[str], Any], default: Any) -> Any:
        try:
            return kind(self.text(name))
        except ValueError:
            self.errors[name] = _("Choose one of the answers")
            return default

    def moment(self, name: str) -> datetime:
        """A date and time as clocks in the edition's zone show it."""
        fallback = datetime(2000, 1, 1, tzinfo=UTC)
        try:
            local = datetime.fromisoformat(self.text(name))
        except ValueError:
            self.errors[name] = _("Enter a date and a time, such as 2027-04-30T21:00")
            return fallback
        try:
            if local.tzinfo is not None:
                return local.astimezone(UTC)
            here = local.replace(tzinfo=ZoneInfo(self.zone))
            instant = here.astimezone(UTC)
            if instant.astimezone(here.tzinfo).replace(tzinfo=None) != local:
                self.errors[name] = _(
                    "This time does not exist in %(zone)s: the clocks jump over it", zone=self.zone
                )
        except (OverflowError, ValueError):
            self.errors[name] = _("Enter a date and a time, such as 2027-04-30T21:00")
            return fallback
        return instant


def local(at: datetime, zone: str) -> str:
    """As a date-and-time control takes it; to the second where there are seconds."""
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return shown.isoformat(timespec="auto" if shown.microsecond or shown.second else "minutes")


def scale_of(part: ScalePart) -> Scale:
    return Scale(part.origin_milli, part.step_milli, part.top)


def zone_hint(zone: str) -> str:
    return _("Time in %(zone)s.", zone=zone)


def choices(*words: str) -> tuple[Choice, ...]:
    """Values of the document in the reader's words."""
    known = {
        "short text": _("Short text"), "long text": _("Long text"), "number": _("Number"),
        "yes or no": _("Yes or no"), "one of": _("One of"), "several of": _("Several of"),
        "web address": _("Web address"), "date": _("Date"), "file": _("Files"),
        "indicators": _("Table of indicators, before and after"),
        "criteria": _("Marks for each criterion"), "pass or fail": _("Pass or fail"),
        "city": _("City"), "public body": _("Public body"), "firm": _("Firm"), "institution": _("Institution"),
        "person": _("Person"),
        "until the deadline": _("Until the deadline"), "until submitted": _("Until submitted"),
    }  # fmt: skip
    return tuple(Choice(word, known[word]) for word in words)


Draw = Callable[[EditionDocument], tuple[Field, ...]]


class Section(Struct, frozen=True):
    """One form over the edition as a whole."""

    slug: str
    title: str
    fields: Draw
    values: Callable[[EditionDocument], Typed]
    change: Callable[[EditionDocument, Answers], EditionDocument]
    # Words with which problems of this form's fields are placed.
    places: tuple[str, ...] = ()


class ListSection(Struct, frozen=True):
    """A list of parts, each with a form of its own. `word` and `key` are those of an edition file."""

    slug: str
    word: str
    title: str
    one: str
    parts: Callable[[EditionDocument], tuple[Any, ...]]
    replaced: Callable[[EditionDocument, tuple[Any, ...]], EditionDocument]
    fields: Draw
    values: Callable[[EditionDocument, Any], Typed]
    part: Callable[[EditionDocument, str, Answers, Any], Any]
    row: Callable[[EditionDocument, Any], tuple[str, str]]
    key: str = "code"

    def find(self, document: EditionDocument, code: str) -> Any:
        return next((one for one in self.parts(document) if getattr(one, self.key) == code), None)

    def put(self, document: EditionDocument, part: Any) -> EditionDocument:
        """The document with this part in the place of the one with its code, or at the end."""
        code = getattr(part, self.key)
        parts = self.parts(document)
        if self.find(document, code) is None:
            return self.replaced(document, (*parts, part))
        kept = tuple(part if getattr(one, self.key) == code else one for one in parts)
        return self.replaced(document, kept)

    def without(self, document: EditionDocument, code: str) -> EditionDocument:
        return self.replaced(
            document, tuple(one for one in self.parts(document) if getattr(one, self.key) != code)
        )

    def moved_up(self, document: EditionDocument, code: str) -> EditionDocument:
        parts = list(self.parts(document))
        at = [getattr(one, self.key) for one in parts].index(code)
        if at:
            parts[at - 1 : at + 1] = parts[at], parts[at - 1]
        return self.replaced(document, tuple(parts))


def errors_for(
    fields: tuple[Field, ...], found: Mapping[tuple[str | int, ...], str], here: tuple[str | int, ...]
) -> FormErrors:
    """Problems of a document as errors of the form: at its field where it has one, else at the top."""
    names = {field.name for field in fields}
    texts: dict[str, str] = {}
    for place, text in found.items():
        # A weight is one field for each category.
        own = (f"weight-{place[-1]}", *reversed(place)) if "weights" in place else tuple(reversed(place))
        name = next((str(one) for one in own if one in names), "")
        if place[: len(here)] != here:
            name, text = "", f"{'.'.join(str(one) for one in place if isinstance(one, str))}: {text}"
        texts.setdefault(name, text)
    order = [field.name for field in fields]
    return FormErrors(
        dict(sorted(texts.items(), key=lambda pair: order.index(pair[0]) + 1 if pair[0] in order else 0))
    )


def with_list(name: str) -> Callable[[EditionDocument, tuple[Any, ...]], EditionDocument]:
    def replaced(document: EditionDocument, parts: tuple[Any, ...]) -> EditionDocument:
        changed: dict[str, Any] = {name: parts}
        return replace(document, **changed)

    return replaced
