"""States of an entry, when it may be written, and what its edition allows. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.rules import EditionState, in_secretariat, is_call_open, is_screener, later
from awards.errors import Denied
from awards.web.i18n import _
from awards.web.words import utc


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"


ENTRY_MOVES: Mapping[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset({EntryState.ELIGIBLE, EntryState.INELIGIBLE, EntryState.WITHDRAWN}),
    EntryState.ELIGIBLE: frozenset({EntryState.WITHDRAWN}),
    EntryState.INELIGIBLE: frozenset({EntryState.ELIGIBLE, EntryState.WITHDRAWN}),
    EntryState.WITHDRAWN: frozenset(),
}
NO_FILES: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})
# What its officials may still write in, while the call is open.
WRITABLE = frozenset({EntryState.DRAFT, EntryState.SUBMITTED})
# From the second signature on, also while what was signed waits for its instant.
SIGNED = frozenset({EditionState.DECIDED, EditionState.PUBLISHED, EditionState.ARCHIVED})

MOST_DECISIONS = 2  # the first, and the one after the appeal


# --- the deadline --------------------------------------------------------------------------------------


class Late(Denied):
    """What arrived at the deadline's own instant or after it. At one millisecond before, it is in time."""

    def __init__(self, closes: datetime, why: str = "") -> None:
        why = why or _(
            "Entries closed at %(time)s. What arrives before that instant is in; yours came at it or later.",
            time=utc(closes, seconds=True),
        )
        super().__init__("late", why)
        self.closes = closes


class Call(Struct, frozen=True):
    """When an edition takes what one entrant sends: [opens, closes), while its state says so.

    `own` is the instant of an extension for this entrant or entry, `was` what stood before everybody's was moved.
    """

    state: EditionState
    opens: datetime | None
    for_all: datetime | None
    own: datetime | None = None
    was: datetime | None = None
    ends_on_submitting: bool = False

    @property
    def closes(self) -> datetime | None:
        """The one instant that counts here. Whatever asks for a deadline asks this."""
        return later(self.for_all, self.own)

    @property
    def is_extended(self) -> bool:
        return self.closes != self.for_all

    def is_over(self, now: datetime) -> bool:
        return self.closes is not None and now >= self.closes

    def is_open(self, now: datetime) -> bool:
        return is_call_open(self.state, self.opens, self.closes, now)


def may_write(state: EntryState, call: Call, now: datetime) -> Denied | None:
    """Whether the entry may be changed or submitted at this instant; lateness is said before all else."""
    if call.closes is not None and call.is_over(now):
        return Late(call.closes)
    if not call.is_open(now):
        return Denied("not open", _("This edition does not take entries at present."))
    if state not in WRITABLE:
        return Denied("decided", _("This entry can no longer be changed: it was decided on or withdrawn."))
    if call.ends_on_submitting and state is EntryState.SUBMITTED:
        return Denied("submitted", _("In this edition an entry stays as it was submitted."))
    return None


def may_withdraw(state: EntryState, edition: EditionState) -> Denied | None:
    """Until the results are signed, which is what moves an edition out of the judging."""
    if EntryState.WITHDRAWN not in ENTRY_MOVES[state]:
        return Denied("withdrawn", _("This entry is withdrawn already."))
    if edition in SIGNED:
        return Denied("signed", _("The results of this edition are signed; write to the secretariat."))
    return None


def may_ask_for_help(state: EntryState, call: Call, now: datetime) -> Denied | None:
    """With what is being written. After the deadline the secretariat reads drafts anyway, and may give more time."""
    if state is not EntryState.DRAFT:
        return Denied(
            "not a draft", _("This entry is no draft any more: the secretariat reads it as submitted.")
        )
    if call.is_over(now):
        return Denied("over", _("The deadline is over, and the secretariat can read this draft already."))
    return None


def may_screen(actor: Actor, programme_id: int, edition_id: int) -> bool:
    return in_secretariat(actor, programme_id, edition_id) or is_screener(actor, programme_id, edition_id)


# --- references and documents --------------------------------------------------------------------------


def reference_prefix(programme: str, year: int) -> str:
    """WG26 for wego-awards in 2026, SSCP26 for seoul-smart-city-prize: what people recognise in a mail."""
    words = [re.sub(r"[^a-z]", "", word) for word in programme.lower().split("-")]
    words = [word for word in words if word]
    if len(words) >= 3:
        letters = "".join(word[0] for word in words[:4])
    else:
        first = words[0] if words else "entry"
        hard = [c for c in first if c not in "aeiou"]
        letters = "".join(hard[:2]) if len(hard) >= 2 else first[:2]
    return f"{letters.upper()}{year % 100:02d}"


def entry_body(
    *,
    title: str,
    category: str,
    lang: str,
    entrant: Mapping[str, str],
    answers: Mapping[str, str],
    files: Mapping[str, Sequence[Mapping[str, Any]]] = NO_FILES,
) -> dict[str, Any]:
    """The whole of one submission, as it is hashed and as rounds read it. Empty answers are left out.

    So are files where there are none: hashes from before there were any stand.
    """
    return {
        "title": title,
        "category": category,
        "lang": lang,
        "entrant": dict(entrant),
        "answers": {code: value for code, value in answers.items() if value.strip()},
        **({"files": {code: list(some) for code, some in files.items()}} if files else {}),
    }
