"""The pages on who goes on, as a browser gets them."""

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.panels.tables import RoundEntry
from tests import factories
from tests.awards.results.judged import READERS, Judged, judged
from tests.awards.results.test_passing import words
from tests.awards.results.two_rounds import method, two_rounds
from tests.page import Client
from tests.people import AMINA, EUN_JI, give, id_of
from tests.serving import ClientFor

SESSION = 2  # the session and the grants of who asks


async def desk(season: Judged, client_for: ClientFor) -> tuple[Client, str]:
    await give(EUN_JI, "secretariat", season.season.scope)
    return await client_for(EUN_JI), season.season.desk


async def test_who_goes_on_is_chosen_looked_at_and_done(client_for: ClientFor, clock: FixedClock) -> None:
    season, final = await two_rounds(clock, ("top", "2"))
    eun_ji, home = await desk(season, client_for)
    page = await eun_ji.get(f"{home}/results/first")
    page = await eun_ji.click("Who goes on to the next round")
    assert "The first 2 of each category go on" in page.text
    rows = page.table("Entries of")
    assert [row[1].split()[0] for row in rows[1:3]] == ["Lindmere", "Port"]
    assert [row[-1].startswith("goes on") for row in rows[1:]] == [True, True, False, False, False, False]
    # Another choice than the rule's: looked at first, refused without a reason, and then done.
    page = await eun_ji.submit(
        "See what follows", fields={"go": [season.references[0], season.references[3]]}
    )
    assert "They come into Final. Nothing has changed yet." in page.text
    assert not await RoundEntry.exists().where(RoundEntry.round == final)
    page = await eun_ji.submit("Let them go on", status=422)
    assert {"Say why" in error for error in page.errors} == {True}
    reasons = {
        f"reason-{season.references[1]}": "Its pilot has ended.",
        f"reason-{season.references[3]}": "The jury wants to hear it.",
    }
    page = await eun_ji.submit("Let them go on", fields=reasons)
    assert page.flash == "2 entries go on"
    assert "Its pilot has ended." in page.text
    assert await RoundEntry.count().where(RoundEntry.round == final) == 2


async def test_nobody_chosen_and_a_form_from_before_are_refused(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _final = await two_rounds(clock)
    eun_ji, home = await desk(season, client_for)
    page = await eun_ji.get(f"{home}/advancing/first/check", status=422)
    assert page.errors == ["Choose at least one entry that goes on"]
    go = "&".join(f"go={reference}" for reference in season.references[:3])
    before = await eun_ji.get(f"{home}/advancing/first/check?{go}")
    await eun_ji.submit("Let them go on")
    eun_ji.page = before
    page = await eun_ji.submit("Let them go on", status=409)
    assert "since you opened the page" in page.errors[0]


async def test_who_is_tied_to_an_entrant_sees_no_category_of_it(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _final = await two_rounds(clock)
    eun_ji, home = await desk(season, client_for)
    await factories.official(await id_of(EUN_JI), season.entrants[0])
    page = await eun_ji.get(f"{home}/advancing/first")
    assert "Some categories are not shown to you" in page.text
    go = f"go={season.references[0]}"
    refused = await eun_ji.get(f"{home}/advancing/first/check?{go}", status=403)
    for shown in (page, refused):
        assert "Lindmere" not in shown.html
        assert season.references[0] not in shown.html.replace(go, "")
    amina = await client_for(AMINA)
    await amina.get(f"{home}/advancing/first", status=404)


async def test_the_page_costs_four_queries(client_for: ClientFor, clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    eun_ji, home = await desk(season, client_for)
    with counting() as queries:
        await eun_ji.get(f"{home}/advancing/first")
    assert len(queries) <= 4 + SESSION


async def test_a_round_of_pass_or_fail_sends_on_who_reaches_a_share(client_for: ClientFor) -> None:
    """Of three sheets each: 3, 2, 2, 1, 0 and 0 passes; half of them is enough."""
    passes = (3, 2, 2, 1, 0, 0)
    marks = {
        (number, judge): (int(place < passes[number]),) * 2
        for number, readers in enumerate(READERS)
        for place, judge in enumerate(readers)
    }
    season = await judged(marks=marks, round_state="decided")
    await words(season.season.round_id, season.season.scale_id)
    await Round.update({Round.method: method(advance=["threshold", "0.5"])}).where(
        Round.id == season.season.round_id
    )
    final = await factories.judging_round(
        season.season.edition_id, code="final", name="Final", position=2, state="draft"
    )
    eun_ji, home = await desk(season, client_for)
    page = await eun_ji.get(f"{home}/results/first")
    page = await eun_ji.click("Who goes on to the next round")
    assert "Who reaches a share of passes of 0.5 goes on." in page.text
    assert [row[2] for row in page.table("Entries of")[1:]] == ["100 %", "66 %", "66 %", "33 %", "0 %", "0 %"]
    await eun_ji.submit("See what follows")
    await eun_ji.submit("Let them go on")
    assert await RoundEntry.count().where(RoundEntry.round == final) == 3
