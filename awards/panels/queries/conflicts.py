"""Conflicts of a panel, computed at the date in question from what is known; those by rule are never stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from msgspec import Struct

from awards.editions.tables import ConflictRule
from awards.panels.queries.facts import Facts, facts_of, rules_from
from awards.panels.tables import RoundEntry
from judging.conflicts import Effect, Finding, Rule, find_conflicts

# Beside what the sentence says: two people let the pair pass, so it forbids no more and is still told of.
OVERRIDDEN = ("overridden", "yes")


class Conflicts(Struct, frozen=True):
    """(seat's person, entry) -> what stands between them."""

    rules: tuple[Rule, ...]
    findings: Mapping[tuple[int, int], tuple[Finding, ...]]

    def of(self, person_id: int, entry_id: int) -> tuple[Finding, ...]:
        return self.findings.get((person_id, entry_id), ())

    def forbidding(self, person_id: int, entry_id: int) -> tuple[Finding, ...]:
        return tuple(one for one in self.of(person_id, entry_id) if one.effect is Effect.FORBID)

    def forbidden(self, person_id: int, entry_id: int) -> bool:
        return any(finding.effect is Effect.FORBID for finding in self.of(person_id, entry_id))

    def warned(self, person_id: int, entry_id: int) -> bool:
        return any(finding.effect is Effect.WARN for finding in self.of(person_id, entry_id))


def is_overridden(finding: Finding) -> bool:
    return OVERRIDDEN in finding.parameters


async def conflicts_of_round(
    round_id: int, edition_id: int, at: datetime, *, persons: Iterable[int] | None = None
) -> Conflicts:
    """Everybody on the panel, or the persons named, against every entry of the round."""
    return _found(await facts_of(round_id, edition_id, at, persons=persons), at)


async def conflicts_of_people(
    round_id: int, edition_id: int, persons: Iterable[int], at: datetime
) -> Mapping[int, Mapping[int, tuple[Finding, ...]]]:
    """Of each person named, seated or not, what stands between them and the round's entries, by entry.

    For those who deliberate: a chair, or somebody of the secretariat, is in conflict by the same rules.
    """
    named = sorted(set(persons))
    found = await conflicts_of_round(round_id, edition_id, at, persons=named)
    return {
        person: {entry: said for (who, entry), said in found.findings.items() if who == person}
        for person in named
    }


async def conflicts_of_pair(
    person_id: int, entry_id: int, round_id: int, edition_id: int, at: datetime
) -> tuple[Finding, ...]:
    """What stands between one person and one entry; asked wherever a sheet is read or written."""
    facts = await facts_of(round_id, edition_id, at, persons=[person_id], entries=[entry_id])
    return _found(facts, at).of(person_id, entry_id)


async def conflicts_with(
    person_id: int, entries: Iterable[int], round_id: int, edition_id: int, at: datetime
) -> Conflicts:
    """One person against the entries named."""
    return _found(await facts_of(round_id, edition_id, at, persons=[person_id], entries=entries), at)


_SIGNED = """
SELECT s.person, re.entry FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry re ON re.id = a.round_entry
WHERE re.round = {} AND a.state = 'signed'
"""


async def counting_in_conflict(round_id: int, edition_id: int, at: datetime) -> int:
    """How many signed sheets are by judges whom a rule keeps from the entry, and whom nobody let pass."""
    conflicts = await conflicts_of_round(round_id, edition_id, at)
    rows = await RoundEntry.raw(_SIGNED, round_id)
    return sum(conflicts.forbidden(row["person"], row["entry"]) for row in rows)


class Tested(Struct, frozen=True):
    """What would stand between one person and a round; `entries` are named by their ids."""

    conflicts: Conflicts
    entries: Mapping[int, str]
    references: Mapping[int, str]
    objections: tuple[tuple[str, str], ...] = ()
    """Names whom a city would rather not have as a judge and that may mean somebody new, each with its entry."""


_ENTRIES = """
SELECT en.id, en.reference, t.name, en.title, '' AS asked FROM round_entry re JOIN entry en ON en.id = re.entry
JOIN entrant t ON t.id = en.entrant WHERE re.round = {}
UNION ALL
SELECT en.id, en.reference, t.name, en.title, o.name FROM objection o JOIN entry en ON en.id = o.entry
JOIN entrant t ON t.id = en.entrant WHERE en.edition = {} AND o.state IN ('asked', 'nobody')
ORDER BY 2, 5
"""


async def tested(person_id: int, round_id: int, edition_id: int, at: datetime) -> Tested:
    """As `conflicts_of_round`, of somebody who need not be invited yet."""
    conflicts = await conflicts_of_round(round_id, edition_id, at, persons=[person_id])
    rows = await RoundEntry.raw(_ENTRIES, round_id, edition_id)
    entries = [row for row in rows if not row["asked"]]
    return Tested(
        conflicts,
        {row["id"]: f"{row['name']}, {row['title']}" for row in entries},
        {row["id"]: row["reference"] for row in entries},
        tuple((row["asked"], f"{row['name']}, {row['title']}") for row in rows if row["asked"]),
    )


async def rules_of(edition_id: int) -> tuple[Rule, ...]:
    """The edition's conflict rules, with the defaults where it has none."""
    rows = await ConflictRule.select(ConflictRule.code, ConflictRule.effect).where(
        ConflictRule.edition == edition_id
    )
    return rules_from({row["code"]: row["effect"] for row in rows})


def _found(facts: Facts, at: datetime) -> Conflicts:
    found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in find_conflicts(facts.judges, facts.entries, facts.rules, at=at.date()):
        pair = int(finding.judge), int(finding.entry)
        if finding.effect is Effect.FORBID and (*pair, finding.code.value) in facts.overridden:
            parameters = tuple(sorted((*finding.parameters, OVERRIDDEN)))
            finding = replace(finding, effect=Effect.WARN, parameters=parameters)
        found[pair].append(finding)
    return Conflicts(facts.rules, {pair: tuple(findings) for pair, findings in found.items()})
