"""Not enough evidence is an answer where the round takes it: it completes a sheet, and is no number for anybody."""

import json

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Invalid
from awards.invariants import broken
from awards.panels.queries import own_seat, round_by_codes
from awards.results.facts import facts_of
from awards.results.inputs import round_inputs
from awards.scoresheets.arranging import Asked
from awards.scoresheets.forms import SignSheets, operation_of_form, operation_of_json
from awards.scoresheets.queries import (
    entries_board,
    my_entries,
    progress_of,
    sheet_for_judge,
    summary_of,
)
from awards.scoresheets.queries.receipts import own_receipts
from awards.scoresheets.rules import Confidence, rebuilt
from awards.scoresheets.services import save_sheet, sign_sheets
from awards.scoresheets.tables import Mark, SheetRevision
from awards.web.fields import Fields
from tests.awards.scoresheets.benches import Bench, bench, save
from tests.factories import AT


async def taking(**changes: bool) -> Bench:
    made = await bench()
    await Round.update({Round.not_enough_evidence: True, **changes}).where(Round.id == made.season.round_id)
    return made


def of_json(**fields: str) -> bytes:
    return json.dumps({"key": "0123456789abcdef", "base_version": 0, "fields": fields}).encode()


async def test_it_completes_a_sheet_and_gives_no_score(clock: FixedClock) -> None:
    made = await taking(confidence=True)
    command = operation_of_json(of_json(mark_impact="7", mark_new="none", confidence="middle"))
    await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    rows = await Mark.select(Mark.value, Mark.state).order_by(Mark.id)
    assert [(row["value"], row["state"]) for row in rows] == [(7, "given"), (None, "not enough evidence")]

    view = await sheet_for_judge(made.judge, made.where(), AT)
    assert [criterion.mark for criterion in view.criteria] == [7, "none"]
    assert (view.marked, view.round.not_enough_evidence) == (2, True)
    programme, edition = made.season.programme, made.season.edition
    seat = await own_seat(made.judge, programme, edition, "first")
    assert [(one.state, one.marked) for one in await my_entries(seat)] == [("ready", 2)]
    found = await round_by_codes(programme, edition, "first")
    assert (await progress_of(found)).counts["ready"] == 1
    assert [line.counts["ready"] for line in (await entries_board(found, Asked(), AT)).entries] == [1]
    (sheet,) = (await summary_of(seat, AT)).sheets
    assert [text for _name, text in sheet.marks] == ["7", "Not enough evidence"]

    signing = SignSheets(sheets=(sheet.value,), agree="1")
    await sign_sheets(
        programme=programme,
        edition=edition,
        round_code="first",
        command=signing,
        actor=made.judge,
        clock=clock,
    )
    (receipt,) = await own_receipts(seat)
    assert receipt.holds
    assert [text for _name, text in receipt.marks] == ["7", "Not enough evidence"]
    assert json.loads(receipt.opened)["marks"] == {"impact": 7, "new": "none"}
    (judged,) = round_inputs(await facts_of(made.season.round_id)).sheets
    assert (judged.marks, judged.confidence) == ((("impact", 7),), 2)
    assert await broken() == []


@pytest.mark.parametrize("confidence", ["", *Confidence])
async def test_every_confidence_weighs(clock: FixedClock, confidence: str) -> None:
    """A word that the bench knows and the run does not would stop the run."""
    made = await taking(confidence=True)
    command = operation_of_json(of_json(mark_impact="7", mark_new="1", confidence=confidence))
    await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    await sign_sheets(
        programme=made.season.programme, edition=made.season.edition, round_code="first",
        command=SignSheets(sheets=(f"{made.references[0]}:1",), agree="1"), actor=made.judge, clock=clock,
    )  # fmt: skip
    (judged,) = round_inputs(await facts_of(made.season.round_id)).sheets
    assert judged.confidence == {"": 1, "low": 1, "middle": 2, "high": 4}[confidence]


async def test_it_gives_way_to_a_mark_and_back(clock: FixedClock) -> None:
    made = await taking()
    for base, mark in enumerate((7, "none", 0, None, "none", None)):
        await save_sheet(
            where=made.where(),
            command=save(f"save {base}", base, {"impact": mark}),
            actor=made.judge,
            clock=clock,
        )
        view = await sheet_for_judge(made.judge, made.where(), AT)
        assert view.criteria[0].mark == mark
        assert await broken() == []
    changes = [
        json.loads(row["change"]) for row in await SheetRevision.select().order_by(SheetRevision.version)
    ]
    assert rebuilt(changes[:5])["marks"] == {"impact": "none"}
    assert rebuilt(changes)["marks"] == {}


async def test_a_round_that_asks_for_marks_refuses_it(clock: FixedClock) -> None:
    made = await bench()
    form = {"key": "0123456789abcdef", "version": "0", "mark_new": "none", "mark_impact": "7"}
    for command in (
        operation_of_json(of_json(mark_new="none")),
        operation_of_form(Fields(list(form.items()))),
    ):
        with pytest.raises(Invalid) as problem:
            await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
        assert list(problem.value.errors) == ["mark_new"]
    assert await SheetRevision.count() == 0
