"""A judge's own marks, drawn for themselves alone."""

import pytest

from awards.db import counting
from awards.editions.tables import Round
from awards.panels.tables import RoundEntry
from awards.scoresheets.queries import own_marks
from awards.scoresheets.rules import reading_order
from awards.scoresheets.strip import OwnCriterion, OwnSheet, height, strips
from awards.scoresheets.tables import Mark
from judging.scales import Scale
from tests import factories
from tests.awards.scoresheets.benches import bench
from tests.specimen import specimen_environment

TEN = Scale(0, 1000, 10)
BOTH = frozenset({"impact", "new"})


def sheet(
    number: int, marks: dict[str, int], judged: frozenset[str] = BOTH, unmarked: frozenset[str] = frozenset()
) -> OwnSheet:
    return OwnSheet(number, f"WG26-{number}", "started", judged, marks, unmarked)


def test_marks_stand_in_the_reading_order_with_the_open_one_apart() -> None:
    impact, new = strips(
        (OwnCriterion("impact", "Impact", TEN), OwnCriterion("new", "Novelty", TEN)),
        (
            sheet(1, {"impact": 0, "new": 10}),
            sheet(2, {"impact": 10}, unmarked=frozenset({"new"})),
            sheet(3, {"impact": 7}, frozenset({"impact"})),
            sheet(4, {}),
        ),
        here="WG26-2",
    )
    assert [point.x for point in impact.points] == [125, 375, 625, 875]
    assert impact.others == "M125 86h0M625 36h0"
    assert impact.open_dot == "M375 14h0"
    assert (impact.marked, impact.lowest, impact.highest) == (3, "0", "10")
    assert [(point.text, point.answered, point.judged) for point in new.points] == [
        ("10", True, True),
        ("", True, True),
        ("", False, False),
        ("", False, True),
    ]
    assert new.here is not None
    assert new.open_dot == ""


@pytest.mark.parametrize("top", [1, 4, 10, 1000])
def test_no_dot_leaves_the_strip(top: int) -> None:
    heights = [height(mark, top) for mark in range(top + 1)]
    assert (heights[0], heights[-1]) == (86, 14)
    assert heights == sorted(heights, reverse=True)


def test_pass_or_fail_is_said_in_words() -> None:
    (strip,) = strips(
        (OwnCriterion("fit", "Fits the call", Scale(0, 1000, 1), ("Fail", "Pass")),),
        (sheet(1, {"fit": 1}, frozenset({"fit"})), sheet(2, {"fit": 0}, frozenset({"fit"}))),
    )
    assert (strip.low, strip.high, strip.at_the_top, strip.here) == ("Fail", "Pass", 1, None)
    macros = vars(specimen_environment().get_template("scoresheets/_strip.html").module)
    html = macros["own"]((strip,), "/bench")
    assert "Pass on 1 of 2" in html
    assert "style=" not in html


async def test_own_marks_are_read_at_once_and_nobody_elses() -> None:
    made = await bench(entries=3)
    await factories.scoresheet(made.assignments[0], {"impact": 7, "new": 9})
    row = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.season.round_id)
        .order_by(RoundEntry.id)
    )
    other = await factories.seat(made.season.round_id, await factories.judge("Bo"))
    await factories.scoresheet(
        await factories.assignment(row[0]["id"], other), {"impact": 1, "new": 2}, signed=True
    )
    with counting() as counter:
        mine = await own_marks(made.seat_id, made.season.round_id)
    assert len(counter) == 1
    assert [one.code for one in mine.criteria] == ["impact", "new"]
    assert {one.reference: dict(one.marks) for one in mine.sheets} == {
        made.references[0]: {"impact": 7, "new": 9},
        made.references[1]: {},
        made.references[2]: {},
    }
    await RoundEntry.update({RoundEntry.bridge: True}).where(RoundEntry.id == row[2]["id"])
    plain = [one.reference for one in mine.sheets]
    assert [one.reference for one in (await own_marks(made.seat_id, made.season.round_id)).sheets] == plain
    await Round.update({Round.bridge_first: True}).where(Round.id == made.season.round_id)
    first = (await own_marks(made.seat_id, made.season.round_id)).sheets
    assert [(one.reference, one.calibration) for one in first] == [
        (made.references[2], True),
        *((name, False) for name in plain if name != made.references[2]),
    ]
    await Mark.update({Mark.value: None, Mark.state: "not enough evidence"}).where(Mark.value == 9)
    again = {one.reference: one for one in (await own_marks(made.seat_id, made.season.round_id)).sheets}
    assert again[made.references[0]].unmarked == {"new"}


def test_what_all_read_first_stands_first_for_every_judge() -> None:
    references = [f"WG26-{number:05}" for number in range(12)]
    shared = {references[4], references[9]}
    orders = [reading_order(f"J-{number}", references, shared) for number in range(40)]
    assert all(set(order[:2]) == shared for order in orders)
    assert {order[0] for order in orders} == shared
    assert [one for one in orders[3] if one not in shared] == [
        one for one in reading_order("J-3", references) if one not in shared
    ]
