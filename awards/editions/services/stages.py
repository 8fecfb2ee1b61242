"""Verbs that move an edition and its rounds from one stage to the next. People do this, never the clock."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions import steps
from awards.editions.queries import EditionRow, RoundRow, round_by_id, rounds_of
from awards.editions.queries.deadlines import last_own_deadline
from awards.editions.queries.papers import unconfirmed_papers
from awards.editions.readiness import call_obstacles, frozen_document, round_obstacles, still_entering
from awards.editions.reading import document_of, stored_edition
from awards.editions.rules import EditionState, RoundState, edition_may_move, may_run
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.i18n import _
from judging import sha256_of

# What the desk may set by hand; the call, a round and a publication have verbs of their own.
BY_HAND = frozenset({EditionState.JUDGING, EditionState.DECIDED, EditionState.ARCHIVED})


async def open_call(*, edition_id: int, version: int, actor: Actor, clock: Clock) -> None:
    """From now on cities enter, between the milestones; categories, quotas and who may enter are frozen."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, version, actor)
        stored = await stored_edition(edition.id)
        if found := call_obstacles(stored.document, edition.state, now):
            raise Invalid({"": " ".join(found)})
        await steps.move_edition(edition.id, EditionState.OPEN, now)
        await record(
            Action.EDITION_OPENED,
            actor=actor,
            at=now,
            subject=("edition", edition.id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"state": edition.state.value},
            after={"state": EditionState.OPEN.value},
        )


async def change_state(
    *, edition_id: int, to: EditionState, version: int, actor: Actor, clock: Clock
) -> None:
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, version, actor)
        if to not in BY_HAND:
            raise Denied("edition state", _("The edition comes to this stage by an act of its own."))
        if denied := edition_may_move(edition.state, to):
            raise denied
        if to is EditionState.JUDGING:
            document, extended = await document_of(edition.id), await last_own_deadline(edition.id)
            if entering := still_entering(document, edition.state, extended, now):
                raise Denied("call running", entering)
        if to is EditionState.DECIDED:
            _refuse_unfinished(await rounds_of(edition.id))
        await steps.move_edition(edition.id, to, now)
        await record(
            Action.EDITION_STATE_CHANGED,
            actor=actor,
            at=now,
            subject=("edition", edition.id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"state": edition.state.value},
            after={"state": to.value},
        )


async def open_round(*, round_id: int, version: int, actor: Actor, clock: Clock) -> int:
    """From now on judges mark, within the round's times; what decides is frozen. Returns the ruleset's id."""
    now = clock.now()
    async with transaction():
        edition, round_ = await _held_round(round_id, version, actor)
        stored = await stored_edition(edition.id)
        extended = await last_own_deadline(edition.id)
        found = round_obstacles(stored.document, round_.code, edition.state, round_.state, now, extended)
        if found:
            raise Invalid({"": " ".join(found)})
        frozen = frozen_document(stored.document, round_.code)
        ruleset_id = await steps.add_ruleset(edition.id, round_.id, frozen, now)
        await steps.move_round(round_.id, RoundState.OPEN, now)
        if edition.state is EditionState.OPEN:
            await steps.move_edition(edition.id, EditionState.JUDGING, now)
        await record(
            Action.ROUND_OPENED,
            actor=actor,
            at=now,
            subject=("round", round_.id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"state": round_.state.value, "edition": edition.state.value},
            after={"state": RoundState.OPEN.value, "ruleset": sha256_of(frozen)},
        )
    return ruleset_id


async def close_round(
    *, round_id: int, version: int, without_papers: bool = False, actor: Actor, clock: Clock
) -> None:
    """No sheet changes any more; from now on those who may see marks see them.

    What was keyed in from paper and is not confirmed does not count: who closes the round says that they know.
    """
    now = clock.now()
    async with transaction():
        edition, round_ = await _held_round(round_id, version, actor)
        papers = await unconfirmed_papers(round_id)
        if papers and not without_papers:
            raise Invalid({"without_papers": _("Say that the sheets from paper below are not to count")})
        await steps.move_round(round_.id, RoundState.CLOSED, now)
        await record(
            Action.ROUND_CLOSED,
            actor=actor,
            at=now,
            subject=("round", round_.id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"state": round_.state.value},
            after={"state": RoundState.CLOSED.value} | ({"without_papers": len(papers)} if papers else {}),
        )


async def _held(edition_id: int, version: int | None, actor: Actor) -> EditionRow:
    edition = await steps.locked_edition(edition_id)
    if may_run(actor, edition.programme_id, edition.id):
        raise NotFound
    if version is not None and edition.version != version:
        raise Stale
    return edition


async def _held_round(round_id: int, version: int, actor: Actor) -> tuple[EditionRow, RoundRow]:
    """The edition is held first, always: two who change one edition wait for each other in the same order."""
    edition = await _held((await round_by_id(round_id)).edition_id, None, actor)
    round_ = await round_by_id(round_id)
    if round_.version != version:
        raise Stale
    return edition, round_


def _refuse_unfinished(rounds: list[RoundRow]) -> None:
    for round_ in rounds:
        if round_.state not in (RoundState.CLOSED, RoundState.DECIDED):
            raise Denied(
                "round not closed", _("The round “%(name)s” is not closed. Close it first.", name=round_.name)
            )
