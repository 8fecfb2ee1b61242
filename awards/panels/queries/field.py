"""The field of a round: the edition's categories, the entries in the round with those who read them, and the
entries that could still come in. One question to the database, because one page shows it all."""

from msgspec import Struct
from msgspec.structs import fields

from awards.editions.tables import Category
from awards.panels.queries.panel import Given, PanelEntry


class CategoryName(Struct, frozen=True):
    id: int
    code: str
    name: str


class Candidate(Struct, frozen=True):
    """An eligible entry that is not in the round, and was in none before it."""

    reference: str
    title: str
    category: str
    category_name: str
    city: str


class Field(Struct, frozen=True):
    """`given` holds every assignment, those that ended too."""

    categories: tuple[CategoryName, ...]
    entries: tuple[PanelEntry, ...]
    given: tuple[Given, ...]
    candidates: tuple[Candidate, ...]


_FIELD = """
SELECT c.id AS category_id, c.code AS category, c.name AS category_name,
       e.id AS entry_id, e.reference, e.title, e.lang, en.name AS city, en.country,
       re.id AS round_entry_id, re.sheets_wanted, re.bridge,
       a.id, a.seat AS seat_id, a.state, a.origin, a.proposal AS proposal_id
FROM category c
LEFT JOIN entry e ON e.category = c.id AND ((e.state = 'eligible' AND NOT EXISTS (
    SELECT 1 FROM round_entry past JOIN round b ON b.id = past.round JOIN round r ON r.id = {}
    WHERE past.entry = e.id AND b.edition = r.edition AND b.position < r.position))
  OR EXISTS (SELECT 1 FROM round_entry own WHERE own.round = {} AND own.entry = e.id))
LEFT JOIN entrant en ON en.id = e.entrant
LEFT JOIN round_entry re ON re.round = {} AND re.entry = e.id
LEFT JOIN assignment a ON a.round_entry = re.id
WHERE c.edition = {} ORDER BY c.position, c.id, en.folded, e.reference, a.id
"""

_ENTRY, _CANDIDATE, _GIVEN = (
    tuple(column.name for column in fields(kind)) for kind in (PanelEntry, Candidate, Given)
)


async def field_of(edition_id: int, round_id: int) -> Field:
    categories: dict[int, CategoryName] = {}
    entries: dict[int, PanelEntry] = {}
    given: list[Given] = []
    candidates: list[Candidate] = []
    for row in await Category.raw(_FIELD, round_id, round_id, round_id, edition_id):
        key = row["category_id"]
        categories[key] = CategoryName(key, row["category"], row["category_name"])
        if row["round_entry_id"] is not None:
            entries[row["round_entry_id"]] = PanelEntry(
                **{name: row[name] for name in _ENTRY} | {"bridge": bool(row["bridge"])}
            )
        elif row["entry_id"] is not None:
            candidates.append(Candidate(**{name: row[name] for name in _CANDIDATE}))
        if row["id"] is not None:
            given.append(Given(**{name: row[name] for name in _GIVEN}))
    return Field(tuple(categories.values()), tuple(entries.values()), tuple(given), tuple(candidates))
