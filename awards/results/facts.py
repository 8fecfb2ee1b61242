"""Reading what a verdict depends on. For the run alone: no page shows what stands here while a round is open."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from awards.editions.tables import CriterionWeight, Prize, Round, Ruleset
from awards.errors import Invalid, NotFound
from awards.panels.tables import RoundEntry, Seat
from awards.results.carrying import carried_from
from awards.results.rules import read_method
from awards.scoresheets.tables import Mark
from awards.web.i18n import _
from judging import Carried


class RoundRow(Struct, frozen=True):
    id: int
    edition_id: int
    programme_id: int
    code: str
    name: str
    kind: str
    state: str
    method: str
    confidence: bool
    version: int


class RoundFacts(Struct, frozen=True):
    """The round as its rows have it. Mark rows: reference, label, criterion, value, confidence."""

    round: RoundRow
    weights: tuple[dict[str, Any], ...]
    entries: tuple[dict[str, Any], ...]
    seats: tuple[dict[str, Any], ...]
    sheets: tuple[dict[str, Any], ...]
    marks: tuple[dict[str, Any], ...]
    prizes: tuple[dict[str, Any], ...]
    carried: tuple[Carried, ...] = ()


async def round_by_id(round_id: int) -> RoundRow:
    rows = await Round.raw(
        "SELECT r.id, r.edition AS edition_id, e.programme AS programme_id, r.code, r.name, r.kind, r.state, r.method,"
        " r.confidence, r.version FROM round r JOIN edition e ON e.id = r.edition WHERE r.id = {}",
        round_id,
    )
    if not rows:
        raise NotFound
    return RoundRow(**{**rows[0], "confidence": bool(rows[0]["confidence"])})


async def facts_of(round_id: int) -> RoundFacts:
    """Everything of a round that its verdict depends on, in the order of ids."""
    row = await round_by_id(round_id)
    weights = await CriterionWeight.raw(
        "SELECT k.code AS criterion, s.origin_milli, s.step_milli, s.top, c.code AS category, w.weight"
        " FROM criterion_weight w JOIN criterion k ON k.id = w.criterion JOIN scale s ON s.id = k.scale"
        " JOIN category c ON c.id = w.category WHERE k.round = {} ORDER BY k.position, k.id, c.position, c.id",
        round_id,
    )
    entries = await RoundEntry.raw(
        "SELECT re.id, en.reference, c.code AS category, t.country, t.region, o.kind FROM round_entry re"
        " JOIN entry en ON en.id = re.entry JOIN category c ON c.id = en.category"
        " JOIN entrant t ON t.id = COALESCE(en.for_city, en.entrant) JOIN entrant o ON o.id = en.entrant"
        " WHERE re.round = {} AND en.state NOT IN ('withdrawn', 'ineligible') ORDER BY re.id",
        round_id,
    )
    seats = await Seat.raw(
        "SELECT s.id, s.label, a.country FROM seat s JOIN round r ON r.id = s.round"
        " LEFT JOIN affiliation a ON a.person = s.person AND a.country <> '' AND a.kind IN ('home', 'nationality')"
        " AND a.since < r.closes AND (a.until IS NULL OR a.until > r.opens)"
        # Who only deliberates is seated when the sheets are closed too, and has no part in what they say.
        " WHERE s.round = {} AND s.role <> 'jury' AND (s.role <> 'chair' OR s.created_at < r.closes) ORDER BY s.id, a.id",
        round_id,
    )
    sheets = await RoundEntry.raw(
        "SELECT sh.id, en.reference, s.label, sh.confidence FROM assignment a"
        " JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry"
        " JOIN seat s ON s.id = a.seat JOIN scoresheet sh ON sh.assignment = a.id"
        " WHERE re.round = {} AND a.state = 'signed' AND en.state NOT IN ('withdrawn', 'ineligible') ORDER BY sh.id",
        round_id,
    )
    marks = await Mark.raw(
        "SELECT m.scoresheet, k.code AS criterion, m.value FROM mark m JOIN criterion k ON k.id = m.criterion"
        " JOIN scoresheet sh ON sh.id = m.scoresheet JOIN assignment a ON a.id = sh.assignment"
        " WHERE k.round = {} AND a.state = 'signed' AND m.state = 'given' AND m.value IS NOT NULL ORDER BY m.id",
        round_id,
    )
    prizes = await Prize.raw(
        'SELECT p.code, c.code AS category, p.position, p.places, p.kind, p."values" AS ring FROM prize p'
        " LEFT JOIN category c ON c.id = p.category WHERE p.edition = {} AND p.kind <> 'outside' ORDER BY p.position, p.id",
        row.edition_id,
    )
    weight = read_method(row.method).carried_weight
    return RoundFacts(
        row,
        tuple(weights),
        tuple(entries),
        tuple(seats),
        tuple(sheets),
        tuple(marks),
        tuple(prizes),
        await _carried(round_id, weight, {one["reference"] for one in entries}) if weight else (),
    )


async def _carried(round_id: int, weight: int, here: Collection[str]) -> tuple[Carried, ...]:
    """The totals that entries of this round have in the adopted run of the round with marks before it."""
    rows = await Round.raw(
        "SELECT u.body FROM round r JOIN round p ON p.edition = r.edition AND p.position < r.position"
        " AND p.kind = 'criteria' AND NOT EXISTS (SELECT 1 FROM round q WHERE q.edition = r.edition"
        "  AND q.kind = 'criteria' AND q.position < r.position AND q.position > p.position)"
        " JOIN calibration_run u ON u.round = p.id AND u.state = 'adopted' WHERE r.id = {}",
        round_id,
    )
    if not rows:
        text = _("The score of the round before counts in this one, and that round has no adopted run.")
        raise Invalid({"": text})
    return carried_from(json.loads(rows[0]["body"]), weight, here)


async def ruleset_of(round_id: int) -> int | None:
    """The ruleset that froze when the round opened, or the newest one since."""
    rows = await Ruleset.raw(
        "SELECT id FROM ruleset WHERE round_id = {} ORDER BY version DESC LIMIT 1", round_id
    )
    return int(rows[0]["id"]) if rows else None


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
