"""From the invitation to the first entry: the seat, the terms, the conflicts, stepping aside."""

import json

import pytest

from awards.accounts.tables import Ticket
from awards.actor import Actor
from awards.audit.tables import EventDetail
from awards.clock import FixedClock
from awards.editions.tables import EditionRule, Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.forms import (
    AcceptSeat,
    AcceptTerms,
    AddJudge,
    ChangeJudge,
    ChangeSeat,
    DeclareConflicts,
    DeclineSeat,
    EndSeat,
    InviteJudge,
    Recuse,
)
from awards.panels.queries import conflicts_of_round, own_seat_by_id, pool_judge
from awards.panels.rules import terms_hash
from awards.panels.services import (
    accept_seat,
    accept_terms,
    add_judge,
    change_judge,
    change_seat,
    declare_conflicts,
    decline_seat,
    end_seat,
    invite_judge,
    recuse,
    resend_invitation,
)
from awards.panels.tables import (
    Affiliation,
    Assignment,
    DeclaredConflict,
    Judge,
    Recusal,
    Seat,
    TermsAcceptance,
)
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT, DAY

TERMS = terms_hash("Judge what is written, tell nobody.")
NEW = InviteJudge(name="Leila Haddad", email="leila@judges.example", country="LB")


async def invited(made: Room, clock: FixedClock, command: InviteJudge = NEW) -> tuple[Actor, int]:
    seat_id = await invite_judge(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    person = (await Seat.select(Seat.person).where(Seat.id == seat_id))[0]["person"]
    return Actor(person_id=person, name="Leila Haddad"), seat_id


async def test_a_new_judge_is_added_and_invited(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    seat = (await Seat.select().where(Seat.id == seat_id))[0]
    assert seat["state"] == "invited"
    assert seat["label"].startswith("J-")
    assert await Judge.exists().where(Judge.person == leila.person_id)
    home = (await Affiliation.select().where(Affiliation.person == leila.person_id))[0]
    assert (home["kind"], home["country"], home["since"]) == ("home", "LB", AT)
    mail = (await Message.select())[0]
    assert (mail["to"], mail["template"]) == ("leila@judges.example", "seat-invited")
    ticket = (await Ticket.select())[0]
    assert (ticket["purpose"], ticket["subject_kind"], ticket["subject_id"]) == ("seat", "seat", seat_id)
    assert json.loads(mail["values"])["link"].startswith("/invitation/")


async def test_a_person_has_one_seat(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    with pytest.raises(Invalid, match="already"):
        await invited(made, clock)
    await decline_seat(seat_id=seat_id, command=DeclineSeat(reason="No time"), actor=leila, clock=clock)
    _again, same = await invited(made, clock, InviteJudge(judge=leila.person_id, role="chair"))
    assert same == seat_id
    seat = (await Seat.select())[0]
    assert (seat["state"], seat["role"], seat["reason"]) == ("invited", "chair", "")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (InviteJudge(), "name"),
        (InviteJudge(name="A"), "email"),
        (InviteJudge(judge=2**31 - 1), "judge"),
        (InviteJudge(name="A", email="a@b.example", country="FR", categories=("nope",)), "categories"),
        (InviteJudge(name="A", email="a@b.example", country="FR", low=3, high=2), "high"),
    ],
)
async def test_wrong_invitations_store_nothing(clock: FixedClock, command: InviteJudge, field: str) -> None:
    made = await room()
    with pytest.raises(Invalid) as problem:
        await invited(made, clock, command)
    assert field in problem.value.errors
    assert await Seat.count() == 0
    assert await Judge.count() == 0


async def test_resending_makes_the_link_before_worthless(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    await resend_invitation(round_id=made.round_id, seat_id=seat_id, actor=made.secretariat, clock=clock)
    tickets = await Ticket.select().order_by(Ticket.id)
    assert [ticket["used_at"] for ticket in tickets] == [AT, None]
    assert await Message.count() == 2
    await accept_seat(seat_id=seat_id, command=AcceptSeat(terms=TERMS, agree=True), actor=leila, clock=clock)
    assert (await Ticket.select().order_by(Ticket.id))[1]["used_at"] == AT
    with pytest.raises(Denied):
        await resend_invitation(round_id=made.round_id, seat_id=seat_id, actor=made.secretariat, clock=clock)


async def test_the_terms_are_accepted_once_by_their_text(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    for wrong in (AcceptSeat(terms=TERMS), AcceptSeat(terms="0" * 64, agree=True), AcceptSeat(agree=True)):
        with pytest.raises(Invalid):
            await accept_seat(seat_id=seat_id, command=wrong, actor=leila, clock=clock)
    yes = AcceptSeat(terms=TERMS, agree=True)
    for _ in range(2):
        await accept_seat(seat_id=seat_id, command=yes, actor=leila, clock=clock)
    assert await TermsAcceptance.count() == 1
    assert not (await own_seat_by_id(leila, seat_id)).must_accept_terms
    await EditionRule.update({EditionRule.value: "Other terms."}).where(EditionRule.code == "terms")
    assert (await own_seat_by_id(leila, seat_id)).must_accept_terms
    other = AcceptTerms(terms=terms_hash("Other terms."), agree=True)
    for _ in range(2):
        await accept_terms(seat_id=seat_id, command=other, actor=leila, clock=clock)
    assert await TermsAcceptance.count() == 2


async def test_nobody_answers_for_somebody_else(clock: FixedClock) -> None:
    made = await room()
    _leila, seat_id = await invited(made, clock)
    nadia = Actor(person_id=await factories.person("Nadia"), name="Nadia")
    with pytest.raises(NotFound):
        await accept_seat(
            seat_id=seat_id, command=AcceptSeat(terms=TERMS, agree=True), actor=nadia, clock=clock
        )
    with pytest.raises(NotFound):
        await decline_seat(seat_id=seat_id, command=DeclineSeat(reason="x"), actor=nadia, clock=clock)


async def test_an_invitation_ends_with_the_round(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    with pytest.raises(Denied, match="closed"):
        await accept_seat(
            seat_id=seat_id, command=AcceptSeat(terms=TERMS, agree=True), actor=leila, clock=clock
        )


async def accepted(made: Room, clock: FixedClock) -> tuple[Actor, int]:
    leila, seat_id = await invited(made, clock)
    await accept_seat(seat_id=seat_id, command=AcceptSeat(terms=TERMS, agree=True), actor=leila, clock=clock)
    return leila, seat_id


async def test_declared_conflicts_forbid_and_can_be_withdrawn(clock: FixedClock) -> None:
    made = await room(("KR", "KE"))
    leila, seat_id = await accepted(made, clock)
    assert (await own_seat_by_id(leila, seat_id)).must_declare
    await declare_conflicts(
        seat_id=seat_id,
        command=DeclareConflicts(entries=(made.references[0],), reason="I advised this city"),
        actor=leila,
        clock=clock,
    )
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert found.forbidden(leila.person_id, made.entries[0])
    assert not found.of(leila.person_id, made.entries[1])
    assert not (await own_seat_by_id(leila, seat_id)).must_declare
    await declare_conflicts(seat_id=seat_id, command=DeclareConflicts(), actor=leila, clock=clock)
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert not found.of(leila.person_id, made.entries[0])
    assert (await DeclaredConflict.select())[0]["withdrawn_at"] == AT


async def test_declaring_ends_an_assignment_in_conflict(clock: FixedClock) -> None:
    made = await room(("KR", "KE"))
    leila, seat_id = await accepted(made, clock)
    round_entries = await Round.raw(
        "SELECT id, entry FROM round_entry WHERE round = {} ORDER BY entry", made.round_id
    )
    for row in round_entries:
        await factories.assignment(row["id"], seat_id)
    ended = await declare_conflicts(
        seat_id=seat_id,
        command=DeclareConflicts(entries=(made.references[0],), reason="Family"),
        actor=leila,
        clock=clock,
    )
    assert ended == 1
    assert [row["state"] for row in await Assignment.select().order_by(Assignment.id)] == ["recused", "given"]
    assert [row["code"] for row in await Recusal.select()] == ["declared"]


async def test_wrong_declarations_store_nothing(clock: FixedClock) -> None:
    made, other = await room(("KR",)), await room(("KE",))
    leila, seat_id = await accepted(made, clock)
    for command in (
        DeclareConflicts(entries=(other.references[0],), reason="x"),
        DeclareConflicts(entries=made.references),
    ):
        with pytest.raises(Invalid):
            await declare_conflicts(seat_id=seat_id, command=command, actor=leila, clock=clock)
    assert await DeclaredConflict.count() == 0
    assert (await own_seat_by_id(leila, seat_id)).must_declare


async def test_entries_that_come_later_are_declared_on_again(clock: FixedClock) -> None:
    made = await room(("KR",))
    leila, seat_id = await accepted(made, clock)
    await declare_conflicts(seat_id=seat_id, command=DeclareConflicts(), actor=leila, clock=clock)
    entry_id = await factories.entry(made.season, state="eligible")
    await factories.round_entry(made.round_id, entry_id, created_at=AT + DAY)
    assert (await own_seat_by_id(leila, seat_id)).must_declare


async def test_stepping_aside_in_one_step_with_a_reason(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((person_id, seat_id),) = await judges(made, "FR")
    judge = Actor(person_id=person_id, name="A judge")
    row = (await Round.raw("SELECT id FROM round_entry WHERE round = {}", made.round_id))[0]
    await factories.assignment(row["id"], seat_id, state="started")
    why = Recuse(reason="I know the author")
    with pytest.raises(NotFound):
        await recuse(seat_id=seat_id, reference="WG26-ELSE0", command=why, actor=judge, clock=clock)
    await recuse(seat_id=seat_id, reference=made.references[0], command=why, actor=judge, clock=clock)
    assert (await Assignment.select())[0]["state"] == "recused"
    assert (await Recusal.select())[0]["text"] == "I know the author"
    assert (await EventDetail.select())[0]["reason"] == "I know the author"
    with pytest.raises(Denied):
        await recuse(seat_id=seat_id, reference=made.references[0], command=why, actor=judge, clock=clock)


async def test_nobody_takes_a_sheet_out_of_a_round_that_is_over(clock: FixedClock) -> None:
    made = await room(("KR",))
    leila, seat_id = await accepted(made, clock)
    row = (await Round.raw("SELECT id FROM round_entry WHERE round = {}", made.round_id))[0]
    await factories.assignment(row["id"], seat_id, state="signed")
    conflict = DeclareConflicts(entries=made.references, reason="Family")

    async def step_aside() -> None:
        await recuse(
            seat_id=seat_id,
            reference=made.references[0],
            command=Recuse(reason="Family"),
            actor=leila,
            clock=clock,
        )

    async def declare() -> int:
        return await declare_conflicts(seat_id=seat_id, command=conflict, actor=leila, clock=clock)

    for state, at in (("open", AT + DAY), ("closed", AT), ("decided", AT)):
        clock.move_to(at)
        await Round.update({Round.state: state}).where(Round.id == made.round_id)
        for act in (step_aside, declare):
            with pytest.raises(Denied, match="closed"):
                await act()
    await Round.update({Round.state: "extra"}).where(Round.id == made.round_id)
    assert await declare() == 0
    with pytest.raises(Denied):
        await step_aside()
    assert (await Assignment.select())[0]["state"] == "signed"
    await Assignment.update({Assignment.origin: "extra", Assignment.extra_until: AT + 2 * DAY}).where(
        Assignment.seat == seat_id
    )
    clock.move_to(AT + 2 * DAY)
    with pytest.raises(Denied, match="closed"):
        await step_aside()
    clock.move_to(AT + DAY)
    await step_aside()
    assert (await Assignment.select())[0]["state"] == "recused"


async def test_ending_a_seat_takes_back_what_is_unwritten(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR"))
    ((_person, seat_id),) = await judges(made, "FR")
    rows = await Round.raw("SELECT id FROM round_entry WHERE round = {} ORDER BY id", made.round_id)
    for row, state in zip(rows, ("given", "started", "signed"), strict=True):
        await factories.assignment(row["id"], seat_id, state=state)
    end = EndSeat(version=1, reason="Ill")
    assert (
        await end_seat(
            round_id=made.round_id, seat_id=seat_id, command=end, actor=made.secretariat, clock=clock
        )
        == 1
    )
    states = [row["state"] for row in await Assignment.select().order_by(Assignment.id)]
    assert states == ["withdrawn", "started", "signed"]
    with pytest.raises(Stale):
        await end_seat(
            round_id=made.round_id, seat_id=seat_id, command=end, actor=made.secretariat, clock=clock
        )


async def test_two_people_changing_a_seat(clock: FixedClock) -> None:
    made = await room()
    ((_person, seat_id),) = await judges(made, "FR")
    command = ChangeSeat(version=1, low=1, high=5, categories=("inclusive",))
    await change_seat(
        round_id=made.round_id, seat_id=seat_id, command=command, actor=made.secretariat, clock=clock
    )
    with pytest.raises(Stale):
        await change_seat(
            round_id=made.round_id, seat_id=seat_id, command=command, actor=made.secretariat, clock=clock
        )
    seat = (await Seat.select())[0]
    assert (seat["low"], seat["high"], seat["version"]) == (1, 5, 2)


async def test_affiliations_end_and_begin(clock: FixedClock) -> None:
    made = await room()
    ids = {"programme_id": made.season.programme_id, "edition_id": made.season.edition_id}
    person = await add_judge(
        command=AddJudge(
            name="Leila Haddad", email="leila@judges.example", country="lb", organisation="Port Works",
            city=str(made.cities[0]), nationality="FR",
        ),
        actor=made.secretariat, clock=clock, **ids,
    )  # fmt: skip
    clock.move_to(AT + DAY)
    await change_judge(
        person_id=person, command=ChangeJudge(name="Leila Haddad", country="LB", organisation="Sea Works"),
        actor=made.secretariat, clock=clock, **ids,
    )  # fmt: skip
    rows = await Affiliation.select().order_by(Affiliation.id)
    ended = {(row["kind"], row["organisation"]) for row in rows if row["until"] == AT + DAY}
    assert ended == {("home", ""), ("employer", "Port Works"), ("nationality", "")}
    found = await pool_judge(made.season.edition_id, person)
    assert found is not None
    assert (found.country, found.organisation, found.city, found.nationality) == ("LB", "Sea Works", "", "")
    with pytest.raises(Invalid):
        await change_judge(
            person_id=person, command=ChangeJudge(name="L", country="LB", city="99999999999999999999"),
            actor=made.secretariat, clock=clock, **ids,
        )  # fmt: skip
