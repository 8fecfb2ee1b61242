"""What entries of an edition answered, for a change of its form that must not lose any of it.

The rows belong to features above this one and are read by name. Their texts are held against the new form and go
nowhere else: no page and no file shows them.
"""

from collections import defaultdict
from typing import Any

from awards.editions.document import EditionDocument
from awards.editions.tables import Edition
from awards.editions.touching import Answered, Touched, touched_by

_ENTRIES = """
SELECT n.id, n.reference, n.state, c.code AS category FROM entry n JOIN category c ON c.id = n.category
WHERE n.edition = {} AND n.state <> 'withdrawn' ORDER BY n.reference
"""
_VALUES = """
SELECT a.entry, q.code, a.value, 0 AS files FROM answer a JOIN question q ON q.id = a.question
WHERE q.edition = {} AND a.value <> ''
UNION ALL
SELECT f.entry, q.code, '', COUNT(*) FROM attachment f JOIN question q ON q.id = f.question
WHERE q.edition = {} AND f.replaced_at IS NULL AND f.removed_at IS NULL GROUP BY f.entry, q.code
"""


async def answered_in(edition_id: int) -> list[Answered]:
    """Every entry that is not withdrawn, drafts among them."""
    entries: list[dict[str, Any]] = await Edition.raw(_ENTRIES, edition_id)
    if not entries:
        return []
    values: dict[int, dict[str, str]] = defaultdict(dict)
    files: dict[int, dict[str, int]] = defaultdict(dict)
    for row in await Edition.raw(_VALUES, edition_id, edition_id):
        if row["files"]:
            files[row["entry"]][row["code"]] = row["files"]
        else:
            values[row["entry"]][row["code"]] = row["value"]
    return [
        Answered(
            row["reference"], row["category"], row["state"] != "draft", values[row["id"]], files[row["id"]]
        )
        for row in entries
    ]


async def count_answers(edition_id: int) -> dict[str, int]:
    """How many entries have answered each question, by its code; withdrawn ones count, their answers are kept too."""
    rows = await Edition.raw(
        "SELECT q.code, COUNT(*) AS number FROM answer a JOIN question q ON q.id = a.question"
        " WHERE q.edition = {} AND a.value <> '' GROUP BY q.code UNION ALL"
        " SELECT q.code, COUNT(DISTINCT f.entry) FROM attachment f JOIN question q ON q.id = f.question"
        " WHERE q.edition = {} AND f.replaced_at IS NULL AND f.removed_at IS NULL GROUP BY q.code",
        edition_id,
        edition_id,
    )
    return {row["code"]: row["number"] for row in rows}


async def touched_in(edition_id: int, old: EditionDocument, new: EditionDocument) -> tuple[Touched, ...]:
    """Whom a change of the form touches; nothing is asked of the database where the form stays as it is."""
    if old.questions == new.questions:
        return ()
    return touched_by(old, new, await answered_in(edition_id))
