"""An appeal, once: the city says why the decision is wrong, and another person decides for good."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import EditionRow, edition_by_id
from awards.editions.rules import scopes_of
from awards.entries.forms_screening import AppealEntry, DecideAppeal, TakeUpEntry
from awards.entries.queries import OwnEntry
from awards.entries.queries.standing import others_who_may, who_may_screen
from awards.entries.rules import SIGNED, EntryState, Late
from awards.entries.screening import (
    LONGEST_REASON,
    OUTCOMES,
    Standing,
    may_appeal,
    may_decide_appeal,
    reason_problem,
)
from awards.entries.steps import CITY_OFFICIAL, SECRETARIAT, keep_late, must_write, own_locked, tell
from awards.entries.steps_screening import case_of, decide
from awards.entries.tables import Appeal, ScreeningDecision
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _


async def appeal_entry(*, reference: str, command: AppealEntry, actor: Actor, clock: Clock) -> None:
    """The city's word against the first decision, in the time that the decision named."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        refusal = may_appeal(entry.state, entry.decided, entry.appeal_until, entry.appealed, now)
        if isinstance(refusal, Late):
            await keep_late(
                refusal, entry.edition_id, entry.entrant_id, actor, now, tried="appeal", entry_id=entry.id
            )
        elif refusal is not None:
            raise refusal
        else:
            await _appeal(entry, command, actor, now)
    if refusal is not None:
        raise refusal


async def _appeal(entry: OwnEntry, command: AppealEntry, actor: Actor, now: datetime) -> None:
    if entry.call.state in SIGNED:
        raise Denied("signed", _("The results of this edition are signed; write to the secretariat."))
    problems = {}
    if not command.text:
        problems["text"] = _("Write why the decision is wrong")
    if not command.sure:
        problems["sure"] = _("Tick the box to send the appeal")
    if problems:
        raise Invalid(problems)
    await _keep(entry.id, command.text, actor, CITY_OFFICIAL, now)
    await tell(entry, "entry-appealed", now, key="", by=actor.name)
    await _tell_desk(await edition_by_id(entry.edition_id), entry.id, entry.reference, actor, now)
    await record(
        Action.ENTRY_APPEALED,
        actor=actor,
        at=now,
        subject=("entry", entry.id),
        edition_id=entry.edition_id,
        as_role=CITY_OFFICIAL,
        after={"text": command.text},
    )


async def take_up_entry(
    *, edition_id: int, reference: str, command: TakeUpEntry, actor: Actor, clock: Clock
) -> None:
    """The secretariat puts a decision before another person: for an appeal on paper, or a mistake of its own."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        if case.as_role != SECRETARIAT:
            raise NotFound
        entry = case.entry
        if entry.version != command.version:
            raise Stale
        if entry.state is not EntryState.INELIGIBLE or entry.standing is not Standing.DECIDED:
            raise Denied("settled", _("This entry is not waiting for that any more. Open it again."))
        if len(await _decisions(entry.id)) > 1:
            raise Denied("final", _("The decision after an appeal is final."))
        if case.edition.state in SIGNED:
            raise Denied("signed", _("The results of this edition are signed."))
        if not command.text:
            raise Invalid({"text": _("Write why it is decided again")})
        await _keep(entry.id, command.text, actor, case.as_role, now)
        await _tell_desk(case.edition, entry.id, entry.reference, actor, now)
        await record(
            Action.ENTRY_APPEALED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            after={"text": command.text},
        )


async def decide_appeal(
    *, edition_id: int, reference: str, command: DecideAppeal, actor: Actor, clock: Clock
) -> None:
    """The second decision, by another person than the first where there is one; it is final."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.standing is not Standing.APPEALED or entry.version != command.version:
            raise Stale
        if command.outcome not in OUTCOMES:
            raise Invalid({"outcome": _("Choose a decision")})
        if problem := reason_problem(command.outcome, command.reason):
            raise Invalid({"reason": problem})
        first = _who_decided(await _decisions(entry.id))
        scopes = scopes_of(case.edition.programme_id, edition_id)
        others = await others_who_may(scopes, entry.id, actor.person_id, now)
        if refusal := may_decide_appeal(actor.person_id, first, others):
            raise refusal
        outcome = EntryState(command.outcome)
        await decide(case, outcome, command.reason, actor, now, number=2)
        await record(
            Action.ENTRY_ELIGIBLE if outcome is EntryState.ELIGIBLE else Action.ENTRY_INELIGIBLE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"state": entry.state.value},
            after={"state": outcome.value, "number": 2},
            reason=command.reason,
        )


async def _keep(entry_id: int, text: str, actor: Actor, as_role: str, now: datetime) -> None:
    if len(text) > LONGEST_REASON:
        raise Invalid({"text": _("Write at most %(most)d characters", most=LONGEST_REASON)})
    try:
        await Appeal.insert(
            Appeal(entry=entry_id, text=text, by=actor.person_id, as_role=as_role, created_at=now)
        )
    except Conflict:
        raise Stale from None


async def _tell_desk(edition: EditionRow, entry_id: int, reference: str, actor: Actor, now: datetime) -> None:
    """Who may decide on it learns that it is there, and so does the secretariat; nothing of what it says."""
    first = _who_decided(await _decisions(entry_id))
    desk = await who_may_screen(scopes_of(edition.programme_id, edition.id), entry_id, now)
    others = {one.person_id for one in desk} - first or first
    for one in desk:
        if one.person_id != actor.person_id and (one.is_staff or one.person_id in others):
            await enqueue(
                "appeal-arrived",
                to=one.address,
                at=now,
                dedupe_key=f"appeal-arrived:{entry_id}:{one.person_id}",
                lang=one.lang,
                values={
                    "name": one.name,
                    "reference": reference,
                    "edition": edition.name,
                    "decides": "yes" if one.person_id in others else "",
                    "link": f"{edition.desk}/entries/{reference}",
                },
                edition_id=edition.id,
            )


def _who_decided(decisions: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """Both of two, where an exclusion took two."""
    return frozenset(
        person
        for row in decisions
        for person in (row["by"], row["asked_by"], row["given_by"])
        if person is not None
    )


async def _decisions(entry_id: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await ScreeningDecision.raw(
        'SELECT d.number, d."by", a.asked_by, a.given_by FROM screening_decision d'
        " LEFT JOIN approval a ON a.id = d.approval WHERE d.entry = {} ORDER BY d.number",
        entry_id,
    )
    return rows
