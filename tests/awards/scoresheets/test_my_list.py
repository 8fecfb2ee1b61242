"""A judge's own list: the order, the time it took, and where to look again."""

from datetime import datetime, timedelta

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.panels.tables import RoundEntry
from awards.scoresheets.pace import Trace, time_spent, to_look_at_again
from awards.scoresheets.rules import verdict_of
from awards.scoresheets.tables import Scoresheet
from tests import factories
from tests.awards.scoresheets.benches import Bench, bench
from tests.factories import AT
from tests.page import Client, Page
from tests.people import CHIARA, id_of
from tests.serving import ClientFor


def at(minute: float) -> datetime:
    return AT + timedelta(minutes=minute)


def minutes(traces: dict[str, Trace]) -> dict[str, float]:
    return {name: spent / timedelta(minutes=1) for name, spent in time_spent(traces).items()}


def test_only_short_gaps_count_and_each_once() -> None:
    assert minutes({"a": Trace(at(0), (at(5), at(9), at(24), at(30)))}) == {"a": 15}
    # The way from one sheet to the other counts for the one left where the other was opened, else for the one saved.
    both = {"a": Trace(at(0), (at(5), at(12))), "b": Trace(at(7), (at(10),))}
    assert minutes(both) == {"a": 5 + 2 + 2, "b": 3}
    assert minutes({"a": Trace(None, ()), "b": Trace(None, (at(3),))}) == {"a": 0, "b": 0}


def test_the_first_are_looked_at_again_until_they_were_saved_again() -> None:
    traces = {str(n): Trace(at(20 * n), (at(20 * n + 5),)) for n in range(7)}
    everything = list(traces)
    assert to_look_at_again(traces, everything) == ["0", "1", "2"]
    assert to_look_at_again(traces, ["1", "5"]) == ["1"]
    traces["1"] = Trace(at(20), (at(25), at(200)))
    assert to_look_at_again(traces, everything) == ["0", "2"]
    assert to_look_at_again({name: traces[name] for name in everything[:5]}, everything) == []


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [({"a": 1, "b": 1}, True), ({"a": 1, "b": 0}, False), ({"b": 0}, False), ({"a": 1}, None), ({}, None)],
)
def test_a_sheet_passes_where_every_criterion_does(marks: dict[str, int], verdict: bool | None) -> None:
    assert verdict_of(marks, {"a", "b"}) is verdict


async def chiaras(client_for: ClientFor, entries: int) -> tuple[Bench, Client]:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    return await bench(person_id, entries=entries), await client_for(CHIARA)


def entries_of(made: Bench, page: Page) -> list[str]:
    """References in the page's links to single entries, as they stand."""
    return [
        link.removeprefix(f"{made.path}/")
        for _text, link in page.links
        if link.startswith(f"{made.path}/WG26")
    ]


async def test_the_list_sorted_as_the_judge_likes(client_for: ClientFor, clock: FixedClock) -> None:
    made, chiara = await chiaras(client_for, 3)
    page = await chiara.get(made.path)
    order = list(dict.fromkeys(entries_of(made, page)))
    for reference, mark in zip(order, ("3", "9", "6"), strict=True):
        await chiara.get(f"{made.path}/{reference}")
        clock.advance(timedelta(minutes=4))
        await chiara.submit("Save and stay", mark_impact=mark, mark_new=mark)
    page = await chiara.get(made.path)
    assert [row[0] for row in page.table("Your entries, in")[1:]] == ["1", "2", "3"]
    assert [row[5:7] for row in page.table("Your entries, in")[1:]] == [
        ["3.00", "4"],
        ["9.00", "4"],
        ["6.00", "4"],
    ]
    assert "your time so far, 4 min an entry12 min" in page.text
    page = await chiara.get(f"{made.path}?sort=score")
    assert [row[0] for row in page.table("Your entries, as")[1:]] == ["2", "3", "1"]
    page = await chiara.get(f"{made.path}?sort=nonsense")
    assert [row[0] for row in page.table("Your entries, in")[1:]] == ["1", "2", "3"]


async def test_what_all_read_first_leads_the_list_and_keeps_its_place(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, 4)
    plain = (await chiara.get(made.path)).table("Your entries")[1:]
    last = plain[-1][1]
    rows = await RoundEntry.raw(
        "SELECT re.id, e.reference, e.title FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = {}",
        made.season.round_id,
    )
    chosen = next(row for row in rows if last.startswith(row["title"]))
    await RoundEntry.update({RoundEntry.bridge: True}).where(RoundEntry.id == chosen["id"])
    assert (await chiara.get(made.path)).table("Your entries")[1:] == plain
    await Round.update({Round.bridge_first: True}).where(Round.id == made.season.round_id)
    page = await chiara.get(made.path)
    assert "all judges read this one first" in page.table("Your entries")[1][1]
    assert page.text.count("all judges read this one first") == 1
    await chiara.get(f"{made.path}/{chosen['reference']}")
    assert (await Scoresheet.select(Scoresheet.position))[0]["position"] == 1


async def test_once_all_are_marked_the_first_ones_are_named(client_for: ClientFor, clock: FixedClock) -> None:
    made, chiara = await chiaras(client_for, 6)
    for number, assignment_id in enumerate(made.assignments[:5]):
        await factories.scoresheet(
            assignment_id, {"impact": 7, "new": 5}, at=clock.now() + timedelta(hours=number)
        )
    page = await chiara.get(made.path)
    assert "All your entries are marked" not in page.text
    await factories.scoresheet(
        made.assignments[5], {"impact": 7, "new": 5}, at=clock.now() + timedelta(hours=9)
    )
    page = await chiara.get(made.path)
    assert "All your entries are marked" in page.text
    # The notice before the list and the table of the marks.
    assert entries_of(made, page)[:3] == list(made.references[:3])
