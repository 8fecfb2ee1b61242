"""The rules of the board by themselves: every judge and entry has one standing, and counts add up."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import (
    SearchStrategy,
    builds,
    datetimes,
    integers,
    lists,
    none,
    sampled_from,
    tuples,
)
from hypothesis.strategies import just as always

from awards.editions.rules import RoundState
from awards.panels.rules import SeatState
from awards.scoresheets.board import (
    COUNTED,
    URGENCY,
    EntryOf,
    EntryStanding,
    JudgeLine,
    Place,
    RoundTimes,
    Sheet,
    Standing,
    entry_lines,
    judge_line,
)
from awards.scoresheets.forecast import Outlook
from awards.scoresheets.reminders import LeftOut, left_out, takes_reminders
from tests.factories import AT, DAY

ENTRIES = range(1, 7)


def moments() -> SearchStrategy[datetime]:
    naive = AT.replace(tzinfo=None)
    return datetimes(naive - 40 * DAY, naive + 20 * DAY).map(lambda at: at.replace(tzinfo=AT.tzinfo))


def sheet(round_entry: int) -> SearchStrategy[Sheet]:
    return builds(
        Sheet,
        round_entry=always(round_entry),
        state=sampled_from([*COUNTED, "recused", "set aside"]),
        given_at=moments(),
        begun_at=none() | moments(),
        last_at=none() | moments(),
        signed_at=none() | moments(),
        extra_until=none() | moments(),
    )


def places() -> SearchStrategy[list[Place]]:
    one = builds(
        Place,
        seat_id=always(0),
        label=always("J-1"),
        name=sampled_from(["Ada", "Ben"]),
        state=sampled_from(list(SeatState)),
        extended_until=none() | moments(),
        reminded_at=none() | moments(),
        sheets=lists(sampled_from(ENTRIES), unique=True).flatmap(lambda chosen: tuples(*map(sheet, chosen))),
    )
    return lists(one, max_size=5).map(
        lambda found: [
            Place(number, *(getattr(place, name) for name in Place.__struct_fields__[1:]))
            for number, place in enumerate(found)
        ]
    )


def times() -> SearchStrategy[RoundTimes]:
    return builds(RoundTimes, state=sampled_from(list(RoundState)), opens=moments(), closes=moments())


@given(places(), times(), moments(), lists(integers(0, 4), min_size=6, max_size=6))
def test_counts_add_up(found: list[Place], round_: RoundTimes, now: datetime, wanted: list[int]) -> None:
    judges = [judge_line(place, round_, now) for place in found]
    entries = entry_lines(map(EntryOf, ENTRIES, wanted), found, judges)
    assert sum(line.given for line in judges) == sum(line.given for line in entries)
    assert sum(line.left for line in judges) == sum(line.coming for line in entries)
    for line in judges:
        assert line.left <= line.given - line.signed
        assert (line.standing is Standing.DONE) <= (line.left == 0)
        assert line.standing in URGENCY
    for entry in entries:
        assert entry.missing <= entry.short + entry.coming
        assert (entry.standing is EntryStanding.COMPLETE) is (entry.signed >= entry.wanted)
        assert (entry.standing is EntryStanding.SHORT) is (entry.short > 0)


@given(places(), times(), moments())
def test_only_who_can_still_sign_a_sheet_off_is_reminded(
    found: list[Place], round_: RoundTimes, now: datetime
) -> None:
    for place in found:
        line = judge_line(place, round_, now)
        why = left_out(line, now, address="judge@example.org", confirmed=True, disabled=False)
        if why is None and takes_reminders(round_, now) is None:
            assert line.left > 0
            assert now < line.until
            assert place.state is SeatState.ACCEPTED
            assert place.reminded_at is None or now - place.reminded_at >= 7 * DAY
        if line.standing is Standing.DONE:
            assert why is LeftOut.DONE


@given(places(), times(), moments())
def test_a_category_of_all_entries_changes_nothing(
    found: list[Place], round_: RoundTimes, now: datetime
) -> None:
    for place in found:
        assert judge_line(place, round_, now, among=frozenset(ENTRIES)) == judge_line(place, round_, now)
        none_of_it = judge_line(place, round_, now, among=frozenset())
        assert (none_of_it.given, none_of_it.left) == (0, 0)


OPEN = RoundTimes(RoundState.OPEN, AT - 20 * DAY, AT + 10 * DAY)


def one(
    state: str, *, seat: SeatState = SeatState.ACCEPTED, until: datetime | None = None, **more: datetime
) -> JudgeLine:
    values = {
        "given_at": AT - 20 * DAY,
        "begun_at": None,
        "last_at": None,
        "signed_at": None,
        "extra_until": None,
    }
    made = Sheet(1, state, **{**values, **more})
    return judge_line(Place(1, "J-1", "Ada", seat, until, None, (made,)), OPEN, AT)


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        (one("not opened"), Standing.SILENT),
        (one("not opened", given_at=AT - 6 * DAY), Standing.NOT_BEGUN),
        (one("opened", begun_at=AT - 9 * DAY, last_at=AT - 7 * DAY), Standing.SILENT),
        (one("opened", begun_at=AT - 9 * DAY, last_at=AT - 7 * DAY + timedelta(seconds=1)), Standing.AT_WORK),
        (one("ready", last_at=AT - DAY, until=AT), Standing.OVERDUE),
        (one("ready", last_at=AT - DAY, until=AT + timedelta(seconds=1)), Standing.AT_WORK),
        (one("signed", until=AT), Standing.DONE),
        (one("recused"), Standing.NOTHING),
        (one("started", seat=SeatState.ENDED), Standing.ENDED),
        (one("not opened", seat=SeatState.INVITED), Standing.NO_ANSWER),
    ],
)
def test_where_a_judge_is(line: JudgeLine, standing: Standing) -> None:
    assert line.standing is standing


def test_ready_is_read_and_waits_for_its_signature() -> None:
    assert one("ready", last_at=AT).forecast.outlook is Outlook.TO_SIGN
