"""Who decides in the edition at the decision: a chair, two of a jury, and judges under its terms."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.db import transaction
from awards.demo import people
from awards.demo.plant import JUDGES, SHEETS
from awards.demo.running import accept_terms
from awards.editions.queries import rules_of
from awards.editions.tables import Round
from awards.panels import steps
from awards.panels.forms import AcceptSeat, DeclareConflicts, InviteJudge
from awards.panels.rules import CHAIR, terms_hash
from awards.panels.services import accept_seat, declare_conflicts, invite_judge
from awards.panels.tables import Assignment, RoundEntry, Seat

COUNTRIES = ("QX", "QU")
WHY = "My sister works at this counter."


class Seated(Struct, frozen=True):
    chair: Actor
    in_conflict: Actor


async def seat_those_who_decide(
    round_id: int, accounts: dict[str, int], *, conflict: str, secretariat: Actor, clock: Clock
) -> Seated:
    """The chair came with the panel; the jury is invited when the sheets are closed, and one has a conflict."""
    now = clock.now()
    rows = await Round.select(Round.edition).where(Round.id == round_id)
    edition_id = int(rows[0]["edition"])
    judges = await Seat.select(Seat.person).where(Seat.round == round_id)
    chair = people.as_actor(people.CHAIR, accounts, now)
    async with transaction():
        await steps.judge_with_address(people.CHAIR.email, name=chair.name, country="QS", at=now)
        await Seat.insert(
            Seat(
                round=round_id,
                person=chair.person_id,
                role=CHAIR,
                state="accepted",
                label=await steps.new_label(round_id),
                conflicts_declared_at=now,
                created_at=now,
            )
        )
    await accept_terms(edition_id, [*(row["person"] for row in judges), chair.person_id], now)
    terms = terms_hash((await rules_of(edition_id)).terms)
    jury = [people.as_actor(account, accounts, now) for account in people.JURY]
    for actor, account, country, entries in zip(jury, people.JURY, COUNTRIES, ((conflict,), ()), strict=True):
        invited = InviteJudge(name=account.name, email=account.email, country=country, role="jury")
        seat = await invite_judge(round_id=round_id, command=invited, actor=secretariat, clock=clock)
        accepted = AcceptSeat(terms=terms, agree=True)
        await accept_seat(seat_id=seat, command=accepted, actor=actor, clock=clock)
        declared = DeclareConflicts(entries=entries, reason=WHY if entries else "")
        await declare_conflicts(seat_id=seat, command=declared, actor=actor, clock=clock)
    return Seated(chair, jury[0])


async def leave_one_unread(round_id: int, reference: str, now: datetime) -> None:
    """As if the last judge had been given it and had opened it only: the gate lists a sheet that lacks."""
    name = JUDGES[-1][0]
    rows = await RoundEntry.raw(
        "SELECT x.id, s.id AS seat FROM round_entry x JOIN entry e ON e.id = x.entry JOIN seat s ON s.round = x.round"
        " JOIN person p ON p.id = s.person WHERE x.round = {} AND e.reference = {} AND p.name = {}",
        round_id,
        reference,
        name,
    )
    async with transaction():
        await RoundEntry.update({RoundEntry.sheets_wanted: SHEETS}).where(RoundEntry.id == rows[0]["id"])
        await Assignment.insert(
            Assignment(
                round_entry=rows[0]["id"],
                seat=rows[0]["seat"],
                origin="import",
                state="opened",
                opened_at=now,
                created_at=now,
            )
        )
