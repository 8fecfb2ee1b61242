"""Further reads in a round that was closed: asked for, and taken back while nothing is written."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.rules import RoundState
from awards.editions.steps import move_round
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries import RoundRow, conflicts_of_round, own_round
from awards.panels.rules import UNWRITTEN
from awards.panels.tables import Assignment, Seat
from awards.results.forms import AskForReads, UndoRead
from awards.results.queries import FurtherReads, further_reads
from awards.results.rules import may_ask_for_reads
from awards.results.steps import need_secretariat
from awards.web.i18n import _
from awards.web.words import day_time, in_mail

_GIVE = """
INSERT INTO assignment (round_entry, seat, origin, state, known_conflicts, extra_until, created_at)
VALUES ({}, {}, 'extra', 'given', {}, {}, {})
ON CONFLICT (round_entry, seat) DO UPDATE SET origin = excluded.origin, extra_until = excluded.extra_until,
  known_conflicts = excluded.known_conflicts,
  state = CASE WHEN assignment.state = 'withdrawn' THEN 'given' ELSE assignment.state END
WHERE assignment.state IN ('withdrawn', 'given', 'opened', 'started') AND assignment.extra_until IS NULL
RETURNING id
"""
_OF_ROUND = "seat IN (SELECT s.id FROM seat s WHERE s.round = {})"


async def ask_for_reads(*, command: AskForReads, actor: Actor, clock: Clock) -> int:
    """The round reads these entries once more, and nothing else of it, until the instant; returns who is written to."""
    now = clock.now()
    async with transaction():
        found = await _held(command.round_id, actor)
        if refusal := may_ask_for_reads(found.state):
            raise refusal
        if found.version != command.version:
            raise Stale
        known = await further_reads(found, actor, now)
        if refusal := may_ask_for_reads(found.state, known.rule, known.read_before):
            raise refusal
        problems(known, command, now, found)
        if found.state is RoundState.CLOSED:
            # What an earlier time of further reads left behind is frozen as everything else.
            await Assignment.raw(f"UPDATE assignment SET extra_until = NULL WHERE {_OF_ROUND}", found.id)  # noqa: S608  # only a text of ours is put in
            await move_round(found.id, RoundState.EXTRA, now)
        else:
            await Assignment.raw(
                f"UPDATE assignment SET extra_until = {{}} WHERE extra_until IS NOT NULL AND {_OF_ROUND}",  # noqa: S608  # only a text of ours is put in
                command.until,
                found.id,
            )
            await Round.update({Round.version: Round.version + 1}).where(Round.id == found.id)
        given = await _give(known, command, found, now)
        recipients = written_to(known, command)
        await _tell(recipients, command, found, now)
        await record(
            Action.READS_ASKED,
            actor=actor,
            at=now,
            subject=("round", found.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": found.state.value},
            after={"state": RoundState.EXTRA.value, "until": command.until.isoformat(), "reads": given},
        )
    return len(recipients)


async def undo_read(*, command: UndoRead, actor: Actor, clock: Clock) -> bool:
    """A read that is not begun. With the last one the round is closed again, as nothing of it is read: says whether."""
    now = clock.now()
    async with transaction():
        found = await _held(command.round_id, actor)
        if found.state is not RoundState.EXTRA:
            raise Denied("round closed", _("Nothing of this round is being read."))
        known = await further_reads(found, actor, now)
        read = next((one for one in known.reads if one.assignment_id == command.assignment), None)
        if read is None:
            raise NotFound
        taken = (
            await Assignment.update({Assignment.state: "withdrawn", Assignment.extra_until: None})
            .where((Assignment.id == read.assignment_id) & Assignment.state.is_in(list(UNWRITTEN)))
            .returning(Assignment.id)
        )
        if not taken:
            raise Denied("started", _("The judge has started this sheet, so it is not taken back."))
        rows = await Assignment.raw(
            f"SELECT id FROM assignment WHERE extra_until IS NOT NULL AND {_OF_ROUND} LIMIT 1",  # noqa: S608  # only a text of ours is put in
            found.id,
        )
        closes = not rows
        if closes:
            await move_round(found.id, RoundState.CLOSED, now)
        await record(
            Action.READ_UNDONE,
            actor=actor,
            at=now,
            subject=("assignment", read.assignment_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": read.state},
            after={"state": "withdrawn", "round": (RoundState.CLOSED if closes else RoundState.EXTRA).value},
        )
    return closes


def problems(known: FurtherReads, command: AskForReads, now: datetime, found: RoundRow) -> None:
    """Raise what is wrong with the wish; the page that shows what follows asks this too."""
    wrong: dict[str, str] = {}
    if command.until <= now:
        wrong["until"] = _("Choose an instant that is still to come")
    elif known.until is not None and command.until < known.until:
        told = day_time(known.until, found.edition.zone)
        wrong["until"] = _("The judges were told %(when)s; it can only become later", when=told)
    if not command.reads and (known.until is None or known.until == command.until):
        wrong[""] = _("Choose a judge for at least one entry")
    if len(set(command.reads)) != len(command.reads):
        wrong[""] = _("A judge is chosen twice for the same entry. Choose another for one of them")
    for reference, seat in command.reads:
        entry = known.entry(reference)
        if entry is None:
            raise NotFound
        if entry.reader(seat) is None:
            wrong[""] = _(
                "A judge cannot read %(entrant)s: in conflict, or has read it. Choose another",
                entrant=entry.entrant,
            )
    if wrong:
        raise Invalid(wrong)


def written_to(known: FurtherReads, command: AskForReads) -> dict[int, int]:
    """Seats with how many reads they then have to sign off: the new ones, and all when the instant moves."""
    new = [seat for _reference, seat in command.reads]
    waiting = known.waiting
    seats = dict.fromkeys(new) if known.until in (None, command.until) else dict.fromkeys([*new, *waiting])
    return {seat: new.count(seat) + waiting[seat] for seat in seats}


async def _held(round_id: int, actor: Actor) -> RoundRow:
    found = await own_round(actor, round_id)
    await need_secretariat(found.edition.id, actor)
    await lock_rows(Round.select(Round.id).where(Round.id == round_id))
    return await own_round(actor, round_id)


async def _give(known: FurtherReads, command: AskForReads, found: RoundRow, now: datetime) -> list[list[int]]:
    conflicts = await conflicts_of_round(found.id, found.edition.id, now)
    people = {
        row["id"]: row["person"]
        for row in await Seat.select(Seat.id, Seat.person).where(Seat.round == found.id)
    }
    given = []
    for reference, seat in command.reads:
        entry = known.entry(reference)
        assert entry is not None
        findings = conflicts.of(people[seat], entry.entry_id)
        warned = ", ".join(sorted(finding.code.value for finding in findings))
        made = await Assignment.raw(_GIVE, entry.round_entry_id, seat, warned, command.until, now)
        if not made:
            raise Stale
        given.append([made[0]["id"], entry.round_entry_id, seat])
    return given


_PEOPLE = """
SELECT s.id, p.name, p.lang, p.zone, m.address FROM seat s JOIN person p ON p.id = s.person
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE WHERE s.round = {} ORDER BY s.id
"""


async def _tell(recipients: dict[int, int], command: AskForReads, found: RoundRow, now: datetime) -> None:
    for judge in await Seat.raw(_PEOPLE, found.id):
        if judge["id"] not in recipients:
            continue
        zone = judge["zone"] if judge["zone"] != "UTC" else found.edition.zone
        closes, closes_local = in_mail(command.until, zone, judge["lang"])
        await enqueue(
            "extra-reads",
            to=judge["address"],
            at=now,
            dedupe_key=f"extra-reads:{judge['id']}:{now.isoformat()}",
            lang=judge["lang"],
            values={
                "name": judge["name"],
                "edition": found.edition.name,
                "round": found.name,
                "entries": str(recipients[judge["id"]]),
                "closes": closes,
                "closes_local": closes_local,
                "link": found.bench,
            },
            edition_id=found.edition.id,
        )
