"""A city asks the secretariat for help with a draft, and so lets it read that draft; and takes it back."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import edition_by_id
from awards.editions.queries.rulesets import secretariat_of
from awards.entries.forms_deadlines import AskForHelp
from awards.entries.queries import OwnEntry
from awards.entries.rules import may_ask_for_help
from awards.entries.steps import CITY_OFFICIAL, must_write, own_locked
from awards.entries.tables import HelpRequest
from awards.errors import Invalid, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _


async def ask_for_help(*, reference: str, command: AskForHelp, actor: Actor, clock: Clock) -> None:
    """Until it is taken back, the secretariat of the edition may read the draft. A second time says it anew."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        if refused := may_ask_for_help(entry.state, entry.call, now):
            raise refused
        if not command.sure:
            raise Invalid({"sure": _("Tick the box: the secretariat can help only with what it may read")})
        await _end(entry.id, actor, now)
        row = HelpRequest(entry=entry.id, text=command.text, by=actor.person_id, created_at=now)
        await row.save()
        await _tell(entry, row.id, actor, now)
        await record(
            Action.HELP_ASKED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
            after={"text": command.text},
        )


async def end_help(*, reference: str, actor: Actor, clock: Clock) -> None:
    """From now on the draft is read by its own people alone."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        if not await _end(entry.id, actor, now):
            raise Stale
        await record(
            Action.HELP_ENDED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
        )


async def _end(entry_id: int, actor: Actor, now: datetime) -> bool:
    rows = (
        await HelpRequest.update({HelpRequest.ended_at: now, HelpRequest.ended_by: actor.person_id})
        .where((HelpRequest.entry == entry_id) & HelpRequest.ended_at.is_null())
        .returning(HelpRequest.id)
    )
    return bool(rows)


async def _tell(entry: OwnEntry, number: int, actor: Actor, now: datetime) -> None:
    edition = await edition_by_id(entry.edition_id)
    for reader in await secretariat_of(edition.programme_id, edition.id, now):
        await enqueue(
            "help-asked",
            to=reader.address,
            at=now,
            dedupe_key=f"help-asked:{number}:{reader.person_id}",
            lang=reader.lang,
            values={
                "name": reader.name,
                "by": actor.name,
                "entrant": entry.entrant["name"],
                "reference": entry.reference,
                "edition": edition.name,
                "link": f"{edition.desk}/drafts/{entry.reference}",
            },
            edition_id=edition.id,
        )
