"""What an imported edition holds, to compare with the folder it came from."""

from awards.entries.tables import Entry
from awards.scoresheets.tables import Mark

_ENTRIES = """
SELECT e.reference, e.title, c.code AS category FROM entry e JOIN category c ON c.id = e.category
WHERE e.edition = {}
"""

_MARKS = """
SELECT r.code AS round, e.reference, p.name AS judge, c.code AS criterion, m.value
FROM mark m
JOIN criterion c ON c.id = m.criterion
JOIN scoresheet s ON s.id = m.scoresheet
JOIN assignment a ON a.id = s.assignment
JOIN seat t ON t.id = a.seat
JOIN person p ON p.id = t.person
JOIN round_entry x ON x.id = a.round_entry
JOIN round r ON r.id = x.round
JOIN entry e ON e.id = x.entry
WHERE r.edition = {}
"""


async def entries_of(edition_id: int) -> list[tuple[str, str, str]]:
    rows = await Entry.raw(_ENTRIES, edition_id)
    return [(row["reference"], row["title"], row["category"]) for row in rows]


async def marks_of(edition_id: int) -> list[tuple[str, str, str, str, int]]:
    """(round, reference, judge's name, criterion, mark) of every mark."""
    rows = await Mark.raw(_MARKS, edition_id)
    return [(row["round"], row["reference"], row["judge"], row["criterion"], row["value"]) for row in rows]


_NOTES = """
SELECT r.code AS round, e.reference, p.name AS judge, n.text FROM sheet_note n
JOIN scoresheet s ON s.id = n.scoresheet JOIN assignment a ON a.id = s.assignment
JOIN seat t ON t.id = a.seat JOIN person p ON p.id = t.person JOIN round_entry x ON x.id = a.round_entry
JOIN round r ON r.id = x.round JOIN entry e ON e.id = x.entry
WHERE n.audience = 'city' AND n.text <> '' AND r.edition = {}
"""


async def notes_of(edition_id: int) -> list[tuple[str, str, str, str]]:
    """(round, reference, judge's name, words) of what judges say to entrants."""
    rows = await Mark.raw(_NOTES, edition_id)
    return [(row["round"], row["reference"], row["judge"], row["text"]) for row in rows]
