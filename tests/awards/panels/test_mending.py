"""What a shortage is mended with, bridges, options that last, computations called off, and two who apply at once."""

import asyncio
import json

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Category, CategoryField, Field, Round
from awards.errors import Denied, NotFound
from awards.jobs import queries as jobs
from awards.jobs.services import Cancelled, claim
from awards.panels.forms import (
    AskForProposal,
    CancelProposal,
    DecideProposal,
    MarkBridges,
    TakeRemedy,
)
from awards.panels.queries import entries_to_declare, latest_proposal, own_seat
from awards.panels.services import (
    apply_proposal,
    ask_for_proposal,
    cancel_computation,
    mark_bridges,
    propose,
    take_remedy,
)
from awards.panels.tables import Affiliation, Assignment, Expertise, RoundEntry, Seat, SeatCategory
from tests import factories
from tests.awards.panels.rooms import Room, judges, room, run_job
from tests.factories import AT


async def proposed(made: Room, clock: FixedClock, **asked: object) -> dict[str, object]:
    await ask_for_proposal(
        round_id=made.round_id,
        command=AskForProposal.model_validate(asked),
        actor=made.secretariat,
        clock=clock,
    )
    return await computed(made, clock)


async def computed(made: Room, clock: FixedClock) -> dict[str, object]:
    """The body of the proposal that waits to be computed."""
    await run_job(clock)
    newest = await latest_proposal(made.round_id)
    assert newest is not None
    return {**newest.body, "id": newest.id}


async def take(made: Room, clock: FixedClock, body: dict[str, object], kind: str) -> int:
    remedies = body["shortage"]["remedies"]
    number = next(n for n, one in enumerate(remedies) if one["kind"] == kind)
    command = TakeRemedy.model_validate({"proposal": body["id"], "remedy": number})
    return await take_remedy(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)


async def test_a_judge_who_reads_more_mends_it(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR"), wanted=2)
    (_one, first), (_two, second) = await judges(made, "FR", "IT", high=2)
    body = await proposed(made, clock)
    assert body["shortage"]["wanted"] - body["shortage"]["possible"] == 2
    await take(made, clock, body, "raise-high")
    highs = {row["id"]: row["high"] for row in await Seat.select(Seat.id, Seat.high)}
    assert sorted(highs[seat] for seat in (first, second)) == [2, 3]
    again = await computed(made, clock)
    assert again["shortage"] is not None  # one judge alone cannot read an entry twice
    await take(made, clock, again, "raise-high")
    last = await computed(made, clock)
    assert last["shortage"] is None
    assert len(last["added"]) == 6
    subjects = await Event.select(Event.action, Event.subject_kind).order_by(Event.seq)
    assert [row["subject_kind"] for row in subjects if row["action"] == "judge changed"] == ["seat", "seat"]


async def test_a_remedy_is_refused_when_what_it_changes_was_changed(clock: FixedClock) -> None:
    made = await room(("KR", "KE"), wanted=2)
    people = await judges(made, "FR", "IT", high=1)
    body = await proposed(made, clock)
    await Seat.update({Seat.high: 7}).where(Seat.id.is_in([seat for _, seat in people]))
    with pytest.raises(Denied, match="changed this judge"):
        await take(made, clock, body, "raise-high")
    await RoundEntry.update({RoundEntry.sheets_wanted: 1}).where(RoundEntry.round == made.round_id)
    with pytest.raises(Denied, match="how many sheets"):
        await take(made, clock, body, "lower-need")
    with pytest.raises(NotFound):
        await take_remedy(
            round_id=made.round_id, command=TakeRemedy.model_validate({"proposal": body["id"], "remedy": 99}),
            actor=made.secretariat, clock=clock,
        )  # fmt: skip


async def test_fewer_sheets_and_a_lower_least_mend_it(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=3)
    await judges(made, "FR", "IT")
    await take(made, clock, await proposed(made, clock), "lower-need")
    body = await computed(made, clock)
    assert (body["shortage"], body["wanted"]) == (None, 2)
    other = await room(("KR",), wanted=1)
    [(_person, seat)] = await judges(other, "FR", low=3, high=4)
    await take(other, clock, await proposed(other, clock), "lower-low")
    assert (await computed(other, clock))["shortage"] is None
    assert (await Seat.select(Seat.low).where(Seat.id == seat))[0]["low"] == 1


async def test_a_wider_seat_is_asked_about_conflicts_again(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=1)
    other = await factories.add(
        Category, edition=made.season.edition_id, code="green", name="Green City", position=2
    )
    [(_person, seat)] = await judges(made, "FR")
    await factories.add(SeatCategory, seat=seat, category=other)
    await take(made, clock, await proposed(made, clock), "widen")
    assert (await Seat.select(Seat.conflicts_declared_at).where(Seat.id == seat))[0][
        "conflicts_declared_at"
    ] is None
    assert (await computed(made, clock))["shortage"] is None


async def test_employers_and_options_last_until_they_are_forgotten(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=2)
    for person, _seat in await judges(made, "FR", "IT"):
        await factories.add(
            Affiliation, person=person, kind="employer", organisation="Nordwind AG", since=AT, country=""
        )
    body = await proposed(made, clock, link_share="2,5", seconds="30")
    assert body["shortage"]["rules"] == ["apart"]
    await take(made, clock, body, "join-group")
    body = await computed(made, clock)
    assert body["shortage"] is None
    assert len(body["together"]) == 1
    assert body["options"]["link_share"] == 25_000
    body = await proposed(made, clock)
    assert body["options"]["together"] == ["Nordwind AG"]
    assert body["options"]["seconds"] == 30
    assert (await proposed(made, clock, anew="1"))["shortage"] is not None


async def test_expertise_comes_from_the_fields_of_the_category(clock: FixedClock) -> None:
    made = await room(("KR", "KE"), wanted=1)
    category = (await Category.select(Category.id).where(Category.edition == made.season.edition_id))[0]["id"]
    water = await factories.add(Field, programme=made.season.programme_id, code="water", name="Water")
    (_a, _seat), (expert, seat), (novice, _other) = await judges(made, "FR", "IT", "JP", high=1)
    assert (await proposed(made, clock))["fieldless"] == [category]
    await factories.add(CategoryField, category=category, field=water)
    await factories.add(Expertise, person=expert, field=water, level=5)
    await factories.add(Expertise, person=novice, field=water, level=0)
    body = await proposed(made, clock, experts="1")
    assert len(body["waived"]) == 1
    assert seat in {pair[1] for pair in body["added"]}
    assert body["fieldless"] == []


async def test_a_bridge_is_read_by_all_who_may_and_declared_about_first(clock: FixedClock) -> None:
    made = await room(("KR", "KE"), wanted=1)
    own = (await Category.select(Category.id).where(Category.edition == made.season.edition_id))[0]["id"]
    other = await factories.add(
        Category, edition=made.season.edition_id, code="green", name="Green City", position=2
    )
    (_a, wide), (person, narrow), (_korean, home) = await judges(made, "FR", "IT", "KR")
    await factories.add(SeatCategory, seat=narrow, category=other)
    await factories.add(SeatCategory, seat=wide, category=own)
    rows = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.round_id)
        .order_by(RoundEntry.id)
    )
    korean = rows[0]["id"]

    async def mark(**more: object) -> None:
        command = MarkBridges.model_validate({"bridges": (korean,), **more})
        await mark_bridges(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)

    await mark()
    declared = {row["id"]: row["conflicts_declared_at"] for row in await Seat.select()}
    assert declared[narrow] is None
    assert declared[wide] is not None
    judge = judge_of(person)
    listed = await entries_to_declare(
        await own_seat(judge, made.season.programme, made.season.edition, "first")
    )
    assert [line.reference for line in listed] == [made.references[0]]
    body = await computed(made, clock)
    assert body["read_by_all"] == [korean]
    readers = {seat for entry, seat in body["added"] if entry == korean}
    assert readers == {wide, narrow}
    assert home not in readers
    await mark(end="1")
    assert (await computed(made, clock))["read_by_all"] == []
    with pytest.raises(NotFound):
        await mark_bridges(
            round_id=made.round_id, command=MarkBridges(bridges=(2**31 - 1,)),
            actor=made.secretariat, clock=clock,
        )  # fmt: skip


async def test_no_more_than_two_are_read_first_by_all(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "FR"), wanted=1)
    rows = await RoundEntry.select(RoundEntry.id).where(RoundEntry.round == made.round_id)
    keys = tuple(row["id"] for row in rows)
    await Round.update({Round.bridge_first: True}).where(Round.id == made.round_id)

    async def mark(*bridges: int, **more: object) -> None:
        command = MarkBridges.model_validate({"bridges": bridges, **more})
        await mark_bridges(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)

    with pytest.raises(Denied, match="Two entries at most"):
        await mark(*keys)
    await mark(*keys[:2])
    await mark(keys[1])
    with pytest.raises(Denied, match="Two entries at most"):
        await mark(keys[2])
    assert await RoundEntry.count().where(RoundEntry.bridge.eq(True)) == 2
    await mark(keys[0], end="1")
    await mark(keys[2])
    await Round.update({Round.bridge_first: False}).where(Round.id == made.round_id)
    await mark(*keys)


def judge_of(person_id: int) -> Actor:
    return Actor(person_id=person_id, name="A judge")


async def test_what_waits_is_called_off_at_once_and_what_runs_at_the_next_report(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=1)
    await judges(made, "FR")

    async def ask() -> int:
        return await ask_for_proposal(
            round_id=made.round_id, command=AskForProposal(), actor=made.secretariat, clock=clock
        )

    async def call_off(job: int) -> None:
        await cancel_computation(
            kind="propose",
            round_id=made.round_id,
            command=CancelProposal(job=job),
            actor=made.secretariat,
            clock=clock,
        )

    job = await ask()
    await call_off(job)
    found = await jobs.latest("propose", ("round", made.round_id))
    assert found is not None
    assert found.state == "cancelled"
    with pytest.raises(Denied, match="ended already"):
        await call_off(job)
    running = await ask()
    assert running != job
    work = await claim(clock.now())
    assert work is not None
    asked = 0

    async def report(_percent: int) -> bool:
        nonlocal asked
        asked += 1
        return asked < 2

    await call_off(running)
    with pytest.raises(Cancelled):
        await propose(work, report, clock)
    assert await latest_proposal(made.round_id) is None


async def test_nobody_to_give_entries_to_is_said_at_once(clock: FixedClock) -> None:
    made = await room(("KR",), wanted=1)
    await judges(made, "FR", state="invited")
    with pytest.raises(Exception, match="Nobody has accepted a seat"):
        await proposed(made, clock)


@pytest.mark.commits
async def test_of_two_who_apply_at_once_one_wins_and_the_other_is_told_what_changed(
    clock: FixedClock,
) -> None:
    made = await room(("KR", "KE", "BR"), wanted=2)
    await judges(made, "FR", "IT", "JP")
    first, second = await proposed(made, clock, seed="1"), await proposed(made, clock, seed="2")

    async def apply(body: dict[str, object]) -> int:
        command = DecideProposal.model_validate({"proposal": body["id"]})
        return await apply_proposal(
            round_id=made.round_id, command=command, actor=made.secretariat, clock=clock
        )

    answers = await asyncio.gather(apply(first), apply(second), return_exceptions=True)
    given = [one for one in answers if isinstance(one, int)]
    [told] = [one for one in answers if isinstance(one, Denied)]
    assert given == [6]
    assert told.code == "base changed"
    assert "given since: Person" in told.why
    assert "and 3 more" in told.why
    assert await Assignment.count() == 6
    states = json.dumps(sorted(row["state"] for row in await _proposals()))
    assert states == '["applied", "refused"]'


async def _proposals() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = await Assignment.raw("SELECT state FROM proposal")
    return rows


async def test_a_little_of_everybody_mends_it(clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR", "SE"), wanted=3)
    people = await judges(made, "FR", "IT", "JP", high=2)
    body = await proposed(made, clock)
    remedies = {one["kind"]: one for one in body["shortage"]["remedies"]}
    assert (remedies["raise-all"]["amount"], remedies["lower-all"]["amount"]) == (2, 2)
    await take(made, clock, body, "lower-all")
    body = await computed(made, clock)
    assert (body["shortage"], body["wanted"]) == (None, 4)
    await RoundEntry.update({RoundEntry.sheets_wanted: 3}).where(RoundEntry.round == made.round_id)
    await take(made, clock, await proposed(made, clock), "raise-all")
    assert (await computed(made, clock))["shortage"] is None
    highs = await Seat.select(Seat.high).where(Seat.id.is_in([seat for _, seat in people]))
    assert [row["high"] for row in highs] == [4, 4, 4]
