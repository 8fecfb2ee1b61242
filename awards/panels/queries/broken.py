"""What a round at work lacks, for the page that repairs it: counts of sheets and their states, never a mark."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from awards.editions.reading import instant
from awards.panels.tables import RoundEntry

# Who has done nothing for so long, with entries nobody has opened, is called silent.
SILENT_AFTER = timedelta(days=7)


class ShortEntry(Struct, frozen=True):
    """Too few sheets, and how that came: so many stepped aside, were set aside, were taken back; late if it was
    put into the round after the others were given."""

    reference: str
    title: str
    lang: str
    city: str
    wanted: int
    given: int
    recused: int
    aside: int
    withdrawn: int

    @property
    def missing(self) -> int:
        return self.wanted - self.given

    @property
    def late(self) -> bool:
        return not (self.given or self.recused or self.aside or self.withdrawn)


class Waiting(Struct, frozen=True):
    """A judge with entries that they have not opened; `since` is when they did something last, or were given one."""

    seat_id: int
    name: str
    unopened: int
    begun: int
    since: datetime

    def is_silent(self, now: datetime) -> bool:
        return now - self.since >= SILENT_AFTER


class Lack(Struct, frozen=True):
    """`any_given` is false before the first assignment: then there is nothing to repair. Names are by id."""

    short: tuple[ShortEntry, ...]
    waiting: tuple[Waiting, ...]
    any_given: bool
    entries: Mapping[int, str]
    seats: Mapping[int, str]

    @property
    def sheets(self) -> int:
        return sum(entry.missing for entry in self.short)


_ACTIVE = "('given', 'opened', 'started', 'signed')"
_LACK = f"""
SELECT CASE WHEN re.bridge = TRUE THEN 'bridge' ELSE 'entry' END AS part, re.id, e.reference AS code, t.name, e.title, e.lang, re.sheets_wanted AS wanted,
  COUNT(CASE WHEN a.state IN {_ACTIVE} THEN 1 END) AS given, COUNT(CASE WHEN a.state = 'recused' THEN 1 END) AS recused,
  COUNT(CASE WHEN a.state = 'set aside' THEN 1 END) AS aside, COUNT(CASE WHEN a.state = 'withdrawn' THEN 1 END) AS taken,
  '' AS since
FROM round_entry re JOIN entry e ON e.id = re.entry JOIN entrant t ON t.id = e.entrant
LEFT JOIN assignment a ON a.round_entry = re.id
WHERE re.round = {{}} GROUP BY re.id, e.reference, t.name, e.title, e.lang, re.sheets_wanted
UNION ALL
SELECT 'seat', s.id, '', p.name, '', '', COUNT(CASE WHEN a.state = 'given' THEN 1 END),
  COUNT(CASE WHEN a.state IN ('opened', 'started', 'signed') THEN 1 END), 0, 0, 0,
  MAX(CAST(COALESCE(a.signed_at, a.saved_at, a.opened_at, a.created_at) AS TEXT))
FROM seat s JOIN person p ON p.id = s.person LEFT JOIN assignment a ON a.seat = s.id AND a.state IN {_ACTIVE}
WHERE s.round = {{}} GROUP BY s.id, p.name
ORDER BY 1, 4, 3
"""  # noqa: S608  # our own text


async def lack_of(round_id: int) -> Lack:
    rows = await RoundEntry.raw(_LACK, round_id, round_id)
    seats = [row for row in rows if row["part"] == "seat"]
    return Lack(
        short=tuple(_short(row) for row in rows if row["part"] == "entry" and row["given"] < row["wanted"]),
        waiting=tuple(
            Waiting(row["id"], row["name"], row["wanted"], row["given"], instant(row["since"]))
            for row in seats
            if row["wanted"]
        ),
        any_given=any(row["since"] for row in seats),
        entries={row["id"]: f"{row['name']}, {row['title']}" for row in rows if row["part"] != "seat"},
        seats={row["id"]: row["name"] for row in seats},
    )


def _short(row: dict[str, Any]) -> ShortEntry:
    return ShortEntry(
        reference=row["code"],
        title=row["title"],
        lang=row["lang"],
        city=row["name"],
        wanted=row["wanted"],
        given=row["given"],
        recused=row["recused"],
        aside=row["aside"],
        withdrawn=row["taken"],
    )
