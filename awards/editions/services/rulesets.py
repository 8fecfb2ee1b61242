"""Verbs by which two people change what has frozen: ask, consent, decline, withdraw."""

from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions import ruleset_mail
from awards.editions.approving import Reach
from awards.editions.checks import sound
from awards.editions.differences import difference
from awards.editions.document import EditionDocument
from awards.editions.extending import deadline_moved
from awards.editions.forms import AskForRuleset
from awards.editions.freezing import FrozenChange, frozen_among
from awards.editions.queries import EditionRow
from awards.editions.queries.rulesets import RequestRow, open_request, reliance_of, request_by_number
from awards.editions.readiness import frozen_document
from awards.editions.reading import Stored, stored_edition
from awards.editions.rules import may_run
from awards.editions.rulesets import (
    ACTION,
    affected,
    call_body,
    document_from,
    hash_of,
    holds_still,
    may_decline,
    may_withdraw,
    obstacles,
    request_hash,
    text_of,
    worthless,
)
from awards.editions.steps import add_ruleset, hold_rounds, locked_edition
from awards.editions.steps_approval import ask_for_approval, give_approval, take_back, who_asks, who_consents
from awards.editions.storing import store
from awards.editions.tables import RulesetRequest
from awards.errors import Denied, NotFound, Stale
from awards.web.i18n import _


async def ask_for_ruleset(
    *,
    edition_id: int,
    document: EditionDocument,
    version: int,
    command: AskForRuleset,
    actor: Actor,
    clock: Clock,
) -> int:
    """The first signature, over the exact document and the one it was drawn from. Returns the request's number."""
    now = clock.now()
    new = sound(document)
    async with transaction():
        edition = await _held(edition_id, actor)
        signer = await who_asks(actor, _reach(edition), now)
        if edition.version != version:
            raise Stale
        if await open_request(edition.id) is not None:
            raise Denied(
                "asked already",
                _("Another new ruleset waits for its second signature. It is consented to, declined or withdrawn first."),
            )  # fmt: skip
        stored = await stored_edition(edition.id)
        await _permitted(stored, new, now)
        await _tried(stored, new, now)
        base_sha256, sha256 = hash_of(stored.document), hash_of(new)
        asked = request_hash(base_sha256, sha256, command.public_note)
        approval = await ask_for_approval(signer, ACTION, ("edition", edition.id), asked, command.reason)
        request = RulesetRequest(
            edition=edition.id,
            number=1 + await RulesetRequest.count().where(RulesetRequest.edition == edition.id),
            approval=approval,
            base=text_of(stored.document),
            base_sha256=base_sha256,
            body=text_of(new),
            sha256=sha256,
            public_note=command.public_note,
            created_at=now,
        )
        await request.save()
        await ruleset_mail.tell_of_request(edition, request.number, actor, command, now)
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=edition.id,
            as_role="secretariat",
            after={"subject": asked},
            reason=command.reason,
        )
    return int(request.number)


async def consent_to_ruleset(
    *, edition_id: int, number: int, sha256: str, actor: Actor, clock: Clock
) -> tuple[int, ...]:
    """The second signature makes it so, at once and whole. Returns the ids of the rulesets that hold from now on."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, actor)
        await hold_rounds(edition.id)
        request = await _waiting(edition.id, number)
        if request.approval_sha256 != sha256:
            raise Stale
        signer = await who_consents(actor, request.asked_by, _reach(edition), now)
        stored = await stored_edition(edition.id)
        new = document_from(request.body)
        if new is None or not holds_still(request.approval_sha256, stored.document, new, request.public_note):
            raise Denied("changed", worthless())
        frozen = await _permitted(stored, new, now)
        await give_approval(signer, request.approval_id)
        await store(stored, new, now)
        was, until = stored.document.milestone("closes"), new.milestone("closes")
        await deadline_moved(edition, was, until, request.public_note, actor, now)
        of = affected(frozen, stored.document, stored.standing)
        bodies: list[tuple[int | None, dict[str, Any]]] = [(None, call_body(new))] if of.call else []
        bodies += [(stored.ids["round"][code], frozen_document(new, code)) for code in of.rounds]
        made = [
            await add_ruleset(
                edition.id, round_id, body, now,
                approval_id=request.approval_id, public_note=request.public_note,
            )
            for round_id, body in bodies
        ]  # fmt: skip
        await ruleset_mail.tell_of_change(edition, request, of, new, actor, now)
        await record(
            Action.RULESET_CHANGED,
            actor=actor,
            at=now,
            subject=("approval", request.approval_id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"document": request.base_sha256},
            after={"document": request.sha256, "approval": request.approval_sha256, "rulesets": made},
            reason=request.reason,
        )
    return tuple(made)


async def decline_ruleset(*, edition_id: int, number: int, reason: str, actor: Actor, clock: Clock) -> None:
    """The second person says no; the asker learns why."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, actor)
        request = await _waiting(edition.id, number)
        if denied := may_decline(actor.person_id, request.asked_by):
            raise denied
        await _end(request, reason, actor, now)
        await ruleset_mail.tell_of_decline(edition, request, reason, actor, now)
        await _record_end(edition, request, reason, actor, now)


async def withdraw_ruleset(*, edition_id: int, number: int, actor: Actor, clock: Clock) -> None:
    """Who asked takes it back."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, actor)
        request = await _waiting(edition.id, number)
        if denied := may_withdraw(actor.person_id, request.asked_by):
            raise denied
        await _end(request, "", actor, now)
        await _record_end(edition, request, "", actor, now)


# --- parts of the verbs above -----------------------------------------------------------------------------


async def _held(edition_id: int, actor: Actor) -> EditionRow:
    edition = await locked_edition(edition_id)
    if may_run(actor, edition.programme_id, edition.id) or not actor.person_id:
        raise NotFound
    return edition


def _reach(edition: EditionRow) -> Reach:
    """Whoever enters, has begun to, or judges: the rules are everybody's."""
    return Reach(edition_id=edition.id, programme_id=edition.programme_id, drafts=True)


async def _waiting(edition_id: int, number: int) -> RequestRow:
    request = await request_by_number(edition_id, number)
    if not request.is_open:
        raise Stale
    return request


async def _permitted(stored: Stored, new: EditionDocument, now: datetime) -> tuple[FrozenChange, ...]:
    """What of the change is frozen, where two people may make it at all."""
    old = stored.document
    if (new.programme, new.slug) != (old.programme, old.slug):
        raise Denied("programme", _("What is the programme’s is changed on the programme’s own page."))
    frozen = frozen_among(difference(old, new), old, new, stored.standing)
    if not frozen:
        raise Denied("not frozen", _("Nothing of this has frozen. Save it on its page of the set-up."))
    reliance = await reliance_of(stored.edition_id)
    if found := obstacles(frozen, old, new, stored.standing, reliance, now):
        raise Denied("not possible", " ".join(found))
    return frozen


async def _tried(stored: Stored, new: EditionDocument, now: datetime) -> None:
    """What the database refuses, such as removing what others point to, is said now and not to the second person."""
    async with transaction() as trial:
        await store(stored, new, now)
        trial.discard()


async def _end(request: RequestRow, answer: str, actor: Actor, now: datetime) -> None:
    await take_back(request.approval_id, now)
    await RulesetRequest.update(
        {RulesetRequest.ended_by: actor.person_id, RulesetRequest.answer: answer}
    ).where(RulesetRequest.id == request.id)


async def _record_end(
    edition: EditionRow, request: RequestRow, reason: str, actor: Actor, now: datetime
) -> None:
    await record(
        Action.APPROVAL_ENDED,
        actor=actor,
        at=now,
        subject=("approval", request.approval_id),
        edition_id=edition.id,
        as_role="secretariat",
        reason=reason,
    )
