"""Who may not judge what, and why.

Facts and rules in, findings out. Names of people and cities stay outside: a finding carries ids and the
parameters of a sentence that the caller words.
The rules are this project's own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a rule does to a pair: forbids it, warns, or only reports it. Ordered by force in `FORCE`."""

    FORBID = "forbid"
    WARN = "warn"
    REPORT = "report"


FORCE = {Effect.REPORT: 0, Effect.WARN: 1, Effect.FORBID: 2}


class Code(StrEnum):
    """Kinds of conflict."""

    OWN_CITY = "own_city"
    OWN_COUNTRY = "own_country"
    EMPLOYER = "employer"
    NOMINATED_BY = "nominated_by"
    DECLARED = "declared"
    DECLARED_BY_ENTRANT = "declared_by_entrant"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A conflict rule of an edition: pairs of kind `code` have this effect. A code without a rule has no
    effect.
    """

    code: Code
    effect: Effect


DEFAULT_RULES: tuple[Rule, ...] = tuple(Rule(code, Effect.FORBID) for code in Code)


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """
    What is known of a judge at the date in question.

    Parameters
    ----------
    judge : str
        Id of the judge.
    home_country, nationalities : str, frozenset of str
        ISO codes; an empty home country is unknown and matches nothing.
    entrants : frozenset of str
        Ids of the cities and bodies the judge belongs to.
    employers : frozenset of str
        Names of employers, compared without regard to case, accents' encoding and spaces.
    nominated_by : frozenset of str
        Ids of the entrants that nominated the judge.
    declared_entrants, declared_entries : frozenset of str
        What the judge declared.
    refused_by_entrants, refused_by_entries : frozenset of str
        Entrants and entries that asked for this judge not to judge.
    secretariat_entrants, secretariat_entries : frozenset of str
        What the secretariat added.
    """

    judge: str
    home_country: str = ""
    nationalities: frozenset[str] = frozenset()
    entrants: frozenset[str] = frozenset()
    employers: frozenset[str] = frozenset()
    nominated_by: frozenset[str] = frozenset()
    declared_entrants: frozenset[str] = frozenset()
    declared_entries: frozenset[str] = frozenset()
    refused_by_entrants: frozenset[str] = frozenset()
    refused_by_entries: frozenset[str] = frozenset()
    secretariat_entrants: frozenset[str] = frozenset()
    secretariat_entries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """
    What is known of an entry.

    Parameters
    ----------
    entry, entrant : str
        Ids of the entry and of who entered it.
    for_city : str
        Id of the city it counts for; empty if none but the entrant.
    country : str
        ISO code; empty is unknown.
    organisations : frozenset of str
        Names that an employer is compared with: the entrant's, the city's, its partners'.
    """

    entry: str
    entrant: str
    for_city: str = ""
    country: str = ""
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One conflict: its kind and effect, the pair, and what the sentence about it says, as sorted (name,
    value).
    """

    code: Code
    effect: Effect
    judge: str
    entry: str
    parameters: tuple[tuple[str, str], ...] = ()


def folded(name: str) -> str:
    """A name for comparison: one Unicode form, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_conflicts(
    judges: Iterable[JudgeFacts], entries: Iterable[EntryFacts], rules: Sequence[Rule] = DEFAULT_RULES
) -> tuple[Finding, ...]:
    """
    Every conflict of every pair that a rule speaks of.

    Parameters
    ----------
    judges : iterable of JudgeFacts
    entries : iterable of EntryFacts
    rules : sequence of Rule
        At most one for each code.

    Returns
    -------
    tuple of Finding
        In the order of judges, entries, and codes; a pair has at most one finding for each code.

    Raises
    ------
    ValueError
        Two rules for one code.
    """
    effects: dict[Code, Effect] = {}
    for rule in rules:
        if rule.code in effects:
            raise ValueError(f"two conflict rules for {rule.code}")
        effects[rule.code] = rule.effect
    prepared = [(entry, {folded(name) for name in entry.organisations} - {""}) for entry in entries]
    findings: list[Finding] = []
    for judge in judges:
        employers = {folded(name): name for name in sorted(judge.employers) if folded(name)}
        for entry, organisations in prepared:
            reasons = _reasons(judge, entry, employers, organisations)
            findings.extend(
                Finding(code, effects[code], judge.judge, entry.entry, parameters)
                for code, parameters in reasons
                if code in effects
            )
    return tuple(findings)


def strongest(findings: Iterable[Finding]) -> dict[tuple[str, str], Effect]:
    """The strongest effect of each (judge, entry) that has a finding."""
    result: dict[tuple[str, str], Effect] = {}
    for finding in findings:
        pair = (finding.judge, finding.entry)
        if pair not in result or FORCE[finding.effect] > FORCE[result[pair]]:
            result[pair] = finding.effect
    return result


def _reasons(
    judge: JudgeFacts, entry: EntryFacts, employers: dict[str, str], organisations: set[str]
) -> Iterable[tuple[Code, tuple[tuple[str, str], ...]]]:
    bodies = {entry.entrant, entry.for_city} - {""}
    own = sorted(bodies & judge.entrants)
    if own:
        yield Code.OWN_CITY, (("entrant", own[0]),)
    if entry.country:
        if entry.country == judge.home_country:
            yield Code.OWN_COUNTRY, (("country", entry.country), ("kind", "home"))
        elif entry.country in judge.nationalities:
            yield Code.OWN_COUNTRY, (("country", entry.country), ("kind", "nationality"))
    shared = sorted(employers.keys() & organisations)
    if shared:
        yield Code.EMPLOYER, (("employer", employers[shared[0]]),)
    nominated = sorted(bodies & judge.nominated_by)
    if nominated:
        yield Code.NOMINATED_BY, (("entrant", nominated[0]),)
    for code, entrants, entries in (
        (Code.DECLARED, judge.declared_entrants, judge.declared_entries),
        (Code.DECLARED_BY_ENTRANT, judge.refused_by_entrants, judge.refused_by_entries),
        (Code.SECRETARIAT, judge.secretariat_entrants, judge.secretariat_entries),
    ):
        named = sorted(bodies & entrants)
        if entry.entry in entries:
            yield code, (("entry", entry.entry),)
        elif named:
            yield code, (("entrant", named[0]),)
