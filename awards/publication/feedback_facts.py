"""Reading what the feedback of a publication is made of, and what was made."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.audit.actions import Action
from awards.editions.tables import Criterion, Edition
from awards.publication.feedback import Feedback, ReadEntry, ReadRound, Words, read_feedback
from awards.publication.rules import Kind
from awards.publication.tables import Publication
from awards.publication.words_to_cities import notes_of
from awards.results.queries import read_body
from awards.results.tables import CalibrationRun

# Feedback goes out with the prizes: a list of finalists tells nobody yet how they stand.
WITH_PRIZES = frozenset({Kind.WINNERS.value, Kind.RANKS.value, Kind.FULL.value})


def gives_feedback(kind: str, figures: Mapping[str, Any]) -> bool:
    """Records of the archive have no judging of ours behind them; a correction is of the kind that it shows."""
    return kind != Kind.ARCHIVE and figures.get("shows") in WITH_PRIZES


_OWED = """
SELECT p.id, p.edition, p.number, p.kind, p.figures FROM publication p
WHERE p.visible_at <= {} AND p.withdrawn_at IS NULL AND p.kind <> 'archive'
 AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.publication = p.id)
 AND NOT EXISTS (SELECT 1 FROM publication n WHERE n.edition = p.edition AND n.number > p.number
  AND n.visible_at <= {} AND n.withdrawn_at IS NULL)
ORDER BY p.id
"""


class Owed(Struct, frozen=True):
    publication_id: int
    edition_id: int
    number: int
    figures: Mapping[str, Any]


async def publications_without_feedback(now: datetime) -> list[Owed]:
    """Those that are out, the newest of each edition; before its instant a publication is not even looked at."""
    rows = await Publication.raw(_OWED, now, now)
    found = [
        Owed(row["id"], row["edition"], row["number"], json.loads(row["figures"] or "{}")) for row in rows
    ]
    return [
        one
        for one, row in zip(found, rows, strict=True)
        if gives_feedback(row["kind"], one.figures) and await _was_read(one.edition_id)
    ]


_SIGNED = """
SELECT en.id AS entry_id, en.reference, c.code AS category, c.name AS category_name, r.id AS round_id, r.code,
 r.name, r.position, COUNT(a.id) AS sheets
FROM round_entry re JOIN round r ON r.id = re.round JOIN entry en ON en.id = re.entry
JOIN category c ON c.id = en.category JOIN assignment a ON a.round_entry = re.id AND a.state = 'signed'
WHERE r.edition = {} AND r.state IN ('closed', 'decided') AND en.state = 'eligible'
GROUP BY en.id, en.reference, c.code, c.name, r.id, r.code, r.name, r.position
ORDER BY r.position, en.reference
"""


async def _was_read(edition_id: int) -> bool:
    return bool(await Edition.raw(_SIGNED + " LIMIT 1", edition_id))


async def rounds_read(
    edition_id: int, figures: Mapping[str, Any]
) -> tuple[tuple[ReadRound, ...], dict[str, int]]:
    """Every round of the edition as it was read, and the entries by reference.

    The runs are those that the publication names; of rounds that it does not name, the adopted ones.
    """
    rows = await Edition.raw(_SIGNED, edition_id)
    words: dict[tuple[int, str], list[Words]] = {}
    for note in await notes_of(edition_id):
        words.setdefault((note.round_id, note.reference), []).append(note.as_words())
    bodies = await _bodies(edition_id, figures)
    criteria: dict[int, list[tuple[str, str]]] = {}
    scales: dict[int, set[tuple[int, int]]] = {}
    for row in await Criterion.raw(
        "SELECT k.round, k.code, k.name, s.origin_milli, s.step_milli, s.top FROM criterion k"
        " JOIN round r ON r.id = k.round JOIN scale s ON s.id = k.scale WHERE r.edition = {}"
        " ORDER BY k.position, k.id",
        edition_id,
    ):
        criteria.setdefault(row["round"], []).append((row["code"], row["name"]))
        low, high = row["origin_milli"], row["origin_milli"] + row["step_milli"] * row["top"]
        scales.setdefault(row["round"], set()).add((1000 * low, 1000 * high))
    rounds: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        rounds.setdefault(row["round_id"], []).append(row)
    return (
        tuple(
            ReadRound(
                code=own[0]["code"],
                name=own[0]["name"],
                position=own[0]["position"],
                criteria=tuple(criteria.get(round_id, ())),
                scale=next(iter(scales[round_id])) if len(scales.get(round_id, ())) == 1 else None,
                body=bodies.get(round_id, {}),
                entries={
                    row["reference"]: ReadEntry(
                        row["reference"], row["category"], row["category_name"], row["sheets"],
                        tuple(words.get((round_id, row["reference"]), ())),
                    )
                    for row in own
                },
            )
            for round_id, own in rounds.items()
        ),
        {row["reference"]: row["entry_id"] for row in rows},
    )  # fmt: skip


async def _bodies(edition_id: int, figures: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    named = {
        sha256
        for category in figures.get("categories", {}).values()
        if (sha256 := category.get("run", {}).get("sha256"))
    }
    rows = await CalibrationRun.raw(
        "SELECT c.round, c.sha256, c.state, c.body FROM calibration_run c JOIN round r ON r.id = c.round"
        " WHERE r.edition = {} AND c.state IN ('adopted', 'superseded') ORDER BY c.number",
        edition_id,
    )
    found: dict[int, Mapping[str, Any]] = {}
    for wanted in (False, True):
        for row in rows:
            if row["sha256"] in named if wanted else row["state"] == "adopted":
                found[row["round"]] = read_body(row["body"])
    return found


class OwnFeedback(Struct, frozen=True):
    """What there is for one entry at this instant. `published` without feedback: it is being made, or nobody read it."""

    published: bool
    number: int
    visible_at: datetime | None
    edition_path: str
    feedback: Feedback | None


_OWN = """
SELECT p.number, p.visible_at, p.kind, p.figures, e.slug AS edition, g.slug AS programme,
 (SELECT f.body FROM feedback f WHERE f.publication = p.id AND f.entry = {}) AS body
FROM publication p JOIN edition e ON e.id = p.edition JOIN programme g ON g.id = e.programme
WHERE p.edition = {} AND p.visible_at <= {} AND p.withdrawn_at IS NULL AND p.kind <> 'archive'
ORDER BY p.number DESC
"""


async def own_feedback(entry_id: int, edition_id: int, now: datetime) -> OwnFeedback:
    """Of the newest publication that is out and gives feedback."""
    for row in await Publication.raw(_OWN, entry_id, edition_id, now):
        if gives_feedback(row["kind"], json.loads(row["figures"] or "{}")):
            return OwnFeedback(
                True,
                row["number"],
                row["visible_at"],
                f"/awards/{row['programme']}/{row['edition']}",
                read_feedback(row["body"]) if row["body"] else None,
            )
    return OwnFeedback(False, 0, None, "", None)


async def went_out(edition_id: int, now: datetime) -> bool:
    """Whether the newest publication is out and gave feedback: what is decided of words now would reach nobody."""
    rows = await Publication.raw(
        "SELECT p.kind, p.figures, p.visible_at,"
        " (SELECT COUNT(*) FROM feedback f WHERE f.publication = p.id) AS given FROM publication p"
        " WHERE p.edition = {} AND p.withdrawn_at IS NULL AND p.kind <> 'archive' ORDER BY p.number DESC LIMIT 1",
        edition_id,
    )
    return any(
        row["given"]
        or (row["visible_at"] <= now and gives_feedback(row["kind"], json.loads(row["figures"] or "{}")))
        for row in rows
    )


async def last_review(edition_id: int) -> int:
    """The event of the last decision on words of the edition: what was read before it is read anew."""
    rows = await Publication.raw(
        "SELECT COALESCE(MAX(seq), 0) AS last FROM event WHERE edition_id = {} AND action = {}",
        edition_id, Action.NOTE_REVIEWED.value,
    )  # fmt: skip
    return int(rows[0]["last"])
