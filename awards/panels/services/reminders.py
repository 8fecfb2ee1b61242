"""Judges who have not answered are written to again, at most once a week."""

from datetime import datetime

from awards.accounts.rules import Purpose
from awards.accounts.steps import issue_ticket
from awards.accounts.tables import Ticket
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.errors import Invalid
from awards.outbox.services import enqueue
from awards.panels.forms import RemindJudges
from awards.panels.queries.invited import Invitation, invitations_of
from awards.panels.queries.rounds import RoundRow
from awards.panels.steps import round_to_change
from awards.panels.tables import Seat
from awards.web.i18n import _
from awards.web.words import in_mail


async def remind_judges(*, round_id: int, command: RemindJudges, actor: Actor, clock: Clock) -> int:
    """Each gets a new link; the one before it no longer works. Returns how many are written to."""
    now = clock.now()
    if not command.seats:
        raise Invalid({"seats": _("Choose who is to be reminded")})
    async with transaction():
        found = await round_to_change(actor, round_id)
        # Two secretaries who press at once: the second sees that the first has written.
        await lock_rows(
            Seat.select(Seat.id).where((Seat.round == round_id) & Seat.id.is_in(list(command.seats)))
        )
        listed = {one.seat_id: one for one in await invitations_of(round_id)}
        chosen = [listed[seat] for seat in dict.fromkeys(command.seats) if seat in listed]
        if len(chosen) < len(set(command.seats)):
            raise Invalid({"seats": _("Choose who is to be reminded")})
        for one in chosen:
            if not one.may_be_reminded(now):
                raise Invalid(
                    {"seats": _("%(name)s has answered, or had a mail less than a week ago.", name=one.name)}
                )
            await _remind(found, one, now)
        await record(
            Action.JUDGE_INVITED,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"reminded": [one.seat_id for one in chosen]},
        )
    return len(chosen)


async def _remind(found: RoundRow, one: Invitation, now: datetime) -> None:
    if one.ticket is not None:
        await Ticket.update({Ticket.used_at: now}).where((Ticket.id == one.ticket) & Ticket.used_at.is_null())
    ticket_id, token = await issue_ticket(
        Purpose.SEAT, email=one.address, at=now, person_id=one.person_id, subject=("seat", one.seat_id)
    )
    await Seat.update({Seat.ticket: ticket_id}).where(Seat.id == one.seat_id)
    opens, _opens_local = in_mail(found.opens, found.edition.zone, one.lang)
    closes, closes_local = in_mail(found.closes, found.edition.zone, one.lang)
    await enqueue(
        "seat-reminder",
        to=one.address,
        at=now,
        dedupe_key=f"seat-reminder:{ticket_id}",
        lang=one.lang,
        values={
            "name": one.name,
            "edition": found.edition.name,
            "round": found.name,
            "opens": opens,
            "closes": closes,
            "closes_local": closes_local,
            "link": f"/invitation/{token}",
        },
        edition_id=found.edition.id,
    )
