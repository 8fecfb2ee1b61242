"""States of seats, assignments and proposals, and what each allows. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from awards.editions.rules import RoundState, is_within
from awards.errors import Denied
from awards.web.i18n import _


class SeatState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class AssignmentState(StrEnum):
    GIVEN = "given"
    OPENED = "opened"
    STARTED = "started"
    SIGNED = "signed"
    RECUSED = "recused"
    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set aside"


class Aside(StrEnum):
    """Why a sheet is set aside."""

    DECLARED = "declared"
    SECRETARIAT = "secretariat"
    RULE = "rule"
    VOIDED = "voided"


class ObjectionState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    NOBODY = "nobody"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NominationState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProposalState(StrEnum):
    # One of the ways to repair a panel: the one that is chosen becomes a proposal of its own.
    OFFERED = "offered"
    PROPOSED = "proposed"
    # By the version that a person made of it, or by newer offers.
    REPLACED = "replaced"
    APPLIED = "applied"
    UNDONE = "undone"
    REFUSED = "refused"


SEAT_MOVES: Mapping[SeatState, frozenset[SeatState]] = {
    SeatState.INVITED: frozenset({SeatState.ACCEPTED, SeatState.DECLINED, SeatState.ENDED}),
    SeatState.ACCEPTED: frozenset({SeatState.ENDED}),
    # Who declined or was let go may be asked again: the same seat, so that a person never has two.
    SeatState.DECLINED: frozenset({SeatState.INVITED}),
    SeatState.ENDED: frozenset({SeatState.INVITED}),
}

_LEAVES = frozenset({AssignmentState.RECUSED, AssignmentState.WITHDRAWN, AssignmentState.SET_ASIDE})

ASSIGNMENT_MOVES: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.GIVEN: frozenset({AssignmentState.OPENED, AssignmentState.STARTED}) | _LEAVES,
    AssignmentState.OPENED: frozenset({AssignmentState.STARTED}) | _LEAVES,
    AssignmentState.STARTED: frozenset({AssignmentState.SIGNED}) | _LEAVES,
    # Back to started only by the secretariat, with a reason that the judge sees.
    AssignmentState.SIGNED: frozenset({AssignmentState.STARTED}) | _LEAVES,
    # A pair that was taken back before anything was written may be given again.
    AssignmentState.WITHDRAWN: frozenset({AssignmentState.GIVEN}),
    AssignmentState.RECUSED: frozenset(),
    # Restored on purpose, to what it was.
    AssignmentState.SET_ASIDE: frozenset({AssignmentState.STARTED, AssignmentState.SIGNED}),
}

PROPOSAL_MOVES: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.OFFERED: frozenset({ProposalState.REPLACED}),
    ProposalState.PROPOSED: frozenset({ProposalState.APPLIED, ProposalState.REFUSED, ProposalState.REPLACED}),
    ProposalState.REPLACED: frozenset(),
    ProposalState.APPLIED: frozenset({ProposalState.UNDONE}),
    ProposalState.UNDONE: frozenset(),
    ProposalState.REFUSED: frozenset(),
}

# A judge reads these; the others are over.
ACTIVE = (
    AssignmentState.GIVEN.value,
    AssignmentState.OPENED.value,
    AssignmentState.STARTED.value,
    AssignmentState.SIGNED.value,
)
# Nothing is written yet: such an assignment may be taken back.
UNWRITTEN = (AssignmentState.GIVEN.value, AssignmentState.OPENED.value)
WRITTEN = (AssignmentState.STARTED.value, AssignmentState.SIGNED.value)

# What counts in these rounds changes only when two people consent to it.
FROZEN = (RoundState.CLOSED, RoundState.DECIDED)

CHAIR, JURY = "chair", "jury"
ROLES = ("scorer", CHAIR, JURY)
# They read and deliberate, and mark nothing.
LEADS = (CHAIR, JURY)


# A person who was written to is left in peace for so long.
REMIND_AFTER = timedelta(days=7)


def may_remind(sent: datetime | None, now: datetime) -> bool:
    return sent is None or now >= sent + REMIND_AFTER


def terms_hash(text: str) -> str:
    """What a judge accepted, exactly; other terms need another acceptance."""
    return hashlib.sha256(text.encode()).hexdigest()


def deadline_of(
    *, state: RoundState, closes: datetime, extended_until: datetime | None, extra_until: datetime | None
) -> datetime:
    """Until when sheets may be written: those of a round, or those that it reads once more."""
    if state is RoundState.EXTRA and extra_until is not None:
        return extra_until
    return extended_until or closes


def is_frozen(state: RoundState, extra_until: datetime | None) -> bool:
    """Whether the sheet is one of those that stay as they are: while others are read once more, all but these."""
    return state in FROZEN or (state is RoundState.EXTRA and extra_until is None)


def may_write(
    *,
    state: RoundState,
    opens: datetime,
    closes: datetime,
    extended_until: datetime | None,
    extra_until: datetime | None,
    now: datetime,
) -> Denied | None:
    """Whether the round takes marks for this assignment at this instant."""
    reading = state is RoundState.OPEN or (state is RoundState.EXTRA and extra_until is not None)
    if state is RoundState.DRAFT or now < opens:
        return Denied("round not open", _("The round is not open yet. Nothing was saved."))
    until = deadline_of(state=state, closes=closes, extended_until=extended_until, extra_until=extra_until)
    if not reading or not is_within(now, opens, until):
        return Denied(
            "round closed", _("The round is closed. It took marks until its deadline; nothing was saved.")
        )
    return None


def may_change_panel(state: RoundState) -> Denied | None:
    """Whether entries, seats and assignments of the round may still change."""
    if state in (RoundState.DRAFT, RoundState.OPEN):
        return None
    return Denied("round closed", _("The round is closed, so its panel stays as it is."))


def may_seat(state: RoundState, role: str) -> Denied | None:
    """Who only deliberates can still be asked when the sheets of the round are closed."""
    if role in LEADS and state is not RoundState.DECIDED:
        return None
    return may_change_panel(state)


# Entries that all judges read before any other: more would be work that is not their own.
MOST_FIRST = 2


def too_many(come_first: bool, entries: int) -> Denied | None:
    """Whether so many entries may be read by all judges, where those come first on everybody's list."""
    if come_first and entries > MOST_FIRST:
        return Denied(
            "too many", _("Two entries at most are read first by all judges. Take one of them back before.")
        )
    return None


def keeps_sheets(*, state: RoundState, until: datetime, now: datetime) -> bool:
    """Whether the round is over for its judges: from then on nobody takes their own sheet out of it."""
    return state in FROZEN or (state in (RoundState.OPEN, RoundState.EXTRA) and now >= until)


def may_restore(state: RoundState) -> Denied | None:
    """While the round is open one person restores a sheet that a conflict set aside; afterwards it takes two."""
    if state is RoundState.OPEN:
        return None
    return Denied(
        "round closed", _("The round is not open. What counts changes only when two people consent to it.")
    )
