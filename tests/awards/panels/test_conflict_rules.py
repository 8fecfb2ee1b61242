"""Every kind of conflict, with every effect, at every place where it is asked for."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from awards.actor import Actor
from awards.cities.tables import EntrantLink, Official
from awards.clock import FixedClock
from awards.editions.tables import ConflictRule, EditionRule
from awards.errors import Denied, Invalid
from awards.panels.forms import AssignByHand
from awards.panels.forms_conflicts import AskOverride
from awards.panels.queries import conflicts as asking
from awards.panels.queries import conflicts_of_people, round_by_id
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.overrides import report_of
from awards.panels.services import ask_override, assign_by_hand
from awards.panels.tables import (
    Affiliation,
    Assignment,
    DeclaredConflict,
    EntrySupplier,
    Nomination,
    RoundEntry,
)
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.queries import sheet_for_judge
from awards.scoresheets.services import open_sheet, save_sheet, sign_sheets
from awards.scoresheets.steps import Where
from judging.conflicts import Code, Effect
from judging.names import folded
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.awards.scoresheets.benches import save
from tests.factories import AT, DAY

Plant = Callable[[Room, int], Awaitable[object]]


def _belongs(kind: str, **more: object) -> Plant:
    return lambda made, person: factories.add(
        Affiliation, person=person, kind=kind, since=AT - 900 * DAY, **more
    )


def _told(source: str) -> Plant:
    return lambda made, person: factories.add(
        DeclaredConflict, person=person, edition=made.season.edition_id, entry=made.entries[0], source=source
    )


async def _official(made: Room, person: int) -> None:
    await factories.add(Official, person=person, entrant=made.cities[0], role="editor", since=AT - DAY)


async def _past_at_the_city(made: Room, person: int) -> None:
    await factories.add(
        Affiliation, person=person, kind="past", entrant=made.cities[0], since=AT - 900 * DAY, until=AT - DAY
    )


async def _twin(made: Room, person: int) -> None:
    twin = await factories.entrant("Twinhaven", country="SE")
    await factories.add(EntrantLink, a=made.cities[0], b=twin, kind="twin", since=AT - DAY)
    await factories.add(Affiliation, person=person, kind="employer", entrant=twin, since=AT - DAY)


async def _works_at_a_union(made: Room, person: int) -> None:
    union = await factories.entrant("Union of Cities", country="BE", kind="institution")
    await factories.add(EntrantLink, a=made.cities[0], b=union, kind="member", since=AT - DAY)
    await factories.add(
        Affiliation, person=person, kind="employer", organisation="Union of  cities", since=AT - DAY
    )


async def _supplier(made: Room, person: int, kind: str = "employer") -> None:
    await factories.add(
        EntrySupplier, entry=made.entries[0], name="Tramworks AB", folded=folded("Tramworks AB"), source="city",
        by=made.secretariat.person_id,
    )  # fmt: skip
    await factories.add(Affiliation, person=person, kind=kind, organisation="TRAMWORKS ab", since=AT - DAY)


async def _vendor(made: Room, person: int) -> None:
    await _supplier(made, person, "vendor")


async def _firm_on_record_supplies_the_city(made: Room, person: int) -> None:
    firm = await factories.entrant("Gridline", country="SE", kind="firm")
    await factories.add(EntrantLink, a=firm, b=made.cities[0], kind="supplier", since=AT - DAY)
    await factories.add(Affiliation, person=person, kind="employer", organisation="gridline", since=AT - DAY)


async def _nominated(made: Room, person: int) -> None:
    await factories.add(Nomination, person=person, by=made.cities[0])


async def _own_city(made: Room, person: int) -> None:
    await factories.add(Affiliation, person=person, kind="employer", entrant=made.cities[0], since=AT - DAY)


PLANTS: Mapping[str, tuple[Code, Plant]] = {
    "own city": (Code.OWN_CITY, _own_city),
    "official": (Code.OWN_CITY, _official),
    "own country": (Code.OWN_COUNTRY, _belongs("nationality", country="KR")),
    "employer": (Code.EMPLOYER, _belongs("employer", organisation="city 0 of  KR")),
    "past employer": (
        Code.PAST_EMPLOYER, _belongs("past", organisation="City 0 of KR", until=AT - 300 * DAY)
    ),
    "ended employer": (
        Code.PAST_EMPLOYER, _belongs("employer", organisation="City 0 of KR", until=AT - 300 * DAY)
    ),
    "past at the city": (Code.PAST_EMPLOYER, _past_at_the_city),
    "twin": (Code.LINKED, _twin),
    "member": (Code.LINKED, _works_at_a_union),
    "supplier": (Code.SUPPLIER, _supplier),
    "vendor": (Code.SUPPLIER, _vendor),
    "linked supplier": (Code.SUPPLIER, _firm_on_record_supplies_the_city),
    "nominated by": (Code.NOMINATED_BY, _nominated),
    "declared": (Code.DECLARED, _told("judge")),
    "declared by the entrant": (Code.DECLARED_BY_ENTRANT, _told("entrant")),
    "secretariat": (Code.SECRETARIAT, _told("secretariat")),
}  # fmt: skip


async def planted(name: str, effect: Effect, *, seats: int = 1) -> tuple[Room, int, int]:
    """A round with a judge's person and seat, and the conflict between them and the first entry alone."""
    made = await room(("KR", "KE"))
    await EditionRule.delete().where(EditionRule.code == "terms")
    ((person, seat), *_others) = await judges(made, *["FR"] * seats)
    code, plant = PLANTS[name]
    await factories.add(ConflictRule, edition=made.season.edition_id, code=code.value, effect=effect.value)
    await plant(made, person)
    return made, person, seat


def where(made: Room, number: int = 0) -> Where:
    return Where(made.season.programme, made.season.edition, "first", made.references[number])


def judge(person: int) -> Actor:
    return Actor(person_id=person, name="A judge")


@pytest.mark.parametrize("effect", list(Effect))
@pytest.mark.parametrize("name", PLANTS)
async def test_at_every_place(name: str, effect: Effect, clock: FixedClock) -> None:
    made, person, seat = await planted(name, effect)
    code, edition_id, forbids = PLANTS[name][0], made.season.edition_id, effect is Effect.FORBID

    # before an invitation
    result = await asking.tested(person, made.round_id, edition_id, AT)
    assert [(one.code, one.effect) for one in result.conflicts.of(person, made.entries[0])] == [
        (code, effect)
    ]
    assert not result.conflicts.of(person, made.entries[1])

    # at deliberation, for anybody
    people = await conflicts_of_people(made.round_id, edition_id, [person, made.secretariat.person_id], AT)
    assert list(people[person]) == [made.entries[0]]
    assert people[made.secretariat.person_id] == {}

    # at assignment
    command = AssignByHand(seat=seat, reference=made.references[0])
    given = assign_by_hand(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    if forbids:
        with pytest.raises(Invalid):
            await given
        place = await RoundEntry.select(RoundEntry.id).where(RoundEntry.entry == made.entries[0])
        assignment = await factories.assignment(place[0]["id"], seat)  # as if it were found out later
    else:
        assert len(await given) == (1 if effect is Effect.WARN else 0)
        rows = await Assignment.select(Assignment.id, Assignment.known_conflicts)
        assert rows[0]["known_conflicts"] == code.value
        assignment = rows[0]["id"]

    # in the report
    report = await report_of(await round_by_id(made.round_id), AT)
    assert [(one.finding.code, one.finding.effect, one.known) for one in report.lines] == [
        (code, effect, not forbids)
    ]
    assert report.to_settle == int(forbids)

    # when the judge opens the entry
    actor = judge(person)
    view = await sheet_for_judge(actor, where(made), AT)
    assert (view.in_conflict, view.entry is None, view.criteria == ()) == (forbids, forbids, forbids)
    if forbids:
        with pytest.raises(Denied, match="in conflict"):
            await open_sheet(where=where(made), actor=actor, clock=clock)
    else:
        await open_sheet(where=where(made), actor=actor, clock=clock)

    # at scoring, and at signing off
    change = save("first", 0, {"impact": 7, "new": 5})
    if forbids:
        with pytest.raises(Denied, match="in conflict"):
            await save_sheet(where=where(made), command=change, actor=actor, clock=clock)
        await factories.scoresheet(assignment, {"impact": 7, "new": 5}, signed=False)
    else:
        await save_sheet(where=where(made), command=change, actor=actor, clock=clock)
    names = {"programme": made.season.programme, "edition": made.season.edition, "round_code": "first"}
    sign = sign_sheets(
        **names, command=SignSheets(sheets=(f"{made.references[0]}:1",), agree="1"), actor=actor, clock=clock
    )
    if forbids:
        with pytest.raises(Invalid, match="conflict rule"):
            await sign
    else:
        assert (await sign).sheets == 1


async def test_a_judge_learns_no_more_than_that_a_rule_forbids_it(clock: FixedClock) -> None:
    made, person, seat = await planted("declared by the entrant", Effect.FORBID)
    place = await RoundEntry.select(RoundEntry.id).where(RoundEntry.entry == made.entries[0])
    await factories.assignment(place[0]["id"], seat)
    with pytest.raises(Denied) as refused:
        await open_sheet(where=where(made), actor=judge(person), clock=clock)
    assert "city" not in str(refused.value.why)


async def test_a_post_counts_for_as_long_as_the_edition_says(clock: FixedClock) -> None:
    made, person, _seat = await planted("past employer", Effect.WARN)
    edition_id = made.season.edition_id
    for years, counts in (("1", True), ("", True)):
        await ConflictRule.update({ConflictRule.values: years}).where(ConflictRule.code == "past_employer")
        found = await conflicts_of_pair(person, made.entries[0], made.round_id, edition_id, AT)
        assert bool(found) is counts
    later = AT + 100 * DAY  # more than a year after the end
    await ConflictRule.update({ConflictRule.values: "1"}).where(ConflictRule.code == "past_employer")
    assert not await conflicts_of_pair(person, made.entries[0], made.round_id, edition_id, later)
    await ConflictRule.update({ConflictRule.values: "2"}).where(ConflictRule.code == "past_employer")
    assert await conflicts_of_pair(person, made.entries[0], made.round_id, edition_id, later)


async def test_a_name_that_is_only_like_a_supplier_warns(clock: FixedClock) -> None:
    made, person, _seat = await planted("supplier", Effect.FORBID)
    await Affiliation.update({Affiliation.organisation: "Tramworks"}).where(
        (Affiliation.person == person) & (Affiliation.kind == "employer")
    )
    (found,) = await conflicts_of_pair(person, made.entries[0], made.round_id, made.season.edition_id, AT)
    assert (found.code, found.effect) == (Code.SUPPLIER, Effect.WARN)


async def test_links_and_suppliers_count_from_and_until_their_day(clock: FixedClock) -> None:
    for name, table in (("twin", EntrantLink), ("supplier", EntrySupplier)):
        made, person, _seat = await planted(name, Effect.FORBID)
        pair = (person, made.entries[0], made.round_id, made.season.edition_id)
        assert await conflicts_of_pair(*pair, AT + DAY)
        ends = "until" if name == "twin" else "ended_at"
        await table.update({getattr(table, ends): AT}).where(getattr(table, ends).is_null())
        assert not await conflicts_of_pair(*pair, AT + DAY)


async def test_what_nothing_forbids_is_not_overridden(clock: FixedClock) -> None:
    made, _person, seat = await planted("own country", Effect.WARN)
    actor = Actor(
        person_id=made.secretariat.person_id, name="Eun-ji", grants=made.secretariat.grants, proved_at=AT
    )
    command = AskOverride(seat=seat, entries=(made.references[0],), reason="Nobody else reads Korean")
    with pytest.raises(Invalid, match="No rule forbids"):
        await ask_override(round_id=made.round_id, command=command, actor=actor, clock=clock)
