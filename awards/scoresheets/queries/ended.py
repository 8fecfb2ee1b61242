"""A judge's own sheet that is over: what happened to it, and what they had written."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.errors import NotFound
from awards.panels.queries.asides import LEFT_OUT
from awards.panels.queries.rounds import RoundRow, round_of, with_round
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState
from awards.scoresheets.queries.revisions import Named, named
from awards.scoresheets.rules import given_of
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import Scoresheet


class EndedSheet(Struct, frozen=True):
    """`code` and `reason` as they were recorded; `at` is empty where only the trail knows when."""

    round: RoundRow
    reference: str
    title: str
    lang: str
    state: str
    code: str
    reason: str
    at: datetime | None
    signed_at: datetime | None
    written: bool
    criteria: tuple[Named, ...]
    marks: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    """Audience and text."""


_ENDED = with_round(f"""
SELECT ROUND_COLUMNS, en.reference, SUBMITTED_TITLE AS title, en.lang, en.category AS category_id, a.state, a.signed_at,
  sh.id AS sheet_id, sh.version, COALESCE(x.code, q.code, '') AS code, COALESCE(x.reason, q.text, '') AS reason,
  x.created_at AS "aside_at", q.created_at AS "recused_at", v.at AS "moved_at", pl.undone_at,
  (SELECT n.text FROM sheet_note n WHERE n.scoresheet = sh.id AND n.audience = 'secretariat') AS to_secretariat,
  (SELECT n.text FROM sheet_note n WHERE n.scoresheet = sh.id AND n.audience = 'city') AS to_city
FROM entry en JOIN round_entry re ON re.entry = en.id JOIN round r ON r.id = re.round
ROUND_TABLES
JOIN seat s ON s.round = r.id AND s.person = {{}} AND s.state = {{}}
JOIN assignment a ON a.round_entry = re.id AND a.seat = s.id AND a.state IN ('recused', 'withdrawn', 'set aside')
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN {LEFT_OUT} x ON x.assignment = a.id
LEFT JOIN recusal q ON q.assignment = a.id
LEFT JOIN proposal pl ON pl.id = a.proposal
LEFT JOIN event v ON v.subject_kind = 'assignment' AND v.subject_id = a.id
WHERE en.reference = {{}} AND r.code = {{}} AND ed.slug = {{}} AND pr.slug = {{}} ORDER BY v.seq DESC LIMIT 1
""")  # noqa: S608  # only texts of ours are put in

_MARKS = """
SELECT k.code, k.name, sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label, m.value,
  m.state AS answer FROM criterion k
JOIN criterion_weight w ON w.criterion = k.id AND w.category = {} JOIN scale sc ON sc.id = k.scale
LEFT JOIN mark m ON m.criterion = k.id AND m.scoresheet = {}
WHERE k.round = {} ORDER BY k.position, k.id
"""


async def ended_sheet(actor: Actor, where: Where) -> EndedSheet:
    """For its own judge alone: anybody else's sheet does not exist, and the entry is no longer theirs to read."""
    rows = await Scoresheet.raw(
        with_titles(_ENDED),
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
    written = bool(row["version"])
    moved = [at for at in (row["moved_at"], row["undone_at"]) if at is not None]
    marks = await Scoresheet.raw(_MARKS, row["category_id"], row["sheet_id"] or 0, found.id)
    criteria = [named(found.kind, mark) for mark in marks]
    notes = (("city", row["to_city"]), ("secretariat", row["to_secretariat"]))
    return EndedSheet(
        round=found,
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        state=row["state"],
        code=row["code"],
        reason=row["reason"],
        at=row["aside_at"] or row["recused_at"] or max(moved, default=None),
        signed_at=row["signed_at"],
        written=written,
        criteria=tuple(criteria),
        marks=tuple(
            (one.name, one.said(given_of(mark["value"], mark["answer"])))
            for one, mark in zip(criteria, marks, strict=True)
        ),
        notes=tuple((audience, text) for audience, text in notes if text),
    )
