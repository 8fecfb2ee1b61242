"""A round day by day: how many sheets were signed off, beside how many are needed by then. Pure: counts only."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
# More bars than these are no longer told apart on a phone: longer rounds are drawn by the week.
MOST_STEPS = 62
# Further reads come after the closing; what was signed off later than this stands with the last day.
AFTERWARDS = 31


class Step(Struct, frozen=True):
    """`needed` is what an even pace from the opening to the closing has signed off by the end of these days."""

    first: date
    days: int
    signed: int
    total: int
    needed: int
    past: bool
    """Whether any of these days has begun."""


class Course(Struct, frozen=True):
    steps: tuple[Step, ...]
    wanted: int
    signed: int
    top: int
    """What the picture is as high as: more may be signed off than was wanted."""
    recent: int
    """Signed off in the last seven days."""
    left_days: int
    """Days until the closing, those that have begun counted; 0 once it is over."""

    @property
    def left(self) -> int:
        return max(self.wanted - self.signed, 0)

    @property
    def a_day(self) -> int:
        """How many a day are needed from now on; 0 where nothing is left, or no time."""
        return -(-self.left // self.left_days) if self.left_days else 0


def course(
    signed_at: Iterable[datetime],
    *,
    wanted: int,
    opens: datetime,
    closes: datetime,
    now: datetime,
    zone: tzinfo,
) -> Course:
    """
    From the day of the opening until the closing, or until the last sheet where some came soon after it.

    Days are those of `zone`. A day on which the round is open for some hours needs as much as these hours do.
    """
    signed = sorted(at.astimezone(zone).date() for at in signed_at)
    today = now.astimezone(zone).date()
    first = opens.astimezone(zone).date()
    # Half open: what closes at midnight does not reach into the day that begins there.
    closing = max((closes - TICK).astimezone(zone).date(), first)
    last = min(max([closing, *signed[-1:]]), closing + AFTERWARDS * DAY)
    length = (
        1 if (last - first).days < MOST_STEPS else 7 * (-(-((last - first).days + 1) // (7 * MOST_STEPS)))
    )
    by_step = Counter((min(max(day, first), last) - first).days // length for day in signed)
    steps, total = [], 0
    for place in range((last - first).days // length + 1):
        begins = first + DAY * length * place
        days = min(length, (last - begins).days + 1)
        total += by_step[place]
        end = datetime.combine(begins + DAY * days, datetime.min.time(), zone)
        needed = _needed(wanted, opens, closes, min(end, closes))
        steps.append(Step(begins, days, by_step[place], total, needed, begins <= today))
    since = now - 7 * DAY
    return Course(
        steps=tuple(steps),
        wanted=wanted,
        signed=total,
        top=max(wanted, total, 1),
        recent=sum(day > since.astimezone(zone).date() for day in signed if day <= today),
        left_days=max(-(-(closes - now) // DAY), 0),
    )


def _needed(wanted: int, opens: datetime, closes: datetime, at: datetime) -> int:
    if at >= closes or closes <= opens:
        return wanted
    return -(-wanted * (max(at - opens, timedelta(0)) // TICK) // ((closes - opens) // TICK))
