"""The pool that lasts: affiliations with dates, nominations that are conflicts, expertise by field."""

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Field
from awards.panels.queries import conflicts_of_round
from awards.panels.queries.records import record_of
from awards.panels.tables import Affiliation, Expertise, Judge, Nomination
from judging.conflicts import Code
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT, DAY
from tests.lint import elements
from tests.page import Client, Page
from tests.people import CHIARA, EUN_JI, NADIA, give, id_of
from tests.serving import ClientFor


async def fields(made: Room, *codes: str) -> list[int]:
    return [
        await factories.add(Field, programme=made.season.programme_id, code=code, name=code.capitalize())
        for code in codes
    ]


async def sent(client: Client, path: str, fields: dict[str, str], status: int = 200) -> Page:
    """A form that no page of ours draws, from the person's own browser."""
    assert client.page is not None
    token = next(
        one.get("value", "") for one in elements(client.page.document, "input") if one.get("name") == "csrf"
    )
    return await client.post(path, {"csrf": token, **fields}, status=status)


async def desk_of(made: Room, client_for: ClientFor) -> Client:
    await give(EUN_JI, "secretariat", made.season.scope)
    return await client_for(EUN_JI)


async def test_who_nominated_a_judge_is_a_conflict_for_its_entries(
    client_for: ClientFor, clock: FixedClock
) -> None:
    made = await room(("KR", "KE"))
    ((person_id, _seat),) = await judges(made, "FR")
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/judges/{person_id}")
    assert "No city nominated this judge" in page.text
    page = await eun_ji.submit("Record the nomination", city=str(made.cities[1]))
    assert page.flash == "Saved"
    found = await conflicts_of_round(made.round_id, made.season.edition_id, clock.now())
    assert [one.code for one in found.of(person_id, made.entries[1])] == [Code.NOMINATED_BY]
    assert found.of(person_id, made.entries[0]) == ()
    page = await eun_ji.submit("Record the nomination", city=str(made.cities[1]), status=422)
    assert page.errors == ["This city is on record already"]
    await eun_ji.get(page.path.rpartition("/")[0])
    page = await eun_ji.submit("Take off the record")
    assert not await Nomination.count()
    assert not (await conflicts_of_round(made.round_id, made.season.edition_id, clock.now())).findings


async def test_affiliations_have_dates_and_are_never_deleted(client_for: ClientFor) -> None:
    made = await room()
    person_id = await factories.judge("Leila Haddad", country="LB")
    eun_ji = await desk_of(made, client_for)
    here = f"{made.season.desk}/judges/{person_id}"
    await eun_ji.get(here)
    await eun_ji.submit("#affiliation", kind="employer", organisation="Port Works", since="2025-01-01")
    page = await eun_ji.submit("#affiliation", kind="past", organisation="Sea Works", status=422)
    assert page.errors == ["Enter when it ended; what lasts is no past employment"]
    await eun_ji.get(here)
    page = await eun_ji.submit(
        "#affiliation", kind="past", organisation="Sea Works", since="2020-01-01", until="2024-01-01"
    )
    assert [row[:3] for row in page.table("Where the judge belongs or belonged")[1:]] == [
        ["Home", "–", "Lebanon"],
        ["Employer", "Port Works", "–"],
        ["Past employer", "Sea Works", "–"],
    ]
    # A second employer stands beside the one of the judge's own form, which goes on alone.
    await eun_ji.submit("Save the judge", organisation="Harbour Board")
    await eun_ji.get(here)
    page = await eun_ji.submit("#affiliation", kind="employer", organisation="University", status=200)
    await eun_ji.submit("Save the judge", organisation="University", country="LB")
    open_ones = await Affiliation.select(Affiliation.organisation).where(
        Affiliation.until.is_null() & (Affiliation.kind == "employer")
    )
    assert sorted(row["organisation"] for row in open_ones) == ["Harbour Board", "University"]
    await eun_ji.get(here)
    page = await eun_ji.submit(
        f"/desk/{made.season.programme}/{made.season.edition}/judges/{person_id}/affiliations/end"
    )
    assert page.flash == "Saved"
    assert await Affiliation.count().where(Affiliation.until.is_null()) == 2
    for bad, said in (
        ({"kind": "nationality"}, "Enter the country of the nationality"),
        ({"kind": "employer"}, "Name the organisation, or choose a city"),
        ({"kind": "employer", "organisation": "X", "since": "2030-01-01"}, "The day lies ahead"),
        ({"kind": "employer", "organisation": "X", "since": "2025-01-01", "until": "2024-01-01"}, "It must end after"),
        ({"kind": "employer", "organisation": "X", "since": "soon"}, "Check the answer"),
    ):  # fmt: skip
        await eun_ji.get(here)
        page = await eun_ji.submit("#affiliation", bad, status=422)
        assert said in page.errors[0]


async def test_expertise_is_of_the_programme_and_outlives_the_edition(client_for: ClientFor) -> None:
    made = await room()
    mobility, data = await fields(made, "mobility", "data")
    person_id = await factories.judge("Leila Haddad", country="LB")
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/judges/{person_id}")
    await eun_ji.submit("#expertise", {f"level-{mobility}": "4", f"level-{data}": "0"})
    await eun_ji.submit("#expertise", {f"level-{mobility}": "5", f"level-{data}": ""})
    record = await record_of(made.season.programme_id, person_id)
    assert [(one.code, one.level) for one in record.knowings] == [("data", None), ("mobility", 5)]
    # Another programme's fields are its own.
    other = await room()
    assert (await record_of(other.season.programme_id, person_id)).knowings == ()
    page = await sent(
        eun_ji, f"{made.season.desk}/judges/{person_id}/expertise", {f"level-{mobility}": "6"}, 422
    )
    assert page.errors
    assert (await Expertise.select())[0]["level"] == 5


async def test_judges_describe_themselves(client_for: ClientFor) -> None:
    made = await room()
    (mobility,) = await fields(made, "mobility")
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    await factories.seat(made.round_id, person_id)
    other = await room()
    (foreign,) = await fields(other, "foreign")
    chiara = await client_for(CHIARA)
    await chiara.get("/bench")
    page = await chiara.click("About you: biography, languages and fields")
    assert "foreign" not in page.text.casefold()
    page = await chiara.submit(
        "", {"biography": "Plans trams.", "languages": "Italian", f"level-{mobility}": "5"}
    )
    assert page.flash == "Saved"
    await sent(
        chiara,
        "/bench/profile",
        {"biography": "Plans trams.", "languages": "Italian", f"level-{foreign}": "5"},
    )
    row = (await Judge.select(Judge.biography, Judge.languages).where(Judge.person == person_id))[0]
    assert row == {"biography": "Plans trams.", "languages": "Italian"}
    assert await Expertise.select(Expertise.field, Expertise.level) == [{"field": mobility, "level": 5}]
    event = (await Event.select(Event.action, Event.as_role).order_by(Event.seq, ascending=False))[0]
    assert event == {"action": "judge changed", "as_role": "judge"}
    page = await chiara.submit("", {"biography": "x" * 5001}, status=422)
    assert page.errors
    nadia = await client_for(NADIA)
    await nadia.get("/bench/profile", status=404)


async def test_the_page_of_a_judge_asks_little(client_for: ClientFor) -> None:
    made = await room()
    await fields(made, "mobility", "data", "safety")
    person_id = await factories.judge("Leila Haddad", country="LB")
    eun_ji = await desk_of(made, client_for)
    with counting() as counter:
        await eun_ji.get(f"{made.season.desk}/judges/{person_id}")
    assert len(counter) <= 6, counter.statements


@pytest.mark.parametrize("verb", ["affiliations/end", "nominations/withdraw"])
async def test_what_is_not_this_judges_is_not_found(client_for: ClientFor, verb: str) -> None:
    made = await room()
    one, other = [await factories.judge(name, country="LB") for name in ("Leila Haddad", "Omar Aziz")]
    affiliation = await factories.add(
        Affiliation, person=other, kind="employer", organisation="X", since=AT - DAY
    )
    nomination = await factories.add(Nomination, person=other, by=made.cities[0])
    eun_ji = await desk_of(made, client_for)
    fields = {"affiliation": str(affiliation), "nomination": str(nomination)}
    await eun_ji.get(f"{made.season.desk}/judges/{one}")
    await sent(eun_ji, f"{made.season.desk}/judges/{one}/{verb}", fields, 404)
