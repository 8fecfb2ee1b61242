"""What several verbs share: whether the actor runs the edition at all; for anybody else nothing is there."""

from awards.actor import Actor
from awards.db import in_transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import may_run
from awards.errors import NotFound
from awards.results.facts import RoundRow, round_by_id


async def need_secretariat(edition_id: int, actor: Actor) -> None:
    assert in_transaction()
    edition = await edition_by_id(edition_id)
    if may_run(actor, edition.programme_id, edition.id):
        raise NotFound


async def round_of_secretariat(round_id: int, actor: Actor) -> RoundRow:
    assert in_transaction()
    row = await round_by_id(round_id)
    if may_run(actor, row.programme_id, row.edition_id):
        raise NotFound
    return row
