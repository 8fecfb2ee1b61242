"""More time for one judge, beyond the round's deadline; taken back by setting it to none."""

from datetime import datetime, timedelta

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import RoundState
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.forms import ExtendSeat
from awards.panels.queries.rounds import RoundRow, own_round
from awards.panels.rules import SeatState
from awards.panels.tables import Seat
from awards.web.i18n import _
from awards.web.words import day_time, in_mail, iso

MOST_TIME = timedelta(days=90)

_JUDGE = """
SELECT s.state, s.extended_until, p.name, p.lang, p.zone, m.address FROM seat s JOIN person p ON p.id = s.person
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE WHERE s.id = {} AND s.round = {}
"""


async def extend_seat(
    *, round_id: int, seat_id: int, command: ExtendSeat, until: datetime | None, actor: Actor, clock: Clock
) -> None:
    """The judge alone is told, and writes until then; the others keep the round's deadline."""
    now = clock.now()
    async with transaction():
        found = await own_round(actor, round_id)
        rows = await Seat.raw(_JUDGE, seat_id, round_id)
        if not rows:
            raise NotFound
        judge = rows[0]
        if found.state is not RoundState.OPEN or judge["state"] != SeatState.ACCEPTED.value:
            raise Denied("not judging", _("More time is for a judge of a round that is open."))
        if until is not None and (problem := _problem(found, until, now)):
            raise Invalid({"until": problem})
        changed = (
            await Seat.update({Seat.extended_until: until, Seat.version: command.version + 1})
            .where((Seat.id == seat_id) & (Seat.version == command.version))
            .returning(Seat.id)
        )
        if not changed:
            raise Stale
        zone = judge["zone"] if judge["zone"] != "UTC" else found.edition.zone
        closes, closes_local = in_mail(until or found.closes, zone, judge["lang"])
        await enqueue(
            "seat-extended",
            to=judge["address"],
            at=now,
            dedupe_key=f"seat-extended:{seat_id}:{command.version + 1}",
            lang=judge["lang"],
            values={
                "name": judge["name"],
                "round": found.name,
                "edition": found.edition.name,
                "longer": "yes" if until else "",
                "closes": closes,
                "closes_local": closes_local,
                "reason": command.why,
                "link": found.bench,
            },
            edition_id=found.edition.id,
        )
        await record(
            Action.SEAT_EXTENDED,
            actor=actor,
            at=now,
            subject=("seat", seat_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"until": _said(judge["extended_until"])},
            after={"until": _said(until)},
            reason=command.why,
        )


def _problem(found: RoundRow, until: datetime, now: datetime) -> str:
    if until <= max(found.closes, now):
        return _(
            "Choose a time that is later than the round's deadline, %(closes)s", closes=day_time(found.closes)
        )
    if until > found.closes + MOST_TIME:
        return _("Choose a time within three months of the round's deadline")
    return ""


def _said(at: datetime | None) -> str:
    return "" if at is None else iso(at)
