"""A judge's own seat in a round, and what is still asked of them before they may read."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.rules import RoundState
from awards.errors import Denied, NotFound
from awards.panels.queries.rounds import RoundRow, round_of, with_round
from awards.panels.rules import SeatState, deadline_of, keeps_sheets, may_write, terms_hash
from awards.panels.tables import Seat, TermsAcceptance


class OwnSeat(Struct, frozen=True):
    id: int
    person_id: int
    role: str
    label: str
    state: SeatState
    version: int
    reason: str
    ticket: int | None
    extended_until: datetime | None
    conflicts_declared_at: datetime | None
    terms: str
    terms_accepted: bool
    newest_entry_at: datetime | None
    round: RoundRow
    extra_until: datetime | None = None
    """Until when the judge reads entries of a closed round once more; empty for who does not."""

    @property
    def terms_sha256(self) -> str:
        return terms_hash(self.terms) if self.terms else ""

    @property
    def must_accept_terms(self) -> bool:
        return bool(self.terms) and not self.terms_accepted

    @property
    def must_declare(self) -> bool:
        """Before any entry opens, and again when entries came to the round since."""
        if self.conflicts_declared_at is None:
            return True
        return self.newest_entry_at is not None and self.newest_entry_at > self.conflicts_declared_at

    @property
    def deadline(self) -> datetime:
        return deadline_of(
            state=self.round.state,
            closes=self.round.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
        )

    def closed(self, now: datetime) -> Denied | None:
        """Whether sheets may be written from this seat now; while a closed round reads once more, those alone."""
        return may_write(
            state=self.round.state,
            opens=self.round.opens,
            closes=self.round.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
            now=now,
        )

    def is_over(self, now: datetime) -> bool:
        return keeps_sheets(state=self.round.state, until=self.deadline, now=now)


# A seat's running extra reads end together.
_EXTRA = """(SELECT x.extra_until FROM assignment x WHERE x.seat = s.id AND x.extra_until IS NOT NULL
   AND x.state IN ('given', 'opened', 'started', 'signed') ORDER BY x.extra_until DESC LIMIT 1) AS extra_until"""


def _with_extra(sql: str) -> str:
    return with_round(sql).replace("EXTRA_UNTIL", _EXTRA)


_SEAT = _with_extra("""
SELECT ROUND_COLUMNS,
  s.id AS s_id, s.person AS s_person, s.role AS s_role, s.label AS s_label, s.state AS s_state,
  s.version AS s_version, s.reason AS s_reason, s.ticket AS s_ticket, s.extended_until,
  s.conflicts_declared_at, ta.terms_sha256 AS accepted_terms, EXTRA_UNTIL, NEWEST_AT,
  (SELECT er.value FROM edition_rule er WHERE er.edition = ed.id AND er.code = 'terms') AS terms
FROM seat s JOIN round r ON r.id = s.round ROUND_TABLES
LEFT JOIN terms_acceptance ta ON ta.person = s.person AND ta.edition = ed.id
""")
# The newest entry among those that the seat may be asked to judge.
_NEWEST = """(SELECT re.created_at FROM round_entry re JOIN entry e ON e.id = re.entry
   WHERE re.round = r.id AND (NOT EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id)
     OR EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = s.id AND sc.category = e.category) OR re.bridge = TRUE)
   ORDER BY re.created_at DESC LIMIT 1)"""
_WHOLE, _ALONE = _SEAT.replace("NEWEST_AT", f"{_NEWEST} AS newest_at"), _SEAT.replace(", NEWEST_AT", "")


async def own_seat(actor: Actor, programme: str, edition: str, code: str) -> OwnSeat:
    """The actor's place on this panel; for who has none, the round does not exist."""
    return _own(await _by_codes(_WHOLE, actor, programme, edition, code))


async def own_seat_alone(actor: Actor, programme: str, edition: str, code: str) -> OwnSeat:
    """As `own_seat` without the newest entry, for who asks of one entry whether it was declared upon."""
    return _own(await _by_codes(_ALONE, actor, programme, edition, code))


async def own_seat_by_id(actor: Actor, seat_id: int) -> OwnSeat:
    return _own(await Seat.raw(_WHOLE + "WHERE s.id = {} AND s.person = {}", seat_id, actor.person_id))


async def _by_codes(sql: str, actor: Actor, *codes: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Seat.raw(
        sql + "WHERE pr.slug = {} AND ed.slug = {} AND r.code = {} AND s.person = {}", *codes, actor.person_id
    )
    return rows


def _own(rows: list[dict[str, Any]]) -> OwnSeat:
    """One row for each text of terms that the judge ever accepted, or a single one without any."""
    if not rows or rows[0]["s_state"] == SeatState.ENDED.value:
        raise NotFound
    row = rows[0]
    terms = row["terms"] or ""
    accepted = {other["accepted_terms"] for other in rows}
    return OwnSeat(
        id=row["s_id"],
        person_id=row["s_person"],
        role=row["s_role"],
        label=row["s_label"],
        state=SeatState(row["s_state"]),
        version=row["s_version"],
        reason=row["s_reason"],
        ticket=row["s_ticket"],
        extended_until=row["extended_until"],
        conflicts_declared_at=row["conflicts_declared_at"],
        terms=terms,
        terms_accepted=bool(terms) and terms_hash(terms) in accepted,
        newest_entry_at=row.get("newest_at"),
        round=round_of(row),
        extra_until=row["extra_until"],
    )


class Told(Struct, frozen=True):
    """What a judge said of their seat: how many entries at most, and when they cannot read."""

    most: int | None
    away_since: datetime | None
    away_until: datetime | None


async def told_of(seat: OwnSeat) -> Told:
    rows = await Seat.select(Seat.told_most, Seat.away_since, Seat.away_until).where(Seat.id == seat.id)
    return Told(rows[0]["told_most"], rows[0]["away_since"], rows[0]["away_until"])


class BenchRound(Struct, frozen=True):
    """A round on a judge's first page."""

    state: SeatState
    role: str
    round: RoundRow
    given: int
    signed: int
    extra_left: int
    extended_until: datetime | None
    extra_until: datetime | None
    deliberates: int
    """Categories on which the panel meets now, and this person with it."""

    @property
    def left(self) -> int:
        """What waits for the judge: while a closed round reads once more, nothing else of it."""
        return self.extra_left if self.round.state is RoundState.EXTRA else self.given - self.signed

    @property
    def deadline(self) -> datetime:
        return deadline_of(
            state=self.round.state,
            closes=self.round.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
        )


_BENCH = _with_extra("""
SELECT ROUND_COLUMNS, s.id AS s_id, s.state AS s_state, s.role AS s_role, s.extended_until, EXTRA_UNTIL,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id AND a.extra_until IS NOT NULL
   AND a.state IN ('given', 'opened', 'started')) AS extra_left,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id
   AND a.state IN ('given', 'opened', 'started', 'signed')) AS given,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id AND a.state = 'signed') AS signed,
  (SELECT COUNT(*) FROM deliberation d WHERE d.round = s.round AND d.state = 'open' AND s.state = 'accepted'
   AND (s.role IN ('chair', 'jury') OR d.whole_panel = TRUE)
   AND (NOT EXISTS (SELECT 1 FROM seat_category m WHERE m.seat = s.id)
    OR EXISTS (SELECT 1 FROM seat_category m WHERE m.seat = s.id AND m.category = d.category))) AS deliberates
FROM seat s JOIN round r ON r.id = s.round ROUND_TABLES
WHERE s.person = {} AND s.state IN ('invited', 'accepted') ORDER BY r.closes DESC, r.id DESC
""")


async def bench_of(actor: Actor) -> list[BenchRound]:
    """Invitations and rounds of one person, the one that closes last first."""
    return [
        BenchRound(
            state=SeatState(row["s_state"]),
            role=row["s_role"],
            round=round_of(row),
            given=row["given"],
            signed=row["signed"],
            extra_left=row["extra_left"],
            extended_until=row["extended_until"],
            extra_until=row["extra_until"],
            deliberates=row["deliberates"],
        )
        for row in await Seat.raw(_BENCH, actor.person_id)
    ]


async def accepted_terms(person_id: int, edition_id: int, terms: str) -> bool:
    return await TermsAcceptance.exists().where(
        (TermsAcceptance.person == person_id)
        & (TermsAcceptance.edition == edition_id)
        & (TermsAcceptance.terms_sha256 == terms_hash(terms))
    )
