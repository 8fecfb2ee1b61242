"""Chosen judges are asked for the sheets that they have not signed off: once a week at most, and never who is done."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Invalid
from awards.outbox.services import enqueue
from awards.panels.queries.rounds import own_round, round_by_id
from awards.panels.rules import REMIND_AFTER
from awards.panels.tables import Seat
from awards.scoresheets.forms import RemindAtWork
from awards.scoresheets.queries.board import times_of
from awards.scoresheets.queries.reminders import addressees_of, letter_values
from awards.scoresheets.reminders import LeftOut, takes_reminders
from awards.web.i18n import _

REMINDER = "sheets-reminder"


class Reminded(Struct, frozen=True):
    sent: int
    left_out: Mapping[LeftOut, int]


async def remind_at_work(*, round_id: int, command: RemindAtWork, actor: Actor, clock: Clock) -> Reminded:
    """Who has no reason to be written to any more is left out, and the others are not held up by it."""
    now = clock.now()
    if not command.seats:
        raise Invalid({"seats": _("Choose who is to be reminded")})
    async with transaction():
        found = await own_round(actor, round_id)
        if (refused := takes_reminders(times_of(found), now)) is not None:
            raise refused
        chosen = await addressees_of(found, now, seats=command.seats)
        if len(chosen) < len(set(command.seats)):
            raise Invalid({"seats": _("Choose who is to be reminded")})
        written: list[int] = []
        without: Counter[LeftOut] = Counter()
        for one in chosen:
            why = one.left_out(now)
            if why is None and not await _take_turn(one.line.seat_id, now):
                why = LeftOut.LATELY
            if why is not None:
                without[why] += 1
                continue
            written.append(one.line.seat_id)
            await enqueue(
                REMINDER,
                to=one.address,
                at=now,
                dedupe_key=f"{REMINDER}:{one.line.seat_id}:{now.isoformat()}",
                lang=one.lang,
                values=letter_values(found, one),
                edition_id=found.edition.id,
            )
        if not written:
            raise Invalid({"seats": _("Nobody is left to be written to. Below stands why.")})
        await record(
            Action.JUDGES_REMINDED,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={
                "seats": written,
                "reminded": len(written),
                "left_out": {why.value: count for why, count in sorted(without.items())},
            },
        )
    return Reminded(len(written), dict(without))


async def _take_turn(seat_id: int, now: datetime) -> bool:
    """Of two secretaries who press at once one writes, and the other learns that somebody has."""
    rested = Seat.reminded_at.is_null() | (Seat.reminded_at <= now - REMIND_AFTER)
    taken = await Seat.update({Seat.reminded_at: now}).where((Seat.id == seat_id) & rested).returning(Seat.id)
    return bool(taken)


async def still_to_do(values: Mapping[str, str], now: datetime) -> Mapping[str, str] | None:
    """What the reminder says at the instant when it is sent; none for a judge who has nothing left to do by then."""
    seat_id = int(values["seat"])
    rows = await Seat.select(Seat.round).where(Seat.id == seat_id)
    if not rows:
        return None
    found = await round_by_id(rows[0]["round"])
    if takes_reminders(times_of(found), now) is not None:
        return None
    for one in await addressees_of(found, now, seats=(seat_id,)):
        if one.left_out(now) in (None, LeftOut.LATELY):
            return letter_values(found, one)
    return None


RENEWALS = {REMINDER: still_to_do}
