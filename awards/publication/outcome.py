"""Reading what would be published of an edition: decisions, the runs behind them, and the entries' own words."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.actor import SYSTEM
from awards.editions.licences import DEFAULT
from awards.editions.queries import EditionRow
from awards.editions.tables import Category, Criterion
from awards.entries.answering import Asked
from awards.entries.queries import questions_asked
from awards.entries.releasing import practice_of
from awards.entries.tables import Entry
from awards.publication.document import (
    Award,
    CategoryFacts,
    Draft,
    EntryFacts,
    PublishedRow,
    category_figures,
    rows_of,
)
from awards.publication.facts import facts_of
from awards.publication.meetings import order_after_meeting
from awards.publication.pack.queries_earlier import changed_since
from awards.publication.practices import with_practices
from awards.publication.rules import BY_NAME, free_slug, slugify
from awards.publication.standing import Standing
from awards.publication.tables import Publication, PublishedEntry
from awards.publication.told import Told
from awards.results.gate import Gate
from awards.results.queries import AdoptedRun, DecisionRow, PrizeTable, deciding_run, prize_table
from awards.results.queries.deliberation import PublishedDeliberation, acts_to_publish
from awards.results.queries.gate import gate_of, waived_in
from awards.web.i18n import available, negotiate, use
from judging import Scale


class Wish(Struct, frozen=True):
    """What the first signer asks for."""

    shows: str
    visible_at: datetime | None
    note: str
    correction: bool

    def text(self) -> str:
        return json.dumps(
            {
                "shows": self.shows,
                "visible_at": self.visible_at.isoformat() if self.visible_at else "",
                "note": self.note,
                "correction": self.correction,
            },
            sort_keys=True,
        )


def read_wish(text: str) -> Wish:
    data = json.loads(text)
    at = data["visible_at"]
    return Wish(data["shows"], datetime.fromisoformat(at) if at else None, data["note"], data["correction"])


async def next_number(edition_id: int) -> int:
    return (await _number_and_licence(edition_id))[0]


async def _number_and_licence(edition_id: int) -> tuple[int, str]:
    rows = await Publication.raw(
        "SELECT COALESCE((SELECT MAX(p.number) FROM publication p WHERE p.edition = e.id), 0) + 1 AS number,"
        " (SELECT er.value FROM edition_rule er WHERE er.edition = e.id AND er.code = 'licence') AS licence"
        " FROM edition e WHERE e.id = {}",
        edition_id,
    )
    return int(rows[0]["number"]), rows[0]["licence"] or DEFAULT


class Ground(Struct, frozen=True):
    """What a publication and its gate rest on together, read once."""

    standing: Standing
    table: PrizeTable
    gate: Gate


async def ground_of(edition_id: int, standing: Standing, now: datetime) -> Ground:
    return Ground(standing, await prize_table(edition_id, SYSTEM, now), await gate_of(edition_id))


async def draft_of(
    edition: EditionRow, wish: Wish, ground: Ground, finalists: frozenset[str] = frozenset()
) -> Draft:
    """Exactly what would be published now; the same rows give the same draft. `finalists` by their references."""
    decisions, runs = ground.table.decisions, ground.table.runs
    categories = await Category.raw(
        "SELECT code, name, description FROM category WHERE edition = {} ORDER BY position, id", edition.id
    )
    names = await Criterion.raw(
        "SELECT r.code AS round, k.code, k.name, s.origin_milli, s.step_milli, s.top FROM criterion k"
        " JOIN round r ON r.id = k.round JOIN scale s ON s.id = k.scale"
        " WHERE r.edition = {} ORDER BY k.position, k.id",
        edition.id,
    )
    held = await acts_to_publish(edition.id)
    questions = await questions_asked(edition.id)
    entries = await _entries(edition.id, edition.lang, questions)
    untold = (await changed_since(edition.id)).told
    rows: list[PublishedRow] = []
    figures: dict[str, Any] = {
        "shows": wish.shows,
        "lang": edition.lang,
        "edition_name": edition.name,
        "categories": {},
    }
    slugs = await _Slugs.of(edition.id)
    rounds: dict[str, str] = {}
    scales: dict[str, dict[str, Scale]] = {}
    for category in categories:
        own = {ref: facts for ref, facts in entries.items() if facts.category_code == category["code"]}
        facts = _category(category, decisions, runs, names, held)
        rounds[facts.code] = facts.round_code
        # Only who is shown takes an address: a number behind a name must not tell of entries that are not.
        own |= {
            ref: replace(own[ref], slug=slugs.give(own[ref]))
            for ref in (row.figures["reference"] for row in rows_of(facts, own, wish.shows, finalists))
        }
        shown = rows_of(facts, own, wish.shows, finalists, untold)
        figures["categories"][category["code"]] = category_figures(facts, shown, len(own), wish.shows)
        of_round = {row["code"]: row for row in names if row["round"] == facts.round_code}
        for row in shown:
            told = [of_round[one["code"]] for one in row.figures.get("criteria", ())]
            scales[row.figures["reference"]] = {
                one["code"]: Scale(one["origin_milli"], one["step_milli"], one["top"]) for one in told
            }
        rows.extend(shown)
    figures["prizes"] = [
        {
            "code": row.prize,
            "name": row.prize_name,
            "category": row.category,
            "position": row.position,
            "places": row.places,
            "kind": row.kind,
        }
        for row in {row.prize: row for row in decisions}.values()
    ]
    over_all = [
        {"prize": row.prize, "place": row.place, "reason": row.reason}
        for row in decisions
        if not row.category and row.place is not None and not row.reference
    ]
    if over_all and wish.shows not in BY_NAME:
        figures["unawarded"] = over_all
    number, licence = await _number_and_licence(edition.id)
    if licence != DEFAULT:
        figures["licence"] = licence
    figures |= await facts_of(
        Told(
            edition.id,
            wish.shows,
            {row.figures["reference"]: row.slug for row in rows},
            lang=edition.lang,
            waived=tuple(waived_in(ground.gate)),
            held=tuple(held),
            rounds=rounds,
            scales=scales,
        )
    )
    return Draft(
        programme=edition.programme,
        edition=edition.slug,
        edition_name=edition.name,
        year=edition.year,
        number=number,
        kind=wish.shows,
        visible_at=wish.visible_at,
        note=wish.note,
        figures=figures,
        rows=tuple(await with_practices(edition.id, rows, questions)),
    )


def _category(
    category: Mapping[str, Any],
    decisions: list[DecisionRow],
    runs: list[AdoptedRun],
    names: list[dict[str, Any]],
    held: list[PublishedDeliberation],
) -> CategoryFacts:
    code = category["code"]
    run = deciding_run(runs, code)
    own = [row for row in decisions if row.category in (code, "")]
    ranked = sorted({row.position for row in own if row.kind == "ranked" and row.category == code})
    awards: dict[str, list[Award]] = {}
    for row in own:
        if row.reference and row.place is not None:
            holders = [other for other in own if other.prize == row.prize and other.reference]
            awards.setdefault(row.reference, []).append(
                Award(
                    prize=row.prize,
                    name=row.prize_name,
                    position=row.position,
                    kind=row.kind,
                    order=ranked.index(row.position) + 1
                    if row.position in ranked and row.kind == "ranked"
                    else 0,
                    place=row.place,
                    shared=len(holders) > row.places,
                    reason=row.reason,
                    citation=row.citation,
                )
            )
    return CategoryFacts(
        code=code,
        name=category["name"],
        description=category["description"],
        round_code=run.round_code if run else "",
        round_name=run.round_name if run else "",
        criteria=tuple((row["code"], row["name"]) for row in names if run and row["round"] == run.round_code),
        body=run.body if run else {},
        meta=run.meta if run else {},
        awards={
            reference: tuple(
                sorted(given, key=lambda award: (award.kind != "ranked", award.position, award.place))
            )
            for reference, given in awards.items()
        },
        unawarded=tuple(
            (row.prize, row.place, row.reason)
            for row in own
            if row.place is not None and not row.reference and row.category == code
        ),
        decided=order_after_meeting(run.body, code, _meeting_of(held, run.round_code, code)) if run else {},
    )


def _meeting_of(
    held: list[PublishedDeliberation], round_code: str, category: str
) -> PublishedDeliberation | None:
    return next((one for one in held if (one.round, one.category) == (round_code, category)), None)


async def _entries(edition_id: int, lang: str, questions: Sequence[Asked]) -> dict[str, EntryFacts]:
    rows = await Entry.raw(
        "SELECT en.id, en.reference, en.title, t.name AS entrant_name, t.country, t.country_label, t.region,"
        " c.name AS category, c.code AS category_code, v.body FROM entry en"
        " JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category"
        " LEFT JOIN entry_version v ON v.entry = en.id AND NOT EXISTS (SELECT 1 FROM entry_version n"
        "  WHERE n.entry = v.entry AND n.number > v.number)"
        " WHERE en.edition = {} AND en.state = 'eligible' ORDER BY en.reference",
        edition_id,
    )
    result = {}
    for row in rows:
        body = row.pop("body")
        # In the language of the edition: two people sign it, and may read in two others.
        with use(negotiate("", lang, available(pseudo=True))):
            practice = practice_of(json.loads(body), questions) if body else ""
        result[row["reference"]] = EntryFacts(**row, slug="", practice=practice)
    return result


class _Slugs:
    """A winner's page keeps its address over every later publication of the edition."""

    def __init__(self, known: dict[int, str]) -> None:
        self._known, self._taken = known, set(known.values())

    @classmethod
    async def of(cls, edition_id: int) -> "_Slugs":
        rows = await PublishedEntry.raw(
            "SELECT e.entry, e.slug FROM published_entry e JOIN publication p ON p.id = e.publication"
            " WHERE p.edition = {} AND e.entry IS NOT NULL ORDER BY p.number",
            edition_id,
        )
        return cls({row["entry"]: row["slug"] for row in rows})

    def give(self, facts: EntryFacts) -> str:
        slug = self._known.get(facts.id)
        if slug is None:
            name, code = slugify(facts.entrant_name), slugify(facts.reference)
            slug = free_slug((name, f"{name}-{code}" if name else code), self._taken)
            self._known[facts.id] = slug
            self._taken.add(slug)
        return slug


_SEALED = (
    "SELECT p.id, p.number, p.kind, p.visible_at, p.note, p.figures, p.pack_sha256, e.slug AS edition,"
    " e.year, g.slug AS programme FROM publication p JOIN edition e ON e.id = p.edition"
    " JOIN programme g ON g.id = e.programme WHERE "
)
_NEWEST = "p.edition = {} AND p.withdrawn_at IS NULL ORDER BY p.number DESC LIMIT 1"
_TOLD = "p.edition = {} AND p.number < {} AND p.withdrawn_at IS NULL AND p.letters <> {} ORDER BY p.number DESC LIMIT 1"
# Of its letters: nobody was written to, for a later publication had taken its place.
UNTOLD = "untold"


async def draft_from_rows(publication_id: int) -> tuple[Draft, str]:
    """A sealed publication read back, with the hash that it was sealed under."""
    heads = await Publication.raw(_SEALED + "p.id = {}", publication_id)
    return await _draft(heads[0]), heads[0]["pack_sha256"]


async def newest_draft(edition_id: int) -> Draft | None:
    """Of those that were not withdrawn, out or not."""
    heads = await Publication.raw(_SEALED + _NEWEST, edition_id)
    return await _draft(heads[0]) if heads else None


async def told_before(edition_id: int, number: int) -> Draft | None:
    """What entrants knew before the publication of this number."""
    heads = await Publication.raw(_SEALED + _TOLD, edition_id, number, UNTOLD)
    return await _draft(heads[0]) if heads else None


async def _draft(head: Mapping[str, Any]) -> Draft:
    rows = (
        await PublishedEntry.select()
        .where(PublishedEntry.publication == head["id"])
        .order_by(PublishedEntry.id)
    )
    figures = json.loads(head["figures"])
    return Draft(
        programme=head["programme"],
        edition=head["edition"],
        edition_name=figures["edition_name"],
        year=head["year"],
        number=head["number"],
        kind=head["kind"],
        visible_at=head["visible_at"],
        note=head["note"],
        figures=figures,
        rows=tuple(row_of(row) for row in rows),
    )


def row_of(row: Mapping[str, Any]) -> PublishedRow:
    fields = {
        name: row[name] for name in PublishedRow.__struct_fields__ if name not in ("entry_id", "figures")
    }
    return PublishedRow(**fields, entry_id=row["entry"], figures=json.loads(row["figures"] or "{}"))
