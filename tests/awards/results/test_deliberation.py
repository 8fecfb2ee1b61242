"""What a panel puts on record, what it may not, and how two people conclude it."""

import pytest
from msgspec import structs

from awards.actor import Actor
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import EditionRule
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels.tables import Seat
from awards.results import services
from awards.results.deliberating import may_open
from awards.results.forms import DecidePrizes
from awards.results.forms_deliberation import (
    AgreeMarks,
    AskToConclude,
    AttachResult,
    LeaveRoom,
    MoveEntry,
    Note,
    OpenDeliberation,
    Renew,
    ReturnToRoom,
)
from awards.results.queries.deliberation import acts_to_publish, decided_order, open_deliberations
from awards.results.queries.meeting import sitting_by_id
from awards.results.rules import Pick
from awards.results.services import concluding, deliberation
from awards.results.steps import adopted_holds
from awards.results.steps_deliberation import Place
from awards.results.tables import DeliberationAct, Standing
from tests import factories
from tests.awards.results.further import ask as ask_for_reads
from tests.awards.results.leaving_out import left_out, version_of
from tests.awards.results.meeting import Met, adopt_another, adopted, met
from tests.factories import AT, add
from tests.people import AMINA, CHIARA, DANIYAR, EUN_JI, FARID, LEILA, Member, id_of

WHY = "The visit found it at work in every district."


async def note(made: Met, entry: int | None, member: Member = CHIARA, reason: str = WHY) -> int:
    reference = "" if entry is None else made.season.references[entry]
    return await deliberation.put_note(
        place=made.place, command=Note(entry=reference, reason=reason), actor=await made.actor(member),
        clock=made.clock,
    )  # fmt: skip


async def move(made: Met, entry: int, to: str, member: Member = CHIARA, seen: int | None = None) -> int:
    command = MoveEntry(
        entry=made.season.references[entry], to=to, reason=WHY,
        seen=(await made.meeting()).moves if seen is None else seen,
    )  # fmt: skip
    return await deliberation.move_entry(
        place=made.place, command=command, actor=await made.actor(member), clock=made.clock
    )


async def leave(made: Met, who: Member, entry: int | None = None, by: Member = CHIARA) -> int:
    reference = "" if entry is None else made.season.references[entry]
    return await deliberation.leave_room(
        place=made.place, command=LeaveRoom(person=await id_of(who), entry=reference),
        actor=await made.actor(by), clock=made.clock,
    )  # fmt: skip


async def back(made: Met, who: Member, by: Member = CHIARA) -> int:
    return await deliberation.return_to_room(
        place=made.place, command=ReturnToRoom(person=await id_of(who)), actor=await made.actor(by),
        clock=made.clock,
    )  # fmt: skip


async def test_a_decision_stands_beside_what_the_numbers_said(clock: FixedClock) -> None:
    made = await met(clock)
    numbers = await Standing.count()
    await leave(made, LEILA, 0, by=LEILA)
    assert await made.order() == list("123456")
    await move(made, 2, "1")
    assert await made.order() == list("312456")
    await deliberation.agree_marks(
        place=made.place,
        command=AgreeMarks(
            entry=made.season.references[0], marks=(("impact", 8),), reason="Less than it says."
        ),
        actor=await made.actor(),
        clock=clock,
    )
    await made.consent(await made.sign(statement="The panel visited three cities."))
    decided = await decided_order(made.season.season.edition_id, "first", "inclusive")
    assert decided is not None
    assert decided.order[made.season.references[2]] == 1
    assert decided.by_numbers[made.season.references[2]] == 3
    assert {ref[-1] for ref in decided.moved} == {"1", "2", "3"}
    (told,) = await acts_to_publish(made.season.season.edition_id)
    assert (told.statement, told.leavings, told.notes) == ("The panel visited three cities.", 1, 0)
    assert [(act.kind, act.entry[-1], act.place, dict(act.marks)) for act in told.acts] == [
        ("move", "3", 1, {}),
        ("consensus", "1", None, {"impact": 8}),
    ]
    assert await Standing.count() == numbers
    assert [one for one in await broken() if "deliberat" in one.rule or "concluded" in one.rule] == []
    mails = await Message.select(Message.to).where(Message.template == "deliberation-opened")
    assert {mail["to"] for mail in mails} == {CHIARA.email, DANIYAR.email, LEILA.email}
    with pytest.raises(Denied, match="is concluded"):
        await note(made, 1)


async def test_nothing_is_decided_while_somebody_in_conflict_is_in_the_room(clock: FixedClock) -> None:
    made = await met(clock)
    with pytest.raises(Denied, match="Leila Haddad"):
        await note(made, 0)
    await note(made, 1)
    with pytest.raises(Denied, match="Leila Haddad"):  # the second passes the first: its place changes too
        await move(made, 1, "1")
    await move(made, 2, "2")
    await leave(made, LEILA, 0)
    await note(made, 0)
    await back(made, LEILA)
    with pytest.raises(Denied, match="Leila Haddad"):
        await note(made, 0, reason="Once more")


async def test_who_is_in_conflict_does_not_find_the_entry_nor_signs_the_order(clock: FixedClock) -> None:
    made = await met(clock)
    found = await sitting_by_id(made.place.round_id, "inclusive", await made.actor(LEILA), clock.now())
    assert made.season.references[0] not in found.shown
    assert found.places(found.meeting.order)[made.season.references[1]] == 1
    with pytest.raises(NotFound):
        await note(made, 0, LEILA)
    await note(made, 1, LEILA)
    with pytest.raises(Denied, match="another member signs"):
        await move(made, 4, "4", LEILA)
    with pytest.raises(Denied, match="others sign"):
        await made.sign(LEILA)


async def test_who_is_out_of_the_room_says_nothing(clock: FixedClock) -> None:
    made = await met(clock, absent=[DANIYAR])
    with pytest.raises(Denied, match="out of the room"):
        await note(made, 1, DANIYAR)
    await back(made, DANIYAR, by=DANIYAR)
    await note(made, 1, DANIYAR)
    # Twice is once; and nobody of the city finds the meeting.
    assert await leave(made, LEILA) == await leave(made, LEILA)
    with pytest.raises(NotFound):
        await note(made, 1, AMINA)


async def test_scorers_deliberate_where_the_whole_panel_does(clock: FixedClock) -> None:
    jury = await met(clock)
    scorer = jury.season.judges[0]
    found = await sitting_by_id(jury.place.round_id, "inclusive", await jury.actor(EUN_JI), clock.now())
    assert {one.role for one in found.members} == {"chair", "jury"}
    with pytest.raises(NotFound):
        await deliberation.leave_room(
            place=jury.place, command=LeaveRoom(person=scorer), actor=await jury.actor(), clock=clock
        )


async def test_only_the_secretariat_opens_and_only_on_an_adopted_run(clock: FixedClock) -> None:
    season = await adopted(clock)
    made = Met(season, Place(season.season.round_id, "inclusive"), clock)
    command = OpenDeliberation(who="jury", present=())
    with pytest.raises(Invalid, match="Nobody of that kind"):
        await deliberation.open_deliberation(
            place=made.place, command=command, actor=await made.actor(EUN_JI), clock=clock
        )
    with pytest.raises(NotFound):
        await deliberation.open_deliberation(
            place=made.place, command=command, actor=await made.actor(CHIARA), clock=clock
        )


@pytest.mark.parametrize("role", ["chair", "jury"])
async def test_who_is_seated_later_to_deliberate_leaves_the_run_as_it_is(
    clock: FixedClock, role: str
) -> None:
    season = await adopted(clock)
    person = await factories.judge("Noor Haddad", country="FR")
    await factories.seat(season.season.round_id, person, role=role, conflicts_declared_at=AT)
    async with transaction():
        assert await adopted_holds(season.season.round_id)


async def test_two_screens(clock: FixedClock) -> None:
    """A move drawn from an order that is not the order any more is not made; nor one that changes nothing."""
    made = await met(clock)
    await move(made, 4, "4")
    with pytest.raises(Stale):
        await move(made, 5, "4", DANIYAR, seen=0)
    with pytest.raises(Invalid, match="does not stand already"):
        await move(made, 4, "4")
    first = await note(made, 1)
    assert await note(made, 1) == first  # pressed twice
    assert await note(made, 1, DANIYAR) == first + 1


async def test_marks_that_are_not_on_the_scale(clock: FixedClock) -> None:
    made = await met(clock)
    for marks in ((("impact", 11),), (("nothing", 1),), ()):
        with pytest.raises(Invalid):
            await deliberation.agree_marks(
                place=made.place,
                command=AgreeMarks(entry=made.season.references[1], marks=marks, reason=WHY),
                actor=await made.actor(),
                clock=clock,
            )


async def test_nothing_is_settled_while_a_panel_meets(clock: FixedClock) -> None:
    """Neither its round nor its prizes; and once the round is decided no panel begins."""
    made = await met(clock)
    edition_id, round_id = made.season.season.edition_id, made.place.round_id

    async def declare() -> None:
        actor, version = await made.actor(EUN_JI), await version_of(made.season)
        await services.decide_round(round_id=round_id, version=version, actor=actor, clock=clock)

    with pytest.raises(Denied, match="Two people conclude it"):
        await declare()
    gold = Pick("gold", 1, made.season.references[0])
    command = DecidePrizes(edition_id, "inclusive", (gold,))
    with pytest.raises(Denied, match="not concluded"):
        await services.decide_prizes(command=command, actor=await made.actor(EUN_JI), clock=clock)
    actor = await made.actor(EUN_JI)
    assert await services.take_proposals(edition_id=edition_id, actor=actor, clock=clock) == 0
    await leave(made, LEILA)
    await made.consent(await made.sign())
    assert await services.decide_prizes(command=command, actor=await made.actor(EUN_JI), clock=clock) == 1
    await declare()
    assert may_open("decided", "criteria", 1) is not None


# --- two people conclude ------------------------------------------------------------------------------------


async def test_one_person_never_concludes(clock: FixedClock) -> None:
    made = await met(clock)
    approval = await made.sign()
    with pytest.raises(Denied, match="You asked for it"):
        await made.consent(approval, CHIARA)
    with pytest.raises(Denied, match="waits for its second signature"):
        await note(made, 1)
    with pytest.raises(Denied, match="others sign"):
        await made.consent(approval, LEILA)
    assert await decided_order(made.season.season.edition_id, "first", "inclusive") is None
    await made.consent(approval, DANIYAR)
    assert (await made.meeting()).state == "concluded"
    with pytest.raises(Stale):  # the same signature sent again
        await made.consent(approval, EUN_JI)


async def test_a_signature_takes_a_fresh_password_and_no_marks_of_ones_own(clock: FixedClock) -> None:
    made = await met(clock)
    command = AskToConclude(sha256=(await made.meeting()).fingerprint())
    stale = structs.replace(await made.actor(), proved_at=None)
    with pytest.raises(Denied, match="password"):
        await concluding.ask_to_conclude(place=made.place, command=command, actor=stale, clock=clock)
    scorer = structs.replace(await made.actor(EUN_JI), person_id=made.season.judges[0])
    with pytest.raises(Denied, match="judged in it"):
        await concluding.ask_to_conclude(place=made.place, command=command, actor=scorer, clock=clock)


async def test_what_is_signed_is_what_stood_there(clock: FixedClock) -> None:
    made = await met(clock)
    before = (await made.meeting()).fingerprint()
    await note(made, 1)
    with pytest.raises(Stale):
        await concluding.ask_to_conclude(
            place=made.place, command=AskToConclude(sha256=before), actor=await made.actor(), clock=clock
        )
    approval = await made.sign()
    # A row that came by no verb of ours: the second signature is not given to it.
    meeting = await made.meeting()
    await add(
        DeliberationAct, deliberation=meeting.id, number=9, kind="note", run=meeting.run_id, reason="slipped in",
        by=await id_of(CHIARA),
    )  # fmt: skip
    with pytest.raises(Denied, match="not what it was"):
        await made.consent(approval)


async def test_another_run_is_taken_up_before_anything_else(clock: FixedClock) -> None:
    made = await met(clock)
    edition_id = made.season.season.edition_id
    await move(made, 4, "4")
    await made.consent(await made.sign())
    assert await open_deliberations(edition_id, AT) == []
    await left_out(made.season, clock)
    await adopt_another(made.season, clock)
    assert await decided_order(edition_id, "first", "inclusive") is None
    assert "another has replaced" in (await open_deliberations(edition_id, AT))[0].text
    await deliberation.renew_deliberation(
        place=made.place,
        command=Renew(reason="A sheet was left out."),
        actor=await made.actor(EUN_JI),
        clock=clock,
    )
    # The move was made on other numbers: it stays on record and counts no more.
    meeting = await made.meeting()
    assert meeting.order == meeting.ranks
    assert [act.kind for act in meeting.acts] == ["move", "renew"]
    assert "not concluded" in (await open_deliberations(edition_id, AT))[0].text
    await made.consent(await made.sign(DANIYAR), FARID)
    assert await acts_to_publish(edition_id) != []


async def test_a_result_is_attached_and_changes_no_number(clock: FixedClock) -> None:
    made = await met(clock)
    command = AttachResult(entry=made.season.references[1], title="Site visit, 12 May", reason=WHY)
    await deliberation.attach_result(
        place=made.place, command=command, arrived=None, actor=await made.actor(), clock=clock
    )
    assert await made.order() == list("123456")
    await made.consent(await made.sign())
    (told,) = await acts_to_publish(made.season.season.edition_id)
    assert told.attached == ((made.season.references[1], "Site visit, 12 May"),)
    assert told.acts == ()


async def test_two_results_in_the_same_words_are_two(clock: FixedClock) -> None:
    """A button that is pressed twice says a thing once; another visit that found the same is another thing."""
    made = await met(clock)
    for title in ("Visit in May", "Visit in May", "Visit in June"):
        command = AttachResult(entry=made.season.references[1], title=title, reason=WHY)
        await deliberation.attach_result(
            place=made.place, command=command, arrived=None, actor=await made.actor(), clock=clock
        )
    assert [act.title for act in (await made.meeting()).acts] == ["Visit in May", "Visit in June"]


async def test_a_secretary_who_acts_for_an_entrant_does_not_find_it(clock: FixedClock) -> None:
    made = await met(clock)
    await factories.official(await id_of(FARID), made.season.entrants[3], since=AT)
    with pytest.raises(NotFound):
        await note(made, 1, FARID)


async def test_a_panel_reads_no_average_while_entries_are_read_once_more(clock: FixedClock) -> None:
    """A scorer who deliberates may have a sheet to write: what stood there is shown again when the round is closed."""
    made = await met(clock, who="panel")
    await Seat.update({Seat.conflicts_declared_at: AT}).where(Seat.round == made.place.round_id)
    await EditionRule.delete().where(EditionRule.code == "terms")
    await ask_for_reads(made.season, clock, (0, 3))
    scorer = Actor(person_id=made.season.judges[3], name="Person")
    for actor in (scorer, await made.actor(CHIARA)):
        with pytest.raises(Denied, match="read once more"):
            await sitting_by_id(made.place.round_id, "inclusive", actor, clock.now())
    found = await sitting_by_id(made.place.round_id, "inclusive", await made.actor(EUN_JI), clock.now())
    assert found.meeting.standings
