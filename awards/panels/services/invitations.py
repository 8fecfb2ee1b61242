"""What a judge does with an invitation, the terms and the list of conflicts."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from piccolo.columns import Column

from awards.accounts.steps import use_ticket
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid
from awards.panels import steps
from awards.panels.forms import AcceptSeat, AcceptTerms, DeclareConflicts, DeclineSeat, SayAvailability
from awards.panels.queries.overrides import overridden_entries
from awards.panels.queries.panel import entries_to_declare
from awards.panels.queries.seats import OwnSeat, own_seat_by_id
from awards.panels.rules import FROZEN, LEADS, Aside, SeatState, may_seat
from awards.panels.tables import DeclaredConflict, Seat, TermsAcceptance
from awards.web.i18n import _
from awards.web.words import zone_of
from judging.conflicts import Code

# From the first instant of what is away to the first after it.
Away = tuple[datetime | None, datetime | None]

_OWN_SEATS = """
SELECT s.id, s.round FROM seat s JOIN round r ON r.id = s.round WHERE s.id = {} OR (s.person = {} AND r.edition = {}
  AND ((r.state IN ('draft', 'open') AND COALESCE(s.extended_until, r.closes) > {})
    OR (r.state = 'extra' AND EXISTS (SELECT 1 FROM assignment a WHERE a.seat = s.id AND a.extra_until > {}))))
ORDER BY s.id
"""


async def accept_seat(*, seat_id: int, command: AcceptSeat, actor: Actor, clock: Clock) -> None:
    """With the terms of the edition, where it has any; a second click changes nothing."""
    now = clock.now()
    async with transaction():
        seat = await own_seat_by_id(actor, seat_id)
        if seat.state is SeatState.ACCEPTED:
            return
        if seat.state is not SeatState.INVITED:
            raise Denied("not invited", _("This invitation was declined. Ask the secretariat for a new one."))
        if seat.round.state in FROZEN and may_seat(seat.round.state, seat.role) is not None:
            raise Denied("round closed", _("The round is closed, so this invitation has ended."))
        away = _away(seat, command)
        if seat.must_accept_terms:
            await _accept(seat, command.terms, command.agree, now)
        await _answer(seat, SeatState.ACCEPTED, "", now)
        await Seat.update(
            {Seat.told_most: command.most, Seat.away_since: away[0], Seat.away_until: away[1]}
        ).where(Seat.id == seat.id)
        await record(
            Action.SEAT_ACCEPTED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after={"state": "accepted", "terms": seat.terms_sha256, **_said(command, away)},
        )


async def decline_seat(*, seat_id: int, command: DeclineSeat, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        seat = await own_seat_by_id(actor, seat_id)
        if seat.state is not SeatState.INVITED:
            raise Denied("not invited", _("This invitation has been answered already."))
        await _answer(seat, SeatState.DECLINED, command.reason, now)
        await record(
            Action.SEAT_DECLINED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after={"state": "declined"},
            reason=command.reason,
        )


async def accept_terms(*, seat_id: int, command: AcceptTerms, actor: Actor, clock: Clock) -> None:
    """Terms that changed since the seat was accepted."""
    now = clock.now()
    async with transaction():
        seat = await own_seat_by_id(actor, seat_id)
        if not seat.must_accept_terms:
            return
        await _accept(seat, command.terms, command.agree, now)
        await record(
            Action.TERMS_ACCEPTED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after={"terms": seat.terms_sha256},
        )


async def declare_conflicts(*, seat_id: int, command: DeclareConflicts, actor: Actor, clock: Clock) -> int:
    """The whole list at once: what is no longer ticked is withdrawn, and an assignment in conflict ends now.

    A sheet that is begun is kept and set aside; withdrawing the conflict brings nothing back by itself.
    Returns how many assignments ended.
    """
    now = clock.now()
    async with transaction():
        seat = await steps.own_seat_held(actor, seat_id)
        if seat.state is not SeatState.ACCEPTED:
            raise Denied("not accepted", _("Accept the invitation first."))
        if seat.must_accept_terms:
            raise Denied("terms", _("Accept the terms first."))
        if seat.is_over(now) and seat.role not in LEADS:
            # A closed round keeps its sheets: what is found out now goes to the secretariat, who sets one aside.
            raise Denied(
                "round closed",
                _("The round is closed, so its sheets stay. Write to the secretariat instead."),
            )
        listed = {entry.reference: entry for entry in await entries_to_declare(seat)}
        if unknown := [reference for reference in command.entries if reference not in listed]:
            raise Invalid({"entries": _("%(reference)s is not on your list", reference=unknown[0][:30])})
        chosen = {listed[reference].entry_id for reference in command.entries}
        if chosen and not command.reason:
            raise Invalid({"reason": _("Say in a few words what the conflict is")})
        present = {entry.entry_id for entry in listed.values() if entry.declared}
        if over := sorted(present - chosen):
            await DeclaredConflict.update({DeclaredConflict.withdrawn_at: now}).where(
                (DeclaredConflict.person == actor.person_id)
                & DeclaredConflict.entry.is_in(over)
                & (DeclaredConflict.source == "judge")
                & DeclaredConflict.withdrawn_at.is_null()
            )
        if new := sorted(chosen - present):
            await DeclaredConflict.insert(
                *(
                    DeclaredConflict(
                        person=actor.person_id,
                        edition=seat.round.edition.id,
                        entry=entry_id,
                        code="declared",
                        source="judge",
                        reason=command.reason,
                        created_at=now,
                    )
                    for entry_id in new
                )
            )
        recused: int = 0
        aside: list[int] = []
        # A conflict stands for the whole edition: the judge's other rounds that still take sheets lose the entry too.
        for row in await Seat.raw(_OWN_SEATS, seat.id, seat.person_id, seat.round.edition.id, now, now):
            passed = await overridden_entries(row["id"], Code.DECLARED)
            ended = await steps.end_in_conflict(
                row["id"],
                sorted(chosen - passed),
                code=Aside.DECLARED,
                reason=command.reason,
                by=seat.person_id,
                at=now,
            )
            recused += ended.recused
            aside += ended.aside
            if ended.recused or ended.aside:
                await steps.have_repairs_offered(row["round"], now)
        await Seat.update({Seat.conflicts_declared_at: now}).where(Seat.id == seat.id)
        await record(
            Action.CONFLICT_DECLARED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after={
                "entries": sorted(chosen),
                "withdrawn": over,
                "recused": recused,
                "set aside": aside,
            },
            reason=command.reason,
        )
    return recused + len(aside)


async def say_availability(*, seat_id: int, command: SayAvailability, actor: Actor, clock: Clock) -> None:
    """Again, after the seat was accepted: plans change. What was given already stays with the judge."""
    now = clock.now()
    async with transaction():
        seat = await own_seat_by_id(actor, seat_id)
        if seat.state is not SeatState.ACCEPTED:
            raise Denied("not accepted", _("Accept the invitation first."))
        if seat.round.state in FROZEN:
            raise Denied("round closed", _("The round is closed, so nothing more is given to read."))
        away = _away(seat, command)
        await Seat.update(_told(command, away)).where(Seat.id == seat.id)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("seat", seat.id),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after=_said(command, away),
        )


def _told(command: SayAvailability, away: Away) -> dict[Column | str, Any]:
    return {Seat.told_most: command.most, Seat.away_since: away[0], Seat.away_until: away[1]}


def _said(command: SayAvailability, away: Away) -> dict[str, Any]:
    return {
        "most": -1 if command.most is None else command.most,
        "away": ["" if one is None else one.isoformat() for one in away],
    }


def _away(seat: OwnSeat, command: SayAvailability) -> Away:
    """From the start of the first day to the end of the last, in the zone of the edition; one day may stand alone."""
    first = command.away_since or command.away_until
    last = command.away_until or command.away_since
    if first is None or last is None:
        return None, None
    if last < first:
        raise Invalid({"away_until": _("The last day cannot lie before the first")})
    if last.year >= 9999:
        raise Invalid({"away_until": _("Enter a day of this round")})
    zone = zone_of(seat.round.edition.zone)
    return (
        datetime.combine(first, time(), zone).astimezone(UTC),
        datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC),
    )


async def _accept(seat: OwnSeat, sha256: str, agree: bool, now: datetime) -> None:
    if sha256 != seat.terms_sha256:
        raise Invalid({"agree": _("The terms have changed meanwhile. Read them again and accept them.")})
    if not agree:
        raise Invalid({"agree": _("Accept the terms, or decline the invitation")})
    await TermsAcceptance.insert(
        TermsAcceptance(
            person=seat.person_id,
            edition=seat.round.edition.id,
            terms_sha256=sha256,
            accepted_at=now,
            created_at=now,
        )
    )


async def _answer(seat: OwnSeat, state: SeatState, reason: str, now: datetime) -> None:
    changed = (
        await Seat.update({Seat.state: state.value, Seat.reason: reason, Seat.version: seat.version + 1})
        .where((Seat.id == seat.id) & (Seat.version == seat.version))
        .returning(Seat.id)
    )
    if not changed:
        raise Denied("not invited", _("This invitation has been answered already."))
    if seat.ticket is not None:
        await use_ticket(seat.ticket, now)
