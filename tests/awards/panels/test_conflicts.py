"""Conflicts by rule: computed from what is known at the date in question, with the edition's effects."""

from datetime import timedelta

import pytest

from awards.editions.tables import ConflictRule
from awards.panels.queries import conflicts_of_round
from awards.panels.tables import Affiliation, DeclaredConflict, Nomination
from judging.conflicts import Effect
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT, DAY


async def codes(made: Room, person_id: int, number: int = 0, *, days: int = 0) -> dict[str, Effect]:
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT + timedelta(days=days))
    return {finding.code.value: finding.effect for finding in found.of(person_id, made.entries[number])}


async def test_own_country_forbids_by_default(clock: object) -> None:
    made = await room(("KR", "KE"))
    ((person, _seat),) = await judges(made, "KR")
    assert await codes(made, person) == {"own_country": Effect.FORBID}
    assert await codes(made, person, 1) == {}


@pytest.mark.parametrize("effect", list(Effect))
async def test_the_editions_rule_says_what_it_does(effect: Effect) -> None:
    made = await room(("KR",))
    ((person, _seat),) = await judges(made, "KR")
    await factories.add(ConflictRule, edition=made.season.edition_id, code="own_country", effect=effect.value)
    await factories.add(ConflictRule, edition=made.season.edition_id, code="unheard of", effect="forbid")
    assert await codes(made, person) == {"own_country": effect}


async def test_every_kind(clock: object) -> None:
    made = await room(("KR",))
    ((person, _seat),) = await judges(made, "FR")
    await factories.add(Affiliation, person=person, entrant=made.cities[0], kind="home", since=AT - DAY)
    await factories.add(
        Affiliation, person=person, organisation="city 0  of kr", kind="employer", since=AT - DAY
    )
    await factories.add(Affiliation, person=person, country="KR", kind="nationality", since=AT - DAY)
    await factories.add(Nomination, person=person, by=made.cities[0])
    for source in ("judge", "entrant", "secretariat"):
        await factories.add(
            DeclaredConflict,
            person=person,
            edition=made.season.edition_id,
            entry=made.entries[0],
            source=source,
        )
    assert await codes(made, person) == {
        "own_city": Effect.FORBID,
        "own_country": Effect.FORBID,
        "employer": Effect.FORBID,
        "nominated_by": Effect.WARN,
        "declared": Effect.FORBID,
        "declared_by_entrant": Effect.FORBID,
        "secretariat": Effect.FORBID,
    }


async def test_the_date_in_question_decides(clock: object) -> None:
    made = await room(("KR",))
    ((person, _seat),) = await judges(made, "FR")
    await factories.add(
        Affiliation, person=person, entrant=made.cities[0], kind="employer", since=AT, until=AT + 2 * DAY
    )
    found = [await codes(made, person, days=day) for day in (-1, 0, 1, 2, 3)]
    assert ["own_city" in one for one in found] == [False, True, True, False, False]
    assert ["past_employer" in one for one in found] == [False, False, False, True, True]


async def test_a_firms_entry_is_of_its_citys_country(clock: object) -> None:
    made = await room(("KR",))
    firm = await factories.entrant("Tramworks", country="DE", kind="firm")
    entry = await factories.entry(made.season, firm, state="eligible", for_city=made.cities[0])
    await factories.round_entry(made.round_id, entry)
    ((german, _), (korean, _)) = await judges(made, "DE", "KR")
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert not found.of(german, entry)
    assert found.forbidden(korean, entry)
