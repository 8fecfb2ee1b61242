"""Sheets are signed off together: all of them, or none."""

import pytest

from awards.clock import FixedClock
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.services import save_sheet, sign_sheets
from awards.scoresheets.tables import SheetRevision
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save


async def signed(made: Bench, clock: FixedClock, *sheets: str, agree: str = "1") -> int:
    return await sign_sheets(
        programme=made.season.programme,
        edition=made.season.edition,
        round_code="first",
        command=SignSheets(sheets=sheets, agree=agree),
        actor=made.judge,
        clock=clock,
    )


async def marked(made: Bench, clock: FixedClock, number: int = 0, **marks: int) -> None:
    await save_sheet(
        where=made.where(number),
        command=save(f"sheet {number}", 0, dict(marks)),
        actor=made.judge,
        clock=clock,
    )


async def test_all_of_the_sheets_are_signed_or_none(clock: FixedClock) -> None:
    made = await bench(entries=2)
    await marked(made, clock, 0, impact=7, new=9)
    await marked(made, clock, 1, impact=5)
    good, half = f"{made.references[0]}:1", f"{made.references[1]}:1"
    for sheets, problem in (
        ((good, half), Invalid),
        ((good, "WG26-XXXXX:1"), NotFound),
        ((f"{made.references[0]}:0",), Stale),
        ((), Invalid),
        (("no version",), Invalid),
        ((f"{made.references[0]}:٣",), Invalid),
    ):
        with pytest.raises(problem):
            await signed(made, clock, *sheets)
    with pytest.raises(Invalid):
        await signed(made, clock, good, agree="")
    assert await SheetRevision.count() == 2
    assert await signed(made, clock, good) == 1
    with pytest.raises(Stale):
        await signed(made, clock, good)
    clock.move_to(CLOSES)
    with pytest.raises(Denied, match="closed"):
        await signed(made, clock, half)
