"""Roles, states and phases of an edition. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from awards.actor import SYSTEM, Actor
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


class RoundKind(StrEnum):
    """What judges give: marks on scales, or yes and no, which no calibration is made of."""

    CRITERIA = "criteria"
    PASSING = "pass or fail"


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
    """The one rule for deadlines: every period is half open, [since, until).

    A millisecond before the deadline is in time, the deadline's own instant is late. `now` is the instant at
    which the head of a request arrived, whatever the request's body and the database took after it.
    """
    return (since is None or since <= now) and (until is None or now < until)


def is_call_open(state: EditionState, opens: datetime | None, closes: datetime | None, now: datetime) -> bool:
    """Whether entries come in: somebody opened the call, and its time has come and is not over."""
    return (
        state is EditionState.OPEN
        and opens is not None
        and closes is not None
        and is_within(now, opens, closes)
    )


def later(for_all: datetime | None, own: datetime | None) -> datetime | None:
    """The deadline of who has an extension: an extension only ever gives time, also after everybody's has moved."""
    return for_all if for_all is None or own is None else max(for_all, own)


class Phase(StrEnum):
    """Where a call or a round stands, asked of what people did and of the clock together."""

    DRAFT = "draft"
    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"
    CLOSED = "closed"


def call_phase(state: EditionState, opens: datetime | None, closes: datetime | None, now: datetime) -> Phase:
    if state is EditionState.DRAFT:
        return Phase.DRAFT
    if state is not EditionState.OPEN:
        return Phase.CLOSED
    if opens is not None and now < opens:
        return Phase.WAITING
    return Phase.RUNNING if is_call_open(state, opens, closes, now) else Phase.OVER


def round_phase(state: RoundState, opens: datetime, closes: datetime, now: datetime) -> Phase:
    if state is RoundState.DRAFT:
        return Phase.DRAFT
    if state is not RoundState.OPEN:
        return Phase.CLOSED
    if now < opens:
        return Phase.WAITING
    return Phase.RUNNING if now < closes else Phase.OVER


def scopes_of(programme_id: int, edition_id: int) -> tuple[str, str]:
    return f"programme:{programme_id}", f"edition:{edition_id}"


def holds(actor: Actor, role: Role, programme_id: int, edition_id: int = 0) -> bool:
    return actor.has(role.value, *scopes_of(programme_id, edition_id))


def in_secretariat(actor: Actor, programme_id: int, edition_id: int) -> bool:
    """Whether the actor is of the edition's secretariat: reads all of it and may change it."""
    return holds(actor, Role.SECRETARIAT, programme_id, edition_id)


def is_screener(actor: Actor, programme_id: int, edition_id: int) -> bool:
    return holds(actor, Role.SCREENER, programme_id, edition_id)


def is_auditor(actor: Actor, programme_id: int, edition_id: int) -> bool:
    """Whether the actor reads what the secretariat reads, and changes nothing."""
    return holds(actor, Role.AUDITOR, programme_id, edition_id)


def may_run(actor: Actor, programme_id: int, edition_id: int = 0) -> Denied | None:
    """Whether the actor belongs to the secretariat of this edition, or is the service itself."""
    if actor == SYSTEM or holds(actor, Role.SECRETARIAT, programme_id, edition_id):
        return None
    return Denied("not secretariat", _("Only the secretariat of this edition may do this."))


def may_add_editions(actor: Actor) -> bool:
    """Whoever is of the secretariat of a whole programme, or of all."""
    return any(
        grant.role == Role.SECRETARIAT.value and not grant.scope.startswith("edition:")
        for grant in actor.grants
    )


def may_grant(actor: Actor, role: Role, programme_id: int = 0, edition_id: int = 0) -> Denied | None:
    """Whether the actor may give or end this role over this scope; 0 is every programme, every edition."""
    if actor == SYSTEM or actor.has(Role.ADMIN.value):
        return None
    if role is not Role.ADMIN and holds(actor, Role.SECRETARIAT, programme_id, edition_id):
        return None
    return Denied(
        "may not grant", _("You can give and end roles only where you are of the secretariat yourself.")
    )


def edition_may_move(before: EditionState, to: EditionState) -> Denied | None:
    if to in EDITION_MOVES[before]:
        return None
    return Denied(
        "edition state", _("This edition is not at the stage for that any more. Open the page again.")
    )


def round_may_move(before: RoundState, to: RoundState) -> Denied | None:
    if to in ROUND_MOVES[before]:
        return None
    return Denied("round state", _("This round is not at the stage for that any more. Open the page again."))
