"""A panel's deliberation on one category of a round, for one pair of eyes: what they may not know is not in it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.rules import in_secretariat, is_auditor
from awards.editions.tables import Round
from awards.errors import Denied, NotFound
from awards.panels.queries import conflicts_of_people
from awards.panels.queries.rounds import round_of, with_round
from awards.panels.queries.titles import with_titles
from awards.panels.rules import terms_hash
from awards.panels.tables import RoundEntry, Seat
from awards.results.meeting import (
    AUDITOR,
    OWED,
    SCORER,
    SECRETARIAT,
    ActRow,
    Conclusion,
    Judged,
    Meeting,
    Member,
    MetEntry,
    Sitting,
)
from awards.results.queries.runs import read_body
from awards.results.rules import is_settled
from awards.web.i18n import _
from judging.conflicts import Effect

_MEETING = with_round("""
SELECT ROUND_COLUMNS, c.id AS category_id, c.code AS category, c.name AS category_name,
  (SELECT er.value FROM edition_rule er WHERE er.edition = ed.id AND er.code = 'terms') AS terms,
  d.id AS d_id, d.state AS d_state, d.agenda, d.whole_panel, u.id AS run_id, u.number AS run_number,
  u.method AS run_method, u.sha256 AS run_sha256, v.id AS adopted_id, d.concluded_at,
  CASE WHEN a.number IS NULL OR a.number = 1 THEN u.body ELSE '' END AS body,
  CASE WHEN a.number IS NULL OR a.number = 1 THEN u.inputs ELSE '' END AS inputs,
  a.number, a.kind, a.run AS act_run, a.round_entry, en.reference, a.person AS person_id, w.name AS person,
  a.place, a.level, a.marks, a.title, a.reason, a.file AS file_id, a.file_name, x.state AS file_state, a."by" AS by_id, b.name AS by_name,
  a.as_role, a.created_at AS "act_at",
  q.id AS approval, q.subject_sha256, q.reason AS statement, q.asked_by, q.created_at AS "asked_at",
  f.name AS first_name, s.name AS second_name
FROM round r ROUND_TABLES JOIN category c ON c.edition = ed.id AND c.code = {}
LEFT JOIN deliberation d ON d.round = r.id AND d.category = c.id
LEFT JOIN calibration_run v ON v.round = r.id AND v.state = 'adopted'
LEFT JOIN calibration_run u ON u.id = COALESCE(d.run, v.id)
LEFT JOIN approval q ON q.subject_kind = 'deliberation' AND q.subject_id = d.id AND q.action = 'conclude deliberation'
  AND q.ended_at IS NULL AND (q.given_at IS NULL OR q.id = d.approval)
LEFT JOIN person f ON f.id = q.asked_by LEFT JOIN person s ON s.id = q.given_by
LEFT JOIN deliberation_act a ON a.deliberation = d.id
LEFT JOIN round_entry re ON re.id = a.round_entry LEFT JOIN entry en ON en.id = re.entry
LEFT JOIN stored_file x ON x.id = a.file LEFT JOIN person w ON w.id = a.person LEFT JOIN person b ON b.id = a."by"
WHERE PLACE ORDER BY a.number
""")
_BY_CODES = _MEETING.replace("PLACE", "pr.slug = {} AND ed.slug = {} AND r.code = {}")
_BY_ID = _MEETING.replace("PLACE", "r.id = {}")

_PANEL = """
SELECT 'seat' AS part, s.person AS id, p.name, s.role AS code, CASE WHEN s.conflicts_declared_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = s.round
    AND e.category = {} AND re.created_at > s.conflicts_declared_at) THEN 1 ELSE 0 END AS one, 0 AS two, 0 AS three,
  0 AS four, COALESCE((SELECT ta.terms_sha256 FROM terms_acceptance ta WHERE ta.person = s.person AND ta.edition = {}
    AND ta.terms_sha256 = {}), '') AS terms, CASE s.role WHEN 'chair' THEN 0 WHEN 'jury' THEN 1 ELSE 2 END AS place
FROM seat s JOIN person p ON p.id = s.person
WHERE s.round = {} AND s.state = 'accepted' AND (NOT EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id)
  OR EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id AND sc.category = {}))
UNION ALL
SELECT 'criterion', k.id, k.name, k.code, w.weight, l.origin_milli, l.step_milli, l.top, '', k.position
FROM criterion k JOIN criterion_weight w ON w.criterion = k.id AND w.category = {} JOIN scale l ON l.id = k.scale
WHERE k.round = {}
ORDER BY 1, 10, 3, 2
"""

_ENTRIES = f"""
SELECT re.id AS round_entry, en.id AS entry_id, en.reference, SUBMITTED_TITLE AS title, en.lang, en.state,
  t.name AS city, CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
WHERE re.round = {{}} AND en.category = {{}} ORDER BY en.reference
"""  # noqa: S608  # only texts of ours are put in


async def sitting(
    programme: str, edition: str, code: str, category: str, actor: Actor, now: datetime
) -> Sitting:
    """For who is of the panel that deliberates, the secretariat and the auditor; for others there is none."""
    return await _for(actor, _meeting(await Round.raw(_BY_CODES, category, programme, edition, code)), now)


async def sitting_by_id(round_id: int, category: str, actor: Actor, now: datetime) -> Sitting:
    """The same, for verbs."""
    return await _for(actor, _meeting(await Round.raw(_BY_ID, category, round_id)), now)


async def meeting_at(round_id: int, category: str) -> Meeting:
    """As it stands, for nobody's eyes: to prove that what was concluded is what was signed."""
    return _meeting(await Round.raw(_BY_ID, category, round_id))


async def _for(actor: Actor, meeting: Meeting, now: datetime) -> Sitting:
    edition = meeting.round.edition
    staff = (
        SECRETARIAT
        if in_secretariat(actor, edition.programme_id, edition.id)
        else AUDITOR
        if is_auditor(actor, edition.programme_id, edition.id)
        else ""
    )
    members, criteria = await _panel(meeting)
    own = next((one for one in members if one.person_id == actor.person_id), None)
    if not staff and (own is None or meeting.id is None):
        raise NotFound
    if not staff and own is not None and not _may_sit(own, meeting):
        raise Denied(
            OWED, _("Accept the terms and declare your conflicts first, at your place on the panel.")
        )
    if not staff and not is_settled(meeting.round.state):
        # Some of them may have a sheet to write, and an average would tell them what others wrote.
        raise Denied(
            "round open", _("Entries are read once more. The panel goes on when the round is closed again.")
        )
    rows = await RoundEntry.raw(
        with_titles(_ENTRIES), *tied_to(actor.person_id, now), meeting.round.id, meeting.category_id
    )
    if not rows or (staff and any(row["conflict"] for row in rows)):
        raise NotFound
    entries = {row["reference"]: _entry(row, meeting.round.blind) for row in rows}
    found = await conflicts_of_people(meeting.round.id, edition.id, {one.person_id for one in members}, now)
    by_id = {entry.entry_id: ref for ref, entry in entries.items()}
    conflicts = {
        person: frozenset(
            by_id[entry]
            for entry, findings in said.items()
            if entry in by_id and any(one.effect is Effect.FORBID for one in findings)
        )
        for person, said in found.items()
    }
    return Sitting(
        meeting=meeting,
        role=staff or (own.role if own else ""),
        reader=actor.person_id,
        members=members,
        criteria=criteria,
        entries=entries,
        conflicts=conflicts,
        hidden=frozenset() if staff else conflicts.get(actor.person_id, frozenset()),
    )


def _may_sit(member: Member, meeting: Meeting) -> bool:
    return member.declared and (not meeting.terms_sha256 or member.terms_sha256 == meeting.terms_sha256)


async def _panel(meeting: Meeting) -> tuple[tuple[Member, ...], tuple[Judged, ...]]:
    """Chair and jury, and the scorers where the whole panel deliberates or there is nobody else."""
    place, found = meeting.category_id, meeting.round
    rows = await Seat.raw(
        _PANEL, place, found.edition.id, meeting.terms_sha256, found.id, place, place, found.id
    )
    seated = [
        Member(row["id"], row["name"], row["code"], bool(row["one"]), row["terms"])
        for row in rows
        if row["part"] == "seat"
    ]
    whole = meeting.whole_panel or meeting.id is None
    return (
        tuple(one for one in seated if whole or one.role != SCORER),
        tuple(
            Judged(row["code"], row["name"], row["one"], row["two"], row["three"], row["four"])
            for row in rows
            if row["part"] == "criterion"
        ),
    )


def _entry(row: Mapping[str, Any], blind: bool) -> MetEntry:
    fields = {name: row[name] for name in MetEntry.__struct_fields__}
    return MetEntry(**{**fields, "city": "" if blind else row["city"]})


def _meeting(rows: list[dict[str, Any]]) -> Meeting:
    if not rows:
        raise NotFound
    first = rows[0]
    body, inputs = next(((row["body"], row["inputs"]) for row in rows if row["body"]), ("", ""))
    return Meeting(
        round=round_of(first),
        category_id=first["category_id"],
        category=first["category"],
        name=first["category_name"],
        terms_sha256=terms_hash(first["terms"]) if first["terms"] else "",
        id=first["d_id"],
        state=first["d_state"] or "",
        whole_panel=bool(first["whole_panel"]),
        agenda=tuple(json.loads(first["agenda"] or "[]")),
        run_id=first["run_id"],
        run_number=first["run_number"] or 0,
        run_method=first["run_method"] or "",
        run_sha256=first["run_sha256"] or "",
        adopted_id=first["adopted_id"],
        body=read_body(body) if body else {},
        inputs=read_body(inputs) if inputs else {},
        acts=tuple(_act(row) for row in rows if row["number"] is not None),
        conclusion=_conclusion(first) if first["approval"] is not None else None,
    )


def _act(row: Mapping[str, Any]) -> ActRow:
    return ActRow(
        number=row["number"],
        kind=row["kind"],
        run_id=row["act_run"],
        round_entry=row["round_entry"],
        entry=row["reference"] or "",
        person_id=row["person_id"],
        person=row["person"] or "",
        place=row["place"],
        level=bool(row["level"]),
        marks=json.loads(row["marks"] or "{}"),
        title=row["title"],
        reason=row["reason"],
        file_id=row["file_id"],
        file_name=row["file_name"],
        file_state=row["file_state"] or "",
        by_id=row["by_id"],
        by=row["by_name"],
        as_role=row["as_role"],
        at=row["act_at"],
    )


def _conclusion(row: Mapping[str, Any]) -> Conclusion:
    return Conclusion(
        approval=row["approval"],
        sha256=row["subject_sha256"],
        statement=row["statement"],
        asked_by=row["asked_by"],
        first=row["first_name"],
        second=row["second_name"] or "",
        at=row["concluded_at"] or row["asked_at"],
    )
