"""What the chair of a panel sees: how far each entry is, and its text. Never a mark, and nothing of own conflicts."""

from datetime import datetime

from msgspec import Struct

from awards.entries.queries import BlindEntry, version_for_judges
from awards.errors import NotFound
from awards.panels.queries import OwnSeat, conflicts_of_round
from awards.panels.queries.titles import with_titles
from awards.panels.tables import RoundEntry


class LedEntry(Struct, frozen=True):
    """`city` is empty in a blind round; `given` and `signed` count sheets."""

    entry_id: int
    version_id: int | None
    reference: str
    title: str
    lang: str
    city: str
    category: str
    wanted: int
    given: int
    signed: int
    put_at: datetime


class Led(Struct, frozen=True):
    entries: tuple[LedEntry, ...]
    hidden: int
    """Entries that a conflict keeps from the chair: how many, not which."""


_LED = """
SELECT en.id AS entry_id, re.entry_version AS version_id, en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city,
  c.name AS category, re.sheets_wanted AS wanted,
  re.created_at AS "put_at",
  (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id
   AND a.state IN ('given', 'opened', 'started', 'signed')) AS given,
  (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state = 'signed') AS signed
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category
WHERE re.round = {} AND (NOT EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = {})
  OR EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = {} AND sc.category = en.category))
ORDER BY c.position, c.id, t.folded, en.reference
"""


async def led_by(seat: OwnSeat, now: datetime) -> Led:
    rows = await RoundEntry.raw(with_titles(_LED), seat.round.id, seat.id, seat.id)
    conflicts = await conflicts_of_round(seat.round.id, seat.round.edition.id, now, persons=[seat.person_id])
    shown = [row for row in rows if not conflicts.forbidden(seat.person_id, row["entry_id"])]
    return Led(
        tuple(LedEntry(**{**row, "city": "" if seat.round.blind else row["city"]}) for row in shown),
        len(rows) - len(shown),
    )


async def entry_for_chair(seat: OwnSeat, reference: str, now: datetime) -> BlindEntry | None:
    """As the judges read it. None where the chair has not declared conflicts since the entry came."""
    version_id = await version_for_chair(seat, reference, now)
    return None if version_id is None else await version_for_judges(version_id, blind=seat.round.blind)


async def version_for_chair(seat: OwnSeat, reference: str, now: datetime) -> int | None:
    """The version that the panel reads; of what the chair does not lead, or is in conflict with, there is none.

    None where the chair has not declared conflicts since the entry came.
    """
    led = await led_by(seat, now)
    found = next((one for one in led.entries if one.reference == reference), None)
    if found is None or found.version_id is None:
        raise NotFound
    if seat.conflicts_declared_at is None or found.put_at > seat.conflicts_declared_at:
        return None
    return found.version_id
