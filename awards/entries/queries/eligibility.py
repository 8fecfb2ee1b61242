"""What the rules of an edition are asked about, read in one question to the database, and their answers.

Winners are read by the names of the tables that hold what was published: they lie above, and copying them down
here would be a second truth. What is visible is asked as everywhere.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from msgspec import Struct

from awards.cities.rules import EntrantKind, core, fold
from awards.editions.document import EditionRules
from awards.editions.reading import instant
from awards.editions.stored import rules_from
from awards.entries.declaring import ConsentKind
from awards.entries.eligibility import breaks_limits, eligibility, stopping
from awards.entries.facts import CityWord, Draft, Facts, Named, RuleRow, Said, Sibling, Stage, Win
from awards.entries.queries.answers import AnswerRow
from awards.entries.tables import Entry
from awards.errors import NotFound

TEXTS, NUMBERS = 4, 2


class _Part(Struct, frozen=True):
    """Texts and numbers in slots; {names} are what is asked with."""

    source: str
    texts: Sequence[str] = ()
    numbers: Sequence[str] = ()


# What stands in several places.
_SHARED = {
    "{consent}": "SELECT 1 FROM entry_consent x WHERE x.entry = n.id AND x.ended_at IS NULL AND x.kind",
    "{seen}": (
        "p.visible_at <= {now} AND p.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM publication l"
        " WHERE l.edition = p.edition AND l.number > p.number AND l.visible_at <= {now} AND l.withdrawn_at IS NULL)"
    ),
    "{narrowed}": "SELECT 1 FROM question_category g WHERE g.question = q.id",
}
_PARTS = {
    "head": _Part(
        "edition e JOIN programme p ON p.id = e.programme LEFT JOIN milestone m ON m.edition = e.id"
        " AND m.kind = 'closes' WHERE e.id = {edition}",
        (
            "p.name",
            "e.zone",
            "m.at",
            "(SELECT o.at FROM milestone o WHERE o.edition = e.id AND o.kind = 'opens')",
        ),
        ("e.year",),
    ),
    "rule": _Part("edition_rule r WHERE r.edition = {edition}", ("r.code", "r.value")),
    "entrant": _Part("entrant t WHERE t.id = {entrant}", ("t.name", "t.kind")),
    "city": _Part(
        "entrant t WHERE t.id = {city}",
        ("t.name",),
        (
            "(SELECT COUNT(*) FROM official o WHERE o.entrant = t.id AND o.since <= {now}"
            ' AND (o."until" IS NULL OR o."until" > {now}))',
        ),
    ),
    "sibling": _Part(
        "entry n JOIN category c ON c.id = n.category WHERE n.edition = {edition}"
        " AND COALESCE(n.for_city, n.entrant) = {city} AND n.state <> 'withdrawn' AND n.id <> {entry}",
        ("n.reference", "n.title", "c.code"),
        (
            "CASE WHEN n.entrant = {entrant} THEN 1 ELSE 0 END",
            "CASE WHEN n.entrant = {city} OR EXISTS ({consent} = {approval}) THEN 1"
            " WHEN n.state = 'draft' OR EXISTS ({consent} = {refusal}) THEN 0 ELSE 1 END",
        ),
    ),
    "member": _Part(
        "membership m JOIN edition e ON e.programme = m.programme JOIN milestone c ON c.edition = e.id"
        " AND c.kind = 'closes' WHERE e.id = {edition} AND m.entrant = {city} AND m.since <= c.at"
        ' AND (m."until" IS NULL OR m."until" > c.at)'
    ),
    "win": _Part(
        "edition e JOIN edition o ON o.programme = e.programme AND o.id <> e.id AND o.year <= e.year"
        " JOIN publication p ON p.edition = o.id AND {seen} JOIN published_entry w ON w.publication = p.id"
        " AND (w.prize <> '' OR p.kind = 'archive') LEFT JOIN entry n ON n.id = w.entry WHERE e.id = {edition}"
        " AND (COALESCE(n.for_city, n.entrant) = {city} OR (n.id IS NULL"
        " AND w.country IN ('', (SELECT t.country FROM entrant t WHERE t.id = {city}))))",
        ("o.name", "w.title", "CASE WHEN n.id IS NULL THEN w.entrant_name ELSE '' END"),
        ("o.year",),
    ),
    "said": _Part(
        'entry_consent s JOIN person h ON h.id = s."by" WHERE s.entry = {entry} AND s.ended_at IS NULL',
        ("s.kind", "s.way", "h.name", "s.text"),
    ),
    "question": _Part(
        "question q LEFT JOIN answer a ON a.question = q.id AND a.entry = {entry} WHERE q.edition = {edition}"
        " AND q.kind IN ('date', 'file') AND q.ended_at IS NULL",
        ("q.code", "q.label", "a.value"),
        (
            "CASE WHEN EXISTS ({narrowed}) AND NOT EXISTS ({narrowed} AND g.category ="
            " (SELECT n.category FROM entry n WHERE n.id = {entry})) THEN 0 ELSE 1 END",
            "(SELECT COUNT(*) FROM attachment f WHERE f.question = q.id AND f.entry = {entry}"
            " AND f.replaced_at IS NULL AND f.removed_at IS NULL)",
        ),
    ),
    "exempt": _Part(
        "exemption x WHERE x.edition = {edition} AND x.entrant = {entrant} AND x.ended_at IS NULL",
        ("x.rule", "x.reason"),
    ),
}


@cache
def _question(entrants: int) -> tuple[str, tuple[str, ...]]:
    """The text for so many entrants, with places for values, and the name of the value in each place of one."""
    branches = []
    for name, part in _PARTS.items():
        texts = [*part.texts, *["NULL"] * (TEXTS - len(part.texts))]
        numbers = [*part.numbers, *["NULL"] * (NUMBERS - len(part.numbers))]
        slots = [f"CAST({one} AS TEXT) AS t{number}" for number, one in enumerate(texts)]
        slots += [f"CAST({one} AS INTEGER) AS n{number}" for number, one in enumerate(numbers)]
        branches.append(
            f"CAST('{name}' AS TEXT) AS part, {', '.join(slots)} FROM {part.source}"
        )  # names of ours only
    for name, shared in _SHARED.items():
        branches = [branch.replace(name, shared) for branch in branches]
    names = tuple(re.findall(r"\{(\w+)\}", "".join(branches)))
    branches = [re.sub(r"\{\w+\}", "{}", branch) for branch in branches]
    each = (f"SELECT {number} AS place, {branch}" for number in range(entrants) for branch in branches)
    return " UNION ALL ".join(each), names


async def facts_about(
    edition_id: int, entrant_id: int, counts_for: int, now: datetime, *, entry_id: int = 0
) -> Facts:
    """What stands at this instant; with an entry, what was answered and said of it. The caller has checked who asks."""
    return (await facts_about_all(edition_id, [(entrant_id, counts_for)], now, entry_id=entry_id))[0]


async def facts_about_all(
    edition_id: int, entrants: Sequence[tuple[int, int]], now: datetime, *, entry_id: int = 0
) -> list[Facts]:
    """The same for several (entrant, what it counts for), in their order."""
    if not entrants:
        return []
    text, names = _question(len(entrants))
    values: list[Any] = []
    for entrant_id, counts_for in entrants:
        of: dict[str, Any] = {
            "edition": edition_id,
            "entrant": entrant_id,
            "city": counts_for,
            "entry": entry_id,
            "now": now,
            "approval": ConsentKind.APPROVAL.value,
            "refusal": ConsentKind.REFUSAL.value,
        }
        values += [of[name] for name in names]
    found: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in await Entry.raw(text, *values):
        found[row["place"]][row["part"]].append(row)
    return [
        _facts(found[place], own=entrant_id == counts_for)
        for place, (entrant_id, counts_for) in enumerate(entrants)
    ]


def _facts(parts: Mapping[str, list[dict[str, Any]]], *, own: bool) -> Facts:
    if not (parts["head"] and parts["entrant"] and parts["city"]):
        raise NotFound
    head, entrant, city = parts["head"][0], parts["entrant"][0], parts["city"][0]
    rules = rules_from({row["t0"]: row["t1"] for row in parts["rule"]})
    kind = EntrantKind(entrant["t1"])
    return Facts(
        rules=rules,
        programme=head["t0"],
        year=head["n0"],
        zone=head["t1"],
        closes=instant(head["t2"]) if head["t2"] else None,
        opens=instant(head["t3"]) if head["t3"] else None,
        entrant=entrant["t0"],
        kind=kind,
        city="" if own and kind is not EntrantKind.CITY else city["t0"],
        city_people=city["n0"],
        siblings=tuple(_sibling(row, rules) for row in parts["sibling"]),
        wins=tuple(
            Win(row["t0"], row["n0"], row["t1"])
            for row in parts["win"]
            if not row["t2"] or core(fold(row["t2"])) == core(fold(city["t0"]))
        ),
        is_member=bool(parts["member"]),
        said=_said(parts["said"]),
        questions={
            row["t0"]: Named(row["t1"], bool(row["n0"]), row["t2"] or "", row["n1"])
            for row in parts["question"]
        },
        exemptions={row["t0"]: row["t1"] for row in parts["exempt"]},
    )


def _sibling(row: dict[str, Any], rules: EditionRules) -> Sibling:
    """Where a city has to approve, what it has not said yes to takes a place of its only once it is submitted."""
    counts = bool(row["n1"]) or not rules.city_approval
    return Sibling(row["t0"], row["t1"], row["t2"], own=bool(row["n0"]), counts=counts)


def _said(rows: Sequence[dict[str, Any]]) -> Said:
    words = {ConsentKind.APPROVAL.value: CityWord.GIVEN, ConsentKind.REFUSAL.value: CityWord.DECLINED}
    return next(
        (Said(words[row["t0"]], row["t1"], row["t2"], row["t3"]) for row in rows if row["t0"] in words),
        Said(),
    )


def draft_of_answers(title: str, category: str, lang: str, answers: Sequence[AnswerRow]) -> Draft:
    wrong = (
        row.question.label
        for row in answers
        if breaks_limits(row.value, row.question.limits.min_words, row.question.limits.max_words)
    )
    return Draft(title, category, lang, tuple(wrong))


class Asking(Protocol):
    """An entry as far as its rules ask about it."""

    @property
    def id(self) -> int: ...
    @property
    def edition_id(self) -> int: ...
    @property
    def entrant_id(self) -> int: ...
    @property
    def counts_for(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def lang(self) -> str: ...


async def standing_of(
    entry: Asking, answers: Sequence[AnswerRow], now: datetime
) -> tuple[Facts, tuple[RuleRow, ...]]:
    """The facts, and every rule with its state for one entry as it stands. The caller has checked who asks."""
    facts = await facts_about(entry.edition_id, entry.entrant_id, entry.counts_for, now, entry_id=entry.id)
    draft = draft_of_answers(entry.title, entry.category, entry.lang, answers)
    return facts, eligibility(facts, draft)


async def submission_problems(entry: Asking, answers: Sequence[AnswerRow], now: datetime) -> dict[str, str]:
    """All that keeps the draft from being submitted: question code or "" -> sentence."""
    _facts, rows = await standing_of(entry, answers, now)
    return problems_of(rows, answers)


def problems_of(rows: Sequence[RuleRow], answers: Sequence[AnswerRow]) -> dict[str, str]:
    """What rules miss is said at the question that they ask about, else of the whole; answers say the rest."""
    asked = {row.question.code for row in answers}
    found: dict[str, str] = {}
    for field, text in stopping(rows, *Stage).items():
        place = field if field in asked else ""
        found[place] = f"{found.get(place, '')} {text}".strip()
    return {**found, **{row.question.code: row.problem for row in answers if row.problem}}
