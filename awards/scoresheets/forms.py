"""From what a browser sends to a frozen operation. Names: mark_<criterion>, note_<audience>, confidence."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn

from msgspec import Struct
from pydantic import Field

from awards.errors import Invalid
from awards.scoresheets.rules import AUDIENCES, LONGEST_NOTE, NO_EVIDENCE, Change, Confidence, Given
from awards.web.fields import BadInput, Fields, clean
from awards.web.forms import BIGGEST_ID, Form, Id, Line, Prose
from awards.web.i18n import _

MARK, NOTE = "mark_", "note_"
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class SaveSheet(Struct, frozen=True):
    """One operation: its key, unique for who sends it; the version it was made from; what it changes.

    `device_at` is when it was typed and `device_now` when it was sent, both by the clock of the device.
    """

    key: str
    base_version: int
    change: Change
    device_at: datetime | None = None
    device_now: datetime | None = None


class UndoChange(Struct, frozen=True):
    """One step back. What was typed and not saved is the last change: it is saved first, so that it is kept too."""

    key: str
    typed: SaveSheet


class RestoreSheet(Struct, frozen=True):
    """The sheet is to stand again as it did at `revision`."""

    key: str
    base_version: int
    revision: int


class SignSheets(Form):
    """Each sheet as it stood on the check page: reference:version."""

    sheets: tuple[str, ...] = ()
    agree: str = ""
    mail: str = ""
    """Whether the receipts go out by mail too, without the marks."""


class CheckReceipt(Form):
    kept: Annotated[Prose, Field(title="What you kept", min_length=1)]


class ReopenSheet(Form):
    reference: Annotated[str, Field(max_length=30)]
    seat: Annotated[int, Field(ge=1, le=BIGGEST_ID)]
    reason: Annotated[Line, Field(title="Reason")]


class RemindAtWork(Form):
    seats: Annotated[tuple[Id, ...], Field(title="Judges", max_length=2000)] = ()


def operation_of_json(body: bytes) -> SaveSheet:
    """The contract of autosave.js. What is no JSON raises BadInput (400), what breaks a rule Invalid (422)."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (UnicodeError, ValueError, RecursionError) as problem:
        raise BadInput("The request could not be read.") from problem
    if not isinstance(document, dict):
        raise Invalid({"": _("The request could not be read.")})
    key, base, fields = (document.get(name) for name in ("key", "base_version", "fields"))
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Invalid({"key": _("The request could not be read.")})
    if type(base) is not int or not 0 <= base <= BIGGEST_ID:
        raise Invalid({"base_version": _("The request could not be read.")})
    if not isinstance(fields, dict):
        raise Invalid({"fields": _("The request could not be read.")})
    at, now = (_instant(document.get(name)) for name in ("device_at", "device_now"))
    return SaveSheet(key, base, change_of(fields), at, now)


def _instant(value: Any) -> datetime | None:
    """What a device says of the time; one that says nothing, or nonsense, has said nothing."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if at.tzinfo is None or not 2000 < at.year < 2200:
        return None
    return at.astimezone(UTC)


def operation_of_form(fields: Fields) -> SaveSheet:
    """The whole form, sent by its button. Sent twice it is one operation: the key comes from what was sent."""
    version, key = _number(fields, "version"), _key(fields)
    ours = {name: fields[name] for name in fields if name.startswith((MARK, NOTE)) or name == "confidence"}
    change = change_of(ours)
    # Going back and sending something else is another operation, so that it meets the version, not the key.
    return SaveSheet(derived(key, str(version), change.canonical), version, change)


def undo_of_form(fields: Fields) -> UndoChange:
    typed = operation_of_form(fields)
    return UndoChange(derived(typed.key, "undo"), typed)


def restore_of_form(fields: Fields) -> RestoreSheet:
    version = _number(fields, "version")
    if "revision" not in fields:
        raise Invalid({"": _("Choose a change from the list")})
    revision = _number(fields, "revision")
    return RestoreSheet(derived(_key(fields), str(version), "restore", str(revision)), version, revision)


def _number(fields: Fields, name: str) -> int:
    text = fields.get(name, "")
    if not _DIGITS.fullmatch(text) or int(text) > BIGGEST_ID:
        raise BadInput("The form could not be read.")
    return int(text)


def _key(fields: Fields) -> str:
    key = fields.get("key", "")
    if not _KEY.fullmatch(key):
        raise BadInput("The form could not be read.")
    return key


def derived(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def change_of(fields: Mapping[str, Any]) -> Change:
    """Raises Invalid with every field that is wrong."""
    marks: dict[str, Given] = {}
    notes: dict[str, str] = {}
    confidence: str | None = None
    problems: dict[str, str] = {}
    for name, value in fields.items():
        try:
            if name.startswith(MARK):
                marks[clean(name.removeprefix(MARK))] = _mark(value)
            elif name.removeprefix(NOTE) in AUDIENCES and name.startswith(NOTE):
                notes[name.removeprefix(NOTE)] = _note(value)
            elif name == "confidence":
                confidence = _confidence(value)
            else:
                problems[clean(name)[:80]] = _("This field is not part of the sheet")
        except ValueError as problem:
            problems[clean(name)[:80]] = str(problem)
    if problems:
        raise Invalid(problems)
    return Change(marks, notes, confidence)


def _mark(value: Any) -> Given:
    """An integer or its digits; nothing else is a mark, and nothing is rounded."""
    if value == "" or value is None:
        return None
    if value == NO_EVIDENCE:
        return NO_EVIDENCE
    if type(value) is int and 0 <= value <= BIGGEST_ID:
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise ValueError(_("Choose a mark from the scale"))


def _note(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("Enter text"))
    text = clean(value).strip()
    if len(text) > LONGEST_NOTE:
        raise ValueError(_("Shorten the text to %(most)d characters", most=LONGEST_NOTE))
    return text


def _confidence(value: Any) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or value not in {known.value for known in Confidence}:
        raise ValueError(_("Choose one of the answers"))
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
