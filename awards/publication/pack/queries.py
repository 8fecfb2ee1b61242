"""Reading what a pack is made of: the adopted runs as they were stored, prizes, deliberations, receipts."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec

from awards.actor import SYSTEM
from awards.audit.queries import head
from awards.editions.tables import EditionRule
from awards.publication.document import Draft
from awards.publication.pack.disclosing import Given
from awards.publication.pack.document import Basis, Prizes, candidate_document, rule_document
from awards.publication.pack.levels import Level
from awards.publication.pack.queries_earlier import changed_since
from awards.publication.pack.rounds import JudgedRound, Opening
from awards.results.queries import PrizeTable, prize_table
from awards.results.queries.deliberation import Decided, acts_to_publish, decided_orders
from awards.results.tables import CalibrationRun
from awards.scoresheets.tables import Receipt

_RUNS = (
    "SELECT r.id AS round_id, r.code, r.name, c.number, c.method, c.software, c.seed, c.inputs, c.inputs_sha256, c.body,"
    " c.sha256, s.version AS rules_version, s.sha256 AS rules_sha256 FROM calibration_run c"
    " JOIN round r ON r.id = c.round LEFT JOIN ruleset s ON s.id = c.ruleset"
    " WHERE r.edition = {} AND c.state = 'adopted' ORDER BY r.position"
)
# Of a sheet that was reopened and signed again, the newest receipt stands.
_RECEIPTS = (
    "SELECT re.round AS round_id, en.reference, s.label, p.commitment, p.document FROM receipt p"
    " JOIN scoresheet sh ON sh.id = p.scoresheet JOIN assignment a ON a.id = sh.assignment AND a.state = 'signed'"
    " JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry JOIN seat s ON s.id = a.seat"
    " WHERE en.edition = {} AND NOT EXISTS (SELECT 1 FROM receipt n WHERE n.scoresheet = p.scoresheet"
    "  AND n.version > p.version) ORDER BY p.id"
)


async def basis_of(edition_id: int, draft: Draft, now: datetime) -> Basis:
    table = await prize_table(edition_id, SYSTEM, now)
    chain = await head()
    return Basis(draft=draft, prizes=_prizes(table), head=(chain.seq, chain.hash))


async def given_of(edition_id: int, shows: str) -> Given:
    return Given(
        rounds=await _rounds(edition_id),
        asked=await disclosure_of(edition_id),
        shows=shows,
        changed=await changed_since(edition_id),
    )


async def disclosure_of(edition_id: int) -> Level:
    rows = await EditionRule.select(EditionRule.value).where(
        (EditionRule.edition == edition_id) & (EditionRule.code == "disclosure")
    )
    return Level(rows[0]["value"]) if rows else Level.SUMS


async def _rounds(edition_id: int) -> tuple[JudgedRound, ...]:
    receipts: dict[int, dict[tuple[str, str], Opening]] = defaultdict(dict)
    for row in await Receipt.raw(_RECEIPTS, edition_id):
        opening = Opening(row["commitment"], json.loads(row["document"]))
        receipts[row["round_id"]][row["reference"], row["label"]] = opening
    orders = await decided_orders(edition_id)
    acts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in await acts_to_publish(edition_id):
        acts[one.round].append(
            {
                "category": one.category,
                "statement": one.statement,
                "concluded_at": one.concluded_at.isoformat(),
                "acts": [msgspec.to_builtins(act) for act in one.acts],
                "attached": [list(pair) for pair in one.attached],
                "notes": one.notes,
                "leavings": one.leavings,
            }
        )
    return tuple(
        _judged(row, receipts[row["round_id"]], orders, acts[row["code"]])
        for row in await CalibrationRun.raw(_RUNS, edition_id)
    )


def _judged(
    row: dict[str, Any],
    receipts: dict[tuple[str, str], Opening],
    orders: dict[tuple[str, str], Decided],
    acts: list[dict[str, Any]],
) -> JudgedRound:
    inputs = json.loads(row["inputs"])
    sheets = [(one["entry"], one["judge"]) for one in inputs["sheets"]]
    own = [one for (code, _category), one in orders.items() if code == row["code"]]
    return JudgedRound(
        code=row["code"],
        name=row["name"],
        run={name: row[name] for name in ("number", "software", "seed", "inputs_sha256", "sha256")},
        ruleset=None
        if row["rules_version"] is None
        else {"version": row["rules_version"], "sha256": row["rules_sha256"]},
        inputs=inputs,
        body=json.loads(row["body"]),
        sheets_signed=len(sheets),
        openings=tuple(receipts[sheet] for sheet in sheets if sheet in receipts),
        decided={entry: rank for one in own for entry, rank in one.order.items()},
        deliberation=tuple(acts),
    )


def _prizes(table: PrizeTable) -> Prizes:
    rules = {row.prize: row.rule for row in table.decisions}
    return Prizes(
        rules=tuple(rule_document(rule) for rule in rules.values()),
        candidates={one.reference: candidate_document(one) for one in table.lined_up()},
        decided=tuple(
            {"prize": row.prize, "place": row.place, "reference": row.reference, "reason": row.reason}
            for row in table.decisions
            if row.place is not None
        ),
    )
