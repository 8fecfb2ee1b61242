"""A proposal edited by hand: every act is looked at first, what breaks a bound is told, and refused where it is hard."""

import re

import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import ConflictRule, Round
from awards.errors import Denied, Invalid, Stale
from awards.panels.assignment.editing import Kind
from awards.panels.forms import AskForProposal, DecideProposal
from awards.panels.forms_repair import EditProposal
from awards.panels.queries.proposals import latest_proposal
from awards.panels.services import apply_proposal, ask_for_proposal
from awards.panels.services.editing import compute_rest, edit_proposal, step_back
from awards.panels.tables import Affiliation, Assignment, Proposal, Seat
from tests import factories
from tests.awards.panels.rooms import Room, judges, room, run_job
from tests.awards.panels.work import at_work, body_of, chosen, offered
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor


async def proposed(clock: FixedClock, *countries: str, wanted: int = 2) -> tuple[Room, list[int], int]:
    """A room, its seats, and the id of a proposal for it."""
    made = await room(countries or ("KR", "KE", "BR", "IT"), wanted=wanted)
    seats = [seat for _person, seat in await judges(made, "FR", "JP", "SE", "CH")]
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
    )
    return made, seats, int((await run_job(clock))["proposal"])


async def edited(
    made: Room,
    clock: FixedClock,
    proposal: int,
    kind: Kind,
    entry: str,
    seat: int,
    other_entry: str = "",
    other_seat: int | None = None,
) -> int:
    command = EditProposal(
        proposal=proposal, act=kind, entry=entry, seat=seat, other_entry=other_entry, other_seat=other_seat
    )
    return await edit_proposal(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)


async def apply(made: Room, clock: FixedClock, proposal: int) -> int:
    decided = DecideProposal(proposal=proposal)
    return await apply_proposal(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)


async def readers(made: Room, proposal: int) -> dict[str, set[int]]:
    """Reference -> seats that would read it."""
    names = {
        row["id"]: row["reference"]
        for row in await Seat.raw(
            "SELECT re.id, e.reference FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = {}",
            made.round_id,
        )
    }
    body = await body_of(proposal)
    return {names[entry]: {seat for seat, _level in rows} for entry, _wanted, rows in body["entries"]}


async def test_each_act_makes_the_next_version(clock: FixedClock) -> None:
    made, seats, first = await proposed(clock)
    one, two = made.references[:2]
    before = await readers(made, first)
    here = min(before[one] - before[two], default=min(before[one]))
    there = next(seat for seat in sorted(before[two]) if seat != here and seat not in before[one])
    swapped = await edited(made, clock, first, Kind.SWAP, one, here, two, there)
    after = await readers(made, swapped)
    assert after[one] == before[one] - {here} | {there}
    assert after[two] == before[two] - {there} | {here}
    away = next(seat for seat in seats if seat not in after[one])
    handed = await edited(made, clock, swapped, Kind.HAND, one, min(after[one]), "", away)
    assert (await readers(made, handed))[one] == after[one] - {min(after[one])} | {away}
    rows = {row["id"]: row for row in await Proposal.select()}
    assert [rows[key]["state"] for key in (first, swapped, handed)] == ["replaced", "replaced", "proposed"]
    assert len({row["base_sha256"] for row in rows.values()}) == 1
    assert [edit[0] for edit in (await body_of(handed))["edits"]] == ["swap", "hand"]
    assert await apply(made, clock, handed) == 8


async def test_a_version_is_taken_back(clock: FixedClock) -> None:
    made, _seats, first = await proposed(clock)
    one = made.references[0]
    before = await readers(made, first)
    second = await edited(made, clock, first, Kind.TAKE, one, min(before[one]))
    back = await step_back(
        round_id=made.round_id, command=DecideProposal(proposal=second), actor=made.secretariat, clock=clock
    )
    assert await readers(made, back) == before
    with pytest.raises(Denied, match="Nothing was edited"):
        await step_back(
            round_id=made.round_id, command=DecideProposal(proposal=back), actor=made.secretariat, clock=clock
        )
    assert await apply(made, clock, back) == 8


async def test_what_breaks_a_bound_is_not_applied(clock: FixedClock) -> None:
    made, seats, first = await proposed(clock)
    one = made.references[0]
    before = await readers(made, first)
    short = await edited(made, clock, first, Kind.TAKE, one, min(before[one]))
    with pytest.raises(Denied, match="would lack 1 sheet"):
        await apply(made, clock, short)
    assert await Assignment.count() == 0
    assert (await Proposal.select().where(Proposal.id == short))[0]["state"] == "proposed"
    await Seat.raw("UPDATE seat SET high = 2 WHERE id = {}", seats[0])
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
    )
    again = int((await run_job(clock))["proposal"])
    free = next(ref for ref, reading in (await readers(made, again)).items() if seats[0] not in reading)
    over = await edited(made, clock, again, Kind.GIVE, free, seats[0])
    with pytest.raises(Denied, match="1 entry more than their most"):
        await apply(made, clock, over)
    # One sheet more than wanted, for a judge who has room, is the secretariat's to decide.
    reading = (await readers(made, over))[free]
    roomy = next(seat for seat in seats[1:] if seat not in reading)
    taken = await edited(made, clock, over, Kind.HAND, free, seats[0], "", roomy)
    assert await apply(made, clock, taken) == 9


async def test_what_cannot_be_is_refused_with_its_reason(clock: FixedClock) -> None:
    made, seats, first = await proposed(clock)
    one = made.references[0]
    person = await factories.judge("Ji-won Kim", country="KR")
    await factories.seat(made.round_id, person, conflicts_declared_at=clock.now())
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
    )
    second = int((await run_job(clock))["proposal"])
    home = (await Seat.select(Seat.id).where(Seat.person == person))[0]["id"]
    with pytest.raises(Invalid, match="same country"):
        await edited(made, clock, second, Kind.GIVE, one, home)
    with pytest.raises(Invalid, match="already"):
        await edited(made, clock, second, Kind.GIVE, one, min((await readers(made, second))[one]))
    reading = (await readers(made, second))[one]
    stranger = next(seat for seat in seats if seat not in reading)
    with pytest.raises(Invalid, match="does not read"):
        await edited(made, clock, second, Kind.TAKE, one, stranger)
    for odd in (("WG26-NONE", seats[0]), (one, 2**31 - 1)):
        with pytest.raises(Invalid, match="Choose an entry"):
            await edited(made, clock, second, Kind.GIVE, *odd)
    with pytest.raises(Stale):
        await edited(made, clock, first, Kind.GIVE, one, stranger)
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    with pytest.raises(Denied, match="closed"):
        await edited(made, clock, second, Kind.GIVE, one, stranger)


async def test_the_rest_is_computed_around_what_is_held(clock: FixedClock) -> None:
    made, seats, first = await proposed(clock)
    one, two = made.references[:2]
    before = await readers(made, first)
    wish = next(seat for seat in seats if seat not in before[one])
    out = min(before[two])
    pinned = await edited(made, clock, first, Kind.PIN, one, wish)
    banned = await edited(made, clock, pinned, Kind.BAN, two, out)
    decided = DecideProposal(proposal=banned)
    await compute_rest(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)
    again = int((await run_job(clock))["proposal"])
    after = await readers(made, again)
    assert wish in after[one]
    assert out not in after[two]
    assert {len(seats) for seats in after.values()} == {2}
    free = await edited(made, clock, again, Kind.FREE, one, wish)
    assert (await body_of(free))["options"]["pins"] == []
    assert await apply(made, clock, free) == 8


async def test_a_repair_is_edited_and_begun_sheets_stay(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    _person, silent = panel[1]
    row = (await Assignment.select().where(Assignment.seat == panel[2][1]))[0]
    await Assignment.update({Assignment.state: "started"}).where(Assignment.id == row["id"])
    proposal = await chosen(made, clock, (await offered(made, clock, silent))[0])
    names = {
        row["id"]: row["reference"]
        for row in await Seat.raw(
            "SELECT re.id, e.reference FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = {}",
            made.round_id,
        )
    }
    with pytest.raises(Invalid, match="never moved"):
        await edited(made, clock, proposal, Kind.TAKE, names[row["round_entry"]], panel[2][1])
    entry, _from, to = (await body_of(proposal))["moves"][0]
    reading = (await readers(made, proposal))[names[entry]]
    others = [seat for _person, seat in panel if seat not in reading | {silent}]
    other = [seat for seat in others if not await _forbidden(made, entry, seat)][0]  # noqa: RUF015  # it is asked of the database
    handed = await edited(made, clock, proposal, Kind.HAND, names[entry], to, "", other)
    body = await body_of(handed)
    assert body["repair"]["aim"] == "fewest"
    assert [entry, silent, other] in body["moves"]
    await apply(made, clock, handed)


async def _forbidden(made: Room, entry: int, seat: int) -> bool:
    rows = await Seat.raw(
        "SELECT t.country, a.country AS home FROM round_entry re JOIN entry e ON e.id = re.entry"
        " JOIN entrant t ON t.id = e.entrant, seat s JOIN affiliation a ON a.person = s.person"
        " WHERE re.id = {} AND s.id = {}",
        entry,
        seat,
    )
    return any(row["country"] == row["home"] for row in rows)


# --- over HTTP ------------------------------------------------------------------------------------------


async def desk_of(made: Room, client_for: ClientFor) -> Client:
    await give(EUN_JI, "secretariat", made.season.scope)
    return await client_for(EUN_JI)


async def test_a_change_is_looked_at_kept_and_undone(client_for: ClientFor, clock: FixedClock) -> None:
    made, _seats, first = await proposed(clock)
    eun_ji = await desk_of(made, client_for)
    one = made.references[0]
    before = await readers(made, first)
    out = min(before[one])
    await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    page = await eun_ji.click("Edit it by hand")
    assert len(page.table("Who would read each entry")) == 5
    page = await eun_ji.submit("Show what it would do", act="take", entry=one, seat=str(out))
    assert "no longer reads" in page.text
    assert "would lack 1 sheet" in page.text
    assert "reads 1 instead of 2" in page.text
    assert (await latest_proposal(made.round_id)).id == first
    page = await eun_ji.submit("Keep this change")
    assert page.flash.startswith("The change is kept")
    assert "The proposal cannot be applied yet" in page.text
    assert "1 short" in page.text
    page = await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    assert "It cannot be applied yet" in page.text
    assert "Apply this proposal" not in page.text
    await eun_ji.click("Edit it by hand")
    page = await eun_ji.click("See it by judge")
    assert [row[0] for row in page.table("What each judge would read")[1:]]
    page = await eun_ji.submit("Undo the last change")
    assert page.flash == "The last change is undone"
    assert "1 short" not in page.text
    page = await eun_ji.submit("Show what it would do", act="swap", entry=one, seat=str(out))
    assert (
        page.errors == ["That would change nothing. Choose another entry and another judge."] or page.errors
    )
    page = await eun_ji.get(f"{made.season.desk}/panels/first/proposal/edit?entry={one}&seat={out}")
    assert "Keep this change" not in page.text


async def test_a_forbidden_pair_leads_to_two_people(client_for: ClientFor, clock: FixedClock) -> None:
    made, seats, _first = await proposed(clock)
    await Affiliation.raw(
        "UPDATE affiliation SET country = 'KR' WHERE person = (SELECT person FROM seat WHERE id = {})",
        seats[0],
    )
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
    )
    await run_job(clock)
    eun_ji = await desk_of(made, client_for)
    path = (
        f"{made.season.desk}/panels/first/proposal/edit?act=give&entry={made.references[0]}&seat={seats[0]}"
    )
    page = await eun_ji.get(path)
    assert re.search("cannot read .*: is of the same country", " ".join(page.errors))
    assert "Two people can let this conflict pass" in page.text


async def test_a_warning_is_told_with_its_reason(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(wanted=1)
    await factories.add(ConflictRule, edition=made.season.edition_id, code="own_country", effect="warn")
    (_korean, seat), *_others = await judges(made, "KR", "FR", "JP")
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
    )
    await run_job(clock)
    eun_ji = await desk_of(made, client_for)
    path = f"{made.season.desk}/panels/first/proposal/edit?act=give&entry={made.references[0]}&seat={seat}"
    page = await eun_ji.get(path)
    assert "is of the same country" in page.text
    assert "has 2 of 1 sheets" in page.text
    page = await eun_ji.submit("Keep this change")
    assert page.flash.startswith("The change is kept")


async def test_who_comes_second_sees_the_newest(client_for: ClientFor, clock: FixedClock) -> None:
    made, seats, first = await proposed(clock)
    eun_ji = await desk_of(made, client_for)
    one = made.references[0]
    before = await readers(made, first)
    out = min(before[one])
    await eun_ji.get(f"{made.season.desk}/panels/first/proposal/edit?act=take&entry={one}&seat={out}")
    other = next(seat for seat in seats if seat not in before[one])
    await edited(made, clock, first, Kind.GIVE, one, other)
    page = await eun_ji.submit("Keep this change", status=409)
    assert page.errors[0].startswith("Somebody changed the proposal before you")
    assert (await readers(made, (await latest_proposal(made.round_id)).id))[one] == before[one] | {other}


async def test_the_page_keeps_its_budget(client_for: ClientFor, clock: FixedClock) -> None:
    made, _seats, first = await proposed(clock)
    eun_ji = await desk_of(made, client_for)
    one = made.references[0]
    out = min((await readers(made, first))[one])
    for query in ("", "?by=judge", f"?act=take&entry={one}&seat={out}"):
        with counting() as counter:
            await eun_ji.get(f"{made.season.desk}/panels/first/proposal/edit{query}")
        assert len(counter) <= 6, counter.statements
