"""Dates, numbers and names, against values written out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.web import i18n, words

CLOSES = datetime(2027, 4, 30, 12, 0, tzinfo=UTC)
M = 1_000_000


def test_times_are_written_in_utc_and_in_a_zone():
    assert words.iso(CLOSES) == "2027-04-30T12:00:00Z"
    assert words.day(CLOSES) == "30 April 2027"
    assert words.day(date(2027, 4, 30)) == "30 April 2027"
    assert words.short_day(CLOSES) == "30 April"
    assert words.month(CLOSES) == "April 2027"
    assert words.hour(CLOSES) == "12:00\u00a0UTC"
    assert words.hour(CLOSES, "Asia/Seoul") == "21:00\u00a0KST"
    assert words.hour(CLOSES, "Europe/Berlin") == "14:00\u00a0CEST"
    assert words.utc(CLOSES, seconds=True) == "30 April 2027, 12:00:00\u00a0UTC"
    # Another day there.
    assert words.day_time(CLOSES, "Pacific/Auckland") == "1 May 2027, 00:00\u00a0NZST"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Dubai", "UTC+4"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/Sao_Paulo", "UTC−3"),
        ("Nowhere/City", "UTC"),
        ("../etc", "UTC"),
        ("", "UTC"),
    ],
)
def test_zones_without_letters_are_named_by_their_distance(zone, name):
    assert words.zone_name(CLOSES, zone) == name


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(days=23, hours=23), "in 23 days"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=1, hours=23, minutes=59), "in 47 hours"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(minutes=59, seconds=59), "in 59 minutes"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(days=-60), "60 days ago"),
        (timedelta(days=-92), "3 months ago"),
        (timedelta(days=-731), "2 years ago"),
        (timedelta(days=200), "in 6 months"),
        (timedelta(days=800), "in 2 years"),
    ],
)
def test_how_far_off(away, said):
    assert words.in_words(CLOSES + away, CLOSES) == said


def test_lengths_of_time():
    assert words.lasting(timedelta(days=4, hours=3)) == "4 days"
    assert words.lasting(timedelta(hours=36)) == "36 hours"
    assert words.lasting(timedelta(minutes=1)) == "1 minute"
    assert words.lasting(timedelta(days=100)) == "3 months"
    assert words.lasting(timedelta(days=1000)) == "2 years"


@pytest.mark.parametrize(
    ("millionths", "said"),
    [(79_400_000, "79.4"), (79_450_000, "79.4"), (79_550_000, "79.6"), (0, "0.0"), (-40_000, "0.0"),
     (-2_000_000, "−2.0"), (1_234_500_000, "1,234.5")],
)  # fmt: skip
def test_scores(millionths, said):
    assert words.score(millionths) == said


def test_differences_carry_their_sign():
    assert words.signed(1 * M) == "+1.0"
    assert words.signed(-2 * M) == "−2.0"
    assert words.signed(0) == words.signed(-1) == "0.0"
    with i18n.use("ar"):
        # A mark keeps the sign in front of its number.
        assert words.signed(-2 * M).startswith("\u200e−2")


@pytest.mark.parametrize(
    ("millionths", "said", "short"),
    [
        (0, "under 1 of 100", "<1\u00a0%"),
        (9_999, "under 1 of 100", "<1\u00a0%"),
        (10_000, "1 of 100", "1\u00a0%"),
        (770_000, "77 of 100", "77\u00a0%"),
        (990_000, "99 of 100", "99\u00a0%"),
        (990_001, "over 99 of 100", ">99\u00a0%"),
        (M, "over 99 of 100", ">99\u00a0%"),
    ],
)
def test_chances_are_counts_and_never_certain(millionths, said, short):
    assert words.chance(millionths) == said
    assert words.percent(millionths) == short


def test_places_numbers_sizes_and_names():
    assert words.places(1, 3) == "1 to 3"
    assert words.places(14, 14) == "14"
    assert words.number(31_400) == "31,400"
    assert words.number(-5) == "−5"
    assert [words.file_size(n) for n in (0, 999, 92_000, 1_234_000, 10_000_000, 2_000_000_000)] == [
        "0\u00a0B", "999\u00a0B", "92\u00a0KB", "1.2\u00a0MB", "10\u00a0MB", "2.0\u00a0GB"
    ]  # fmt: skip
    assert words.country("kr") == "South Korea"
    assert words.country("KR", "fr") == "Corée du Sud"
    assert words.country("ZZZ") == "ZZZ"
    assert words.listing([]) == ""
    assert words.listing(["A"]) == "A"
    assert words.listing(["A", "B", "C"]) == "A, B and C"


def test_other_languages():
    with i18n.use("fr"):
        assert words.day(CLOSES) == "30 avril 2027"
        assert words.score(1_234_500_000) == "1\u202f234,5"
    with i18n.use("ko"):
        assert words.day(CLOSES) == "2027년 4월 30일"


def test_texts():
    assert words.paragraphs("One\r\n\r\n\r\nTwo\nthree\n") == ["One", "Two\nthree"]
    assert words.paragraphs("  ") == []
    assert words.word_count("Before the  single\nticket") == 4


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_a_score_is_never_a_negative_zero(millionths, decimals):
    text = words.score(millionths, decimals)
    assert not text.startswith("−") or any(digit in text for digit in "123456789")


@given(st.integers(0, M))
def test_a_chance_never_reaches_none_or_all(millionths):
    assert words.percent(millionths) not in ("0\u00a0%", "100\u00a0%")


@given(st.integers(-30 * 365 * 86400, 60 * 365 * 86400).map(lambda s: CLOSES + timedelta(seconds=s)))
def test_what_is_left_is_never_said_to_be_more(at):
    now = datetime(2026, 11, 21, tzinfo=UTC)
    said = words.in_words(at, now)
    number = next((int(part) for part in said.split() if part.isdigit()), 0)
    unit = {"minute": 60, "hour": 3600, "day": 86400, "month": 2_592_000, "year": 31_536_000}
    length = next((s for word, s in unit.items() if word in said), 0)
    assert number * length <= abs((at - now).total_seconds()) or said == "just now"
