"""The practice library: what won, over all editions, found by words and by what it was about.

Only what is visible now is looked at. What is visible and not indexed yet is read word by word, so that it is found from
its instant on, and by the same terms.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.publication.queries import ROWS, SEEN, WinnerRow, winner_row
from awards.publication.tables import PracticeTerm, PublishedEntry
from awards.publication.terms import Wanted, wanted_of, weighed

# How much a word says of a practice by where it stands.
IN_TITLE, IN_NAME, AROUND, IN_TEXT = 8, 6, 4, 1
# Of a published entry w of the publication p.
WON = "(w.prize <> '' OR p.kind = 'archive')"


class Asked(Struct, frozen=True):
    """What a reader is looking for. Empty filters let everything through."""

    words: str = ""
    category: str = ""
    region: str = ""
    country: str = ""
    year: str = ""
    prize: str = ""

    @property
    def filters(self) -> dict[str, str]:
        found = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in found.items() if value}


FILTERS = ("category", "region", "country", "year", "prize")


class Kept(Struct, frozen=True):
    """A value of a filter: how many practices have it beside everything else that is asked for."""

    value: str
    label: str
    count: int


class Found(Struct, frozen=True):
    rows: tuple[WinnerRow, ...]
    count: int
    filters: Mapping[str, tuple[Kept, ...]]
    without: Mapping[str, int]
    """Where nothing is found: by filter, or `words`, how many there were without it."""


_LIGHT = (
    "SELECT w.id, w.country, w.country_label, w.region, w.category, w.prize, w.prize_position, e.year,"
    " EXISTS (SELECT 1 FROM practice_term t WHERE t.published_entry = w.id) AS indexed"
    " FROM published_entry w JOIN publication p ON p.id = w.publication JOIN edition e ON e.id = p.edition WHERE "
)


class _Light(Struct, frozen=True):
    id: int
    indexed: bool
    facets: Mapping[str, tuple[str, str]]
    """By filter: value and label."""


async def find_practices(asked: Asked, now: datetime, *, start: int = 0, most: int = 24) -> Found:
    """The weightiest first where words are asked for, the newest edition first otherwise."""
    rows = await PublishedEntry.raw(
        _LIGHT + SEEN + f" AND {WON} ORDER BY e.year DESC, e.id DESC, w.id", now, now
    )
    every = [_light(row) for row in rows]
    wanted = wanted_of(asked.words)
    weights = await _weights(every, wanted) if wanted else {}
    by_words = [one for one in every if one.id in weights] if wanted else every
    chosen = asked.filters
    passed = [one for one in by_words if _passes(one, chosen)]
    if wanted:
        passed.sort(key=lambda one: -weights[one.id])  # stable: the newest first among equals
    shown = [one.id for one in passed[start : start + most]]
    return Found(
        rows=tuple(await _whole(shown)),
        count=len(passed),
        filters={name: _kept(by_words, chosen, name) for name in FILTERS},
        without=_without(every, by_words, chosen, bool(wanted)) if not passed else {},
    )


def _light(row: Mapping[str, Any]) -> _Light:
    country = row["country"] or row["country_label"]
    year = str(row["year"])
    return _Light(
        row["id"],
        bool(row["indexed"]),
        {
            "category": (row["category"], row["category"]),
            "region": (row["region"], row["region"]),
            "country": (country, row["country_label"] or country),
            "year": (year, year),
            "prize": (row["prize"], row["prize"]),
        },
    )


def _passes(one: _Light, chosen: Mapping[str, str], but: str = "") -> bool:
    return all(one.facets[name][0] == value for name, value in chosen.items() if name != but)


def _kept(rows: Sequence[_Light], chosen: Mapping[str, str], name: str) -> tuple[Kept, ...]:
    """What the filter can be set to, given the others; what is chosen stands there even where it finds nothing."""
    counts = Counter(one.facets[name][0] for one in rows if _passes(one, chosen, name))
    labels = dict(one.facets[name] for one in reversed(rows))
    if name in chosen:
        counts.setdefault(chosen[name], 0)
    return tuple(Kept(value, labels.get(value, value), count) for value, count in counts.items() if value)


def _without(
    every: Sequence[_Light], by_words: Sequence[_Light], chosen: Mapping[str, str], worded: bool
) -> dict[str, int]:
    found = {name: sum(_passes(one, chosen, name) for one in by_words) for name in chosen}
    if worded:
        found["words"] = sum(_passes(one, chosen) for one in every)
    return {name: count for name, count in found.items() if count}


async def _weights(every: Sequence[_Light], wanted: Sequence[Wanted]) -> dict[int, int]:
    """Those that have all of it, with how much it says of them."""
    parts, values = [], []
    for number, one in enumerate(wanted):
        parts.append(
            f"SELECT {number} AS number, t.published_entry AS id, MAX(t.weight) AS weight FROM practice_term t"  # noqa: S608  # a number of ours
            f" WHERE t.head = {{}} AND t.term {'LIKE' if one.begins else '='} {{}} GROUP BY t.published_entry"
        )
        values += [one.head, f"{one.term}%" if one.begins else one.term]
    sums: Counter[int] = Counter()
    times: Counter[int] = Counter()
    for row in await PracticeTerm.raw(" UNION ALL ".join(parts), *values):
        sums[row["id"]] += row["weight"]
        times[row["id"]] += 1
    found = {key: sums[key] for key, count in times.items() if count == len(wanted)}
    for whole in await _whole([one.id for one in every if not one.indexed]):
        terms = terms_of_row(whole)
        if all(one.is_in(terms) for one in wanted):
            found[whole.id] = sum(
                max(weight for term, weight in terms.items() if one.is_in((term,))) for one in wanted
            )
    return found


async def _whole(row_ids: Collection[int]) -> list[WinnerRow]:
    """Rows of which it is known that they are visible, in this order."""
    if not row_ids:
        return []
    inside = ", ".join(str(int(one)) for one in row_ids)
    rows = {row["id"]: winner_row(row) for row in await PublishedEntry.raw(f"{ROWS}w.id IN ({inside})")}
    return [rows[one] for one in row_ids]


def terms_of_row(row: WinnerRow) -> Mapping[str, int]:
    """Every word that a published practice is found by, with its weight.

    The edition is a filter: by its name, which is often a city's, all its practices would be found at once.
    """
    awards = [str(award.get("name", "")) for award in row.figures.get("awards", ())]
    around = (row.country_label, row.country, row.region, row.category, row.prize, *awards,
              str(row.year))  # fmt: skip
    return weighed(
        (
            (IN_TITLE, row.title),
            (IN_NAME, row.entrant_name),
            *((AROUND, text) for text in around),
            (IN_TEXT, row.citation),
            (IN_TEXT, row.practice),
        )
    )
