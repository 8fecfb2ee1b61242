"""Assignments are solved exactly, previewed, applied whole or not at all, and undone."""

import json
from collections import Counter

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Category, ConflictRule, Round
from awards.errors import Denied, Invalid, NotFound
from awards.outbox.tables import Message
from awards.panels.forms import (
    AskForProposal,
    AssignByHand,
    DecideProposal,
    PutIntoRound,
    TakeBack,
)
from awards.panels.queries import latest_proposal
from awards.panels.services import (
    apply_proposal,
    ask_for_proposal,
    assign_by_hand,
    put_into_round,
    take_back,
    undo_proposal,
)
from awards.panels.tables import Assignment, Proposal, RoundEntry, SeatCategory
from tests import factories
from tests.awards.panels.rooms import Room, judges, room, run_job
from tests.factories import AT


async def proposed(made: Room, clock: FixedClock, seed: int | None = None) -> int:
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(seed=seed), actor=made.secretariat, clock=clock
    )
    return int((await run_job(clock))["proposal"])


async def applied(made: Room, clock: FixedClock, proposal_id: int) -> int:
    return await apply_proposal(
        round_id=made.round_id,
        command=DecideProposal(proposal=proposal_id),
        actor=made.secretariat,
        clock=clock,
    )


async def pairs() -> list[tuple[int, int]]:
    rows = await Assignment.raw(
        "SELECT re.entry, s.person FROM assignment a JOIN round_entry re ON re.id = a.round_entry"
        " JOIN seat s ON s.id = a.seat WHERE a.state <> 'withdrawn' ORDER BY re.entry, s.person"
    )
    return [(row["entry"], row["person"]) for row in rows]


async def test_every_need_is_met_loads_are_level_and_nobody_judges_home(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR", "KR", "IT", "KE"), wanted=3)
    panel = await judges(made, "KR", "KE", "FR", "IT", "BR", "JP")
    assert await applied(made, clock, await proposed(made, clock)) == 18
    given = await pairs()
    assert Counter(entry for entry, _ in given) == dict.fromkeys(made.entries, 3)
    assert set(Counter(person for _, person in given).values()) == {3}
    countries = dict(zip(made.entries, ("KR", "KE", "BR", "KR", "IT", "KE"), strict=True))
    homes = {
        person: home for (person, _), home in zip(panel, ("KR", "KE", "FR", "IT", "BR", "JP"), strict=True)
    }
    assert all(countries[entry] != homes[person] for entry, person in given)
    assert {event["action"] for event in await Event.select(Event.action)} == {
        "job asked", "assignment proposed", "assignment applied",
    }  # fmt: skip


async def test_it_is_the_optimum_and_the_same_again(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR", "IT"), wanted=2)
    people = await judges(made, "FR", "FR", "FR", "FR")
    await factories.add(ConflictRule, edition=made.season.edition_id, code="nominated_by", effect="warn")
    first = await proposed(made, clock)
    second = await proposed(made, clock)
    bodies = {row["id"]: row["body"] for row in await Proposal.select()}
    assert bodies[first] == bodies[second]
    body = json.loads(bodies[first])
    assert body["optimal"] is True
    assert body["shortage"] is None
    assert [line[2] for line in body["loads"]] == [2, 2, 2, 2]
    # Four judges of two entries each: which pairs are equally good depends on the references' chance.
    assert body["after"]["parts"] in (1, 2)
    assert len(people) == 4


async def test_a_warned_pair_is_taken_only_where_needed(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=2)
    await factories.add(ConflictRule, edition=made.season.edition_id, code="own_country", effect="warn")
    (korean, seat), *_others = await judges(made, "KR", "FR", "IT")
    proposal = await proposed(made, clock)
    body = json.loads((await Proposal.select().where(Proposal.id == proposal))[0]["body"])
    assert seat not in {pair[1] for pair in body["added"]}
    await RoundEntry.update({RoundEntry.sheets_wanted: 3}).where(RoundEntry.round == made.round_id)
    body = json.loads((await Proposal.select().where(Proposal.id == await proposed(made, clock)))[0]["body"])
    assert [pair[1] for pair in body["warned"]] == [seat]
    assert korean


async def test_a_proposal_is_refused_when_its_base_changed(clock: FixedClock) -> None:
    made = await room()
    people = await judges(made, "FR", "IT", "JP")
    proposal = await proposed(made, clock)
    await assign_by_hand(
        round_id=made.round_id,
        command=AssignByHand(seat=people[0][1], reference=made.references[0]),
        actor=made.secretariat,
        clock=clock,
    )
    with pytest.raises(Denied, match="base changed"):
        await applied(made, clock, proposal)
    assert len(await pairs()) == 1
    assert (await Proposal.select().where(Proposal.id == proposal))[0]["state"] == "refused"
    with pytest.raises(Denied, match="not proposed"):
        await applied(made, clock, proposal)
    again = await proposed(made, clock)  # the pair given by hand stands
    assert await applied(made, clock, again) == 5
    assert (made.entries[0], people[0][0]) in await pairs()


async def test_a_shortage_is_told_in_names_and_not_applied(clock: FixedClock) -> None:
    made = await room(("KR", "KR", "FR"), wanted=2)
    people = await judges(made, "KR", "FR", "IT")
    proposal = await proposed(made, clock)
    body = (await latest_proposal(made.round_id)).body
    assert body["shortage"] is None
    await factories.add(ConflictRule, edition=made.season.edition_id, code="own_city", effect="forbid")
    await RoundEntry.update({RoundEntry.sheets_wanted: 3}).where(RoundEntry.round == made.round_id)
    short = await proposed(made, clock)
    body = (await latest_proposal(made.round_id)).body
    assert body["added"] == []
    assert sum(reads for _entry, reads in body["shortage"]["missing"]) == 3
    assert body["shortage"]["remedies"]
    with pytest.raises(Denied, match="shortage"):
        await applied(made, clock, short)
    assert await pairs() == []
    assert people
    assert proposal


async def test_undo_until_an_entry_is_opened(clock: FixedClock) -> None:
    made = await room()
    await judges(made, "FR", "IT", "JP")
    undo = DecideProposal(proposal=await proposed(made, clock))
    await applied(made, clock, undo.proposal)
    count = await undo_proposal(round_id=made.round_id, command=undo, actor=made.secretariat, clock=clock)
    assert count == 6
    assert await pairs() == []
    again = DecideProposal(proposal=await proposed(made, clock))
    assert await applied(made, clock, again.proposal) == 6  # what was withdrawn unwritten is given again
    await Assignment.update({Assignment.state: "opened"}).where(
        Assignment.id == (await Assignment.select(Assignment.id).limit(1))[0]["id"]
    )
    with pytest.raises(Denied, match="started"):
        await undo_proposal(round_id=made.round_id, command=again, actor=made.secretariat, clock=clock)
    assert len(await pairs()) == 6


async def test_loads_categories_and_roles_bind(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR", "IT"), wanted=1)
    other = await factories.add(
        Category, edition=made.season.edition_id, code="green", name="Green City", position=2
    )
    (most, capped), (narrow, narrowed), (plain, _seat) = await judges(made, "FR", "JP", "SE")
    chair = await factories.judge(country="CH")
    await factories.seat(made.round_id, chair, role="chair")
    invited = await factories.judge(country="CH")
    await factories.seat(made.round_id, invited, state="invited")
    await Round.raw("UPDATE seat SET high = 1 WHERE id = {}", capped)
    await factories.add(SeatCategory, seat=narrowed, category=other)
    await applied(made, clock, await proposed(made, clock))
    loads = Counter(person for _entry, person in await pairs())
    assert loads == {most: 1, plain: 3}
    assert narrow not in loads


async def test_one_mail_to_each_judge(clock: FixedClock) -> None:
    made = await room()
    await judges(made, "FR", "IT")
    await applied(made, clock, await proposed(made, clock))
    mails = await Message.select(Message.template, Message.values)
    assert [mail["template"] for mail in mails] == ["entries-assigned"] * 2
    values = json.loads(mails[0]["values"])
    assert values["entries"] == "3"
    assert values["link"] == f"/bench/{made.season.programme}/{made.season.edition}/first"
    assert "11 March 2026, 09:00 UTC" in values["closes"].replace("\u00a0", " ").replace("\u202f", " ")


async def test_statements_do_not_grow_with_the_pairs(clock: FixedClock) -> None:
    async def cost(countries: tuple[str, ...]) -> int:
        made = await room(countries)
        await judges(made, "FR", "IT", "JP")
        proposal = await proposed(made, clock)
        with counting() as counter:
            await applied(made, clock, proposal)
        return len(counter)

    assert await cost(("KR",) * 2) == await cost(("KR", "KE") * 6)


async def test_a_hand_pair_is_checked_for_conflicts(clock: FixedClock) -> None:
    made = await room(("KR",))
    (_korean, home), (_french, away) = await judges(made, "KR", "FR")

    async def give(seat: int) -> tuple[str, ...]:
        return await assign_by_hand(
            round_id=made.round_id,
            command=AssignByHand(seat=seat, reference=made.references[0]),
            actor=made.secretariat,
            clock=clock,
        )

    with pytest.raises(Invalid, match="same country"):
        await give(home)
    await give(away)
    with pytest.raises(Invalid, match="already"):
        await give(away)
    assignment = (await Assignment.select())[0]
    back = TakeBack(assignment=assignment["id"])
    await take_back(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)
    assert (await Assignment.select())[0]["state"] == "withdrawn"
    await give(away)
    await Assignment.update({Assignment.state: "started"}).where(Assignment.id == assignment["id"])
    with pytest.raises(Denied, match="started"):
        await take_back(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)


async def test_eligible_entries_come_with_their_newest_version(clock: FixedClock) -> None:
    made = await room(("KR", "KE"), put=False)
    newest = await factories.entry_version(made.entries[0], number=2)
    await factories.entry(made.season, state="ineligible")
    await factories.entry(made.season, state="submitted")
    put = PutIntoRound(sheets_wanted=4)
    assert await put_into_round(round_id=made.round_id, command=put, actor=made.secretariat, clock=clock) == 2
    rows = await RoundEntry.select().order_by(RoundEntry.entry)
    assert [row["entry"] for row in rows] == list(made.entries)
    assert rows[0]["entry_version"] == newest
    assert [row["sheets_wanted"] for row in rows] == [4, 4]
    with pytest.raises(Invalid):
        await put_into_round(round_id=made.round_id, command=put, actor=made.secretariat, clock=clock)


async def test_others_find_no_round_and_a_closed_one_stays(clock: FixedClock) -> None:
    made, other = await room(), await room()
    with pytest.raises(NotFound):
        await put_into_round(
            round_id=made.round_id, command=PutIntoRound(), actor=other.secretariat, clock=clock
        )
    with pytest.raises(NotFound):
        await ask_for_proposal(
            round_id=made.round_id, command=AskForProposal(), actor=other.secretariat, clock=clock
        )
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    with pytest.raises(Denied, match="closed"):
        await ask_for_proposal(
            round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
        )
    assert clock.now() == AT
