"""The one thing that these pages change."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, NotFound
from awards.outbox.tables import Message
from awards.web.i18n import _


async def retry_mail(
    *, message_id: int, edition_id: int | None, actor: Actor, as_role: str, clock: Clock
) -> None:
    """Send again what could not be sent; `edition_id` is none for an administrator, who sees every envelope.

    Whether the actor runs the edition or the server was asked where the page was read.
    """
    now = clock.now()
    async with transaction():
        one = Message.id == message_id
        wanted = one if edition_id is None else one & (Message.edition_id == edition_id)
        rows = await Message.select(Message.state, Message.problem, Message.edition_id).where(wanted)
        if not rows:
            raise NotFound
        refused = (Message.state == "failed") | ((Message.state == "queued") & (Message.problem != ""))
        changed = (
            await Message.update(
                {
                    Message.state: "queued",
                    Message.not_before: now,
                    Message.attempts: 0,
                    Message.leased_until: None,
                    Message.problem: "",
                    Message.bounced_at: None,
                    Message.sent_at: None,
                }
            )
            .where(one & refused)
            .returning(Message.id)
        )
        if not changed:
            raise Denied("not failed", _("This mail is sent, or on its way."))
        await record(
            Action.MAIL_RETRIED,
            actor=actor,
            at=now,
            subject=("message", message_id),
            edition_id=rows[0]["edition_id"],
            as_role=as_role,
        )
