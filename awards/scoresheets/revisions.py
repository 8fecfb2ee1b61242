"""What stood on a sheet at each of its revisions, and the way back to it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any

from msgspec import Struct

from awards.scoresheets.rules import AUDIENCES, Change, Given

# Saves of one note with shorter rests between them are one step: nobody takes a sentence back by halves.
ONE_GO = timedelta(minutes=1)


class State(Struct, frozen=True):
    """A sheet as it stood; what is empty is not in it."""

    marks: Mapping[str, Given]
    notes: Mapping[str, str]
    confidence: str = ""

    def after(self, change: Mapping[str, Any]) -> "State":
        marks = {**self.marks, **change.get("marks", {})}
        notes = {**self.notes, **change.get("notes", {})}
        return State(
            {code: mark for code, mark in marks.items() if mark is not None},
            {audience: text for audience, text in notes.items() if text},
            change.get("confidence", self.confidence),
        )


EMPTY = State({}, {})


class Revision(Struct, frozen=True):
    """`own`: the judge wrote it. Whoever else writes is the secretariat."""

    version: int
    at: datetime
    own: bool
    change: Mapping[str, Any]

    @property
    def touches(self) -> frozenset[str]:
        """What it says anything about."""
        said = {f"mark {code}" for code in self.change.get("marks", ())}
        said |= {f"note {audience}" for audience in self.change.get("notes", ())}
        return frozenset(said | ({"confidence"} if "confidence" in self.change else set()))

    @property
    def is_written(self) -> bool:
        """A save of the judge's own: no way back, no signature and nothing of the secretariat."""
        return self.own and bool(self.touches) and not {"undone_to", "signed"} & self.change.keys()


class StepKind(StrEnum):
    SAVED = "saved"
    UNDONE = "undone"
    RESTORED = "restored"
    SIGNED = "signed"
    REOPENED = "reopened"
    KEYED = "keyed"


class Step(Struct, frozen=True):
    """One revision, or several saves of one note in one go: `before` stood until then, `after` from then on."""

    kind: StepKind
    first: int
    last: int
    at: datetime
    before: State
    after: State
    back_to: int = 0
    """The version that an undo or a restore went back to."""
    reason: str = ""


def states_of(revisions: Sequence[Revision]) -> tuple[State, ...]:
    """By version; version 0 is the empty sheet. Revisions are given in their order."""
    return tuple(accumulate((one.change for one in revisions), State.after, initial=EMPTY))


def steps_of(revisions: Sequence[Revision]) -> tuple[Step, ...]:
    """In their order."""
    states = states_of(revisions)
    groups: list[list[Revision]] = []
    for revision in revisions:
        if groups and _goes_on(groups[-1][-1], revision):
            groups[-1].append(revision)
        else:
            groups.append([revision])
    return tuple(
        Step(
            kind=_kind(group[0]),
            first=group[0].version,
            last=group[-1].version,
            at=group[-1].at,
            before=states[group[0].version - 1],
            after=states[group[-1].version],
            back_to=group[0].change.get("undone_to", group[0].change.get("restored", 0)),
            reason=group[0].change.get("reason", ""),
        )
        for group in groups
    )


def undone_to(revisions: Sequence[Revision]) -> int | None:
    """The version that stands again after one step back; None where no own change is left to take back.

    Going back twice goes back further. What was signed, and what others wrote, is no own change: history leads there.
    """
    ends = {step.last: step for step in steps_of(revisions)}
    at = len(revisions)
    while at and "undone_to" in revisions[at - 1].change:
        at = revisions[at - 1].change["undone_to"]
    if not at or not revisions[at - 1].is_written:
        return None
    # Going back never ends within a step, so that one begins here.
    return ends[at].first - 1 if at in ends else at - 1


def way(now: State, then: State) -> Change:
    """The change that makes `then` of `now`; nothing of what is the same in both."""
    marks = {
        code: then.marks.get(code)
        for code in sorted(now.marks.keys() | then.marks.keys())
        if now.marks.get(code) != then.marks.get(code)
    }
    notes = {
        audience: then.notes.get(audience, "")
        for audience in AUDIENCES
        if now.notes.get(audience, "") != then.notes.get(audience, "")
    }
    return Change(marks, notes, then.confidence if then.confidence != now.confidence else None)


def news_in(now: State, change: Change) -> Change:
    """What of a change says something else than what stands."""
    return way(now, now.after(change.document()))


def _goes_on(last: Revision, this: Revision) -> bool:
    one = last.touches == this.touches and len(this.touches) == 1
    note = one and next(iter(this.touches)).startswith("note ")
    plain = (
        last.is_written and this.is_written and not {"restored"} & (last.change.keys() | this.change.keys())
    )
    return note and plain and this.at - last.at < ONE_GO


def _kind(revision: Revision) -> StepKind:
    change = revision.change
    if "signed" in change:
        return StepKind.SIGNED if change["signed"] else StepKind.REOPENED
    if not revision.own:
        return StepKind.KEYED
    if "undone_to" in change:
        return StepKind.UNDONE
    return StepKind.RESTORED if "restored" in change else StepKind.SAVED
