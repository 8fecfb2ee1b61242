"""Reading rounds, runs and prizes for the secretariat. Marks and numbers only of rounds that are closed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from awards.actor import Actor
from awards.cities.tables import Official
from awards.editions.tables import Prize, Round
from awards.errors import NotFound
from awards.panels.tables import RoundEntry, Seat
from awards.results.rules import NONE, EntryInRound, Place, is_settled, propose
from awards.results.tables import CalibrationRun


@dataclass(frozen=True, slots=True)
class RunRow:
    id: int
    number: int
    state: str
    method: str
    software: str
    seed: int
    inputs_sha256: str
    sha256: str
    created_at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class RoundResults:
    """A closed round with its runs; `body` is the verdict of the run that is shown."""

    id: int
    edition_id: int
    code: str
    name: str
    kind: str
    state: str
    position: int
    job: str
    problem: str
    runs: tuple[RunRow, ...]
    run: RunRow | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntryName:
    """An entry of a round as the secretariat reads it; `conflict`: the reader acts for its entrant."""

    id: int
    round_entry: int
    reference: str
    title: str
    entrant: str
    country: str
    category: str
    category_name: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class JudgeName:
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in the list: counts of sheets only, whatever its state."""

    code: str
    name: str
    kind: str
    state: str
    closes: datetime
    entries: int
    signed: int
    wanted: int
    runs: int
    adopted: int | None

    @property
    def settled(self) -> bool:
        return is_settled(self.state)


# Whether a person (asked once for the name, twice for the time) acts for the entrant of `en`.
ACTS = (
    "EXISTS (SELECT 1 FROM official o WHERE (o.entrant = en.entrant OR o.entrant = en.for_city)"
    " AND o.person = {} AND o.since <= {} AND (o.until IS NULL OR o.until > {}))"
)


async def round_lines(edition_id: int) -> list[RoundLine]:
    rows = await Round.raw(
        "SELECT r.code, r.name, r.kind, r.state, r.closes,"
        " (SELECT COUNT(*) FROM round_entry re WHERE re.round = r.id) AS entries,"
        " (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry"
        "  WHERE re.round = r.id AND a.state = 'signed') AS signed,"
        " (SELECT SUM(re.sheets_wanted) FROM round_entry re WHERE re.round = r.id) AS wanted,"
        " (SELECT COUNT(*) FROM calibration_run c WHERE c.round = r.id) AS runs,"
        " (SELECT c.number FROM calibration_run c WHERE c.round = r.id AND c.state = 'adopted') AS adopted"
        " FROM round r WHERE r.edition = {} ORDER BY r.position",
        edition_id,
    )
    return [RoundLine(**{**row, "wanted": int(row["wanted"] or 0)}) for row in rows]


async def round_results(edition_id: int, code: str, number: int | None = None) -> RoundResults:
    """The round with its runs and one body: the asked run, else the adopted, else the newest that stands."""
    shown = (
        "(SELECT c.id FROM calibration_run c WHERE c.round = r.id ORDER BY CASE WHEN c.number = {} THEN 0"
        " WHEN c.state = 'adopted' THEN 1 WHEN c.state = 'provisional' THEN 2 ELSE 3 END, c.number DESC LIMIT 1)"
    )
    job = (
        "(SELECT j.{field} FROM job j WHERE j.kind = 'calibrate' AND j.subject_kind = 'round'"
        " AND j.subject_id = r.id ORDER BY j.id DESC LIMIT 1)"
    )
    state, result = job.replace("{field}", "state"), job.replace("{field}", "result")
    rows = await Round.raw(
        "SELECT r.id AS round_id, r.edition AS edition_id, r.code, r.name, r.kind, r.state AS round_state, r.position,"  # noqa: S608  # only texts of ours are put in
        f" {state} AS job, {result} AS job_result,"
        " c.id, c.number, c.state, c.method, c.software, c.seed, c.inputs_sha256, c.sha256, c.created_at,"
        f" p.name AS by_name, CASE WHEN c.id = {shown} THEN c.body ELSE '' END AS body,"
        " CASE WHEN c.number = {} THEN 1 ELSE 0 END AS asked"
        " FROM round r LEFT JOIN calibration_run c ON c.round = r.id"
        ' LEFT JOIN person p ON p.id = c."by" WHERE r.edition = {} AND r.code = {} ORDER BY c.number DESC',
        number or 0, number or 0, edition_id, code,
    )  # fmt: skip
    if not rows or (number is not None and not any(row["asked"] for row in rows)):
        raise NotFound
    first = rows[0]
    found = [(row, _run(row)) for row in rows if row["id"] is not None]
    settled = is_settled(first["round_state"])
    run, body = next(((run, row["body"]) for row, run in found if row["body"]), (None, ""))
    return RoundResults(
        id=first["round_id"],
        edition_id=first["edition_id"],
        code=first["code"],
        name=first["name"],
        kind=first["kind"],
        state=first["round_state"],
        position=first["position"],
        job=first["job"] or "",
        problem=json.loads(first["job_result"] or "{}").get("problem", ""),
        runs=tuple(run for _row, run in found) if settled else (),
        run=run if settled else None,
        body=read_body(body) if settled and body else {},
    )


def _run(row: Mapping[str, Any]) -> RunRow:
    return RunRow(
        id=row["id"],
        number=row["number"],
        state=row["state"],
        method=row["method"],
        software=row["software"],
        seed=row["seed"],
        inputs_sha256=row["inputs_sha256"],
        sha256=row["sha256"],
        created_at=row["created_at"],
        by=row["by_name"] or "",
    )


@lru_cache(maxsize=8)
def read_body(text: str) -> Mapping[str, Any]:
    """A run's body as data. Kept: a body never changes, and every category of a round reads the same one."""
    return json.loads(text)  # type: ignore[no-any-return]  # our own canonical document


async def entry_names(round_id: int, actor: Actor, now: datetime) -> dict[str, EntryName]:
    """Every entry of the round by reference, in the order of categories."""
    rows = await RoundEntry.raw(
        "SELECT en.id, re.id AS round_entry, en.reference, en.title, t.name AS entrant, t.country,"  # noqa: S608  # only texts of ours are put in
        f" c.code AS category, c.name AS category_name, CASE WHEN {ACTS} THEN 1 ELSE 0 END AS conflict"
        " FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant"
        " JOIN category c ON c.id = en.category WHERE re.round = {}"
        " ORDER BY c.position, c.id, en.reference",
        actor.person_id, now, now, round_id,
    )  # fmt: skip
    return {row["reference"]: EntryName(**{**row, "conflict": bool(row["conflict"])}) for row in rows}


def conflicted(entries: Mapping[str, EntryName]) -> frozenset[str]:
    """Categories that the reader must not see: an entrant that they act for has an entry there."""
    return frozenset(entry.category for entry in entries.values() if entry.conflict)


async def conflicted_categories(edition_id: int, person_id: int, now: datetime) -> frozenset[str]:
    """The same over a whole edition."""
    rows = await Official.raw(
        "SELECT DISTINCT c.code FROM entry en JOIN category c ON c.id = en.category"  # noqa: S608  # only texts of ours are put in
        f" WHERE {ACTS} AND en.edition = {{}} AND en.state <> 'draft'",
        person_id, now, now, edition_id,
    )  # fmt: skip
    return frozenset(row["code"] for row in rows)


@dataclass(frozen=True, slots=True)
class Names:
    """How people call what a body knows by its label or code."""

    judges: Mapping[str, JudgeName]
    prizes: Mapping[str, str]


async def names_of(found: RoundResults) -> Names:
    """The judges of the round and the prizes of its edition, in one query."""
    rows = await Seat.raw(
        "SELECT 0 AS is_prize, s.label AS code, p.name AS name FROM seat s JOIN person p ON p.id = s.person"
        " WHERE s.round = {} UNION ALL SELECT 1, z.code, z.name FROM prize z WHERE z.edition = {}",
        found.id, found.edition_id,
    )  # fmt: skip
    return Names(
        {row["code"]: JudgeName(row["code"], row["name"]) for row in rows if not row["is_prize"]},
        {row["code"]: row["name"] for row in rows if row["is_prize"]},
    )


async def two_bodies(round_id: int, before: int, after: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    rows = await CalibrationRun.raw(
        "SELECT number, body FROM calibration_run WHERE round = {} AND number IN ({}, {})",
        round_id, before, after,
    )  # fmt: skip
    bodies = {row["number"]: read_body(row["body"]) for row in rows}
    if before not in bodies or after not in bodies:
        raise NotFound
    return bodies[before], bodies[after]


# --- prizes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AdoptedRun:
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


@dataclass(frozen=True, slots=True)
class DecisionRow:
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
        ("category", "category_name", "reference", "title", "entrant", "entry_state", "run_state", "reason", "citation"), ""
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


async def entries_in_rounds(edition_id: int) -> list[EntryInRound]:
    """Every entry of every round with counts of its sheets: for the gate, without a mark."""
    rows = await RoundEntry.raw(
        "SELECT r.code AS round, r.name AS round_name, r.state AS round_state, en.reference, en.title,"
        " t.name AS entrant, c.code AS category, en.state, re.sheets_wanted AS wanted, re.reason,"
        " (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state = 'signed') AS signed,"
        " (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id"
        "  AND a.state IN ('given', 'opened', 'started')) AS unsigned"
        " FROM round_entry re JOIN round r ON r.id = re.round JOIN entry en ON en.id = re.entry"
        " JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category"
        " WHERE r.edition = {} AND r.kind = 'criteria' ORDER BY r.position, c.position, en.reference",
        edition_id,
    )
    return [EntryInRound(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Candidate:
    reference: str
    name: str
    category: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class PrizeTable:
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
        f" CASE WHEN {ACTS} THEN 1 ELSE 0 END AS conflict FROM entry en JOIN entrant t ON t.id = en.entrant"
        " JOIN category c ON c.id = en.category WHERE en.edition = {} AND en.state = 'eligible'"
        " ORDER BY c.position, t.name, en.reference",
        actor.person_id, now, now, edition_id,
    )  # fmt: skip
    return PrizeTable(
        await decision_rows(edition_id),
        await adopted_runs(edition_id),
        tuple(Candidate(**{**row, "conflict": bool(row["conflict"])}) for row in rows),
    )
