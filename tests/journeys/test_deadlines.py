"""The deadline in zones that are far from ours: the millisecond before it is in, its own instant is not."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from awards.actor import SYSTEM
from awards.app import create_app
from awards.clock import FixedClock
from awards.editions.queries import call_of, edition_by_id
from awards.editions.services import open_call
from awards.exchange.edition_file import load
from awards.settings import Settings
from tests import factories
from tests.journeys import steps
from tests.journeys.steps import Stage
from tests.journeys.test_season import EDITION, EXAMPLE, OPENS
from tests.people import INES, id_of

MILLISECOND = timedelta(milliseconds=1)
# The example's call closes on 30 April 2027 at 21:00 where the edition is run.
ZONES = {
    "Pacific/Kiritimati": datetime(2027, 4, 30, 7, 0, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2027, 4, 30, 15, 15, tzinfo=UTC),
    "America/St_Johns": datetime(2027, 4, 30, 23, 30, tzinfo=UTC),
}


def without_duties(text: str) -> str:
    """The example's edition, none of whose questions has to be answered."""
    text = re.sub(r"required = false\n|min_words = \d+\n", "", text)
    return text.replace("[[question]]\n", "[[question]]\nrequired = false\n")


@pytest.mark.parametrize("zone", ZONES)
async def test_the_last_millisecond(tmp_path: Path, zone: str) -> None:
    clock, settings = FixedClock(OPENS), Settings(data=tmp_path)
    text = without_duties(EXAMPLE).replace('zone = "Asia/Seoul"', f'zone = "{zone}"')
    report = await load(text, actor=SYSTEM, clock=clock)
    version = (await edition_by_id(report.edition_id)).version
    await open_call(edition_id=report.edition_id, version=version, actor=SYSTEM, clock=clock)
    closes = ZONES[zone]
    assert (await call_of(report.edition_id)).closes == closes
    city = await factories.entrant("Portaleda", country="PT")
    await factories.official(await id_of(INES), city)

    stage = Stage(create_app(settings, clock=clock), clock, settings)
    stage.on(closes - timedelta(hours=2))
    first, second = [
        await steps.starts_entry(stage, INES, edition=EDITION, title=title, category="services")
        for title in ("One ticket", "Night buses")
    ]
    ines = await steps.enters(stage, INES, f"/city/entries/{first}/check")
    stage.on(closes - MILLISECOND)
    page = await ines.submit(f"/city/entries/{first}/submit", declared="1", status=200)
    assert first in page.text
    await ines.get(f"/city/entries/{second}/check")
    stage.on(closes)
    page = await ines.submit(f"/city/entries/{second}/submit", declared="1", status=403)
    # It says when that was in the one time that everybody shares.
    assert f"{closes:%H:%M}" in page.text
    await ines.get(f"/city/entries/{second}/practice")
    assert ines.page is not None
    assert not [form for form in ines.page.main.iter("form") if form.get("id") == "question"]
    await stage.close()
