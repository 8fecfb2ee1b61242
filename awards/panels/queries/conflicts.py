"""Conflicts of a panel, computed at the date in question from what is known; those by rule are never stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.tables import ConflictRule
from awards.panels.tables import Affiliation, DeclaredConflict, Nomination, RoundEntry
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


async def rules_of(edition_id: int) -> tuple[Rule, ...]:
    """The edition's conflict rules, with the defaults where it has none."""
    rows = await ConflictRule.select(ConflictRule.code, ConflictRule.effect).where(
        ConflictRule.edition == edition_id
    )
    said = {row["code"]: row["effect"] for row in rows}
    rules = []
    for code in Code:
        effect = said.get(code.value, DEFAULT_EFFECTS[code].value)
        if effect in {known.value for known in Effect}:
            rules.append(Rule(code, Effect(effect)))
    return tuple(rules)


async def conflicts_of_round(
    round_id: int, edition_id: int, at: datetime, *, persons: Iterable[int] | None = None
) -> Conflicts:
    """Everybody on the panel, or the persons named, against every entry of the round."""
    wanted = None if persons is None else frozenset(persons)
    rules = await rules_of(edition_id)
    judges = await _judges(round_id, edition_id, at, wanted)
    entries = await _entries(round_id)
    found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in find_conflicts(judges, entries, rules):
        found[int(finding.judge), int(finding.entry)].append(finding)
    return Conflicts(rules, {pair: tuple(findings) for pair, findings in found.items()})


_AFFILIATIONS = """
SELECT s.person AS judge, a.entrant, a.organisation, a.country, a.kind, a.since, a."until"
FROM seat s LEFT JOIN affiliation a ON a.person = s.person
WHERE s.round = {} ORDER BY s.person, a.id
"""
_NOMINATIONS = """
SELECT n.person, n."by" AS nominator FROM nomination n JOIN seat s ON s.person = n.person WHERE s.round = {}
"""


async def _judges(
    round_id: int, edition_id: int, at: datetime, wanted: frozenset[int] | None
) -> list[JudgeFacts]:
    homes: dict[int, str] = {}
    sets: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    persons: list[int] = []
    for row in await Affiliation.raw(_AFFILIATIONS, round_id):
        person = row["judge"]
        if person not in homes:
            persons.append(person)
            homes[person] = ""
        over = row["until"] is not None and row["until"] <= at
        if row["since"] is None or row["since"] > at or over or row["kind"] == "past":
            continue
        if row["entrant"] is not None:
            sets["entrants"][person].add(str(row["entrant"]))
        if row["organisation"]:
            sets["employers"][person].add(row["organisation"])
        if row["country"] and row["kind"] == "home" and not homes[person]:
            homes[person] = row["country"]
        elif row["country"] and row["kind"] in ("home", "nationality"):
            sets["nationalities"][person].add(row["country"])
    for row in await Nomination.raw(_NOMINATIONS, round_id):
        sets["nominated_by"][row["person"]].add(str(row["nominator"]))
    for row in await DeclaredConflict.select(
        DeclaredConflict.person, DeclaredConflict.entrant, DeclaredConflict.entry, DeclaredConflict.source
    ).where(
        (DeclaredConflict.edition == edition_id)
        & DeclaredConflict.withdrawn_at.is_null()
        & (DeclaredConflict.created_at <= at)
    ):
        _declare(sets, row)
    return [
        JudgeFacts(
            judge=str(person),
            home_country=homes[person],
            **{name: frozenset(values[person]) for name, values in sets.items() if person in values},
        )
        for person in persons
        if wanted is None or person in wanted
    ]


_SOURCES = {"entrant": "refused_by", "secretariat": "secretariat"}


def _declare(sets: dict[str, dict[int, set[str]]], row: Mapping[str, Any]) -> None:
    prefix = _SOURCES.get(row["source"], "declared")
    if row["entry"] is not None:
        sets[f"{prefix}_entries"][row["person"]].add(str(row["entry"]))
    if row["entrant"] is not None:
        sets[f"{prefix}_entrants"][row["person"]].add(str(row["entrant"]))


_ENTRIES = """
SELECT e.id, e.entrant, e.for_city, en.name, en.country, en.city, c.name AS city_name, c.country AS city_country
FROM round_entry re JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant
LEFT JOIN entrant c ON c.id = COALESCE(e.for_city, en.city)
WHERE re.round = {} ORDER BY re.id
"""


async def _entries(round_id: int) -> list[EntryFacts]:
    return [
        EntryFacts(
            entry=str(row["id"]),
            entrant=str(row["entrant"]),
            for_city=str(row["for_city"] or row["city"] or ""),
            country=row["city_country"] or row["country"],
            organisations=frozenset({row["name"], row["city_name"] or ""} - {""}),
        )
        for row in await RoundEntry.raw(_ENTRIES, round_id)
    ]
