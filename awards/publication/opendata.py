"""Results as open data: one row for each published entry, the words that say what each column means, the licence. Pure.

The document of a publication is open data itself: its bytes are those that two people signed, so that their SHA-256 is
the fingerprint on the results page. Tables and their descriptions are drawn from the same rows.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from awards.editions.licences import Licence, licence_of, title_of
from awards.publication.document import Draft, PublishedRow, document
from awards.publication.meetings_said import agreed_of
from awards.publication.rules import Kind
from awards.web.i18n import Lazy, lazy
from awards.web.spreadsheet import defused
from awards.web.words import iso
from judging import canonical_bytes

MILLION = Decimal(1_000_000)


class Field(Struct, frozen=True):
    """One column. `kind` is a type of Table Schema; what is unknown is an empty cell."""

    name: str
    kind: str
    text: Lazy
    needed: bool = False


RESULTS = (
    Field("programme", "string", lazy("Short name of the programme, as in addresses."), needed=True),
    Field("edition", "string", lazy("Short name of the edition, as in addresses."), needed=True),
    Field("year", "integer", lazy("Year of the edition."), needed=True),
    Field("publication", "integer", lazy("Number of the publication: the first is 1, each correction or further step has the next."), needed=True),
    Field("reference", "string", lazy("Reference of the entry; empty in records of past editions.")),
    Field("category_code", "string", lazy("Short name of the category, as in addresses.")),
    Field("category", "string", lazy("Name of the category.")),
    Field("entrant", "string", lazy("Name of the city or other body that entered.")),
    Field("country", "string", lazy("Country of the entrant by ISO 3166-1 alpha-2.")),
    Field("country_label", "string", lazy("Country of the entrant as it calls it.")),
    Field("region", "string", lazy("Region of the world that the country counts for.")),
    Field("title", "string", lazy("Title of the practice.")),
    Field("finalist", "boolean", lazy("Whether the entry was announced as a finalist.")),
    Field("prize", "string", lazy("The most important prize of the entry; empty for none.")),
    Field("prizes", "string", lazy("All prizes of the entry, the most important first, with a semicolon between them.")),
    Field("place", "integer", lazy("Place in the category by the numbers; equal places are ties that no rule breaks.")),
    Field("place_decided", "integer", lazy("Place that holds where a meeting changed the order of the category; empty where none did.")),
    Field("place_low", "integer", lazy("Best place that the entry has in 90 of 100 recalculations.")),
    Field("place_high", "integer", lazy("Worst place that the entry has in 90 of 100 recalculations.")),
    Field("score", "number", lazy("Score over all criteria by the method of the edition, in points of the scale; with what is carried over from the round before, where its rules say so.")),
    Field("error", "number", lazy("Standard error of the score, in points of the scale; empty where the method knows none.")),
    Field("mean", "number", lazy("Plain mean of the marks of the round that decided, by the same weights; without what is carried over from a round before; empty where it would tell what one or two judges gave.")),
    Field("sheets", "integer", lazy("How many score sheets count.")),
    Field("page", "string", lazy("Address of the winner’s page; empty for who has none.")),
)  # fmt: skip
CRITERIA = (
    Field("publication", "integer", lazy("Number of the publication."), needed=True),
    Field("reference", "string", lazy("Reference of the entry."), needed=True),
    Field("category_code", "string", lazy("Short name of the category."), needed=True),
    Field("criterion_code", "string", lazy("Short name of the criterion."), needed=True),
    Field("criterion", "string", lazy("Name of the criterion."), needed=True),
    Field(
        "score",
        "number",
        lazy("Score in this criterion by the method of the edition; given from three sheets up."),
    ),
    Field("mean", "number", lazy("Plain mean of the marks in this criterion.")),
    Field("agreed", "number", lazy("Mark that a meeting agreed on beside the score; empty where none did.")),
)

Cell = str | int | Decimal | bool | None


def signed_bytes(draft: Draft) -> bytes:
    """The very bytes whose SHA-256 two people signed."""
    return canonical_bytes(document(draft))


def results(draft: Draft, base_url: str) -> list[list[Cell]]:
    return [_result(draft, row, base_url) for row in draft.rows]


def _result(draft: Draft, row: PublishedRow, base_url: str) -> list[Cell]:
    figures = row.figures
    names = [award["name"] for award in figures.get("awards", ())]
    won = bool(row.prize) or "reference" not in figures
    path = f"/awards/{draft.programme}/{draft.edition}/{row.category_code or 'winner'}/{row.slug}"
    return [
        draft.programme,
        draft.edition,
        draft.year,
        draft.number,
        figures.get("reference"),
        row.category_code,
        row.category,
        row.entrant_name,
        row.country,
        row.country_label,
        row.region,
        row.title,
        bool(figures.get("finalist")) or None,
        row.prize,
        "; ".join(names) or row.prize,
        row.rank,
        figures.get("decided"),
        figures.get("rank_low"),
        figures.get("rank_high"),
        _points(figures.get("estimate")),
        _points(figures.get("error")),
        _points(figures.get("raw")),
        figures.get("sheets"),
        base_url + path if won else "",
    ]


def criteria(draft: Draft) -> list[list[Cell]]:
    named = {
        (category, one["code"]): one["name"]
        for category, found in draft.figures.get("categories", {}).items()
        for one in found.get("criteria", ())
    }
    return [
        [
            draft.number,
            row.figures["reference"],
            row.category_code,
            one["code"],
            named.get((row.category_code, one["code"]), one["code"]),
            _points(one.get("estimate")),
            _points(one.get("raw")),
            _points(agreed_of(draft.figures, row.category_code, row.slug).get(one["code"])),
        ]
        for row in draft.rows
        for one in row.figures.get("criteria", ())
    ]


def _points(millionths: int | None) -> Decimal | None:
    return None if millionths is None else Decimal(millionths) / MILLION


def table(fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> bytes:
    """RFC 4180 in UTF-8, with a point in numbers whatever the reader's language; no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return defused(cell)
        case Decimal():
            return f"{cell:f}"
    return str(cell)


class DataFile(Struct, frozen=True):
    name: str
    media_type: str
    text: Lazy
    content: bytes
    fields: tuple[Field, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def files_of(draft: Draft, base_url: str) -> tuple[DataFile, ...]:
    """All that there is of one publication, drawn from what was signed; records of past editions know no criteria."""
    by_criterion = criteria(draft)
    whole = (
        lazy("The records as they were taken over")
        if draft.kind == Kind.ARCHIVE
        else lazy("Everything that two people signed, as they signed it")
    )
    found = [
        DataFile("results.csv", "text/csv", lazy("One row for each published entry"),
                 table(RESULTS, results(draft, base_url)), RESULTS),
        DataFile("results.json", "application/json", whole, signed_bytes(draft)),
    ]  # fmt: skip
    if by_criterion:
        text = lazy("One row for each entry and criterion")
        found.insert(1, DataFile("criteria.csv", "text/csv", text, table(CRITERIA, by_criterion), CRITERIA))
    return tuple(found)


def data_package(
    draft: Draft, files: Sequence[DataFile], *, programme: str, home: str, page: str, visible_at: datetime
) -> Mapping[str, Any]:
    """As Frictionless Data describes a set of tables: found by machines, checked by its hashes."""
    return {
        "name": f"{draft.programme}-{draft.edition}",
        "id": f"{home}/datapackage.json",
        "title": draft.edition_name,
        "description": draft.note,
        "homepage": page,
        "version": f"{draft.number}",
        "created": iso(visible_at),
        "licenses": [_licence(licence_of(draft.figures), page)],
        "contributors": [{"title": programme, "role": "publisher"}],
        "resources": [_resource(one) for one in files],
    }


def _licence(one: Licence, page: str) -> Mapping[str, Any]:
    """By the name that Open Definition gives it; what it does not know has the page that says it."""
    if not one.url:
        return {"title": title_of(one), "path": page}
    return {"name": one.code, "title": title_of(one), "path": one.url}


def _resource(one: DataFile) -> Mapping[str, Any]:
    known: dict[str, Any] = {
        "name": one.name.replace(".", "-"),
        "title": str(one.text),
        "path": one.name,
        "format": one.name.rpartition(".")[2],
        "mediatype": one.media_type,
        "encoding": "utf-8",
        "bytes": len(one.content),
        "hash": f"sha256:{one.sha256}",
    }
    if one.fields:
        known |= {
            "profile": "tabular-data-resource",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True, "header": True},
            "schema": {"fields": [_described(field) for field in one.fields], "missingValues": [""]},
        }
    return known


def _described(field: Field) -> Mapping[str, Any]:
    known: dict[str, Any] = {"name": field.name, "type": field.kind, "description": str(field.text)}
    if field.needed:
        known["constraints"] = {"required": True}
    return known
