"""A round of pass or fail, from the bench to its counts."""

from awards.editions.tables import Round, Scale
from awards.panels.tables import Assignment
from awards.results.passing import Answers, SignedSheet, passing_of
from tests import factories
from tests.awards.results.judged import judged
from tests.awards.scoresheets.benches import bench
from tests.people import CHIARA, EUN_JI, give, id_of
from tests.serving import ClientFor

BOTH = frozenset({"a", "b"})


def test_counts_by_sheet_and_by_criterion() -> None:
    sheets = [
        SignedSheet("one", BOTH, {"a": 1, "b": 1}),
        SignedSheet("one", BOTH, {"a": 1, "b": 0}),
        SignedSheet("two", BOTH, {"a": 1}),
        SignedSheet("two", BOTH, {"a": 1, "b": 1}),
        SignedSheet("three", frozenset({"a"}), {"a": 0}),
    ]
    found = {one.reference: one for one in passing_of(["none", "one", "three", "two"], sheets)}
    assert list(found) == ["two", "one", "three", "none"]
    assert found["one"].sheets == Answers(passes=1, fails=1)
    assert found["two"].sheets == Answers(passes=1, unsure=1)
    assert found["two"].criteria == {"a": Answers(passes=2), "b": Answers(passes=1, unsure=1)}
    assert found["three"].criteria == {"a": Answers(fails=1)}
    assert found["none"].sheets.share is None


async def test_level_ones_stay_as_they_came() -> None:
    sheets = [SignedSheet(name, BOTH, {"a": 1, "b": 1}) for name in ("y", "x", "y", "x", "z")]
    assert [one.reference for one in passing_of(["x", "y", "z"], sheets)] == ["x", "y", "z"]


async def words(round_id: int, scale_id: int) -> None:
    await Round.update({Round.kind: "pass or fail"}).where(Round.id == round_id)
    await Scale.update({Scale.top: 1, Scale.low_label: "", Scale.high_label: "Fit for the call"}).where(
        Scale.id == scale_id
    )


async def test_a_judge_answers_in_words_and_is_counted(client_for: ClientFor) -> None:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    made = await bench(person_id)
    await words(made.season.round_id, made.season.scale_id)
    chiara = await client_for(CHIARA)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Fit for the call" in page.text
    await chiara.submit("Save and stay", mark_impact="1", mark_new="0")
    page = await chiara.get(made.path)
    assert page.table("Your entries")[1][5] == "Fail"
    assert "Fit for the call on 1 of 1" in page.text
    page = await chiara.get(f"{made.path}/sign")
    assert "Fit for the call" in page.text
    await chiara.submit("Sign off", agree="1")

    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{made.season.desk}/results/first")
    assert "This round is not closed" in page.text
    await Round.update({Round.state: "extra"}).where(Round.id == made.season.round_id)
    page = await eun_ji.get(f"{made.season.desk}/results/first")
    assert "being read once more" in page.text
    assert "0 of 1" not in page.text
    await Round.update({Round.state: "closed"}).where(Round.id == made.season.round_id)
    page = await eun_ji.get(f"{made.season.desk}/results/first")
    assert page.table("How the judges answered")[1][2:] == ["0 of 1", "1 of 1", "0 of 1"]
    assert "Calculate the results" not in page.text


async def test_only_signed_sheets_of_categories_without_conflict_are_counted(client_for: ClientFor) -> None:
    season = await judged(marks={(n, j): (1, 1 if (n + j) % 2 else 0) for n in range(9) for j in range(9)})
    await words(season.season.round_id, season.season.scale_id)
    await give(EUN_JI, "secretariat", season.season.scope)
    eun_ji = await client_for(EUN_JI)
    path = f"{season.season.desk}/results/first"
    before = (await eun_ji.get(path)).table("How the judges answered")[1:]
    assert all(row[3].split(" of ")[0] == row[3].split(" of ")[1] for row in before)
    first = await Assignment.select(Assignment.id).order_by(Assignment.id).first()
    await Assignment.update({Assignment.state: "set aside"}).where(Assignment.id == first["id"])
    after = (await eun_ji.get(path)).table("How the judges answered")[1:]
    assert (
        sum(int(row[3].split(" of ")[1]) for row in after)
        == sum(int(row[3].split(" of ")[1]) for row in before) - 1
    )
    await factories.official(await id_of(EUN_JI), season.entrants[0])
    page = await eun_ji.get(path)
    assert "Some categories are not shown to you" in page.text
    assert not [
        caption for caption in page.response.text.split("<caption")[1:] if "How the judges" in caption
    ]
