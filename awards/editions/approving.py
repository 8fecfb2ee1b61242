"""Who gives one of the two words that some acts take. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.errors import Denied
from awards.web.i18n import _

NOT_PROVED = "not proved"


class Deed(StrEnum):
    """Everything that takes two people; the action of their approval."""

    PUBLISH = "publish"
    CHANGE_RULES = "new ruleset"
    EXCLUDE = "exclude entry"
    OVERRIDE = "override conflict"
    ACCEPT_LATE = "accept late marks"
    REFUSE_LATE = "refuse late marks"
    SET_ASIDE = "set sheet aside"
    RESTORE = "restore sheet"
    WAIVE = "waive at the gate"
    CONCLUDE = "conclude deliberation"


class Reach(Struct, frozen=True, kw_only=True):
    """What an act touches: an edition, or categories of it by their codes, and the round whose marks it moves."""

    edition_id: int
    programme_id: int
    round_id: int | None = None
    categories: frozenset[str] | None = None
    drafts: bool = False
    roles: tuple[str, ...] = ("secretariat",)
    also: frozenset[int] = frozenset()
    """Persons who may give their word by their place on a panel, whatever their role."""


class Stake(Struct, frozen=True):
    """How somebody stands to what an act touches."""

    may: bool
    """Whether the account is in use and holds the role."""
    tied: bool
    judged: bool
    halted: bool
    """Whether the edition stands still; the same for everybody."""


# Somebody whom the database does not know.
NOBODY = Stake(may=False, tied=False, judged=False, halted=False)


def may_answer(proved_at: datetime | None, now: datetime) -> Denied | None:
    """Whoever gives their word has shown a moment ago who they are."""
    if proved_at is not None and proved_at >= now - FRESH_PROOF:
        return None
    return Denied(NOT_PROVED, _("Enter your password again before you ask or consent."))


def may_follow(asked_by: int, person_id: int) -> Denied | None:
    if asked_by != person_id:
        return None
    return Denied("same person", _("You asked for it. Another person consents."))


def may_give_word(own: Stake, first: Stake | None = None) -> Denied | None:
    """`first` is who asked, as they stand now: a word that they could not give any more is worth nothing."""
    if own.halted:
        return Denied("halted", _("This edition is stopped. What takes two people waits until it goes on."))
    if own.tied or own.judged:
        return Denied(
            "in conflict",
            _("You act for an entrant of this, have a conflict with one, or judged in it. Another person does this."),
        )  # fmt: skip
    if first is not None and (first.tied or first.judged or not first.may):
        return Denied(
            "first word",
            _(
                "Who asked for this may not decide on it any more. Take it back, and let somebody else ask anew."
            ),
        )
    return None
