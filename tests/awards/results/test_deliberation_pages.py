"""A deliberation as browsers get it: the chair's screen, the members' own, and who finds nothing."""

import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.panels.tables import Seat
from awards.results.tables import DeliberationAct
from tests.awards.results.meeting import Met, adopted, met, seated
from tests.people import AMINA, CHIARA, DANIYAR, EUN_JI, HIROSHI, LEILA, NADIA, Member, give, id_of
from tests.serving import ClientFor

WHY = "The visit found it at work in every district."
SIGNED_IN = 1  # the session with the grants of who asks


def path(made: Met, entry: int | None = None) -> str:
    season = made.season.season
    base = f"/deliberations/{season.programme}/{season.edition}/first/inclusive"
    return base if entry is None else f"{base}/entries/{made.season.references[entry]}"


async def test_from_opening_to_the_second_signature(client_for: ClientFor, clock: FixedClock) -> None:
    season = await adopted(clock)
    await seated(season)
    await give(EUN_JI, "secretariat", season.season.scope)
    eun_ji, chiara = await client_for(EUN_JI), await client_for(CHIARA)
    page = await eun_ji.get(f"{season.season.desk}/deliberations/first")
    assert "Not opened" in page.text
    page = await eun_ji.get(
        f"/deliberations/{season.season.programme}/{season.season.edition}/first/inclusive"
    )
    assert "leaves the room 1 time" in page.text
    await chiara.get(page.path, status=404)
    page = await eun_ji.submit("Open the deliberation", who="jury")
    assert "The deliberation is open" in page.text
    assert "Your panel deliberates" in (await chiara.get("/bench")).text
    page = await chiara.get("/deliberations")
    page = await chiara.click("Inclusive")
    rows = page.table("What the panel decided")
    assert [(row[0], row[1]) for row in rows[1:3]] == [("1", "Lindmere"), ("2", "Port Amaranth")]
    # The third before the first two; whoever is kept from the first leaves before.
    there = f"{page.path}/entries/{season.references[2]}"
    await chiara.get(there)
    page = await chiara.submit("Sign the change of order", to="1", reason="", status=422)
    assert page.title.startswith("Error: ")
    page = await chiara.submit("Sign the change of order", to="1", reason=WHY, status=403)
    assert "Leila Haddad" in page.text
    assert WHY in page.text
    await chiara.get(f"{page.path.rsplit('/', 2)[0]}/entries/{season.references[0]}")
    page = await chiara.submit("Record that they left")
    assert "Out of the room: Leila Haddad" in page.text
    await chiara.get(there)
    page = await chiara.submit("Sign the change of order", to="1", reason=WHY)
    assert "moved from place 3 to place 1" in page.text
    page = await chiara.get(there.rsplit("/", 2)[0])
    assert page.table("What the panel decided")[1][:3] == [
        "1",
        "Hanbyeol by the panel by the numbers: 3",
        "3",
    ]
    page = await chiara.submit("Sign what the panel decided", statement="We visited three cities.")
    assert "Another person" in page.text
    page = await eun_ji.get(page.path)
    page = await eun_ji.submit("Sign, and conclude")
    assert "The panel has concluded" in page.text
    assert "We visited three cities." in page.text


async def test_who_is_kept_from_an_entry_reads_nothing_of_it(
    client_for: ClientFor, clock: FixedClock
) -> None:
    made = await met(clock)
    leila, chiara = await client_for(LEILA), await client_for(CHIARA)
    first = "Lindmere"
    page = await leila.get(path(made))
    assert first not in page.text
    assert "Practice of Lindmere" not in page.text
    rows = page.table("What the panel decided")
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5"]
    assert "90 %" not in " ".join(rows[0])
    await leila.get(path(made, 0), status=404)
    await chiara.get(path(made, 0))
    await chiara.submit("Record that they left")
    await chiara.submit("Put the note on record", reason=WHY)
    await chiara.get(path(made))
    page = await chiara.submit("Put on record", reason="Said while she was out")
    assert "Said while she was out" in page.text
    page = await leila.get(path(made))
    assert first not in page.text
    assert WHY not in page.text
    assert "Said while she was out" not in page.text
    assert "You are out of the room" in page.text
    await leila.get(path(made, 1))
    assert first not in (await leila.get(path(made, 1))).text


@pytest.mark.parametrize("member", [AMINA, NADIA, HIROSHI])
async def test_who_finds_it(client_for: ClientFor, clock: FixedClock, member: Member) -> None:
    made = await met(clock)
    await give(HIROSHI, "auditor", made.season.season.scope)
    client = await client_for(member)
    page = await client.get(path(made), status=200 if member == HIROSHI else 404)
    if member == HIROSHI:  # reads, and puts nothing on record
        assert "Put on record" not in page.text
        await client.post(f"{path(made)}/room", {"do": "note", "reason": WHY}, status=403)
        assert await DeliberationAct.count() == 0


async def test_a_result_with_a_file(client_for: ClientFor, clock: FixedClock) -> None:
    made = await met(clock)
    chiara = await client_for(CHIARA)
    await chiara.get(path(made, 1))
    page = await chiara.submit("Bring it in", title="Site visit, 12 May", reason=WHY)
    assert "Site visit, 12 May" in page.text
    assert await id_of(DANIYAR) not in [row["by"] for row in await DeliberationAct.select()]


async def test_the_pages_ask_the_database_little(client_for: ClientFor, clock: FixedClock) -> None:
    made = await met(clock)
    await give(EUN_JI, "secretariat", made.season.season.scope)
    for member in (CHIARA, EUN_JI):
        client = await client_for(member)
        for address in (path(made), path(made, 1), "/deliberations"):
            with counting() as count:
                await client.get(address)
            assert len(count) <= 5 + SIGNED_IN, (address, count.statements)


async def test_a_page_learns_of_what_its_reader_may_read_only(
    client_for: ClientFor, clock: FixedClock
) -> None:
    made = await met(clock)
    leila, chiara = await client_for(LEILA), await client_for(CHIARA)

    async def seen() -> tuple[str, str]:
        pages = [await client.get(f"{path(made)}/news") for client in (leila, chiara)]
        return pages[0].json()["seen"], pages[1].json()["seen"]

    before = await seen()
    await chiara.get(path(made, 0))
    await chiara.submit("Record that they left")  # which Leila may know
    left = await seen()
    assert (before[0] == left[0], before[1] == left[1]) == (False, False)
    await chiara.get(path(made, 0))
    await chiara.submit("Put the note on record", reason=WHY)
    noted = await seen()
    assert (left[0] == noted[0], left[1] == noted[1]) == (True, False)


async def test_who_owes_a_declaration_is_led_to_it(client_for: ClientFor, clock: FixedClock) -> None:
    made = await met(clock)
    await Seat.update({Seat.conflicts_declared_at: None}).where(Seat.person == await id_of(DANIYAR))
    daniyar = await client_for(DANIYAR)
    page = await daniyar.get(path(made))
    assert page.path.endswith("/conflicts")
    await daniyar.get(path(made, 1), status=403)
