"""How many entries there are, by region, category and membership: for the secretariat and the screeners."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from awards.entries.tables import Entry


class Tally(Struct, frozen=True):
    """Entries that were submitted and not withdrawn, and what became of them."""

    name: str
    submitted: int
    eligible: int
    ineligible: int

    @property
    def open(self) -> int:
        return self.submitted - self.eligible - self.ineligible


class Counts(Struct, frozen=True):
    """`drafts` and `withdrawn` are of the whole edition. Regions and memberships are of the city an entry counts for."""

    whole: Tally
    drafts: int
    withdrawn: int
    categories: tuple[Tally, ...]
    regions: tuple[Tally, ...]
    memberships: tuple[Tally, ...]


_GROUPS = """
SELECT c.code, c.name AS category, COALESCE(NULLIF(city.region, ''), t.region) AS region, COALESCE(m.kind, '') AS member,
       n.state, COUNT(n.id) AS number
FROM category c LEFT JOIN entry n ON n.category = c.id LEFT JOIN entrant t ON t.id = n.entrant
LEFT JOIN entrant city ON city.id = COALESCE(n.for_city, t.city, n.entrant)
LEFT JOIN edition e ON e.id = c.edition
LEFT JOIN membership m ON m.programme = e.programme AND m.id = (
 SELECT MAX(x.id) FROM membership x WHERE x.programme = e.programme AND x.entrant = city.id
  AND x.since <= COALESCE(n.submitted_at, {}) AND (x.until IS NULL OR x.until > COALESCE(n.submitted_at, {})))
WHERE c.edition = {}
GROUP BY c.position, c.id, c.code, c.name, COALESCE(NULLIF(city.region, ''), t.region), m.kind, n.state
ORDER BY c.position, c.id
"""


async def counts_by(edition_id: int, now: datetime) -> Counts:
    """Membership is asked at the instant of the submission. The caller has asked for the edition's rights."""
    rows = await Entry.raw(_GROUPS, now, now, edition_id)
    taken = [row for row in rows if row["state"] in ("submitted", "eligible", "ineligible")]
    known = [(row["category"], row) for row in rows]
    return Counts(
        whole=_tally("", [(row["state"], row["number"]) for row in taken]),
        drafts=sum(row["number"] for row in rows if row["state"] == "draft"),
        withdrawn=sum(row["number"] for row in rows if row["state"] == "withdrawn"),
        categories=_tallies(
            ((name, row["state"], row["number"]) for name, row in known),
            dict.fromkeys(name for name, _row in known),
        ),
        regions=_tallies((row["region"] or "", row["state"], row["number"]) for row in taken),
        memberships=_tallies((row["member"], row["state"], row["number"]) for row in taken),
    )


def _tallies(rows: Iterable[tuple[str, str | None, int]], order: Iterable[str] = ()) -> tuple[Tally, ...]:
    """In the given order, or by name with what has none at the end."""
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, state, number in rows:
        groups[name].append((state or "", number))
    names = list(order) or sorted(groups, key=lambda name: (not name, name))
    return tuple(_tally(name, groups[name]) for name in names)


def _tally(name: str, states: Iterable[tuple[str, int]]) -> Tally:
    numbers: dict[str, int] = defaultdict(int)
    for state, number in states:
        numbers[state] += number
    submitted = numbers["submitted"] + numbers["eligible"] + numbers["ineligible"]
    return Tally(name, submitted, numbers["eligible"], numbers["ineligible"])
