"""`awards check` as an operator runs it: silent over a sound publication, loud over one cell changed by hand."""

import asyncio

import pytest

from awards.clock import FixedClock
from tests import factories
from tests.awards.publication.published import published
from tests.faults.conftest import Place
from tests.faults.forked import run_forked

pytestmark = pytest.mark.faults

PUBLISHED = ("published-is", "published-entries", "nothing-public")


async def check(place: Place) -> tuple[int, list[str]]:
    """Its exit code, and what it says of publications."""
    done = await asyncio.to_thread(run_forked, "check", data=place.data, AWARDS_DATABASE_URL=place.url)
    assert "Traceback" not in done.stderr
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith(PUBLISHED)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE published_entry SET rank = rank + 1 WHERE rank = 1",
        "UPDATE published_entry SET entrant_name = 'Lindmere by the Sea' WHERE entrant_name = 'Lindmere'",
        "UPDATE published_entry SET figures = REPLACE(figures, '\"sheets\":3', '\"sheets\":4')",
        "DELETE FROM published_entry WHERE rank = 1",
    ],
)
async def test_one_published_cell_changed_by_hand(change: str, place: Place) -> None:
    season = await published(FixedClock(factories.AT), shows="full")
    await place.engine.close()
    _code, said = await check(place)
    assert said == []
    await place.engine.send(change)
    await place.engine.close()
    code, said = await check(place)
    assert code == 1
    (line,) = said
    edition = f"edition {season.season.programme}/{season.season.edition}, publication 1"
    assert line == f"published-is-what-was-signed: {edition}: What is published is not what was signed."
