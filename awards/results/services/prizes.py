"""Verbs of prizes."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.tables import Prize
from awards.entries.tables import Entry
from awards.errors import Denied, NotFound, Stale
from awards.results.forms import DecidePrizes
from awards.results.queries import (
    AdoptedRun,
    adopted_runs,
    conflicted_categories,
    deciding_run,
    decision_rows,
    places_of,
)
from awards.results.rules import (
    NONE,
    Pick,
    Place,
    check_picks,
    is_settled,
    require,
)
from awards.results.steps import need_secretariat
from awards.results.tables import PrizeDecision
from awards.web.i18n import _


async def decide_prizes(*, command: DecidePrizes, actor: Actor, clock: Clock) -> int:
    """Write what changed among a category's places, and return how many places that were."""
    now = clock.now()
    async with transaction():
        await _may_decide(command.edition_id, command.category, actor, now)
        rows, runs = await decision_rows(command.edition_id), await adopted_runs(command.edition_id)
        places = places_of(rows, runs, command.category)
        if not places:
            raise NotFound
        eligible = await _eligible(command.edition_id, command.category)
        run = _deciding(places, runs, command.category, eligible)
        known = {(place.prize, place.place): place for place in places}
        require(check_picks([*places, *_more(places, command.picks)], command.picks, _named(eligible)))
        changed = [pick for pick in command.picks if _differs(pick, known.get((pick.prize, pick.place)))]
        for pick in changed:
            place = known.get((pick.prize, pick.place))
            if pick.version != (place.version if place else 0):
                raise Stale
        await _write(changed, command.edition_id, eligible, run, actor, now)
        if changed:
            await _recorded(changed, command, actor, now)
    return len(changed)


async def take_proposals(*, edition_id: int, actor: Actor, clock: Clock) -> int:
    """Decide every open place whose entry the order names by itself, in all categories; return how many."""
    now = clock.now()
    taken = 0
    async with transaction():
        await need_secretariat(edition_id, actor)
        hidden = await conflicted_categories(edition_id, actor.person_id, now)
        rows, runs = await decision_rows(edition_id), await adopted_runs(edition_id)
        for category in dict.fromkeys(row.category for row in rows):
            if category in hidden or (hidden and not category):
                continue
            places = places_of(rows, runs, category)
            eligible = await _eligible(edition_id, category)
            # Who holds a prize already, by the secretariat's choice, is not given another by the order.
            held = {place.decided for place in places if place.decided}
            picks = [
                Pick(place.prize, place.place, place.proposed[0], version=place.version)
                for place in places
                if not place.decided and len(place.proposed) == 1
                and place.proposed[0] in eligible and place.proposed[0] not in held
            ]  # fmt: skip
            if picks:
                run = _deciding(places, runs, category, eligible)
                await _write(picks, edition_id, eligible, run, actor, now)
                taken += len(picks)
        if taken:
            await record(
                Action.PRIZE_DECIDED,
                actor=actor,
                at=now,
                subject=("edition", edition_id),
                edition_id=edition_id,
                as_role="secretariat",
                after={"proposals taken": taken},
            )
    return taken


# --- parts of the verbs above --------------------------------------------------------------------------


async def _may_decide(edition_id: int, category: str, actor: Actor, now: Any) -> None:
    await need_secretariat(edition_id, actor)
    hidden = await conflicted_categories(edition_id, actor.person_id, now)
    if category in hidden or (hidden and not category):
        raise NotFound
    await lock_rows(Prize.select(Prize.id).where(Prize.edition == edition_id))


def _deciding(
    places: list[Place], runs: list[AdoptedRun], category: str, eligible: Collection[str]
) -> AdoptedRun | None:
    """Prizes by rank wait for the run; none is decided while a round is still judged.

    Where nobody entered there is no order to wait for: these places can be left unawarded.
    """
    if any(not is_settled(run.state) for run in runs):
        raise Denied("round open", _("A round is still being judged. Prizes are decided when it is closed."))
    run = deciding_run(runs, category)
    if run is None and eligible and any(place.kind == "ranked" for place in places):
        raise Denied("no run", _("Adopt a run of the last round first: it gives the order."))
    return run


async def _eligible(edition_id: int, category: str) -> dict[str, tuple[int, str]]:
    """Entries that may have a prize: reference -> id and name."""
    rows = await Entry.raw(
        "SELECT en.id, en.reference, t.name FROM entry en JOIN category c ON c.id = en.category"
        " JOIN entrant t ON t.id = en.entrant WHERE en.edition = {} AND en.state = 'eligible'"
        " AND ({} = '' OR c.code = {})",
        edition_id, category, category,
    )  # fmt: skip
    return {row["reference"]: (row["id"], row["name"]) for row in rows}


def _named(eligible: dict[str, tuple[int, str]]) -> dict[str, str]:
    return {reference: name for reference, (_id, name) in eligible.items()}


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
    return (pick.entry, pick.reason, pick.citation) != (place.decided, place.reason, place.citation)


async def _write(
    picks: list[Pick],
    edition_id: int,
    eligible: dict[str, tuple[int, str]],
    run: AdoptedRun | None,
    actor: Actor,
    now: Any,
) -> None:
    rows = await Prize.select(Prize.id, Prize.code).where(Prize.edition == edition_id)
    prize_ids = {row["code"]: row["id"] for row in rows}
    decisions = [
        PrizeDecision(
            prize=prize_ids[pick.prize],
            place=pick.place,
            version=pick.version + 1,
            entry=eligible[pick.entry][0] if pick.entry not in ("", NONE) else None,
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
