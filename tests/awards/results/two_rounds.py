"""A longlist that is decided, six entries in one category, and a final that is still a draft."""

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.results import services
from awards.results.forms import JudgeRun
from judging import canonical_bytes
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.factories import AT, DAY


def method(**more: object) -> str:
    base = {"method": "gls", "draws": 200, "seed": 7, "tie_breaks": []}
    return canonical_bytes({**base, **more}).decode()


async def two_rounds(
    clock: FixedClock, rule: tuple[str, str] = ("top", "3"), *, carried: int = 0, decide: bool = True
) -> tuple[Judged, int]:
    season = await judged()
    first = season.season.round_id
    await Round.update({Round.method: method(advance=list(rule))}).where(Round.id == first)
    final = await factories.judging_round(
        season.season.edition_id, code="final", name="Final", position=2, state="draft", sheets_wanted=2,
        opens=AT, closes=AT + 20 * DAY,
    )  # fmt: skip
    await Round.update({Round.method: method(carried_weight=carried)}).where(Round.id == final)
    actor = await season.actor()
    number = await services.calibrate_round(round_id=first, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=first, number=number), actor=actor, clock=clock)
    if decide:
        await services.decide_round(round_id=first, version=1, actor=actor, clock=clock)
    return season, final
