"""Storing an import row by row kind, many rows a statement. Needs an open transaction."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from piccolo.table import Table

from awards import ids
from awards.accounts.steps import person_with_address
from awards.accounts.tables import Person
from awards.cities.rules import fold
from awards.cities.tables import Entrant
from awards.db import in_transaction
from awards.editions import queries as editions
from awards.entries.rules import entry_body
from awards.entries.tables import Entry, EntryVersion
from awards.exchange.folder import EntryLine, Folder, SheetLine
from awards.exchange.rows import BadFolder, Problem
from awards.panels.tables import Affiliation, Assignment, Judge, RoundEntry, Seat, SeatCategory
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from awards.web.words import country
from judging import canonical_bytes, sha256_of

# Bound values have a limit on both engines; our widest row has some 20.
PIECE = 1000

Kind = TypeVar("Kind", bound=Table)


async def insert_all(table: type[Kind], rows: Sequence[Kind]) -> list[int]:
    """Insert many and return their ids in the order given."""
    found: list[int] = []
    for start in range(0, len(rows), PIECE):
        found.extend(row["id"] for row in await table.insert(*rows[start : start + PIECE]))
    return found


class Importing:
    """One import under way: what was stored so far, by the folder's own codes."""

    def __init__(self, edition_id: int, folder: Folder, now: datetime) -> None:
        assert in_transaction()
        self.edition_id, self.folder, self.now = edition_id, folder, now
        self.entry_ids: dict[str, int] = {}
        self.version_ids: dict[str, int] = {}
        self.person_ids: dict[str, int] = {}
        self.category_of = {entry.code: entry.category for entry in folder.entries}

    async def entries_and_versions(self, reference_of: Callable[[Folder, str], str]) -> None:
        now, lines = self.now, self.folder.entries
        self.category_ids = {row.code: row.id for row in await editions.categories_of(self.edition_id)}
        entrants = await self._entrants()
        entries = [
            Entry(
                edition=self.edition_id,
                category=self.category_ids[line.category],
                reference=reference_of(self.folder, line.code),
                entrant=entrants[line.entrant, line.country, line.kind],
                title=line.title,
                lang=self.folder.edition.lang,
                state="eligible",
                submitted_at=now,
                created_at=now,
            )
            for line in lines
        ]
        found = await insert_all(Entry, entries)
        self.entry_ids = dict(zip((line.code for line in lines), found, strict=True))
        bodies = [_version_body(line, self.folder.edition.lang) for line in lines]
        versions = [
            EntryVersion(
                entry=self.entry_ids[line.code],
                number=1,
                body=canonical_bytes(body).decode(),
                sha256=sha256_of(body),
                arrived_at=now,
                created_at=now,
            )
            for line, body in zip(lines, bodies, strict=True)
        ]
        found = await insert_all(EntryVersion, versions)
        self.version_ids = dict(zip((line.code for line in lines), found, strict=True))

    async def _entrants(self) -> dict[tuple[str, str, str], int]:
        """Entrants by (name, country, kind): known ones are used again, the others come in approved."""
        wanted = {(line.entrant, line.country, line.kind): line for line in self.folder.entries}
        found: dict[tuple[str, str, str], int] = {}
        known = await Entrant.select(Entrant.id, Entrant.name, Entrant.country, Entrant.kind).where(
            Entrant.state == "approved"
        )
        for row in known:
            key = (row["name"], row["country"], row["kind"])
            if key in wanted:
                found.setdefault(key, row["id"])
        missing = [line for key, line in wanted.items() if key not in found]
        rows = [
            Entrant(
                kind=line.kind,
                name=line.entrant,
                folded=fold(line.entrant),
                country=line.country,
                country_label=line.country_label or country(line.country, "en"),
                region=line.region,
                state="approved",
                created_at=self.now,
            )
            for line in missing
        ]
        for line, entrant in zip(missing, await insert_all(Entrant, rows), strict=True):
            found[line.entrant, line.country, line.kind] = entrant
        return found

    async def judges(self) -> None:
        """Nobody is known by a name: without an address each import brings people of its own."""
        now, lines = self.now, self.folder.judges
        named = [line for line in lines if not line.email]
        people = await insert_all(Person, [Person(name=line.name, created_at=now) for line in named])
        self.person_ids = dict(zip((line.code for line in named), people, strict=True))
        for line in lines:
            if line.email:
                known = await person_with_address(line.email, name=line.name, at=now)
                self.person_ids[line.code] = known.person_id
        await self._must_be_called_so()
        ids = list(self.person_ids.values())
        rows = await Judge.select(Judge.person).where(Judge.person.is_in(ids))
        pool = {row["person"] for row in rows}
        new = [Judge(person=person, joined_at=now, created_at=now) for person in ids if person not in pool]
        await insert_all(Judge, new)
        await self._nationalities()

    async def _must_be_called_so(self) -> None:
        """The same folder again is compared by names."""
        ids = list(self.person_ids.values())
        rows = await Person.select(Person.id, Person.name).where(Person.id.is_in(ids))
        names = {row["id"]: row["name"] for row in rows}
        differing = [
            Problem("judges.csv", 0, f"{line.email} is the address of {name} here, not of {line.name}")
            for line in self.folder.judges
            if (name := names[self.person_ids[line.code]]) != line.name
        ]
        if differing:
            raise BadFolder(differing)

    async def _nationalities(self) -> None:
        # Conflicts are asked at the date of the judging, which lies before the import.
        since = min([self.now, *(round_.opens for round_ in self.folder.edition.rounds)])
        rows = await Affiliation.select(Affiliation.person, Affiliation.country).where(
            Affiliation.person.is_in(list(self.person_ids.values()))
            & (Affiliation.kind == "nationality")
            & Affiliation.until.is_null()
            & (Affiliation.since <= since)
        )
        known = {(row["person"], row["country"]) for row in rows}
        wanted = {(self.person_ids[line.code], line.country): None for line in self.folder.judges}
        nationalities = [
            Affiliation(person=person, country=country, kind="nationality", since=since, created_at=self.now)
            for person, country in wanted
            if (person, country) not in known
        ]
        await insert_all(Affiliation, nationalities)

    async def round(self, code: str) -> None:
        """One round: its entries, seats, assignments, and a signed sheet for each judge and entry."""
        now = self.now
        row = await editions.round_by_code(self.edition_id, code)
        criteria = {criterion.code: criterion.id for criterion in await editions.criteria_of(row.id)}
        members = self.folder.rounds[code]
        sheets = [sheet for sheet in self.folder.sheets if sheet.round == code]
        wanted: dict[str, int] = defaultdict(int)
        for sheet in sheets:
            wanted[sheet.entry] += 1
        round_entries = [
            RoundEntry(
                round=row.id,
                entry=self.entry_ids[entry],
                entry_version=self.version_ids[entry],
                sheets_wanted=wanted[entry] or row.sheets_wanted,
                created_at=now,
            )
            for entry in members
        ]
        entry_ids = dict(zip(members, await insert_all(RoundEntry, round_entries), strict=True))
        seat_ids = await self._seats(code, row.id)
        assignments = [
            Assignment(
                round_entry=entry_ids[sheet.entry],
                seat=seat_ids[sheet.judge],
                origin="import",
                state="signed",
                saved_at=now,
                signed_at=now,
                created_at=now,
            )
            for sheet in sheets
        ]
        given = await insert_all(Assignment, assignments)
        papers = await insert_all(
            Scoresheet, [Scoresheet(assignment=one, version=1, created_at=now) for one in given]
        )
        revisions = [
            SheetRevision(
                scoresheet=paper,
                version=1,
                operation=f"import-{paper}",
                base_version=0,
                change=canonical_bytes(_change(sheet)).decode(),
                created_at=now,
            )
            for sheet, paper in zip(sheets, papers, strict=True)
        ]
        await insert_all(SheetRevision, revisions)
        marks = [
            Mark(scoresheet=paper, criterion=criteria[criterion], value=value, created_at=now)
            for sheet, paper in zip(sheets, papers, strict=True)
            for criterion, value in sheet.marks.items()
        ]
        await insert_all(Mark, marks)
        notes = [
            SheetNote(scoresheet=paper, audience="city", text=sheet.words, created_at=now)
            for sheet, paper in zip(sheets, papers, strict=True)
            if sheet.words
        ]
        await insert_all(SheetNote, notes)

    async def _seats(self, code: str, round_id: int) -> dict[str, int]:
        panels = {
            category: judges for (round_, category), judges in self.folder.panels.items() if round_ == code
        }
        judges = list(dict.fromkeys(judge for members in panels.values() for judge in members))
        labels = random_labels(len(judges))
        seats = [
            Seat(
                round=round_id,
                person=self.person_ids[judge],
                state="accepted",
                label=label,
                conflicts_declared_at=self.now,
                created_at=self.now,
            )
            for judge, label in zip(judges, labels, strict=True)
        ]
        found = dict(zip(judges, await insert_all(Seat, seats), strict=True))
        narrowed = [
            SeatCategory(seat=found[judge], category=self.category_ids[category], created_at=self.now)
            for category, members in panels.items()
            for judge in members
        ]
        await insert_all(SeatCategory, narrowed)
        return found


def _change(sheet: SheetLine) -> dict[str, Any]:
    notes = {"notes": {"city": sheet.words}} if sheet.words else {}
    return {"marks": sheet.marks, "signed": True, **notes}


def _version_body(line: EntryLine, lang: str) -> dict[str, Any]:
    return entry_body(
        title=line.title, category=line.category, lang=lang, entrant=entrant_facts(line), answers={}
    )


def entrant_facts(line: EntryLine) -> dict[str, str]:
    return {
        "name": line.entrant,
        "kind": line.kind,
        "country": line.country,
        "country_label": line.country_label or country(line.country, "en"),
        "region": line.region,
    }


def random_labels(count: int) -> list[str]:
    """Random and distinct, so that a label says nothing about its judge."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(secrets.choice(ids.ALPHABET) for _ in range(4))] = None
    return list(found)
