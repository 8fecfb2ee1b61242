"""Reading what judges wrote to the cities of an edition, with what a person of the secretariat decided of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from awards.editions.tables import Edition
from awards.panels.tables import Seat
from awards.publication.anonymity import Traits, struck, tells, traits
from awards.publication.feedback import Words
from awards.web.words import country
from judging import sha256_of

# Judges write in these; what their country is called in others is left to who reads the words.
LANGUAGES = ("en", "fr", "es", "pt", "de")
GIVEN, STRUCK, LEFT_OUT = "given", "struck", "left out"
OUTCOMES = (GIVEN, STRUCK, LEFT_OUT)


class Note(Struct, frozen=True):
    """`tells`: why the words would let somebody guess their writer. `outcome` counts only of these very words."""

    sheet_id: int
    round_id: int
    reference: str
    entrant: str
    category: str
    text: str
    sha256: str
    person_id: int
    known: str
    """What everybody knows of the entrant."""
    tells: tuple[str, ...]
    outcome: str
    struck: tuple[str, ...]
    reason: str

    @property
    def seen(self) -> str:
        """Of the words and of what was decided of them: who read something else decides anew."""
        return sha256_of([self.sha256, self.outcome, list(self.struck), self.reason])

    @property
    def waits(self) -> bool:
        """A person has to read them: until then they are held back."""
        return bool(self.tells) and not self.outcome

    def as_words(self) -> Words:
        if self.outcome == STRUCK:
            return Words(struck(self.text, self.struck), held=False)
        return Words(self.text, held=self.waits or self.outcome == LEFT_OUT)


_NOTES = """
SELECT sh.id AS sheet_id, r.id AS round_id, s.person, en.reference, t.name AS entrant, t.country_label, t.country,
 y.name AS city, en.title, c.code AS category, n.text, w.note_sha256, w.outcome, w.struck, w.reason
FROM sheet_note n JOIN scoresheet sh ON sh.id = n.scoresheet JOIN assignment a ON a.id = sh.assignment
JOIN seat s ON s.id = a.seat JOIN round_entry re ON re.id = a.round_entry JOIN round r ON r.id = re.round
JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
LEFT JOIN entrant y ON y.id = en.for_city LEFT JOIN note_review w ON w.scoresheet = sh.id
WHERE n.audience = 'city' AND n.text <> '' AND a.state = 'signed' AND r.state IN ('closed', 'decided')
 AND r.edition = {} ORDER BY r.position, c.position, en.reference, sh.id
"""

_PANEL = """
SELECT s.person, p.name, m.address, '' AS organisation, '' AS country, '' AS city FROM seat s
JOIN round r ON r.id = s.round JOIN person p ON p.id = s.person LEFT JOIN email_address m ON m.person = p.id
WHERE r.edition = {}
UNION ALL
SELECT s.person, '', '', f.organisation, f.country, t.name FROM seat s JOIN round r ON r.id = s.round
JOIN affiliation f ON f.person = s.person LEFT JOIN entrant t ON t.id = f.entrant
WHERE r.edition = {}
"""


async def notes_of(edition_id: int) -> list[Note]:
    """Of every signed sheet of a round that is closed: nobody reads any of it while a round is open."""
    rows = await Edition.raw(_NOTES, edition_id)
    if not rows:
        return []
    panel = await _panel(edition_id)
    every = list(panel.values())
    return [_note(row, panel, every) for row in rows]


def _note(row: Mapping[str, Any], panel: Mapping[int, Traits], every: list[Traits]) -> Note:
    sha256 = hashlib.sha256(row["text"].encode()).hexdigest()
    decided = row["note_sha256"] == sha256
    known = " ".join(
        filter(
            None,
            (row["entrant"], row["city"], row["country_label"], row["title"], *_names_of(row["country"])),
        )
    )
    return Note(
        sheet_id=row["sheet_id"],
        round_id=row["round_id"],
        reference=row["reference"],
        entrant=row["entrant"],
        category=row["category"],
        text=row["text"],
        sha256=sha256,
        person_id=row["person"],
        known=known,
        tells=tells(row["text"], panel[row["person"]], every, known),
        outcome=row["outcome"] if decided else "",
        struck=tuple(json.loads(row["struck"] or "[]")) if decided else (),
        reason=(row["reason"] or "") if decided else "",
    )


async def still_tells(edition_id: int, note: Note, words: Iterable[str]) -> tuple[str, ...]:
    """What would tell who wrote them once these words are struck."""
    panel = await _panel(edition_id)
    return tells(struck(note.text, words), panel[note.person_id], list(panel.values()), note.known)


async def _panel(edition_id: int) -> dict[int, Traits]:
    """Everybody who ever had a seat in the edition: who stepped back is not named either."""
    rows = await Seat.raw(_PANEL, edition_id, edition_id)
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["person"], []).append(row)
    return {person: _traits(own) for person, own in found.items()}


def _traits(rows: Iterable[Mapping[str, Any]]) -> Traits:
    own = list(rows)
    countries = {name for row in own for name in _names_of(row["country"] or "")}
    return traits(
        (row["name"] or "" for row in own),
        (row["address"] or "" for row in own),
        (*countries, *(row["organisation"] or "" for row in own), *(row["city"] or "" for row in own)),
    )


def _names_of(code: str) -> frozenset[str]:
    return frozenset(country(code, lang) for lang in LANGUAGES) - {code} if code else frozenset()
