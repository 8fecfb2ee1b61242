"""Who is written to when a publication is out, and with which letter. No letter holds a score or a place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from awards.entries.tables import Entry
from awards.outbox.services import Addressed
from awards.publication.differences import Change, shown_by
from awards.publication.document import Draft, PublishedRow
from awards.publication.rules import BY_NAME


class Letter(StrEnum):
    """By the folder of its texts."""

    WINNER = "result-winner"
    FINALIST = "result-finalist"
    PUBLISHED = "result-published"
    CORRECTED = "result-corrected"


class Reader(Struct, frozen=True):
    """Somebody who acts for the entrant of an entry, or for the city that it was entered for."""

    entry_id: int
    reference: str
    title: str
    entrant: str
    category: str
    person_id: int
    name: str
    lang: str
    address: str


_READERS = """
SELECT n.id AS entry_id, n.reference, n.title, t.name AS entrant, c.code AS category, p.id AS person_id, p.name,
 p.lang, m.address
FROM entry n JOIN entrant t ON t.id = n.entrant JOIN category c ON c.id = n.category
JOIN official o ON (o.entrant = n.entrant OR o.entrant = n.for_city)
 AND o.since <= {} AND (o.until IS NULL OR o.until > {})
JOIN person p ON p.id = o.person AND p.disabled_at IS NULL AND p.erased_at IS NULL
JOIN email_address m ON m.person = p.id AND m.is_primary
WHERE n.edition = {} AND n.state = 'eligible' ORDER BY n.reference, p.id
"""


async def readers_of(edition_id: int, now: datetime) -> list[Reader]:
    """Of every entry that was judged. Who acts for both the entrant and its city reads of it once."""
    rows = await Entry.raw(_READERS, now, now, edition_id)
    found = {(row["entry_id"], row["person_id"]): Reader(**row) for row in rows}
    return list(found.values())


class Telling(Struct, frozen=True):
    """A publication as letters are written of it, with what the one before it had told already."""

    draft: Draft
    rows: Mapping[str, PublishedRow]
    """By the reference of the entry."""
    earlier: Mapping[str, PublishedRow]
    corrects: bool
    moved: tuple[Change, ...]

    def letter_for(self, reader: Reader) -> Letter | None:
        row, was = self.rows.get(reader.reference), self.earlier.get(reader.reference)
        if _won(row) - _won(was):
            return Letter.WINNER
        if _is_finalist(row) and not _is_finalist(was):
            return Letter.FINALIST
        if not self.corrects:
            return Letter.PUBLISHED
        return Letter.CORRECTED if self._concerns(reader, row or was) else None

    def _concerns(self, reader: Reader, row: PublishedRow | None) -> bool:
        """Of whom something is said otherwise; where the note alone corrects, whoever is named."""
        if not self.moved:
            return row is not None
        return any(
            one.reference == reader.reference if one.reference else one.code == reader.category
            for one in self.moved
        )


def telling(draft: Draft, before: Draft | None, corrects: bool, moved: Sequence[Change]) -> Telling:
    return Telling(draft, _by_reference(draft), _by_reference(before), corrects, tuple(moved))


def _by_reference(draft: Draft | None) -> dict[str, PublishedRow]:
    rows = () if draft is None else draft.rows
    return {row.figures["reference"]: row for row in rows if "reference" in row.figures}


def _won(row: PublishedRow | None) -> set[str]:
    """What was told of having won: the prizes, or where names alone are told, that there is one."""
    if row is None:
        return set()
    return {award["prize"] for award in row.figures.get("awards", ())} | (
        {""} if row.figures.get("won") else set()
    )


def _is_finalist(row: PublishedRow | None) -> bool:
    return row is not None and bool(row.figures.get("finalist"))


def letters_of(
    told: Telling, readers: Sequence[Reader], key: str, now: datetime
) -> Mapping[Letter, list[Addressed]]:
    """Of winning and of the final, one for each entry; of everything else one for each person."""
    found: dict[Letter, list[Addressed]] = {letter: [] for letter in Letter}
    several: dict[tuple[Letter, int], list[Reader]] = {}
    for reader in readers:
        letter = told.letter_for(reader)
        if letter is None:
            continue
        if letter in (Letter.WINNER, Letter.FINALIST):
            found[letter].append(_addressed(told, letter, [reader], key, now))
        else:
            several.setdefault((letter, reader.person_id), []).append(reader)
    for (letter, _person), own in several.items():
        found[letter].append(_addressed(told, letter, own, key, now))
    return found


def _addressed(told: Telling, letter: Letter, own: Sequence[Reader], key: str, now: datetime) -> Addressed:
    first, draft = own[0], told.draft
    row = told.rows.get(first.reference)
    prizes = [] if row is None else [award["name"] for award in row.figures.get("awards", ())]
    values = {
        "name": first.name,
        "edition": draft.edition_name,
        "references": ", ".join(one.reference for one in own),
        "link": f"/awards/{draft.programme}/{draft.edition}",
    }
    if letter in (Letter.WINNER, Letter.FINALIST):
        values |= {"entrant": first.entrant, "title": first.title}
    if letter is Letter.WINNER and row is not None:
        values["prizes"] = ", ".join(prizes)
        if shown_by(draft) not in BY_NAME:
            values["link"] += f"/{row.category_code}/{row.slug}"
    if letter is Letter.CORRECTED:
        values["note"] = draft.note
    scope = first.entry_id if letter in (Letter.WINNER, Letter.FINALIST) else 0
    return Addressed(
        to=first.address,
        lang=first.lang,
        dedupe_key=f"{letter.value}:{key}:{scope}:{first.person_id}",
        values=values,
        not_before=now,
    )
