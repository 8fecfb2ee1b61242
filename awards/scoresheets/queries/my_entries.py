"""A judge's own list: what they read in a round, and how far each sheet is."""

from datetime import datetime

from msgspec import Struct

from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.panels.rules import is_frozen
from awards.scoresheets.rules import ANSWERED, reading_order, shown_state
from awards.scoresheets.tables import Scoresheet


class MyEntry(Struct, frozen=True):
    """A row of a judge's own list, in their own order; `city` is empty in a blind round."""

    number: int
    reference: str
    title: str
    lang: str
    city: str
    category: str
    state: str
    version: int
    marked: int
    criteria: int
    saved_at: datetime | None
    signed_at: datetime | None
    frozen: bool
    """Whether the sheet stays as it is while other entries of the round are read once more."""

    @property
    def waits(self) -> bool:
        return not self.frozen and self.state in ("started", "not started")


_MINE = """
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city, c.name AS category, a.state,
  a.saved_at, a.signed_at, a.extra_until, sh.version,
  (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND ANSWERED) AS marked,
  (SELECT COUNT(*) FROM criterion k JOIN criterion_weight w ON w.criterion = k.id
   WHERE k.round = re.round AND w.category = en.category) AS criteria
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE a.seat = {} AND a.state IN ('given', 'opened', 'started', 'signed')
""".replace("ANSWERED", ANSWERED)


async def my_entries(seat: OwnSeat) -> list[MyEntry]:
    rows = {row["reference"]: row for row in await Scoresheet.raw(with_titles(_MINE), seat.id)}
    return [
        MyEntry(
            number=number,
            reference=reference,
            title=rows[reference]["title"],
            lang=rows[reference]["lang"],
            city="" if seat.round.blind else rows[reference]["city"],
            category=rows[reference]["category"],
            state=shown_state(
                rows[reference]["state"], rows[reference]["marked"], rows[reference]["criteria"]
            ),
            version=rows[reference]["version"] or 0,
            marked=rows[reference]["marked"],
            criteria=rows[reference]["criteria"],
            saved_at=rows[reference]["saved_at"],
            signed_at=rows[reference]["signed_at"],
            frozen=is_frozen(seat.round.state, rows[reference]["extra_until"]),
        )
        for number, reference in enumerate(reading_order(seat.label, list(rows)), 1)
    ]
