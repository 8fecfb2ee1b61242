"""The words that an edition has for a group."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.errors import Stale
from awards.messages.forms import SaveTemplate
from awards.messages.services.drafts import edition_run_by
from awards.messages.tables import MessageTemplate


async def save_template(*, edition_id: int, command: SaveTemplate, actor: Actor, clock: Clock) -> None:
    """Version 0 is a text that the edition has never changed. An empty text brings ours back."""
    now = clock.now()
    async with transaction():
        await edition_run_by(actor, edition_id)
        await advisory_lock(f"message template {edition_id} {command.group.value} {command.lang}")
        the = (
            (MessageTemplate.edition == edition_id)
            & (MessageTemplate.group_code == command.group.value)
            & (MessageTemplate.lang == command.lang)
        )
        rows = await MessageTemplate.select().where(the)
        before = rows[0] if rows else None
        if (before["version"] if before else 0) != command.version:
            raise Stale
        if before is None:
            template = MessageTemplate(
                edition=edition_id,
                group_code=command.group.value,
                lang=command.lang,
                subject=command.text.subject,
                body=command.text.body,
                version=1,
                created_at=now,
            )
            await template.save()
            template_id = template.id
        else:
            template_id = before["id"]
            await MessageTemplate.update(
                {
                    MessageTemplate.subject: command.text.subject,
                    MessageTemplate.body: command.text.body,
                    MessageTemplate.version: command.version + 1,
                }
            ).where(the)
        await record(
            Action.MESSAGE_TEMPLATE_CHANGED,
            actor=actor,
            at=now,
            subject=("message template", template_id),
            edition_id=edition_id,
            as_role="secretariat",
            before={"subject": before["subject"], "body": before["body"]} if before else None,
            after={"subject": command.text.subject, "body": command.text.body},
        )
