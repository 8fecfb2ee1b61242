"""A judge reads an entry although a rule forbids it: one person asks, another consents to exactly that."""

from datetime import datetime
from typing import Any

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, transaction
from awards.editions.approving import Reach
from awards.editions.steps_approval import (
    ask_for_approval,
    give_approval,
    take_back,
    who_asks,
    who_consents,
)
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.forms_conflicts import AskOverride, ConsentOverride, EndOverride
from awards.panels.overriding import ACTION, Pairs, fingerprint
from awards.panels.queries.conflicts import conflicts_with
from awards.panels.queries.rounds import RoundRow
from awards.panels.steps import round_to_change
from awards.panels.tables import ConflictOverride, RoundEntry, Seat
from awards.web.i18n import _


async def ask_override(*, round_id: int, command: AskOverride, actor: Actor, clock: Clock) -> int:
    """The first person's word; nothing changes yet. Returns the approval."""
    now = clock.now()
    if not command.entries:
        raise Invalid({"entries": _("Choose at least one entry")})
    async with transaction():
        found = await round_to_change(actor, round_id)
        person = await _person_on(round_id, command.seat)
        entries = await _entries(round_id, command.entries)
        _must_be_another(actor, person)
        signer = await who_asks(actor, await _reach(found, entries), now)
        pairs = await _forbidden(person, entries, found, now)
        if len(pairs) < len(set(entries)):
            raise Invalid({"entries": _("No rule forbids one of these entries. Choose them again")})
        if await _is_asked(command.seat):
            raise Denied(
                "asked already", _("Something is asked for this judge already. Decide on that first.")
            )
        sha256 = fingerprint(command.seat, pairs, command.reason)
        approval = await ask_for_approval(signer, ACTION, ("seat", command.seat), sha256, command.reason)
        await ConflictOverride.insert(
            *(
                ConflictOverride(seat=command.seat, entry=entry, code=code, approval=approval, created_at=now)
                for entry, codes in pairs
                for code in codes
            )
        )
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"override": sha256, "seat": command.seat, "pairs": _listed(pairs)},
            reason=command.reason,
        )
    return approval


async def consent_override(*, round_id: int, command: ConsentOverride, actor: Actor, clock: Clock) -> None:
    """The second person's word; from then on the entries may be given to the judge."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        request, pairs = await _request(round_id, command.approval)
        if request["given_at"] is not None:
            raise Stale
        if request["subject_sha256"] != command.sha256:
            raise Stale
        entries = [entry for entry, _codes in pairs]
        _must_be_another(actor, request["person"])
        signer = await who_consents(actor, request["asked_by"], await _reach(found, entries), now)
        still = await _forbidden(request["person"], entries, found, now)
        if fingerprint(request["seat"], still, request["reason"]) != request["subject_sha256"]:
            raise Denied(
                "changed", _("What stands between them is not what it was when this was asked. Ask anew.")
            )
        await give_approval(signer, request["id"])
        await record(
            Action.CONFLICT_OVERRIDDEN,
            actor=actor,
            at=now,
            subject=("seat", request["seat"]),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"approval": request["id"], "pairs": _listed(pairs)},
            reason=request["reason"],
        )


async def end_override(*, round_id: int, command: EndOverride, actor: Actor, clock: Clock) -> None:
    """What waits is taken back or refused; what stands forbids again. That takes one person: it lets nobody read."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        request, pairs = await _request(round_id, command.approval)
        if request["given_at"] is None:
            await take_back(request["id"], now)
        await ConflictOverride.update({ConflictOverride.ended_at: now}).where(
            (ConflictOverride.approval == request["id"]) & ConflictOverride.ended_at.is_null()
        )
        await record(
            Action.APPROVAL_ENDED if request["given_at"] is None else Action.OVERRIDE_ENDED,
            actor=actor,
            at=now,
            subject=("approval", request["id"]),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"seat": request["seat"], "pairs": _listed(pairs)},
        )


# --- parts of the verbs above --------------------------------------------------------------------------


async def _person_on(round_id: int, seat_id: int) -> int:
    rows = await Seat.select(Seat.person).where((Seat.id == seat_id) & (Seat.round == round_id))
    if not rows:
        raise NotFound
    return int(rows[0]["person"])


async def _entries(round_id: int, references: tuple[str, ...]) -> list[int]:
    marks = ", ".join(["{}"] * len(references))
    rows = await RoundEntry.raw(
        "SELECT e.id FROM round_entry re JOIN entry e ON e.id = re.entry"  # noqa: S608  # placeholders are joined
        f" WHERE re.round = {{}} AND e.reference IN ({marks}) ORDER BY e.id",
        round_id,
        *references,
    )
    if len(rows) != len(set(references)):
        raise Invalid({"entries": _("Choose the entries from the list")})
    return [row["id"] for row in rows]


async def _forbidden(person: int, entries: list[int], found: RoundRow, now: datetime) -> Pairs:
    """What forbids each of the entries now; those that nothing forbids are left out."""
    conflicts = await conflicts_with(person, entries, found.id, found.edition.id, now)
    codes = {
        entry: tuple(sorted(finding.code.value for finding in conflicts.forbidding(person, entry)))
        for entry in sorted(set(entries))
    }
    return tuple((entry, some) for entry, some in codes.items() if some)


def _must_be_another(actor: Actor, person: int) -> None:
    if person == actor.person_id:
        raise Denied("own seat", _("This is about yourself. Another person of the secretariat does it."))


async def _reach(found: RoundRow, entries: list[int]) -> Reach:
    """The categories of the entries: who is tied to one of them has a say in none that stands beside it."""
    marks = ", ".join(["{}"] * len(entries))
    rows = await RoundEntry.raw(
        f"SELECT DISTINCT c.code FROM entry e JOIN category c ON c.id = e.category WHERE e.id IN ({marks})",  # noqa: S608  # placeholders are joined
        *entries,
    )
    return Reach(
        edition_id=found.edition.id,
        programme_id=found.edition.programme_id,
        round_id=found.id,
        categories=frozenset(row["code"] for row in rows),
    )


async def _is_asked(seat_id: int) -> bool:
    return await Approval.exists().where(
        (Approval.action == ACTION)
        & (Approval.subject_kind == "seat")
        & (Approval.subject_id == seat_id)
        & Approval.given_at.is_null()
        & Approval.ended_at.is_null()
    )


_REQUEST = """
SELECT ap.id, ap.subject_sha256, ap.asked_by, ap.reason, ap.given_at, s.id AS seat, s.person, v.entry, v.code
FROM approval ap JOIN seat s ON s.id = ap.subject_id AND s.round = {}
JOIN conflict_override v ON v.approval = ap.id AND v.ended_at IS NULL
WHERE ap.id = {} AND ap.action = {} AND ap.subject_kind = 'seat' AND ap.ended_at IS NULL ORDER BY v.entry, v.code
"""


async def _request(round_id: int, approval_id: int) -> tuple[dict[str, Any], Pairs]:
    """What waits or stands; what ended is not found again."""
    assert in_transaction()
    rows = await ConflictOverride.raw(_REQUEST, round_id, approval_id, ACTION)
    if not rows:
        raise NotFound
    codes: dict[int, list[str]] = {}
    for row in rows:
        codes.setdefault(row["entry"], []).append(row["code"])
    return rows[0], tuple((entry, tuple(some)) for entry, some in codes.items())


def _listed(pairs: Pairs) -> list[list[Any]]:
    return [[entry, list(codes)] for entry, codes in pairs]
