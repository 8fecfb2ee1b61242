"""In time is before the instant: [opens, closes), in every zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from awards.clock import FixedClock
from awards.entries import queries, services
from awards.entries.forms import (
    ChangeEntry,
    SaveAnswer,
    SubmitEntry,
)
from awards.entries.rules import Late
from awards.entries.tables import EntryVersion
from awards.errors import Denied
from tests.awards.entries.scene import CLOCK, GOOD, actions, ready, scene
from tests.factories import AT, DAY

ZONES = ("Asia/Seoul", "America/Sao_Paulo", "Pacific/Chatham")
MS, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("off", "is_in"), [(-SECOND, True), (-MS, True), (timedelta(0), False), (MS, False), (SECOND, False)]
)
async def test_in_time_is_before_the_instant(zone: str, off: timedelta, is_in: bool) -> None:
    closes = datetime(2026, 3, 31, 23, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    s = await scene(closes=closes, zone=zone)
    reference = await ready(s)
    clock = FixedClock((closes + off).astimezone(ZoneInfo(zone)))
    submit = SubmitEntry(declared=True, version=1)
    if is_in:
        number = await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=clock)
        (version,) = await queries.versions_of((await queries.own_entry(s.amina, reference, AT)).id)
        assert (number, version.number, version.arrived_at) == (1, 1, closes + off)
        return
    with pytest.raises(Late):
        await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=clock)
    assert (await actions())[-1] == "entry refused as late"
    assert await EntryVersion.count() == 0


@pytest.mark.parametrize("off", [timedelta(0), MS])
async def test_nothing_of_an_entry_changes_from_the_deadline_on(off: timedelta) -> None:
    s = await scene()
    reference = await ready(s)
    late = FixedClock(AT + 30 * DAY + off)
    tries: list[Callable[[], object]] = [
        lambda: services.start_entry(command=s.start(title="Other"), actor=s.amina, clock=late),
        lambda: services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=1, answer=("Late.",), draft=True),
            actor=s.amina,
            clock=late,
        ),
        lambda: services.change_entry(
            reference=reference,
            command=ChangeEntry(version=1, category="inclusive", title="Late", lang="en"),
            actor=s.amina,
            clock=late,
        ),
    ]
    for act in tries:
        with pytest.raises(Late):
            await act()
        assert (await actions())[-1] == "entry refused as late"
    entry = await queries.own_entry(s.amina, reference, AT)
    (answer,) = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    assert (entry.title, answer.value) == ("Low floors", GOOD[0])


@pytest.mark.parametrize(("off", "is_open"), [(-MS, False), (timedelta(0), True)])
async def test_the_call_begins_at_its_instant(off: timedelta, is_open: bool) -> None:
    s = await scene(opens=AT)
    clock = FixedClock(AT + off)
    if is_open:
        assert await services.start_entry(command=s.start(), actor=s.amina, clock=clock)
        return
    with pytest.raises(Denied) as told:
        await services.start_entry(command=s.start(), actor=s.amina, clock=clock)
    assert told.value.code == "not open"


@pytest.mark.parametrize("state", ["draft", "judging", "published"])
async def test_an_edition_in_another_state_takes_nothing(state: str) -> None:
    s = await scene(state=state)
    with pytest.raises(Denied):
        await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
