"""The trail of an edition: who and what, for the secretariat and the auditor."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.audit.tables import Event
from awards.db import transaction
from tests import factories
from tests.factories import AT, Season
from tests.people import AMINA, CHIARA, EUN_JI, GRACE, HIROSHI, NADIA, give, id_of
from tests.serving import ClientFor


async def happen(season: Season, action: Action, person: int = 0, reason: str = "", marks: int = 0) -> None:
    async with transaction():
        await record(
            action, actor=Actor(person, "x"), at=AT, subject=("scoresheet", 7), edition_id=season.edition_id,
            as_role="judge", after={"marks": marks}, reason=reason,
        )  # fmt: skip


async def test_who_may_read_it(client_for: ClientFor) -> None:
    season, other = await factories.season(), await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    await give(HIROSHI, "auditor", season.scope)
    await give(GRACE, "admin")
    for member, status in ((EUN_JI, 200), (HIROSHI, 200), (GRACE, 404), (NADIA, 404)):
        client = await client_for(member)
        await client.get(f"{season.desk}/audit", status=status)
        await client.get(f"{other.desk}/audit", status=404)


async def test_filters_and_reasons(client_for: ClientFor) -> None:
    season, other = await factories.season(), await factories.season()
    chiara, amina = await id_of(CHIARA), await id_of(AMINA)
    await happen(season, Action.SHEET_SAVED, chiara, marks=7)
    await happen(season, Action.RECUSED, chiara, reason="my own sister")
    await happen(season, Action.ENTRY_SAVED, amina)
    await happen(other, Action.ENTRY_WITHDRAWN, amina)
    await give(EUN_JI, "secretariat", season.scope)
    await give(HIROSHI, "auditor", season.scope)
    eun_ji, hiroshi = await client_for(EUN_JI), await client_for(HIROSHI)
    page = await eun_ji.get(f"{season.desk}/audit")
    for row, what in zip(page.table("Events")[1:], ("entry saved", "recused", "sheet saved"), strict=True):
        assert row[3].startswith(what)
    assert "my own sister" not in page.html, "reasons are the auditor's"
    assert not any("withdrawn" in row[3] for row in page.table("Events"))
    assert "my own sister" in (await hiroshi.get(f"{season.desk}/audit")).text
    page = await eun_ji.submit("Show", action="sheet saved")
    assert len(page.table("Events")) == 2
    await eun_ji.get(f"{season.desk}/audit")
    page = await eun_ji.submit("Show", person=str(chiara))
    assert len(page.table("Events")) == 3
    for odd in (
        "?page=0",
        "?page=99999999999999999999999",
        "?page=x",
        "?person=9&action=nothing",
        "?page=400",
    ):
        await eun_ji.get(f"{season.desk}/audit{odd}")


async def test_pages(client_for: ClientFor) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    for _number in range(51):
        await happen(season, Action.SHEET_SAVED)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.desk}/audit?action=sheet+saved")
    assert len(page.table("Events")) == 51
    page = await eun_ji.click("Next")
    assert len(page.table("Events")) == 2
    assert page.path.endswith("?action=sheet+saved&page=2")


async def test_the_chain_is_checked(client_for: ClientFor) -> None:
    season = await factories.season()
    await give(HIROSHI, "auditor", season.scope)
    for _number in range(3):
        await happen(season, Action.SHEET_SAVED)
    hiroshi = await client_for(HIROSHI)
    page = await hiroshi.get(f"{season.desk}/audit")
    head = await Event.raw("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
    assert f"{head[0]['seq']}:{head[0]['hash']}" in page.text
    page = await hiroshi.submit("Check the whole chain")
    assert page.flash.startswith("The trail is whole 3 events follow")
    await Event.raw("UPDATE event SET actor_id = 99 WHERE seq = 2")
    page = await hiroshi.submit("Check the whole chain")
    assert "1 place does not fit, the first at event 2" in page.flash
