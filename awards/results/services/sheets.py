"""Leaving a signed sheet of a closed round out, or letting it count again: one person asks, another consents."""

from datetime import datetime
from typing import Any

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
from awards.panels import steps as panel
from awards.panels.queries import conflicts_of_round, own_round
from awards.panels.rules import Aside, AssignmentState
from awards.panels.sentences import conflict_words
from awards.panels.tables import Assignment
from awards.results.facts import RoundRow
from awards.results.forms import AskAboutSheet, ConsentAboutSheet, EndAboutSheet
from awards.results.queries import conflicted_categories
from awards.results.rules import may_leave_out
from awards.results.steps import round_of_secretariat
from awards.web.i18n import _
from judging import sha256_of
from judging.conflicts import Effect

# What is asked for, by the word of the form; the approval's action and the state that the sheet must be in.
ASIDE, BACK = Deed.SET_ASIDE, Deed.RESTORE
ACTIONS = {"aside": ASIDE, "back": BACK}
_BEFORE = {ASIDE: AssignmentState.SIGNED.value, BACK: AssignmentState.SET_ASIDE.value}

_SHEET = """
SELECT a.id, a.state, s.person, re.entry, c.code AS category, p.name AS judge, sh.id AS sheet, sh.version
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry
JOIN category c ON c.id = e.category JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
JOIN scoresheet sh ON sh.assignment = a.id WHERE re.round = {}
"""


async def ask_about_sheet(*, command: AskAboutSheet, actor: Actor, clock: Clock) -> int:
    """The first person's word, over the sheet exactly as it stands; nothing changes yet. Returns the approval."""
    now = clock.now()
    action = ACTIONS[command.to]
    async with transaction():
        row = await _held(command.round_id, actor)
        sheets = await Assignment.raw(
            _SHEET + " AND e.reference = {} AND s.id = {}", row.id, command.reference, command.seat
        )
        if not sheets:
            raise NotFound
        sheet = sheets[0]
        await _must_see(sheet, row, actor, now)
        signer = await who_asks(actor, _reach(sheet, row), now)
        await _must_fit(sheet, action, row, now)
        if await Approval.exists().where(
            (Approval.subject_kind == "assignment")
            & (Approval.subject_id == sheet["id"])
            & Approval.action.is_in(list(ACTIONS.values()))
            & Approval.given_at.is_null()
            & Approval.ended_at.is_null()
        ):
            raise Denied("asked already", _("This is asked for already. It waits for a second person."))
        sha256 = _fingerprint(sheet, action, command.reason)
        approval = await ask_for_approval(signer, action, ("assignment", sheet["id"]), sha256, command.reason)
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"subject": sha256},
            reason=command.reason,
        )
    return approval


async def consent_about_sheet(*, command: ConsentAboutSheet, actor: Actor, clock: Clock) -> str:
    """The second person's word does it, if the sheet is still the one that was asked for. Returns its state."""
    now = clock.now()
    async with transaction():
        row = await _held(command.round_id, actor)
        request, sheet = await _request(row.id, command.approval)
        await _must_see(sheet, row, actor, now)
        if request["subject_sha256"] != command.sha256:
            raise Stale
        signer = await who_consents(actor, request["asked_by"], _reach(sheet, row), now)
        action, reason = Deed(request["action"]), request["reason"]
        if _fingerprint(sheet, action, reason) != request["subject_sha256"]:
            raise Denied("changed", _("The sheet is not what it was when this was asked. It is asked anew."))
        await _must_fit(sheet, action, row, now)
        await give_approval(signer, request["id"])
        found = await own_round(actor, row.id)
        by = actor.person_id
        if action == ASIDE:
            await panel.set_aside(
                sheet["id"], code=Aside.VOIDED, reason=reason, by=by, at=now, approval=request["id"]
            )
            after = AssignmentState.SET_ASIDE.value
        else:
            after = await panel.restore(sheet["id"], reason=reason, by=by, at=now, approval=request["id"])
        template = "sheet-set-aside" if action == ASIDE else "sheet-restored"
        await panel.tell_of_sheet(template, found, sheet["id"], reason, at=now)
        await record(
            Action.SHEET_SET_ASIDE if action == ASIDE else Action.SHEET_RESTORED,
            actor=actor,
            at=now,
            subject=("assignment", sheet["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
            before={"state": sheet["state"]},
            after={"state": after, "approval": request["id"]},
            reason=reason,
        )
    return after


async def end_about_sheet(*, command: EndAboutSheet, actor: Actor, clock: Clock) -> None:
    """What one asked for and nobody consented to is taken back, by either."""
    now = clock.now()
    async with transaction():
        row = await _held(command.round_id, actor)
        request, sheet = await _request(row.id, command.approval)
        await _must_see(sheet, row, actor, now)
        await take_back(request["id"], now)
        await record(
            Action.APPROVAL_ENDED,
            actor=actor,
            at=now,
            subject=("approval", request["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
        )


# --- parts of the verbs above --------------------------------------------------------------------------


async def _held(round_id: int, actor: Actor) -> RoundRow:
    """The round, held against a calculation that reads it meanwhile."""
    row = await round_of_secretariat(round_id, actor)
    await lock_rows(Round.select(Round.id).where(Round.id == row.id))
    row = await round_of_secretariat(round_id, actor)
    if refusal := may_leave_out(row.state):
        raise refusal
    return row


async def _request(round_id: int, approval_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """An open request and its sheet; one that was answered meanwhile is stale."""
    assert in_transaction()
    rows = await Approval.select(
        Approval.id, Approval.action, Approval.subject_id, Approval.subject_sha256, Approval.asked_by,
        Approval.reason, Approval.given_at, Approval.ended_at,
    ).where(
        (Approval.id == approval_id) & (Approval.subject_kind == "assignment")
        & Approval.action.is_in(list(ACTIONS.values()))
    )  # fmt: skip
    sheets = await Assignment.raw(_SHEET + " AND a.id = {}", round_id, rows[0]["subject_id"]) if rows else []
    if not sheets:
        raise NotFound
    if rows[0]["given_at"] is not None or rows[0]["ended_at"] is not None:
        raise Stale
    return rows[0], sheets[0]


async def _must_see(sheet: dict[str, Any], row: RoundRow, actor: Actor, now: datetime) -> None:
    if sheet["category"] in await conflicted_categories(row.edition_id, actor.person_id, now):
        raise NotFound


def _reach(sheet: dict[str, Any], row: RoundRow) -> Reach:
    return Reach(
        edition_id=row.edition_id,
        programme_id=row.programme_id,
        round_id=row.id,
        categories=frozenset({sheet["category"]}),
    )


async def _must_fit(sheet: dict[str, Any], action: Deed, row: RoundRow, now: datetime) -> None:
    if sheet["state"] != _BEFORE[action]:
        if action == ASIDE:
            raise Denied(
                "not signed", _("Only a sheet that is signed off counts, so only such a one is left out.")
            )
        raise Denied("not set aside", _("This sheet is not set aside."))
    if action == ASIDE:
        return
    conflicts = await conflicts_of_round(row.id, row.edition_id, now, persons=[sheet["person"]])
    for finding in conflicts.of(sheet["person"], sheet["entry"]):
        if finding.effect is Effect.FORBID:
            raise Invalid(
                {
                    "": _(
                        "%(name)s %(conflict)s. Withdraw the conflict first.",
                        name=sheet["judge"],
                        conflict=conflict_words(finding),
                    )
                }
            )


def _fingerprint(sheet: dict[str, Any], action: str, reason: str) -> str:
    """Of exactly what the second person consents to."""
    return sha256_of(
        {
            "action": action,
            "assignment": sheet["id"],
            "sheet": sheet["sheet"],
            "version": sheet["version"],
            "state": sheet["state"],
            "reason": reason,
        }
    )
