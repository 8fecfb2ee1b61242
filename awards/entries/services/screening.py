"""Deciding whether an entry is eligible."""

from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import recipients_of
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import edition_by_id
from awards.entries import queries
from awards.entries.forms import (
    DecideEligibility,
)
from awards.entries.rules import (
    ENTRY_MOVES,
    MOST_DECISIONS,
    EntryState,
    may_screen,
)
from awards.entries.steps import SECRETARIAT, category_id_of
from awards.entries.tables import Entry, ScreeningDecision
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _


async def decide_eligibility(
    *, edition_id: int, reference: str, command: DecideEligibility, actor: Actor, clock: Clock
) -> int:
    """Eligible, or not with a reason that the city reads. Number 2 stands after the city's appeal."""
    now = clock.now()
    async with transaction():
        entry = await _screened(actor, edition_id, reference)
        state, outcome = EntryState(entry.state), command.outcome
        if outcome not in (EntryState.ELIGIBLE, EntryState.INELIGIBLE):
            raise Invalid({"outcome": _("Choose a decision")})
        if outcome is EntryState.INELIGIBLE and not command.reason:
            raise Invalid({"reason": _("Write the reason; the city reads it")})
        decided = await ScreeningDecision.count().where(ScreeningDecision.entry == entry.id)
        number = int(decided) + 1
        upheld = state is EntryState.INELIGIBLE and outcome is state
        if number > MOST_DECISIONS or not (upheld or outcome in ENTRY_MOVES[state]):
            raise Denied("decided", _("This entry is decided on: there is no further decision."))
        await ScreeningDecision.insert(
            ScreeningDecision(
                entry=entry.id,
                number=number,
                outcome=outcome.value,
                reason=command.reason,
                by=actor.person_id,
                created_at=now,
            )
        )
        versions = await queries.versions_of(entry.id)
        body = versions[0].body if versions else {}
        # From here on the last submission is the entry: a later draft of its title or category is history.
        values: dict[Any, Any] = {Entry.state: outcome.value, Entry.title: body.get("title") or entry.title}
        if body.get("category"):
            values[Entry.category] = await category_id_of(edition_id, body["category"])
        rows = (
            await Entry.update({**values, Entry.version: Entry.version + 1})
            .where((Entry.id == entry.id) & (Entry.version == command.version))
            .returning(Entry.id)
        )
        if not rows:
            raise Stale
        for person in await recipients_of(entry.entrant, now):
            await enqueue(
                f"entry-{outcome.value}",
                to=person.address,
                at=now,
                dedupe_key=f"entry-decided:{entry.id}:{number}:{person.person_id}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "title": values[Entry.title],
                    "reference": entry.reference,
                    "reason": command.reason,
                    "link": f"/city/entries/{entry.reference}",
                },
                edition_id=edition_id,
            )
        await record(
            Action.ENTRY_ELIGIBLE if outcome is EntryState.ELIGIBLE else Action.ENTRY_INELIGIBLE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=SECRETARIAT,
            before={"state": state.value},
            after={"state": outcome.value, "number": number},
            reason=command.reason,
        )
    return number


async def _screened(actor: Actor, edition_id: int, reference: str) -> Entry:
    """For the secretariat and the screeners of its edition; a draft does not exist for them."""
    rows = await lock_rows(Entry.objects().where(Entry.reference == reference.upper()))
    if not rows or rows[0].edition != edition_id or rows[0].state == EntryState.DRAFT.value:
        raise NotFound
    edition = await edition_by_id(edition_id)
    if not may_screen(actor, edition.programme_id, edition_id):
        raise NotFound
    entry: Entry = rows[0]
    return entry
