"""What a calibration run may read, and when."""

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.tables import Affiliation
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.queries import sheets_for_run
from awards.scoresheets.services import save_sheet, sign_sheets
from awards.scoresheets.tables import SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save
from tests.factories import AT, DAY


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


async def test_nobody_reads_marks_while_the_round_is_open(clock: FixedClock) -> None:
    made = await bench()
    await marked(made, clock, impact=7, new=9)
    await signed(made, clock, f"{made.references[0]}:1")
    for state in ("draft", "open", "extra"):
        await Round.update({Round.state: state}).where(Round.id == made.season.round_id)
        with pytest.raises(Denied, match="round open"):
            await sheets_for_run(made.season.round_id)
    with pytest.raises(NotFound):
        await sheets_for_run(2**31 - 1)


async def test_signed_sheets_count_and_the_others_are_listed(clock: FixedClock) -> None:
    made = await bench(entries=3)
    await factories.add(
        Affiliation, person=made.judge.person_id, country="CH", kind="nationality", since=AT - DAY
    )
    await factories.add(
        Affiliation, person=made.judge.person_id, country="SE", kind="nationality", since=CLOSES + DAY
    )
    await marked(made, clock, 0, impact=7, new=9)
    await marked(made, clock, 1, impact=5, new=5)
    await signed(made, clock, f"{made.references[0]}:1")
    await Round.update({Round.state: "closed"}).where(Round.id == made.season.round_id)
    found = await sheets_for_run(made.season.round_id)
    (sheet,) = found.sheets
    assert (sheet.reference, sheet.marks, sheet.version) == (made.references[0], {"impact": 7, "new": 9}, 2)
    assert sheet.countries == ("CH", "IT")
    assert sheet.signed_at == AT
    assert [(row.reference, row.state) for row in found.unsigned] == [
        (made.references[1], "started"),
        (made.references[2], "given"),
    ]


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
