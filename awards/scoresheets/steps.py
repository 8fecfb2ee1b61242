"""What verbs of sheets share: each needs an open transaction and records nothing itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from piccolo.query.methods.raw import Raw

from awards.actor import Actor
from awards.db import in_transaction, shared, together
from awards.editions.rules import RoundState
from awards.errors import Denied, Halted, NotFound, Stale
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.rules import SeatState, may_write, terms_hash
from awards.panels.sentences import why_closed
from awards.scoresheets.rules import Judged, reading_order
from awards.scoresheets.tables import Scoresheet, SheetRevision
from awards.web.i18n import _
from judging.conflicts import Effect, Finding


class Desk(Struct, frozen=True):
    """An assignment of the actor with all that decides whether it may be written, in one row."""

    assignment_id: int
    round_entry_id: int
    reference: str
    entry_id: int
    category_id: int
    state: str
    origin: str
    seat_id: int
    label: str
    declared: bool
    terms_accepted: bool
    round_id: int
    edition_id: int
    round_state: RoundState
    opens: datetime
    closes: datetime
    extended_until: datetime | None
    extra_until: datetime | None
    confidence_asked: bool
    evidence_may_lack: bool
    sheet_id: int | None
    sheet_version: int
    known: "Known | None"
    halted: bool

    def closed(self, now: datetime) -> Denied | None:
        return may_write(
            state=self.round_state,
            opens=self.opens,
            closes=self.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
            now=now,
        )

    def gate(self) -> Denied | None:
        return owed(terms_accepted=self.terms_accepted, declared=self.declared)


def owed(*, terms_accepted: bool, declared: bool) -> Denied | None:
    """What the judge still owes before any entry opens."""
    if not terms_accepted:
        return Denied("terms", _("Accept the terms of the edition first. Nothing was saved."))
    if not declared:
        return Denied("conflicts", _("Declare your conflicts first. Nothing was saved."))
    return None


class Known(Struct, frozen=True):
    """The stored answer to an operation that arrived before."""

    sheet_id: int
    version: int
    base_version: int
    change: str
    at: datetime


_DESK = """
SELECT a.id AS assignment_id, a.round_entry AS round_entry_id, en.reference, en.id AS entry_id, en.category AS category_id, a.state,
  a.origin, a.extra_until, s.id AS seat_id, s.label, s.conflicts_declared_at, re.created_at AS put_at, r.id AS round_id,
  r.edition AS edition_id, r.state AS round_state, r.opens AS "opens", r.closes AS "closes", s.extended_until,
  r.confidence, r.not_enough_evidence, sh.id AS sheet_id, sh.version AS sheet_version, er.value AS terms, ta.terms_sha256,
  k.scoresheet AS k_sheet, k.version AS k_version, k.base_version AS k_base, k.change AS k_change,
  k.created_at AS "k_at"
FROM entry en
JOIN round_entry re ON re.entry = en.id
JOIN round r ON r.id = re.round
JOIN edition ed ON ed.id = r.edition
JOIN programme pr ON pr.id = ed.programme
JOIN seat s ON s.round = r.id AND s.person = {} AND s.state = {}
JOIN assignment a ON a.round_entry = re.id AND a.seat = s.id
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN edition_rule er ON er.edition = ed.id AND er.code = 'terms'
LEFT JOIN terms_acceptance ta ON ta.person = s.person AND ta.edition = ed.id
LEFT JOIN sheet_revision k ON k.actor_id = {} AND k.operation = {}
WHERE en.reference = {} AND r.code = {} AND ed.slug = {} AND pr.slug = {}
"""

# Asked once the round is held, in a statement of its own: one that began before sees no stop that it has waited for.
_HALTED = "(SELECT COUNT(*) FROM halt h WHERE h.edition = ed.id AND h.ended_at IS NULL) AS halted"

_JUDGED = f"""
SELECT c.id, c.code, sc.top, {_HALTED}
FROM entry en
JOIN edition ed ON ed.id = en.edition
JOIN programme pr ON pr.id = ed.programme
JOIN round r ON r.edition = ed.id
JOIN criterion c ON c.round = r.id
JOIN criterion_weight w ON w.criterion = c.id AND w.category = en.category
JOIN scale sc ON sc.id = c.scale
WHERE en.reference = {{}} AND r.code = {{}} AND ed.slug = {{}} AND pr.slug = {{}}
ORDER BY c.position, c.id
"""  # noqa: S608  # only a text of ours is put in

_ORDER = f"""
SELECT en.reference, (r.bridge_first AND re.bridge) AS calibration, {_HALTED}
FROM programme pr
JOIN edition ed ON ed.programme = pr.id
JOIN round r ON r.edition = ed.id
JOIN seat s ON s.round = r.id AND s.person = {{}} AND s.state = {{}}
JOIN assignment a ON a.seat = s.id AND a.state IN ('given', 'opened', 'started', 'signed')
JOIN round_entry re ON re.id = a.round_entry
JOIN entry en ON en.id = re.entry
WHERE r.code = {{}} AND ed.slug = {{}} AND pr.slug = {{}}
"""  # noqa: S608  # only a text of ours is put in


class Where(Struct, frozen=True):
    """A sheet as its address names it."""

    programme: str
    edition: str
    round: str
    reference: str


def refuse_halted(halted: bool) -> None:
    """While the secretariat looks into something no sheet is written; whoever sends again later is heard."""
    if halted:
        raise Halted(
            _(
                "The secretariat has stopped the judging of this edition for a while. Nothing was saved. What you wrote"
                " stays on this page: keep it open, and save again later."
            )
        )


async def refuse_conflict(actor: Actor, desk: Desk, at: datetime) -> None:
    """What was found out since the entry was given closes it at once, opened or not."""
    findings = await conflicts_of_pair(actor.person_id, desk.entry_id, desk.round_id, desk.edition_id, at)
    if refused := closed_by(findings):
        raise Denied(refused.code, f"{refused.why} {_('Nothing was saved.')}")


def closed_by(findings: Iterable[Finding]) -> Denied | None:
    forbidding = [finding for finding in findings if finding.effect is Effect.FORBID]
    return Denied("in conflict", why_closed(forbidding)) if forbidding else None


async def desk_of(actor: Actor, where: Where, key: str) -> Desk:
    """The actor's own assignment; anybody else's does not exist. `key` finds the answer given before."""
    return _desk(await _desk_query(actor, where, key), [])


async def desk_and_order(actor: Actor, where: Where) -> tuple[Desk, list[str]]:
    """With the references of all that the actor reads in the round, in their own order."""
    order = Scoresheet.raw(
        _ORDER, actor.person_id, SeatState.ACCEPTED.value, where.round, where.edition, where.programme
    )
    found, own = await together(_desk_query(actor, where, ""), order)
    desk = _desk(found, own)
    first = {row["reference"] for row in own if row["calibration"]}
    return desk, reading_order(desk.label, [row["reference"] for row in own], first)


async def desk_and_judged(actor: Actor, where: Where, key: str) -> tuple[Desk, list[Judged]]:
    """With what is judged of the entry, asked in one go."""
    judged = Scoresheet.raw(_JUDGED, where.reference, where.round, where.edition, where.programme)
    found, criteria = await together(_desk_query(actor, where, key), judged)
    return _desk(found, criteria), [Judged(row["id"], row["code"], row["top"]) for row in criteria]


def _desk_query(actor: Actor, where: Where, key: str) -> Raw:
    """The round is held as it is found: it neither closes nor gets other rules while a sheet of it is written."""
    assert in_transaction()
    return Scoresheet.raw(
        _DESK + shared("r"),
        actor.person_id,
        SeatState.ACCEPTED.value,
        actor.person_id,
        key,
        where.reference,
        where.round,
        where.edition,
        where.programme,
    )


def _desk(rows: list[dict[str, Any]], held: list[dict[str, Any]]) -> Desk:
    """`held` was asked after the round was held."""
    if not rows:
        raise NotFound
    row = rows[0]
    declared = row["conflicts_declared_at"] is not None and row["conflicts_declared_at"] >= row["put_at"]
    terms = row["terms"] or ""
    # One row for each text of terms that was ever accepted.
    accepted = not terms or terms_hash(terms) in {other["terms_sha256"] for other in rows}
    return Desk(
        assignment_id=row["assignment_id"],
        round_entry_id=row["round_entry_id"],
        reference=row["reference"],
        entry_id=row["entry_id"],
        category_id=row["category_id"],
        state=row["state"],
        origin=row["origin"],
        seat_id=row["seat_id"],
        label=row["label"],
        declared=declared,
        terms_accepted=accepted,
        round_id=row["round_id"],
        edition_id=row["edition_id"],
        round_state=RoundState(row["round_state"]),
        opens=row["opens"],
        closes=row["closes"],
        extended_until=row["extended_until"],
        extra_until=row["extra_until"],
        confidence_asked=bool(row["confidence"]),
        evidence_may_lack=bool(row["not_enough_evidence"]),
        sheet_id=row["sheet_id"],
        sheet_version=row["sheet_version"] or 0,
        known=_known(row),
        halted=any(one["halted"] for one in held),
    )


def _known(row: dict[str, Any]) -> Known | None:
    if row["k_sheet"] is None:
        return None
    return Known(row["k_sheet"], row["k_version"], row["k_base"], row["k_change"], row["k_at"])


def new_sheet(desk: Desk, order: Sequence[str], at: datetime) -> Raw:
    """The statement that adds the sheet's row, with its place in the judge's own order, where there is none."""
    assert in_transaction()
    return Scoresheet.raw(
        "INSERT INTO scoresheet (assignment, version, position, confidence, created_at)"
        " VALUES ({}, 0, {}, '', {}) ON CONFLICT (assignment) DO NOTHING RETURNING id",
        desk.assignment_id,
        order.index(desk.reference) + 1,
        at,
    )


async def sheet_of(actor: Actor, where: Where, desk: Desk, at: datetime) -> int:
    """The sheet's id, made now where a save comes before any opening."""
    if desk.sheet_id is not None:
        return desk.sheet_id
    _desk_again, order = await desk_and_order(actor, where)
    rows = await new_sheet(desk, order, at)
    if not rows:  # somebody else made it a moment ago
        rows = await Scoresheet.raw("SELECT id FROM scoresheet WHERE assignment = {}", desk.assignment_id)
    return int(rows[0]["id"])


def revision(
    *,
    sheet_id: int,
    version: int,
    actor: Actor,
    key: str,
    base_version: int,
    change: str,
    at: datetime,
    device_at: datetime | None = None,
) -> Raw:
    """The statement that appends it."""
    assert in_transaction()
    return SheetRevision.raw(
        "INSERT INTO sheet_revision (scoresheet, version, actor_id, operation, base_version, change, device_at, created_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {})",
        sheet_id,
        version,
        actor.person_id,
        key,
        base_version,
        change,
        device_at,
        at,
    )


async def lift(sheet_id: int, version: int) -> None:
    """The sheet's next version, for who found it as it is now."""
    assert in_transaction()
    rows = await Scoresheet.raw(
        "UPDATE scoresheet SET version = {} WHERE id = {} AND version = {} RETURNING id",
        version + 1,
        sheet_id,
        version,
    )
    if not rows:
        raise Stale
