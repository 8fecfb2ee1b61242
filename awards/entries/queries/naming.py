"""Who entered, and where the text of their files lies: for the warning that judges of a blind round would learn it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.naming import Entering
from awards.entries.tables import Entry


class TextCopy(Struct, frozen=True):
    """The text that the worker took from a file."""

    storage_key: str
    media_type: str
    sha256: str
    size: int


class Naming(Struct, frozen=True):
    """What is asked of an entry whose judges may not learn who entered; `texts` by the number of the attachment."""

    is_blind: bool
    who: Entering
    texts: Mapping[int, TextCopy]


# In the columns of the trail of an entry: see `trail`. Values: the entry, four times.
PARTS = """
SELECT 'blind' AS part, r.id, 0 AS person, 0 AS n, 0 AS m, NULL AS at, NULL AS at2, NULL AS at3, NULL AS at4,
       NULL AS who, NULL AS who2, '' AS t1, '' AS t2, '' AS t3, '' AS t4
FROM round r JOIN entry e ON e.edition = r.edition WHERE e.id = {} AND r.blind = TRUE
UNION ALL
SELECT 'body', b.id, 0, 0, 0, NULL, NULL, NULL, NULL, b.name, NULL, '', '', '', ''
FROM entrant b JOIN entry e ON b.id = e.entrant OR b.id = e.for_city WHERE e.id = {}
UNION ALL
SELECT 'official', p.id, 0, 0, 0, NULL, NULL, NULL, NULL, p.name, m.address, '', '', '', ''
FROM official o JOIN entry e ON o.entrant = e.entrant OR o.entrant = e.for_city JOIN person p ON p.id = o.person
LEFT JOIN email_address m ON m.person = p.id WHERE e.id = {} AND o.since IS NOT NULL AND p.erased_at IS NULL
UNION ALL
SELECT 'text', c.id, 0, x.number, c.size, NULL, NULL, NULL, NULL, NULL, NULL, c.storage_key, c.sha256, c.media_type, ''
FROM attachment x JOIN file_copy c ON c.file = x.file AND c.kind = 'text' WHERE x.entry = {}
"""


async def naming_of(entry_id: int) -> Naming:
    """The caller has checked that it is the reader's own entry, or a submitted one before its desk."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in await Entry.raw(f"{PARTS} ORDER BY 1, 2", *[entry_id] * 4):
        parts.setdefault(row["part"], []).append(row)
    return naming_from(parts)


def naming_from(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> Naming:
    officials = parts.get("official", ())
    return Naming(
        is_blind=bool(parts.get("blind")),
        who=Entering(
            bodies=tuple(row["who"] for row in parts.get("body", ())),
            people=tuple(dict.fromkeys(row["who"] for row in officials)),
            addresses=tuple(dict.fromkeys(row["who2"] for row in officials if row["who2"])),
        ),
        texts={
            row["n"]: TextCopy(row["t1"], row["t3"], row["t2"], row["m"]) for row in parts.get("text", ())
        },
    )
