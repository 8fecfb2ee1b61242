"""A rule that forbids gives way only to two people, for exactly what they saw; what stands else is settled."""

from datetime import timedelta

import pytest

from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.cities.tables import Official
from awards.clock import FixedClock
from awards.editions.tables import EditionRule, Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels.forms import AssignByHand, DeclareConflicts
from awards.panels.forms_conflicts import AskOverride, ConsentOverride, EndOverride, SettleConflicts
from awards.panels.queries import conflicts_of_round, counting_in_conflict, round_by_id
from awards.panels.queries.overrides import overrides_of, report_of
from awards.panels.services import (
    ask_override,
    assign_by_hand,
    consent_override,
    declare_conflicts,
    end_override,
    settle_conflicts,
    settle_rounds_at_work,
)
from awards.panels.tables import Affiliation, Assignment, ConflictOverride, RoundEntry, SetAside
from judging.conflicts import Effect
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT, DAY
from tests.people import EUN_JI, HIROSHI, Member, give, id_of
from tests.serving import ClientFor

OTHER = Member("Farid Aziz", "farid-2@secretariat.example")
WHY = "Nobody else reads Korean"


async def of(made: Room, person_id: int, proved: bool = True) -> Actor:
    await factories.grant(person_id, "secretariat", made.season.scope)
    grants = frozenset({Grant("secretariat", made.season.scope)})
    return Actor(person_id=person_id, name="Somebody", grants=grants, proved_at=AT if proved else None)


async def asked(made: Room, seat: int, clock: FixedClock, *references: str) -> int:
    command = AskOverride(seat=seat, entries=references or made.references[:1], reason=WHY)
    asker = await of(made, made.secretariat.person_id)
    return await ask_override(round_id=made.round_id, command=command, actor=asker, clock=clock)


async def hash_of(approval: int) -> str:
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    return str(rows[0]["subject_sha256"])


async def consent(made: Room, approval: int, actor: Actor, clock: FixedClock) -> None:
    command = ConsentOverride(approval=approval, sha256=await hash_of(approval))
    await consent_override(round_id=made.round_id, command=command, actor=actor, clock=clock)


async def forbidden(made: Room, person: int, number: int = 0) -> bool:
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    return found.forbidden(person, made.entries[number])


async def test_two_people_let_a_pair_pass(clock: FixedClock) -> None:
    made = await room(("KR", "KR"))
    ((person, seat),) = await judges(made, "KR")
    approval = await asked(made, seat, clock)
    assert await forbidden(made, person)  # one word is none
    with pytest.raises(Denied, match="same person"):
        await consent(made, approval, await of(made, made.secretariat.person_id), clock)
    second = await of(made, await factories.person("Farid"))
    await consent(made, approval, second, clock)
    assert not await forbidden(made, person)
    assert await forbidden(made, person, 1)  # the other entry was not asked for

    command = AssignByHand(seat=seat, reference=made.references[0])
    warnings = await assign_by_hand(
        round_id=made.round_id, command=command, actor=made.secretariat, clock=clock
    )
    assert "two people let this pass" in warnings[0]
    (line,) = (await report_of(await round_by_id(made.round_id), AT)).lines
    assert (line.finding.effect, line.known) == (Effect.WARN, True)
    actions = [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)]
    assert actions[:2] == ["approval asked", "conflict overridden"]

    # It forbids again as soon as one person says so; what was given stands in the report.
    await end_override(
        round_id=made.round_id, command=EndOverride(approval=approval), actor=second, clock=clock
    )
    assert await forbidden(made, person)
    assert (await report_of(await round_by_id(made.round_id), AT)).to_settle == 1
    with pytest.raises(NotFound):
        await end_override(
            round_id=made.round_id, command=EndOverride(approval=approval), actor=second, clock=clock
        )


async def test_both_have_proved_who_they_are(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((_person, seat),) = await judges(made, "KR")
    command = AskOverride(seat=seat, entries=made.references, reason=WHY)
    with pytest.raises(Denied, match="not proved"):
        await ask_override(
            round_id=made.round_id,
            command=command,
            actor=await of(made, made.secretariat.person_id, False),
            clock=clock,
        )
    approval = await asked(made, seat, clock)
    clock.advance(timedelta(minutes=16))
    with pytest.raises(Denied, match="not proved"):
        await consent(made, approval, await of(made, await factories.person("Farid")), clock)


async def test_consent_is_to_what_was_seen(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((person, seat),) = await judges(made, "KR")
    approval = await asked(made, seat, clock)
    second = await of(made, await factories.person("Farid"))
    with pytest.raises(Stale):
        await consent_override(
            round_id=made.round_id,
            command=ConsentOverride(approval=approval, sha256="0" * 64),
            actor=second,
            clock=clock,
        )
    await factories.add(Affiliation, person=person, entrant=made.cities[0], kind="employer", since=AT - DAY)
    with pytest.raises(Denied, match="changed"):
        await consent(made, approval, second, clock)
    assert await forbidden(made, person)


async def test_an_override_covers_what_was_named_and_nothing_that_comes_later(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((person, seat),) = await judges(made, "KR")
    await consent(
        made, await asked(made, seat, clock), await of(made, await factories.person("Farid")), clock
    )
    assert not await forbidden(made, person)
    await factories.add(Affiliation, person=person, entrant=made.cities[0], kind="employer", since=AT - DAY)
    assert await forbidden(made, person)


async def test_nobody_decides_over_themselves_or_their_city(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((person, seat),) = await judges(made, "KR")
    approval = await asked(made, seat, clock)
    with pytest.raises(Denied, match="own seat"):
        await consent(made, approval, await of(made, person), clock)
    official = await factories.person("An official")
    await factories.add(Official, person=official, entrant=made.cities[0], role="editor", since=AT - DAY)
    with pytest.raises(Denied, match="in conflict"):
        await consent(made, approval, await of(made, official), clock)
    with pytest.raises(NotFound):
        await consent(made, approval, Actor(person_id=official, name="A stranger", proved_at=AT), clock)


async def test_asked_once_at_a_time_and_taken_back(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((_person, seat),) = await judges(made, "KR")
    approval = await asked(made, seat, clock)
    with pytest.raises(Denied, match="asked already"):
        await asked(made, seat, clock)
    await end_override(
        round_id=made.round_id,
        command=EndOverride(approval=approval),
        actor=await of(made, made.secretariat.person_id),
        clock=clock,
    )
    assert await ConflictOverride.count().where(ConflictOverride.ended_at.is_null()) == 0
    again = await asked(made, seat, clock)
    assert [one.approval for one in await overrides_of(made.round_id)] == [again]


@pytest.mark.parametrize("entries", [(), ("WG26-NONE",)])
async def test_entries_are_named(entries: tuple[str, ...], clock: FixedClock) -> None:
    made = await room(("KR",))
    ((_person, seat),) = await judges(made, "KR")
    command = AskOverride(seat=seat, entries=entries, reason=WHY)
    with pytest.raises(Invalid):
        await ask_override(
            round_id=made.round_id,
            command=command,
            actor=await of(made, made.secretariat.person_id),
            clock=clock,
        )


async def at_work(made: Room, seat: int) -> list[int]:
    """One assignment of each state, all in conflict."""
    rows = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.round_id)
        .order_by(RoundEntry.id)
    )
    given = await factories.assignment(rows[0]["id"], seat)
    started = await factories.assignment(rows[1]["id"], seat)
    signed = await factories.assignment(rows[2]["id"], seat)
    await factories.scoresheet(started, {"impact": 7}, signed=False)
    await factories.scoresheet(signed, {"impact": 7, "new": 5}, signed=True)
    return [given, started, signed]


async def states(*assignments: int) -> list[str]:
    rows = await Assignment.select(Assignment.id, Assignment.state)
    found = {row["id"]: row["state"] for row in rows}
    return [found[one] for one in assignments]


async def test_what_was_found_later_is_settled_at_once(clock: FixedClock) -> None:
    made = await room(("KR", "KR", "KR", "KE"))
    ((_person, seat), (_free, other)) = await judges(made, "KR", "FR")
    work = await at_work(made, seat)
    rows = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.round_id)
        .order_by(RoundEntry.id)
    )
    untouched = await factories.assignment(rows[3]["id"], other)
    command = SettleConflicts(reason="Own country")
    result = await settle_conflicts(
        round_id=made.round_id, command=command, actor=made.secretariat, clock=clock
    )
    assert result == (1, 2)
    assert await states(*work, untouched) == ["withdrawn", "set aside", "set aside", "given"]
    assert {row["code"] for row in await SetAside.select(SetAside.code)} == {"rule"}
    assert await Message.count().where(Message.template == "sheet-set-aside") == 2
    assert (await report_of(await round_by_id(made.round_id), AT)).to_settle == 0
    with pytest.raises(NotFound):
        await settle_conflicts(
            round_id=made.round_id, command=command, actor=Actor(person_id=1, name="A stranger"), clock=clock
        )


async def test_what_a_rule_found_later_is_settled_without_anybody(clock: FixedClock) -> None:
    made = await room(("KR", "KR", "KR", "KE"))
    ((person, seat),) = await judges(made, "FR")
    work = await at_work(made, seat)
    assert await settle_rounds_at_work(clock) == 0
    await factories.add(Affiliation, person=person, country="KR", kind="nationality", since=AT)
    assert await settle_rounds_at_work(clock) == 3
    assert await states(*work) == ["withdrawn", "set aside", "set aside"]
    assert {row["by"] for row in await SetAside.select(SetAside.by)} == {None}
    assert await Message.count().where(Message.template == "sheet-set-aside") == 2
    assert await settle_rounds_at_work(clock) == 0


@pytest.mark.parametrize("state", ["draft", "closed", "decided"])
async def test_by_itself_only_rounds_at_work_are_settled(state: str, clock: FixedClock) -> None:
    made = await room(("KR", "KR", "KR"), round_state=state)
    ((_person, seat),) = await judges(made, "KR")
    work = await at_work(made, seat)
    assert await settle_rounds_at_work(clock) == 0
    assert await states(*work) == ["given", "started", "signed"]
    assert await counting_in_conflict(made.round_id, made.season.edition_id, AT) == 1


@pytest.mark.parametrize("state", ["closed", "decided"])
async def test_a_closed_round_is_settled_by_two(state: str, clock: FixedClock) -> None:
    made = await room(("KR", "KR", "KR"), round_state=state)
    ((_person, seat),) = await judges(made, "KR")
    work = await at_work(made, seat)
    with pytest.raises(Denied, match="round closed"):
        await settle_conflicts(
            round_id=made.round_id,
            command=SettleConflicts(reason="Own country"),
            actor=made.secretariat,
            clock=clock,
        )
    assert await states(*work) == ["given", "started", "signed"]


async def test_the_pages(client_for: ClientFor) -> None:
    made = await room(("KR", "KR", "KR"))
    await EditionRule.delete().where(EditionRule.code == "terms")
    ((_person, seat),) = await judges(made, "KR")
    await at_work(made, seat)
    await give(EUN_JI, "secretariat", made.season.scope)
    await give(OTHER, "secretariat", made.season.scope)
    await give(HIROSHI, "auditor", made.season.scope)
    panel = f"/desk/{made.season.programme}/{made.season.edition}/panels/first"
    first, second, auditor = [await client_for(member) for member in (EUN_JI, OTHER, HIROSHI)]

    await first.get(f"{panel}/overrides?judge={seat}")
    page = await first.submit("#ask", entries=[made.references[0]], reason=WHY)
    assert "Waiting for a second person" in page.text
    await second.get(f"{panel}/overrides")
    page = await second.submit("Consent")
    assert "may be given these entries" in page.text
    for reader in (first, auditor):
        page = await reader.get(f"{panel}/conflicts/report")
        assert "consented to by Farid Aziz" in page.text
        assert page.text.count("is of the same country") == 3
    assert "Settle what is forbidden" not in page.text
    await first.get(f"{panel}/conflicts/report")
    page = await first.submit("Settle what is forbidden", reason="Own country")
    assert "2 sheets are set aside" in page.text
    assert await id_of(EUN_JI)
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    assert "Ask for an override" not in (await first.get(f"{panel}/overrides")).text


async def test_a_declared_conflict_that_two_let_pass_is_not_ended_by_the_next_declaration(
    clock: FixedClock,
) -> None:
    made = await room(("FR", "KE"))
    await EditionRule.delete().where(EditionRule.code == "terms")
    ((person, seat),) = await judges(made, "KR")
    judge = Actor(person_id=person, name="A judge")
    command = DeclareConflicts(entries=(made.references[0],), reason="We met once")
    await declare_conflicts(seat_id=seat, command=command, actor=judge, clock=clock)
    await consent(
        made, await asked(made, seat, clock), await of(made, await factories.person("Farid")), clock
    )
    given = AssignByHand(seat=seat, reference=made.references[0])
    assert await assign_by_hand(round_id=made.round_id, command=given, actor=made.secretariat, clock=clock)
    assert await declare_conflicts(seat_id=seat, command=command, actor=judge, clock=clock) == 0
    assert await broken() == []


async def test_who_records_a_tie_is_told_what_it_forbids_now(client_for: ClientFor) -> None:
    made = await room(("KR", "KE"))
    ((person, seat),) = await judges(made, "FR")
    rows = await RoundEntry.select(RoundEntry.id).where(RoundEntry.entry == made.entries[0])
    await factories.assignment(rows[0]["id"], seat)
    await give(EUN_JI, "secretariat", made.season.scope)
    desk = await client_for(EUN_JI)
    await desk.get(f"/desk/{made.season.programme}/{made.season.edition}/judges/{person}")
    page = await desk.submit("#affiliation", kind="nationality", country="BR")
    assert "forbidden now" not in page.text
    page = await desk.submit("#affiliation", kind="nationality", country="KR")
    assert "1 entry that this judge has is forbidden now" in page.text
