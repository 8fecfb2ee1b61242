"""Reading entries for the secretariat and screeners: what was submitted, and of drafts only how many."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.queries import EditionRow, edition_by_slugs
from awards.entries.answering import Asked
from awards.entries.queries.own import entrant_facts
from awards.entries.queries.questions import questions_asked
from awards.entries.queries.submitted import VersionRow, versions_of
from awards.entries.rules import EntryState, may_screen
from awards.entries.tables import Entry
from awards.errors import NotFound


async def screened_by(actor: Actor, programme: str, slug: str) -> EditionRow:
    """The edition, for its secretariat and its screeners; for anybody else it does not exist."""
    edition = await edition_by_slugs(programme, slug)
    if not may_screen(actor, edition.programme_id, edition.id):
        raise NotFound
    return edition


class CategoryCounts(Struct, frozen=True):
    """How many entries a category has in each state; drafts are counted and never shown."""

    code: str
    name: str
    drafts: int
    submitted: int
    eligible: int
    ineligible: int
    withdrawn: int


async def counts_of(edition_id: int) -> list[CategoryCounts]:
    """Every category in its order, also those without an entry."""
    states = ("draft", "submitted", "eligible", "ineligible", "withdrawn")
    sums = ", ".join(
        f"SUM(CASE WHEN n.state = '{state}' THEN 1 ELSE 0 END) AS {'drafts' if state == 'draft' else state}"
        for state in states
    )
    rows = await Entry.raw(
        f"SELECT c.code, c.name, {sums} FROM category c LEFT JOIN entry n ON n.category = c.id"  # noqa: S608  # our own words
        " WHERE c.edition = {} GROUP BY c.id, c.code, c.name, c.position ORDER BY c.position, c.id",
        edition_id,
    )
    return [CategoryCounts(**row) for row in rows]


class DecisionRow(Struct, frozen=True):
    number: int
    outcome: EntryState
    reason: str
    by: str
    at: datetime


class ScreenedEntry(Struct, frozen=True):
    id: int
    reference: str
    state: EntryState
    version: int
    title: str
    category: str
    entrant: dict[str, str]
    closes: datetime | None
    decisions: tuple[DecisionRow, ...]
    versions: tuple[VersionRow, ...]
    answers: tuple[tuple[Asked, str], ...]


_ENTRY = """
SELECT n.id, n.reference, n.state, n.version, n.title, c.name AS category, t.name AS entrant_name,
       t.kind AS entrant_kind, t.country, t.country_label, t.region, m.at AS closes,
       d.number, d.outcome, d.reason, d.created_at AS decided_at, p.name AS decided_by
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
LEFT JOIN milestone m ON m.edition = n.edition AND m.kind = 'closes'
LEFT JOIN screening_decision d ON d.entry = n.id LEFT JOIN person p ON p.id = d."by"
WHERE n.edition = {} AND n.reference = {} AND n.state <> 'draft' ORDER BY d.number
"""


async def screened_entry(edition: EditionRow, reference: str) -> ScreenedEntry:
    """A submitted entry with its last version and its history. The caller has asked for the edition's rights."""
    rows = await Entry.raw(_ENTRY, edition.id, reference.upper())
    versions = await versions_of(rows[0]["id"]) if rows else []
    if not versions:
        raise NotFound
    row, last = rows[0], versions[0].body
    given = last.get("answers", {})
    return ScreenedEntry(
        id=row["id"],
        reference=row["reference"],
        state=EntryState(row["state"]),
        version=row["version"],
        title=last.get("title") or row["title"],
        category=row["category"],
        entrant=last.get("entrant") or entrant_facts(row),
        closes=row["closes"],
        decisions=tuple(_decision(each) for each in rows if each["number"] is not None),
        versions=tuple(versions),
        answers=tuple((q, given[q.code]) for q in await questions_asked(edition.id) if q.code in given),
    )


def _decision(row: dict[str, Any]) -> DecisionRow:
    return DecisionRow(
        row["number"], EntryState(row["outcome"]), row["reason"], row["decided_by"], row["decided_at"]
    )
