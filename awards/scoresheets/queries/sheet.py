"""One entry as its judge may read it, beside the judge's own sheet."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.rules import RoundState
from awards.entries.queries import BlindEntry, version_for_judges
from awards.errors import Denied, NotFound
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.rounds import RoundRow, round_of, with_round
from awards.panels.rules import SeatState, deadline_of, may_write, terms_hash
from awards.scoresheets.rules import REOPENING, Given, given_of, reason_of
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import Scoresheet
from judging.conflicts import Effect
from judging.scales import Scale


class SheetCriterion(Struct, frozen=True):
    code: str
    name: str
    question: str
    weight: int
    scale: Scale
    low_label: str
    high_label: str
    rubric: tuple[tuple[int, str], ...]
    mark: Given


class SheetView(Struct, frozen=True):
    """An entry as its judge may read it, beside the judge's own sheet."""

    round: RoundRow
    seat_id: int
    assignment_state: str
    origin: str
    extended_until: datetime | None
    extra_until: datetime | None
    reference: str
    version: int
    position: int
    total: int
    confidence: str
    note_secretariat: str
    note_city: str
    saved_at: datetime | None
    signed_at: datetime | None
    reopened: str
    from_paper: bool
    """Whether what stands on it was keyed in for the judge, who has not said yet whether it is theirs."""
    must_accept_terms: bool
    must_declare: bool
    in_conflict: bool
    """Whether a rule forbids the judge to read it: the entry stays closed."""
    halted: bool
    """Whether the secretariat has stopped the edition: it is read, and nothing of it is saved."""
    criteria: tuple[SheetCriterion, ...]
    entry: BlindEntry | None

    @property
    def deadline(self) -> datetime:
        return deadline_of(
            state=self.round.state,
            closes=self.round.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
        )

    @property
    def marked(self) -> int:
        return sum(criterion.mark is not None for criterion in self.criteria)

    def closed(self, now: datetime) -> Denied | None:
        return may_write(
            state=self.round.state,
            opens=self.round.opens,
            closes=self.round.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
            now=now,
        )


_SHEET = with_round("""
SELECT ROUND_COLUMNS,
  s.id AS seat_id, a.state, a.origin, a.saved_at, a.signed_at, s.extended_until, a.extra_until, s.conflicts_declared_at,
  re.created_at AS put_at, re.entry_version, en.reference, en.id AS entry_id, en.category AS category_id, sh.id AS sheet_id, sh.version,
  sh.position, sh.confidence AS sure, er.value AS terms, ta.terms_sha256,
  (SELECT n.text FROM sheet_note n WHERE n.scoresheet = sh.id AND n.audience = 'secretariat') AS to_secretariat,
  (SELECT n.text FROM sheet_note n WHERE n.scoresheet = sh.id AND n.audience = 'city') AS to_city,
  (SELECT COUNT(*) FROM assignment o WHERE o.seat = s.id
   AND o.state IN ('given', 'opened', 'started', 'signed')) AS total,
  (SELECT v.change FROM sheet_revision v WHERE v.scoresheet = sh.id AND REOPENING
   ORDER BY v.version DESC LIMIT 1) AS reopening,
  (SELECT k.version FROM keying k WHERE k.scoresheet = sh.id ORDER BY k.version DESC LIMIT 1) AS keyed_version,
  (SELECT COUNT(*) FROM halt h WHERE h.edition = r.edition AND h.ended_at IS NULL) AS halted
FROM entry en JOIN round_entry re ON re.entry = en.id JOIN round r ON r.id = re.round
ROUND_TABLES
JOIN seat s ON s.round = r.id AND s.person = {} AND s.state = {}
JOIN assignment a ON a.round_entry = re.id AND a.seat = s.id
  AND a.state IN ('given', 'opened', 'started', 'signed')
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN edition_rule er ON er.edition = ed.id AND er.code = 'terms'
LEFT JOIN terms_acceptance ta ON ta.person = s.person AND ta.edition = ed.id
WHERE en.reference = {} AND r.code = {} AND ed.slug = {} AND pr.slug = {}
""").replace("REOPENING", REOPENING)

_CRITERIA = """
SELECT k.id, k.code, k.name, k.question, w.weight, sc.origin_milli, sc.step_milli, sc.top, sc.low_label, sc.high_label,
  m.value, m.state AS answer, l.mark AS level, l.text AS words
FROM criterion k JOIN criterion_weight w ON w.criterion = k.id AND w.category = {}
JOIN scale sc ON sc.id = k.scale
LEFT JOIN mark m ON m.criterion = k.id AND m.scoresheet = {}
LEFT JOIN rubric_level l ON l.criterion = k.id
WHERE k.round = {} ORDER BY k.position, k.id, l.mark
"""


class _Opened(Struct, frozen=True):
    """An assignment of the actor, and what still keeps its entry closed."""

    row: dict[str, Any]
    round: RoundRow
    accepted: bool
    declared: bool
    in_conflict: bool
    readable: bool


async def _opened(actor: Actor, where: Where, now: datetime) -> _Opened:
    """Before the terms and the list of conflicts are answered, or the round opens, the entry stays closed."""
    rows = await Scoresheet.raw(
        _SHEET,
        actor.person_id,
        SeatState.ACCEPTED.value,
        where.reference,
        where.round,
        where.edition,
        where.programme,
    )
    if not rows:
        raise NotFound
    row = rows[0]
    terms = row["terms"] or ""
    accepted = not terms or terms_hash(terms) in {other["terms_sha256"] for other in rows}
    declared = row["conflicts_declared_at"] is not None and row["conflicts_declared_at"] >= row["put_at"]
    found = round_of(row)
    readable = accepted and declared and found.state is not RoundState.DRAFT and now >= found.opens
    in_conflict = readable and await _is_barred(actor, row["entry_id"], found, now)
    return _Opened(row, found, accepted, declared, in_conflict, readable and not in_conflict)


async def version_for_reader(actor: Actor, where: Where, now: datetime) -> tuple[RoundRow, int]:
    """The version that the judge reads at this instant; while the entry is closed to them, it does not exist."""
    opened = await _opened(actor, where, now)
    if not opened.readable or opened.row["entry_version"] is None:
        raise NotFound
    return opened.round, int(opened.row["entry_version"])


async def sheet_for_judge(actor: Actor, where: Where, now: datetime) -> SheetView:
    opened = await _opened(actor, where, now)
    row, found, readable = opened.row, opened.round, opened.readable
    entry = (
        await version_for_judges(row["entry_version"], blind=found.blind)
        if readable and row["entry_version"] is not None
        else None
    )
    criteria = await criteria_of(found.id, row["category_id"], row["sheet_id"] or 0) if readable else ()
    return SheetView(
        round=found,
        seat_id=row["seat_id"],
        assignment_state=row["state"],
        origin=row["origin"],
        extended_until=row["extended_until"],
        extra_until=row["extra_until"],
        reference=row["reference"],
        version=row["version"] or 0,
        position=row["position"] or 0,
        total=row["total"],
        confidence=row["sure"] or "",
        note_secretariat=row["to_secretariat"] or "",
        note_city=row["to_city"] or "",
        saved_at=row["saved_at"],
        signed_at=row["signed_at"],
        reopened=reason_of(row["reopening"]),
        halted=bool(row["halted"]),
        from_paper=row["keyed_version"] is not None and row["keyed_version"] == row["version"],
        must_accept_terms=not opened.accepted,
        must_declare=not opened.declared,
        in_conflict=opened.in_conflict,
        criteria=criteria,
        entry=entry,
    )


async def criteria_of(round_id: int, category_id: int, sheet_id: int) -> tuple[SheetCriterion, ...]:
    """What the round judges in the category, with what stands on the sheet; on sheet 0 stands nothing."""
    return _criteria(await Scoresheet.raw(_CRITERIA, category_id, sheet_id, round_id))


async def _is_barred(actor: Actor, entry_id: int, found: RoundRow, now: datetime) -> bool:
    findings = await conflicts_of_pair(actor.person_id, entry_id, found.id, found.edition.id, now)
    return any(finding.effect is Effect.FORBID for finding in findings)


def _criteria(rows: list[dict[str, Any]]) -> tuple[SheetCriterion, ...]:
    levels: dict[int, list[tuple[int, str]]] = {}
    first: dict[int, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["id"], row)
        if row["level"] is not None:
            levels.setdefault(row["id"], []).append((row["level"], row["words"]))
    return tuple(
        SheetCriterion(
            code=row["code"],
            name=row["name"],
            question=row["question"],
            weight=row["weight"],
            scale=Scale(row["origin_milli"], row["step_milli"], row["top"]),
            low_label=row["low_label"],
            high_label=row["high_label"],
            rubric=tuple(levels.get(key, ())),
            mark=given_of(row["value"], row["answer"]),
        )
        for key, row in first.items()
    )
