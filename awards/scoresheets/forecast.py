"""When a judge will have read everything, if they go on as they have since they began. Pure: counts and instants."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

# Less than this says nothing of how somebody reads on: two sheets read in one evening are no pace.
FEWEST_READ = 2
SHORTEST = timedelta(days=1)
# What lies further off than any round lasts is told as a day so far off, and no calendar ends before it.
FURTHEST = timedelta(days=3650)


class Outlook(StrEnum):
    NOTHING = "nothing given"
    DONE = "done"
    # Every sheet has all it needs; nothing is left to read, only to sign off.
    TO_SIGN = "to sign"
    IN_TIME = "in time"
    LATE = "late"
    UNKNOWN = "unknown"
    # The deadline has passed, and sheets are open.
    OVER = "over"


class Forecast(Struct, frozen=True):
    outlook: Outlook
    done_at: datetime | None = None
    """When the last sheet would be read; known of what is in time or late."""


def forecast(
    *, given: int, read: int, signed: int, began: datetime | None, now: datetime, until: datetime
) -> Forecast:
    """
    Of `given` sheets `read` have all that they need, and `signed` of these are signed off.

    The pace is what was read since `began`, spread evenly over the time until now: who pauses falls behind each day,
    and nothing is taken for granted of the last hours before a deadline. At `until` its own instant it is over.
    """
    if given == 0:
        return Forecast(Outlook.NOTHING)
    if signed >= given:
        return Forecast(Outlook.DONE)
    if now >= until:
        return Forecast(Outlook.OVER)
    if read >= given:
        return Forecast(Outlook.TO_SIGN)
    if began is None or read < FEWEST_READ or now - began < SHORTEST:
        return Forecast(Outlook.UNKNOWN)
    done_at = now + min((now - began) * (given - read) / read, FURTHEST)
    return Forecast(Outlook.IN_TIME if done_at < until else Outlook.LATE, done_at)


class Together(Struct, frozen=True):
    """What the forecasts of a round's judges say of the round."""

    in_time: int
    late: int
    unknown: int
    over: int
    last: datetime | None
    """When the last of the judges of whom something can be said would have read everything."""


def together(forecasts: Iterable[Forecast]) -> Together:
    """Who has nothing to read is left out; who has read everything is in time."""
    known = list(forecasts)
    outlooks = [one.outlook for one in known]
    return Together(
        in_time=sum(outlooks.count(one) for one in (Outlook.DONE, Outlook.TO_SIGN, Outlook.IN_TIME)),
        late=outlooks.count(Outlook.LATE),
        unknown=outlooks.count(Outlook.UNKNOWN),
        over=outlooks.count(Outlook.OVER),
        last=max((one.done_at for one in known if one.done_at is not None), default=None),
    )


def latest(forecasts: Sequence[Forecast]) -> Forecast:
    """
    When an entry has all its sheets, if its judges go on as they do: with the last of those who have yet to read it.

    In which order a judge goes on nobody knows, so that it is the end of all that each has to read.
    """
    if not forecasts:
        return Forecast(Outlook.NOTHING)
    outlooks = {one.outlook for one in forecasts}
    for outlook in (Outlook.OVER, Outlook.UNKNOWN):
        if outlook in outlooks:
            return Forecast(outlook)
    last = max((one.done_at for one in forecasts if one.done_at is not None), default=None)
    if last is None:
        return Forecast(Outlook.TO_SIGN)
    return Forecast(Outlook.LATE if Outlook.LATE in outlooks else Outlook.IN_TIME, last)
