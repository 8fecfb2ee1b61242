"""All the marks that one judge gave in one round, in their own reading order."""

from typing import Any

from msgspec import Struct

from awards.scoresheets.rules import reading_order, words_of_marks
from awards.scoresheets.strip import OwnCriterion, OwnSheet
from awards.scoresheets.tables import Scoresheet
from judging.scales import Scale


class OwnMarks(Struct, frozen=True):
    """What `strip.strips` draws: the round's criteria that the judge's entries are judged on, and their sheets."""

    criteria: tuple[OwnCriterion, ...]
    sheets: tuple[OwnSheet, ...]


_OWN = """
SELECT s.label, r.kind, r.bridge_first, re.bridge, en.reference, a.state, k.code, k.name, sc.origin_milli, sc.step_milli, sc.top,
  sc.low_label, sc.high_label, m.value, m.state AS answer
FROM seat s JOIN round r ON r.id = s.round
JOIN assignment a ON a.seat = s.id AND a.state IN ('given', 'opened', 'started', 'signed')
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN criterion k ON k.round = r.id JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
JOIN scale sc ON sc.id = k.scale
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN mark m ON m.scoresheet = sh.id AND m.criterion = k.id
WHERE s.id = {} AND r.id = {} ORDER BY k.position, k.id
"""


async def own_marks(seat_id: int, round_id: int) -> OwnMarks:
    """The caller has checked that the seat is the reader's own."""
    rows = await Scoresheet.raw(_OWN, seat_id, round_id)
    criteria: dict[str, OwnCriterion] = {}
    sheets: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["code"] not in criteria:
            criteria[row["code"]] = _criterion(row)
        sheets.setdefault(row["reference"], []).append(row)
    if not rows:
        return OwnMarks((), ())
    first = {name for name, mine in sheets.items() if mine[0]["bridge_first"] and mine[0]["bridge"]}
    order = reading_order(rows[0]["label"], list(sheets), first)
    return OwnMarks(
        tuple(criteria.values()),
        tuple(
            _sheet(number, name, sheets[name], calibration=name in first)
            for number, name in enumerate(order, 1)
        ),
    )


def _criterion(row: dict[str, Any]) -> OwnCriterion:
    return OwnCriterion(
        code=row["code"],
        name=row["name"],
        scale=Scale(row["origin_milli"], row["step_milli"], row["top"]),
        words=words_of_marks(row["kind"], row["low_label"], row["high_label"]),
    )


def _sheet(number: int, reference: str, rows: list[dict[str, Any]], *, calibration: bool) -> OwnSheet:
    return OwnSheet(
        number=number,
        reference=reference,
        state=rows[0]["state"],
        judged=frozenset(row["code"] for row in rows),
        marks={row["code"]: row["value"] for row in rows if row["value"] is not None},
        unmarked=frozenset(row["code"] for row in rows if row["answer"] not in (None, "given")),
        calibration=calibration,
    )
