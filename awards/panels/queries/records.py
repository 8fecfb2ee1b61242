"""One judge of the pool in full: where they belonged and when, what they know, who nominated them."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.reading import instant
from awards.panels.tables import Judge


class Belonging(Struct, frozen=True):
    """Kinds are home, nationality, employer and past; `until` is empty while it lasts."""

    id: int
    kind: str
    organisation: str
    city: str
    country: str
    since: datetime
    until: datetime | None


class Knowing(Struct, frozen=True):
    """What a judge knows of a field; None where nobody has said."""

    field_id: int
    code: str
    name: str
    level: int | None


class Nominated(Struct, frozen=True):
    id: int
    entrant_id: int
    by: str
    at: datetime


class Record(Struct, frozen=True):
    belongings: tuple[Belonging, ...]
    knowings: tuple[Knowing, ...]
    nominations: tuple[Nominated, ...]
    acts_for: tuple[str, ...] = ()
    """Cities and bodies whose official the person is."""


# Three short lists in one question, because a page has few to ask.
_RECORD = """
SELECT 'belongs' AS part, a.id, a.kind AS code, a.organisation AS name, en.name AS city, a.country,
       CAST(a.since AS TEXT) AS since, CAST(a."until" AS TEXT) AS ending, 0 AS other, NULL AS level
FROM affiliation a LEFT JOIN entrant en ON en.id = a.entrant WHERE a.person = {}
UNION ALL
SELECT 'knows', f.id, f.code, f.name, NULL, '', NULL, NULL, 0, x.level
FROM field f LEFT JOIN expertise x ON x.field = f.id AND x.person = {} WHERE f.programme = {}
UNION ALL
SELECT 'nominated', n.id, '', '', en.name, '', CAST(n.created_at AS TEXT), NULL, n."by", NULL
FROM nomination n JOIN entrant en ON en.id = n."by" WHERE n.person = {}
UNION ALL
SELECT 'acts', o.id, '', '', en.name, '', NULL, NULL, 0, NULL
FROM official o JOIN entrant en ON en.id = o.entrant
WHERE o.person = {} AND o.since IS NOT NULL AND o."until" IS NULL
"""


async def record_of(programme_id: int, person_id: int) -> Record:
    rows = await Judge.raw(_RECORD, person_id, person_id, programme_id, person_id, person_id)
    return Record(
        belongings=tuple(
            sorted(
                (_belonging(row) for row in rows if row["part"] == "belongs"),
                key=lambda one: (one.until is not None, one.since, one.id),
            )
        ),
        knowings=tuple(
            sorted(
                (_knowing(row) for row in rows if row["part"] == "knows"),
                key=lambda one: (one.name, one.code),
            )
        ),
        acts_for=tuple(sorted(row["city"] for row in rows if row["part"] == "acts")),
        nominations=tuple(
            sorted(
                (
                    Nominated(row["id"], row["other"], row["city"], instant(row["since"]))
                    for row in rows
                    if row["part"] == "nominated"
                ),
                key=lambda one: (one.at, one.id),
            )
        ),
    )


def _belonging(row: dict[str, Any]) -> Belonging:
    return Belonging(
        id=row["id"],
        kind=row["code"],
        organisation=row["name"],
        city=row["city"] or "",
        country=row["country"],
        since=instant(row["since"]),
        until=instant(row["ending"]) if row["ending"] else None,
    )


def _knowing(row: dict[str, Any]) -> Knowing:
    return Knowing(row["id"], row["code"], row["name"], row["level"])


class OwnFields(Struct, frozen=True):
    """What judges say of themselves, with the fields of every programme that ever asked them."""

    biography: str
    languages: str
    programmes: tuple[tuple[str, tuple[Knowing, ...]], ...]
    named_since: datetime | None


_OWN = """
SELECT j.biography, j.languages, j.named_since, pr.name AS programme, f.id, f.code, f.name, x.level
FROM judge j
LEFT JOIN field f ON EXISTS (SELECT 1 FROM seat s JOIN round r ON r.id = s.round
  JOIN edition e ON e.id = r.edition WHERE s.person = j.person AND e.programme = f.programme)
LEFT JOIN programme pr ON pr.id = f.programme
LEFT JOIN expertise x ON x.field = f.id AND x.person = j.person
WHERE j.person = {} ORDER BY pr.name, pr.id, f.name, f.code
"""


async def own_fields(person_id: int) -> OwnFields | None:
    """None for who is not in the pool."""
    rows = await Judge.raw(_OWN, person_id)
    if not rows:
        return None
    programmes: dict[str, list[Knowing]] = {}
    for row in rows:
        if row["id"] is not None:
            programmes.setdefault(row["programme"], []).append(_knowing(row))
    return OwnFields(
        rows[0]["biography"],
        rows[0]["languages"],
        tuple((name, tuple(known)) for name, known in programmes.items()),
        rows[0]["named_since"],
    )


async def is_judge(person_id: int) -> bool:
    return await Judge.exists().where(Judge.person == person_id)
