"""A city tells whom it would rather not be judged by, and who supplies its entry; it learns nothing of judges."""

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import ConflictRule, Edition, EditionRule
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.forms_conflicts import AddSupplier, DecideObjection, EndSupplier, Object, WithdrawObjection
from awards.panels.queries import conflicts as asking
from awards.panels.queries import conflicts_of_round
from awards.panels.queries.objections import may_be_one, objections_of_entry, suppliers_of_entry
from awards.panels.services import (
    add_supplier,
    decide_objection,
    end_supplier,
    object_to_judge,
    withdraw_objection,
)
from awards.panels.tables import Assignment, DeclaredConflict, EntrySupplier, Objection, RoundEntry, SetAside
from judging.conflicts import Code
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT
from tests.people import AMINA, EUN_JI, INES, give, id_of
from tests.serving import ClientFor

WHY = "He lost the tender for it"


async def official(made: Room, role: str = "editor", number: int = 0) -> Actor:
    person = await factories.person("Amina Diallo")
    await factories.official(person, made.cities[number], role=role)
    return Actor(person_id=person, name="Amina Diallo")


async def objected(made: Room, actor: Actor, clock: FixedClock, name: str = "Jean Dupont") -> int:
    command = Object(name=name, reason=WHY)
    return await object_to_judge(reference=made.references[0], command=command, actor=actor, clock=clock)


async def decided(
    made: Room, clock: FixedClock, actor: Actor | None = None, **more: object
) -> tuple[int, int]:
    return await decide_objection(
        programme_id=made.season.programme_id,
        edition_id=made.season.edition_id,
        command=DecideObjection.model_validate(more),
        actor=actor or made.secretariat,
        clock=clock,
    )


async def state_of(objection: int) -> str:
    rows = await Objection.select(Objection.state).where(Objection.id == objection)
    return str(rows[0]["state"])


async def test_accepted_it_is_a_conflict_of_that_judge(clock: FixedClock) -> None:
    made = await room(("KR", "KE"))
    ((person, seat),) = await judges(made, "FR")
    rows = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.round_id)
        .order_by(RoundEntry.id)
    )
    assignment = await factories.assignment(rows[0]["id"], seat)
    await factories.scoresheet(assignment, {"impact": 7, "new": 5}, signed=True)
    objection = await objected(made, await official(made), clock)
    assert await decided(made, clock, objection=objection, outcome="accept", judge=person) == (1, 0)
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert [one.code for one in found.of(person, made.entries[0])] == [Code.DECLARED_BY_ENTRANT]
    assert (await Assignment.select(Assignment.state))[0]["state"] == "set aside"
    # The judge reads neither who said it nor what.
    reasons = [row["reason"] for row in await SetAside.select(SetAside.reason)]
    mails = [row["values"] for row in await Message.select(Message.values)]
    assert WHY not in f"{reasons}{mails}"
    assert "city" not in reasons[0]
    with pytest.raises(Stale):
        await decided(made, clock, objection=objection, outcome="none")


async def test_a_rule_that_only_reports_ends_nothing(clock: FixedClock) -> None:
    made = await room(("KR",))
    await factories.add(
        ConflictRule, edition=made.season.edition_id, code="declared_by_entrant", effect="report"
    )
    ((person, seat),) = await judges(made, "FR")
    rows = await RoundEntry.select(RoundEntry.id)
    await factories.assignment(rows[0]["id"], seat)
    objection = await objected(made, await official(made), clock)
    assert await decided(made, clock, objection=objection, outcome="accept", judge=person) == (0, 0)
    assert (await Assignment.select(Assignment.state))[0]["state"] == "given"


async def test_the_city_reads_the_same_whether_the_person_judges_or_not(clock: FixedClock) -> None:
    made = await room(("KR",))
    ((person, _seat),) = await judges(made, "FR")
    actor = await official(made)
    judge = await objected(made, actor, clock)
    nobody = await objected(made, actor, clock, "Nobody Known")
    before = await objections_of_entry(made.entries[0])
    assert {(one.state, one.answer) for one in before} == {("asked", "")}
    await decided(made, clock, objection=judge, outcome="accept", judge=person)
    await decided(made, clock, objection=nobody, outcome="none", answer="ignored")
    assert {(one.state, one.answer) for one in await objections_of_entry(made.entries[0])} == {("seen", "")}
    assert await DeclaredConflict.count() == 1
    assert await Message.count() == 0


async def test_somebody_of_that_name_joins_later(clock: FixedClock, client_for: ClientFor) -> None:
    made = await room(("KR",))
    actor = await official(made)
    objection = await objected(made, actor, clock)
    await decided(made, clock, objection=objection, outcome="none")
    late = await factories.judge("Dupont Jean")
    result = await asking.tested(late, made.round_id, made.season.edition_id, AT)
    assert result.objections == (("Jean Dupont", f"City 0 of KR, {await title(made)}"),)
    await give(EUN_JI, "secretariat", made.season.scope)
    desk = await client_for(EUN_JI)
    place = f"/desk/{made.season.programme}/{made.season.edition}"
    page = await desk.get(f"{place}/panels/first/test/{late}")
    assert "A city may mean this judge" in page.text
    await desk.click("Decide who is meant")
    await desk.click("Decide again")
    page = await desk.submit(f"#decide-{objection}", outcome="accept")
    assert "Does not judge it: Dupont Jean" in page.text
    assert [one.state for one in await objections_of_entry(made.entries[0])] == ["seen"]
    page = await desk.get(f"{place}/panels/first/test/{late}")
    assert "A city may mean this judge" not in page.text


async def title(made: Room) -> str:
    rows = await Entry.select(Entry.title).where(Entry.id == made.entries[0])
    return str(rows[0]["title"])


async def test_declined_with_a_reason(clock: FixedClock) -> None:
    made = await room(("KR",))
    objection = await objected(made, await official(made), clock)
    with pytest.raises(Invalid, match="Tell the city why"):
        await decided(made, clock, objection=objection, outcome="decline")
    with pytest.raises(Invalid, match="Choose who is meant"):
        await decided(made, clock, objection=objection, outcome="accept")
    with pytest.raises(Invalid, match="from the list"):
        await decided(made, clock, objection=objection, outcome="accept", judge=made.secretariat.person_id)
    await decided(made, clock, objection=objection, outcome="decline", answer="Competition is no conflict.")
    (shown,) = await objections_of_entry(made.entries[0])
    assert (shown.state, shown.answer) == ("declined", "Competition is no conflict.")


async def test_said_once_and_withdrawn(clock: FixedClock) -> None:
    made = await room(("KR",))
    actor = await official(made)
    objection = await objected(made, actor, clock)
    with pytest.raises(Invalid, match="has this request already"):
        await objected(made, actor, clock, "jean  DUPONT")
    command = WithdrawObjection(objection=objection)
    await withdraw_objection(reference=made.references[0], command=command, actor=actor, clock=clock)
    with pytest.raises(Stale):
        await withdraw_objection(reference=made.references[0], command=command, actor=actor, clock=clock)
    with pytest.raises(Stale):
        await decided(made, clock, objection=objection, outcome="none")
    await objected(made, actor, clock)
    assert [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)] == [
        "objection to a judge", "objection withdrawn", "objection to a judge",
    ]  # fmt: skip


async def test_names_are_not_tried_one_by_one(clock: FixedClock) -> None:
    made = await room(("KR",))
    actor = await official(made)
    for number in range(10):
        await objected(made, actor, clock, f"Person {number}")
    with pytest.raises(Invalid, match="10 requests"):
        await objected(made, actor, clock, "One More")


async def test_who_may_ask_and_decide(clock: FixedClock) -> None:
    made = await room(("KR", "KE"))
    with pytest.raises(Denied, match="reader"):
        await objected(made, await official(made, "reader"), clock)
    with pytest.raises(NotFound):
        await objected(made, await official(made, number=1), clock)
    actor = await official(made)
    objection = await objected(made, actor, clock)
    with pytest.raises(NotFound):
        await decided(made, clock, actor, objection=objection, outcome="none")
    elsewhere = await room(("KR",))
    with pytest.raises(NotFound):
        await decided(elsewhere, clock, objection=objection, outcome="none")
    with pytest.raises(NotFound):
        await withdraw_objection(
            reference=made.references[1],
            command=WithdrawObjection(objection=objection),
            actor=await official(made, number=1),
            clock=clock,
        )
    await Edition.update({Edition.state: "decided"}).where(Edition.id == made.season.edition_id)
    with pytest.raises(Denied, match="decided"):
        await objected(made, actor, clock, "Somebody Else")


async def test_suppliers_are_told_by_the_city_and_by_the_secretariat(clock: FixedClock) -> None:
    made = await room(("KR",))
    actor, reference = await official(made), made.references[0]
    firm = AddSupplier(name="Tramworks AB")
    own = await add_supplier(reference=reference, source="city", command=firm, actor=actor, clock=clock)
    with pytest.raises(Invalid, match="already"):
        await add_supplier(
            reference=reference, source="secretariat", command=AddSupplier(name="tramworks  ab"),
            actor=made.secretariat, clock=clock,
        )  # fmt: skip
    other = AddSupplier(name="Gridline")
    theirs = await add_supplier(
        reference=reference, source="secretariat", command=other, actor=made.secretariat, clock=clock
    )
    assert [(one.name, one.source) for one in await suppliers_of_entry(made.entries[0])] == [
        ("Gridline", "secretariat"), ("Tramworks AB", "city"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await end_supplier(
            reference=reference, source="city", command=EndSupplier(supplier=theirs), actor=actor, clock=clock
        )
    for source, who in (("secretariat", actor), ("city", made.secretariat)):
        with pytest.raises(NotFound):
            await add_supplier(
                reference=reference, source=source, command=AddSupplier(name="X"), actor=who, clock=clock
            )
    await end_supplier(
        reference=reference, source="city", command=EndSupplier(supplier=own), actor=actor, clock=clock
    )
    with pytest.raises(Stale):
        await end_supplier(
            reference=reference, source="city", command=EndSupplier(supplier=own), actor=actor, clock=clock
        )
    assert await EntrySupplier.count() == 2
    await add_supplier(reference=reference, source="city", command=firm, actor=actor, clock=clock)


@pytest.mark.parametrize(
    ("one", "other", "likely"),
    [
        ("Jean Dupont", "Dupont, Jean", True),
        ("Jean Dupont", "Jean-Marie Dupont", True),
        ("Jean Dupont", "Jean Dupond", True),
        ("Renée Müller", "Renee Muller", True),
        ("Jean Dupont", "Jean Martin", False),
        ("Dupont", "Jean Dupont", False),
        ("", "Jean Dupont", False),
    ],
)
def test_whom_a_name_may_mean(one: str, other: str, likely: bool) -> None:
    assert may_be_one(one, other) is likely


async def test_the_pages_of_both_sides(client_for: ClientFor) -> None:
    made = await room(("KR", "KE"))
    await EditionRule.delete().where(EditionRule.code == "terms")
    await judges(made, "FR")
    chiara = await factories.judge("Chiara Fontana", country="IT")
    await factories.seat(made.round_id, chiara, conflicts_declared_at=AT)
    await factories.official(await id_of(AMINA), made.cities[0], role="owner")
    await factories.official(await id_of(INES), made.cities[1])
    await give(EUN_JI, "secretariat", made.season.scope)
    city, desk, stranger = [await client_for(member) for member in (AMINA, EUN_JI, INES)]
    path = f"/city/entries/{made.references[0]}/about-judges"

    await stranger.get(path, status=404)
    await city.get(f"/city/entries/{made.references[0]}")
    await city.click("Who should not judge it")
    page = await city.submit("#object", name="", reason="", status=422)
    assert "Enter" in page.text
    page = await city.submit("#object", name="Fontana Chiara", reason=WHY)
    assert "The secretariat has your request" in page.text
    page = await city.submit("#supplier", name="Tramworks AB")
    assert "Tramworks AB" in page.text

    page = await desk.get(f"/desk/{made.season.programme}/{made.season.edition}")
    await desk.click("Answer 1 city that asks for another judge")
    page = await desk.submit(
        f"#decide-{await only_objection()}", outcome="accept"
    )  # the likely judge is chosen
    assert "Does not judge it: Chiara Fontana" in page.text
    page = await desk.submit("#supplier", reference=made.references[0], name="tramworks ab", status=422)
    assert "on the list already" in page.text
    page = await desk.submit("#supplier", reference=made.references[0], name="Gridline")
    assert "Gridline" in page.text

    page = await city.get(path)
    assert "Noted" in page.text
    assert "Chiara Fontana" not in page.text


async def only_objection() -> int:
    rows = await Objection.select(Objection.id)
    return int(rows[0]["id"])
