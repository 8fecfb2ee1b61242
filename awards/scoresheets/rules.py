"""What may stand on a sheet, and what is shown of one. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from awards.editions.rules import RoundKind
from awards.errors import Denied, Invalid
from awards.panels.rules import ACTIVE, AssignmentState
from awards.web.i18n import _
from judging import canonical_bytes
from judging.scales import Scale

AUDIENCES = ("secretariat", "city")
LONGEST_NOTE = 10_000

# What stands in place of a mark where the entry does not say enough: an answer, and no number for anybody to count with.
NO_EVIDENCE: Final = "none"
# What a judge says of one criterion; None takes the answer back.
Given: TypeAlias = int | Literal["none"] | None


class Confidence(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class MarkState(StrEnum):
    GIVEN = "given"
    NO_EVIDENCE = "not enough evidence"


# In SQL over `mark m`: whether the criterion is answered. A mark that was taken back stands as an empty row.
ANSWERED = f"(m.value IS NOT NULL OR m.state = '{MarkState.NO_EVIDENCE.value}')"

# In SQL over `sheet_revision v`: whether it took a signature back. A quotation mark that somebody typed is escaped.
REOPENING = """v.change LIKE '%"signed":false%'"""


def reason_of(reopening: str | None) -> str:
    """Why a sheet was reopened, from the change that did it; empty where there is none."""
    return str(json.loads(reopening or "{}").get("reason", ""))


def given_of(value: int | None, state: str | None) -> Given:
    """A row of `mark`, or where there is none, as a judge would say it."""
    return NO_EVIDENCE if state == MarkState.NO_EVIDENCE.value else value


def said_of(given: Given, scale: Scale, words: Sequence[str] = ()) -> str:
    """In words: empty where nothing is said. `words` stand for the marks where they are no numbers."""
    if given == NO_EVIDENCE:
        return _("Not enough evidence")
    if given is None:
        return ""
    return words[given] if words else scale.text(given)


class Change(Struct, frozen=True):
    """What one operation changes: only what it names. A mark of None clears the mark.

    `undone_to` is the version that a step back went to, `restored` the one that was fetched from the history.
    """

    marks: Mapping[str, Given]
    notes: Mapping[str, str]
    confidence: str | None = None
    undone_to: int | None = None
    restored: int | None = None

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"marks": dict(self.marks), "notes": dict(self.notes)}
        if self.confidence is not None:
            document["confidence"] = self.confidence
        if self.undone_to is not None:
            document["undone_to"] = self.undone_to
        if self.restored is not None:
            document["restored"] = self.restored
        return document

    @property
    def canonical(self) -> str:
        return canonical_bytes(self.document()).decode()


class Judged(Struct, frozen=True):
    """A criterion of the round that the entry's category is judged on."""

    id: int
    code: str
    top: int


def check_marks(marks: Mapping[str, Given], judged: Iterable[Judged], *, evidence_may_lack: bool) -> None:
    """Every mark is of a criterion that is judged here, and on its scale."""
    tops = {criterion.code: criterion.top for criterion in judged}
    problems: dict[str, str] = {}
    for code, mark in marks.items():
        if code not in tops:
            problems[f"mark_{code}"] = _("This entry is not judged on “%(code)s”", code=code[:60])
        elif mark == NO_EVIDENCE:
            if not evidence_may_lack:
                problems[f"mark_{code}"] = _("Choose a mark: this round takes no “not enough evidence”")
        elif mark is not None and (type(mark) is not int or not 0 <= mark <= tops[code]):
            problems[f"mark_{code}"] = _("Choose a mark from the scale")
    if problems:
        raise Invalid(problems)


def is_writable(state: str) -> Denied | None:
    """Whether the assignment's own state lets its sheet change."""
    if state == AssignmentState.SIGNED.value:
        return Denied(
            "signed", _("This sheet is signed off. Ask the secretariat to reopen it if it must change.")
        )
    if state == AssignmentState.SET_ASIDE.value:
        return Denied(
            "set aside", _("This sheet was set aside; your list says why. It is kept, and nothing was saved.")
        )
    if state not in ACTIVE:
        return Denied("not assigned", _("This entry is no longer yours to judge. Nothing was saved."))
    return None


def shown_state(assignment: str, marked: int, wanted: int) -> str:
    """The word on lists: a started sheet with every mark is ready to be signed off."""
    if assignment == AssignmentState.STARTED.value and wanted and marked >= wanted:
        return "ready"
    if assignment in (AssignmentState.GIVEN.value, AssignmentState.OPENED.value):
        return "not started"
    return assignment


def reading_order(label: str, references: Sequence[str], first: Collection[str] = ()) -> list[str]:
    """Each judge's own order, the same whenever it is asked for: tired judges meet different entries last.

    What all judges read `first` stands before the rest, shuffled in itself.
    """

    def place(reference: str) -> tuple[bool, bytes]:
        return reference not in first, hashlib.sha256(f"{label}\n{reference}".encode()).digest()

    return sorted(references, key=place)


def words_of_marks(kind: str, low_label: str, high_label: str) -> tuple[str, ...]:
    """The words that stand for the two marks of a round of pass or fail; elsewhere marks are numbers."""
    return (low_label or _("Fail"), high_label or _("Pass")) if kind == RoundKind.PASSING else ()


def verdict_of(marks: Mapping[str, int], judged: Collection[str]) -> bool | None:
    """What a sheet of a round of pass or fail says in all: it passes where every criterion does, and fails where one does.

    None where no criterion fails and one has no mark: unfinished, or not enough evidence.
    """
    if any(marks.get(code) == 0 for code in judged):
        return False
    return True if judged and all(code in marks for code in judged) else None


def rebuilt(changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The current sheet from its revisions, oldest first: what the rows must say."""
    marks: dict[str, int | str] = {}
    notes: dict[str, str] = {}
    confidence, signed = "", False
    for change in changes:
        for code, mark in change.get("marks", {}).items():
            if mark is None:
                marks.pop(code, None)
            else:
                marks[code] = mark
        for audience, text in change.get("notes", {}).items():
            if text:
                notes[audience] = text
            else:
                notes.pop(audience, None)
        confidence = change.get("confidence", confidence)
        signed = change.get("signed", signed)
    return {"marks": marks, "notes": notes, "confidence": confidence, "signed": signed}
