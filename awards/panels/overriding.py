"""To what exactly two people consent who let a judge read what a rule forbids. Pure."""

from awards.editions.approving import Deed
from judging import sha256_of

ACTION = Deed.OVERRIDE

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
