"""Every number of a run is followed down to the marks on the sheets."""

from awards.clock import FixedClock
from awards.db import counting
from awards.panels.tables import Assignment
from awards.results import services
from awards.results.queries import entry_names, names_of, read_body, round_results
from awards.results.queries.tracing import notes_of
from awards.results.tracing import Trace, trace
from awards.scoresheets.tables import Scoresheet, SheetNote
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import left_out
from tests.awards.results.test_advancing import say
from tests.awards.results.test_result_pages import SESSION, calculated, secretariat
from tests.awards.results.two_rounds import judge_final, two_rounds
from tests.factories import add
from tests.serving import ClientFor


async def traced(season: Judged, clock: FixedClock, entry: int) -> Trace:
    found = await round_results(season.season.edition_id, "first")
    names = await names_of(found)
    entries = await entry_names(found.id, await season.actor(), clock.now())
    reference = season.references[entry]
    inputs = read_body(found.inputs)
    counted = {sheet["judge"] for sheet in inputs["sheets"] if sheet["entry"] == reference}
    criteria, notes = await notes_of(found.id, reference, counted)
    result = trace(inputs, found.body, entries[reference], names.judges, criteria, notes)
    assert result is not None
    return result


async def test_a_score_is_the_mean_of_what_its_marks_count_as(clock: FixedClock) -> None:
    season = await calculated(clock)
    for entry in range(len(season.references)):
        found = await traced(season, clock, entry)
        assert found.allows
        for number, row in enumerate(found.criteria):
            cells = [cell for sheet in found.sheets if (cell := sheet.cells[number]) is not None]
            assert row.sheets == len(cells) == 3
            assert row.raw is not None
            assert row.estimate is not None
            assert abs(sum(cell.given for cell in cells) / 3 - row.raw) <= 1
            # Severities are kept in millionths, so a mean of three of them is a millionth off at most.
            assert abs(sum(cell.counts for cell in cells) / 3 - row.estimate) <= 1
        weights = [row.weight for row in found.criteria]
        mean = sum(row.weight * (row.estimate or 0) for row in found.criteria) / sum(weights)
        assert found.total.estimate is not None
        assert abs(mean - found.total.estimate) <= 1
        totals = [sheet.total.counts for sheet in found.sheets if sheet.total]
        assert abs(sum(totals) / 3 - found.total.estimate) <= 2


async def test_a_plain_method_takes_marks_as_they_are(clock: FixedClock) -> None:
    season = await calculated(clock)
    found = await round_results(season.season.edition_id, "first")
    inputs = {**read_body(found.inputs), "method": {"rule": "median", "decimals": None, "confidence": False}}
    entries = await entry_names(found.id, await season.actor(), clock.now())
    criteria, notes = await notes_of(found.id, season.references[0], {"J1", "J2", "J3"})
    plain = trace(inputs, found.body, entries[season.references[0]], {}, criteria, notes)
    assert plain is not None
    assert not plain.allows
    assert {cell.allowed for sheet in plain.sheets for cell in sheet.cells if cell} == {0}


async def test_a_sheet_that_is_left_out_stands_beside_with_its_marks(clock: FixedClock) -> None:
    season = await judged()
    await left_out(season, clock)
    actor = await season.actor()
    await services.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    found = await traced(season, clock, 0)
    assert [sheet.label for sheet in found.sheets] == ["J2", "J3"]
    (out,) = found.left_out
    assert (out.label, [cell.given for cell in out.cells if cell]) == ("J1", [9_000_000, 9_000_000])


async def test_the_page_of_an_entry(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    (sheet,) = await Scoresheet.raw(
        "SELECT s.id FROM scoresheet s JOIN assignment a ON a.id = s.assignment WHERE a.round_entry = {}"
        " AND a.seat = {}", season.round_entries[0], season.seats[0],
    )  # fmt: skip
    await add(SheetNote, scoresheet=sheet["id"], audience="secretariat", text="I know this street.")
    await add(SheetNote, scoresheet=sheet["id"], audience="city", text="Well done.")
    eun_ji = await secretariat(season, client_for)
    desk, reference = season.season.desk, season.references[0]
    await eun_ji.get(f"{desk}/results/first/inclusive")
    with counting() as counter:
        page = await eun_ji.get(f"{desk}/results/first/entries/{reference}")
    assert len(counter) <= SESSION + 4, counter.statements
    assert "I know this street." in page.text
    assert "Well done." not in page.text
    page = await eun_ji.get(f"{desk}/results/first/judges/J2")
    rows = page.table("Every sheet of the judge that counts")[1:]
    assert [row[0] for row in rows][:2] == ["Lindmere", "Port Amaranth"]
    await eun_ji.get(f"{desk}/results/first/judges/nobody", status=404)
    page = await eun_ji.get(f"{desk}/results/first/inclusive/impact")
    assert page.table("The entries by this criterion alone")[1][1].startswith("Lindmere")
    for wrong in ("entries/WG26-NONE", f"entries/{reference}?run=9", "inclusive/none", "nowhere/impact"):
        await eun_ji.get(f"{desk}/results/first/{wrong}", status=404)
    # What is signed after the run belongs to the next one.
    await Assignment.update({Assignment.state: "started"}).where(
        (Assignment.round_entry == season.round_entries[0]) & (Assignment.seat == season.seats[0])
    )
    page = await eun_ji.get(f"{desk}/results/first/entries/{reference}")
    assert "I know this street." not in page.text


async def test_what_is_carried_over_leads_to_the_round_before(
    client_for: ClientFor, clock: FixedClock
) -> None:
    """Beside it stands what the judges of this round add or take, and nothing of the other round."""
    season, final = await two_rounds(clock, carried=100)
    await say(season, clock, 0, 1, 2)
    await judge_final(season, final)
    number = await services.calibrate_round(round_id=final, actor=await season.actor(), clock=clock)
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/final/inclusive")
    assert "Scores hold what is carried over" in page.text
    shown = {row[1]: row[4] for row in page.table("Official and plain results")[1:]}
    reference = season.references[0]
    page = await eun_ji.get(f"{season.season.desk}/results/final/entries/{reference}?run={number}")
    head, *rows = page.table("Each criterion with its weight")
    by_name = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    parts = [by_name[name]["Panel"].replace("−", "-") for name in ("Impact", "Novelty")]
    own = 0.6 * float(parts[0]) + 0.4 * float(parts[1])
    total = by_name["Score"]["Panel"].replace("−", "-")
    assert abs(float(total) - own) < 0.011
    assert [text for name, text in shown.items() if name.startswith("Lindmere")] == [
        by_name["Score"]["Panel"]
    ]
    (carried,) = [name for name in by_name if name.startswith("Carried over")]
    page = await eun_ji.click(carried)
    assert page.path.endswith(f"/results/first/entries/{reference}")
    assert by_name[carried]["Score"] in page.text
