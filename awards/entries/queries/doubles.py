"""Entries of an edition that may be one practice: the same title or nearly, or the same file."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import Any

from msgspec import Struct

from awards.entries.likeness import alike, kinds
from awards.entries.queries.own import OwnEntry
from awards.entries.queries.submitted import title_in
from awards.entries.tables import Entry

# What more entries hold is a logo or a letterhead: it says nothing about the practice.
MOST_HOLDERS = 5


class Double(Struct, frozen=True):
    """Another entry, and what it has in common; `files` are the names that the same file has there."""

    id: int
    reference: str
    title: str
    category: str
    entrant_id: int
    entrant: str
    state: str
    same_title: bool
    files: tuple[str, ...] = ()


# --- for the city: entries that count for it, and of other bodies only what they submitted -----------------

# Files that both hold now; of another body only what was in its last submission.
_OWN = """
SELECT n.id, n.reference, CASE WHEN n.entrant = {} THEN n.title ELSE COALESCE(SUBMITTED_TITLE, n.title) END AS title,
       n.state, c.name AS category, t.id AS entrant_id, t.name AS entrant, s.held
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
LEFT JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
LEFT JOIN (SELECT x.entry, x.name AS held, x.created_at, x.replaced_at, x.removed_at FROM attachment m
 JOIN stored_file f ON f.id = m.file JOIN stored_file g ON g.sha256 = f.sha256
 JOIN attachment x ON x.file = g.id WHERE m.entry = {} AND m.replaced_at IS NULL AND m.removed_at IS NULL) s ON s.entry = n.id
 AND ((n.entrant = {} AND s.replaced_at IS NULL AND s.removed_at IS NULL)
  OR (s.created_at <= v.arrived_at AND (s.replaced_at IS NULL OR s.replaced_at > v.arrived_at)
   AND (s.removed_at IS NULL OR s.removed_at > v.arrived_at)))
WHERE n.edition = {} AND n.id <> {} AND n.state <> 'withdrawn'
 AND (n.entrant = {} OR (COALESCE(n.for_city, n.entrant) = {} AND v.id IS NOT NULL)) ORDER BY n.id, s.held
"""


async def own_doubles(entry: OwnEntry) -> list[Double]:
    """What its officials may know of: entries of other cities are never among them."""
    own = entry.entrant_id
    rows = await Entry.raw(
        _OWN.replace("SUBMITTED_TITLE", title_in("v.body")),
        own, entry.id, own, entry.edition_id, entry.id, own, entry.counts_for,
    )  # fmt: skip
    return _doubles(entry.title, rows)


def _doubles(title: str, rows: Sequence[Mapping[str, Any]]) -> list[Double]:
    """A row for each file that is the same; without one, one row for each entry."""
    files: dict[int, set[str]] = {}
    entries: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        entries[row["id"]] = row
        files.setdefault(row["id"], set()).update({row["held"]} - {None})
    return [
        Double(
            id=row["id"],
            reference=row["reference"],
            title=row["title"],
            category=row["category"],
            entrant_id=row["entrant_id"],
            entrant=row["entrant"],
            state=row["state"],
            same_title=like,
            files=tuple(sorted(files[place])),
        )
        for place, row in entries.items()
        if (like := alike(row["title"], title)) or files[place]
    ]


# --- for the secretariat and screeners: every submitted entry of the edition ------------------------------

_SUBMITTED = """
SELECT n.id, n.reference, COALESCE(SUBMITTED_TITLE, n.title) AS title, n.state, c.name AS category,
       t.id AS entrant_id, t.name AS entrant
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
WHERE n.edition = {} AND n.state <> 'draft' AND n.state <> 'withdrawn' ORDER BY n.id
"""
_FILES = """
SELECT f.sha256, x.entry, x.name FROM attachment x JOIN stored_file f ON f.id = x.file
JOIN entry n ON n.id = x.entry JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
WHERE n.edition = {} AND n.state <> 'draft' AND n.state <> 'withdrawn'
 AND x.created_at <= v.arrived_at AND (x.replaced_at IS NULL OR x.replaced_at > v.arrived_at)
 AND (x.removed_at IS NULL OR x.removed_at > v.arrived_at)
ORDER BY x.entry, x.name
"""


class Pair(Struct, frozen=True):
    """Two submitted entries, each as it stands beside the other; `more` pairs have titles like theirs."""

    one: Double
    other: Double
    more: int = 0


async def doubles_in(edition_id: int, *, limit: int, offset: int = 0) -> list[Pair]:
    """Pairs of the edition: first who share a file, then one of each kind of titles. The caller has asked for its rights."""
    rows = await Entry.raw(_SUBMITTED.replace("SUBMITTED_TITLE", title_in("v.body")), edition_id)
    holders: dict[str, dict[int, str]] = {}
    for row in await Entry.raw(_FILES, edition_id):
        holders.setdefault(row["sha256"], {}).setdefault(row["entry"], row["name"])
    places = {row["id"]: place for place, row in enumerate(rows)}
    shared: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for holding in holders.values():
        if 1 < len(holding) <= MOST_HOLDERS:
            for one, other in combinations(sorted(holding), 2):
                names = (holding[one], holding[other])
                shared.setdefault((places[one], places[other]), []).append(names)
    titles = [row["title"] for row in rows]
    # Thousands of titles take part of a second, in which others are served.
    found = await asyncio.to_thread(_window, titles, shared, limit, offset)
    return [
        Pair(
            Double(**rows[one], same_title=like,
                   files=tuple(sorted(names[0] for names in shared.get((one, other), ())))),
            Double(**rows[other], same_title=like,
                   files=tuple(sorted(names[1] for names in shared.get((one, other), ())))),
            more,
        )
        for (one, other), like, more in found
    ]  # fmt: skip


_Found = tuple[tuple[int, int], bool, int]


def _window(
    titles: Sequence[str], shared: Collection[tuple[int, int]], limit: int, offset: int
) -> list[_Found]:
    """Places of two, whether their titles are alike, and how many pairs more are like them."""
    of_files = ((pair, alike(titles[pair[0]], titles[pair[1]]), 0) for pair in sorted(shared))
    return list(islice(chain(of_files, _of_titles(titles, shared)), offset, offset + limit))


def _of_titles(titles: Sequence[str], shared: Collection[tuple[int, int]]) -> Iterator[_Found]:
    """Kinds of which every pair stands among the files already are left out."""
    for kind in kinds(titles):
        pair = next((one for one in kind.pairs() if one not in shared), None)
        if pair is not None:
            yield pair, True, len(kind) - 1


# Beside one entry, with the files that its last submission and theirs both hold.
_BESIDE = """
SELECT n.id, n.reference, COALESCE(SUBMITTED_TITLE, n.title) AS title, n.state, c.name AS category,
       t.id AS entrant_id, t.name AS entrant, s.held, s.sha256
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
LEFT JOIN (SELECT x.entry, x.name AS held, f.sha256, x.created_at, x.replaced_at, x.removed_at
 FROM attachment m JOIN entry_version mv ON mv.entry = m.entry
  AND mv.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = m.entry)
 JOIN stored_file f ON f.id = m.file JOIN stored_file g ON g.sha256 = f.sha256 JOIN attachment x ON x.file = g.id
 WHERE m.entry = {} AND m.created_at <= mv.arrived_at AND (m.replaced_at IS NULL OR m.replaced_at > mv.arrived_at)
  AND (m.removed_at IS NULL OR m.removed_at > mv.arrived_at)) s ON s.entry = n.id AND s.created_at <= v.arrived_at
 AND (s.replaced_at IS NULL OR s.replaced_at > v.arrived_at) AND (s.removed_at IS NULL OR s.removed_at > v.arrived_at)
WHERE n.edition = {} AND n.id <> {} AND n.state NOT IN ('draft', 'withdrawn') ORDER BY n.id, s.held
"""


async def doubles_of(edition_id: int, entry_id: int, title: str) -> list[Double]:
    """The others that may be the same practice as this one. The caller has asked for the edition's rights.

    One title beside all is far less to compare than all pairs.
    """
    rows = await Entry.raw(
        _BESIDE.replace("SUBMITTED_TITLE", title_in("v.body")), entry_id, edition_id, entry_id
    )
    holders: dict[str, set[int]] = {}
    for row in rows:
        holders.setdefault(row["sha256"] or "", set()).add(row["id"])
    common = {sha256 for sha256, entries in holders.items() if len(entries) >= MOST_HOLDERS}
    return _doubles(
        title, [{**row, "held": None if row["sha256"] in common else row["held"]} for row in rows]
    )
