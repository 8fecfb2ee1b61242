"""When a publication can be seen, who may sign it, and the addresses that it gives. Pure."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from awards.cities.rules import plain
from awards.editions.approving import NOT_PROVED
from awards.errors import Denied, Invalid
from awards.web.i18n import _


class Kind(StrEnum):
    ARCHIVE = "archive"
    FINALISTS = "finalists"
    NAMES = "names"
    WINNERS = "winners"
    RANKS = "ranks"
    FULL = "full"
    CORRECTION = "correction"


# What is announced in turn, each at its own instant: every step shows what the one before did, and more. Any may be left out.
STEPS = (Kind.FINALISTS, Kind.NAMES, Kind.WINNERS, Kind.RANKS, Kind.FULL)
# Steps that say who, and neither which prize nor which place: with them results are not out yet.
BY_NAME = (Kind.FINALISTS, Kind.NAMES)


def goes_further(shows: str, before: str) -> bool:
    """Whether a step shows more than the one before it; the same again, or less, only corrects."""
    return STEPS.index(Kind(shows)) > STEPS.index(Kind(before))


def corrects(kind: str, shows: str, before: str | None) -> bool:
    """Whether a publication takes something back of the one before it."""
    if kind == Kind.CORRECTION:
        return True
    return before is not None and not (before in STEPS and goes_further(shows, before))


def comes_too_early(visible_at: datetime | None, before: datetime, now: datetime) -> bool:
    """Whether the one before, not out yet, would come out with this one or after it."""
    return before > now and (visible_at or now) <= before


def may_come_out(
    visible_at: datetime | None, before: tuple[int, datetime] | None, now: datetime
) -> Invalid | None:
    """An instant still to come, or none for the second signature's; after the one `before` it (number, instant)."""
    if visible_at is not None and visible_at <= now:
        return Invalid({"visible_at": _("Choose an instant that is still to come, or none")})
    if before is not None and comes_too_early(visible_at, before[1], now):
        return Invalid(
            {
                "visible_at": _(
                    "Publication %(number)d comes first: choose an instant after its own, or withdraw it",
                    number=before[0],
                )
            }
        )
    return None


def is_visible(visible_at: datetime, withdrawn_at: datetime | None, now: datetime) -> bool:
    """At the publication's own instant it is out."""
    return withdrawn_at is None and visible_at <= now


def may_go_on(proved_at: datetime | None, now: datetime, fresh: timedelta) -> Denied | None:
    """Stopping takes no password; going on does."""
    if proved_at is None or proved_at < now - fresh:
        return Denied(NOT_PROVED, _("Enter your password again before you let it go on."))
    return None


def may_withdraw(
    signers: Collection[int], person: int, visible_at: datetime, withdrawn_at: datetime | None, now: datetime
) -> Denied | None:
    if withdrawn_at is not None:
        return Denied("withdrawn", _("This publication is withdrawn already."))
    if visible_at <= now:
        return Denied(
            "already public",
            _("This publication is public. It can be corrected by a new one, not withdrawn."),
        )
    if person not in signers:
        return Denied("not a signer", _("One of the two who signed may withdraw it."))
    return None


# Letters that are no letter with an accent.
_LATIN = str.maketrans({"đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})


def slugify(text: str, longest: int = 60) -> str:
    """A name as part of an address: `sao-paulo`. Empty where no letter of it can be written in ASCII."""
    letters = plain(text).translate(_LATIN).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:longest].strip("-")


def free_slug(wanted: Iterable[str], taken: Collection[str]) -> str:
    """The first wish that is free; the last wish with a number where none is."""
    last = "entry"
    for slug in wanted:
        if not slug:
            continue
        if slug not in taken:
            return slug
        last = slug
    number = 2
    while f"{last}-{number}" in taken:
        number += 1
    return f"{last}-{number}"
