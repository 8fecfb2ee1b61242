"""What a meeting decided stands beside what the numbers said: on the pages, in the files, and where two people sign."""

import csv
import io
import json
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from awards.clock import FixedClock
from awards.publication.announcing import before_of
from awards.publication.differences import changes
from awards.results import services as results
from awards.results.forms_deliberation import AgreeMarks
from awards.results.services import deliberation
from tests.awards.publication.published import ask, sign
from tests.awards.results.meeting import Met, met
from tests.awards.results.test_deliberation import WHY, leave, move
from tests.page import Client
from tests.people import EUN_JI, LEILA

AGREED = "Less than it says."


async def concluded(clock: FixedClock, shows: str, *, agreed_on: Sequence[int] = (0,)) -> Met:
    """The third by the numbers comes first; of some the impact is agreed to be 8 of 10."""
    made = await met(clock)
    await leave(made, LEILA, 0, by=LEILA)
    await move(made, 2, "1")
    for entry in agreed_on:
        command = AgreeMarks(entry=made.season.references[entry], marks=(("impact", 8),), reason=AGREED)
        await deliberation.agree_marks(
            place=made.place, command=command, actor=await made.actor(), clock=clock
        )
    await made.consent(await made.sign(statement="The panel visited three cities."))
    edition_id = made.season.season.edition_id
    await results.take_proposals(edition_id=edition_id, actor=await made.actor(EUN_JI), clock=clock)
    await sign(made.season, clock, await ask(made.season, clock, shows=shows))
    return made


async def test_both_places_and_agreed_marks_are_read_by_everybody(client: Client, clock: FixedClock) -> None:
    made = await concluded(clock, "full")
    path = f"/awards/{made.season.season.programme}/{made.season.season.edition}"
    page = await client.get(f"{path}/inclusive")
    for said in (
        "PlacePlace by the numbersCity", "13HanbyeolPractice", "21LindmerePractice", "32Port AmaranthPractice",
        "Marks agreed on, Impact 8: " + AGREED, "Put at place 1: " + WHY,
        "by the numbers alone: Lindmere at place 1, Port Amaranth at place 2 and Hanbyeol at place 3",
    ):  # fmt: skip
        assert said in page.text, said
    winner = await client.get(f"{path}/inclusive/hanbyeol")
    assert "1, given by the meeting; by the numbers 3" in winner.text
    assert "Put at place 1: " + WHY in winner.text
    second = await client.get(f"{path}/inclusive/lindmere")
    assert "Impact9.008.00" in second.text.replace(" ", "")
    assert AGREED in second.text
    assert "Put at place 1: " + WHY in (await client.get(f"{path}/versions/1")).text
    files = {name: await rows_of(client, f"{path}/{name}.csv") for name in ("results", "criteria")}
    assert [(row["place"], row["place_decided"]) for row in files["results"]][:3] == [
        ("3", "1"), ("1", "2"), ("2", "3"),
    ]  # fmt: skip
    assert [row["agreed"] for row in files["criteria"] if row["agreed"]] == ["8"]


async def rows_of(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await client.get(path)).response.text)))


@pytest.mark.parametrize(("shows", "agreed"), [("names", False), ("winners", True), ("ranks", True)])
async def test_a_step_tells_no_more_of_a_meeting_than_of_the_rest(
    shows: str, agreed: bool, clock: FixedClock
) -> None:
    """Lindmere wins a prize, so its scores are told with the prizes; nothing is told of who has none."""
    made = await concluded(clock, shows, agreed_on=(0, 1))
    before = await before_of(made.season.season.edition_id)
    assert before is not None
    acts = [act for one in before.draft.figures["deliberations"] for act in one["acts"]]
    assert [act["entry"] for act in acts if "marks" in act] == (["lindmere"] if agreed else [])
    assert {row.figures.get("decided") for row in before.draft.rows} == {
        "names": {None}, "winners": {1, 2}, "ranks": {1, 2, 3, 4, 5, 6},
    }[shows]  # fmt: skip
    told = {"names": set(), "winners": {"hanbyeol", "lindmere"}}
    assert {act["entry"] for act in acts} == told.get(shows, {"hanbyeol", "lindmere", "port-amaranth"})


async def test_another_decision_of_a_meeting_is_a_correction(clock: FixedClock) -> None:
    made = await concluded(clock, "winners")
    before = await before_of(made.season.season.edition_id)
    assert before is not None
    figures, rows = before.draft.figures, before.draft.rows
    assert changes(before.draft, before.draft) == []
    other = json.loads(json.dumps(figures).replace(WHY, "Another reason."))
    assert [one.what for one in changes(before.draft, replace(before.draft, figures=other))] == [
        "What the meeting decided"
    ]
    back = tuple(replace(row, figures={**row.figures, "decided": row.rank}) for row in rows)
    assert [(one.before, one.after) for one in changes(before.draft, replace(before.draft, rows=back))] == [
        ("1", "3"), ("2", "1"),
    ]  # fmt: skip
