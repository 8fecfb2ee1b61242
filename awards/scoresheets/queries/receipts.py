"""A judge's own receipts, and the marks that a signature is for."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.scoresheets.receipts import commitment_of, document_text
from awards.scoresheets.rules import Given, given_of, said_of
from awards.scoresheets.tables import Mark, Receipt
from judging.scales import Scale


async def marks_to_sign(sheets: Sequence[int]) -> Mapping[int, dict[str, Given]]:
    """Of each sheet by id: criterion -> mark, in the order of the form."""
    found: dict[int, dict[str, Given]] = defaultdict(dict)
    slots = ", ".join(["{}"] * len(sheets))
    for row in await Mark.raw(
        "SELECT m.scoresheet, k.code, m.value, m.state FROM mark m JOIN criterion k ON k.id = m.criterion"  # noqa: S608  # slots for ids
        f" WHERE m.scoresheet IN ({slots}) ORDER BY m.scoresheet, k.position, k.id",
        *sheets,
    ):
        found[row["scoresheet"]][row["code"]] = given_of(row["value"], row["state"])
    return found


class ReceiptLine(Struct, frozen=True):
    """`head` is that of the audit trail at the receipt's place in it; `opened` is what the commitment was made of."""

    reference: str
    title: str
    lang: str
    version: int
    signed_at: datetime
    marks: tuple[tuple[str, str], ...]
    commitment: str
    event_seq: int
    head: str
    opened: str
    holds: bool
    reopened: bool


_OWN = """
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, rc.version, sh.version AS newest, a.state, rc.document, rc.commitment,
  rc.event_seq, rc.created_at AS "signed_at", ev.hash AS head
FROM receipt rc JOIN scoresheet sh ON sh.id = rc.scoresheet JOIN assignment a ON a.id = sh.assignment
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
LEFT JOIN event ev ON ev.seq = rc.event_seq AND ev.action = 'sheet signed off'
WHERE a.seat = {} ORDER BY rc.event_seq DESC, en.reference
"""
_SCALES = """
SELECT k.code, k.name, sc.origin_milli, sc.step_milli, sc.top FROM criterion k JOIN scale sc ON sc.id = k.scale
WHERE k.round = {} ORDER BY k.position, k.id
"""


async def own_receipts(seat: OwnSeat) -> list[ReceiptLine]:
    """All of the seat, the newest first. Each is made anew from what it opens, and held against the trail."""
    criteria = {
        row["code"]: (row["name"], Scale(row["origin_milli"], row["step_milli"], row["top"]))
        for row in await Receipt.raw(_SCALES, seat.round.id)
    }
    return [_line(row, criteria) for row in await Receipt.raw(with_titles(_OWN), seat.id)]


def _line(row: Mapping[str, Any], criteria: Mapping[str, tuple[str, Scale]]) -> ReceiptLine:
    document = json.loads(row["document"])
    marks = document["marks"]
    return ReceiptLine(
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        version=row["version"],
        signed_at=row["signed_at"],
        marks=tuple(
            (name, said_of(marks[code], scale)) for code, (name, scale) in criteria.items() if code in marks
        ),
        commitment=row["commitment"],
        event_seq=row["event_seq"],
        head=row["head"] or "",
        opened=document_text(document),
        holds=commitment_of(document) == row["commitment"] and bool(row["head"]),
        reopened=row["version"] != row["newest"] or row["state"] != "signed",
    )
