"""Reading prizes: what the rule gives by the adopted runs, what panels left of their order, and what people decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import SYSTEM, Actor
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.stored import ring_of
from awards.editions.tables import Prize, Round
from awards.panels.tables import RoundEntry
from awards.results import awarding
from awards.results.awarding import Given, PrizeRule
from awards.results.candidates import ranks_in, ranks_over_all
from awards.results.queries.deliberation import Decided, decided_orders
from awards.results.queries.runs import read_body
from awards.results.rules import (
    NONE,
    Lack,
    Pick,
    Place,
    RunState,
    is_settled,
    needs_reason,
    propose,
    read_method,
)
from awards.web.i18n import _
from judging import TieBreak


class AdoptedRun(Struct, frozen=True):
    """The run that decides a category: of its last round with marks."""

    round_id: int
    round_code: str
    round_name: str
    position: int
    state: str
    run_id: int | None
    number: int | None
    body: Mapping[str, Any]
    meta: Mapping[str, Any]
    tie_breaks: tuple[TieBreak, ...] = ()
    deliberated: bool = False
    """Whether a panel concluded on the order of a category of this run."""


async def adopted_runs(edition_id: int) -> list[AdoptedRun]:
    """Every round of the edition that is judged by marks, the last one first, with its adopted run."""
    rows = await Round.raw(
        "SELECT r.id AS round_id, r.code, r.name, r.position, r.state, c.id, c.number, c.body, c.method, c.software,"
        " c.seed, c.inputs_sha256, c.sha256, r.method AS rules, CASE WHEN EXISTS (SELECT 1 FROM deliberation d"
        "  WHERE d.run = c.id AND d.state = 'concluded') THEN 1 ELSE 0 END AS deliberated FROM round r"
        " LEFT JOIN calibration_run c ON c.round = r.id AND c.state = 'adopted'"
        " WHERE r.edition = {} AND r.kind = 'criteria' ORDER BY r.position DESC",
        edition_id,
    )
    return [
        AdoptedRun(
            round_id=row["round_id"],
            round_code=row["code"],
            round_name=row["name"],
            position=row["position"],
            state=row["state"],
            run_id=row["id"] if is_settled(row["state"]) else None,
            number=row["number"],
            body=read_body(row["body"]) if row["body"] and is_settled(row["state"]) else {},
            meta={
                key: row[key] for key in ("number", "method", "software", "seed", "inputs_sha256", "sha256")
            },
            tie_breaks=read_method(row["rules"]).tie_breaks,
            deliberated=bool(row["deliberated"]),
        )
        for row in rows
    ]


class DecisionRow(Struct, frozen=True):
    """A place of a prize with its newest decision, or without one."""

    prize_id: int
    prize: str
    prize_name: str
    position: int
    kind: str
    places: int
    category: str
    category_name: str
    place: int | None
    version: int
    entry_id: int | None
    reference: str
    title: str
    entrant: str
    entry_state: str
    run_id: int | None
    run_state: str
    reason: str
    citation: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def rule(self) -> PrizeRule:
        return PrizeRule(self.prize, self.category, self.position, self.places, self.kind, self.values)


async def decision_rows(edition_id: int) -> list[DecisionRow]:
    """Prizes in their order; each place that was ever decided with its newest version."""
    rows = await Prize.raw(
        "SELECT p.id AS prize_id, p.code AS prize, p.name AS prize_name, p.position, p.kind, p.places,"
        " c.code AS category, c.name AS category_name, d.place, d.version, en.id AS entry_id, en.reference, en.title,"
        " t.name AS entrant, en.state AS entry_state, d.run AS run_id, u.state AS run_state, d.reason, d.citation,"
        ' p."values" AS ring'
        " FROM prize p LEFT JOIN category c ON c.id = p.category"
        " LEFT JOIN prize_decision d ON d.prize = p.id AND NOT EXISTS (SELECT 1 FROM prize_decision n"
        "  WHERE n.prize = d.prize AND n.place = d.place AND n.version > d.version)"
        " LEFT JOIN entry en ON en.id = d.entry LEFT JOIN entrant t ON t.id = en.entrant"
        " LEFT JOIN calibration_run u ON u.id = d.run"
        " WHERE p.edition = {} ORDER BY COALESCE(c.position, 100000), c.id, p.position, p.id, d.place",
        edition_id,
    )
    empty = dict.fromkeys(
        (
            "category",
            "category_name",
            "reference",
            "title",
            "entrant",
            "entry_state",
            "run_state",
            "reason",
            "citation",
        ),
        "",
    )
    result = []
    for row in rows:
        ring = ring_of(row.pop("ring"))
        said = {name: row[name] or text for name, text in empty.items()}
        result.append(DecisionRow(**{**row, **said, "version": row["version"] or 0, "values": ring}))
    return result


def deciding_run(runs: list[AdoptedRun], category: str) -> AdoptedRun | None:
    """Of the last round in which the category was judged. Without a category: of the last round."""
    for run in runs:
        standings = run.body.get("standings", ())
        if run.run_id is not None and (
            not category or any(s["category"] == category for s in standings if s["scope"] == "all")
        ):
            return run
    return None


class Candidate(Struct, frozen=True):
    """An entry that may have a prize; `region` and `country` of the city that it counts for."""

    id: int
    reference: str
    name: str
    category: str
    region: str
    country: str
    kind: str


class PrizeTable(Struct, frozen=True):
    """Everything that prizes are decided by, and that the pages on them are drawn from."""

    decisions: list[DecisionRow]
    runs: list[AdoptedRun]
    candidates: tuple[Candidate, ...]
    settled: Mapping[tuple[str, str], Decided]
    """What panels concluded, by the codes of round and category."""
    hidden: frozenset[str] = frozenset()
    """Categories that the reader is kept from, be the entry that they are tied to still in or not."""

    @property
    def categories(self) -> list[tuple[str, str]]:
        """Code and name; without a code, the prizes over all."""
        return list(dict.fromkeys((row.category, row.category_name) for row in self.decisions))

    @property
    def names(self) -> dict[str, str]:
        return {one.reference: one.name for one in self.candidates}

    @property
    def is_judged(self) -> bool:
        return any(not is_settled(run.state) for run in self.runs)

    def is_hidden(self, category: str) -> bool:
        """Whether the reader is kept from the category; what is over all is for nobody who is kept from one."""
        return category in self.hidden or (bool(self.hidden) and not category)

    def eligible(self, prize: PrizeRule) -> list[Candidate]:
        """Who may have the prize at all."""
        return [one for one in self.candidates if awarding.fits(prize, _as_seen(one, {}, {}))]

    def lined_up(self, *, by_numbers: bool = False) -> list[awarding.Candidate]:
        """The candidates with the ranks by which prizes are given; `by_numbers`: as if no panel had met."""
        ranks: dict[str, int | None] = {}
        deciding: dict[str, AdoptedRun] = {}
        for category in sorted({one.category for one in self.candidates}):
            run = deciding_run(self.runs, category)
            if run is not None:
                deciding[run.round_code] = run
                left = None if by_numbers else self.settled.get((run.round_code, category))
                ranks |= ranks_in(run.body, category) if left is None else left.order
        only = next(iter(deciding.values())) if len(deciding) == 1 else None
        # Orders that panels left say nothing of who stands ahead in another category.
        left_over = only is not None and only.deliberated and not by_numbers
        over = {} if only is None or left_over else ranks_over_all(only.body, only.tie_breaks)
        return [_as_seen(one, ranks, over) for one in self.candidates]

    def given(self, picks: Sequence[Pick] = (), *, by_numbers: bool = False) -> Mapping[str, Given]:
        """What the rule gives of each prize, with what people decided, and decide now, for those who pass others over."""
        rules = {row.prize: row.rule for row in self.decisions}
        chosen = {(row.prize, row.place): row.reference for row in self.decisions if row.place is not None}
        chosen |= {(one.prize, one.place): one.entry.replace(NONE, "") for one in picks if one.entry}
        decided = {
            code: [name for (prize, _place), name in sorted(chosen.items()) if prize == code and name]
            for code, rule in rules.items()
            if all((code, place) in chosen for place in range(1, rule.places + 1))
        }
        return awarding.award(self.lined_up(by_numbers=by_numbers), rules.values(), decided)

    def is_settled_before(self, prize: str, picks: Sequence[Pick]) -> bool:
        """Whether every prize that this one passes over is decided, by what was decided and by these picks."""
        rules = {row.prize: row.rule for row in self.decisions}
        chosen = {(row.prize, row.place) for row in self.decisions if row.place is not None}
        chosen |= {(pick.prize, pick.place) for pick in picks}
        return all(
            (code, place) in chosen
            for code in awarding.passes_over(rules[prize], rules.values())
            for place in range(1, rules[code].places + 1)
        )

    def places(self, category: str, picks: Sequence[Pick] = ()) -> list[Place]:
        """The places of one category's prizes (or of those over all, for ""), proposed and decided."""
        given = self.given(picks)
        numbers = self.given(picks, by_numbers=True) if self.settled else given
        prizes: dict[str, list[DecisionRow]] = {}
        for row in self.decisions:
            if row.category == category:
                prizes.setdefault(row.prize, []).append(row)
        return [
            place
            for code, rows in prizes.items()
            for place in _places(rows, given[code], numbers[code].winners)
        ]


def _as_seen(
    one: Candidate, ranks: Mapping[str, int | None], over: Mapping[str, int | None]
) -> awarding.Candidate:
    return awarding.Candidate(
        one.reference,
        one.category,
        ranks.get(one.reference),
        one.region,
        one.country,
        one.kind,
        over.get(one.reference),
    )


def _places(rows: list[DecisionRow], given: Given, numbers: tuple[str, ...]) -> list[Place]:
    first = rows[0]
    proposed = propose(first.places, given.winners, given.shared)
    decided = {row.place: row for row in rows if row.place is not None}
    result = []
    for number in range(1, max(len(proposed), *decided, 0) + 1):
        decision = decided.get(number)
        result.append(
            Place(
                prize=first.prize,
                prize_name=first.prize_name,
                prize_position=first.position,
                kind=first.kind,
                place=number,
                proposed=proposed[number - 1] if number <= len(proposed) else (),
                decided="" if decision is None else decision.reference or NONE,
                version=decision.version if decision else 0,
                reason=decision.reason if decision else "",
                citation=decision.citation if decision else "",
                passed=given.passed,
                numbers=() if set(numbers) == set(given.winners) else numbers,
                outdated=decision is not None and decision.run_state == RunState.SUPERSEDED,
            )
        )
    return result


async def prize_table(edition_id: int, actor: Actor, now: datetime) -> PrizeTable:
    rows = await RoundEntry.raw(
        "SELECT en.id, en.reference, t.name, c.code AS category, ct.region, ct.country, t.kind, en.state,"  # noqa: S608  # only texts of ours are put in
        f" CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict FROM entry en JOIN entrant t ON t.id = en.entrant"
        " JOIN entrant ct ON ct.id = COALESCE(en.for_city, en.entrant)"
        " JOIN category c ON c.id = en.category WHERE en.edition = {} AND en.state <> 'draft'"
        " ORDER BY c.position, t.name, en.reference",
        *tied_to(actor.person_id, now), edition_id,
    )  # fmt: skip
    runs = await adopted_runs(edition_id)
    return PrizeTable(
        await decision_rows(edition_id),
        runs,
        tuple(
            Candidate(**{name: row[name] for name in Candidate.__struct_fields__})
            for row in rows
            if row["state"] == "eligible"
        ),
        await decided_orders(edition_id) if any(run.deliberated for run in runs) else {},
        frozenset(row["category"] for row in rows if row["conflict"]),
    )


async def unexplained_prizes(edition_id: int, now: datetime) -> list[Lack]:
    """Prizes that people decided otherwise than the rule gives them now, and that say no reason."""
    return unexplained_in(await prize_table(edition_id, SYSTEM, now))


def unexplained_in(table: PrizeTable) -> list[Lack]:
    found = []
    for category, name in table.categories:
        for place in table.places(category):
            if place.decided and not place.reason and needs_reason(place, place.decided):
                where = f"{name}: {place.prize_name}" if name else place.prize_name
                text = _(
                    "%(prize)s is not what the rule gives, and says no reason. Decide it again.", prize=where
                )
                found.append(Lack("reason", text, reference=place.prize))
    return found
