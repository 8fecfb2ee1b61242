"""Conflicts on record, and the sheets that are kept without counting. Who and why, never a mark."""

from datetime import datetime

from msgspec import Struct

from awards.panels.queries.titles import with_titles
from awards.panels.tables import DeclaredConflict, SetAside


class ConflictLine(Struct, frozen=True):
    """A conflict that somebody told of; those that follow from a rule are found by the rule."""

    id: int
    judge: str
    entry: str
    reference: str
    source: str
    reason: str
    since: datetime
    withdrawn_at: datetime | None
    state: str
    """Of the assignment in this round; empty where the entry was never given to the judge."""


_CONFLICTS = """
SELECT d.id, p.name AS judge, COALESCE(t.name, o.name, '') AS entry, COALESCE(e.reference, '') AS reference, d.source,
  d.reason, d.created_at AS "since", d.withdrawn_at,
  COALESCE((SELECT a.state FROM assignment a JOIN round_entry re ON re.id = a.round_entry
            WHERE a.seat = s.id AND re.entry = d.entry), '') AS state
FROM conflict d JOIN seat s ON s.person = d.person AND s.round = {} JOIN person p ON p.id = d.person
LEFT JOIN entry e ON e.id = d.entry LEFT JOIN entrant t ON t.id = e.entrant LEFT JOIN entrant o ON o.id = d.entrant
WHERE d.edition = {} ORDER BY p.name, p.id, d.id
"""


async def conflicts_on_record(round_id: int, edition_id: int) -> list[ConflictLine]:
    """Of everybody who has a seat in the round, those that were withdrawn too."""
    return [ConflictLine(**row) for row in await DeclaredConflict.raw(_CONFLICTS, round_id, edition_id)]


class AsideLine(Struct, frozen=True):
    """A sheet that is kept and does not count: set aside, or begun by a judge who then stepped aside."""

    assignment_id: int
    judge: str
    entry: str
    reference: str
    category: str
    code: str
    reason: str
    at: datetime


# Why a sheet that was begun is left out, and since when: two tables, one answer.
LEFT_OUT = """(SELECT x.assignment, x.code, x.reason, x.created_at FROM set_aside x WHERE x.restored_at IS NULL
  UNION ALL SELECT q.assignment, 'recused', q.text, q.created_at FROM recusal q
  JOIN scoresheet h ON h.assignment = q.assignment AND h.version > 0)"""

_ASIDES = f"""
SELECT x.assignment AS assignment_id, p.name AS judge, t.name AS entry, e.reference, c.name AS category, x.code, x.reason,
  x.created_at AS "at"
FROM {LEFT_OUT} x JOIN assignment a ON a.id = x.assignment JOIN round_entry re ON re.id = a.round_entry
JOIN entry e ON e.id = re.entry JOIN entrant t ON t.id = e.entrant JOIN category c ON c.id = e.category
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
WHERE re.round = {{}} ORDER BY t.name, e.reference, p.name
"""  # noqa: S608  # only a text of ours is put in


async def asides_of_round(round_id: int) -> list[AsideLine]:
    return [AsideLine(**row) for row in await SetAside.raw(_ASIDES, round_id)]


class OwnAside(Struct, frozen=True):
    """What a judge reads of an own sheet that no longer counts."""

    reference: str
    title: str
    lang: str
    code: str
    reason: str
    at: datetime


_OWN = f"""
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, x.code, x.reason, x.created_at AS "at"
FROM {LEFT_OUT} x JOIN assignment a ON a.id = x.assignment JOIN round_entry re ON re.id = a.round_entry
JOIN entry en ON en.id = re.entry
WHERE a.seat = {{}} ORDER BY x.created_at, x.assignment
"""  # noqa: S608  # only a text of ours is put in


async def asides_of_seat(seat_id: int) -> list[OwnAside]:
    return [OwnAside(**row) for row in await SetAside.raw(with_titles(_OWN), seat_id)]


class Sides(Struct, frozen=True):
    """Who and what a conflict can stand between: seats by id, entries by reference, each with its words."""

    judges: tuple[tuple[int, str], ...]
    entries: tuple[tuple[str, str], ...]


_SIDES = """
SELECT 0 AS of_entry, s.id, p.name, '' AS title, '' AS reference, p.name AS place FROM seat s
JOIN person p ON p.id = s.person WHERE s.round = {} AND s.state <> 'declined'
UNION ALL
SELECT 1, re.id, t.name, e.title, e.reference, t.folded FROM round_entry re JOIN entry e ON e.id = re.entry
JOIN entrant t ON t.id = e.entrant WHERE re.round = {} ORDER BY 1, 6, 5
"""


async def sides_of_round(round_id: int) -> Sides:
    rows = await SetAside.raw(_SIDES, round_id, round_id)
    return Sides(
        judges=tuple((row["id"], row["name"]) for row in rows if not row["of_entry"]),
        entries=tuple(
            (row["reference"], f"{row['name']}: {row['title']}") for row in rows if row["of_entry"]
        ),
    )
