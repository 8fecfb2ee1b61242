"""Defects of what two people let pass at the gate, planted in a sound database."""

from typing import Any

from awards.accounts.tables import Approval
from awards.results.tables import Waiver
from tests.awards.sound import World
from tests.factories import AT, add


async def _waiver(made: World, *, items: tuple[str, ...] = ("sheets:A",), **more: Any) -> None:
    approval = await add(
        Approval,
        **{
            "action": "waive at the gate", "subject_kind": "round", "subject_id": made.season.round_id,
            "asked_by": made.amina, "given_by": made.chiara, "given_at": AT, "reason": "The judge fell ill.", **more,
        },
    )  # fmt: skip
    for item in items:
        await add(Waiver, round=made.season.round_id, item=item, item_sha256="0" * 64, approval=approval)


async def of_another_thing(made: World) -> None:
    await _waiver(made, action="publish")


async def two_with_one_word(made: World) -> None:
    await _waiver(made, items=("sheets:A", "sheets:B"))
