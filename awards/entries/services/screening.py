"""Screening an entry: one or two look at it, and a third decides where two differ."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.approving import may_answer
from awards.entries.forms_screening import ScreenEntry, SettleEntry
from awards.entries.rules import EntryState
from awards.entries.screening import (
    OPEN_TO_ANSWERS,
    OPEN_TO_OUTCOMES,
    OUTCOMES,
    Item,
    Standing,
    agreement,
    finish_problems,
    item_problems,
    items_text,
    may_settle,
    reason_problem,
)
from awards.entries.steps_screening import (
    Case,
    ask_exclusion,
    case_of,
    decide,
    end_enquiries,
    screeners_done,
)
from awards.entries.tables import Screening
from awards.errors import Denied, Invalid, Stale
from awards.web.i18n import _


async def screen_entry(
    *, edition_id: int, reference: str, command: ScreenEntry, actor: Actor, clock: Clock
) -> Standing:
    """Keep a screener's answers; finished, they count, and with the last that is wanted the entry may be decided."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry, rules = case.entry, case.rules
        if entry.standing not in OPEN_TO_ANSWERS or entry.number != command.number:
            raise Stale
        if len(await screeners_done(entry)) >= rules.screeners:
            raise Denied(
                "settled", _("Those who screened it are done. Go on without an answer of the city first.")
            )
        items = tuple(Item(*item) for item in command.items)
        problems = item_problems(rules.checklist, items)
        if command.finish and entry.standing not in OPEN_TO_OUTCOMES:
            problems[""] = _(
                "The city has been asked. Finish when it has answered, or when its time is over."
            )
        elif command.finish:
            problems |= finish_problems(rules.checklist, items, command.outcome, command.reason)
        if problems:
            raise Invalid(problems)
        against = command.finish and command.outcome == EntryState.INELIGIBLE
        if against and (refusal := may_answer(actor.proved_at, now)):
            raise refusal
        await _keep(case, command, items, actor, now)
        standing, approval = entry.standing, None
        if command.finish:
            await end_enquiries(entry.id, now)
            standing, approval = await _after(case, command, actor, now)
        await record(
            _action(standing, command.outcome),
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"standing": entry.standing.value},
            after={
                "number": entry.number,
                "items": [[item.code, item.reply] for item in items],
                "outcome": command.outcome if command.finish else "",
                "standing": standing.value,
                "approval": approval,
            },
            reason=command.reason if standing is Standing.DECIDED else "",
        )
    return standing


async def _keep(
    case: Case, command: ScreenEntry, items: tuple[Item, ...], actor: Actor, now: datetime
) -> None:
    """The screener's own row, if nobody changed it since the page was drawn (else Stale)."""
    entry = case.entry
    mine = (Screening.entry == entry.id) & (Screening.screener == actor.person_id)
    rows = await Screening.select(Screening.version).where(mine)
    if (rows[0]["version"] if rows else 0) != command.version:
        raise Stale
    if not rows:
        await Screening.insert(Screening(entry=entry.id, screener=actor.person_id, version=0, created_at=now))
    await Screening.update(
        {
            Screening.items: items_text(items),
            Screening.outcome: command.outcome if command.outcome in OUTCOMES else "",
            Screening.note: command.note,
            Screening.reason: command.reason,
            Screening.number: entry.number,
            Screening.done_at: now if command.finish else None,
            Screening.version: command.version + 1,
        }
    ).where(mine)


async def _after(
    case: Case, command: ScreenEntry, actor: Actor, now: datetime
) -> tuple[Standing, int | None]:
    """What a finished screening leads to: nothing yet, a decision, or a second person's word."""
    done = await screeners_done(case.entry)
    if len(done) < case.rules.screeners:
        return Standing.SECOND, None
    agreed = agreement([row["outcome"] for row in done], case.rules)
    if agreed is EntryState.ELIGIBLE:
        await decide(case, agreed, "", actor, now, number=1)
        return Standing.DECIDED, None
    if agreed is None:
        return Standing.DIFFER, None
    if case.rules.screeners > 1:
        return Standing.AGREED, None
    if case.rules.excluded_by == 1:
        await decide(case, agreed, command.reason, actor, now, number=1)
        return Standing.DECIDED, None
    return Standing.CONFIRM, await ask_exclusion(case, command.reason, actor, now)


async def settle_entry(
    *, edition_id: int, reference: str, command: SettleEntry, actor: Actor, clock: Clock
) -> Standing:
    """Where two differ a third decides; where they agree that it is not eligible, somebody writes why."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.version != command.version:
            raise Stale
        done = await screeners_done(entry)
        if refusal := may_settle(entry.standing, actor.person_id, [row["screener"] for row in done]):
            raise refusal
        outcome = EntryState.INELIGIBLE.value if entry.standing is Standing.AGREED else command.outcome
        if outcome not in OUTCOMES:
            raise Invalid({"outcome": _("Choose a decision")})
        if problem := reason_problem(outcome, command.reason):
            raise Invalid({"reason": problem})
        standing, approval = Standing.DECIDED, None
        if outcome == EntryState.INELIGIBLE:
            if refusal := may_answer(actor.proved_at, now):
                raise refusal
            standing, approval = Standing.CONFIRM, await ask_exclusion(case, command.reason, actor, now)
        else:
            await decide(case, EntryState.ELIGIBLE, command.reason, actor, now, number=1)
        await record(
            _action(standing, outcome),
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"standing": entry.standing.value},
            after={"standing": standing.value, "outcome": outcome, "approval": approval},
            reason=command.reason,
        )
    return standing


def _action(standing: Standing, outcome: str) -> Action:
    if standing is Standing.CONFIRM:
        return Action.EXCLUSION_ASKED
    if standing is not Standing.DECIDED:
        return Action.ENTRY_SCREENED
    return Action.ENTRY_ELIGIBLE if outcome == EntryState.ELIGIBLE else Action.ENTRY_INELIGIBLE
