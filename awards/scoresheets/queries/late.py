"""Marks that arrived late: for who decides, without a mark; for their judge, with what was written."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from awards.panels.queries.titles import with_titles
from awards.scoresheets.late import Decision, Held, LateState
from awards.scoresheets.rules import Given, said_of, words_of_marks
from awards.scoresheets.strip import OwnCriterion
from awards.scoresheets.tables import HeldOperation
from judging.scales import Scale


class Proposed(Struct, frozen=True):
    """What one person proposed and a second consents to, or did."""

    approval: int
    decision: Decision
    sha256: str
    reason: str
    by: int
    asker: str
    at: datetime
    giver: str
    given_at: datetime | None


class LateSheet(Struct, frozen=True):
    """All that arrived late of one sheet and has one state, for the secretariat. Instants of writing are by our clock."""

    assignment_id: int
    judge_id: int
    judge: str
    reference: str
    entry_id: int
    entrant: str
    state: LateState
    sheet_state: str
    deadline: datetime
    written_from: datetime
    written_until: datetime
    arrived: datetime
    device_ahead: int
    """Of the operation whose device was the most wrong."""
    marks: int
    notes: int
    held: tuple[Held, ...]
    proposed: Proposed | None


_LATE = """
SELECT h.id, h.assignment, h.base_version, h.change, h.device_at, h.device_ahead, h.deadline, h.state, h.created_at AS arrived,
  s.person AS judge_id, p.name AS judge, e.reference, e.id AS entry_id, t.name AS entrant, a.state AS sheet_state,
  ap.id AS approval, ap.action, ap.subject_sha256, ap.reason, ap.asked_by, ap.created_at AS "asked_at", w.name AS asker,
  g.name AS giver, ap.given_at
FROM held_operation h JOIN assignment a ON a.id = h.assignment JOIN round_entry re ON re.id = a.round_entry
JOIN entry e ON e.id = re.entry JOIN entrant t ON t.id = e.entrant JOIN seat s ON s.id = a.seat
JOIN person p ON p.id = s.person
LEFT JOIN approval ap ON ap.id = h.approval OR (h.approval IS NULL AND ap.subject_kind = 'assignment'
  AND ap.subject_id = a.id AND ap.action IN ('accept late marks', 'refuse late marks')
  AND ap.given_at IS NULL AND ap.ended_at IS NULL)
LEFT JOIN person w ON w.id = ap.asked_by LEFT JOIN person g ON g.id = ap.given_by
WHERE re.round = {} ORDER BY h.assignment, h.id
"""


async def late_sheets(round_id: int) -> list[LateSheet]:
    """What waits first, the oldest first; then what was decided, a sheet for each decision."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in await HeldOperation.raw(_LATE, round_id):
        decided = row["approval"] if row["state"] != LateState.HELD.value else None
        groups.setdefault((row["assignment"], row["state"], decided), []).append(row)
    found = [_sheet(rows) for rows in groups.values()]
    return sorted(found, key=lambda one: (one.state is not LateState.HELD, one.arrived, one.assignment_id))


async def late_waiting(round_id: int) -> int:
    """How many sheets of the round have something that waits for two people."""
    rows = await HeldOperation.raw(
        "SELECT COUNT(DISTINCT h.assignment) AS waiting FROM held_operation h JOIN assignment a ON a.id = h.assignment"
        " JOIN seat s ON s.id = a.seat WHERE s.round = {} AND h.state = 'held'",
        round_id,
    )
    return int(rows[0]["waiting"])


def written_at(row: dict[str, Any]) -> datetime:
    at: datetime = row["device_at"]
    return at - timedelta(seconds=row["device_ahead"])


def held_of(row: dict[str, Any]) -> Held:
    return Held(row["id"], row["base_version"], hashlib.sha256(row["change"].encode()).hexdigest())


def _sheet(rows: list[dict[str, Any]]) -> LateSheet:
    first, last = rows[0], rows[-1]
    changes = [json.loads(row["change"]) for row in rows]
    proposed = None
    if first["approval"] is not None:
        proposed = Proposed(
            approval=first["approval"],
            decision=Decision(first["action"]),
            sha256=first["subject_sha256"],
            reason=first["reason"],
            by=first["asked_by"],
            asker=first["asker"],
            at=first["asked_at"],
            giver=first["giver"] or "",
            given_at=first["given_at"],
        )
    return LateSheet(
        assignment_id=first["assignment"],
        judge_id=first["judge_id"],
        judge=first["judge"],
        reference=first["reference"],
        entry_id=first["entry_id"],
        entrant=first["entrant"],
        state=LateState(first["state"]),
        sheet_state=first["sheet_state"],
        deadline=last["deadline"],
        written_from=min(written_at(row) for row in rows),
        written_until=max(written_at(row) for row in rows),
        arrived=max(row["arrived"] for row in rows),
        device_ahead=max((row["device_ahead"] for row in rows), key=abs),
        marks=len({code for change in changes for code in change.get("marks", {})}),
        notes=len({audience for change in changes for audience in change.get("notes", {})}),
        held=tuple(held_of(row) for row in rows),
        proposed=proposed,
    )


class OwnLate(Struct, frozen=True):
    """What a judge reads of own marks that arrived late; `written` are labels with what was written last."""

    reference: str
    title: str
    lang: str
    state: LateState
    arrived: datetime
    decided_at: datetime | None
    reason: str
    sign_until: datetime | None
    """Empty unless the judge can still sign the sheet off because of it."""
    marks: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]


_OWN = """
SELECT h.id, h.state, h.change, h.approval, h.created_at AS arrived, h.decided_at, ap.reason, en.reference, en.lang,
  SUBMITTED_TITLE AS title, a.id AS assignment, a.state AS sheet_state, a.sign_until
FROM held_operation h JOIN assignment a ON a.id = h.assignment JOIN round_entry re ON re.id = a.round_entry
JOIN entry en ON en.id = re.entry LEFT JOIN approval ap ON ap.id = h.approval AND ap.given_at IS NOT NULL
WHERE a.seat = {} ORDER BY h.id
"""
_SCALES = """
SELECT k.code, k.name, r.kind, sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label
FROM criterion k JOIN scale sc ON sc.id = k.scale JOIN round r ON r.id = k.round
JOIN seat s ON s.round = k.round WHERE s.id = {}
"""


async def own_late(seat_id: int, now: datetime) -> list[OwnLate]:
    """A sheet for each decision, the newest first."""
    rows = await HeldOperation.raw(with_titles(_OWN), seat_id)
    if not rows:
        return []
    scales = {
        row["code"]: OwnCriterion(
            row["code"],
            row["name"],
            Scale(row["origin_milli"], row["step_milli"], row["top"]),
            words_of_marks(row["kind"], row["low_label"], row["high_label"]),
        )
        for row in await HeldOperation.raw(_SCALES, seat_id)
    }
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["assignment"], row["state"], row["approval"]), []).append(row)
    return [_own(group, scales, now) for group in reversed(groups.values())]


def _own(rows: list[dict[str, Any]], scales: dict[str, OwnCriterion], now: datetime) -> OwnLate:
    first, last = rows[0], rows[-1]
    marks: dict[str, Given] = {}
    notes: dict[str, str] = {}
    for row in rows:
        change = json.loads(row["change"])
        marks.update(change.get("marks", {}))
        notes.update(change.get("notes", {}))
    can_sign = first["state"] == LateState.ACCEPTED.value and first["sheet_state"] == "started"
    until = first["sign_until"] if can_sign and first["sign_until"] and now < first["sign_until"] else None
    return OwnLate(
        reference=first["reference"],
        title=first["title"],
        lang=first["lang"],
        state=LateState(first["state"]),
        arrived=last["arrived"],
        decided_at=last["decided_at"],
        reason=first["reason"] or "",
        sign_until=until,
        marks=tuple(
            (scales[code].name, said_of(mark, scales[code].scale, scales[code].words))
            for code, mark in marks.items()
            if code in scales
        ),
        notes=tuple(notes.items()),
    )
