"""A panel at work is repaired: three offers, finished work in its place, one mail to everybody whose list changes."""

from collections import Counter
from random import Random

import pytest

from awards.actor import Actor
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound
from awards.jobs import services as jobs
from awards.jobs.tables import Job
from awards.outbox.tables import Message
from awards.panels.forms import DecideProposal, EndSeat, PutIntoRound, Recuse
from awards.panels.forms_repair import AskForRepair
from awards.panels.queries.broken import lack_of
from awards.panels.queries.proposals import latest_proposal, offers_of
from awards.panels.services import (
    apply_proposal,
    ask_for_repair,
    choose_offer,
    end_seat,
    put_into_round,
    recuse,
    undo_proposal,
)
from awards.panels.services.repairs import mend
from awards.panels.tables import Assignment, Seat
from tests import factories
from tests.awards.messages.delivering import delivered, html_of, text_of
from tests.awards.panels.rooms import Room, room
from tests.awards.panels.work import at_work, body_of, chosen, offered, states
from tests.chance import times
from tests.factories import DAY

WRITTEN = ("started", "signed")


async def apply(made: Room, clock: FixedClock, proposal: int) -> int:
    decided = DecideProposal(proposal=proposal)
    return await apply_proposal(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)


async def undo(made: Room, clock: FixedClock, proposal: int) -> int:
    decided = DecideProposal(proposal=proposal)
    return await undo_proposal(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)


async def steps_aside(made: Room, clock: FixedClock, person: int, seat: int, entry: int) -> None:
    await recuse(
        seat_id=seat,
        reference=made.references[made.entries.index(entry)],
        command=Recuse(reason="I know the mayor"),
        actor=Actor(person_id=person, name="A judge"),
        clock=clock,
    )


async def test_nothing_is_offered_where_nothing_is_broken(clock: FixedClock) -> None:
    made, _panel = await at_work(clock)
    with pytest.raises(Invalid, match="Nothing is broken"):
        await offered(made, clock)
    empty = await room()
    with pytest.raises(Invalid, match="Nothing is given yet"):
        await offered(empty, clock)
    with pytest.raises(NotFound):
        await ask_for_repair(
            round_id=made.round_id, command=AskForRepair(), actor=empty.secretariat, clock=clock
        )


@pytest.mark.parametrize("seed", range(times(4, drill=60)))
async def test_finished_work_stays_whatever_is_chosen(clock: FixedClock, seed: int) -> None:
    made, panel = await at_work(clock, seed=seed)
    chance = Random(seed)
    before = await states(made)
    # One judge steps aside from an entry, another is silent, a third is let go.
    (person, seat), (_silent, silent), (_gone, gone) = chance.sample(panel, 3)
    aside = next(entry for entry, own in sorted(before) if own == seat)
    await steps_aside(made, clock, person, seat, aside)
    await end_seat(
        round_id=made.round_id,
        seat_id=gone,
        command=EndSeat(version=1, reason="Ill"),
        actor=made.secretariat,
        clock=clock,
    )
    left = await states(made)
    offers = await offered(made, clock, silent)
    choice = chance.choice(offers)
    body = await body_of(choice)
    await apply(made, clock, await chosen(made, clock, choice))
    after = await states(made)
    for pair, state in left.items():
        if state in (*WRITTEN, "recused"):
            assert after[pair] == state
        elif state == "opened":
            assert after[pair] == "opened" or list(await _round_pair(pair)) in body["opened"]
    assert not any(state == "given" and seat in (silent, gone) for (_e, seat), state in after.items())
    reads = Counter(entry for (entry, _s), state in after.items() if state in ("given", "opened", *WRITTEN))
    missing = dict(body["repair"]["missing"])
    assert sum(reads.values()) >= 3 * len(made.entries) - sum(missing.values())
    assert sum(reads[entry] < 3 for entry in made.entries) == len(missing)


async def _round_pair(pair: tuple[int, int]) -> tuple[int, int]:
    rows = await Seat.raw("SELECT id FROM round_entry WHERE entry = {}", pair[0])
    return rows[0]["id"], pair[1]


async def test_stepping_aside_has_the_offers_computed_of_what_is_broken_by_then(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    before = sorted(await states(made))
    (first, first_seat), (second, second_seat) = panel[:2]
    entry_of = {seat: next(entry for entry, own in before if own == seat) for _person, seat in panel}
    await steps_aside(made, clock, first, first_seat, entry_of[first_seat])
    work = await jobs.claim(clock.now())
    assert work is not None
    assert (work.kind, work.subject_id, work.asked_by, work.args) == (
        "repair",
        made.round_id,
        0,
        {"silent": []},
    )
    again = []

    async def report(percent: int) -> bool:
        # While they are computed another judge steps aside, and the secretariat asks about one who is silent.
        if percent > 90 and not again:
            again.append(await mend_asked(made, clock, panel[2][1]))
            await steps_aside(made, clock, second, second_seat, entry_of[second_seat])
        return True

    await mend(work, report, clock)
    assert again == [work.id]
    for offer in await offers_of(made.round_id):
        repair = (await body_of(offer.id))["repair"]
        assert (repair["short"] >= 2, repair["silent"]) == (True, [panel[2][1]])
    assert await Job.count().where(Job.kind == "repair") == 1


async def mend_asked(made: Room, clock: FixedClock, silent: int) -> int:
    return await ask_for_repair(
        round_id=made.round_id, command=AskForRepair(silent=(silent,)), actor=made.secretariat, clock=clock
    )


async def test_a_recusal_moves_nothing_else(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    before = await states(made)
    person, seat = panel[0]
    entry = next(entry for entry, own in sorted(before) if own == seat)
    await steps_aside(made, clock, person, seat, entry)
    lack = await lack_of(made.round_id)
    assert [(one.missing, one.recused, one.late) for one in lack.short] == [(1, 1, False)]
    fewest, balanced, value = [await body_of(offer) for offer in await offered(made, clock)]
    assert [one["repair"]["aim"] for one in (fewest, balanced, value)] == ["fewest", "balanced", "value"]
    assert fewest["removed"] == []
    assert len(fewest["added"]) == 1
    assert fewest["repair"] | {"silent": []} == {
        "aim": "fewest", "same_as": "", "silent": [], "short": 1, "given": 1, "missing": [], "gone": [], "written": [],
    }  # fmt: skip
    loads = [after for _seat, _before, after, _low, _high in balanced["loads"]]
    assert max(loads) - min(loads) <= 1


async def test_a_late_entry_is_given(clock: FixedClock) -> None:
    made, _panel = await at_work(clock, seed=3)
    city = await factories.entrant("Late City", country="BR")
    await factories.entry(made.season, city, state="eligible", reference="WG26-LATE")
    await put_into_round(
        round_id=made.round_id, command=PutIntoRound(sheets_wanted=3), actor=made.secretariat, clock=clock
    )
    before = await states(made)
    (late,) = (await lack_of(made.round_id)).short
    assert (late.reference, late.late, late.missing) == ("WG26-LATE", True, 3)
    offers = await offered(made, clock)
    proposal = await chosen(made, clock, offers[0])
    assert await apply(made, clock, proposal) == 3
    after = await states(made)
    assert {pair: after[pair] for pair in before} == before
    assert len(after) == len(before) + 3


async def test_the_silent_lose_what_they_have_not_opened(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    _person, silent = panel[1]
    mine = sorted(pair for pair in await states(made) if pair[1] == silent)
    opened, begun = await _round_pair(mine[0]), await _round_pair(mine[1])
    for (entry, seat), state in ((opened, "opened"), (begun, "started")):
        await Assignment.update({Assignment.state: state}).where(
            (Assignment.round_entry == entry) & (Assignment.seat == seat)
        )
    waiting = {one.seat_id: one for one in (await lack_of(made.round_id)).waiting}
    assert (waiting[silent].unopened, waiting[silent].begun) == (len(mine) - 2, 2)
    assert not waiting[silent].is_silent(clock.now())
    assert waiting[silent].is_silent(clock.now() + 7 * DAY)
    await Message.delete(force=True)
    offers = await offered(made, clock, silent)
    body = await body_of(offers[0])
    assert len(body["removed"]) == len(mine) - 2
    assert {why for _entry, _seat, why in body["repair"]["gone"]} == {"silent"}
    assert all(to != silent and to for _entry, _from, to in body["moves"])
    await apply(made, clock, await chosen(made, clock, offers[0]))
    after = await states(made)
    assert sorted(after[pair] for pair in mine) == sorted(
        ["opened", "started"] + ["withdrawn"] * (len(mine) - 2)
    )
    mails = Counter(row["template"] for row in await Message.select(Message.template))
    assert mails["entries-changed"] == 1
    told = next(
        mail for mail in (await delivered(clock)).values() if "Your entries changed" in mail["Subject"]
    )
    gone = len(mine) - 2
    for text in (text_of(told), html_of(told)):
        assert ("1 entry is" if gone == 1 else f"{gone} entries are") + " no longer on your list" in text
        assert "You read 2 entries now." in text
    assert mails["entries-assigned"] == len({to for _entry, _from, to in body["moves"]})


async def test_a_pair_in_conflict_is_moved(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    before = await states(made)
    # The judge moves to the country of an entry of theirs.
    country = dict(zip(made.entries, ("KR", "KE", "BR", "IT") * 2, strict=True))
    _person, seat = panel[0]
    hit = next(entry for entry, own in before if own == seat)
    await Seat.raw(
        "UPDATE affiliation SET country = {} WHERE person = (SELECT person FROM seat WHERE id = {})",
        country[hit],
        seat,
    )
    offers = await offered(made, clock)
    body = await body_of(offers[0])
    assert {why for _entry, _seat, why in body["repair"]["gone"]} == {"conflict"}
    await apply(made, clock, await chosen(made, clock, offers[0]))
    assert (await states(made))[hit, seat] == "withdrawn"


async def test_what_nobody_can_read_stays_missing(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    before = await states(made)
    entry = made.entries[0]
    for person, seat in panel:
        if (entry, seat) in before:
            await steps_aside(made, clock, person, seat, entry)
    offers = await offered(made, clock)
    body = await body_of(offers[0])
    said = body["repair"]
    assert said["given"] + sum(reads for _entry, reads in said["missing"]) == said["short"] == 3
    assert said["missing"]
    # One sheet less than wanted is better than none: it may be applied, and says what stays missing.
    assert await apply(made, clock, await chosen(made, clock, offers[0])) == said["given"]


async def test_offers_go_stale(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    _person, silent = panel[1]
    first = await offered(made, clock, silent)
    proposal = await chosen(made, clock, first[0])
    second = await offered(made, clock, silent)
    assert [one.id for one in await offers_of(made.round_id)] == second
    newest = await latest_proposal(made.round_id)
    assert newest is not None
    assert newest.id == proposal
    with pytest.raises(Denied, match="not offered"):
        await chosen(made, clock, first[1])
    # Its judge opens one of the entries that it would take: that was not said when it was chosen.
    taken = (await body_of(proposal))["removed"][0]
    same = (Assignment.round_entry == taken[0]) & (Assignment.seat == taken[1])
    await Assignment.update({Assignment.state: "opened"}).where(same)
    with pytest.raises(Denied, match="opened"):
        await apply(made, clock, proposal)
    await Assignment.update({Assignment.state: "started"}).where(same)
    again = await chosen(made, clock, second[0])
    with pytest.raises(Denied, match="begun"):
        await apply(made, clock, again)
    assert (await states(made))[(await _entry_of(taken[0])), taken[1]] == "started"


async def _entry_of(round_entry: int) -> int:
    rows = await Seat.raw("SELECT entry FROM round_entry WHERE id = {}", round_entry)
    return int(rows[0]["entry"])


async def test_undone_until_somebody_has_opened_anything(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    before = await states(made)
    _person, silent = panel[1]
    offers = await offered(made, clock, silent)
    proposal = await chosen(made, clock, offers[0])
    await apply(made, clock, proposal)
    assert await states(made) != before
    await undo(made, clock, proposal)
    assert {pair: state for pair, state in (await states(made)).items() if state != "withdrawn"} == before
    # The same again, and then one of its judges opens an entry.
    proposal = await chosen(made, clock, (await offered(made, clock, silent))[0])
    await apply(made, clock, proposal)
    row = (await Assignment.select(Assignment.id, Assignment.seat).where(Assignment.proposal == proposal))[0]
    await Assignment.update({Assignment.state: "opened"}).where(Assignment.id == row["id"])
    name = (
        await Seat.raw(
            "SELECT p.name FROM seat s JOIN person p ON p.id = s.person WHERE s.id = {}", row["seat"]
        )
    )[0]
    with pytest.raises(Denied, match=name["name"]):
        await undo(made, clock, proposal)


async def test_others_find_no_offers_and_a_closed_round_stays(clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    other = await room()
    offers = await offered(made, clock, panel[0][1])
    with pytest.raises(NotFound):
        await choose_offer(
            round_id=made.round_id,
            command=DecideProposal(proposal=offers[0]),
            actor=other.secretariat,
            clock=clock,
        )
    with pytest.raises(NotFound):
        await choose_offer(
            round_id=other.round_id,
            command=DecideProposal(proposal=offers[0]),
            actor=other.secretariat,
            clock=clock,
        )
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    with pytest.raises(Denied, match="closed"):
        await chosen(made, clock, offers[0])
