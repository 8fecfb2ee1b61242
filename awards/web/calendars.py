"""Calendar files: instants of ours as other people's calendars read them, and notice when they have moved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import TRANSP
from msgspec import Struct

PRODID = "-//awards//deadlines//EN"
MEDIA_TYPE = "text/calendar"
# How often a calendar that subscribed looks again.
REFRESH = timedelta(hours=1)


class Dated(Struct, frozen=True):
    """One instant. `uid` stays for good; `sequence` grows with every change, or calendars keep the old time."""

    uid: str
    at: datetime
    summary: str
    text: str
    url: str
    sequence: int
    changed_at: datetime | None = None


def calendar_file(name: str, uid: str, dates: Sequence[Dated], now: datetime) -> bytes:
    """All in UTC, which every calendar turns into its reader's own time."""
    calendar = Calendar.new(prodid=PRODID, uid=uid, name=name, method="PUBLISH", refresh_interval=REFRESH)
    for one in dates:
        calendar.add_component(
            Event.new(
                uid=one.uid,
                start=one.at,
                summary=one.summary,
                description=one.text,
                url=one.url,
                sequence=one.sequence,
                stamp=now.replace(microsecond=0),
                last_modified=one.changed_at and one.changed_at.replace(microsecond=0),
                transparency=TRANSP.TRANSPARENT,
            )
        )
    return bytes(calendar.to_ical())
