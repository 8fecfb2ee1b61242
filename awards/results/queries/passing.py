"""The signed answers of a round of pass or fail. The caller has asked whether the round is closed, and of whom."""

from typing import Any

from msgspec import Struct

from awards.panels.tables import RoundEntry
from awards.results.passing import SignedSheet


class PassingFacts(Struct, frozen=True):
    """`criteria` by code with their names, in their order; `references` of who is still in."""

    criteria: dict[str, str]
    references: frozenset[str]
    sheets: tuple[SignedSheet, ...]


_ANSWERS = """
SELECT en.reference, k.code, k.name, a.id AS assignment, m.value
FROM round_entry re JOIN entry en ON en.id = re.entry
JOIN criterion k ON k.round = re.round JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
LEFT JOIN assignment a ON a.round_entry = re.id AND a.state = 'signed'
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN mark m ON m.scoresheet = sh.id AND m.criterion = k.id AND m.state = 'given'
WHERE re.round = {} AND en.state NOT IN ('withdrawn', 'ineligible') ORDER BY k.position, k.id, a.id
"""


async def passing_facts(round_id: int) -> PassingFacts:
    criteria: dict[str, str] = {}
    sheets: dict[int, list[dict[str, Any]]] = {}
    references: set[str] = set()
    for row in await RoundEntry.raw(_ANSWERS, round_id):
        criteria[row["code"]] = row["name"]
        references.add(row["reference"])
        if row["assignment"] is not None:
            sheets.setdefault(row["assignment"], []).append(row)
    return PassingFacts(
        criteria,
        frozenset(references),
        tuple(
            SignedSheet(
                rows[0]["reference"],
                frozenset(row["code"] for row in rows),
                {row["code"]: row["value"] for row in rows if row["value"] is not None},
            )
            for rows in sheets.values()
        ),
    )
