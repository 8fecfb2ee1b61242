"""All that conflicts are found by, in one question to the database: people, entries, what stands between them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from awards.editions.document import CONFLICT_DEFAULTS, PAST_EMPLOYER, PAST_YEARS
from awards.editions.reading import instant
from awards.editions.stored import years_of
from awards.panels.tables import Affiliation
from judging.conflicts import Code, Effect, EntryFacts, JudgeFacts, PastPost, Rule

Overridden = frozenset[tuple[int, int, str]]
"""Person, entry and kind of conflict."""


class Facts(Struct, frozen=True):
    rules: tuple[Rule, ...]
    judges: tuple[JudgeFacts, ...]
    entries: tuple[EntryFacts, ...]
    overridden: Overridden


# Each part gives rows of one shape. Who people are comes first, homes in the order of their rows.
_FACTS = """
SELECT 1 AS part, p.id AS person, p.id AS row, CAST(NULL AS INTEGER) AS entrant, CAST(NULL AS INTEGER) AS entry,
       '' AS code, '' AS value, '' AS country
FROM person p WHERE p.id IN (PERSONS)
UNION ALL
SELECT 2, a.person, a.id, a.entrant, NULL, a.kind, a.organisation, a.country FROM affiliation a
WHERE a.person IN (PERSONS) AND a.kind <> 'past' AND a.since <= {} AND (a."until" IS NULL OR a."until" > {})
UNION ALL
SELECT 3, a.person, a.id, a.entrant, NULL, CAST(a."until" AS TEXT), a.organisation, '' FROM affiliation a
WHERE a.person IN (PERSONS) AND a.kind IN ('past', 'employer') AND a."until" <= {}
UNION ALL
SELECT 4, o.person, o.id, o.entrant, NULL, '', '', '' FROM official o
WHERE o.person IN (PERSONS) AND o.since <= {} AND (o."until" IS NULL OR o."until" > {})
UNION ALL
SELECT 5, n.person, n.id, n."by", NULL, '', '', '' FROM nomination n WHERE n.person IN (PERSONS)
UNION ALL
SELECT 6, d.person, d.id, d.entrant, d.entry, d.source, '', '' FROM conflict d
WHERE d.person IN (PERSONS) AND d.edition = {} AND d.withdrawn_at IS NULL AND d.created_at <= {}
UNION ALL
SELECT 7, 0, c.id, NULL, NULL, c.code, c.effect, c."values" FROM conflict_rule c WHERE c.edition = {}
UNION ALL
SELECT 8, s.person, v.id, NULL, v.entry, v.code, '', '' FROM conflict_override v JOIN seat s ON s.id = v.seat
JOIN approval ap ON ap.id = v.approval AND ap.given_at IS NOT NULL
WHERE s.round = {} AND s.person IN (PERSONS) AND v.ended_at IS NULL
UNION ALL
SELECT 9, 0, en.id, t.id, en.id, 'entrant', t.name, t.country FROM entry en JOIN entrant t ON t.id = en.entrant
WHERE en.id IN (ENTRIES)
UNION ALL
SELECT 10, 0, en.id, city.id, en.id, 'city', city.name, city.country FROM entry en
JOIN entrant t ON t.id = en.entrant JOIN entrant city ON city.id = COALESCE(en.for_city, t.city)
WHERE en.id IN (ENTRIES)
UNION ALL
SELECT 11, 0, f.id, NULL, f.entry, 'supplier', f.name, '' FROM entry_supplier f
WHERE f.entry IN (ENTRIES) AND f.created_at <= {} AND (f.ended_at IS NULL OR f.ended_at > {})
UNION ALL
SELECT 12, 0, l.id, y.id, en.id, l.kind, y.name, CASE WHEN y.id = l.a THEN 'a' ELSE 'b' END FROM entrant_link l
JOIN entry en ON en.id IN (ENTRIES) JOIN entrant t ON t.id = en.entrant
JOIN entrant y ON (y.id = l.a AND l.b IN (en.entrant, en.for_city, t.city))
  OR (y.id = l.b AND l.a IN (en.entrant, en.for_city, t.city))
WHERE l.since <= {} AND (l."until" IS NULL OR l."until" > {})
ORDER BY 1, 2, 3
"""
_ON_PANEL = "SELECT s.person FROM seat s WHERE s.round = {}"
_IN_ROUND = "SELECT re.entry FROM round_entry re WHERE re.round = {}"


async def facts_of(
    round_id: int,
    edition_id: int,
    at: datetime,
    *,
    persons: Iterable[int] | None = None,
    entries: Iterable[int] | None = None,
) -> Facts:
    """Of everybody on the panel and every entry of the round, or of those that are named."""
    people, who = _named(_ON_PANEL, round_id, persons)
    field, what = _named(_IN_ROUND, round_id, entries)
    values = [
        *who, *who, at, at, *who, at, *who, at, at, *who, *who, edition_id, at, edition_id, round_id, *who,
        *what, *what, *what, at, at, *what, at, at,
    ]  # fmt: skip
    rows: list[dict[str, Any]] = await Affiliation.raw(_question(people, field), *values)
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[row["part"]].append(row)
    return Facts(
        rules=_rules(parts[7]),
        judges=tuple(_judges(parts)),
        entries=tuple(_entries(parts)),
        overridden=frozenset((row["person"], row["entry"], row["code"]) for row in parts[8]),
    )


@lru_cache(maxsize=64)
def _question(people: str, field: str) -> str:
    return _FACTS.replace("PERSONS", people).replace("ENTRIES", field)


def _named(source: str, round_id: int, ids: Iterable[int] | None) -> tuple[str, list[int]]:
    if ids is None:
        return source, [round_id]
    named = sorted(set(ids))
    return ", ".join(["{}"] * len(named)) or "NULL", named


def rules_from(said: Mapping[str, str], years: int = PAST_YEARS) -> tuple[Rule, ...]:
    """An edition's rules by code, with the defaults where it says nothing."""
    known = {effect.value for effect in Effect}
    effects = {code: said.get(code.value, CONFLICT_DEFAULTS[code.value].value) for code in Code}
    return tuple(Rule(code, Effect(effect), years) for code, effect in effects.items() if effect in known)


def _rules(rows: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    years = next((years_of(row["country"]) for row in rows if row["code"] == PAST_EMPLOYER), PAST_YEARS)
    return rules_from({row["code"]: row["value"] for row in rows}, years)


# --- judges ---------------------------------------------------------------------------------------------


def _judges(parts: Mapping[int, list[dict[str, Any]]]) -> Iterable[JudgeFacts]:
    homes: dict[int, str] = {row["person"]: "" for row in parts[1]}
    sets: dict[str, dict[int, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for row in parts[2]:
        _belong(homes, sets, row)
    for row in parts[3]:
        post = PastPost(instant(row["code"]).date(), row["value"], _text(row["entrant"]))
        sets["past"][row["person"]].add(post)
    for row in parts[4]:
        sets["official_of"][row["person"]].add(str(row["entrant"]))
    for row in parts[5]:
        sets["nominated_by"][row["person"]].add(str(row["entrant"]))
    for row in parts[6]:
        _declare(sets, row)
    for person, home in homes.items():
        own: dict[str, Any] = {
            name: frozenset(values[person]) for name, values in sets.items() if person in values
        }
        yield JudgeFacts(judge=str(person), home_country=home, **own)


def _belong(homes: dict[int, str], sets: dict[str, dict[int, set[Any]]], row: Mapping[str, Any]) -> None:
    person = row["person"]
    if row["code"] == "vendor":
        sets["firms"][person].add(row["value"])
        return
    if row["entrant"] is not None:
        sets["entrants"][person].add(str(row["entrant"]))
    if row["value"]:
        sets["employers"][person].add(row["value"])
    if row["country"] and row["code"] == "home" and not homes[person]:
        homes[person] = row["country"]
    elif row["country"] and row["code"] in ("home", "nationality"):
        sets["nationalities"][person].add(row["country"])


_SOURCES = {"entrant": "refused_by", "secretariat": "secretariat"}


def _declare(sets: dict[str, dict[int, set[Any]]], row: Mapping[str, Any]) -> None:
    prefix = _SOURCES.get(row["code"], "declared")
    if row["entry"] is not None:
        sets[f"{prefix}_entries"][row["person"]].add(str(row["entry"]))
    if row["entrant"] is not None:
        sets[f"{prefix}_entrants"][row["person"]].add(str(row["entrant"]))


# --- entries --------------------------------------------------------------------------------------------


def _entries(parts: Mapping[int, list[dict[str, Any]]]) -> Iterable[EntryFacts]:
    cities = {row["entry"]: row for row in parts[10]}
    suppliers: dict[int, set[str]] = defaultdict(set)
    linked: dict[int, set[str]] = defaultdict(set)
    names: dict[int, set[str]] = defaultdict(set)
    for row in parts[11]:
        suppliers[row["entry"]].add(row["value"])
    for row in parts[12]:
        if row["code"] != "supplier":
            linked[row["entry"]].add(str(row["entrant"]))
            names[row["entry"]].add(row["value"])
        elif row["country"] == "a":  # the one that supplies
            suppliers[row["entry"]].add(row["value"])
    for row in parts[9]:
        city = cities.get(row["entry"], {"entrant": None, "value": "", "country": ""})
        yield EntryFacts(
            entry=str(row["entry"]),
            entrant=str(row["entrant"]),
            for_city=_text(city["entrant"]),
            country=city["country"] or row["country"],
            organisations=frozenset({row["value"], city["value"]} - {""}),
            suppliers=frozenset(suppliers[row["entry"]]),
            linked=frozenset(linked[row["entry"]]),
            linked_organisations=frozenset(names[row["entry"]]),
        )


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
