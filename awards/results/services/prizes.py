"""Verbs of prizes."""

from collections import defaultdict
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.tables import Prize
from awards.errors import Denied, NotFound, Stale
from awards.results.awarding import CASCADE, OUTSIDE, RANKED
from awards.results.forms import DecidePrizes
from awards.results.queries import (
    AdoptedRun,
    PrizeTable,
    deciding_run,
    prize_table,
)
from awards.results.queries.deliberation import Unsettled, meeting_on, unsettled_deliberations
from awards.results.rules import NONE, Pick, Place, check_picks, require
from awards.results.steps import need_secretariat
from awards.results.tables import PrizeDecision
from awards.web.i18n import _


async def decide_prizes(*, command: DecidePrizes, actor: Actor, clock: Clock) -> int:
    """Write what changed among a category's places, and return how many places that were."""
    now = clock.now()
    async with transaction():
        table = await _held(command.edition_id, actor, now)
        if table.is_hidden(command.category):
            raise NotFound
        # Who passes others over sees who holds the prizes as this form decides them.
        places = table.places(command.category, command.picks)
        if not places:
            raise NotFound
        unsettled = await unsettled_deliberations(command.edition_id)
        if open_ := _meeting(table, command.category, unsettled):
            raise Denied("deliberating", open_)
        run = _deciding(places, table, command.category)
        known = {(place.prize, place.place): place for place in places}
        eligible = {
            one.reference: one.name for one in table.candidates if command.category in ("", one.category)
        }
        fitting = {
            row.prize: frozenset(one.reference for one in table.eligible(row.rule)) for row in table.decisions
        }
        require(check_picks([*places, *_more(places, command.picks)], command.picks, eligible, fitting))
        changed = [pick for pick in command.picks if _differs(pick, known.get((pick.prize, pick.place)))]
        for pick in changed:
            place = known.get((pick.prize, pick.place))
            if pick.version != (place.version if place else 0):
                raise Stale
        await _write(changed, table, run, actor, now)
        if changed:
            await _recorded(changed, command, actor, now)
    return len(changed)


async def take_proposals(*, edition_id: int, actor: Actor, clock: Clock) -> int:
    """Decide every open place whose entry the rule names by itself, where no panel meets; return how many."""
    now = clock.now()
    taken: list[Pick] = []
    async with transaction():
        table = await _held(edition_id, actor, now)
        unsettled = await unsettled_deliberations(edition_id)
        # Twice: a prize that goes to the next waits until those that it passes over are decided.
        for cascades in (False, True):
            for category, _name in table.categories:
                if table.is_hidden(category) or _meeting(table, category, unsettled):
                    continue
                places = table.places(category, taken)
                picks = [
                    pick for pick in _clear(places, taken) if (_kind_of(places, pick) == CASCADE) is cascades
                ]
                if cascades:
                    picks = [pick for pick in picks if table.is_settled_before(pick.prize, taken)]
                if picks:
                    run = _deciding(places, table, category)
                    await _write(picks, table, run, actor, now)
                    taken += picks
        if taken:
            await record(
                Action.PRIZE_DECIDED,
                actor=actor,
                at=now,
                subject=("edition", edition_id),
                edition_id=edition_id,
                as_role="secretariat",
                after={"proposals taken": len(taken)},
            )
    return len(taken)


# --- parts of the verbs above --------------------------------------------------------------------------


async def _held(edition_id: int, actor: Actor, now: Any) -> PrizeTable:
    """The prizes, decided by one at a time."""
    await need_secretariat(edition_id, actor)
    await lock_rows(Prize.select(Prize.id).where(Prize.edition == edition_id).order_by(Prize.id))
    return await prize_table(edition_id, actor, now)


def _deciding(places: list[Place], table: PrizeTable, category: str) -> AdoptedRun | None:
    """Prizes by rule wait for the run; none is decided while a round is still judged.

    Where nobody entered there is no order to wait for: these places can be left unawarded.
    """
    if table.is_judged:
        raise Denied("round open", _("A round is still being judged. Prizes are decided when it is closed."))
    run = deciding_run(table.runs, category)
    entered = any(category in ("", one.category) for one in table.candidates)
    if run is None and entered and any(place.kind != OUTSIDE for place in places):
        raise Denied("no run", _("Adopt a run of the last round first: it gives the order."))
    return run


def _meeting(table: PrizeTable, category: str, unsettled: list[Unsettled]) -> str:
    run = deciding_run(table.runs, category)
    return meeting_on(category, run.round_code, unsettled) if run else ""


def _kind_of(places: list[Place], pick: Pick) -> str:
    return next(place.kind for place in places if place.prize == pick.prize)


def _clear(places: list[Place], taken: list[Pick]) -> list[Pick]:
    """Open places for which the rule names one entry, but for one who holds a prize by rank already."""
    held = {place.decided for place in places if place.kind == RANKED and place.decided}
    return [
        Pick(place.prize, place.place, place.proposed[0], version=place.version)
        for place in places
        if not place.decided
        and len(place.proposed) == 1
        and (place.kind != RANKED or place.proposed[0] not in held)
        and all((pick.prize, pick.place) != (place.prize, place.place) for pick in taken)
    ]


def _more(places: list[Place], picks: tuple[Pick, ...]) -> list[Place]:
    """One place more of a prize, where the secretariat lets two entries share it."""
    last: dict[str, Place] = {place.prize: place for place in places}
    return [
        Place(end.prize, end.prize_name, end.prize_position, end.kind, pick.place, (), "", 0)
        for pick in picks
        if (end := last.get(pick.prize)) is not None
        and pick.place == end.place + 1
        and pick.entry not in ("", NONE)
    ]


def _differs(pick: Pick, place: Place | None) -> bool:
    if place is None:
        return bool(pick.entry)
    same = (pick.entry, pick.reason, pick.citation) == (place.decided, place.reason, place.citation)
    return not same or place.outdated


async def _write(
    picks: list[Pick], table: PrizeTable, run: AdoptedRun | None, actor: Actor, now: Any
) -> None:
    prizes = {row.prize: row.prize_id for row in table.decisions}
    entries = {one.reference: one.id for one in table.candidates}
    decisions = [
        PrizeDecision(
            prize=prizes[pick.prize],
            place=pick.place,
            version=pick.version + 1,
            entry=entries[pick.entry] if pick.entry not in ("", NONE) else None,
            run=run.run_id if run else None,
            reason=pick.reason,
            citation=pick.citation,
            by=actor.person_id,
            created_at=now,
        )
        for pick in picks
        if pick.entry
    ]
    if decisions:
        await PrizeDecision.insert(*decisions)


async def _recorded(changed: list[Pick], command: DecidePrizes, actor: Actor, now: Any) -> None:
    after: dict[str, Any] = defaultdict(dict)
    for pick in changed:
        after[pick.prize][str(pick.place)] = {
            "entry": pick.entry,
            "reason": pick.reason,
            "citation": pick.citation,
        }
    await record(
        Action.PRIZE_DECIDED,
        actor=actor,
        at=now,
        subject=("edition", command.edition_id),
        edition_id=command.edition_id,
        as_role="secretariat",
        after={"category": command.category, "decided": after},
    )
