"""The desk's pages of one round, which are asked of the round that the season holds."""

from collections.abc import Awaitable

from awards.accounts.tables import Approval
from tests.factories import AT

VALUES = {"criterion": "impact", "label": "J1"}
OF_ROUND = tuple(
    f"/desk/{{programme}}/{{edition}}/{rest}"
    for rest in (
        "rounds/{code}/open", "rounds/{code}/close", "rounds/{code}/decide",
        "aside/{code}", "aside/{code}/consent", "aside/{code}/end",
        "advancing/{code}", "advancing/{code}/check",
        "extra/{code}", "extra/{code}/check", "extra/{code}/undo",
        "gate/{code}", "gate/{code}/consent", "gate/{code}/end", "otherwise/{code}/{category}",
        "results/{code}", "results/{code}/{category}", "results/{code}/{category}/{criterion}",
        "results/{code}/entries/{reference}", "results/{code}/judges/{label}",
        "results/{code}/runs/{number}", "results/{code}/runs/{before}/{after}",
    )
)  # fmt: skip


async def with_nothing_asked(work: Awaitable[None]) -> None:
    """What waits for a second person keeps results from being published; here it is asked afterwards."""
    asked = Approval.action == "set sheet aside"
    await Approval.update({Approval.ended_at: AT}, force=True).where(asked)
    await work
    await Approval.update({Approval.ended_at: None}, force=True).where(asked)
