"""The public document of a publication: exactly what two people sign, and what the public pages are drawn from."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.cities.rules import plain
from awards.publication.rules import BY_NAME, Kind
from judging import canonical_bytes, competition_ranks, sha256_of

FORMAT = "publication-1"
# Means of a criterion are shown from so many sheets up, so that no single mark can be read from them.
FEWEST_SHEETS = 3


def without_means(body: Mapping[str, Any]) -> set[str]:
    """Entries whose mean over all criteria, less those that are shown, would tell what few judges gave in one."""
    criteria = [one for one in body.get("standings", ()) if one["scope"] != "all"]
    return {one["entry"] for one in criteria if 0 < one["sheets"] < FEWEST_SHEETS}


class PublishedRow(Struct, frozen=True):
    slug: str
    entry_id: int | None
    title: str
    entrant_name: str
    country: str
    country_label: str
    region: str
    category: str
    category_code: str
    prize: str
    prize_position: int | None
    rank: int | None
    figures: Mapping[str, Any]
    citation: str = ""
    practice: str = ""
    source_url: str = ""


class Draft(Struct, frozen=True):
    """A publication before it has a row, or read back from its rows."""

    programme: str
    edition: str
    edition_name: str
    year: int
    number: int
    kind: str
    visible_at: datetime | None
    note: str
    figures: Mapping[str, Any]
    rows: tuple[PublishedRow, ...]

    def at(self, visible_at: datetime) -> "Draft":
        return replace(self, visible_at=visible_at)


_SHOWN = tuple(name for name in PublishedRow.__struct_fields__ if name != "entry_id")


def document(draft: Draft) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "programme": draft.programme,
        "edition": draft.edition,
        "name": draft.edition_name,
        "year": draft.year,
        "number": draft.number,
        "kind": draft.kind,
        "visible_at": draft.visible_at.isoformat() if draft.visible_at else "",
        "note": draft.note,
        "figures": draft.figures,
        "entries": [{name: getattr(row, name) for name in _SHOWN} for row in draft.rows],
    }


def fingerprint(draft: Draft) -> str:
    return sha256_of(document(draft))


def text_of(figures: Mapping[str, Any]) -> str:
    return canonical_bytes(figures).decode()


# --- from a run and the decisions to what is shown ------------------------------------------------------


class EntryFacts(Struct, frozen=True):
    id: int
    reference: str
    title: str
    entrant_name: str
    country: str
    country_label: str
    region: str
    category: str
    category_code: str
    slug: str
    practice: str


class Award(Struct, frozen=True):
    """One place of a prize that was given."""

    prize: str
    name: str
    position: int
    kind: str
    order: int
    """Of the prizes by rank in its category, the first is 1; 0 for the others."""
    place: int
    shared: bool
    reason: str
    citation: str


class CategoryFacts(Struct, frozen=True):
    """A category with the body of the run that decides it, if any run does."""

    code: str
    name: str
    description: str
    round_code: str
    round_name: str
    criteria: tuple[tuple[str, str], ...]
    body: Mapping[str, Any]
    meta: Mapping[str, Any]
    awards: Mapping[str, tuple[Award, ...]]
    """By the reference of the entry, the most important first."""
    unawarded: tuple[tuple[str, int, str], ...]
    """Prize, place and the reason why it is not awarded."""
    decided: Mapping[str, int | None]
    """Places by reference as a meeting left them; empty where none changed the order."""


def rows_of(
    category: CategoryFacts,
    entries: Mapping[str, EntryFacts],
    shows: str,
    finalists: Collection[str] = (),
    untold: Collection[str] = (),
) -> list[PublishedRow]:
    """
    What is shown of a category's entries, winners first, then by rank; who was named stays named. `untold`: whose means,
    beside those of an earlier publication, would tell single marks.
    """
    if shows in BY_NAME:
        return _by_name(category, entries, shows, finalists)
    totals = {s["entry"]: s for s in category.body.get("standings", ()) if _is_of(s, category, "all")}
    by_mean = dict(
        zip(
            totals,
            competition_ranks([None if s["raw"] is None else (s["raw"],) for s in totals.values()]),
            strict=True,
        )
    )
    criteria = {
        (s["entry"], s["scope"]): s
        for s in category.body.get("standings", ())
        if s["category"] == category.code
    }
    of_few = without_means(category.body) | set(untold)
    rows = []
    for reference, facts in entries.items():
        awards = category.awards.get(reference, ())
        standing = totals.get(reference)
        named = reference in finalists
        placed = standing is not None and (
            standing["rank"] is not None or category.decided.get(reference) is not None
        )
        if not awards and (shows == Kind.WINNERS or not placed):
            if named:
                rows.append(_named(facts, {"finalist": True}))
            continue
        figures: dict[str, Any] = {"reference": reference, "awards": [_award(award) for award in awards]}
        if named:
            figures["finalist"] = True
        if standing is not None:
            scores = bool(awards) or shows == Kind.FULL
            figures |= _figures(standing, by_mean[reference], scores)
            if reference in of_few:
                figures.pop("raw", None)
                figures.pop("by_mean", None)
            if category.decided:
                figures["decided"] = category.decided.get(reference)
            if scores:
                figures["criteria"] = [
                    {"code": code, "estimate": found["estimate"], "raw": found["raw"]}
                    for code, _name in category.criteria
                    if (found := criteria.get((reference, code)))
                    and found["sheets"] >= FEWEST_SHEETS
                    and reference not in untold
                ]
        rows.append(
            PublishedRow(
                slug=facts.slug,
                entry_id=facts.id,
                title=facts.title,
                entrant_name=facts.entrant_name,
                country=facts.country,
                country_label=facts.country_label,
                region=facts.region,
                category=facts.category,
                category_code=facts.category_code,
                prize=awards[0].name if awards else "",
                prize_position=awards[0].position if awards else None,
                rank=standing["rank"] if standing is not None else None,
                figures=figures,
                citation=next((award.citation for award in awards if award.citation), ""),
                practice=facts.practice if awards else "",
            )
        )
    return sorted(rows, key=_order)


def _by_name(
    category: CategoryFacts, entries: Mapping[str, EntryFacts], shows: str, finalists: Collection[str]
) -> list[PublishedRow]:
    """Who is a finalist, or has won: in the order of their names, which says nothing of any place."""
    rows = []
    for reference, facts in entries.items():
        said = {"finalist": True} if reference in finalists else {}
        if shows == Kind.NAMES and category.awards.get(reference):
            said["won"] = True
        if said:
            rows.append(_named(facts, said))
    return sorted(rows, key=lambda row: (plain(row.entrant_name), plain(row.title), row.figures["reference"]))


def _named(facts: EntryFacts, said: Mapping[str, bool]) -> PublishedRow:
    return PublishedRow(
        slug=facts.slug,
        entry_id=facts.id,
        title=facts.title,
        entrant_name=facts.entrant_name,
        country=facts.country,
        country_label=facts.country_label,
        region=facts.region,
        category=facts.category,
        category_code=facts.category_code,
        prize="",
        prize_position=None,
        rank=None,
        figures={"reference": facts.reference, "awards": [], **said},
    )


def _order(row: PublishedRow) -> tuple[int, int, int, str]:
    place = row.figures["awards"][0]["place"] if row.figures["awards"] else 0
    final = place_of(row.rank, row.figures) or 10**6
    return (10**6 if row.prize_position is None else row.prize_position, place, final, row.slug)


def place_of(rank: int | None, figures: Mapping[str, Any]) -> int | None:
    """The place that holds: a meeting's where one changed the order, else the rank by the numbers."""
    found: int | None = figures.get("decided", rank)
    return found


def _is_of(standing: Mapping[str, Any], category: CategoryFacts, scope: str) -> bool:
    return bool(standing["category"] == category.code and standing["scope"] == scope)


def _award(award: Award) -> dict[str, Any]:
    return {name: getattr(award, name) for name in Award.__struct_fields__}


def _figures(standing: Mapping[str, Any], by_mean: int | None, scores: bool) -> dict[str, Any]:
    known: dict[str, Any] = {
        "rank_low": standing["rank_low"],
        "rank_high": standing["rank_high"],
        "sheets": standing["sheets"],
    }
    if scores:
        known |= {
            "estimate": standing["estimate"],
            "raw": standing["raw"],
            "error": standing["error"],
            "quantiles": list(standing["quantiles"]),
            "by_mean": by_mean,
            "first": standing["chances"][0] if standing["chances"] else None,
            "prize_chance": sum(standing["prize_chances"].values()) if standing["prize_chances"] else None,
        }
    return known


def category_figures(
    category: CategoryFacts, rows: Sequence[PublishedRow], entries: int, shows: str
) -> dict[str, Any]:
    """What is said of the whole category. Nobody is named here who has no row of their own."""
    if shows in BY_NAME:
        return _nothing_but_the_name(category, entries)
    body = category.body
    slugs = {row.figures["reference"]: row.slug for row in rows}
    standings = [s for s in body.get("standings", ()) if _is_of(s, category, "all")]
    ranked = {p["prize"] for p in body.get("prizes", ()) if p["category"] == category.code}
    return {
        "name": category.name,
        "description": category.description,
        "round": category.round_name,
        # Of a category with several rounds, those that came into the last one.
        "entries": len(standings) or entries,
        "sheets": sum(s["sheets"] for s in standings),
        "criteria": [{"code": code, "name": name} for code, name in category.criteria],
        "unawarded": [
            {"prize": prize, "place": place, "reason": reason} for prize, place, reason in category.unawarded
        ],
        "steps": [
            {"ahead": slugs[s["ahead"]], "behind": slugs[s["behind"]], "chance": s["chance"]}
            for s in body.get("steps", ())
            if s["ahead"] in slugs and s["behind"] in slugs
        ],
        "cut": _cut(category, standings) if shows == Kind.FULL else None,
        "remarks": sorted({r["code"] for r in body.get("remarks", ()) if r["category"] == category.code}),
        "alternatives": _alternatives(body, ranked, slugs),
        "run": dict(category.meta),
    }


def _nothing_but_the_name(category: CategoryFacts, entries: int) -> dict[str, Any]:
    """While only names are told: what a reader could tell an order or a prize from is left empty."""
    return {
        "name": category.name,
        "description": category.description,
        "round": "",
        "entries": entries,
        "sheets": 0,
        "criteria": [],
        "unawarded": [],
        "steps": [],
        "cut": None,
        "remarks": [],
        "alternatives": [],
        "run": {},
    }


def _cut(category: CategoryFacts, standings: Sequence[Mapping[str, Any]]) -> int | None:
    """The prize line: half-way between the last entry with a prize by rank and the best without."""
    inside = [s["estimate"] for s in standings if _has_ranked(category, s) and s["estimate"] is not None]
    outside = [s["estimate"] for s in standings if not _has_ranked(category, s) and s["estimate"] is not None]
    if not inside or not outside or min(inside) < max(outside):
        return None
    return int(min(inside) + max(outside)) // 2


def _has_ranked(category: CategoryFacts, standing: Mapping[str, Any]) -> bool:
    return any(award.kind == "ranked" for award in category.awards.get(standing["entry"], ()))


def _alternatives(
    body: Mapping[str, Any], ranked: set[str], slugs: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What other ways of counting would give; judges left out one by one are counted, never named."""
    result: list[dict[str, Any]] = []
    left_out = [a for a in body.get("alternatives", ()) if a["kind"] == "judge"]
    for alternative in body.get("alternatives", ()):
        if alternative["kind"] == "judge":
            continue
        moves = [
            {
                "prize": move["prize"],
                "gains": sorted(slugs[e] for e in move["gains"] if e in slugs),
                "loses": sorted(slugs[e] for e in move["loses"] if e in slugs),
            }
            for move in alternative["moves"]
            if move["prize"] in ranked
        ]
        result.append({"kind": alternative["kind"], "what": alternative["what"], "moves": moves})
    if left_out:
        counts: dict[str, int] = {}
        for alternative in left_out:
            for move in alternative["moves"]:
                if move["prize"] in ranked:
                    counts[move["prize"]] = counts.get(move["prize"], 0) + 1
        result.append({"kind": "judge", "what": str(len(left_out)), "moves": [
            {"prize": prize, "cases": cases} for prize, cases in sorted(counts.items())
        ]})  # fmt: skip
    return result
