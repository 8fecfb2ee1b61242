"""All the marks that one judge gave in one round, in their own reading order."""

from typing import Any

from msgspec import Struct

from awards.scoresheets.rules import NO_EVIDENCE, given_of, reading_order, words_of_marks
from awards.scoresheets.strip import OwnCriterion, OwnSheet
from awards.scoresheets.tables import Scoresheet
from judging.scales import Scale, millionths, sheet_score


class OwnMarks(Struct, frozen=True):
    """What `strip.strips` draws: the round's criteria that the judge's entries are judged on, and their sheets."""

    criteria: tuple[OwnCriterion, ...]
    sheets: tuple[OwnSheet, ...]


_OWN = """
SELECT s.label, r.kind, (r.bridge_first AND re.bridge) AS calibration, en.reference, a.state, k.code, k.name, w.weight,
  sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label, m.value, m.state AS answer
FROM seat s JOIN round r ON r.id = s.round
JOIN assignment a ON a.seat = s.id AND a.state IN ('given', 'opened', 'started', 'signed')
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN criterion k ON k.round = r.id JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
JOIN scale sc ON sc.id = k.scale
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN mark m ON m.scoresheet = sh.id AND m.criterion = k.id
WHERE s.id = {} AND r.id = {} ORDER BY k.position, k.id
"""


async def own_marks(seat_id: int, round_id: int, *, scored: bool = True) -> OwnMarks:
    """The caller has checked that the seat is the reader's own. Without `scored` no sheet has its score, which takes time."""
    rows = await Scoresheet.raw(_OWN, seat_id, round_id)
    criteria: dict[str, OwnCriterion] = {}
    sheets: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["code"] not in criteria:
            criteria[row["code"]] = _criterion(row)
        sheets.setdefault(row["reference"], []).append(row)
    if not rows:
        return OwnMarks((), ())
    first = {name for name, mine in sheets.items() if mine[0]["calibration"]}
    order = reading_order(rows[0]["label"], list(sheets), first)
    return OwnMarks(
        tuple(criteria.values()),
        tuple(_sheet(number, sheets[name], scored=scored) for number, name in enumerate(order, 1)),
    )


def _criterion(row: dict[str, Any]) -> OwnCriterion:
    return OwnCriterion(
        code=row["code"],
        name=row["name"],
        scale=Scale(row["origin_milli"], row["step_milli"], row["top"]),
        words=words_of_marks(row["kind"], row["low_label"], row["high_label"]),
    )


def _sheet(number: int, rows: list[dict[str, Any]], *, scored: bool) -> OwnSheet:
    marks = {row["code"]: row["value"] for row in rows if row["value"] is not None}
    score = None
    if scored:
        scales = {row["code"]: Scale(row["origin_milli"], row["step_milli"], row["top"]) for row in rows}
        score = sheet_score(marks, scales, {row["code"]: row["weight"] for row in rows})
    return OwnSheet(
        number=number,
        reference=rows[0]["reference"],
        state=rows[0]["state"],
        judged=frozenset(row["code"] for row in rows),
        marks=marks,
        unmarked=frozenset(
            row["code"] for row in rows if given_of(row["value"], row["answer"]) == NO_EVIDENCE
        ),
        calibration=bool(rows[0]["calibration"]),
        score=None if score is None else millionths(score),
    )
