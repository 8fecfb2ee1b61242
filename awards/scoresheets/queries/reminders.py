"""Judges of a round as the secretariat writes to them: what waits for each, and where and how they read mail."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from awards.panels.queries.rounds import RoundRow
from awards.panels.tables import Seat
from awards.scoresheets.board import SILENT_DAYS, JudgeLine, judge_line
from awards.scoresheets.queries.board import places_of, times_of
from awards.scoresheets.reminders import LeftOut, left_out
from awards.web.words import in_mail


class Addressee(Struct, frozen=True):
    line: JudgeLine
    address: str
    confirmed: bool
    disabled: bool
    lang: str
    zone: str

    def left_out(self, now: datetime) -> LeftOut | None:
        return left_out(
            self.line, now, address=self.address, confirmed=self.confirmed, disabled=self.disabled
        )


_READERS = """
SELECT s.id, p.lang, p.zone, p.disabled_at, p.erased_at, m.address, m.confirmed_at FROM seat s JOIN person p ON p.id = s.person
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE WHERE s.round = {}
"""


async def addressees_of(
    found: RoundRow, now: datetime, *, seats: Collection[int] = (), silent_days: int = SILENT_DAYS
) -> list[Addressee]:
    """Of the seats that are named, or of all; by name."""
    readers = {row["id"]: row for row in await Seat.raw(_READERS, found.id)}
    lines = (
        judge_line(place, times_of(found), now, silent_days=silent_days)
        for place in await places_of(found.id, seats)
    )
    return [
        Addressee(
            line,
            row["address"] or "",
            confirmed=row["confirmed_at"] is not None,
            disabled=row["disabled_at"] is not None or row["erased_at"] is not None,
            lang=row["lang"],
            zone=row["zone"],
        )
        for line in sorted(lines, key=lambda line: (line.name.casefold(), line.seat_id))
        if (row := readers.get(line.seat_id)) is not None
    ]


def letter_values(found: RoundRow, one: Addressee) -> Mapping[str, str]:
    """What the reminder says, dates in the judge's language and zone; counts, and nothing of what stands on a sheet."""
    line = one.line
    zone = one.zone if one.zone != "UTC" else found.edition.zone
    closes, closes_local = in_mail(line.until, zone, one.lang)
    return {
        "seat": str(line.seat_id),
        "name": line.name,
        "edition": found.edition.name,
        "round": found.name,
        "left": str(line.left),
        "signed": str(line.signed),
        "given": str(line.signed + line.left),
        "closes": closes,
        "closes_local": closes_local,
        "link": found.bench,
    }
