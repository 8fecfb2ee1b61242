"""Somebody outside who was asked to hold the heads of the trail and has not answered yet."""

from typing import TYPE_CHECKING

from awards import ids
from awards.operations.tables import HeadHolder
from tests.factories import add
from tests.people import EUN_JI, id_of

if TYPE_CHECKING:
    from tests.permissions.world import World

OUTSIDE = "audit@outside.example"
TOKEN = "letter-holder"


async def plant(made: "World") -> None:
    holder = await add(
        HeadHolder, programme=made.season.programme_id, name="Board of Audit", address=OUTSIDE, folded=OUTSIDE,
        token_sha256=ids.token_hash(TOKEN), named_by=await id_of(EUN_JI),
    )  # fmt: skip
    made.values["holder_id"] = str(holder)
    for path in ("/heads/holder/{token}", "/heads/holder/{token}/end"):
        made.values_of[path] = {"token": TOKEN}
