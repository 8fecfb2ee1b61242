"""What stands open at the gate before publication, and what two people let pass; never a mark."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.panels.tables import RoundEntry
from awards.results.gate import Counted, Flag, Gate, Waiver, items_of
from awards.results.queries.runs import read_body
from awards.results.rules import Lack
from awards.results.tables import Waiver as WaiverTable

_SHEET = """r.code AS round, c.code AS category, en.reference, t.name AS entrant, s.label, p.name AS judge"""
_OF = """FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN round r ON r.id = re.round
JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person"""

# One question for all that is not counted with the entries. Of runs: the adopted one, else the newest that may become it.
_FLAGS = f"""
SELECT 'entry' AS kind, r.code AS round, c.code AS category, en.reference, t.name AS entrant, r.state AS label,
  en.state AS judge, re.sheets_wanted AS amount, '' AS note,
  (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state = 'signed') AS signed,
  (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state IN ('given', 'opened', 'started')) AS unsigned
  FROM round_entry re JOIN round r ON r.id = re.round JOIN entry en ON en.id = re.entry
  JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
  WHERE r.edition = {{}} AND r.kind = 'criteria' AND r.state IN ('closed', 'decided')
UNION ALL SELECT 'waived', r.code, '', w.item, '', '', '', 0, w.item_sha256, 0, 0 FROM waiver w
  JOIN round r ON r.id = w.round JOIN approval ap ON ap.id = w.approval
  WHERE r.edition = {{}} AND w.ended_at IS NULL AND ap.ended_at IS NULL AND ap.given_at IS NOT NULL
UNION ALL SELECT 'paper', {_SHEET}, 0, '', 0, 0 {_OF} JOIN scoresheet sh ON sh.assignment = a.id
  AND sh.keyed_by IS NOT NULL WHERE r.edition = {{}} AND a.state IN ('given', 'opened', 'started')
UNION ALL SELECT 'late', {_SHEET}, COUNT(*), '', 0, 0 {_OF} JOIN held_operation h ON h.assignment = a.id AND h.state = 'held'
  WHERE r.edition = {{}} GROUP BY r.code, c.code, en.reference, t.name, s.label, p.name
UNION ALL SELECT 'asked', {_SHEET}, 0, '', 0, 0 {_OF} JOIN approval q ON q.subject_kind = 'assignment'
  AND q.subject_id = a.id AND q.action IN ('set sheet aside', 'restore sheet') AND q.given_at IS NULL
  AND q.ended_at IS NULL WHERE r.edition = {{}}
UNION ALL SELECT 'aside', {_SHEET}, 0, x.reason, 0, 0 {_OF} JOIN set_aside x ON x.assignment = a.id
  AND x.restored_at IS NULL WHERE r.edition = {{}} AND a.state = 'set aside'
UNION ALL SELECT 'judge', r.code, '', '', '', s.label, p.name, 0, '', 0, 0 FROM seat s JOIN round r ON r.id = s.round
  JOIN person p ON p.id = s.person WHERE r.edition = {{}}
UNION ALL SELECT 'criterion', r.code, '', '', '', k.code, k.name, 0, '', 0, 0 FROM criterion k
  JOIN round r ON r.id = k.round WHERE r.edition = {{}}
UNION ALL SELECT 'run', r.code, '', '', '', '', '', 0, u.body, 0, 0 FROM round r JOIN calibration_run u ON u.id = (
  SELECT n.id FROM calibration_run n WHERE n.round = r.id AND n.state IN ('adopted', 'provisional')
  ORDER BY CASE n.state WHEN 'adopted' THEN 0 ELSE 1 END, n.number DESC LIMIT 1)
  WHERE r.edition = {{}} AND r.state IN ('closed', 'decided')
ORDER BY 2, 3, 4, 6
"""  # noqa: S608  # only texts of ours are put in

_WAIVERS = """
SELECT r.code AS round, w.item, w.item_sha256, ap.id AS approval, ap.subject_sha256 AS sha256, ap.reason, ap.asked_by,
  f.name AS asker, ap.created_at AS "at", COALESCE(g.name, '') AS giver, ap.given_at
FROM waiver w JOIN round r ON r.id = w.round JOIN approval ap ON ap.id = w.approval
JOIN person f ON f.id = ap.asked_by LEFT JOIN person g ON g.id = ap.given_by
WHERE r.edition = {} AND w.ended_at IS NULL AND ap.ended_at IS NULL ORDER BY ap.id
"""


async def gate_of(edition_id: int) -> Gate:
    """Of all rounds of an edition, with what was said when something was let pass."""
    gate = await _open(edition_id)
    return replace(gate, waivers=tuple(Waiver(**row) for row in await WaiverTable.raw(_WAIVERS, edition_id)))


async def judged_lacks(edition_id: int, _now: datetime) -> list[Lack]:
    """What the judging of an edition leaves open and nobody let pass, for the gate before publication. One query."""
    return (await _open(edition_id)).lacks


async def _open(edition_id: int) -> Gate:
    rows = await RoundEntry.raw(_FLAGS, *([edition_id] * 9))
    counts = [
        Counted(
            round=row["round"],
            round_state=row["label"],
            category=row["category"],
            reference=row["reference"],
            entrant=row["entrant"],
            state=row["judge"],
            wanted=row["amount"],
            signed=row["signed"],
            unsigned=row["unsigned"],
        )
        for row in rows
        if row["kind"] == "entry"
    ]
    flags = [Flag(**{name: row[name] for name in Flag.__struct_fields__}) for row in rows]
    bodies = {flag.round: read_body(flag.note) for flag in flags if flag.kind == "run"}
    passed = frozenset((flag.round, flag.reference, flag.note) for flag in flags if flag.kind == "waived")
    return Gate(tuple(items_of(counts, flags, bodies)), passed)


class Waived(Struct, frozen=True):
    """What two people let pass, as everybody may read it once the results are out: no judge, no name."""

    round: str
    code: str
    reference: str
    category: str
    text: str
    reason: str
    at: datetime


async def waived(edition_id: int) -> list[Waived]:
    return waived_in(await gate_of(edition_id))


def waived_in(gate: Gate) -> list[Waived]:
    return [
        Waived(item.round, item.code.value, item.reference, item.category, item.public, waiver.reason, waiver.given_at)
        for item in gate.items
        if (waiver := gate.waiver(item)) is not None and waiver.given_at is not None
    ]  # fmt: skip
