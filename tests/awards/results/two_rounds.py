"""A longlist that is decided, six entries in one category, and a final that is still a draft."""

from dataclasses import replace

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.panels.tables import RoundEntry
from awards.results import services
from awards.results.forms import JudgeRun
from judging import canonical_bytes
from tests import factories
from tests.awards.results.judged import Judged, judged, signed_sheet
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


async def judge_final(season: Judged, final: int, marks: tuple[int, ...] = (5, 6, 8)) -> None:
    """Three judges of the longlist read its first entries once more, and like them in another order; it is closed."""
    scale = season.season.scale_id
    criteria = (
        await factories.criterion(final, scale, {season.season.category_id: 60}, code="impact", name="Impact", position=1),
        await factories.criterion(final, scale, {season.season.category_id: 40}, code="new", name="Novelty", position=2),
    )  # fmt: skip
    seats = [await factories.seat(final, judge, label=f"F{n}") for n, judge in enumerate(season.judges[:3])]
    rows = {
        row["entry"]: row["id"]
        for row in await RoundEntry.select(RoundEntry.entry, RoundEntry.id).where(RoundEntry.round == final)
    }
    in_final = replace(season.season, round_id=final, criteria=criteria)
    for number, mark in enumerate(marks):
        for judge, seat in enumerate(seats):
            await signed_sheet(in_final, rows[season.entries[number]], seat, (mark, mark + judge % 2))
    await Round.update({Round.state: "closed"}).where(Round.id == final)
