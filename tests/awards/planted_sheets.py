"""Defects of sheets, planted in a sound database."""

from typing import Any

from awards.audit.tables import Event
from awards.scoresheets.tables import HeldOperation, Keying, Receipt
from tests.awards.sound import World
from tests.factories import AT, DAY, add


async def keyed_by_the_judge(made: World) -> None:
    await add(Keying, scoresheet=made.sheet, version=1, keyed_by=made.chiara, paper_date="2026-03-09")


async def signed_by_nobody_since(made: World) -> None:
    await add(Keying, scoresheet=made.sheet, version=2, keyed_by=made.amina, paper_date="2026-03-09")


async def late_save(made: World) -> None:
    await Event.raw(
        "UPDATE sheet_revision SET created_at = {} WHERE scoresheet = {} AND version = 2",
        AT + DAY,
        made.sheet,
    )


async def promised_otherwise(made: World) -> None:
    await add(
        Receipt, scoresheet=made.sheet, version=2, nonce="0" * 32, commitment="0" * 64, event_seq=1,
        document='{"marks":{"impact":3},"nonce":"1"}',
    )  # fmt: skip


async def _held(made: World, **more: Any) -> None:
    await add(
        HeldOperation, assignment=made.assignment, actor_id=made.chiara, operation="held-one", device_at=AT,
        **{"deadline": AT - DAY, **more},
    )  # fmt: skip


async def refused_by_nobody(made: World) -> None:
    await _held(made, state="refused", decided_at=AT)


async def held_before_the_deadline(made: World) -> None:
    await _held(made, deadline=AT + DAY)
