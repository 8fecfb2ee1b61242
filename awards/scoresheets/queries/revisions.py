"""The revisions of a sheet, and the sheet that they are of, for the judge whose sheet it is."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.errors import Denied, NotFound
from awards.panels.queries.rounds import RoundRow, round_of, with_round
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState, may_write
from awards.scoresheets.revisions import Revision
from awards.scoresheets.rules import Given, is_writable, said_of, words_of_marks
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import Scoresheet, SheetRevision
from judging.scales import Scale


async def revisions_of(sheet_id: int, person_id: int | None) -> list[Revision]:
    """In their order, the first one of version 1. `person_id` is the judge's."""
    rows = await SheetRevision.raw(
        "SELECT version, actor_id, change, created_at AS at FROM sheet_revision WHERE scoresheet = {} ORDER BY version",
        sheet_id,
    )
    return [
        Revision(row["version"], row["at"], row["actor_id"] == person_id, json.loads(row["change"]))
        for row in rows
    ]


class Named(Struct, frozen=True):
    """A criterion of the sheet, and what its marks are called."""

    code: str
    name: str
    scale: Scale
    words: tuple[str, ...]

    def said(self, given: Given) -> str:
        return said_of(given, self.scale, self.words)


class SheetHistory(Struct, frozen=True):
    """`refused` is why nothing can be put back now."""

    round: RoundRow
    reference: str
    title: str
    lang: str
    version: int
    refused: Denied | None
    criteria: tuple[Named, ...]
    revisions: tuple[Revision, ...]


_SHEET = with_round("""
SELECT ROUND_COLUMNS, en.reference, SUBMITTED_TITLE AS title, en.lang, en.category AS category_id, a.state,
  s.extended_until, a.extra_until, sh.id AS sheet_id, sh.version
FROM entry en JOIN round_entry re ON re.entry = en.id JOIN round r ON r.id = re.round
ROUND_TABLES
JOIN seat s ON s.round = r.id AND s.person = {} AND s.state = {}
JOIN assignment a ON a.round_entry = re.id AND a.seat = s.id
  AND a.state IN ('given', 'opened', 'started', 'signed')
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE en.reference = {} AND r.code = {} AND ed.slug = {} AND pr.slug = {}
""")

_CRITERIA = """
SELECT k.code, k.name, sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label
FROM criterion k JOIN criterion_weight w ON w.criterion = k.id AND w.category = {} JOIN scale sc ON sc.id = k.scale
WHERE k.round = {} ORDER BY k.position, k.id
"""


async def sheet_history(actor: Actor, where: Where, now: datetime) -> SheetHistory:
    """For its own judge alone, while the entry is theirs: anybody else's sheet does not exist."""
    rows = await Scoresheet.raw(
        with_titles(_SHEET),
        actor.person_id,
        SeatState.ACCEPTED.value,
        where.reference,
        where.round,
        where.edition,
        where.programme,
    )
    if not rows:
        raise NotFound
    row = rows[0]
    found = round_of(row)
    closed = may_write(
        state=found.state,
        opens=found.opens,
        closes=found.closes,
        extended_until=row["extended_until"],
        extra_until=row["extra_until"],
        now=now,
    )
    revisions = [] if row["sheet_id"] is None else await revisions_of(row["sheet_id"], actor.person_id)
    criteria = await Scoresheet.raw(_CRITERIA, row["category_id"], found.id)
    return SheetHistory(
        round=found,
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        version=row["version"] or 0,
        refused=closed or is_writable(row["state"]),
        criteria=tuple(named(found.kind, one) for one in criteria),
        revisions=tuple(revisions),
    )


def named(kind: str, row: Mapping[str, Any]) -> Named:
    """From a row of a criterion with its scale; `kind` is the round's."""
    return Named(
        row["code"],
        row["name"],
        Scale(row["origin_milli"], row["step_milli"], row["top"]),
        words_of_marks(kind, row["low_label"], row["high_label"]),
    )
