"""Seats of a panel, from the secretariat's side."""

from datetime import datetime

from awards.accounts.rules import Purpose
from awards.accounts.steps import issue_ticket
from awards.accounts.tables import Ticket
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import categories_of
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels import steps
from awards.panels.forms import ChangeSeat, EndSeat, InviteJudge
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import ACTIVE, LEADS, SEAT_MOVES, SeatState, may_change_panel
from awards.panels.steps import round_to_change
from awards.panels.tables import Assignment, Judge, Seat
from awards.web.i18n import _
from awards.web.words import in_mail


async def invite_judge(*, round_id: int, command: InviteJudge, actor: Actor, clock: Clock) -> int:
    """A seat on the panel, with a mail whose link accepts it. Who declined or was let go may be asked again."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id, command.role)
        person_id, address, name, lang = await _person(command, now)
        categories = await _categories(found, command.categories)
        low, high = _loads(command.low, command.high)
        rows = await Seat.objects().where((Seat.round == round_id) & (Seat.person == person_id))
        if rows and SeatState.INVITED not in SEAT_MOVES[SeatState(rows[0].state)]:
            raise Invalid({"email": _("%(name)s has a seat in this round already.", name=name)})
        if rows and command.role in LEADS:
            await _keeps_apart(rows[0], found, name)
        seat = rows[0] if rows else Seat(round=round_id, person=person_id, created_at=now)
        if not rows:
            seat.label = await steps.new_label(round_id)
        else:
            seat.version += 1
        seat.role, seat.low, seat.high = command.role, low, high
        seat.state, seat.reason = SeatState.INVITED.value, ""
        await seat.save()
        await steps.narrow_seat(seat.id, categories, now)
        await _send_invitation(
            found, seat.id, person_id=person_id, address=address, name=name, lang=lang, now=now
        )
        await record(
            Action.JUDGE_INVITED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"round": round_id, "person": person_id, "role": command.role},
        )
    return int(seat.id)


async def resend_invitation(*, round_id: int, seat_id: int, actor: Actor, clock: Clock) -> None:
    """A new link; the one of the mail before it no longer works."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id, await _role_of(seat_id, round_id))
        rows = await Seat.raw(_SEAT_OF, seat_id, round_id)
        if not rows:
            raise NotFound
        seat = rows[0]
        if seat["state"] != SeatState.INVITED.value:
            raise Denied("not invited", _("This judge has answered already."))
        if seat["ticket"] is not None:
            await Ticket.update({Ticket.used_at: now}).where(
                (Ticket.id == seat["ticket"]) & Ticket.used_at.is_null()
            )
        await _send_invitation(
            found,
            seat_id,
            person_id=seat["person"],
            address=seat["address"],
            name=seat["name"],
            lang=seat["lang"],
            now=now,
        )
        await record(
            Action.JUDGE_INVITED,
            actor=actor,
            at=now,
            subject=("seat", seat_id),
            edition_id=found.edition.id,
            as_role="secretariat",
        )


async def change_seat(
    *, round_id: int, seat_id: int, command: ChangeSeat, actor: Actor, clock: Clock
) -> None:
    now = clock.now()
    low, high = _loads(command.low, command.high)
    async with transaction():
        found = await round_to_change(actor, round_id)
        categories = await _categories(found, command.categories)
        if not await Seat.exists().where((Seat.id == seat_id) & (Seat.round == round_id)):
            raise NotFound
        if command.role in LEADS and await Assignment.exists().where(
            (Assignment.seat == seat_id) & Assignment.state.is_in(list(ACTIVE))
        ):
            raise Invalid(
                {
                    "role": _(
                        "Who leads or deliberates does not mark. Take back the entries of this judge first."
                    )
                }
            )
        changed = (
            await Seat.update(
                {Seat.role: command.role, Seat.low: low, Seat.high: high, Seat.version: command.version + 1}
            )
            .where((Seat.id == seat_id) & (Seat.version == command.version))
            .returning(Seat.id)
        )
        if not changed:
            raise Stale
        await steps.narrow_seat(seat_id, categories, now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("seat", seat_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"role": command.role, "low": low, "high": high or 0, "categories": categories},
        )


async def end_seat(*, round_id: int, seat_id: int, command: EndSeat, actor: Actor, clock: Clock) -> int:
    """What is signed or begun stays as it is; what is not begun goes back to be given to others. Returns how many."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id, await _role_of(seat_id, round_id))
        living = [SeatState.INVITED.value, SeatState.ACCEPTED.value]
        changed = (
            await Seat.update(
                {
                    Seat.state: SeatState.ENDED.value,
                    Seat.reason: command.reason,
                    Seat.version: command.version + 1,
                }
            )
            .where((Seat.id == seat_id) & (Seat.version == command.version) & Seat.state.is_in(living))
            .returning(Seat.id)
        )
        if not changed:
            raise Stale
        taken_back = await steps.take_back_unwritten(seat_id)
        await record(
            Action.SEAT_ENDED,
            actor=actor,
            at=now,
            subject=("seat", seat_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "ended", "taken_back": taken_back},
            reason=command.reason,
        )
    return taken_back


_SEAT_OF = """
SELECT s.id, s.person, s.state, s.ticket, p.name, p.lang, m.address
FROM seat s JOIN person p ON p.id = s.person
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
WHERE s.id = {} AND s.round = {}
"""
_JUDGE = """
SELECT p.id, p.name, p.lang, m.address FROM judge j JOIN person p ON p.id = j.person
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE WHERE p.id = {}
"""
_PERSON = """
SELECT p.id, p.name, p.lang, m.address FROM person p
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE WHERE p.id = {}
"""


async def _keeps_apart(seat: Seat, found: RoundRow, name: str) -> None:
    """Who marked does not lead; and once the round is closed, those who were asked to mark belong to its results."""
    marks = await Assignment.exists().where(
        (Assignment.seat == seat.id) & Assignment.state.is_in(list(ACTIVE))
    )
    if marks or (seat.role not in LEADS and may_change_panel(found.state) is not None):
        text = _("%(name)s was asked to mark in this round. Invite somebody else to deliberate.", name=name)
        raise Invalid({"email": text})


async def _role_of(seat_id: int, round_id: int) -> str:
    rows = await Seat.select(Seat.role).where((Seat.id == seat_id) & (Seat.round == round_id))
    if not rows:
        raise NotFound
    return str(rows[0]["role"])


async def _person(command: InviteJudge, now: datetime) -> tuple[int, str, str, str]:
    if command.judge is not None:
        rows = await Judge.raw(_JUDGE, command.judge)
        if not rows:
            raise Invalid({"judge": _("Choose a judge from the list")})
    else:
        problems = {}
        if not command.name:
            problems["name"] = _("Enter the judge's full name")
        if not command.country:
            problems["country"] = _("Enter the judge's country; conflicts are found by it")
        if not command.email:
            problems["email"] = _("Enter an e-mail address, or choose a judge from the list")
        if problems or command.email is None:
            raise Invalid(problems)
        known = await steps.judge_with_address(
            command.email, name=command.name, country=command.country, at=now
        )
        rows = await Judge.raw(_PERSON, known.person_id)
        if not rows:  # the person has addresses, none of them primary: this one is theirs
            return known.person_id, known.address, command.name, "en"
    row = rows[0]
    return int(row["id"]), str(row["address"]), str(row["name"]), str(row["lang"])


async def _categories(found: RoundRow, codes: tuple[str, ...]) -> list[int]:
    """The ids; naming all of them is the same as naming none."""
    known = {category.code: category.id for category in await categories_of(found.edition.id)}
    if unknown := [code for code in codes if code not in known]:
        raise Invalid({"categories": _("There is no category “%(code)s”", code=unknown[0][:60])})
    chosen = {known[code] for code in codes}
    return [] if len(chosen) == len(known) else sorted(chosen)


def _loads(low: int | None, high: int | None) -> tuple[int, int | None]:
    if high is not None and (low or 0) > high:
        raise Invalid({"high": _("The most cannot be less than the least")})
    return low or 0, high


async def _send_invitation(
    found: RoundRow, seat_id: int, *, person_id: int, address: str, name: str, lang: str, now: datetime
) -> None:
    ticket_id, token = await issue_ticket(
        Purpose.SEAT, email=address, at=now, person_id=person_id, subject=("seat", seat_id)
    )
    await Seat.update({Seat.ticket: ticket_id}).where(Seat.id == seat_id)
    opens, _opens_local = in_mail(found.opens, found.edition.zone, lang)
    closes, closes_local = in_mail(found.closes, found.edition.zone, lang)
    await enqueue(
        "seat-invited",
        to=address,
        at=now,
        dedupe_key=f"seat-invited:{ticket_id}",
        lang=lang,
        values={
            "name": name,
            "edition": found.edition.name,
            "round": found.name,
            "opens": opens,
            "closes": closes,
            "closes_local": closes_local,
            "link": f"/invitation/{token}",
        },
        edition_id=found.edition.id,
    )
