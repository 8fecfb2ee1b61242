"""Submitting an entry, and withdrawing it."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.queries import head
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import rules_of
from awards.entries import queries
from awards.entries.declaring import ConsentKind, bound, declaration_of, fingerprint
from awards.entries.forms import (
    SubmitEntry,
    WithdrawEntry,
)
from awards.entries.queries import OwnEntry
from awards.entries.rules import EntryState, may_withdraw
from awards.entries.steps import (
    CITY_OFFICIAL,
    consent,
    must_be_in_time,
    must_write,
    own_locked,
    step,
    tell,
    tell_of_doubles,
)
from awards.entries.steps_approval import places_locked
from awards.entries.steps_screening import end_enquiries, end_requests
from awards.entries.tables import Entry, EntryVersion
from awards.errors import Invalid, Stale
from awards.web.i18n import _


async def submit_entry(*, reference: str, command: SubmitEntry, actor: Actor, clock: Clock) -> int:
    """The draft becomes the next numbered version; the last one submitted is what counts.

    Sent twice, by a double click or by going back, it is the same version: its number is answered again.
    """
    now = clock.now()
    number = 0
    async with transaction():
        entry = await own_locked(actor, reference, now)
        if _was_sent(entry, command):
            must_write(entry)
            return entry.submitted
        late = await must_be_in_time(entry, actor, now, tried="submit")
        if late is None:
            rules = await rules_of(entry.edition_id)
            answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, now)
            await places_locked(entry.edition_id, entry.counts_for)
            problems = await queries.submission_problems(entry, answers, now)
            if problems:
                raise Invalid(problems)
            body, sha256 = queries.draft_of(entry, answers)
            if command.seen and command.seen != sha256:
                raise Stale
            if sha256 == entry.submitted_sha256:
                raise Invalid({"": _("This is what you submitted already; nothing has changed since.")})
            text = declaration_of(rules, entrant=entry.entrant["name"], programme=entry.programme_name)
            _must_declare(command, text)
            number = entry.submitted + 1
            await EntryVersion.insert(
                EntryVersion(
                    entry=entry.id,
                    number=number,
                    body=body,
                    sha256=sha256,
                    arrived_at=now,
                    by=actor.person_id,
                    created_at=now,
                )
            )
            values = {Entry.state: EntryState.SUBMITTED.value, Entry.submitted_at: now}
            await step(entry, command.version, values)
            await consent(
                entry.id, ConsentKind.DECLARATION, by=actor.person_id, text=text, number=number, now=now
            )
            await tell_of_doubles(entry, actor, now)
            await record(
                Action.ENTRY_SUBMITTED,
                actor=actor,
                at=now,
                subject=("entry", entry.id),
                edition_id=entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"state": entry.state.value, "number": entry.submitted},
                after=bound(number, sha256, text),
            )
            # After the trail, whose head it carries out of the house.
            await tell(
                entry,
                "entry-submitted",
                now,
                key=str(number),
                arrived=now,
                number=str(number),
                by=actor.name,
                sha256=sha256,
                head=(await head()).text,
                final="yes" if entry.call.ends_on_submitting else "",
                link=f"{entry.path}/versions/{number}",
            )
    if late is not None:
        raise late
    return number


def _was_sent(entry: OwnEntry, command: SubmitEntry) -> bool:
    """Whether this form did its work before: also after the deadline that is no error, and nothing changes."""
    return (
        bool(command.seen)
        and command.seen == entry.submitted_sha256
        and command.version <= entry.version
        and entry.state is not EntryState.WITHDRAWN
    )


def _must_declare(command: SubmitEntry, text: str) -> None:
    if command.declaration and command.declaration != fingerprint(text):
        said = _("The declaration has changed since you opened the page. Read it again, then submit.")
        raise Invalid({"declared": said})
    if not command.declared:
        raise Invalid({"declared": _("Tick the box to declare this; without it the entry is not submitted")})


async def withdraw_entry(*, reference: str, command: WithdrawEntry, actor: Actor, clock: Clock) -> None:
    """Until the results are signed, and for good: what was written stays, nobody judges it any more."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        if refusal := may_withdraw(entry.state, entry.call.state):
            raise refusal
        if not command.sure:
            raise Invalid({"sure": _("Tick the box to withdraw this entry")})
        # Nobody waits for an answer any more, nor for a second person's word.
        await end_enquiries(entry.id, now)
        await end_requests(entry.id, now)
        values = {Entry.state: EntryState.WITHDRAWN.value, Entry.withdrawn_at: now}
        await step(entry, command.version, values)
        await tell(entry, "entry-withdrawn", now, key="", title=entry.title, by=actor.name)
        await record(
            Action.ENTRY_WITHDRAWN,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
            before={"state": entry.state.value},
            after={"state": EntryState.WITHDRAWN.value},
        )
