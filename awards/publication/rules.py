"""When a publication can be seen, who may sign it, and the addresses that it gives. Pure."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from awards.cities.rules import plain
from awards.errors import Denied
from awards.web.i18n import _

NOT_PROVED = "not proved"


class Kind(StrEnum):
    ARCHIVE = "archive"
    WINNERS = "winners"
    RANKS = "ranks"
    FULL = "full"
    CORRECTION = "correction"


def is_visible(visible_at: datetime, withdrawn_at: datetime | None, now: datetime) -> bool:
    """At the publication's own instant it is out."""
    return withdrawn_at is None and visible_at <= now


def may_ask(
    proved_at: datetime | None, conflicted: Collection[str], now: datetime, fresh: timedelta
) -> Denied | None:
    """Either signer proves anew who they are, and acts for no entrant and judged no entry of the edition."""
    if proved_at is None or proved_at < now - fresh:
        return Denied(NOT_PROVED, _("Enter your password again before you sign."))
    if conflicted:
        return Denied(
            "in conflict",
            _(
                "You act for an entrant of this edition, have a conflict with one, or judged in it. Another person of the secretariat signs."
            ),
        )
    return None


def may_sign(asked_by: int, person: int) -> Denied | None:
    if asked_by == person:
        return Denied(
            "same person",
            _("You signed first. Another person of the secretariat gives the second signature."),
        )
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
