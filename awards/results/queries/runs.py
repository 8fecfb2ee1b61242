"""Reading rounds and runs for the secretariat. Marks and numbers only of rounds that are closed."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.cities.tables import Official
from awards.editions.queries import RoundRow
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.stored import ring_of
from awards.editions.tables import Round
from awards.errors import NotFound
from awards.panels.tables import RoundEntry, Seat
from awards.results.awarding import PrizeRule
from awards.results.rules import is_settled, shows_runs
from awards.results.tables import CalibrationRun


class RunRow(Struct, frozen=True):
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


class RoundResults(Struct, frozen=True):
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
    version: int
    inputs: str
    """Of the run that is shown, as it was stored."""
    newest_rules: bool
    """Whether the run that is shown was computed under the ruleset that holds now."""
    asked: int
    """Sheets about which one person asked and nobody has consented yet."""


class EntryName(Struct, frozen=True):
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
    region: str = ""
    kind: str = ""
    """Of who enters; the region is the city's. By these some prizes are for some entries only."""


class JudgeName(Struct, frozen=True):
    label: str
    name: str


class RoundLine(Struct, frozen=True):
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

    @property
    def readable(self) -> bool:
        return shows_runs(self.state)


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


_ASKED = (
    "SELECT COUNT(*) FROM approval q JOIN assignment a ON a.id = q.subject_id JOIN round_entry x ON x.id = a.round_entry"
    " WHERE q.subject_kind = 'assignment' AND x.round = r.id AND q.action IN ('set sheet aside', 'restore sheet')"
    " AND q.given_at IS NULL AND q.ended_at IS NULL"
)


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
        "SELECT r.id AS round_id, r.edition AS edition_id, r.code, r.name, r.kind, r.state AS round_state, r.position, r.version,"  # noqa: S608  # only texts of ours are put in
        f" {state} AS job, {result} AS job_result,"
        " c.id, c.number, c.state, c.method, c.software, c.seed, c.inputs_sha256, c.sha256, c.created_at, c.ruleset,"
        " (SELECT f.id FROM ruleset f WHERE f.round_id = r.id ORDER BY f.version DESC LIMIT 1) AS newest_ruleset,"
        f" p.name AS by_name, CASE WHEN c.id = {shown} THEN c.body ELSE '' END AS body,"
        f" CASE WHEN c.id = {shown} THEN c.inputs ELSE '' END AS inputs, ({_ASKED}) AS about,"
        " CASE WHEN c.number = {} THEN 1 ELSE 0 END AS asked"
        " FROM round r LEFT JOIN calibration_run c ON c.round = r.id"
        ' LEFT JOIN person p ON p.id = c."by" WHERE r.edition = {} AND r.code = {} ORDER BY c.number DESC',
        number or 0, number or 0, number or 0, edition_id, code,
    )  # fmt: skip
    if not rows or (number is not None and not any(row["asked"] for row in rows)):
        raise NotFound
    first = rows[0]
    found = [(row, _run(row)) for row in rows if row["id"] is not None]
    readable = shows_runs(first["round_state"])
    run, body, inputs, newest = next(
        (
            (run, row["body"], row["inputs"], row["ruleset"] == row["newest_ruleset"])
            for row, run in found
            if row["body"]
        ),
        (None, "", "", True),
    )
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
        runs=tuple(run for _row, run in found) if readable else (),
        run=run if readable else None,
        body=read_body(body) if readable and body else {},
        version=first["version"],
        inputs=inputs if readable else "",
        newest_rules=newest,
        asked=first["about"],
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
    body: Mapping[str, Any] = json.loads(text)
    return body


async def entry_names(round_id: int, actor: Actor, now: datetime) -> dict[str, EntryName]:
    """Every entry of the round by reference, in the order of categories."""
    rows = await RoundEntry.raw(
        "SELECT en.id, re.id AS round_entry, en.reference, en.title, t.name AS entrant, t.country, ct.region, t.kind,"  # noqa: S608  # only texts of ours are put in
        f" c.code AS category, c.name AS category_name, CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict"
        " FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant"
        " JOIN entrant ct ON ct.id = COALESCE(en.for_city, en.entrant)"
        " JOIN category c ON c.id = en.category WHERE re.round = {}"
        " ORDER BY c.position, c.id, en.reference",
        *tied_to(actor.person_id, now), round_id,
    )  # fmt: skip
    return {row["reference"]: EntryName(**{**row, "conflict": bool(row["conflict"])}) for row in rows}


def conflicted(entries: Mapping[str, EntryName]) -> frozenset[str]:
    """Categories that the reader must not see: an entrant that they are tied to has an entry there."""
    return frozenset(entry.category for entry in entries.values() if entry.conflict)


async def conflicted_categories(edition_id: int, person_id: int, now: datetime) -> frozenset[str]:
    """The same over a whole edition."""
    rows = await Official.raw(
        "SELECT DISTINCT c.code FROM entry en JOIN category c ON c.id = en.category"  # noqa: S608  # only texts of ours are put in
        f" WHERE {TIED} AND en.edition = {{}} AND en.state <> 'draft'",
        *tied_to(person_id, now), edition_id,
    )  # fmt: skip
    return frozenset(row["code"] for row in rows)


class Names(Struct, frozen=True):
    """How people call what a body knows by its label or code; criteria in the order of the sheet."""

    judges: Mapping[str, JudgeName]
    prizes: Mapping[str, str]
    criteria: Mapping[str, str] = {}
    rules: tuple[PrizeRule, ...] = ()

    def judged(self, inputs: str, category: str) -> dict[str, str]:
        """The criteria that a run with these inputs judged in a category."""
        weights = {one["code"]: one["weights"] for one in read_body(inputs)["criteria"]} if inputs else {}
        return {code: name for code, name in self.criteria.items() if weights.get(code, {}).get(category)}


async def names_of(found: RoundResults | RoundRow) -> Names:
    """The judges and criteria of the round and the prizes of its edition, in one query."""
    rows = await Seat.raw(
        "SELECT 0 AS kind, s.label AS code, p.name AS name, 0 AS position, '' AS category, '' AS way, 0 AS places,"
        " '' AS ring FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {}"
        " UNION ALL SELECT 1, z.code, z.name, z.position, COALESCE(c.code, ''), z.kind, z.places, z.\"values\""
        " FROM prize z LEFT JOIN category c ON c.id = z.category WHERE z.edition = {}"
        " UNION ALL SELECT 2, k.code, k.name, k.position, '', '', 0, '' FROM criterion k WHERE k.round = {}"
        " ORDER BY 1, 4, 2",
        found.id, found.edition_id, found.id,
    )  # fmt: skip
    prizes = [row for row in rows if row["kind"] == 1]
    return Names(
        {row["code"]: JudgeName(row["code"], row["name"]) for row in rows if row["kind"] == 0},
        {row["code"]: row["name"] for row in prizes},
        {row["code"]: row["name"] for row in rows if row["kind"] == 2},
        tuple(
            PrizeRule(
                row["code"], row["category"], row["position"], row["places"], row["way"], ring_of(row["ring"])
            )
            for row in prizes
        ),
    )


class RunText(Struct, frozen=True):
    """A run as it is compared: what it read, what came out, and by what."""

    number: int
    state: str
    software: str
    ruleset: int
    inputs: Mapping[str, Any]
    body: Mapping[str, Any]


async def two_runs(round_id: int, before: int, after: int) -> tuple[RunText, RunText]:
    rows = await CalibrationRun.raw(
        "SELECT c.number, c.state, c.software, f.version AS ruleset, c.inputs, c.body FROM calibration_run c"
        " JOIN ruleset f ON f.id = c.ruleset WHERE c.round = {} AND c.number IN ({}, {})",
        round_id, before, after,
    )  # fmt: skip
    runs = {
        row["number"]: RunText(
            row["number"], row["state"], row["software"], row["ruleset"], read_body(row["inputs"]), read_body(row["body"])
        )
        for row in rows
    }  # fmt: skip
    if before not in runs or after not in runs:
        raise NotFound
    return runs[before], runs[after]
