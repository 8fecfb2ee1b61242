"""Steps of an announcement and a stopped edition, with one thing wrong."""

from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.db import transaction
from awards.editions.tables import Halt
from awards.publication.tables import Publication
from tests import factories
from tests.awards.sound import World
from tests.factories import AT, DAY, add


async def step_too_early(made: World) -> None:
    rows = await Publication.select(Publication.visible_at)
    await factories.publication(
        made.season.edition_id, number=2, visible_at=rows[0]["visible_at"] - DAY, approval=made.approval
    )


async def told_early(made: World) -> None:
    async with transaction():
        await record(
            Action.ENTRANTS_TOLD, actor=SYSTEM, at=AT - 400 * DAY, subject=("publication", made.publication),
            edition_id=made.season.edition_id, as_role="service",
        )  # fmt: skip


async def stopped_long_ago(made: World) -> None:
    await add(
        Halt, edition=made.season.edition_id, reason="A link leaked.", by=made.amina,
        created_at=AT - 400 * DAY,
    )  # fmt: skip


async def written_while_stopped(made: World) -> None:
    async with transaction():
        for action in (Action.EDITION_HALTED, Action.SHEET_SAVED):
            await record(
                action, actor=SYSTEM, at=AT, subject=("edition", made.season.edition_id),
                edition_id=made.season.edition_id, as_role="service",
            )  # fmt: skip


PLANTED = {
    "steps-come-out-in-their-order": step_too_early,
    "entrants-are-told-at-the-instant-or-later": told_early,
    "nothing-comes-out-while-stopped": stopped_long_ago,
    "no-sheet-is-written-while-stopped": written_while_stopped,
}
