"""The page where one entry is judged: what stands on it, what it weighs, and where its buttons lead."""

import pytest

from awards.db import counting
from awards.editions.tables import Criterion, Round, Scale
from awards.panels.tables import Assignment, RoundEntry
from awards.scoresheets.tables import Mark, SheetNote, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import Bench
from tests.awards.scoresheets.longer import deepen, lengthen, text
from tests.awards.scoresheets.test_pages import chiaras, csrf_of, post_json
from tests.lint import elements, words
from tests.page import Page
from tests.serving import ClientFor


async def asks_all(made: Bench) -> None:
    await Round.update({Round.confidence: True, Round.not_enough_evidence: True}).where(
        Round.id == made.season.round_id
    )


def order_of(page: Page) -> list[str]:
    """The references of a judge's list, in their own order."""
    return list(
        dict.fromkeys(href.rpartition("/")[2] for _text, href in page.links if "/first/WG26-" in href)
    )


async def test_three_thousand_words_weigh_little(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, entries=30)
    await lengthen(made, words=3000)
    codes = await deepen(made, criteria=6)
    await asks_all(made)
    for number, assignment in enumerate(made.assignments):
        marks = {code: (number + place) % 11 for place, code in enumerate(codes)}
        sheet_id = await factories.scoresheet(assignment, marks, signed=number % 2 == 0)
        for audience in ("city", "secretariat"):
            await factories.add(SheetNote, scoresheet=sheet_id, audience=audience, text=text(150))
    path = f"{made.path}/{made.references[1]}"
    page = await chiara.get(path)
    with counting() as counter:
        await chiara.get(path)
    assert len(counter) <= 8
    assert not counter.repeated
    assert len(page.html.encode()) < 60 * 1024
    assert page.text.count("the fare is one coin") > 160
    # Each criterion stands with its rubric, its ends and the judge's own other marks.
    assert page.text.count("0 not shown") == page.text.count("10 fully shown") == len(codes)
    assert page.text.count("Your other entries: 29 marked, from 0 to 10") == len(codes)
    assert "30 of 30 entries marked" in page.text


async def test_what_stands_beside_the_sheet(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, entries=2)
    await lengthen(made, words=90)
    await RoundEntry.update({RoundEntry.bridge: True}).where(RoundEntry.round == made.season.round_id)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Calibration entry" not in page.text
    await Round.update({Round.bridge_first: True}).where(Round.id == made.season.round_id)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Calibration entry" in page.text
    sections = [words(h) for h in elements(page.document, "h2")]
    assert [name for name in sections if name != "Your sheet"] == [
        "The problem",
        "The practice",
        "What changed",
    ]
    film = next(a for a in elements(page.document, "a") if words(a).startswith("https://seoul.go.kr@"))
    assert {"noreferrer", "nofollow"} <= set(film.get("rel", "").split())
    # Not the name that the address begins with.
    assert "leads out, to films.example, in a new tab" in page.text


async def test_not_enough_evidence_is_an_answer_where_the_round_allows_it(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Not enough evidence" not in page.text
    await asks_all(made)
    await chiara.get(f"{made.path}/{made.references[0]}")
    page = await chiara.submit("Save and stay", mark_impact="none", mark_new="4", confidence="high")
    assert "Your mark: Not enough evidence to mark this" in page.text
    assert "All 2 criteria marked: ready to be signed off" in page.text


async def test_a_round_of_pass_or_fail_speaks_in_words(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    await Round.update({Round.kind: "pass or fail"}).where(Round.id == made.season.round_id)
    await Scale.update({Scale.top: 1, Scale.low_label: "Leave out", Scale.high_label: "Goes on"}).where(
        Scale.id == made.season.scale_id
    )
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    scale = next(e for e in elements(page.document, "div") if "scale-words" in (e.get("class") or ""))
    assert [words(label) for label in elements(scale, "label")] == ["Leave out", "Goes on"]
    page = await chiara.submit("Save and stay", mark_impact="1")
    assert "Your mark: Goes on" in page.text
    assert (await Mark.select())[0]["value"] == 1
    assert await Criterion.count() == 2


async def test_ways_out_of_a_sheet_save_it(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for, entries=3)
    first, second, third = order_of(await chiara.get(made.path))[:3]
    page = await chiara.get(f"{made.path}/{second}")
    page = await chiara.submit("Save, back to no. 1", mark_impact="7")
    assert page.path.endswith(first)
    assert page.flash.startswith("Saved 09:00:00 UTC")
    page = await chiara.submit("Save, on to no. 2", mark_impact="3")
    assert page.path.endswith(second)
    assert await SheetRevision.count() == 2
    # Nothing more was typed: it goes on, adds no revision, and leaves an entry unmarked that was only looked at.
    page = await chiara.submit("Save, on to no. 3")
    assert page.path.endswith(third)
    page = await chiara.submit("Save and go to the next")
    assert page.path.endswith(first)
    assert await SheetRevision.count() == 2
    assert {row["state"] for row in await Assignment.select(Assignment.state)} == {"opened", "started"}
    # Where the button says an entry of somebody else, the list is where it leads to.
    page = await chiara.submit("Save and stay")
    assert page.path.endswith(first)
    sent = {"csrf": csrf_of(page), "version": "1", "key": "k" * 32, "mark_impact": "3", "go": "WG26-OTHER"}
    page = await chiara.post(f"{made.path}/{first}", sent)
    assert page.path.endswith(second)


@pytest.mark.parametrize(("mark", "status"), [("9", 409), ("3", 200)])
async def test_a_button_after_another_device(client_for: ClientFor, mark: str, status: int) -> None:
    """What says the same goes on as the button says; what says otherwise shows both."""
    made, chiara = await chiaras(client_for, entries=2)
    first, second = order_of(await chiara.get(made.path))[:2]
    page = await chiara.get(f"{made.path}/{first}")
    operation = {"key": "b" * 32, "base_version": 0, "fields": {"mark_impact": "3"}}
    assert (await post_json(chiara, f"{made.path}/{first}/save", operation)).status_code == 200
    chiara.page = page
    page = await chiara.submit("Save and go to the next", mark_impact=mark, status=status)
    assert page.path.endswith(first if status == 409 else second)
    assert await SheetRevision.count() == 1


async def test_a_field_that_is_not_on_the_sheet_is_refused_by_the_button_too(client_for: ClientFor) -> None:
    made, chiara = await chiaras(client_for)
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    sent = {"csrf": csrf_of(page), "version": "0", "key": "k" * 32, "mark_other": "3", "note_city": "Kept"}
    page = await chiara.post(f"{made.path}/{made.references[0]}", sent, status=422)
    assert page.errors == ["This entry is not judged on “other”"]
    assert page.by_id("note_city").text == "Kept"
    assert await SheetRevision.count() == 0
