"""Who may not judge what, and why.

Facts and rules in, findings out. Names of people and cities stay outside: a finding carries ids and the
parameters of a sentence that the caller words.
The rules are this project's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from judging.names import Names, folded

__all__ = [
    "DEFAULT_RULES",
    "FORCE",
    "Code",
    "Effect",
    "EntryFacts",
    "Finding",
    "JudgeFacts",
    "PastPost",
    "Rule",
    "find_conflicts",
    "folded",
    "strongest",
]


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
    PAST_EMPLOYER = "past_employer"
    LINKED = "linked"
    SUPPLIER = "supplier"
    NOMINATED_BY = "nominated_by"
    DECLARED = "declared"
    DECLARED_BY_ENTRANT = "declared_by_entrant"
    SECRETARIAT = "secretariat"


_ORDER = {code: place for place, code in enumerate(Code)}


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A conflict rule of an edition: pairs of kind `code` have this effect. A code without a rule has no
    effect.

    Parameters
    ----------
    code : Code
    effect : Effect
    years : int
        For `PAST_EMPLOYER`: how long a post that has ended still counts. Others ignore it.
    """

    code: Code
    effect: Effect
    years: int = 3


DEFAULT_RULES: tuple[Rule, ...] = tuple(Rule(code, Effect.FORBID) for code in Code)


@dataclass(frozen=True, slots=True)
class PastPost:
    """
    Where a judge worked until a day, the first on which they no longer did.

    Parameters
    ----------
    until : date
    organisation : str
        Its name; empty where the body itself is known.
    entrant : str
        Id of the city or body; empty where only a name is known.
    """

    until: date
    organisation: str = ""
    entrant: str = ""


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
    official_of : frozenset of str
        Ids of the cities and bodies the judge acts for in their entries.
    employers : frozenset of str
        Names of employers, compared without regard to case, accents' encoding and spaces.
    past : frozenset of PastPost
        Posts that have ended; how long they count is the rule's.
    firms : frozenset of str
        Names of firms the judge sells to, owns or advises.
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
    official_of: frozenset[str] = frozenset()
    employers: frozenset[str] = frozenset()
    past: frozenset[PastPost] = frozenset()
    firms: frozenset[str] = frozenset()
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
    suppliers : frozenset of str
        Names of the firms that supply what the entry is about.
    linked : frozenset of str
        Ids of twins of the entrant or its city, and of bodies of which one is a member of the other.
    linked_organisations : frozenset of str
        The names of the same, for judges who are known to work there by name alone.
    """

    entry: str
    entrant: str
    for_city: str = ""
    country: str = ""
    organisations: frozenset[str] = frozenset()
    suppliers: frozenset[str] = frozenset()
    linked: frozenset[str] = frozenset()
    linked_organisations: frozenset[str] = frozenset()


Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One conflict: its kind and effect, the pair, and what the sentence about it says, as sorted (name,
    value).

    A finding by names that are alike but not the same says so with the parameter "alike", and never
    forbids: whether they are one is for a person to decide.
    """

    code: Code
    effect: Effect
    judge: str
    entry: str
    parameters: Parameters = ()


def find_conflicts(
    judges: Iterable[JudgeFacts],
    entries: Iterable[EntryFacts],
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    at: date | None = None,
) -> tuple[Finding, ...]:
    """
    Every conflict of every pair that a rule speaks of.

    Takes time in proportion to the findings, not to the pairs.

    Parameters
    ----------
    judges : iterable of JudgeFacts
    entries : iterable of EntryFacts
    rules : sequence of Rule
        At most one for each code.
    at : date
        The day in question. Needed only where a rule counts the years since a post has ended.

    Returns
    -------
    tuple of Finding
        In the order of judges, entries, and codes; a pair has at most one finding for each code.

    Raises
    ------
    ValueError
        Two rules for one code; or a rule that counts years, a judge with a past, and no day.
    """
    chosen: dict[Code, Rule] = {}
    for rule in rules:
        if rule.code in chosen:
            raise ValueError(f"two conflict rules for {rule.code}")
        chosen[rule.code] = rule
    listed = tuple(entries)
    field = _Field(listed)
    past = chosen.get(Code.PAST_EMPLOYER)
    findings: list[Finding] = []
    for judge in judges:
        posts = [] if past is None else sorted(_recent(judge, past.years, at), key=_latest_first)
        hits: dict[tuple[int, int], tuple[Parameters, Code]] = {}
        for code, place, parameters in field.reasons(judge, posts):
            if code in chosen:
                hits.setdefault((place, _ORDER[code]), (parameters, code))
        for (place, _code), (parameters, code) in sorted(hits.items(), key=lambda pair: pair[0]):
            effect = chosen[code].effect
            if effect is Effect.FORBID and any(name == "alike" for name, _value in parameters):
                effect = Effect.WARN
            findings.append(Finding(code, effect, judge.judge, listed[place].entry, parameters))
    return tuple(findings)


def strongest(findings: Iterable[Finding]) -> dict[tuple[str, str], Effect]:
    """The strongest effect of each (judge, entry) that has a finding."""
    result: dict[tuple[str, str], Effect] = {}
    for finding in findings:
        pair = (finding.judge, finding.entry)
        if pair not in result or FORCE[finding.effect] > FORCE[result[pair]]:
            result[pair] = finding.effect
    return result


def _recent(judge: JudgeFacts, years: int, at: date | None) -> Iterator[PastPost]:
    """Posts that ended by the day in question, and less than so many years before it."""
    for post in judge.past:
        if at is None:
            raise ValueError(f"judge {judge.judge} has worked elsewhere: the day in question is needed")
        if post.until <= at < _years_after(post.until, years):
            yield post


def _years_after(day: date, years: int) -> date:
    """The same day so many years on; of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _latest_first(post: PastPost) -> tuple[int, str, str]:
    return -post.until.toordinal(), post.organisation, post.entrant


Hit = tuple[Code, int, Parameters]


class _Index:
    """Places of entries by a key, with the names among the keys that are like another."""

    def __init__(self, *, longer: bool = False) -> None:
        self.places: dict[str, list[int]] = defaultdict(list)
        self._longer = longer
        self._names: Names | None = None

    def add(self, keys: Iterable[str], place: int) -> None:
        for key in set(keys) - {""}:
            self.places[key].append(place)

    def hits(self, code: Code, key: str, *parameters: tuple[str, str]) -> Iterator[Hit]:
        for place in self.places.get(key, ()):
            yield code, place, tuple(sorted(parameters))

    def alike(self, code: Code, kind: str, names: Mapping[str, str]) -> Iterator[Hit]:
        """`names` are the judge's, as they are written by how they are compared."""
        if names and self._names is None:
            self._names = Names(self.places)
        for name in sorted(names):
            assert self._names is not None
            for other in self._names.alike(name, longer=self._longer):
                yield from self.hits(code, other, (kind, names[name]), ("alike", other))


class _Field:
    """The entries, found by what they have in common with a judge. Places are their numbers in the list."""

    def __init__(self, entries: Sequence[EntryFacts]) -> None:
        self.entries, self.bodies, self.countries = _Index(), _Index(), _Index()
        self.linked, self.linked_names = _Index(), _Index()
        self.organisations, self.suppliers = _Index(), _Index(longer=True)
        for place, entry in enumerate(entries):
            self.entries.add({entry.entry}, place)
            self.bodies.add({entry.entrant, entry.for_city}, place)
            self.countries.add({entry.country}, place)
            self.linked.add(entry.linked, place)
            self.linked_names.add(map(folded, entry.linked_organisations), place)
            self.organisations.add(map(folded, entry.organisations), place)
            self.suppliers.add(map(folded, entry.suppliers), place)

    def reasons(self, judge: JudgeFacts, posts: Sequence[PastPost]) -> Iterator[Hit]:
        """The certain before what is only alike; of several for one pair and code the first is told."""
        employers = _by_folded(judge.employers)
        yield from self._belongings(judge)
        for name, written in sorted(employers.items()):
            yield from self.organisations.hits(Code.EMPLOYER, name, ("employer", written))
        yield from self.organisations.alike(Code.EMPLOYER, "employer", employers)
        yield from self._past(posts)
        for entrant in sorted(judge.entrants | judge.official_of):
            yield from self.linked.hits(Code.LINKED, entrant, ("entrant", entrant))
        for name, written in sorted(employers.items()):
            yield from self.linked_names.hits(Code.LINKED, name, ("employer", written))
        firms = _by_folded(judge.firms) | employers
        for name, written in sorted(firms.items()):
            yield from self.suppliers.hits(Code.SUPPLIER, name, ("supplier", written))
        yield from self.suppliers.alike(Code.SUPPLIER, "supplier", firms)
        for entrant in sorted(judge.nominated_by):
            yield from self.bodies.hits(Code.NOMINATED_BY, entrant, ("entrant", entrant))
        yield from self._told(judge)

    def _belongings(self, judge: JudgeFacts) -> Iterator[Hit]:
        for entrant in sorted(judge.official_of):
            yield from self.bodies.hits(Code.OWN_CITY, entrant, ("entrant", entrant), ("kind", "official"))
        for entrant in sorted(judge.entrants):
            yield from self.bodies.hits(Code.OWN_CITY, entrant, ("entrant", entrant))
        for country, kind in (
            (judge.home_country, "home"),
            *((one, "nationality") for one in judge.nationalities),
        ):
            if country:
                yield from self.countries.hits(
                    Code.OWN_COUNTRY, country, ("country", country), ("kind", kind)
                )

    def _past(self, posts: Sequence[PastPost]) -> Iterator[Hit]:
        names: dict[str, str] = {}
        for post in posts:
            until = ("until", post.until.isoformat())
            if post.entrant:
                yield from self.bodies.hits(
                    Code.PAST_EMPLOYER, post.entrant, ("entrant", post.entrant), until
                )
            if name := folded(post.organisation):
                names.setdefault(name, post.organisation)
                for index in (self.organisations, self.suppliers):
                    yield from index.hits(Code.PAST_EMPLOYER, name, ("employer", post.organisation), until)
        for index in (self.organisations, self.suppliers):
            yield from index.alike(Code.PAST_EMPLOYER, "employer", names)

    def _told(self, judge: JudgeFacts) -> Iterator[Hit]:
        for code, entrants, entries in (
            (Code.DECLARED, judge.declared_entrants, judge.declared_entries),
            (Code.DECLARED_BY_ENTRANT, judge.refused_by_entrants, judge.refused_by_entries),
            (Code.SECRETARIAT, judge.secretariat_entrants, judge.secretariat_entries),
        ):
            for entry in sorted(entries):
                yield from self.entries.hits(code, entry, ("entry", entry))
            for entrant in sorted(entrants):
                yield from self.bodies.hits(code, entrant, ("entrant", entrant))


def _by_folded(names: Iterable[str]) -> dict[str, str]:
    """As they are written, by how they are compared."""
    return {folded(name): name for name in sorted(names) if folded(name)}
