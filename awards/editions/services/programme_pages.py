"""The pages that the secretariat of a programme writes."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.forms import SavePage
from awards.editions.rules import may_run
from awards.editions.tables import ProgrammePage
from awards.errors import NotFound, Stale


async def save_page(*, programme_id: int, command: SavePage, actor: Actor, clock: Clock) -> None:
    """Version 0 is a page that is not there yet."""
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id):
            raise NotFound
        here = (
            (ProgrammePage.programme == programme_id)
            & (ProgrammePage.slug == command.slug)
            & (ProgrammePage.lang == command.lang)
        )
        rows = await lock_rows(ProgrammePage.select().where(here))
        if command.version != (rows[0]["version"] if rows else 0):
            raise Stale
        if rows:
            page_id = rows[0]["id"]
            await ProgrammePage.update(
                {
                    ProgrammePage.title: command.title,
                    ProgrammePage.body: command.body,
                    ProgrammePage.version: ProgrammePage.version + 1,
                }
            ).where(ProgrammePage.id == page_id)
        else:
            page = ProgrammePage(
                programme=programme_id,
                slug=command.slug,
                lang=command.lang,
                title=command.title,
                body=command.body,
                created_at=now,
            )
            await page.save()
            page_id = page.id
        await record(
            Action.PAGE_CHANGED,
            actor=actor,
            at=now,
            subject=("programme page", page_id),
            as_role="secretariat",
            before={"title": rows[0]["title"], "body": rows[0]["body"]} if rows else None,
            after={"title": command.title, "body": command.body},
        )
