"""Rules on pages: before starting, the city's answer, exceptions and what the secretariat records."""

from awards.db import counting
from awards.editions.tables import EditionRule
from awards.entries.tables import Entry, Exemption
from tests import factories
from tests.factories import Season
from tests.people import AMINA, EUN_JI, INES, give, id_of
from tests.serving import ClientFor


async def setting(**rules: str) -> tuple[Season, int]:
    """Lindmere with Amina, and a firm of it with Inês, in a call that asks for approvals."""
    season = await factories.season(rules={"city_approval": "yes", **rules})
    city = await factories.entrant("Lindmere", kind="city")
    await factories.official(await id_of(AMINA), city, role="owner")
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=city)
    await factories.official(await id_of(INES), firm, role="owner")
    await give(EUN_JI, "secretariat", season.scope)
    return season, city


async def reference() -> str:
    return str(
        (await Entry.select(Entry.reference).order_by(Entry.id, ascending=False).limit(1))[0]["reference"]
    )


async def test_one_reads_what_applies_and_who_of_ones_own_may_enter(client_for: ClientFor) -> None:
    season, city = await setting(entries_per_city="1", who_may_enter="city,firm")
    path = f"/city/calls/{season.programme}/{season.edition}"
    amina, ines = await client_for(AMINA), await client_for(INES)
    await factories.official(await id_of(AMINA), await factories.entrant("Museum", kind="institution"))
    with counting() as counter:
        page = await amina.get(path)
    assert len(counter) <= 6, counter.statements
    for said in ("one entry at most", "at most 300 words", "1 place left", "Lindmere, Korea: may enter",
                 "Museum, Korea: cannot enter", "cities and firms only"):  # fmt: skip
        assert said in page.text, said
    await factories.entry(season, city, title="Secret of Lindmere")
    page = await amina.get(path)
    assert "1 of 1 allowed entries" in page.text
    page = await ines.get(path)
    assert "No place is left for Lindmere" in page.text
    assert "may enter for another city" in page.text
    assert "Secret of Lindmere" not in page.text


async def test_a_firm_starts_and_its_city_approves_on_a_page(client_for: ClientFor) -> None:
    season, _city = await setting()
    amina, ines = await client_for(AMINA), await client_for(INES)
    await ines.get(f"/city/entries/new?edition={season.programme}/{season.edition}")
    page = await ines.submit("#new-entry", title="Lifts", category="inclusive", status=200)
    assert "Waits for Lindmere" in page.text
    with counting() as counter:
        page = await amina.get("/city")
    assert len(counter) <= 6, counter.statements
    await amina.click("Lindmere Lifts wants to enter on behalf of Lindmere")
    page = await amina.submit("#approve", status=422)
    assert page.errors
    page = await amina.submit("#approve", sure="1", status=200)
    assert page.h1 == "Lindmere Lifts enters on behalf of Lindmere"
    page = await amina.submit("#decline", reason="", status=422)
    page = await amina.submit("#decline", reason="Not ours.", status=200)
    assert page.h1 == "Lindmere declined an entry on its behalf"
    page = await ines.get(f"/city/entries/{await reference()}")
    assert "Not ours." in page.text
    await ines.get(f"/city/approvals/{await reference()}", status=404)


async def test_an_answer_given_meanwhile_is_said_and_what_was_typed_stays(client_for: ClientFor) -> None:
    season, _city = await setting()
    amina, ines = await client_for(AMINA), await client_for(INES)
    await ines.get(f"/city/entries/new?edition={season.programme}/{season.edition}")
    await ines.submit("#new-entry", title="Lifts", category="inclusive", status=200)
    path = f"/city/approvals/{await reference()}"
    other = await client_for(AMINA)
    await amina.get(path)
    await other.get(path)
    await other.submit("#approve", sure="1", status=200)
    page = await amina.submit("#decline", reason="Not ours, I think.", status=409)
    assert "Somebody answered" in page.text
    assert "Not ours, I think." in page.text


async def test_the_secretariat_makes_an_exception_after_reading_what_follows(client_for: ClientFor) -> None:
    season, city = await setting(entries_per_city="1")
    await factories.entry(season, city, state="draft", title="Secret of Lindmere")
    eun_ji, amina = await client_for(EUN_JI), await client_for(AMINA)
    page = await eun_ji.get(f"{season.desk}/exemptions")
    page = await eun_ji.submit("#exempt", entrant=str(city), rule="quota", status=200)
    assert "1 of 1 allowed entries" in page.text
    assert "Secret of Lindmere" not in page.text
    await eun_ji.submit("#grant", reason="", status=422)
    page = await eun_ji.submit("#grant", reason="Two towns became one.", status=200)
    assert "Two towns became one." in page.text
    page = await amina.get(f"/city/calls/{season.programme}/{season.edition}")
    assert "Two towns became one." in page.text
    number = (await Exemption.select(Exemption.id))[0]["id"]
    await eun_ji.get(f"{season.desk}/exemptions/{number}/end")
    await eun_ji.submit("#end", status=422)
    page = await eun_ji.submit("#end", sure="1", status=200)
    assert "Ended" in page.tags
    for wrong in ("?entrant=none&rule=quota", "?entrant=2147483647&rule=quota", f"?entrant={city}&rule=none"):
        await eun_ji.get(f"{season.desk}/exemptions/new{wrong}", status=422)


async def test_the_secretariat_records_an_approval_with_its_source(client_for: ClientFor) -> None:
    season, _city = await setting()
    eun_ji, ines = await client_for(EUN_JI), await client_for(INES)
    await ines.get(f"/city/entries/new?edition={season.programme}/{season.edition}")
    await ines.submit("#new-entry", title="Lifts", category="inclusive", status=200)
    await eun_ji.get(f"{season.desk}/exemptions")
    await eun_ji.click("Record its approval")
    await eun_ji.submit("#record", reason="Letter of 3 March.", status=422)
    page = await eun_ji.submit("#record", way="letter", reason="Letter of 3 March.", status=200)
    assert "Approved" in page.tags
    assert "Lifts" not in [row.strip() for row in page.text.split("\n")]


async def test_the_set_up_keeps_the_rules_of_entering(client_for: ClientFor) -> None:
    season, _city = await setting()
    eun_ji = await client_for(EUN_JI)
    await eun_ji.get(f"{season.desk}/setup/entering")
    page = await eun_ji.submit(f"{season.desk}/setup/entering", maturity_months="6", status=422)
    assert "Choose the question for a date" in page.text
    page = await eun_ji.submit(
        f"{season.desk}/setup/entering", maturity_months="0", members_only="1", status=409
    )
    assert "froze when the call opened" in page.text
    kept = {row["code"] for row in await EditionRule.select(EditionRule.code)}
    assert "members_only" not in kept
