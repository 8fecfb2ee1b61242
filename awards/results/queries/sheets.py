"""Which sheets of a closed round count and which are left out, with the reason; never a mark."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.tables import Round
from awards.panels.queries import LEFT_OUT
from awards.panels.tables import Assignment, RoundEntry
from awards.results.carrying import carries_on
from awards.results.queries.runs import EntryName, read_body
from awards.results.rules import rests_on


class LeftOut(Struct, frozen=True):
    """A sheet that is set aside, or whose judge stepped aside after beginning it, as the page of results lists it."""

    reference: str
    label: str
    code: str
    reason: str
    at: datetime


class InRound(Struct, frozen=True):
    """A round's entries by reference, what of it counts now, and what is left out."""

    entries: Mapping[str, EntryName]
    counting: frozenset[str]
    sheets: frozenset[tuple[str, str]]
    left_out: tuple[LeftOut, ...]
    papers: int
    """How many of the sheets that count were keyed in from paper; their judges have signed them."""

    def carries(self, inputs: str) -> bool:
        """Whether a run with these inputs was computed from what counts now."""
        return rests_on(read_body(inputs) if inputs else {}, self.counting, self.sheets)


async def in_round(round_id: int, actor: Actor, now: datetime) -> InRound:
    """One question: entries in the order of categories, each with its sheets that count or are left out."""
    rows = await RoundEntry.raw(
        "SELECT en.id, re.id AS round_entry, en.reference, en.title, t.name AS entrant, t.country, ct.region, t.kind,"  # noqa: S608  # only texts of ours are put in
        f" c.code AS category, c.name AS category_name, CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict,"
        " en.state AS entry_state, s.label, a.state AS sheet_state, x.code AS aside_code, x.reason AS aside_reason,"
        ' x.created_at AS "aside_at", sh.keyed_by'
        " FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant"
        " JOIN entrant ct ON ct.id = COALESCE(en.for_city, en.entrant)"
        " JOIN category c ON c.id = en.category"
        " LEFT JOIN assignment a ON a.round_entry = re.id AND a.state IN ('signed', 'set aside', 'recused')"
        " LEFT JOIN scoresheet sh ON sh.assignment = a.id"
        f" LEFT JOIN seat s ON s.id = a.seat LEFT JOIN {LEFT_OUT} x ON x.assignment = a.id"
        " WHERE re.round = {} ORDER BY c.position, c.id, en.reference, s.label",
        *tied_to(actor.person_id, now), round_id,
    )  # fmt: skip
    entries: dict[str, EntryName] = {}
    counting, sheets, left_out, papers = set(), set(), [], 0
    for row in rows:
        reference = row["reference"]
        if reference not in entries:
            names = {name: row[name] for name in EntryName.__struct_fields__}
            entries[reference] = EntryName(**{**names, "conflict": bool(row["conflict"])})
        if row["entry_state"] not in ("withdrawn", "ineligible"):
            counting.add(reference)
            if row["sheet_state"] == "signed":
                sheets.add((reference, row["label"]))
                papers += row["keyed_by"] is not None
        if row["sheet_state"] != "signed" and row["aside_code"]:
            left_out.append(
                LeftOut(
                    reference,
                    row["label"],
                    row["aside_code"],
                    row["aside_reason"],
                    row["aside_at"],
                )
            )
    return InRound(entries, frozenset(counting), frozenset(sheets), tuple(left_out), papers)


async def outdated_rounds(edition_id: int) -> set[str]:
    """Codes of the rounds whose adopted run was not computed from what counts now."""
    rows = await RoundEntry.raw(
        "SELECT r.code, en.reference, s.label, '' AS inputs FROM round r"
        " JOIN calibration_run u ON u.round = r.id AND u.state = 'adopted'"
        " JOIN round_entry re ON re.round = r.id JOIN entry en ON en.id = re.entry"
        " LEFT JOIN assignment a ON a.round_entry = re.id AND a.state = 'signed' LEFT JOIN seat s ON s.id = a.seat"
        " WHERE r.edition = {} AND en.state NOT IN ('withdrawn', 'ineligible')"
        " UNION ALL SELECT r.code, '', NULL, u.inputs FROM round r"
        " JOIN calibration_run u ON u.round = r.id AND u.state = 'adopted' WHERE r.edition = {}",
        edition_id, edition_id,
    )  # fmt: skip
    entries: dict[str, set[str]] = {}
    sheets: dict[str, set[tuple[str, str]]] = {}
    inputs: dict[str, str] = {}
    for row in rows:
        if row["inputs"]:
            inputs[row["code"]] = row["inputs"]
            continue
        if row["reference"]:
            entries.setdefault(row["code"], set()).add(row["reference"])
            if row["label"] is not None:
                sheets.setdefault(row["code"], set()).add((row["reference"], row["label"]))
    outdated = {
        code
        for code, text in inputs.items()
        if not rests_on(read_body(text), entries.get(code, set()), sheets.get(code, set()))
    }
    carrying = {code: found for code, text in inputs.items() if (found := read_body(text)).get("carried")}
    return outdated | (await _carried_otherwise(edition_id, carrying) if carrying else set())


async def _carried_otherwise(edition_id: int, carrying: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Of these rounds, by code with the inputs of their runs, those that carry other totals over than there are now."""
    rows = await Round.raw(
        "SELECT r.code, u.body FROM round r JOIN round p ON p.edition = r.edition AND p.position < r.position"
        " AND p.kind = 'criteria' AND NOT EXISTS (SELECT 1 FROM round q WHERE q.edition = r.edition"
        "  AND q.kind = 'criteria' AND q.position < r.position AND q.position > p.position)"
        " LEFT JOIN calibration_run u ON u.round = p.id AND u.state = 'adopted' WHERE r.edition = {}",
        edition_id,
    )
    bodies = {row["code"]: row["body"] for row in rows}
    return {
        code
        for code, inputs in carrying.items()
        if not carries_on(inputs, read_body(bodies[code]) if bodies.get(code) else {})
    }


class AskedSheet(Struct, frozen=True):
    """What one person asked for and a second has to consent to."""

    approval: int
    action: str
    by: int
    name: str
    reason: str
    sha256: str
    at: datetime


class SheetLine(Struct, frozen=True):
    """A sheet that is left out, is asked about, has a conflict on record, or is of the entry that was chosen."""

    seat_id: int
    person_id: int
    judge: str
    reference: str
    entrant: str
    category: str
    state: str
    conflict: bool
    code: str
    reason: str
    at: datetime | None
    asked: AskedSheet | None


_LINES = """
SELECT s.id AS seat_id, s.person AS person_id, p.name AS judge, e.reference, t.name AS entrant, c.code AS category,
  a.state, x.code, x.reason, x.created_at AS "at", q.id AS approval, q.action, q.asked_by, w.name AS asked_name,
  q.reason AS asked_reason, q.subject_sha256, q.created_at AS "asked_at", CASE WHEN CONFLICT THEN 1 ELSE 0 END AS conflict
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry
JOIN entrant t ON t.id = e.entrant JOIN category c ON c.id = e.category JOIN seat s ON s.id = a.seat
JOIN person p ON p.id = s.person
LEFT JOIN LEFT_OUT x ON x.assignment = a.id
LEFT JOIN approval q ON q.subject_kind = 'assignment' AND q.subject_id = a.id
  AND q.action IN ('set sheet aside', 'restore sheet') AND q.given_at IS NULL AND q.ended_at IS NULL
LEFT JOIN person w ON w.id = q.asked_by
WHERE re.round = {} AND (a.state IN ('signed', 'set aside') OR (a.state = 'recused' AND x.code IS NOT NULL))
  AND (a.state <> 'signed' OR q.id IS NOT NULL OR e.reference = {} OR CONFLICT)
ORDER BY c.position, c.id, e.reference, p.name
""".replace("LEFT_OUT", LEFT_OUT).replace(
    "CONFLICT",
    "EXISTS (SELECT 1 FROM conflict d WHERE d.person = s.person AND d.edition = e.edition"
    " AND d.withdrawn_at IS NULL AND (d.entry = e.id OR d.entrant = e.entrant OR d.entrant = e.for_city))",
)


async def sheet_lines(round_id: int, reference: str) -> list[SheetLine]:
    return [
        SheetLine(
            seat_id=row["seat_id"],
            person_id=row["person_id"],
            judge=row["judge"],
            reference=row["reference"],
            entrant=row["entrant"],
            category=row["category"],
            state=row["state"],
            conflict=bool(row["conflict"]),
            code=row["code"] or "",
            reason=row["reason"] or "",
            at=row["at"],
            asked=None
            if row["approval"] is None
            else AskedSheet(
                row["approval"], row["action"], row["asked_by"], row["asked_name"], row["asked_reason"],
                row["subject_sha256"], row["asked_at"],
            ),
        )
        for row in await Assignment.raw(_LINES, round_id, reference)
    ]  # fmt: skip
