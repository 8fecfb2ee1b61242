"""Marks that were written in time without a line and arrive after the deadline: held, accepted or refused. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from awards.editions.approving import Deed
from awards.editions.document import HELD
from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.web.i18n import _
from judging import sha256_of

# Of one sheet. Each is one pause of somebody who types; more is no judge at work.
MOST_HELD = 300
# How long the judge may sign a sheet off after two people accepted what arrived late.
TIME_TO_SIGN = timedelta(days=3)


class LateState(StrEnum):
    HELD = "held"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Decision(StrEnum):
    """What two people consent to; the action of their approval."""

    ACCEPT = Deed.ACCEPT_LATE.value
    REFUSE = Deed.REFUSE_LATE.value


class Held(Struct, frozen=True):
    """One operation that waits, as far as it is told to who decides: neither a mark nor a word of it."""

    id: int
    base_version: int
    sha256: str


def seconds_ahead(device_now: datetime | None, now: datetime) -> int:
    """By how much the clock of the device was ahead of ours when it sent; one that does not say goes right."""
    return 0 if device_now is None else round((device_now - now).total_seconds())


def may_hold(rule: str, typed_at: datetime, deadline: datetime) -> Denied | None:
    """`typed_at` is by our clock, as far as the clock of the device tells it."""
    if rule != HELD:
        return Denied(
            "late refused",
            _(
                "The round is closed, and by the rules of this edition what arrives after the deadline is refused, also"
                " when it was written in time. Nothing was saved; what you typed stays on this device."
            ),
        )
    if typed_at >= deadline:
        return Denied(
            "late",
            _(
                "The round is closed, and this was written after its deadline. Nothing was saved; what you typed stays"
                " on this device."
            ),
        )
    return None


def may_decide(state: RoundState) -> Denied | None:
    """Whether late marks can be answered for in a round of this state."""
    if state is RoundState.DECIDED:
        return Denied("round decided", _("The round is decided, so nothing of it changes any more."))
    if state not in (RoundState.OPEN, RoundState.CLOSED):
        return Denied(
            "round extra", _("Entries of this round are being read once more. Decide when it is closed.")
        )
    return None


def may_sign_late(state: RoundState, sign_until: datetime | None, now: datetime) -> bool:
    """Whether a sheet is signed off after the deadline, because two people accepted what arrived late of it."""
    return sign_until is not None and now < sign_until and state in (RoundState.OPEN, RoundState.CLOSED)


def fingerprint(decision: Decision, assignment: int, held: Sequence[Held], reason: str) -> str:
    """Of exactly what the second person consents to: these operations and no more."""
    return sha256_of(
        {
            "action": decision.value,
            "assignment": assignment,
            "operations": [[one.id, one.base_version, one.sha256] for one in held],
            "reason": reason,
        }
    )


def fits(held: Sequence[Held], version: int) -> Denied | None:
    """What is held follows on the sheet as it stands, one operation upon the other."""
    if [one.base_version for one in held] == list(range(version, version + len(held))):
        return None
    return Denied(
        "saved elsewhere",
        _(
            "The judge saved this sheet elsewhere, on another device or in another tab, so that what is held does not"
            " follow on it. The sheet stays as it stands: refuse what is held with that reason."
        ),
    )
