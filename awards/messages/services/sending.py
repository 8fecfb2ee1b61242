"""A message goes out: to whom its sender saw, once, with the state of each mail to be read afterwards."""

from datetime import datetime

from msgspec import Struct

from awards.accounts.tables import EmailAddress
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.editions.queries import EditionRow
from awards.errors import Denied, Invalid, NotFound
from awards.messages import queries
from awards.messages.forms import SendMailing
from awards.messages.queries import MailingRow, Ready
from awards.messages.rules import (
    APART,
    SOON,
    Change,
    MailingState,
    Recipient,
    change_between,
    fingerprints,
    language_for,
    shown_first,
)
from awards.messages.services.drafts import draft_locked, edition_run_by, must_go_out, note_seen
from awards.messages.tables import Mailing, MailingRecipient
from awards.messages.wording import letter_values
from awards.outbox.services import Addressed, enqueue, enqueue_all
from awards.outbox.tables import Message
from awards.web.i18n import _

TEMPLATE = "mailing"
PIECE = 200


class Outcome(Struct, frozen=True):
    """What a press of the button did: sent, or nothing, because the group or the text is another than was seen."""

    sent: bool
    change: Change | None = None


async def send_mailing(
    *, edition_id: int, number: int, command: SendMailing, actor: Actor, clock: Clock
) -> Outcome:
    """All mails are queued, or none. A second press finds it sent; a group that changed is asked about again."""
    now = clock.now()
    async with transaction():
        edition = await edition_run_by(actor, edition_id)
        # One at a time, so that the same group is not written to twice by two people at once.
        await advisory_lock(f"mailing {edition_id}")
        mailing = await queries.mailing_locked(edition_id, number)
        if mailing.state is MailingState.SENT:
            return Outcome(sent=True)
        mailing = await draft_locked(edition_id, number)
        ready = await queries.ready_for(edition, mailing.of, now)
        must_go_out(ready, mailing.texts)
        if ready.seal(mailing.texts) != command.sha256:
            change = change_between(mailing.seen, fingerprints(ready.recipients))
            await note_seen(mailing, ready)
            return Outcome(sent=False, change=change)
        last = await queries.newest_to(edition_id, mailing.of, now)
        if last is not None and now < last + SOON and not command.again:
            raise Invalid({"again": _("Say that this group is to get another message within the hour")})
        await _send(edition, mailing, ready, actor, now)
        await record(
            Action.MAILING_SENT,
            actor=actor,
            at=now,
            subject=("mailing", mailing.id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"group": mailing.of.group.value, "to": len(ready.written_to), "sha256": command.sha256},
            reason=f"{mailing.of.group.value}: {len(ready.written_to)}",
        )
    return Outcome(sent=True)


async def _send(edition: EditionRow, mailing: MailingRow, ready: Ready, actor: Actor, now: datetime) -> None:
    to = ready.written_to
    # One after the other as they are queued: the words of thousands at once would hold up everybody else.
    letters = (_letter(edition, mailing, ready, one, now + place * APART) for place, one in enumerate(to))
    made = await enqueue_all(TEMPLATE, letters, at=now, edition_id=edition.id)
    for start in range(0, len(ready.recipients), PIECE):
        piece = ready.recipients[start : start + PIECE]
        await MailingRecipient.raw(
            "INSERT INTO mailing_recipient (mailing, person, message, left_out, created_at) VALUES "  # noqa: S608  placeholders are joined
            + ", ".join(["({}, {}, {}, {}, {})"] * len(piece)),
            *(
                value
                for one in piece
                for value in (
                    mailing.id,
                    one.person_id,
                    made.get(_key(mailing, one)),
                    one.left_out.value if one.left_out else "",
                    now,
                )
            ),
        )
    await Mailing.update(
        {
            Mailing.state: MailingState.SENT.value,
            Mailing.version: Mailing.version + 1,
            Mailing.sent_at: now,
            Mailing.sent_by: actor.person_id,
            Mailing.recipients: len(to),
            Mailing.left_out: len(ready.left_out),
        }
    ).where(Mailing.id == mailing.id)


def _letter(
    edition: EditionRow, mailing: MailingRow, ready: Ready, one: Recipient, not_before: datetime
) -> Addressed:
    lang = language_for(one.lang, mailing.texts, edition.lang)
    return Addressed(
        to=one.address,
        lang=lang,
        dedupe_key=_key(mailing, one),
        values=letter_values(mailing.texts[lang], one, ready.common, lang),
        not_before=not_before,
    )


def _key(mailing: MailingRow, one: Recipient) -> str:
    return f"mailing:{mailing.id}:{one.person_id}"


async def stop_mailing(*, edition_id: int, number: int, actor: Actor, clock: Clock) -> int:
    """What has not left stays here; returns how many mails. What is in the hands of the mail server goes on."""
    now = clock.now()
    async with transaction():
        await edition_run_by(actor, edition_id)
        mailing = await queries.mailing_locked(edition_id, number)
        if mailing.state is not MailingState.SENT:
            raise NotFound
        rows = await Message.raw(
            "UPDATE message SET state = 'dropped' WHERE state = 'queued' AND (leased_until IS NULL OR leased_until < {})"
            " AND id IN (SELECT x.message FROM mailing_recipient x WHERE x.mailing = {}) RETURNING id",
            now, mailing.id,
        )  # fmt: skip
        if not rows:
            raise Denied("nothing waits", _("All mails of this message have left already."))
        await record(
            Action.MAILING_STOPPED,
            actor=actor,
            at=now,
            subject=("mailing", mailing.id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"stopped": len(rows)},
            reason=f"{mailing.of.group.value}: {len(rows)}",
        )
    return len(rows)


async def send_test(*, edition_id: int, number: int, actor: Actor, clock: Clock) -> str:
    """To the sender alone, with the data of the first recipient in each language; returns the address.

    Pressed again within the minute it sends nothing more.
    """
    now = clock.now()
    async with transaction():
        edition = await edition_run_by(actor, edition_id)
        mailing = await draft_locked(edition_id, number)
        rows = await EmailAddress.select(EmailAddress.address).where(
            (EmailAddress.person == actor.person_id) & EmailAddress.is_primary.eq(True)
        )
        if not rows:
            raise Invalid({"": _("Your account has no address to send a test to.")})
        address = str(rows[0]["address"])
        ready = await queries.ready_for(edition, mailing.of, now)
        must_go_out(ready, mailing.texts)
        shown = shown_first(ready.written_to, mailing.texts, edition.lang)
        first = {language_for(one.lang, mailing.texts, edition.lang): one for one in reversed(shown)}
        for lang, one in sorted(first.items()):
            await enqueue(
                TEMPLATE,
                to=address,
                at=now,
                dedupe_key=f"mailing-test:{mailing.id}:{mailing.version}:{actor.person_id}:{lang}:{now:%Y%m%d%H%M}",
                lang=lang,
                values=letter_values(mailing.texts[lang], one, ready.common, lang, test=True),
                edition_id=edition.id,
            )
    return address
