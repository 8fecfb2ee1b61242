"""The practice library: found by words and filters, the same before it is indexed and after, and never early."""

from datetime import timedelta

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import counting
from awards.entries.tables import Entry
from awards.publication import services
from awards.publication.archive import read_rows
from awards.publication.practice_search import Asked, find_practices
from awards.publication.services.indexing import index_practices
from awards.publication.tables import PracticeTerm
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.publication.test_archive import lines
from tests.factories import AT
from tests.page import Client

LATER = AT + timedelta(days=3)
ASKED = {
    "são paulo": 2, "SAO PAULO": 2, "turk": 3, "gold mobility": 1, "obil": 0, "lindmere": 0, "%": 58, "_": 58, "": 58,
    "1999": 1, "2020 korea": 4, "korea 2020": 4, "smart sma": 10, "ﬁre": 0,
}  # fmt: skip


async def imported(clock: FixedClock) -> None:
    await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)


async def test_what_is_found_is_the_same_before_and_after_indexing(clock: FixedClock) -> None:
    await imported(clock)
    now = clock.now()
    asked = [Asked(words) for words in ASKED] + [
        Asked(region="Europe"), Asked(year="2017"), Asked(country="KR", prize="Gold"), Asked("smart", year="2020"),
    ]  # fmt: skip
    before = [await find_practices(one, now, most=100) for one in asked]
    assert await index_practices(clock) == 58
    assert await index_practices(clock) == 0
    assert [await find_practices(one, now, most=100) for one in asked] == before
    assert {words: found.count for words, found in zip(ASKED, before, strict=False)} == ASKED


async def test_the_filters_count_what_they_would_leave(clock: FixedClock) -> None:
    await imported(clock)
    found = await find_practices(Asked(year="2020", region="Europe"), clock.now())
    for kept in found.filters["country"]:
        other = await find_practices(Asked(year="2020", region="Europe", country=kept.value), clock.now())
        assert other.count == kept.count > 0
    assert sum(kept.count for kept in found.filters["country"]) == found.count
    none = await find_practices(Asked("seoul", year="2020", region="Europe"), clock.now())
    assert none.count == 0
    assert none.without == {"words": found.count}


async def test_nothing_is_indexed_or_found_before_its_instant(clock: FixedClock) -> None:
    season = await decided(clock)
    await sign(season, clock, await ask(season, clock, at=LATER))
    for early in (timedelta(days=3), timedelta(milliseconds=1)):
        clock.move_to(LATER - early)
        assert await index_practices(clock) == 0
        assert (await find_practices(Asked("lindmere"), clock.now())).count == 0
    assert not await PracticeTerm.count()
    clock.move_to(LATER)
    assert (await find_practices(Asked("lindmere"), clock.now())).count == 1
    assert await index_practices(clock) > 0
    assert (await find_practices(Asked("lindmere"), clock.now())).count == 1


async def test_a_correction_takes_the_place_of_what_was_found(clock: FixedClock) -> None:
    season = await published(clock)
    await index_practices(clock)
    held = await PracticeTerm.count()
    clock.move_to(clock.now() + timedelta(minutes=1))
    await Entry.update({Entry.title: "Lanterns by the canal"}).where(Entry.title == "Practice of Lindmere")
    await sign(season, clock, await ask(season, clock, note="The title was wrong."))
    assert (await find_practices(Asked("lanterns"), clock.now())).count == 1
    assert await index_practices(clock) > 0
    found = await find_practices(Asked("lanterns lindmere"), clock.now())
    assert [row.title for row in found.rows] == ["Lanterns by the canal"]
    assert abs(await PracticeTerm.count() - held) < 5


@pytest.mark.parametrize("query", ["q=SAO+paulo", "country=BR", "q=paulo&year=2020&region=Americas"])
async def test_a_reader_narrows_and_widens(query: str, client: Client, clock: FixedClock) -> None:
    await imported(clock)
    page = await client.get(f"/practices?{query}")
    assert "São Paulo" in page.text
    assert 'class="practice"' in page.html


async def test_nothing_found_says_what_to_take_out(client: Client, clock: FixedClock) -> None:
    await imported(clock)
    page = await client.get("/practices?q=seoul&year=2020&region=Europe")
    assert "No practice has all of this" in page.text
    await client.click("Without “seoul”")
    with counting() as counted:
        await client.get("/practices?q=smart+city&prize=Gold")
    assert len(counted) <= 8


async def test_odd_questions_are_answered_calmly(client: Client, clock: FixedClock) -> None:
    await imported(clock)
    for query in ("q=" + "a" * 5000, "page=99999999", "page=x", "year=nineteen", "q=" + "+a" * 90,
                  "q=%27%22%3C%25_", "page=400"):  # fmt: skip
        await client.get(f"/practices?{query}")
    last = await client.get("/practices?page=400")
    assert last.path == "/practices?page=3"
    assert last.h1 == "Practice library, page 3"
    assert 'class="practice"' in last.html
    assert (await client.get("/winners?q=paulo")).path == "/practices?q=paulo"
