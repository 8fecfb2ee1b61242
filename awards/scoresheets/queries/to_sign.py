"""The sheets that a judge named to be signed off, as they stand."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.db import shared, together
from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.panels.queries.titles import with_titles
from awards.panels.rules import may_write
from awards.scoresheets.late import may_sign_late
from awards.scoresheets.rules import ANSWERED
from awards.scoresheets.tables import Scoresheet


class SheetToSign(Struct, frozen=True):
    assignment_id: int
    sheet_id: int | None
    seat_id: int
    label: str
    put_at: datetime
    round_id: int
    round_name: str
    edition_id: int
    edition_name: str
    zone: str
    entry_id: int
    reference: str
    title: str
    state: str
    version: int
    marked: int
    criteria: int
    origin: str
    round_state: RoundState
    opens: datetime
    closes: datetime
    extended_until: datetime | None
    extra_until: datetime | None
    sign_until: datetime | None

    def closed(self, now: datetime) -> Denied | None:
        if may_sign_late(self.round_state, self.sign_until, now):
            return None
        return may_write(
            state=self.round_state,
            opens=self.opens,
            closes=self.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
            now=now,
        )


_TO_SIGN = """
SELECT a.id AS assignment_id, sh.id AS sheet_id, s.id AS seat_id, s.label, re.created_at AS "put_at", r.id AS round_id, r.name AS round_name,
  r.edition AS edition_id, ed.name AS edition_name, ed.zone, en.id AS entry_id, en.reference,
  SUBMITTED_TITLE AS title, a.state, sh.version, a.origin, r.state AS round_state, r.opens AS "opens",
  r.closes AS "closes", s.extended_until, a.extra_until, a.sign_until,
  (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND ANSWERED) AS marked,
  (SELECT COUNT(*) FROM criterion k JOIN criterion_weight w ON w.criterion = k.id
   WHERE k.round = r.id AND w.category = en.category) AS criteria
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round JOIN edition ed ON ed.id = r.edition
JOIN programme pr ON pr.id = ed.programme LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE pr.slug = {} AND ed.slug = {} AND r.code = {} AND s.person = {} AND s.state = 'accepted'
""".replace("ANSWERED", ANSWERED)


_HELD = """
SELECT r.id FROM round r JOIN edition ed ON ed.id = r.edition JOIN programme pr ON pr.id = ed.programme
WHERE pr.slug = {} AND ed.slug = {} AND r.code = {}
"""


async def mine_to_sign(
    actor: Actor, programme: str, edition: str, round_code: str, references: list[str]
) -> list[SheetToSign]:
    """The named ones among the actor's own sheets of this round, which neither closes nor gets other rules meanwhile."""
    if not references:
        return []
    marks = ", ".join(["{}"] * len(references))
    codes = programme, edition, round_code
    # What is counted is asked once the round is held: a statement that waited for other rules counts by the old ones.
    _held, rows = await together(
        Scoresheet.raw(_HELD + shared("r"), *codes),
        Scoresheet.raw(
            with_titles(_TO_SIGN) + " AND en.reference IN (" + marks + ") ORDER BY a.id",
            *codes,
            actor.person_id,
            *references,
        ),
    )
    return [
        SheetToSign(**{**row, "version": row["version"] or 0, "round_state": RoundState(row["round_state"])})
        for row in rows
    ]
