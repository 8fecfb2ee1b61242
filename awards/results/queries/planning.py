"""What an edition knows before a round: entries by category, its panel, and past rounds of the programme."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.tables import Category
from awards.panels.queries import RoundRow
from awards.panels.tables import Seat
from awards.results.planning import Known
from awards.results.queries.runs import read_body
from awards.results.tables import CalibrationRun

_KNOWN = """
SELECT c.code, c.name,
 (SELECT COUNT(*) FROM entry e WHERE e.category = c.id AND e.state = 'draft') AS drafts,
 (SELECT COUNT(*) FROM entry e WHERE e.category = c.id AND e.state = 'submitted') AS waiting,
 (SELECT COUNT(*) FROM entry e WHERE e.category = c.id AND e.state = 'eligible') AS eligible,
 (SELECT COUNT(*) FROM round_entry re JOIN entry e ON e.id = re.entry
  WHERE re.round = {} AND e.category = c.id) AS in_round,
 (SELECT SUM(z.places) FROM prize z WHERE z.category = c.id) AS places,
 (SELECT COUNT(*) FROM criterion_weight w JOIN criterion k ON k.id = w.criterion
  WHERE k.round = {} AND w.category = c.id) AS criteria
FROM category c WHERE c.edition = {} ORDER BY c.position, c.id
"""


async def known_of(found: RoundRow) -> tuple[Known, ...]:
    """Counts of each category: never what an entry says."""
    rows = await Category.raw(_KNOWN, found.id, found.id, found.edition.id)
    return tuple(Known(**{**row, "places": int(row["places"] or 0)}) for row in rows)


class Seated(Struct, frozen=True):
    """The scorers of a round: how many were asked, how many accepted, and what each reads at most, by the seat or by
    their own word."""

    invited: int
    accepted: int
    limits: tuple[int, ...]


async def seated_in(round_id: int) -> Seated:
    rows = await Seat.select(Seat.state, Seat.high, Seat.told_most).where(
        (Seat.round == round_id) & (Seat.role == "scorer") & Seat.state.is_in(["invited", "accepted"])
    )
    return Seated(
        invited=len(rows),
        accepted=sum(row["state"] == "accepted" for row in rows),
        limits=tuple(
            min(known)
            for row in rows
            if (known := [most for most in (row["high"], row["told_most"]) if most is not None])
        ),
    )


class PastRound(Struct, frozen=True):
    """A decided round of an edition whose results are public. `body` only of the one that is asked for."""

    key: str
    edition: str
    name: str
    body: Mapping[str, Any]


# Publications belong to a feature above this one: it is asked whether there is one, and nothing of them is read.
_PAST = """
SELECT ed.slug, ed.name AS edition, r.code, r.name,
       CASE WHEN ed.slug = {} AND r.code = {} THEN c.body ELSE '' END AS body
FROM calibration_run c JOIN round r ON r.id = c.round JOIN edition ed ON ed.id = r.edition
WHERE c.state = 'adopted' AND r.state = 'decided' AND ed.programme = {} AND ed.demo = {} AND ed.id <> {}
  AND EXISTS (SELECT 1 FROM publication p WHERE p.edition = ed.id AND p.kind NOT IN ('archive', 'finalists', 'names')
              AND p.visible_at <= {} AND p.withdrawn_at IS NULL)
ORDER BY ed.year DESC, ed.id DESC, r.position
"""


async def past_rounds(found: RoundRow, asked: str, now: datetime) -> tuple[PastRound, ...]:
    """Of the same programme, other editions. What is not public says nothing here, not even that it exists."""
    slug, _slash, code = asked.partition("/")
    edition = found.edition
    rows = await CalibrationRun.raw(_PAST, slug, code, edition.programme_id, edition.demo, edition.id, now)
    return tuple(
        PastRound(f"{row['slug']}/{row['code']}", row["edition"], row["name"], read_body(row["body"] or "{}"))
        for row in rows
    )
