"""Reading prizes: what the adopted runs propose and what people decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.tables import Prize, Round
from awards.panels.tables import RoundEntry
from awards.results.queries.runs import read_body
from awards.results.queries.tied import TIED, tied_to
from awards.results.rules import NONE, Place, is_settled, propose


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


async def adopted_runs(edition_id: int) -> list[AdoptedRun]:
    """Every round of the edition that is judged by marks, the last one first, with its adopted run."""
    rows = await Round.raw(
        "SELECT r.id AS round_id, r.code, r.name, r.position, r.state, c.id, c.number, c.body, c.method, c.software,"
        " c.seed, c.inputs_sha256, c.sha256 FROM round r"
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


async def decision_rows(edition_id: int) -> list[DecisionRow]:
    """Prizes in their order; each place that was ever decided with its newest version."""
    rows = await Prize.raw(
        "SELECT p.id AS prize_id, p.code AS prize, p.name AS prize_name, p.position, p.kind, p.places,"
        " c.code AS category, c.name AS category_name, d.place, d.version, en.id AS entry_id, en.reference, en.title,"
        " t.name AS entrant, en.state AS entry_state, d.run AS run_id, u.state AS run_state, d.reason, d.citation"
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
    return [
        DecisionRow(**{**row, **{k: row[k] or v for k, v in empty.items()}, "version": row["version"] or 0})
        for row in rows
    ]


def deciding_run(runs: list[AdoptedRun], category: str) -> AdoptedRun | None:
    """Of the last round in which the category was judged. Without a category: of the last round."""
    for run in runs:
        standings = run.body.get("standings", ())
        if run.run_id is not None and (
            not category or any(s["category"] == category for s in standings if s["scope"] == "all")
        ):
            return run
    return None


def places_of(rows: list[DecisionRow], runs: list[AdoptedRun], category: str) -> list[Place]:
    """The places of one category's prizes (or of those over all, for ""), proposed and decided."""
    run = deciding_run(runs, category)
    by_prize = {p["prize"]: p for p in run.body.get("prizes", ())} if run else {}
    result: list[Place] = []
    prizes: dict[str, list[DecisionRow]] = {}
    for row in rows:
        if row.category == category:
            prizes.setdefault(row.prize, []).append(row)
    for code, decisions in prizes.items():
        first = decisions[0]
        verdict = by_prize.get(code) if first.kind == "ranked" else None
        proposed = propose(
            first.places, verdict["entries"] if verdict else None, bool(verdict and verdict["shared"])
        )
        decided = {row.place: row for row in decisions if row.place is not None}
        for number in range(1, max(len(proposed), *decided, 0) + 1):
            decision = decided.get(number)
            result.append(
                Place(
                    prize=code,
                    prize_name=first.prize_name,
                    prize_position=first.position,
                    kind=first.kind,
                    place=number,
                    proposed=proposed[number - 1] if number <= len(proposed) else (),
                    decided="" if decision is None else decision.reference or NONE,
                    version=decision.version if decision else 0,
                    reason=decision.reason if decision else "",
                    citation=decision.citation if decision else "",
                )
            )
    return result


class Candidate(Struct, frozen=True):
    reference: str
    name: str
    category: str
    conflict: bool


class PrizeTable(Struct, frozen=True):
    """Everything that the pages on prizes are drawn from, in three queries."""

    decisions: list[DecisionRow]
    runs: list[AdoptedRun]
    candidates: tuple[Candidate, ...]

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
        """Whether the reader acts for an entrant of the category; over all, of any."""
        return any(one.conflict for one in self.candidates if category in (one.category, ""))

    def eligible(self, category: str) -> list[tuple[str, str]]:
        return [
            (one.reference, f"{one.name}, {one.reference}")
            for one in self.candidates
            if category in (one.category, "")
        ]


async def prize_table(edition_id: int, actor: Actor, now: datetime) -> PrizeTable:
    rows = await RoundEntry.raw(
        "SELECT en.reference, t.name, c.code AS category,"  # noqa: S608  # only texts of ours are put in
        f" CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict FROM entry en JOIN entrant t ON t.id = en.entrant"
        " JOIN category c ON c.id = en.category WHERE en.edition = {} AND en.state = 'eligible'"
        " ORDER BY c.position, t.name, en.reference",
        *tied_to(actor.person_id, now), edition_id,
    )  # fmt: skip
    return PrizeTable(
        await decision_rows(edition_id),
        await adopted_runs(edition_id),
        tuple(Candidate(**{**row, "conflict": bool(row["conflict"])}) for row in rows),
    )
