import json
from collections import defaultdict
from typing import Any

from awards.audit.chain import COVERED
from awards.invariants.truth import Truth, by_query, by_reading
from awards.scoresheets.receipts import commitment_of, is_bound
from awards.scoresheets.rules import ANSWERED, Given, given_of
from awards.scoresheets.tables import Mark, Receipt, SheetNote, SheetRevision
from awards.web.i18n import lazy

sheets_are_their_revisions = by_query(
    "sheets-are-their-revisions",
    lazy("A sheet's version is not the number of its revisions, counted from 1."),
    """
    SELECT s.id AS scoresheet FROM scoresheet s LEFT JOIN sheet_revision r ON r.scoresheet = s.id
    GROUP BY s.id, s.version
    HAVING COUNT(r.id) <> s.version OR COALESCE(MAX(r.version), 0) <> s.version
        OR COALESCE(MIN(r.version), 1) <> 1
    ORDER BY s.id
    """,
)


async def _replayed(part: str) -> dict[int, dict[str, Any]]:
    """What the revisions of each sheet come to: a cleared mark or an empty note is none."""
    sheets: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = await SheetRevision.raw(
        "SELECT scoresheet, change FROM sheet_revision ORDER BY scoresheet, version"
    )
    for row in rows:
        sheets[row["scoresheet"]].update(json.loads(row["change"]).get(part, {}))
    return {
        sheet: {name: value for name, value in kept.items() if value not in (None, "")}
        for sheet, kept in sheets.items()
    }


@by_reading("marks-are-replayed", lazy("The marks of a sheet are not what its revisions come to."))
async def marks_are_replayed() -> list[str]:
    current: dict[int, dict[str, Given]] = defaultdict(dict)
    rows = await Mark.raw(
        "SELECT m.scoresheet, k.code, m.value, m.state FROM mark m JOIN criterion k ON k.id = m.criterion"
        " WHERE ANSWERED".replace("ANSWERED", ANSWERED)
    )
    for row in rows:
        current[row["scoresheet"]][row["code"]] = given_of(row["value"], row["state"])
    return _differing(await _replayed("marks"), current)


@by_reading("notes-are-replayed", lazy("The notes of a sheet are not what its revisions come to."))
async def notes_are_replayed() -> list[str]:
    current: dict[int, dict[str, str]] = defaultdict(dict)
    rows = await SheetNote.select(SheetNote.scoresheet, SheetNote.audience, SheetNote.text).where(
        SheetNote.text != ""
    )
    for row in rows:
        current[row["scoresheet"]][row["audience"]] = row["text"]
    return _differing(await _replayed("notes"), current)


def _differing(replayed: dict[int, Any], current: dict[int, Any]) -> list[str]:
    sheets = sorted(replayed.keys() | current.keys())
    return [f"scoresheet {sheet}" for sheet in sheets if replayed.get(sheet, {}) != current.get(sheet, {})]


marks_stand_on_their_scale = by_query(
    "marks-stand-on-their-scale",
    lazy("A mark is none of its scale."),
    """
    SELECT m.id AS mark FROM mark m JOIN criterion k ON k.id = m.criterion JOIN scale s ON s.id = k.scale
    WHERE m.value < 0 OR m.value > s.top ORDER BY m.id
    """,
)

_WHERE = """
FROM scoresheet h JOIN assignment a ON a.id = h.assignment JOIN round_entry x ON x.id = a.round_entry
JOIN entry e ON e.id = x.entry
"""

marks_are_one_thing = by_query(
    "marks-are-one-thing",
    lazy(
        "A criterion has a mark and not enough evidence at once, or an answer that its round does not know."
    ),
    """
    SELECT m.id AS mark FROM mark m JOIN criterion k ON k.id = m.criterion JOIN round d ON d.id = k.round
    WHERE m.state NOT IN ('given', 'not enough evidence')
       OR (m.state = 'not enough evidence' AND (m.value IS NOT NULL OR NOT d.not_enough_evidence)) ORDER BY m.id
    """,
)

marks_are_of_what_is_judged = by_query(
    "marks-are-of-what-is-judged",
    lazy("A mark is of a criterion that this entry is not judged on."),
    f"""
    SELECT m.id AS mark {_WHERE} JOIN mark m ON m.scoresheet = h.id JOIN criterion k ON k.id = m.criterion
    LEFT JOIN criterion_weight w ON w.criterion = k.id AND w.category = e.category
    WHERE {ANSWERED} AND (k.round <> x.round OR w.id IS NULL) ORDER BY m.id
    """,
)

signed_sheets_are_complete = by_query(
    "signed-sheets-are-complete",
    lazy("A sheet is signed off, and a criterion of its category has no mark."),
    """
    SELECT DISTINCT a.id AS assignment FROM assignment a JOIN round_entry x ON x.id = a.round_entry
    JOIN entry e ON e.id = x.entry JOIN criterion k ON k.round = x.round
    JOIN criterion_weight w ON w.criterion = k.id AND w.category = e.category
    LEFT JOIN scoresheet h ON h.assignment = a.id
    LEFT JOIN mark m ON m.scoresheet = h.id AND m.criterion = k.id AND ANSWERED
    WHERE a.state = 'signed' AND m.id IS NULL ORDER BY a.id
    """.replace("ANSWERED", ANSWERED),
)

begun_assignments_have_a_sheet = by_query(
    "begun-assignments-have-a-sheet",
    lazy("An assignment is begun without a saved sheet, or a saved sheet stands under one that is not."),
    """
    SELECT a.id AS assignment FROM assignment a
    LEFT JOIN scoresheet h ON h.assignment = a.id AND h.version > 0
    WHERE (a.state IN ('started', 'signed') AND h.id IS NULL)
       OR (a.state IN ('given', 'opened') AND h.id IS NOT NULL) ORDER BY a.id
    """,
)


sheets_aside_are_kept = by_query(
    "sheets-aside-are-kept",
    lazy("A sheet that was set aside is no longer there."),
    """
    SELECT DISTINCT q.assignment FROM set_aside q LEFT JOIN scoresheet h ON h.assignment = q.assignment AND h.version > 0
    WHERE h.id IS NULL ORDER BY q.assignment
    """,
)


@by_reading("signatures-are-revisions", lazy("A sheet's last word on its signature is not its state."))
async def signatures_are_revisions() -> list[str]:
    rows = await SheetRevision.raw(
        "SELECT a.id, a.state, r.change FROM assignment a JOIN scoresheet h ON h.assignment = a.id"
        " JOIN sheet_revision r ON r.scoresheet = h.id WHERE a.state IN ('started', 'signed')"
        " ORDER BY a.id, r.version"
    )
    signed: dict[int, bool] = {}
    states: dict[int, str] = {}
    for row in rows:
        signed[row["id"]] = bool(json.loads(row["change"]).get("signed", signed.get(row["id"], False)))
        states[row["id"]] = row["state"]
    return [f"assignment {one}" for one, state in states.items() if (state == "signed") is not signed[one]]


sheets_are_saved_in_time = by_query(
    "sheets-are-saved-in-time",
    lazy("A judge's save was taken before the round opened, or at its end or later."),
    """
    SELECT r.id AS sheet_revision FROM sheet_revision r JOIN scoresheet h ON h.id = r.scoresheet
    JOIN assignment a ON a.id = h.assignment JOIN seat s ON s.id = a.seat JOIN round d ON d.id = s.round
    WHERE r.actor_id = s.person AND (r.created_at < d.opens OR r.created_at >= COALESCE(a.extra_until, s.extended_until, d.closes))
      AND (a.origin <> 'extra' OR a.extra_until IS NOT NULL OR r.created_at < d.opens)
      AND NOT EXISTS (SELECT 1 FROM held_operation o WHERE o.actor_id = r.actor_id AND o.operation = r.operation
                      AND o.state = 'accepted')
      AND NOT (a.sign_until IS NOT NULL AND r.created_at < a.sign_until AND r.change LIKE '%"signed":true%') ORDER BY r.id
    """,
)


_RECEIPTS = f"""
SELECT c.id, c.scoresheet, c.version, c.document, c.nonce, c.commitment, c.event_seq, ev.hash, {", ".join(f'ev."{name}"' for name in COVERED)}
FROM receipt c LEFT JOIN event ev ON ev.seq = c.event_seq AND ev.action = 'sheet signed off' ORDER BY c.id
"""  # noqa: S608  # names of our own columns


@by_reading(
    "receipts-keep-their-promise",
    lazy("A receipt is not of the marks that were signed, or not in the trail."),
)
async def receipts_keep_their_promise() -> list[str]:
    signed: dict[tuple[int, int], dict[str, Any]] = {}
    marks: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in await SheetRevision.raw(
        "SELECT r.scoresheet, r.version, r.change FROM sheet_revision r"
        " WHERE EXISTS (SELECT 1 FROM receipt c WHERE c.scoresheet = r.scoresheet) ORDER BY r.scoresheet, r.version"
    ):
        change = json.loads(row["change"])
        marks[row["scoresheet"]].update(change.get("marks", {}))
        if change.get("signed"):
            signed[row["scoresheet"], row["version"]] = dict(marks[row["scoresheet"]])
    rows = await Receipt.raw(_RECEIPTS)
    promised: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row in rows:
        promised[row["event_seq"]].append((row["scoresheet"], row["version"], row["commitment"]))
    events = {row["event_seq"]: row for row in rows if row["hash"] is not None}
    bound = {place for place, event in events.items() if is_bound(event, promised[place])}
    return [
        f"receipt {row['id']}" for row in rows if row["event_seq"] not in bound or not _is_kept(row, signed)
    ]


def _is_kept(row: dict[str, Any], signed: dict[tuple[int, int], dict[str, Any]]) -> bool:
    document = json.loads(row["document"])
    marks = signed.get((row["scoresheet"], row["version"]))
    return (
        document["nonce"] == row["nonce"]
        and commitment_of(document) == row["commitment"]
        and marks is not None
        and {name: mark for name, mark in marks.items() if mark is not None}
        == {name: mark for name, mark in document["marks"].items() if mark is not None}
    )


TRUTHS: tuple[Truth, ...] = (
    sheets_are_their_revisions,
    marks_are_replayed,
    notes_are_replayed,
    marks_stand_on_their_scale,
    marks_are_one_thing,
    marks_are_of_what_is_judged,
    signed_sheets_are_complete,
    begun_assignments_have_a_sheet,
    sheets_aside_are_kept,
    signatures_are_revisions,
    receipts_keep_their_promise,
    sheets_are_saved_in_time,
)
