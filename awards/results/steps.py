"""What several verbs share: whether the actor runs the edition at all, and whether the adopted run still holds."""

from awards.actor import Actor
from awards.db import in_transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import may_run
from awards.errors import NotFound
from awards.results.facts import RoundRow, facts_of, round_by_id, sha256
from awards.results.inputs import inputs_text, round_inputs
from awards.results.rules import RunState
from awards.results.tables import CalibrationRun


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


async def adopted_rests_on(round_id: int, inputs: str) -> bool:
    """Whether the round's adopted run was computed from exactly these inputs."""
    assert in_transaction()
    return await CalibrationRun.exists().where(
        (CalibrationRun.round == round_id)
        & (CalibrationRun.state == RunState.ADOPTED.value)
        & (CalibrationRun.inputs_sha256 == sha256(inputs))
    )


async def adopted_holds(round_id: int) -> bool:
    """Whether what the round's adopted run was computed from is still so: the same sheets, entries and rules."""
    assert in_transaction()
    return await adopted_rests_on(round_id, inputs_text(round_inputs(await facts_of(round_id))))
