"""Two people publish: the first signature asks, the second seals, and either takes it back in time."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.approving import Reach
from awards.editions.queries import EditionRow, edition_by_id
from awards.editions.rules import EditionState, may_run
from awards.editions.steps import decide_rounds, hold_rounds, move_edition
from awards.editions.steps_approval import ask_for_approval, give_approval, who_asks, who_consents
from awards.editions.tables import Edition
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.publication.announcing import announcement_of
from awards.publication.document import Draft, fingerprint
from awards.publication.forms import AskToPublish, SignPublication
from awards.publication.gate import lacks_of
from awards.publication.outcome import Ground, ground_of, read_wish
from awards.publication.pack.queries_sealed import hashes_of
from awards.publication.pack.steps import worked_out
from awards.publication.rules import Kind, comes_too_early, may_come_out, may_withdraw
from awards.publication.services.letters import DUE
from awards.publication.services.sealing import seal
from awards.publication.signatures import ACTION
from awards.publication.standing import standing_of
from awards.publication.tables import Publication
from awards.web.i18n import _


async def ask_to_publish(*, command: AskToPublish, actor: Actor, clock: Clock) -> int:
    """The first signature: over the hash of exactly what would be published now."""
    now = clock.now()
    async with transaction():
        edition = await _edition(command.edition_id, actor)
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition.id))
        signer = await who_asks(actor, _reach(edition), now)
        ground = await _ready(edition, command.shows, actor, now)
        if await _open_request(edition.id) is not None:
            raise Denied("asked already", _("The first signature is there. It can be signed or withdrawn."))
        coming = await announcement_of(edition, ground, command.shows, command.visible_at, command.note)
        wish, draft = coming.wish, coming.draft
        if wish.correction and not wish.note:
            raise Invalid({"note": _("Say what this publication corrects: the note is public")})
        if refusal := may_come_out(wish.visible_at, coming.after, now):
            raise refusal
        if not draft.rows and not _leaves_unawarded(draft):
            raise Denied(
                "nothing to publish", _("Nobody would be named by this step, so there is nothing to publish.")
            )
        if command.seen and command.seen != fingerprint(replace(draft, note="")):
            raise Stale
        sha256 = fingerprint(draft)
        approval = await ask_for_approval(signer, ACTION, ("edition", edition.id), sha256, wish.text())
        await record(
            Action.APPROVAL_ASKED,
            actor=actor,
            at=now,
            subject=("approval", approval),
            edition_id=edition.id,
            as_role="secretariat",
            after={"subject": sha256},
        )
    return approval


async def sign_publication(*, command: SignPublication, actor: Actor, clock: Clock) -> int:
    """The second signature seals the publication; it counts only for the very document that was asked for."""
    now = clock.now()
    edition = await _edition(command.edition_id, actor)
    if (asked := await _open_request(edition.id)) is None:
        raise Stale
    # Before the transaction, which keeps everybody else waiting; what has changed by then is worked out there again.
    known = await worked_out(edition.id, read_wish(asked["reason"]).shows)
    async with transaction():
        edition = await _edition(command.edition_id, actor)
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition.id))
        # What the gate asks stays as it answers: nothing of the rounds is taken up again meanwhile.
        await hold_rounds(edition.id)
        request = await _open_request(edition.id)
        if (
            request is None
            or request["id"] != command.approval_id
            or request["subject_sha256"] != command.sha256
        ):
            raise Stale
        signer = await who_consents(actor, request["asked_by"], _reach(edition), now)
        wish = read_wish(request["reason"])
        ground = await _ready(edition, wish.shows, actor, now)
        if wish.visible_at is not None and wish.visible_at <= now:
            raise Denied(
                "too late",
                _("The instant of publication has passed. Withdraw the first signature and ask anew."),
            )
        coming = await announcement_of(edition, ground, wish.shows, wish.visible_at, wish.note)
        draft = coming.draft
        if fingerprint(draft) != request["subject_sha256"]:
            raise Denied(
                "changed",
                _(
                    "What would be published has changed since the first signature. It has to be asked for anew."
                ),
            )
        if coming.after is not None and comes_too_early(wish.visible_at, coming.after[1], now):
            raise Denied(
                "too early",
                _("The publication before it comes out later than this one. Withdraw one of the two."),
            )
        await give_approval(signer, request["id"])
        sealed = draft.at(wish.visible_at or now)
        publication_id = await seal(edition.id, sealed, request["id"], now, known)
        decided = await _decide(edition, sealed, now)
        await record(
            Action.PUBLISHED,
            actor=actor,
            at=now,
            subject=("publication", publication_id),
            edition_id=edition.id,
            as_role="secretariat",
            before={"closed": decided},
            # Nothing but what the publication itself says: the invariants compare the two.
            after={
                "number": sealed.number,
                "document": fingerprint(sealed),
                **await hashes_of(publication_id),
            },
        )
    return sealed.number


async def end_request(*, edition_id: int, approval_id: int, actor: Actor, clock: Clock) -> None:
    """Take back a first signature that nobody has answered."""
    now = clock.now()
    async with transaction():
        edition = await _edition(edition_id, actor)
        ended = (
            await Approval.update({Approval.ended_at: now})
            .where(
                (Approval.id == approval_id)
                & (Approval.action == ACTION)
                & (Approval.subject_kind == "edition")
                & (Approval.subject_id == edition.id)
                & Approval.given_at.is_null()
                & Approval.ended_at.is_null()
            )
            .returning(Approval.id)
        )
        if not ended:
            raise Stale
        await record(
            Action.APPROVAL_ENDED,
            actor=actor,
            at=now,
            subject=("approval", approval_id),
            edition_id=edition.id,
            as_role="secretariat",
        )


async def withdraw_publication(*, edition_id: int, number: int, actor: Actor, clock: Clock) -> None:
    """By either signer and before its instant; from then on there are corrections only."""
    now = clock.now()
    async with transaction():
        edition = await _edition(edition_id, actor)
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition.id))
        rows = await Publication.raw(
            "SELECT p.id, p.visible_at, p.withdrawn_at, p.letters, a.asked_by, a.given_by FROM publication p"
            " JOIN approval a ON a.id = p.approval WHERE p.edition = {} AND p.number = {}",
            edition.id, number,
        )  # fmt: skip
        if not rows:
            raise NotFound
        row = rows[0]
        signers = (row["asked_by"], row["given_by"])
        # Who asked in the last moment, and comes to their turn when entrants are told, is too late.
        at = now if row["letters"] == DUE else row["visible_at"]
        if refusal := may_withdraw(signers, actor.person_id, row["visible_at"], row["withdrawn_at"], at):
            raise refusal
        await Publication.update({Publication.withdrawn_at: now}).where(Publication.id == row["id"])
        await record(
            Action.PUBLICATION_WITHDRAWN,
            actor=actor,
            at=now,
            subject=("publication", row["id"]),
            edition_id=edition.id,
            as_role="secretariat",
            after={"number": number},
        )


# --- parts of the verbs above ---------------------------------------------------------------------------


async def _edition(edition_id: int, actor: Actor) -> EditionRow:
    edition = await edition_by_id(edition_id)
    if may_run(actor, edition.programme_id, edition.id):
        raise NotFound
    return edition


def _reach(edition: EditionRow) -> Reach:
    return Reach(edition_id=edition.id, programme_id=edition.programme_id)


async def _ready(edition: EditionRow, shows: str, actor: Actor, now: datetime) -> Ground:
    """Whether nothing is open."""
    standing = await standing_of(edition.id, actor.person_id, now)
    ground = await ground_of(edition.id, standing, now)
    if lacks := await lacks_of(edition.id, now, shows, ground):
        raise Denied("incomplete", " ".join(lack.text for lack in lacks[:5]))
    return ground


async def _decide(edition: EditionRow, sealed: Draft, now: datetime) -> list[str]:
    """What two people signed rests on these rounds; withdrawing the publication does not open them again."""
    if sealed.kind == Kind.FINALISTS:
        return []  # the rounds that they came through are decided already, and the last one is still to come
    if edition.state == EditionState.JUDGING:
        await move_edition(edition.id, EditionState.DECIDED, now)
    return await decide_rounds(edition.id, now)


def _leaves_unawarded(draft: Draft) -> bool:
    found = (draft.figures, *draft.figures["categories"].values())
    return any(one.get("unawarded") for one in found)


async def _open_request(edition_id: int) -> dict[str, Any] | None:
    rows = await Approval.select(
        Approval.id, Approval.asked_by, Approval.subject_sha256, Approval.reason
    ).where(
        (Approval.action == ACTION)
        & (Approval.subject_kind == "edition")
        & (Approval.subject_id == edition_id)
        & Approval.given_at.is_null()
        & Approval.ended_at.is_null()
    )
    return rows[0] if rows else None
