"""Lists of deliberations: how far each is, never what was said."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.editions.queries.tied import TIED, tied_to
from awards.panels.tables import RoundEntry, Seat


class CategoryLine(Struct, frozen=True):
    """A category of a round; `conflict`: the reader is kept from it. `state` is empty before the panel meets."""

    code: str
    name: str
    entries: int
    conflict: bool
    state: str
    adopted: bool
    current: bool
    """Whether the run that was deliberated on is the one that is adopted."""
    concluded_at: datetime | None


_OF_ROUND = f"""
SELECT c.code, c.name, COUNT(*) AS entries, MAX(CASE WHEN {TIED} THEN 1 ELSE 0 END) AS conflict,
  d.state, v.id AS adopted, d.run, d.concluded_at
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN category c ON c.id = en.category
LEFT JOIN calibration_run v ON v.round = re.round AND v.state = 'adopted'
LEFT JOIN deliberation d ON d.round = re.round AND d.category = c.id
WHERE re.round = {{}} GROUP BY c.id, c.code, c.name, c.position, d.state, v.id, d.run, d.concluded_at
ORDER BY c.position, c.id
"""  # noqa: S608  # only texts of ours are put in


async def of_round(round_id: int, actor: Actor, now: datetime) -> list[CategoryLine]:
    rows = await RoundEntry.raw(_OF_ROUND, *tied_to(actor.person_id, now), round_id)
    return [
        CategoryLine(
            code=row["code"],
            name=row["name"],
            entries=row["entries"],
            conflict=bool(row["conflict"]),
            state=row["state"] or "",
            adopted=row["adopted"] is not None,
            current=row["run"] is None or row["run"] == row["adopted"],
            concluded_at=row["concluded_at"],
        )
        for row in rows
    ]


class OwnLine(Struct, frozen=True):
    programme: str
    edition: str
    edition_name: str
    round: str
    round_name: str
    category: str
    name: str
    state: str
    role: str
    demo: bool

    @property
    def path(self) -> str:
        return f"/deliberations/{self.programme}/{self.edition}/{self.round}/{self.category}"


_OF_PERSON = """
SELECT pr.slug AS programme, ed.slug AS edition, ed.name AS edition_name, r.code AS round, r.name AS round_name,
  c.code AS category, c.name, d.state, s.role, ed.demo
FROM seat s JOIN deliberation d ON d.round = s.round JOIN round r ON r.id = d.round JOIN category c ON c.id = d.category
JOIN edition ed ON ed.id = r.edition JOIN programme pr ON pr.id = ed.programme
WHERE s.person = {} AND s.state = 'accepted' AND (s.role IN ('chair', 'jury') OR d.whole_panel = TRUE)
  AND (NOT EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id)
    OR EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id AND sc.category = d.category))
ORDER BY d.state DESC, d.id DESC
"""


async def of_person(person_id: int) -> list[OwnLine]:
    """Where the person's panel deliberates or has, the open ones first."""
    rows = await Seat.raw(_OF_PERSON, person_id)
    return [OwnLine(**{**row, "demo": bool(row["demo"])}) for row in rows]
