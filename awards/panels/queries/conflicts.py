"""Conflicts of a panel, computed at the date in question from what is known; those by rule are never stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.tables import ConflictRule
from awards.panels.tables import Affiliation, RoundEntry
from judging.conflicts import Code, Effect, EntryFacts, Finding, JudgeFacts, Rule, find_conflicts

# Where an edition says nothing: the plain cases forbid, the arguable ones warn.
DEFAULT_EFFECTS: Mapping[Code, Effect] = {
    Code.OWN_CITY: Effect.FORBID,
    Code.OWN_COUNTRY: Effect.FORBID,
    Code.DECLARED: Effect.FORBID,
    Code.DECLARED_BY_ENTRANT: Effect.FORBID,
    Code.SECRETARIAT: Effect.FORBID,
    Code.EMPLOYER: Effect.WARN,
    Code.NOMINATED_BY: Effect.WARN,
}


class Conflicts(Struct, frozen=True):
    """(seat's person, entry) -> what stands between them."""

    rules: tuple[Rule, ...]
    findings: Mapping[tuple[int, int], tuple[Finding, ...]]

    def of(self, person_id: int, entry_id: int) -> tuple[Finding, ...]:
        return self.findings.get((person_id, entry_id), ())

    def forbidden(self, person_id: int, entry_id: int) -> bool:
        return any(finding.effect is Effect.FORBID for finding in self.of(person_id, entry_id))

    def warned(self, person_id: int, entry_id: int) -> bool:
        return any(finding.effect is Effect.WARN for finding in self.of(person_id, entry_id))


async def conflicts_of_round(
    round_id: int,
    edition_id: int,
    at: datetime,
    *,
    persons: Iterable[int] | None = None,
    entries: Iterable[EntryFacts] | None = None,
) -> Conflicts:
    """Everybody on the panel, or the persons named, against every entry of the round, or those given."""
    rows = await _facts(round_id, edition_id, at, persons)
    if entries is None:
        entries = [entry_facts(row) for row in await RoundEntry.raw(_ENTRIES, round_id)]
    return _found(rows, entries)


class Tested(Struct, frozen=True):
    """What would stand between one person and a round; `entries` are named by their ids."""

    conflicts: Conflicts
    entries: Mapping[int, str]


async def tested(person_id: int, round_id: int, edition_id: int, at: datetime) -> Tested:
    """As `conflicts_of_round`, of somebody who need not be invited yet."""
    rows = await _facts(round_id, edition_id, at, [person_id])
    entries = await RoundEntry.raw(_ENTRIES, round_id)
    return Tested(
        _found(rows, [entry_facts(row) for row in entries]),
        {row["id"]: f"{row['name']}, {row['title']}" for row in entries},
    )


def _found(rows: list[dict[str, Any]], entries: Iterable[EntryFacts]) -> Conflicts:
    rules = _with_defaults({row["code"]: row["value"] for row in rows if row["part"] == 5})
    found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in find_conflicts(_judges(rows), entries, rules):
        found[int(finding.judge), int(finding.entry)].append(finding)
    return Conflicts(rules, {pair: tuple(findings) for pair, findings in found.items()})


# All that is known of people in one question: who they are comes first, homes in the order of their rows.
_FACTS = """
SELECT 1 AS part, p.id AS person, p.id AS row, CAST(NULL AS INTEGER) AS entrant, CAST(NULL AS INTEGER) AS entry,
       '' AS code, '' AS value, '' AS country
FROM person p WHERE p.id IN (PERSONS)
UNION ALL
SELECT 2, a.person, a.id, a.entrant, NULL, a.kind, a.organisation, a.country FROM affiliation a
WHERE a.person IN (PERSONS) AND a.kind <> 'past' AND a.since <= {} AND (a."until" IS NULL OR a."until" > {})
UNION ALL
SELECT 3, n.person, n.id, n."by", NULL, '', '', '' FROM nomination n WHERE n.person IN (PERSONS)
UNION ALL
SELECT 4, d.person, d.id, d.entrant, d.entry, d.source, '', '' FROM conflict d
WHERE d.person IN (PERSONS) AND d.edition = {} AND d.withdrawn_at IS NULL AND d.created_at <= {}
UNION ALL
SELECT 5, 0, c.id, NULL, NULL, c.code, c.effect, '' FROM conflict_rule c WHERE c.edition = {}
ORDER BY 1, 2, 3
"""
_ON_PANEL = "SELECT s.person FROM seat s WHERE s.round = {}"


async def _facts(
    round_id: int, edition_id: int, at: datetime, persons: Iterable[int] | None
) -> list[dict[str, Any]]:
    named = None if persons is None else sorted(set(persons))
    who: list[int] = [round_id] if named is None else named
    source = _ON_PANEL if named is None else ", ".join(["{}"] * len(named)) or "NULL"
    values = [*who, *who, at, at, *who, *who, edition_id, at, edition_id]
    rows: list[dict[str, Any]] = await Affiliation.raw(_FACTS.replace("PERSONS", source), *values)
    return rows


async def rules_of(edition_id: int) -> tuple[Rule, ...]:
    """The edition's conflict rules, with the defaults where it has none."""
    rows = await ConflictRule.select(ConflictRule.code, ConflictRule.effect).where(
        ConflictRule.edition == edition_id
    )
    return _with_defaults({row["code"]: row["effect"] for row in rows})


def _with_defaults(said: Mapping[str, str]) -> tuple[Rule, ...]:
    rules = []
    for code in Code:
        effect = said.get(code.value, DEFAULT_EFFECTS[code].value)
        if effect in {known.value for known in Effect}:
            rules.append(Rule(code, Effect(effect)))
    return tuple(rules)


def _judges(rows: Iterable[Mapping[str, Any]]) -> list[JudgeFacts]:
    homes: dict[int, str] = {}
    sets: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        person = row["person"]
        match row["part"]:
            case 1:
                homes[person] = ""
            case 2:
                _belong(homes, sets, row)
            case 3:
                sets["nominated_by"][person].add(str(row["entrant"]))
            case 4:
                _declare(sets, row)
    return [
        JudgeFacts(
            judge=str(person),
            home_country=home,
            **{name: frozenset(values[person]) for name, values in sets.items() if person in values},
        )
        for person, home in homes.items()
    ]


def _belong(homes: dict[int, str], sets: dict[str, dict[int, set[str]]], row: Mapping[str, Any]) -> None:
    person = row["person"]
    if row["entrant"] is not None:
        sets["entrants"][person].add(str(row["entrant"]))
    if row["value"]:
        sets["employers"][person].add(row["value"])
    if row["country"] and row["code"] == "home" and not homes[person]:
        homes[person] = row["country"]
    elif row["country"] and row["code"] in ("home", "nationality"):
        sets["nationalities"][person].add(row["country"])


_SOURCES = {"entrant": "refused_by", "secretariat": "secretariat"}


def _declare(sets: dict[str, dict[int, set[str]]], row: Mapping[str, Any]) -> None:
    prefix = _SOURCES.get(row["code"], "declared")
    if row["entry"] is not None:
        sets[f"{prefix}_entries"][row["person"]].add(str(row["entry"]))
    if row["entrant"] is not None:
        sets[f"{prefix}_entrants"][row["person"]].add(str(row["entrant"]))


# Of the entry en, its entrant t and the city that it counts for.
ENTRY_FACTS = "en.id, en.entrant, en.for_city, t.name, t.country, t.city, city.name AS city_name, city.country AS city_country"
CITY_OF_ENTRY = "LEFT JOIN entrant city ON city.id = COALESCE(en.for_city, t.city)"
_ENTRIES = f"""
SELECT {ENTRY_FACTS}, en.title FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
{CITY_OF_ENTRY} WHERE re.round = {{}} ORDER BY re.id
"""  # noqa: S608  # only texts of ours are put in


def entry_facts(row: Mapping[str, Any]) -> EntryFacts:
    """From a row with the columns of `ENTRY_FACTS`."""
    return EntryFacts(
        entry=str(row["id"]),
        entrant=str(row["entrant"]),
        for_city=str(row["for_city"] or row["city"] or ""),
        country=row["city_country"] or row["country"],
        organisations=frozenset({row["name"], row["city_name"] or ""} - {""}),
    )
