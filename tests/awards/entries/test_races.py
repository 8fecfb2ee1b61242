"""What happens when two people act in the same instant, with real commits on a database of their own."""

import asyncio
from collections.abc import Awaitable

import pytest

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.entries import queries, services
from awards.entries.facts import Rule
from awards.entries.forms import SaveAnswer, StartEntry, SubmitEntry
from awards.entries.forms_approval import ApproveEntry, DeclineEntry, GrantExemption
from awards.entries.services.approvals import approve_entry, decline_entry
from awards.entries.services.exemptions import grant_exemption
from awards.entries.tables import AnswerRevision, Entry, EntryConsent, EntryVersion, Exemption
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.commits
CLOCK = FixedClock(AT)


async def scene(**rules: str) -> tuple[str, StartEntry, list[Actor]]:
    """A draft that may be submitted, what starts another, and two people."""
    season = await factories.season(rules=rules)
    city = await factories.entrant("Lindmere", kind="city")
    people = []
    for name in ("Amina Okoro", "Bao Tran"):
        people.append(Actor(await factories.person(name), name))
        await factories.official(people[-1].person_id, city)
    start = StartEntry(
        edition=f"{season.programme}/{season.edition}", entrant=city, category="inclusive", title="Low floors"
    )
    reference = await services.start_entry(command=start, actor=people[0], clock=CLOCK)
    return reference, start, people


def save(reference: str, actor: Actor, version: int, text: str) -> Awaitable[services.Saved]:
    command = SaveAnswer(version=version, answer=(text,))
    return services.save_answer(
        reference=reference, code="summary", command=command, actor=actor, clock=CLOCK
    )


async def outcomes(*acts: Awaitable[object]) -> list[str]:
    results = await asyncio.gather(*acts, return_exceptions=True)
    return sorted(type(result).__name__ for result in results)


@pytest.mark.parametrize("version", [0, 1])
async def test_of_two_saves_one_is_kept_and_one_is_told(version: int) -> None:
    reference, _start, (amina, bao) = await scene()
    if version:
        await save(reference, amina, 0, "First.")
    found = await outcomes(
        save(reference, amina, version, "Amina's."), save(reference, bao, version, "Bao's.")
    )
    assert found == ["Saved", "Stale"]
    assert await AnswerRevision.count() == version + 1


async def test_of_two_submissions_one_is_version_1() -> None:
    reference, _start, (amina, bao) = await scene()
    await save(reference, amina, 0, "Buses that lower their floor.")
    found = await outcomes(
        *(
            services.submit_entry(
                reference=reference, command=SubmitEntry(declared=True, version=1), actor=person, clock=CLOCK
            )
            for person in (amina, bao)
        )
    )
    assert found in (["Invalid", "int"], ["Stale", "int"])
    assert await EntryVersion.count() == 1


async def test_two_people_who_submit_what_both_have_read_meet_at_one_version() -> None:
    reference, _start, (amina, bao) = await scene()
    await save(reference, amina, 0, "Buses that lower their floor.")
    entry = await queries.own_entry(amina, reference, AT)
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    _text, seen = queries.draft_of(entry, answers)
    command = SubmitEntry(declared=True, version=1, seen=seen)
    found = await asyncio.gather(
        *(
            services.submit_entry(reference=reference, command=command, actor=person, clock=CLOCK)
            for person in (amina, bao, amina, bao)
        )
    )
    assert found == [1, 1, 1, 1]
    assert await EntryVersion.count() == await EntryConsent.count() == 1


async def test_the_last_place_of_a_city_is_given_once() -> None:
    _reference, start, (amina, bao) = await scene(entries_per_city="2")
    found = await outcomes(
        *(
            services.start_entry(
                command=start.model_copy(update={"title": f"By {person.name}"}), actor=person, clock=CLOCK
            )
            for person in (amina, bao)
        )
    )
    assert found == ["Invalid", "str"]
    assert await Entry.count() == 2


async def test_of_two_starts_of_the_last_entry_one_wins() -> None:
    _reference, start, (amina, bao) = await scene(entries_per_city="2")
    second, third = (start.model_copy(update={"title": title}) for title in ("Trees", "Lifts"))
    found = await outcomes(
        services.start_entry(command=second, actor=amina, clock=CLOCK),
        services.start_entry(command=third, actor=bao, clock=CLOCK),
    )
    assert found == ["Invalid", "str"]
    assert await Entry.count() == 2


async def test_the_last_place_is_given_to_an_own_entry_or_to_an_approved_one() -> None:
    _reference, start, (amina, bao) = await scene(entries_per_city="2", city_approval="yes")
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=start.entrant)
    await factories.official(bao.person_id, firm)
    behalf = await services.start_entry(
        command=start.model_copy(update={"entrant": firm, "title": "Lifts"}), actor=bao, clock=CLOCK
    )
    found = await outcomes(
        services.start_entry(command=start.model_copy(update={"title": "Trees"}), actor=amina, clock=CLOCK),
        approve_entry(reference=behalf, command=ApproveEntry(sure=True), actor=amina, clock=CLOCK),
    )
    assert found in (["Invalid", "NoneType"], ["Invalid", "str"])


async def test_of_two_answers_of_one_city_one_stands() -> None:
    _reference, start, (amina, bao) = await scene(city_approval="yes")
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=start.entrant)
    await factories.official(bao.person_id, firm)
    behalf = await services.start_entry(
        command=start.model_copy(update={"entrant": firm, "title": "Lifts"}), actor=bao, clock=CLOCK
    )
    found = await outcomes(
        approve_entry(reference=behalf, command=ApproveEntry(sure=True), actor=amina, clock=CLOCK),
        decline_entry(reference=behalf, command=DeclineEntry(reason="No."), actor=bao, clock=CLOCK),
    )
    assert found == ["NoneType", "Stale"]
    assert await EntryConsent.count().where(EntryConsent.ended_at.is_null()) == 1


async def test_of_two_exceptions_from_one_rule_one_holds() -> None:
    _reference, start, _people = await scene()
    row = (await Entry.select(Entry.edition))[0]
    grants = frozenset({Grant("secretariat", f"edition:{row['edition']}")})
    people = [Actor(await factories.person(name), name, grants=grants) for name in ("Eun-ji", "Farid")]
    command = GrantExemption(entrant=start.entrant, rule=Rule.QUOTA, reason="A flood.")
    found = await outcomes(
        *(
            grant_exemption(edition_id=row["edition"], command=command, actor=actor, clock=CLOCK)
            for actor in people
        )
    )
    assert found == ["Invalid", "NoneType"]
    assert await Exemption.count() == 1
