"""How the entries of a round stand when it is asked who goes on, and who went on. For the secretariat alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.round_method import method_of
from awards.editions.rules import RoundKind
from awards.editions.tables import Round
from awards.errors import NotFound
from awards.panels.tables import RoundEntry
from awards.results.advancing import Outcome, Stand, by_rule
from awards.results.candidates import ranks_in
from awards.results.passing import passing_of
from awards.results.queries.deliberation import decided_orders
from awards.results.queries.passing import passing_facts
from awards.results.queries.runs import read_body
from awards.results.rules import is_settled


class NextRound(Struct, frozen=True):
    id: int
    code: str
    name: str
    state: str
    sheets_wanted: int
    carried_weight: int


class Going(Struct, frozen=True):
    """An entry that is still in, with what was last said of it; `in_next` is its place in the next round."""

    round_entry: int
    entry: int
    reference: str
    title: str
    entrant: str
    category: str
    category_name: str
    conflict: bool
    version_id: int | None
    outcome: str
    version: int
    reason: str
    in_next: int | None
    assigned: int


class AdvancingTable(Struct, frozen=True):
    id: int
    edition_id: int
    code: str
    name: str
    kind: str
    state: str
    run_id: int | None
    run_number: int | None
    rule: tuple[str, str]
    next: NextRound | None
    entries: tuple[Going, ...]
    stands: Mapping[str, Stand]

    @property
    def proposed(self) -> frozenset[str]:
        return by_rule(list(self.stands.values()), self.rule)

    @property
    def names(self) -> dict[str, str]:
        return {one.reference: one.entrant for one in self.entries}

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(one.category for one in self.entries if one.conflict)

    @property
    def seen(self) -> int:
        """How often something was said of these entries: a form that was drawn before the last time is refused."""
        return sum(one.version for one in self.entries)


_ROUND = """
SELECT r.id, r.edition AS edition_id, r.code, r.name, r.kind, r.state, r.method, u.id AS run_id,
  u.number AS run_number, u.body, n.id AS next_id, n.code AS next_code, n.name AS next_name, n.state AS next_state,
  n.sheets_wanted, n.method AS next_method,
  CASE WHEN EXISTS (SELECT 1 FROM deliberation d WHERE d.run = u.id AND d.state = 'concluded')
    THEN 1 ELSE 0 END AS deliberated
FROM round r LEFT JOIN calibration_run u ON u.round = r.id AND u.state = 'adopted'
LEFT JOIN round n ON n.edition = r.edition AND n.position > r.position AND NOT EXISTS (
  SELECT 1 FROM round o WHERE o.edition = r.edition AND o.position > r.position AND o.position < n.position)
WHERE r.edition = {} AND r.code = {}
"""

_ENTRIES = f"""
SELECT re.id AS round_entry, en.id AS entry, en.reference, en.title, t.name AS entrant, c.code AS category,
  c.name AS category_name, CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict, re.outcome, v.version, v.reason,
  (SELECT w.id FROM entry_version w WHERE w.entry = en.id ORDER BY w.number DESC LIMIT 1) AS version_id,
  x.id AS in_next, (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = x.id) AS assigned
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category
LEFT JOIN advance v ON v.round_entry = re.id AND NOT EXISTS (
  SELECT 1 FROM advance o WHERE o.round_entry = re.id AND o.version > v.version)
LEFT JOIN round_entry x ON x.entry = en.id AND x.round = {{}}
WHERE re.round = {{}} AND en.state = 'eligible' ORDER BY c.position, c.id, t.folded, en.reference
"""  # noqa: S608  # only texts of ours are put in


async def advancing_table(edition_id: int, code: str, actor: Actor, now: datetime) -> AdvancingTable:
    rows = await Round.raw(_ROUND, edition_id, code)
    if not rows:
        raise NotFound
    row = rows[0]
    found = await RoundEntry.raw(_ENTRIES, *tied_to(actor.person_id, now), row["next_id"] or 0, row["id"])
    entries = tuple(
        Going(
            **{
                **one,
                "conflict": bool(one["conflict"]),
                "version": one["version"] or 0,
                "reason": one["reason"] or "",
            }
        )
        for one in found
    )
    settled = is_settled(row["state"])
    return AdvancingTable(
        id=row["id"],
        edition_id=row["edition_id"],
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        state=row["state"],
        run_id=row["run_id"] if settled else None,
        run_number=row["run_number"],
        rule=method_of(json.loads(row["method"] or "{}")).advance,
        next=NextRound(
            row["next_id"],
            row["next_code"],
            row["next_name"],
            row["next_state"],
            row["sheets_wanted"],
            method_of(json.loads(row["next_method"] or "{}")).carried_weight,
        )
        if row["next_id"]
        else None,
        entries=entries,
        stands=await _stands(row, entries) if settled else {},
    )


async def _stands(row: Mapping[str, Any], entries: tuple[Going, ...]) -> dict[str, Stand]:
    if row["kind"] == RoundKind.PASSING:
        facts = await passing_facts(row["id"])
        shares = {one.reference: one.sheets.share for one in passing_of(facts.references, facts.sheets)}
        return {
            one.reference: Stand(one.reference, one.category, score=shares.get(one.reference))
            for one in entries
        }
    body = read_body(row["body"]) if row["body"] else {}
    left = await decided_orders(row["edition_id"]) if row["deliberated"] else {}
    ranks: dict[str, int | None] = {}
    for category in {one.category for one in entries}:
        order = left.get((row["code"], category))
        ranks |= ranks_in(body, category) if order is None else order.order
    totals = {one["entry"]: one for one in body.get("standings", ()) if one["scope"] == "all"}
    found = {}
    for one in entries:
        total = totals.get(one.reference, {})
        found[one.reference] = Stand(
            one.reference,
            one.category,
            ranks.get(one.reference),
            _units(total.get("estimate")),
            _units(total.get("error")),
            total.get("rank_low"),
            total.get("rank_high"),
        )
    return found


def _units(millionths: int | None) -> Fraction | None:
    return None if millionths is None else Fraction(millionths, 1_000_000)


async def advanced(edition_id: int) -> frozenset[str]:
    """References of the finalists: who went on into the last round into which anybody went, and is still in."""
    rows = await RoundEntry.raw(
        "SELECT en.reference, r.position FROM round_entry re JOIN round r ON r.id = re.round"
        " JOIN entry en ON en.id = re.entry WHERE r.edition = {} AND re.outcome = {} AND en.state = 'eligible'",
        edition_id,
        Outcome.ADVANCED.value,
    )
    last = max((row["position"] for row in rows), default=0)
    return frozenset(row["reference"] for row in rows if row["position"] == last)
