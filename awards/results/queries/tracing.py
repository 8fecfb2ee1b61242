"""What stands with the sheets of one entry of a closed round: words to the secretariat, and marks that do not count."""

from collections.abc import Collection

from awards.editions.tables import Round
from awards.panels.queries import LEFT_OUT
from awards.panels.tables import RoundEntry
from awards.results.tracing import Note

_SHEETS = f"""
SELECT 0 AS kind, s.label AS code, sh.confidence AS name, a.state, sh.keyed_by, COALESCE(x.reason, '') AS reason,
  COALESCE(n.text, '') AS note, k.code AS criterion, m.value, 0 AS position
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN seat s ON s.id = a.seat JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN sheet_note n ON n.scoresheet = sh.id AND n.audience = 'secretariat'
LEFT JOIN {LEFT_OUT} x ON x.assignment = a.id
LEFT JOIN mark m ON m.scoresheet = sh.id AND m.state = 'given' AND m.value IS NOT NULL AND a.state = 'set aside'
LEFT JOIN criterion k ON k.id = m.criterion
WHERE re.round = {{}} AND en.reference = {{}} AND a.state IN ('signed', 'set aside')
UNION ALL
SELECT 1, k.code, k.name, '', NULL, '', '', NULL, NULL, k.position FROM criterion k WHERE k.round = {{}}
ORDER BY 1, 10, 2, 8
"""  # noqa: S608  # only texts of ours are put in


async def notes_of(
    round_id: int, reference: str, counted: Collection[str]
) -> tuple[list[tuple[str, str]], list[Note]]:
    """Criteria as (code, name), and what goes with each sheet that the run counted or that is set aside.

    A sheet that was signed after the run is none of these: what it says belongs to the run that reads it.
    """
    rows = await RoundEntry.raw(_SHEETS, round_id, reference, round_id)
    criteria = [(row["code"], row["name"]) for row in rows if row["kind"] == 1]
    found: dict[str, Note] = {}
    for row in rows:
        label = row["code"]
        if row["kind"] == 1 or (row["state"] == "signed" and label not in counted):
            continue
        marks = found[label].marks if label in found else ()
        if row["criterion"] is not None:
            marks = (*marks, (row["criterion"], row["value"]))
        found[label] = Note(
            label=label,
            confidence=row["name"],
            text=row["note"],
            keyed=row["keyed_by"] is not None,
            left_out=row["reason"] or "set aside" if row["state"] == "set aside" else "",
            marks=marks,
        )
    return criteria, list(found.values())


async def round_before(round_id: int) -> str:
    """The code of the round with marks from which totals are carried into this one; empty for the first."""
    rows = await Round.raw(
        "SELECT p.code FROM round r JOIN round p ON p.edition = r.edition AND p.position < r.position"
        " AND p.kind = 'criteria' WHERE r.id = {} ORDER BY p.position DESC LIMIT 1",
        round_id,
    )
    return str(rows[0]["code"]) if rows else ""
