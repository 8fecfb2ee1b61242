"""What stands in the way of a publication beside sheets and prizes: whoever was shut out was told why."""

from awards.clock import FixedClock
from awards.entries.tables import Entry, ScreeningDecision
from awards.publication.gate import lacks_of
from tests import factories
from tests.awards.publication.published import decided
from tests.factories import AT, add
from tests.people import EUN_JI, id_of


async def test_nobody_is_shut_out_without_a_reason(clock: FixedClock) -> None:
    season = await decided(clock)
    edition_id = season.season.edition_id
    assert await lacks_of(edition_id, AT) == []
    entry = await factories.entry(season.season, state="ineligible", reference="WG26-OUT")
    (lack,) = await lacks_of(edition_id, AT)
    assert (lack.code, lack.reference) == ("excluded", "WG26-OUT")
    decision = await add(
        ScreeningDecision, entry=entry, number=1, outcome="ineligible", reason="", by=await id_of(EUN_JI)
    )
    assert [one.code for one in await lacks_of(edition_id, AT)] == ["excluded"]
    await ScreeningDecision.update({ScreeningDecision.reason: "Not a city."}).where(
        ScreeningDecision.id == decision
    )
    assert await lacks_of(edition_id, AT) == []
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == entry)
    assert await lacks_of(edition_id, AT) == [], "who withdrew was not shut out"
