"""Forecasts: worked examples, what is too little to say anything of, and what holds for any pace."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, strategies

from awards.scoresheets.forecast import Forecast, Outlook, Together, forecast, latest, together
from tests.factories import AT, DAY

UNTIL = AT + 10 * DAY
HOUR = timedelta(hours=1)


def told(**more: object) -> Forecast:
    values = {"given": 12, "read": 4, "signed": 2, "began": AT - 8 * DAY, "now": AT, "until": UNTIL}
    return forecast(**{**values, **more})


def test_four_sheets_in_eight_days_are_two_days_each() -> None:
    assert told() == Forecast(Outlook.LATE, AT + 16 * DAY)
    assert told(read=8) == Forecast(Outlook.IN_TIME, AT + 4 * DAY)


def test_the_deadline_itself_is_too_late() -> None:
    assert told(given=9) == Forecast(Outlook.LATE, UNTIL)
    assert told(given=9, until=UNTIL + timedelta(microseconds=1)).outlook is Outlook.IN_TIME


@pytest.mark.parametrize(
    ("case", "outlook"),
    [
        ({"given": 0, "read": 0, "signed": 0, "began": None}, Outlook.NOTHING),
        ({"read": 12, "signed": 12}, Outlook.DONE),
        ({"read": 12, "signed": 12, "now": UNTIL + DAY}, Outlook.DONE),
        ({"read": 12, "signed": 11}, Outlook.TO_SIGN),
        ({"now": UNTIL}, Outlook.OVER),
        ({"read": 12, "signed": 11, "now": UNTIL}, Outlook.OVER),
        ({"read": 0, "signed": 0, "began": None}, Outlook.UNKNOWN),
        ({"read": 1, "signed": 0}, Outlook.UNKNOWN),
        ({"began": AT - DAY + HOUR}, Outlook.UNKNOWN),
        ({"began": AT - DAY}, Outlook.IN_TIME),
    ],
)
def test_what_can_be_said(case: dict[str, object], outlook: Outlook) -> None:
    assert told(**case).outlook is outlook
    assert (told(**case).done_at is None) is (outlook not in (Outlook.IN_TIME, Outlook.LATE))


def test_no_pace_is_so_slow_that_the_calendar_ends() -> None:
    endless = told(given=100_000, read=2, signed=0, began=AT - 3650 * DAY)
    assert endless == Forecast(Outlook.LATE, AT + 3650 * DAY)


@given(
    sheets=strategies.integers(1, 500),
    read=strategies.integers(0, 500),
    began=strategies.integers(0, 400 * 24),
    pause=strategies.integers(1, 400 * 24),
)
def test_who_pauses_falls_behind_and_who_reads_comes_nearer(
    sheets: int, read: int, began: int, pause: int
) -> None:
    read = min(read, sheets)
    far = AT + 10_000 * DAY
    now = told(given=sheets, read=read, signed=0, began=AT - began * HOUR, until=far)
    later = told(given=sheets, read=read, signed=0, began=AT - began * HOUR, now=AT + pause * HOUR, until=far)
    if now.done_at is not None and later.done_at is not None:
        assert later.done_at >= now.done_at > AT
    more = told(given=sheets, read=min(read + 1, sheets), signed=0, began=AT - began * HOUR, until=far)
    if now.done_at is not None and more.done_at is not None:
        assert more.done_at <= now.done_at


def known(outlook: Outlook, day: int | None = None) -> Forecast:
    return Forecast(outlook, None if day is None else AT + day * DAY)


def test_a_round_is_what_its_judges_are() -> None:
    assert together([]) == Together(0, 0, 0, 0, None)
    judges = [
        known(Outlook.DONE),
        known(Outlook.TO_SIGN),
        known(Outlook.IN_TIME, 3),
        known(Outlook.LATE, 12),
        known(Outlook.UNKNOWN),
        known(Outlook.OVER),
        known(Outlook.NOTHING),
    ]
    assert together(judges) == Together(in_time=3, late=1, unknown=1, over=1, last=AT + 12 * DAY)


def _day(day: int) -> datetime:
    return AT + day * DAY


def test_an_entry_is_read_with_the_last_of_its_judges() -> None:
    in_time, late = known(Outlook.IN_TIME, 3), known(Outlook.LATE, 12)
    assert latest([]) == Forecast(Outlook.NOTHING)
    assert latest([in_time, known(Outlook.IN_TIME, 5)]) == Forecast(Outlook.IN_TIME, _day(5))
    assert latest([in_time, late]) == Forecast(Outlook.LATE, _day(12))
    assert latest([known(Outlook.TO_SIGN), in_time]) == Forecast(Outlook.IN_TIME, _day(3))
    assert latest([known(Outlook.TO_SIGN)]) == Forecast(Outlook.TO_SIGN)
    assert latest([late, known(Outlook.UNKNOWN)]) == Forecast(Outlook.UNKNOWN)
    assert latest([known(Outlook.UNKNOWN), known(Outlook.OVER)]) == Forecast(Outlook.OVER)
