"""Reading across features: where a person belongs, the mail queue, the jobs, the audit trail of an edition."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.audit.tables import Event
from awards.cities.tables import Official
from awards.editions.queries import EditionRow, editions, seen_by
from awards.editions.rules import EditionState, Role, holds, is_auditor, is_screener
from awards.errors import NotFound
from awards.jobs.tables import Job
from awards.operations import words
from awards.outbox.tables import Message
from awards.panels.tables import Seat
from awards.web.frame import Link

PAGE = 50


# --- where a person belongs ---------------------------------------------------------------------------


class CityRow(Struct, frozen=True):
    entrant_id: int
    name: str
    # Invited, and not yet accepted; or waiting for the secretariat.
    invited: bool
    waiting: bool


class SeatRow(Struct, frozen=True):
    round: str
    edition: str
    href: str
    state: str
    closes: datetime
    zone: str


class Places(Struct, frozen=True):
    cities: tuple[CityRow, ...]
    seats: tuple[SeatRow, ...]
    runs: tuple[EditionRow, ...]
    reads: tuple[EditionRow, ...]
    """As their auditor or screener."""
    admin: bool

    @property
    def only(self) -> str:
        """The one place to go to, where there is exactly one."""
        found = []
        if self.cities:
            found.append("/city")
        if self.seats:
            found.append("/bench")
        if self.runs or self.admin:
            found.append("/desk")
        found += [edition.desk for edition in self.reads]
        return found[0] if len(found) == 1 else ""


_CITIES = """
SELECT e.id, e.name, o.since, o.ticket FROM official o JOIN entrant e ON e.id = o.entrant
WHERE o.person = {} AND (o."until" IS NULL OR o."until" > {}) AND e.state <> 'declined' ORDER BY e.folded
"""
_SEATS = """
SELECT r.name, r.code, r.closes, s.state, e.name AS edition, e.slug, e.zone, p.slug AS programme
FROM seat s JOIN round r ON r.id = s.round JOIN edition e ON e.id = r.edition
JOIN programme p ON p.id = e.programme
WHERE s.person = {} AND s.state IN ('invited', 'accepted') AND e.state NOT IN ('published', 'archived')
ORDER BY r.closes, r.id
"""


async def places_of(actor: Actor, now: datetime) -> Places:
    cities = await Official.raw(_CITIES, actor.person_id, now)
    seats = await Seat.raw(_SEATS, actor.person_id)
    known = await editions() if actor.on_staff else []
    runs = [e for e in known if holds(actor, Role.SECRETARIAT, e.programme_id, e.id)]
    reads = [
        e
        for e in known
        if e.state != EditionState.DRAFT
        and (is_auditor(actor, e.programme_id, e.id) or is_screener(actor, e.programme_id, e.id))
    ]
    return Places(
        cities=tuple(
            CityRow(
                row["id"],
                row["name"],
                invited=row["since"] is None and row["ticket"] is not None,
                waiting=row["since"] is None and row["ticket"] is None,
            )
            for row in cities
        ),
        seats=tuple(
            SeatRow(
                row["name"],
                row["edition"],
                f"/bench/{row['programme']}/{row['slug']}/{row['code']}",
                row["state"],
                row["closes"],
                row["zone"],
            )
            for row in seats
        ),
        runs=tuple(runs),
        reads=tuple(e for e in reads if e not in runs),
        admin=actor.has(Role.ADMIN.value),
    )


# --- mail ---------------------------------------------------------------------------------------------


class Envelope(Struct, frozen=True):
    """A mail from outside: what an administrator sees of any."""

    id: int
    to: str
    template: str
    state: str
    attempts: int
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    problem: str

    @property
    def name(self) -> str:
        return words.mail(self.template)

    @property
    def may_retry(self) -> bool:
        return self.state == "failed" or (self.state == "queued" and bool(self.problem))


class EditionMail(Struct, frozen=True):
    """A mail of an edition, with what its text is made of. Mails of accounts are never read as one."""

    envelope: Envelope
    lang: str
    values: str


_ENVELOPE = """
SELECT id, "to", template, state, attempts, created_at, not_before, sent_at, problem FROM message
"""


async def mails_of(edition_id: int, state: str = "") -> list[Envelope]:
    """The newest of an edition. Edition 0 is nobody's: mails of accounts belong to no edition."""
    if edition_id <= 0:
        raise NotFound
    rows = await Message.raw(
        _ENVELOPE + " WHERE edition_id = {} AND (state = {} OR {} = '') ORDER BY id DESC LIMIT 200",
        edition_id, state, state,
    )  # fmt: skip
    return [Envelope(**row) for row in rows]


async def newest_mails() -> list[Envelope]:
    """Of all editions and of accounts: envelopes only."""
    return [Envelope(**row) for row in await Message.raw(_ENVELOPE + " ORDER BY id DESC LIMIT 200")]


async def mail_of(edition_id: int, message_id: int) -> EditionMail:
    if edition_id <= 0:
        raise NotFound
    rows = await Message.raw(
        _ENVELOPE.replace("problem FROM", 'problem, lang, "values" FROM') + " WHERE id = {} AND edition_id = {}",
        message_id, edition_id,
    )  # fmt: skip
    if not rows:
        raise NotFound
    row = dict(rows[0])
    lang, values = row.pop("lang"), row.pop("values")
    return EditionMail(Envelope(**row), lang, values)


# --- jobs ---------------------------------------------------------------------------------------------


class JobState(Struct, frozen=True):
    """Long work from outside: neither its arguments nor its result."""

    id: int
    kind: str
    state: str
    progress: int
    attempts: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def name(self) -> str:
        return words.job(self.kind, self.id)


async def newest_jobs() -> list[JobState]:
    rows = await Job.raw(
        "SELECT id, kind, state, progress, attempts, created_at, ended_at FROM job ORDER BY id DESC LIMIT 200"
    )
    return [JobState(**row) for row in rows]


# --- the audit trail ----------------------------------------------------------------------------------


class EventRow(Struct, frozen=True):
    """Who did what. Of what was written the trail holds hashes only, so no mark can stand here."""

    seq: int
    at: datetime
    actor: str
    as_role: str
    action: str
    subject: str
    # Of an entry, whose number in the table nobody knows it by.
    reference: str
    # For the auditor alone.
    reason: str


class Trail(Struct, frozen=True):
    events: tuple[EventRow, ...]
    total: int


async def read_trail(actor: Actor, programme: str, slug: str) -> tuple[EditionRow, bool]:
    """The edition whose trail the actor may read, and whether they read it as its auditor."""
    edition = await seen_by(actor, programme, slug, Role.AUDITOR)
    return edition, is_auditor(actor, edition.programme_id, edition.id)


_TRAIL = """
SELECT v.seq, v.at, v.actor_id, v.as_role, v.action, v.subject_kind, v.subject_id, p.name, d.reason,
       n.reference, COUNT(*) OVER () AS total
FROM event v LEFT JOIN person p ON p.id = v.actor_id LEFT JOIN event_detail d ON d.event = v.id
LEFT JOIN entry n ON v.subject_kind = 'entry' AND n.id = v.subject_id
WHERE v.edition_id = {} AND (v.action = {} OR {} = '') AND (v.actor_id = {} OR {} = -1)
ORDER BY v.seq DESC LIMIT {} OFFSET {}
"""


async def trail_of(edition_id: int, *, action: str, person: int, page: int, auditor: bool) -> Trail:
    """`person` is -1 for everybody and 0 for the service itself; pages count from 1."""
    rows = await Event.raw(_TRAIL, edition_id, action, action, person, person, PAGE, (page - 1) * PAGE)
    return Trail(tuple(_event(row, auditor) for row in rows), rows[0]["total"] if rows else 0)


def _event(row: Mapping[str, Any], auditor: bool) -> EventRow:
    return EventRow(
        seq=row["seq"],
        at=row["at"],
        actor=row["name"] or "",
        as_role=words.role(row["as_role"]),
        action=words.action(row["action"]),
        subject=words.subject(row["subject_kind"], row["subject_id"]),
        reference=row["reference"] or "",
        reason=(row["reason"] or "") if auditor else "",
    )


async def people_of_trail(edition_id: int) -> list[tuple[int, str]]:
    """Everybody who did something in the edition; 0 is the service itself."""
    rows = await Event.raw(
        "SELECT DISTINCT v.actor_id, COALESCE(p.name, '') AS name FROM event v"
        " LEFT JOIN person p ON p.id = v.actor_id WHERE v.edition_id = {} ORDER BY name, v.actor_id",
        edition_id,
    )
    return [(row["actor_id"], row["name"]) for row in rows]


def links_to_pages(path: str, query: str, page: int, total: int) -> tuple[Link, ...]:
    """At most nine, around the one that is shown."""
    last = max(1, -(-total // PAGE))
    first = max(1, min(page - 4, last - 8))
    joined = f"{query}&" if query else ""
    return tuple(
        Link(f"{path}?{joined}page={number}", str(number), current=number == page)
        for number in range(first, min(last, first + 8) + 1)
    )
