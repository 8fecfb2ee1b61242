"""A judge reads how strict they were when the results are out; until then nothing tells, and never of others."""

from datetime import timedelta

from awards.clock import FixedClock
from awards.panels.tables import Seat
from awards.results import services as results
from awards.results.forms import JudgeRun
from awards.results.tables import CalibrationRun, JudgeEffect
from tests.awards.publication.published import published
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import left_out
from tests.factories import AT
from tests.page import Client
from tests.people import CHIARA, DANIYAR, id_of
from tests.serving import ClientFor

SOON = AT + timedelta(minutes=10)


def address(season: Judged) -> str:
    return f"/bench/{season.season.programme}/{season.season.edition}/first/strictness"


async def chiaras(season: Judged, client_for: ClientFor, seat: int = 0) -> Client:
    await Seat.update({Seat.person: await id_of(CHIARA)}).where(Seat.id == season.seats[seat])
    return await client_for(CHIARA)


async def test_from_the_publications_own_instant_and_not_before(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await published(clock, at=SOON)
    chiara = await chiaras(season, client_for)
    page = await chiara.get(address(season))
    assert "The results are not out yet" in page.text
    clock.advance(timedelta(minutes=10) - timedelta(milliseconds=1))
    assert (await chiara.get(address(season))).text.count("not out yet") == 1
    clock.advance(timedelta(milliseconds=1))
    page = await chiara.get(address(season))
    rows = page.table("How strict you were")[1:]
    assert [row[0] for row in rows] == ["Impact", "Novelty", "All criteria"]
    effect = await JudgeEffect.select(JudgeEffect.severity).where(
        (JudgeEffect.seat == season.seats[0]) & (JudgeEffect.scope == "all")
    )
    assert f"{abs(effect[0]['severity']) / 1_000_000:.2f}" in rows[2][2]
    await (await client_for(DANIYAR)).get(address(season), status=404)


async def test_a_run_that_is_not_published_tells_nothing(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock)
    chiara = await chiaras(season, client_for)
    before = (await chiara.get(address(season))).table("How strict you were")
    clock.advance(timedelta(minutes=1))
    await left_out(season, clock)
    actor, round_id = await season.actor(), season.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    assert (await chiara.get(address(season))).table("How strict you were") == before


async def test_of_two_judges_neither_learns_the_others(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock, severity=(0, 1), readers=((0, 1),) * 6)
    chiara = await chiaras(season, client_for)
    page = await chiara.get(address(season))
    assert "Nothing can be said here" in page.text
    assert "<table" not in page.html


async def test_an_open_edition_tells_nothing(client_for: ClientFor, clock: FixedClock) -> None:
    season = await judged(round_state="open")
    chiara = await chiaras(season, client_for)
    assert "not out yet" in (await chiara.get(address(season))).text


async def test_where_marks_count_as_given_no_allowance_is_claimed(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await published(clock)
    chiara = await chiaras(season, client_for)
    assert "the published order allows for it" in (await chiara.get(address(season))).text
    await CalibrationRun.update({CalibrationRun.method: "mean"}, force=True)
    await JudgeEffect.update({JudgeEffect.error: None}, force=True)
    text = (await chiara.get(address(season))).text
    assert "makes no allowance for it" in text
    for unknown in ("allows for it", "no more than chance", "Chance alone"):
        assert unknown not in text, unknown
