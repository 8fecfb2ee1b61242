"""Verbs that bring in a competition judged elsewhere. All of it in one transaction, or nothing."""

from collections import Counter

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions import queries as editions
from awards.editions.document import EditionDocument, normal
from awards.editions.reading import document_of, stored_edition
from awards.editions.rules import EditionState, RoundState
from awards.editions.steps import add_edition
from awards.editions.storing import store
from awards.editions.tables import Edition, Round
from awards.errors import NotFound
from awards.exchange import queries
from awards.exchange.folder import Folder, scales_of
from awards.exchange.official import Comparison, compare
from awards.exchange.rows import BadFolder, Problem
from awards.exchange.steps import Importing

LONGEST_REFERENCE = 30


class ImportDiffers(Exception):
    """The edition stands already and says something else: what was judged does not change by an import."""


class ImportReport(Struct, frozen=True):
    edition_id: int
    path: str
    unchanged: bool
    entries: int
    judges: int
    sheets: int
    marks: int
    official: Comparison


def reference_of(folder: Folder, entry: str) -> str:
    return f"{folder.edition.slug}-{entry}".upper()


async def import_folder(*, folder: Folder, actor: Actor, clock: Clock) -> ImportReport:
    """Store the edition with its entries, panels and signed sheets; its rounds end up closed.

    The same folder again changes nothing. Raises BadFolder for what the database refuses, ImportDiffers where
    an edition of that name holds something else.
    """
    now = clock.now()
    document = normal(folder.edition)
    _check_references(folder)
    known = await _known_edition(document)
    if known is not None:
        await _must_be_same(known, document, folder)
        return await _report(known, folder, unchanged=True)
    async with transaction():
        edition_id = await add_edition(document, now)
        await store(await stored_edition(edition_id), document, now)
        importing = Importing(edition_id, folder, now)
        await importing.entries_and_versions(reference_of)
        await importing.judges()
        for code in folder.rounds:
            await importing.round(code)
        # It was judged elsewhere: the states say where it stands, not which doors it went through here.
        await Round.update({Round.state: RoundState.CLOSED.value}).where(Round.edition == edition_id)
        await Edition.update({Edition.state: EditionState.JUDGING.value}).where(Edition.id == edition_id)
        await record(
            Action.FOLDER_IMPORTED,
            actor=actor,
            at=now,
            subject=("edition", edition_id),
            edition_id=edition_id,
            after={"entries": len(folder.entries), "sheets": len(folder.sheets)},
        )
    return await _report(edition_id, folder, unchanged=False)


async def _report(edition_id: int, folder: Folder, *, unchanged: bool) -> ImportReport:
    edition = await editions.edition_by_id(edition_id)
    return ImportReport(
        edition_id=edition_id,
        path=edition.path,
        unchanged=unchanged,
        entries=len(folder.entries),
        judges=len(folder.judges),
        sheets=len(folder.sheets),
        marks=sum(len(sheet.marks) for sheet in folder.sheets),
        official=compare(folder, scales_of(folder.edition)),
    )


async def _known_edition(document: EditionDocument) -> int | None:
    try:
        return (await editions.edition_by_slugs(document.programme.slug, document.slug)).id
    except NotFound:
        return None


async def _must_be_same(edition_id: int, document: EditionDocument, folder: Folder) -> None:
    if normal(await document_of(edition_id)) != document:
        raise ImportDiffers(
            "edition.toml differs from the edition that stands. Load the folder under another slug, "
            "or compare with `awards edition show`."
        )
    expected = Counter((reference_of(folder, one.code), one.title, one.category) for one in folder.entries)
    if Counter(await queries.entries_of(edition_id)) != expected:
        raise ImportDiffers("entries.csv differs from the entries that were imported.")
    names = {judge.code: judge.name for judge in folder.judges}
    marks = Counter(
        (sheet.round, reference_of(folder, sheet.entry), names[sheet.judge], criterion, mark)
        for sheet in folder.sheets
        for criterion, mark in sheet.marks.items()
    )
    stored = Counter(await queries.marks_of(edition_id))
    if stored != marks:
        first = min((marks - stored) or (stored - marks))
        raise ImportDiffers(
            "marks.csv differs from the marks that were imported, "
            f"first at round {first[0]}, entry {first[1]}, {first[2]}, criterion {first[3]}."
        )
    words = Counter(
        (sheet.round, reference_of(folder, sheet.entry), names[sheet.judge], sheet.words)
        for sheet in folder.sheets
        if sheet.words
    )
    if Counter(await queries.notes_of(edition_id)) != words:
        raise ImportDiffers("notes.csv differs from the words that were imported.")


def _check_references(folder: Folder) -> None:
    long = [
        Problem(
            "entries.csv", 0, f"entry {entry.code} makes a reference longer than {LONGEST_REFERENCE} letters"
        )
        for entry in folder.entries
        if len(reference_of(folder, entry.code)) > LONGEST_REFERENCE
    ]
    if long:
        raise BadFolder(long)
