"""Real judging: what the published data say must come out of ours, value by value."""

import filecmp
from pathlib import Path

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.demo.competitions import add_competition
from awards.demo.convert_skating import HERE, convert
from awards.editions.queries import rounds_of
from awards.entries.tables import Entry
from awards.exchange.folder import read_folder, scales_of
from awards.exchange.official import compare
from awards.panels.tables import RoundEntry
from awards.results.facts import facts_of
from awards.results.inputs import round_inputs
from awards.results.services import calibrate_round
from awards.results.tables import CalibrationRun, Standing
from awards.scoresheets.tables import Mark
from judging.rounds import RoundInputs
from tests.factories import AT


def test_the_import_folder_is_what_the_script_makes_of_the_source(tmp_path: Path) -> None:
    convert(HERE / "source", tmp_path)
    names = ["entries.csv", "rounds.csv", "panels.csv", "judges.csv", "marks.csv", "official.csv"]
    same, differing, missing = filecmp.cmpfiles(tmp_path, HERE / "import", names, shallow=False)
    assert (sorted(same), differing, missing) == (sorted(names), [], [])


def test_the_published_panel_scores_are_reproduced_exactly() -> None:
    folder = read_folder(HERE / "import")
    found = compare(folder, scales_of(folder.edition))
    assert (found.reproduced, found.published, found.differing) == (1010, 1010, ())


async def test_the_whole_competition_comes_in_and_is_calibrated() -> None:
    clock = FixedClock(AT)
    report = await add_competition("skating-2017/import", clock=clock)
    assert (report.entries, report.judges, report.sheets, report.marks) == (118, 50, 1818, 9090)
    assert await Entry.count() == 118
    assert await RoundEntry.count() == 202
    assert await Mark.count() == 9090
    own_country = 0
    for round_ in await rounds_of(report.edition_id):
        inputs = round_inputs(await facts_of(round_.id))
        own_country += len(inputs.own_country_sheets())
        await calibrate_round(round_id=round_.id, actor=SYSTEM, clock=clock)
        await everybody_marked_everything(round_.id, inputs)
    assert own_country == 74


async def everybody_marked_everything(round_id: int, inputs: RoundInputs) -> None:
    """Four panels that share no judge, each complete: calibrated equals raw, to the last digit, and it says so."""
    runs = await CalibrationRun.select(CalibrationRun.id, CalibrationRun.body).where(
        CalibrationRun.round == round_id
    )
    standings = await Standing.select().where((Standing.run == runs[0]["id"]) & (Standing.scope == "all"))
    assert len(standings) == len(inputs.entries)
    assert [row["estimate"] for row in standings] == [row["raw_mean"] for row in standings]
    assert '"code":"balanced"' in runs[0]["body"]
    assert '"code":"disconnected"' in runs[0]["body"]
