"""Letting a thing pass that the gate lists: one person asks with a reason for everybody, another consents."""

from typing import Any

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, lock_rows, transaction
from awards.editions.approving import Reach
from awards.editions.steps_approval import ask_for_approval, give_approval, who_asks, who_consents
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.results.facts import RoundRow
from awards.results.forms import AskWaiver, ConsentWaiver, EndWaiver
from awards.results.gate import ACTION, Gate, Item, fingerprint, may_waive
from awards.results.queries import conflicted_categories
from awards.results.queries.gate import gate_of
from awards.results.steps import round_of_secretariat
from awards.results.tables import Waiver
from awards.web.i18n import _


async def ask_waiver(*, command: AskWaiver, actor: Actor, clock: Clock) -> int:
    """The first person's word; nothing passes yet. Returns the approval."""
    now = clock.now()
    async with transaction():
        row, gate = await _held(command.round_id, actor)
        item = gate.item(command.item)
        if item is None:
            raise Invalid({"": _("This is settled already, so nothing has to pass.")})
        await _may(item, row, actor, clock)
        signer = await who_asks(actor, _reach(item, row), now)
        await _end_stale(row.id, item, clock)
        if await Waiver.exists().where(
            (Waiver.round == row.id) & (Waiver.item == item.key) & Waiver.ended_at.is_null()
        ):
            raise Denied("asked already", _("This is asked for already. It waits for a second person."))
        sha256 = fingerprint(row.id, item, command.reason)
        approval = await ask_for_approval(signer, ACTION, ("round", row.id), sha256, command.reason)
        await Waiver(
            round=row.id, item=item.key, item_sha256=item.sha256, approval=approval, created_at=now
        ).save()
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"waiver": sha256, "round": row.id, "item": item.key},
            reason=command.reason,
        )
    return approval


async def consent_waiver(*, command: ConsentWaiver, actor: Actor, clock: Clock) -> None:
    """The second person's word lets it pass, if it is still what was asked for."""
    now = clock.now()
    async with transaction():
        row, gate = await _held(command.round_id, actor)
        request = await _request(row.id, command.approval)
        if request["given_at"] is not None or request["subject_sha256"] != command.sha256:
            raise Stale
        item = gate.item(request["item"])
        if item is None or fingerprint(row.id, item, request["reason"]) != request["subject_sha256"]:
            raise Denied("changed", _("This is not what it was when it was asked. It is asked anew."))
        await _may(item, row, actor, clock)
        signer = await who_consents(actor, request["asked_by"], _reach(item, row), now)
        await give_approval(signer, request["id"])
        await record(
            Action.ITEM_WAIVED,
            actor=actor,
            at=now,
            subject=("round", row.id),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"item": item.key, "facts": list(item.facts), "approval": request["id"]},
            reason=request["reason"],
        )


async def end_waiver(*, command: EndWaiver, actor: Actor, clock: Clock) -> None:
    """Taken back while it waits, or ended while it stands: from then on the gate lists the thing again."""
    now = clock.now()
    async with transaction():
        row, gate = await _held(command.round_id, actor)
        request = await _request(row.id, command.approval)
        item = gate.item(request["item"])
        hidden = await conflicted_categories(row.edition_id, actor.person_id, now)
        if item is not None and item.category in hidden:
            raise NotFound
        ended = (
            await Waiver.update({Waiver.ended_at: now})
            .where((Waiver.approval == request["id"]) & Waiver.ended_at.is_null())
            .returning(Waiver.id)
        )
        if not ended:
            raise Stale
        await Approval.update({Approval.ended_at: now}).where(Approval.id == request["id"])
        await record(
            Action.APPROVAL_ENDED if request["given_at"] is None else Action.WAIVER_ENDED,
            actor=actor,
            at=now,
            subject=("approval", request["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"item": request["item"]},
        )


# --- parts of the verbs above --------------------------------------------------------------------------


async def _held(round_id: int, actor: Actor) -> tuple[RoundRow, Gate]:
    row = await round_of_secretariat(round_id, actor)
    await lock_rows(Round.select(Round.id).where(Round.id == row.id))
    row = await round_of_secretariat(round_id, actor)
    return row, (await gate_of(row.edition_id)).of_round(row.code)


async def _may(item: Item, row: RoundRow, actor: Actor, clock: Clock) -> None:
    hidden = await conflicted_categories(row.edition_id, actor.person_id, clock.now())
    if item.category in hidden:
        raise NotFound
    if refusal := may_waive(item, row.state):
        raise refusal


def _reach(item: Item, row: RoundRow) -> Reach:
    """A thing of no category concerns all of the round."""
    return Reach(
        edition_id=row.edition_id,
        programme_id=row.programme_id,
        round_id=row.id,
        categories=frozenset({item.category}) if item.category else None,
    )


async def _end_stale(round_id: int, item: Item, clock: Clock) -> None:
    """A waiver of what this was before: the thing has changed since, so it covers nothing any more."""
    ended = (
        await Waiver.update({Waiver.ended_at: clock.now()})
        .where(
            (Waiver.round == round_id) & (Waiver.item == item.key) & (Waiver.item_sha256 != item.sha256)
            & Waiver.ended_at.is_null()
        )
        .returning(Waiver.approval)
    )  # fmt: skip
    if ended:
        await Approval.update({Approval.ended_at: clock.now()}).where(
            Approval.id.is_in([one["approval"] for one in ended])
        )


async def _request(round_id: int, approval_id: int) -> dict[str, Any]:
    assert in_transaction()
    rows = await Waiver.raw(
        "SELECT ap.id, ap.subject_sha256, ap.asked_by, ap.reason, ap.given_at, w.item FROM waiver w"
        " JOIN approval ap ON ap.id = w.approval WHERE w.round = {} AND ap.id = {} AND w.ended_at IS NULL"
        " AND ap.ended_at IS NULL",
        round_id,
        approval_id,
    )
    if not rows:  # it was taken back or ended meanwhile
        raise Stale
    return dict(rows[0])
