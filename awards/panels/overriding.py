"""Who lets a judge read what a rule forbids, and to what exactly two people consent. Pure."""

from datetime import datetime

from awards.accounts.rules import FRESH_PROOF
from awards.errors import Denied
from awards.web.i18n import _
from judging import sha256_of

ACTION = "override conflict"
NOT_PROVED = "not proved"

Pairs = tuple[tuple[int, tuple[str, ...]], ...]
"""Each entry with the kinds of conflict that forbid it, both in order."""


def fingerprint(seat_id: int, pairs: Pairs, reason: str) -> str:
    return sha256_of(
        {
            "action": ACTION,
            "seat": seat_id,
            "pairs": [[entry, list(codes)] for entry, codes in pairs],
            "reason": reason,
        }
    )


def may_answer(proved_at: datetime | None, now: datetime) -> Denied | None:
    if proved_at is not None and proved_at >= now - FRESH_PROOF:
        return None
    return Denied(NOT_PROVED, _("Enter your password again before you ask or consent."))


def may_decide_over(asked_by: int, person_id: int) -> Denied | None:
    if asked_by != person_id:
        return None
    return Denied("same person", _("You asked for it. Another person of the secretariat consents."))
