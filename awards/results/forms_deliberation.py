"""What is put on record of a deliberation. The round and the category stand in the address of the page."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from awards.errors import Invalid
from awards.results.meeting import Judged
from awards.web.forms import Form, Id, Line, Version, problem
from awards.web.i18n import _

Said = Annotated[str, Field(title="What is put on record", min_length=1, max_length=5000)]
Reason = Annotated[str, Field(title="Reason", min_length=1, max_length=5000)]
Reference = Annotated[str, Field(title="Entry", max_length=30)]


class OpenDeliberation(Form):
    """`present`: persons who are in the room from the beginning."""

    who: Annotated[Literal["jury", "panel"], Field(title="Who deliberates")] = "panel"
    present: Annotated[tuple[Id, ...], Field(title="In the room")] = ()


class Note(Form):
    """Of an entry, or of the whole category where none is named."""

    entry: Reference = ""
    reason: Said


class AgreeMarks(Form):
    entry: Reference
    marks: tuple[tuple[str, int], ...]
    reason: Reason


def _target(text: str) -> str:
    if not re.fullmatch(r"\d{1,4}=?", text, re.ASCII):
        raise problem(_("Choose the place"))
    return text


class MoveEntry(Form):
    """`to` is a place, followed by = for level with who stands there, 0 for none; `seen` the last move that was seen."""

    entry: Reference
    to: Annotated[str, Field(title="New place"), AfterValidator(_target)]
    seen: Version
    reason: Reason

    @property
    def place(self) -> int:
        return int(self.to.removesuffix("="))

    @property
    def level(self) -> bool:
        return self.to.endswith("=")


class AttachResult(Form):
    """What a visit or an interview found, beside the marks and without changing one."""

    entry: Reference
    title: Annotated[Line, Field(title="What it is")]
    reason: Annotated[str, Field(title="What it found", min_length=1, max_length=5000)]


class LeaveRoom(Form):
    """For an entry, or altogether where none is named."""

    person: Annotated[Id, Field(title="Who leaves")]
    entry: Reference = ""


class ReturnToRoom(Form):
    person: Annotated[Id, Field(title="Who comes back")]


class Renew(Form):
    reason: Reason


class AskToConclude(Form):
    """`sha256` is of everything that stood on the page; the statement is read by everybody once it is published."""

    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    statement: Annotated[str, Field(title="What the panel says to everybody", max_length=3000)] = ""


class ConsentToConclude(Form):
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]


class EndConclusion(Form):
    approval: Id


MARK = "mark-"


def marks_of(fields: Mapping[str, str], criteria: Sequence[Judged]) -> tuple[tuple[str, int], ...]:
    """Agreed marks by criterion, from the fields mark-<code>; a criterion can stay empty, not all of them."""
    given, errors = [], {}
    for one in criteria:
        text = fields.get(MARK + one.code, "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= one.top):
            errors[MARK + one.code] = _("Choose a mark for “%(criterion)s”", criterion=one.name)
            continue
        given.append((one.code, int(text)))
    if not given and not errors and criteria:
        errors[MARK + criteria[0].code] = _(
            "Choose the mark that the panel agrees on, for one criterion at least"
        )
    if errors:
        raise Invalid(errors)
    return tuple(given)
