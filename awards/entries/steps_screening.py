"""What the verbs of screening share: each needs an open transaction and records nothing itself."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.cities.queries import recipients_of
from awards.db import in_transaction
from awards.editions.approving import Reach
from awards.editions.document import EditionRules
from awards.editions.queries import EditionRow, edition_by_id, rules_of
from awards.editions.rules import Role, in_secretariat
from awards.editions.steps_approval import ask_for_approval, who_asks
from awards.editions.tables import Category
from awards.entries.queries.standing import Screened, screened
from awards.entries.rules import EntryState, may_screen
from awards.entries.screening import EXCLUDE, appeal_ends, exclusion_sha256, not_tied
from awards.entries.steps import SECRETARIAT, category_id_of
from awards.entries.tables import Enquiry, Entry, Screening, ScreeningDecision
from awards.errors import NotFound, Stale
from awards.outbox.services import enqueue
from awards.outbox.tables import Message

SCREENER = "screener"


class Case(Struct, frozen=True):
    """An entry before somebody who may screen it, with the edition and its rules."""

    entry: Screened
    edition: EditionRow
    rules: EditionRules
    as_role: str


async def case_of(actor: Actor, edition_id: int, reference: str, now: datetime) -> Case:
    """For the secretariat and the screeners of its edition who are not tied to it; a draft does not exist for them."""
    assert in_transaction()
    edition = await edition_by_id(edition_id)
    if not may_screen(actor, edition.programme_id, edition_id):
        raise NotFound
    rules = await rules_of(edition_id)
    entry = await screened(edition_id, reference, actor.person_id, now)
    if entry is None:
        raise NotFound
    if refusal := not_tied(entry.tied):
        raise refusal
    staff = in_secretariat(actor, edition.programme_id, edition_id)
    return Case(entry, edition, rules, SECRETARIAT if staff else SCREENER)


async def screeners_done(entry: Screened) -> list[dict[str, Any]]:
    """Who is done with the newest submission, and what they found, in the order in which they were."""
    assert in_transaction()
    rows: list[dict[str, Any]] = await Screening.raw(
        "SELECT screener, outcome, reason FROM screening WHERE entry = {} AND number = {} AND done_at IS NOT NULL"
        " ORDER BY done_at, id",
        entry.id, entry.number,
    )  # fmt: skip
    return rows


async def decide(
    case: Case,
    outcome: EntryState,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    number: int,
    approval: int | None = None,
) -> None:
    """The decision, the entry's state as it was last submitted, and a mail that says only that there is one."""
    assert in_transaction()
    entry = case.entry
    await end_enquiries(entry.id, now)
    await end_requests(entry.id, now)
    await ScreeningDecision.insert(
        ScreeningDecision(
            entry=entry.id,
            number=number,
            outcome=outcome.value,
            reason=reason,
            by=actor.person_id,
            entry_version=entry.version_id,
            approval=approval,
            appeal_until=appeal_ends(now, case.rules)
            if outcome is EntryState.INELIGIBLE and number == 1
            else None,
            created_at=now,
        )
    )
    # What was written after the last submission was never submitted: it is not what was decided on.
    body = json.loads(entry.body)
    values: dict[Any, Any] = {Entry.state: outcome.value, Entry.title: body.get("title") or entry.title}
    if body.get("category"):
        values[Entry.category] = await category_id_of(entry.edition_id, body["category"])
    rows = (
        await Entry.update({**values, Entry.version: Entry.version + 1})
        .where((Entry.id == entry.id) & (Entry.version == entry.version))
        .returning(Entry.id)
    )
    if not rows:
        raise Stale
    await tell_city(entry, "entry-decided", now, key=str(number))


async def ask_exclusion(case: Case, reason: str, actor: Actor, now: datetime) -> int:
    """The first person's word that the entry is not eligible; nothing changes yet. Returns the approval."""
    assert in_transaction()
    entry = case.entry
    signer = await who_asks(actor, await reach_of(case), now)
    await end_requests(entry.id, now)
    sha256 = exclusion_sha256(entry.id, entry.version_id, reason)
    return await ask_for_approval(signer, EXCLUDE, ("entry", entry.id), sha256, reason)


async def reach_of(case: Case) -> Reach:
    """The whole category: with one entry less the others stand higher."""
    edition = case.edition
    rows = await Category.select(Category.code).where(Category.id == case.entry.category_id)
    return Reach(
        edition_id=edition.id,
        programme_id=edition.programme_id,
        categories=frozenset(row["code"] for row in rows),
        roles=(Role.SECRETARIAT.value, Role.SCREENER.value),
    )


async def end_requests(entry_id: int, now: datetime) -> None:
    """What was asked of a second person about an earlier state of the entry is asked no longer."""
    await Approval.update({Approval.ended_at: now}).where(
        (Approval.action == EXCLUDE)
        & (Approval.subject_kind == "entry")
        & (Approval.subject_id == entry_id)
        & Approval.given_at.is_null()
        & Approval.ended_at.is_null()
    )


async def end_enquiries(entry_id: int, now: datetime) -> Collection[int]:
    """Questions that the city has not answered end; what was to remind of them is not sent."""
    rows = (
        await Enquiry.update({Enquiry.ended_at: now})
        .where((Enquiry.entry == entry_id) & Enquiry.answered_at.is_null() & Enquiry.ended_at.is_null())
        .returning(Enquiry.id)
    )
    for row in rows:
        await drop_reminders(row["id"])
    return [row["id"] for row in rows]


async def drop_reminders(enquiry_id: int) -> None:
    await Message.raw(
        "UPDATE message SET state = 'dropped' WHERE state = 'queued' AND template = 'entry-asked-reminder'"
        " AND dedupe_key LIKE {}",
        f"entry-asked-reminder:{enquiry_id}:%",
    )


async def tell_city(
    entry: Screened,
    template: str,
    now: datetime,
    *,
    key: str,
    not_before: datetime | None = None,
    **more: str,
) -> None:
    """To everybody who acts for the entrant: that there is something, and where. Nothing of what it says."""
    for person in await recipients_of(entry.entrant_id, now):
        await enqueue(
            template,
            to=person.address,
            at=now,
            dedupe_key=f"{template}:{entry.id}:{key}:{person.person_id}"
            if not_before is None
            else f"{template}:{key}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "reference": entry.reference,
                "link": f"/city/entries/{entry.reference}",
                **more,
            },
            edition_id=entry.edition_id,
            not_before=not_before,
        )
