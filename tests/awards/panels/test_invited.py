"""Before and after an invitation: a name is tested, who is silent is reminded, a reason given is read."""

from datetime import timedelta

import pytest

from awards.accounts.tables import Ticket
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.errors import Denied, Invalid
from awards.outbox.tables import Message
from awards.panels.forms import DeclineSeat, InviteJudge, RemindJudges
from awards.panels.services import decline_seat, invite_judge, remind_judges
from awards.panels.tables import Nomination, Seat
from tests import factories
from tests.awards.panels.rooms import room
from tests.awards.panels.test_invitations import invited
from tests.awards.panels.test_pool import desk_of
from tests.people import EUN_JI, NADIA
from tests.serving import ClientFor

WEEK = timedelta(days=7)


async def test_a_name_is_tested_before_anybody_is_invited(client_for: ClientFor) -> None:
    made = await room(("KR", "KE", "KE", "BR"))
    person_id = await factories.judge("Leila Haddad", country="KE")
    await factories.add(Nomination, person=person_id, by=made.cities[3])
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/panels/first")
    page = await eun_ji.submit("Test this judge first", status=422)
    assert page.errors == ["Choose a judge of the pool to test"]
    page = await eun_ji.submit("Test this judge first", judge=str(person_id))
    assert page.path.endswith(f"/test/{person_id}")
    with counting() as counter:
        page = await eun_ji.get(page.path)
    assert len(counter) <= 6, counter.statements
    rules = page.table("Conflicts with the entries")
    assert [row[:3] for row in rules[1:]] == [
        ["is of the same country, Kenya", "Forbidden", "2"],
        ["was nominated by this city or body", "Warning", "1"],
    ]
    assert "City 3 of BR" in rules[2][3]
    assert "No seat in this edition yet" in page.text
    assert await Message.count() == await Seat.count() == 0
    page = await eun_ji.click("Go on with the invitation")
    page = await eun_ji.submit("Send the invitation")
    assert (await Seat.select(Seat.person))[0]["person"] == person_id
    page = await eun_ji.get(f"{made.season.desk}/panels/first/test/{person_id}")
    assert page.table("Seats in this edition")[1][:3] == ["First round", "scorer", "Invited"]
    for odd in (await factories.person("Omar Aziz"), 0, 2**31, 10**30):
        await eun_ji.get(f"{made.season.desk}/panels/first/test/{odd}", status=404)
    await (await client_for(NADIA)).get(f"{made.season.desk}/panels/first/test/{person_id}", status=404)


async def test_who_is_silent_is_reminded_once_a_week(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room()
    _leila, seat_id = await invited(made, clock)
    eun_ji = await desk_of(made, client_for)
    here = f"{made.season.desk}/panels/first/invitations"
    page = await eun_ji.get(here)
    assert page.table("Who was asked")[1][1] == "Invited"
    assert not list(page.main.iter("form"))
    command = RemindJudges(seats=(seat_id,))
    with pytest.raises(Invalid, match="less than a week ago"):
        await remind_judges(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    clock.move_to(clock.now() + WEEK)
    await Round.update({Round.closes: clock.now() + WEEK}).where(Round.id == made.round_id)
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(here)
    page = await eun_ji.submit("Send the reminders", status=422)
    assert page.errors == ["Choose who is to be reminded"]
    page = await eun_ji.submit("Send the reminders", seats=[str(seat_id)])
    assert page.flash == "A reminder is on its way to 1 judge"
    first, second = (
        await Ticket.select(Ticket.id, Ticket.used_at).where(Ticket.subject_id == seat_id).order_by(Ticket.id)
    )
    assert first["used_at"] == clock.now()
    assert second["used_at"] is None
    mails = await Message.select(Message.template).order_by(Message.id)
    assert [mail["template"] for mail in mails] == ["seat-invited", "seat-reminder"]
    with pytest.raises(Invalid, match="less than a week ago"):
        await remind_judges(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)


async def test_a_link_ends_and_a_reason_is_read(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(round_closes=factories.AT + timedelta(days=90))
    leila, seat_id = await invited(made, clock)
    other = await invite_judge(
        round_id=made.round_id,
        command=InviteJudge(name="Omar Aziz", email="omar@judges.example", country="MA"),
        actor=made.secretariat,
        clock=clock,
    )
    await decline_seat(
        seat_id=seat_id, command=DeclineSeat(reason="On leave until May"), actor=leila, clock=clock
    )
    clock.move_to(clock.now() + timedelta(days=31))
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/invitations")
    rows = {row[0]: row for row in page.table("Who was asked")[1:]}
    assert (rows["Leila Haddad"][1], rows["Leila Haddad"][4]) == ("Declined", "On leave until May")
    assert rows["Omar Aziz"][1] == "Link is over"
    with pytest.raises(Invalid, match="Leila Haddad has answered"):
        await remind_judges(
            round_id=made.round_id,
            command=RemindJudges(seats=(other, seat_id)),
            actor=made.secretariat,
            clock=clock,
        )
    assert await Message.count() == 2
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    with pytest.raises(Denied):
        await remind_judges(
            round_id=made.round_id, command=RemindJudges(seats=(other,)), actor=made.secretariat, clock=clock
        )
