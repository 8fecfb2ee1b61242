"""A round day by day, in its own zone: every signed sheet stands on one day, and the last day needs all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies

from awards.scoresheets.course import MOST_STEPS, Course, course

OPENS = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CLOSES = OPENS + 10 * DAY


def told(
    signed_at: list[datetime], *, now: datetime = OPENS + 5 * DAY, wanted: int = 24, **more: object
) -> Course:
    values = {"opens": OPENS, "closes": CLOSES, "zone": UTC, **more}
    return course(signed_at, wanted=wanted, now=now, **values)


def test_days_count_what_was_signed_and_what_is_needed() -> None:
    found = told([OPENS + DAY] * 3 + [OPENS + 4 * DAY] * 5)
    assert [step.signed for step in found.steps] == [0, 3, 0, 0, 5, 0, 0, 0, 0, 0, 0]
    assert [step.total for step in found.steps] == [0, 3, 3, 3, 8, 8, 8, 8, 8, 8, 8]
    # 24 in 240 hours: one every ten hours, and the first day has fifteen of them.
    assert [step.needed for step in found.steps] == [2, 4, 7, 9, 12, 14, 16, 19, 21, 24, 24]
    assert [step.past for step in found.steps] == [True] * 6 + [False] * 5
    assert (found.wanted, found.signed, found.left, found.left_days) == (24, 8, 16, 5)
    assert (found.a_day, found.recent, found.top) == (4, 8, 24)


def test_days_are_those_of_the_edition() -> None:
    late = datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert [step.first for step in told([late]).steps if step.signed] == [date(2026, 3, 2)]
    seoul = told([late], zone=ZoneInfo("Asia/Seoul"))
    assert [step.first for step in seoul.steps if step.signed] == [date(2026, 3, 3)]


def test_a_round_that_closes_at_midnight_does_not_reach_into_the_next_day() -> None:
    found = told([], closes=datetime(2026, 3, 4, tzinfo=UTC))
    assert [step.first.day for step in found.steps] == [1, 2, 3]


def test_further_reads_go_on_after_the_closing_and_what_came_years_later_stands_last() -> None:
    found = told([CLOSES + 3 * DAY, CLOSES + 4000 * DAY], now=CLOSES + 5000 * DAY)
    assert found.steps[-1].first == (CLOSES + 31 * DAY).date()
    assert found.steps[-1].total == 2
    assert found.left_days == found.a_day == found.recent == 0


def test_more_than_was_wanted_fits_in() -> None:
    found = told([OPENS] * 30)
    assert (found.top, found.left, found.a_day) == (30, 0, 0)


@given(
    hours=strategies.lists(strategies.integers(-100, 20_000), max_size=40),
    length=strategies.integers(0, 20_000),
    now=strategies.integers(-1000, 30_000),
    wanted=strategies.integers(0, 5_000),
)
def test_no_sheet_is_lost_and_the_need_only_grows(
    hours: list[int], length: int, now: int, wanted: int
) -> None:
    hour = timedelta(hours=1)
    found = told(
        [OPENS + count * hour for count in hours],
        closes=OPENS + length * hour,
        now=OPENS + now * hour,
        wanted=wanted,
    )
    needed = [step.needed for step in found.steps]
    assert sum(step.signed for step in found.steps) == found.steps[-1].total == len(hours)
    assert needed == sorted(needed)
    assert needed[-1] == wanted
    assert len(found.steps) <= MOST_STEPS
    assert all(
        after.first == before.first + before.days * DAY
        for before, after in zip(found.steps, found.steps[1:], strict=False)
    )
