"""Marks that arrived late: one of the secretariat proposes to accept or refuse them, another consents, unseen by both."""

import json
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, lock_rows, transaction
from awards.editions.approving import Deed, Reach
from awards.editions.steps_approval import ask_for_approval, give_approval, take_back, who_asks, who_consents
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries import RoundRow, own_round
from awards.panels.queries.titles import with_titles
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.forms_late import ConsentLate, EndLate, ProposeLate
from awards.scoresheets.late import (
    TIME_TO_SIGN,
    Decision,
    Held,
    LateState,
    fingerprint,
    fits,
    may_decide,
)
from awards.scoresheets.queries.late import held_of
from awards.scoresheets.rules import Change, check_marks, is_writable
from awards.scoresheets.services.writing import write_change
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import HeldOperation
from awards.web.i18n import _
from awards.web.words import in_mail

PROPOSALS = {"accept": Decision.ACCEPT, "refuse": Decision.REFUSE}


class _Late(Struct, frozen=True):
    """A sheet with something held, and its judge."""

    assignment_id: int
    where: Where
    judge: Actor
    category: str
    rows: list[dict[str, Any]]

    @property
    def held(self) -> list[Held]:
        return [held_of(row) for row in self.rows]


async def propose_late(*, round_id: int, command: ProposeLate, actor: Actor, clock: Clock) -> int:
    """The first person's word over exactly what is held; nothing changes yet. Returns the approval."""
    now = clock.now()
    decision = PROPOSALS[command.to]
    async with transaction():
        found = await _round(actor, round_id)
        late = await _late(found, command.sheet)
        _must_be_time(found)
        signer = await who_asks(actor, _reach(found, late), now)
        if await Approval.exists().where(
            (Approval.subject_kind == "assignment")
            & (Approval.subject_id == late.assignment_id)
            & Approval.action.is_in([one.value for one in Decision])
            & Approval.given_at.is_null()
            & Approval.ended_at.is_null()
        ):
            raise Denied(
                "asked already", _("Something is proposed for this sheet already. Answer that first.")
            )
        if decision is Decision.ACCEPT:
            await _check(late)
        sha256 = fingerprint(decision, late.assignment_id, late.held, command.reason)
        subject = ("assignment", late.assignment_id)
        approval = await ask_for_approval(signer, Deed(decision), subject, sha256, command.reason)
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"subject": sha256},
            reason=command.reason,
        )
    return approval


async def consent_late(*, round_id: int, command: ConsentLate, actor: Actor, clock: Clock) -> Decision:
    """The second person's word does it, if what is held is still what was proposed upon."""
    now = clock.now()
    async with transaction():
        found = await _round(actor, round_id)
        request = await _request(command.approval)
        late = await _late(found, request["subject_id"])
        if request["subject_sha256"] != command.sha256:
            raise Stale
        _must_be_time(found)
        signer = await who_consents(actor, request["asked_by"], _reach(found, late), now)
        decision, reason = Decision(request["action"]), request["reason"]
        if fingerprint(decision, late.assignment_id, late.held, reason) != request["subject_sha256"]:
            raise Denied("changed", _("More arrived since this was proposed. Take it back and propose anew."))
        await give_approval(signer, request["id"])
        accepted = decision is Decision.ACCEPT
        after: dict[str, Any] = {"approval": request["id"], "operations": [one.id for one in late.held]}
        if accepted:
            after["version"] = await _apply(late, now)
            until = now + TIME_TO_SIGN
            await Assignment.update({Assignment.sign_until: until}).where(Assignment.id == late.assignment_id)
        await HeldOperation.update(
            {
                HeldOperation.state: (LateState.ACCEPTED if accepted else LateState.REFUSED).value,
                HeldOperation.approval: request["id"],
                HeldOperation.decided_at: now,
            }
        ).where(HeldOperation.id.is_in([one.id for one in late.held]))
        await _tell(found, late, decision, reason, now)
        await record(
            Action.LATE_ACCEPTED if accepted else Action.LATE_REFUSED,
            actor=actor,
            at=now,
            subject=("assignment", late.assignment_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": LateState.HELD.value},
            after=after,
            reason=reason,
        )
    return decision


async def end_late(*, round_id: int, command: EndLate, actor: Actor, clock: Clock) -> None:
    """What one proposed and nobody consented to is taken back, or sent back by another. What is held stays held."""
    now = clock.now()
    async with transaction():
        found = await _round(actor, round_id)
        request = await _request(command.approval)
        await _late(found, request["subject_id"])
        await take_back(request["id"], now)
        await record(
            Action.APPROVAL_ENDED,
            actor=actor,
            at=now,
            subject=("approval", request["id"]),
            edition_id=found.edition.id,
            as_role="secretariat",
        )


# --- parts of the verbs above --------------------------------------------------------------------------


async def _round(actor: Actor, round_id: int) -> RoundRow:
    """The round, held against a calculation and a closing meanwhile."""
    await own_round(actor, round_id)
    await lock_rows(Round.select(Round.id).where(Round.id == round_id))
    return await own_round(actor, round_id)


_LATE = """
SELECT h.id, h.operation, h.base_version, h.change, h.device_at, s.person, p.name, c.code AS category, e.reference
FROM held_operation h JOIN assignment a ON a.id = h.assignment JOIN round_entry re ON re.id = a.round_entry
JOIN entry e ON e.id = re.entry JOIN category c ON c.id = e.category JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
WHERE re.round = {} AND a.id = {} AND h.state = 'held' ORDER BY h.id
"""


async def _late(found: RoundRow, assignment_id: int) -> _Late:
    assert in_transaction()
    rows = await HeldOperation.raw(_LATE, found.id, assignment_id)
    if not rows:
        raise NotFound
    first = rows[0]
    return _Late(
        assignment_id=assignment_id,
        where=Where(found.edition.programme, found.edition.slug, found.code, first["reference"]),
        judge=Actor(person_id=first["person"], name=first["name"]),
        category=first["category"],
        rows=rows,
    )


async def _request(approval_id: int) -> dict[str, Any]:
    """What waits for a second person; what was answered meanwhile is stale."""
    rows = await Approval.select(
        Approval.id, Approval.action, Approval.subject_id, Approval.subject_sha256, Approval.asked_by,
        Approval.reason, Approval.given_at, Approval.ended_at,
    ).where(
        (Approval.id == approval_id) & (Approval.subject_kind == "assignment")
        & Approval.action.is_in([one.value for one in Decision])
    )  # fmt: skip
    if not rows:
        raise NotFound
    if rows[0]["given_at"] is not None or rows[0]["ended_at"] is not None:
        raise Stale
    return rows[0]


def _must_be_time(found: RoundRow) -> None:
    if refused := may_decide(found.state):
        raise refused


def _reach(found: RoundRow, late: _Late) -> Reach:
    return Reach(
        edition_id=found.edition.id,
        programme_id=found.edition.programme_id,
        round_id=found.id,
        categories=frozenset({late.category}),
    )


async def _check(late: _Late) -> None:
    """Whether the sheet can take what is held: nobody proposes what cannot be done."""
    desk = await steps.desk_of(late.judge, late.where, "")
    if refused := is_writable(desk.state) or fits(late.held, desk.sheet_version):
        raise refused


async def _apply(late: _Late, now: datetime) -> int:
    """Each operation by the rules of every save but that of time; its writer is the judge. Returns the version."""
    await _check(late)
    desk, judged = await steps.desk_and_judged(late.judge, late.where, "")
    await steps.refuse_conflict(late.judge, desk, now)
    sheet_id = await steps.sheet_of(late.judge, late.where, desk, now)
    version = desk.sheet_version
    for row in late.rows:
        change = _change(row["change"])
        check_marks(change.marks, judged, evidence_may_lack=desk.evidence_may_lack)
        if change.confidence and not desk.confidence_asked:
            raise Invalid({"": _("This round does not ask how sure you are")})
        command = SaveSheet(row["operation"], row["base_version"], change, row["device_at"])
        await write_change(desk, judged, sheet_id, command, late.judge, now)
        version += 1
    return version


def _change(text: str) -> Change:
    said = json.loads(text)
    return Change(said.get("marks", {}), said.get("notes", {}), said.get("confidence"))


_JUDGE = """
SELECT p.name, p.lang, p.zone, m.address, SUBMITTED_TITLE AS title FROM assignment a JOIN seat s ON s.id = a.seat
JOIN person p ON p.id = s.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry WHERE a.id = {}
"""


async def _tell(found: RoundRow, late: _Late, decision: Decision, reason: str, now: datetime) -> None:
    """The judge learns what was decided and why; the mail holds no mark."""
    rows = await HeldOperation.raw(with_titles(_JUDGE), late.assignment_id)
    if not rows:
        raise NotFound
    judge = rows[0]
    template = "late-accepted" if decision is Decision.ACCEPT else "late-refused"
    zone = judge["zone"] if judge["zone"] != "UTC" else found.edition.zone
    until, until_local = in_mail(now + TIME_TO_SIGN, zone, judge["lang"])
    await enqueue(
        template,
        to=judge["address"],
        at=now,
        dedupe_key=f"{template}:{late.rows[0]['id']}",
        lang=judge["lang"],
        values={
            "name": judge["name"],
            "title": judge["title"],
            "round": found.name,
            "edition": found.edition.name,
            "reason": reason,
            "until": until,
            "until_local": until_local,
            "link": f"{found.bench}/late",
        },
        edition_id=found.edition.id,
    )
