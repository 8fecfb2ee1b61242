"""A judge's own receipts, and the marks that a signature is for."""

import json
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import Any

from awards.audit.chain import COVERED
from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.panels.rules import AssignmentState
from awards.scoresheets.receipts import Fate, ReceiptLine, commitment_of, document_text, is_bound
from awards.scoresheets.rules import NO_EVIDENCE, Given, given_of, said_of, words_of_marks
from awards.scoresheets.strip import OwnCriterion
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


# A sheet that is signed off takes no save, so what comes next in its history is its reopening.
_OWN = f"""
SELECT rc.scoresheet, rc.version, rc.document, rc.commitment, rc.event_seq, rc.created_at AS "signed_at",
  en.reference, SUBMITTED_TITLE AS title, en.lang, a.state, sh.version AS newest, s.id AS seat_id, s.round AS round_id,
  r.name AS round_name, r.code AS round_code, ed.name AS edition_name, ed.slug AS edition_slug, pr.slug AS programme,
  nx.change AS next_change, nx.created_at AS "next_at", ev.hash AS v_hash, {", ".join(f'ev."{name}" AS v_{name}' for name in COVERED)}
FROM receipt rc JOIN scoresheet sh ON sh.id = rc.scoresheet JOIN assignment a ON a.id = sh.assignment
JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round JOIN edition ed ON ed.id = r.edition
JOIN programme pr ON pr.id = ed.programme
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
LEFT JOIN sheet_revision nx ON nx.scoresheet = rc.scoresheet AND nx.version = rc.version + 1
LEFT JOIN event ev ON ev.seq = rc.event_seq AND ev.action = 'sheet signed off'
WHERE s.person = {{}} ORDER BY rc.id
"""  # noqa: S608  # names of our own columns
_CRITERIA = """
SELECT k.round AS round_id, r.kind, k.code, k.name, sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label
FROM criterion k JOIN scale sc ON sc.id = k.scale JOIN round r ON r.id = k.round
WHERE k.round IN (SELECT s.round FROM seat s WHERE s.person = {}) ORDER BY k.round, k.position, k.id
"""


async def own_receipts(seat: OwnSeat) -> list[ReceiptLine]:
    """All of the seat, the newest first."""
    return await _receipts(seat.person_id, seat.id)


async def receipts_of(person_id: int) -> list[ReceiptLine]:
    """All that a person ever got, from rounds that are over and seats that ended too. The reader is that person."""
    return await _receipts(person_id, None)


async def _receipts(person_id: int, seat_id: int | None) -> list[ReceiptLine]:
    """Each is made anew from what it opens, and held against the trail."""
    criteria: dict[int, dict[str, OwnCriterion]] = defaultdict(dict)
    for row in await Receipt.raw(_CRITERIA, person_id):
        criteria[row["round_id"]][row["code"]] = OwnCriterion(
            code=row["code"],
            name=row["name"],
            scale=Scale(row["origin_milli"], row["step_milli"], row["top"]),
            words=words_of_marks(row["kind"], row["low_label"], row["high_label"]),
        )
    rows = await Receipt.raw(with_titles(_OWN), person_id)
    promised: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    events: dict[int, dict[str, Any]] = {}
    number: dict[tuple[int, int], int] = {}
    signed: dict[int, int] = defaultdict(int)
    for row in rows:
        promised[row["event_seq"]].append((row["scoresheet"], row["version"], row["commitment"]))
        events[row["event_seq"]] = {name: row[f"v_{name}"] for name in (*COVERED, "hash")}
        signed[row["scoresheet"]] += 1
        number[row["scoresheet"], row["version"]] = signed[row["scoresheet"]]
    bound = {
        place
        for place, event in events.items()
        if event["hash"] is not None and is_bound(event, promised[place])
    }
    lines = [
        _line(row, criteria[row["round_id"]], bound, number[row["scoresheet"], row["version"]], signed)
        for row in rows
        if seat_id is None or row["seat_id"] == seat_id
    ]
    return sorted(lines, key=lambda line: (-line.event_seq, line.reference))


def _line(
    row: Mapping[str, Any],
    criteria: Mapping[str, OwnCriterion],
    bound: Container[int],
    number: int,
    signed: Mapping[int, int],
) -> ReceiptLine:
    document = json.loads(row["document"])
    following = json.loads(row["next_change"] or "{}")
    reopened = following.get("signed") is False
    return ReceiptLine(
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        bench=f"/bench/{row['programme']}/{row['edition_slug']}/{row['round_code']}",
        round=row["round_name"],
        edition=row["edition_name"],
        version=row["version"],
        number=number,
        signed_at=row["signed_at"],
        marks=tuple(
            (one.name, _said(document["marks"][code], one))
            for code, one in criteria.items()
            if code in document["marks"]
        ),
        commitment=row["commitment"],
        event_seq=row["event_seq"],
        head=row["v_hash"] or "",
        opened=document_text(document),
        holds=commitment_of(document) == row["commitment"] and row["event_seq"] in bound,
        fate=_fate(row, is_last=number == signed[row["scoresheet"]]),
        reopened_at=row["next_at"] if reopened else None,
        reason=following.get("reason", "") if reopened else "",
    )


def _said(given: Given, criterion: OwnCriterion) -> str:
    if given is None or given == NO_EVIDENCE:
        return said_of(given, criterion.scale)
    return criterion.text(given)


def _fate(row: Mapping[str, Any], *, is_last: bool) -> Fate:
    if not is_last:
        return Fate.SIGNED_AGAIN
    if row["state"] == AssignmentState.SIGNED.value:
        return Fate.STANDS
    return Fate.REOPENED if row["state"] == AssignmentState.STARTED.value else Fate.LEFT_OUT
