"""Roles, states and phases of an edition. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from awards.actor import Actor
from awards.errors import Denied
from awards.web.i18n import _


class Role(StrEnum):
    ADMIN = "admin"
    SECRETARIAT = "secretariat"
    SCREENER = "screener"
    AUDITOR = "auditor"


class EditionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    JUDGING = "judging"
    DECIDED = "decided"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    EXTRA = "extra"
    DECIDED = "decided"


EDITION_MOVES: Mapping[EditionState, frozenset[EditionState]] = {
    EditionState.DRAFT: frozenset({EditionState.OPEN}),
    EditionState.OPEN: frozenset({EditionState.JUDGING}),
    EditionState.JUDGING: frozenset({EditionState.DECIDED}),
    EditionState.DECIDED: frozenset({EditionState.PUBLISHED}),
    EditionState.PUBLISHED: frozenset({EditionState.ARCHIVED}),
    EditionState.ARCHIVED: frozenset(),
}

ROUND_MOVES: Mapping[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.OPEN}),
    RoundState.OPEN: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset({RoundState.EXTRA, RoundState.DECIDED}),
    RoundState.EXTRA: frozenset({RoundState.CLOSED}),
    RoundState.DECIDED: frozenset(),
}


def is_within(now: datetime, since: datetime | None, until: datetime | None) -> bool:
    """Every period is half open, [since, until): at the deadline's own instant it is over."""
    return (since is None or since <= now) and (until is None or now < until)


def scopes_of(programme_id: int, edition_id: int) -> tuple[str, str]:
    return f"programme:{programme_id}", f"edition:{edition_id}"


def holds(actor: Actor, role: Role, programme_id: int, edition_id: int = 0) -> bool:
    return actor.has(role.value, *scopes_of(programme_id, edition_id))


def may_run(actor: Actor, programme_id: int, edition_id: int = 0) -> Denied | None:
    """Whether the actor belongs to the secretariat of this edition."""
    if holds(actor, Role.SECRETARIAT, programme_id, edition_id):
        return None
    return Denied("not secretariat", _("Only the secretariat of this edition may do this."))
