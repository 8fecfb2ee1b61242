"""Who can be written to, which words may be filled in for them, and what has to be asked before it goes out. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from awards.editions.rules import EditionState, RoundState
from awards.web.i18n import Lazy, lazy
from awards.web.placeholders import names_in
from judging import canonical_bytes


class Group(StrEnum):
    """The groups that can be written to; each is one query."""

    DRAFTS = "drafts"
    ENTRANTS = "entrants"
    JUDGES = "judges"
    UNFINISHED = "unfinished"
    SILENT = "silent"
    INVITED = "invited"
    SCREENERS = "screeners"
    WINNERS = "winners"
    WITHOUT_PRIZE = "without-prize"


class Scope(StrEnum):
    """What a group is of: the whole edition, a category of it, or a round."""

    EDITION = "edition"
    CATEGORY = "category"
    ROUND = "round"


class MailingState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    DROPPED = "dropped"


MAILING_MOVES: Mapping[MailingState, frozenset[MailingState]] = {
    MailingState.DRAFT: frozenset({MailingState.SENT, MailingState.DROPPED}),
    MailingState.SENT: frozenset(),
    MailingState.DROPPED: frozenset(),
}

# How long nothing may be heard of a judge with sheets to write.
SILENT_FOR = timedelta(days=7)
# The same group again within this time takes a second yes.
SOON = timedelta(hours=1)
# Whoever had a message within this time is counted for who is about to write another.
LATELY = timedelta(days=7)
# Mails of a message leave at this distance, so that a link somebody waits for never queues behind all of them.
APART = timedelta(milliseconds=200)

LONGEST_SUBJECT, LONGEST_BODY = 300, 10_000
SHOWN = 3

EVERYBODY = ("name", "programme", "edition", "contact", "link")
OF_ENTRIES = (*EVERYBODY, "entry_titles", "entry_references")
OF_SHEETS = (*EVERYBODY, "round", "deadline", "deadline_local", "sheets_left")

# What may stand in the text to a group. The titles of drafts are their writers' alone until the call is over.
PLACEHOLDERS: Mapping[Group, tuple[str, ...]] = {
    Group.DRAFTS: (*EVERYBODY, "entry_references", "deadline", "deadline_local"),
    Group.ENTRANTS: (*OF_ENTRIES, "announcement"),
    Group.JUDGES: OF_SHEETS,
    Group.UNFINISHED: OF_SHEETS,
    Group.SILENT: OF_SHEETS,
    # The link that accepts an invitation stands in the invitation alone.
    Group.INVITED: ("name", "programme", "edition", "contact", "round", "deadline", "deadline_local"),
    Group.SCREENERS: EVERYBODY,
    Group.WINNERS: OF_ENTRIES,
    Group.WITHOUT_PRIZE: OF_ENTRIES,
}

MEANINGS: Mapping[str, Lazy] = {
    "name": lazy("the reader’s name"),
    "programme": lazy("the name of the programme"),
    "edition": lazy("the name of the edition"),
    "contact": lazy("the address of the secretariat"),
    "link": lazy("the page where the reader goes on"),
    "entry_titles": lazy("the titles of the reader’s entries, as submitted"),
    "entry_references": lazy("the references of the reader’s entries"),
    "deadline": lazy("until when, in UTC"),
    "deadline_local": lazy("until when, in the reader’s own time"),
    "announcement": lazy("the day on which the results are announced"),
    "round": lazy("the name of the round"),
    "sheets_left": lazy("how many sheets the reader has not signed off yet"),
}

SCOPES: Mapping[Group, Scope] = {
    Group.ENTRANTS: Scope.CATEGORY,
    Group.JUDGES: Scope.ROUND,
    Group.UNFINISHED: Scope.ROUND,
    Group.SILENT: Scope.ROUND,
    Group.INVITED: Scope.ROUND,
}

# In which states of its round a group of judges has anybody in it.
ROUND_STATES: Mapping[Group, frozenset[RoundState]] = {
    Group.JUDGES: frozenset(RoundState),
    Group.UNFINISHED: frozenset({RoundState.OPEN, RoundState.EXTRA}),
    Group.SILENT: frozenset({RoundState.OPEN, RoundState.EXTRA}),
    Group.INVITED: frozenset({RoundState.DRAFT, RoundState.OPEN}),
}
# Groups that say who won.
RESULTS = frozenset({Group.WINNERS, Group.WITHOUT_PRIZE})


def scope_of(group: Group) -> Scope:
    return SCOPES.get(group, Scope.EDITION)


def is_offered(
    group: Group,
    *,
    edition: EditionState,
    call_open: bool,
    rounds: Iterable[RoundState],
    published: bool,
) -> bool:
    """Whether the group exists at this instant. Winners do from the publication's own instant on, never before."""
    if group in RESULTS:
        return published
    if group is Group.DRAFTS:
        return call_open
    if group is Group.ENTRANTS:
        return edition is not EditionState.DRAFT
    if group is Group.SCREENERS:
        return True
    return any(state in ROUND_STATES[group] for state in rounds)


# --- texts ---------------------------------------------------------------------------------------------


class Text(Struct, frozen=True):
    subject: str
    body: str


Texts = Mapping[str, Text]


def unknown_names(text: str, allowed: Sequence[str]) -> list[str]:
    return [name for name in names_in(text) if name not in allowed]


def is_unfilled(texts: Texts, announcement: datetime | None) -> bool:
    """Whether a text names a day that the edition has not set: a gap that would stay empty."""
    return announcement is None and any(
        "announcement" in names_in(f"{text.subject}\n{text.body}") for text in texts.values()
    )


def language_for(reader: str, texts: Texts, edition: str) -> str:
    """The reader's own where it is written; else the edition's, or where that was changed since, what there is."""
    return next((lang for lang in (reader, edition) if lang in texts), min(texts))


def document_of_texts(texts: Texts) -> dict[str, Any]:
    return {lang: {"subject": text.subject, "body": text.body} for lang, text in texts.items()}


# --- recipients ----------------------------------------------------------------------------------------


class LeftOut(StrEnum):
    """Why somebody of the group gets nothing."""

    NO_ADDRESS = "no address"
    NOT_CONFIRMED = "not confirmed"
    DISABLED = "disabled"


class Part(Struct, frozen=True):
    """One entry that makes somebody a recipient; `title` is empty where nobody else may read it."""

    reference: str
    title: str


class Recipient(Struct, frozen=True):
    """One person of a group, once, however many of its entries are theirs."""

    person_id: int
    name: str
    lang: str
    zone: str
    address: str
    left_out: LeftOut | None
    entries: tuple[Part, ...] = ()
    deadline: datetime | None = None
    sheets_left: int = 0


def left_out(*, address: str, confirmed: bool, disabled: bool, needs_confirmed: bool) -> LeftOut | None:
    if disabled:
        return LeftOut.DISABLED
    if not address:
        return LeftOut.NO_ADDRESS
    if needs_confirmed and not confirmed:
        return LeftOut.NOT_CONFIRMED
    return None


def written_to(recipients: Iterable[Recipient]) -> list[Recipient]:
    return [one for one in recipients if one.left_out is None]


# --- what was seen, and what is true now ----------------------------------------------------------------


def fingerprints(recipients: Iterable[Recipient]) -> dict[str, str]:
    """Of everybody who would be written to: what makes their mail another one, and no name."""
    return {
        str(one.person_id): hashlib.sha256(
            canonical_bytes([one.address, one.lang, *sorted(part.reference for part in one.entries)])
        ).hexdigest()[:16]
        for one in written_to(recipients)
    }


def seal(texts: Texts, seen: Mapping[str, str]) -> str:
    """What the sender says yes to: this text to these people."""
    return hashlib.sha256(canonical_bytes({"texts": document_of_texts(texts), "to": dict(seen)})).hexdigest()


class Change(Struct, frozen=True):
    """How a group differs from what its sender saw, by person."""

    came: tuple[int, ...]
    went: tuple[int, ...]
    other: tuple[int, ...]
    """Another address or other entries."""


def change_between(seen: Mapping[str, str], now: Mapping[str, str]) -> Change:
    def numbers(keys: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(int(key) for key in keys))

    both = seen.keys() & now.keys()
    return Change(
        came=numbers(now.keys() - seen.keys()),
        went=numbers(seen.keys() - now.keys()),
        other=numbers(key for key in both if seen[key] != now[key]),
    )


def shown_first(recipients: Sequence[Recipient], texts: Texts, edition: str) -> list[Recipient]:
    """Up to three to look at: one in each language that is written to, then those with the most entries."""
    first: dict[str, Recipient] = {}
    for one in recipients:
        first.setdefault(language_for(one.lang, texts, edition), one)
    rest = sorted((one for one in recipients if one not in first.values()), key=lambda one: -len(one.entries))
    return [*first.values(), *rest][:SHOWN]
