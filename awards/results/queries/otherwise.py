"""Sheets of a closed round about which one may ask: those that count in spite of a conflict, and those left out."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.panels.rules import Aside
from awards.panels.tables import Assignment
from awards.results.inputs import confidence_of
from judging.rounds import Sheet

Pair = tuple[str, str]

_SHEETS = """
SELECT en.reference, s.label, a.state, x.code, sh.confidence, k.code AS criterion, m.value
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN seat s ON s.id = a.seat JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN set_aside x ON x.assignment = a.id AND x.restored_at IS NULL
LEFT JOIN mark m ON m.scoresheet = sh.id AND m.state = 'given' AND m.value IS NOT NULL AND a.state = 'set aside'
LEFT JOIN criterion k ON k.id = m.criterion
WHERE re.round = {} AND ((a.state = 'set aside' AND x.state = 'signed') OR (a.state = 'signed' AND (
  a.known_conflicts <> '' OR EXISTS (SELECT 1 FROM conflict_override v JOIN approval ap ON ap.id = v.approval
    WHERE v.seat = s.id AND v.entry = en.id AND v.ended_at IS NULL AND ap.given_at IS NOT NULL))))
ORDER BY en.reference, s.label, k.code
"""


class Doubtful(Struct, frozen=True):
    """`conflicted` count although something stands between judge and entry; the others do not count."""

    conflicted: tuple[Pair, ...] = ()
    kept_away: tuple[Sheet, ...] = ()
    """Set aside because of a conflict."""
    voided: tuple[Sheet, ...] = ()
    """Left out by two people."""


async def doubtful_sheets(round_id: int, inputs: Mapping[str, Any]) -> Doubtful:
    """Those that fit a run with these inputs: of its entries and judges, and counted by it or not."""
    entries = {entry["id"]: entry["category"] for entry in inputs["entries"]}
    judges = {judge["id"] for judge in inputs["judges"]}
    judged = {
        (one["code"], category) for one in inputs["criteria"] for category, w in one["weights"].items() if w
    }
    counted = {(sheet["entry"], sheet["judge"]) for sheet in inputs["sheets"]}
    conflicted: set[Pair] = set()
    out: dict[Pair, tuple[str, int, list[tuple[str, int]]]] = {}
    for row in await Assignment.raw(_SHEETS, round_id):
        pair = (row["reference"], row["label"])
        if pair in counted:
            if row["state"] == "signed":
                conflicted.add(pair)
        elif row["state"] == "set aside" and pair[0] in entries and pair[1] in judges:
            marks = out.setdefault(pair, (row["code"] or "", confidence_of(row["confidence"]), []))[2]
            if row["criterion"] is not None and (row["criterion"], entries[pair[0]]) in judged:
                marks.append((row["criterion"], row["value"]))
    sheets = {pair: Sheet(*pair, tuple(marks), confidence) for pair, (_c, confidence, marks) in out.items()}
    voided = {pair for pair, (code, _confidence, _marks) in out.items() if code == Aside.VOIDED.value}
    return Doubtful(
        tuple(sorted(conflicted)),
        tuple(sheet for pair, sheet in sheets.items() if pair not in voided),
        tuple(sheet for pair, sheet in sheets.items() if pair in voided),
    )
