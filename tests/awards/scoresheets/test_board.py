"""The board of a round: by judge and by entry, what is chosen, in which order, and for whom."""

import re
from datetime import timedelta

import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.panels.tables import Assignment, RoundEntry, Seat
from awards.scoresheets.pages import board as board_pages
from awards.scoresheets.queries import COLUMNS
from tests import factories
from tests.awards.scoresheets.boards import CLOSES, RoundAtWork, round_at_work, seat_with
from tests.factories import AT, DAY
from tests.page import Client
from tests.people import AMINA, CHIARA, EUN_JI, HIROSHI, NADIA, give, id_of
from tests.serving import ClientFor

JUDGES, ENTRIES = "How far each judge is", "How far each entry is"


async def at_work(client_for: ClientFor) -> tuple[RoundAtWork, Client]:
    made = await round_at_work()
    await give(EUN_JI, "secretariat", made.season.scope)
    return made, await client_for(EUN_JI)


async def names(client: Client, path: str, table: str = JUDGES) -> list[str]:
    page = await client.get(path)
    return [row[0].partition("Practice")[0] for row in page.table(table)[1:]]


async def test_by_judge_the_most_urgent_first(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    page = await eun_ji.get(f"{made.path}/judges")
    rows = [
        ("Eve Overdue", "Overdue", "0 of 2", "1", "–", "1", "–"),
        ("Dan Silent", "Silent", "0 of 3", "3", "–", "–", "–"),
        ("Cleo Late", "Behind", "2 of 6", "3", "1", "–", "–"),
        ("Ben In Time", "At work", "2 of 5", "1", "–", "1", "1"),
        ("Fay Invited", "Has not answered", "0 of 0", "–", "–", "–", "–"),
        ("Ada Done", "Done", "2 of 2", "–", "–", "–", "–"),
    ]
    shown = page.table(JUDGES)[1:]
    assert [(row[0], row[1].partition(" give")[0], *row[2:7]) for row in shown] == rows
    forecasts = {row[0]: row[8] for row in shown}
    assert forecasts["Ben In Time"] == "15 March 2026 in time"
    assert forecasts["Cleo Late"] == "17 April 2026 after the deadline"
    assert forecasts["Dan Silent"] == "too early to say"
    assert forecasts["Eve Overdue"] == "deadline passedDeadline 10 March 2026, 08:00 UTC"
    assert "the last sheet is read on 17 April 2026" in page.text
    assert "At this pace 1 judge would not be done by the deadline." in page.text
    assert "For 1 judge the deadline has passed with sheets open." in page.text
    assert "Of 1 judge nothing can be said yet: fewer than 2 sheets read" in page.text
    assert "6 of 18 sheets are signed off. From today 2 a day are needed" in page.text


async def test_by_entry_the_shortest_first(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    page = await eun_ji.get(f"{made.path}/entries")
    found = [(row[0][:6], *row[2:7]) for row in page.table(ENTRIES)[1:]]
    assert found == [
        ("City 5", "Short of judges2 further judges needed", "0 of 3", "–", "1", "Cleo Late"),
        ("City 2", "Waits for silent judges", "0 of 3", "1", "2", "Ben In Time, Cleo Late, Dan Silent (silent)"),
        ("City 3", "Overdue", "0 of 3", "2", "1", "Ben In Time, Cleo Late, Eve Overdue (overdue)"),
        ("City 4", "Overdue", "0 of 3", "–", "3", "Ben In Time, Cleo Late, Eve Overdue (overdue)"),
        ("City 0", "Complete", "3 of 3", "–", "1", "Dan Silent (silent)"),
        ("City 1", "Complete", "3 of 3", "–", "1", "Dan Silent (silent)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("show=silent", ["Dan"]),
        ("show=overdue", ["Eve"]),
        ("show=late", ["Cleo"]),
        ("show=behind", ["Eve", "Dan", "Cleo"]),
        ("show=done", ["Ada"]),
        ("show=unfinished&sort=name", ["Ben", "Cleo", "Dan", "Eve"]),
        ("show=unfinished&sort=left", ["Cleo", "Ben", "Dan", "Eve"]),
        ("show=unfinished&sort=seen", ["Dan", "Eve", "Ben", "Cleo"]),
        ("show=unfinished&sort=forecast", ["Ben", "Cleo", "Dan", "Eve"]),
        (
            "show=nonsense&sort=marks&days=1000&page=0&category=none",
            ["Eve", "Dan", "Cleo", "Ben", "Fay", "Ada"],
        ),
        ("category=inclusive&show=done", ["Ada"]),
    ],
)
async def test_judges_are_chosen_and_sorted(query: str, expected: list[str], client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    found = await names(eun_ji, f"{made.path}/judges?{query}")
    assert [name.partition(" ")[0] for name in found] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=order", "012345"),
        ("show=incomplete", "5234"),
        ("show=short", "5"),
        ("show=behind", "234"),
        ("show=complete", "01"),
        ("sort=forecast", "501234"),
        ("show=%E2%80%AE&sort=marks", "523401"),
    ],
)
async def test_entries_are_chosen_and_sorted(query: str, expected: str, client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    found = await names(eun_ji, f"{made.path}/entries?{query}", ENTRIES)
    assert "".join(name.removeprefix("City ") for name in found) == expected


async def test_silence_is_as_long_as_the_reader_says(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    season = made.season
    rows = await RoundEntry.select(RoundEntry.id).order_by(RoundEntry.id)
    await seat_with(season, "Hal Four Days", [rows[0]["id"]], opened=1, began=AT - 4 * DAY)
    # Who was given an entry yesterday is not silent about it, whenever they were last seen.
    new = await seat_with(season, "Ida Given Yesterday", [rows[1]["id"]])
    await Assignment.update({Assignment.created_at: AT - DAY}).where(Assignment.seat == new)
    assert await names(eun_ji, f"{made.path}/judges?show=silent&sort=name") == ["Dan Silent"]
    page = await eun_ji.get(f"{made.path}/judges?show=silent&sort=name&days=3")
    assert [row[0] for row in page.table(JUDGES)[1:]] == ["Dan Silent", "Hal Four Days"]
    assert "nothing for 3 days" in page.text
    assert "export/judges.csv?show=silent&amp;sort=name&amp;days=3" in page.html
    page = await eun_ji.get(f"{made.path}/judges?sort=name")
    assert {row[0]: row[1] for row in page.table(JUDGES)[1:]}["Ida Given Yesterday"] == "Not begun"


async def test_ticks_are_links_and_lead_to_the_preview(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    page = await eun_ji.get(f"{made.path}/judges")
    assert page.html.count(" checked") == 0
    for words, count in (("1 silent", 1), ("4 not done", 4), ("nobody", 0)):
        page = await eun_ji.click(words)
        assert page.html.count(" checked") == count
    page = await eun_ji.get(f"{made.path}/judges?tick=silent")
    page = await eun_ji.submit("#choose-judges")
    assert page.h1 == "Remind judges: First round"
    assert [row[0] for row in page.table("Who is written to")[1:]] == ["Dan Silent"]


async def test_a_silent_judge_leads_to_the_repair_of_the_panel(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await eun_ji.get(f"{made.path}/judges?show=silent")
    page = await eun_ji.click("give to others what Dan Silent has not opened")
    assert page.path.startswith(f"{made.season.desk}/panels/first/repair?")
    ticked = re.findall(r'name="silent" value="(\d+)" checked', page.html)
    assert ticked == [str(made.seats["Dan"])]


async def test_nobody_but_the_secretariat_and_the_auditor_finds_it(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    chiara = await id_of(CHIARA)
    await factories.make_judge(chiara)
    await seat_with(made.season, "", [], state="ended")
    await factories.seat(made.season.round_id, chiara)
    await factories.official(await id_of(AMINA), await factories.entrant("Lindmere"))
    paths = (
        "/judges",
        "/entries",
        "/remind",
        "/export/judges.csv",
        "/export/entries.xlsx",
        "/export/sheets.csv",
    )
    for member in (CHIARA, AMINA, NADIA):
        client = await client_for(member)
        for path in paths:
            await client.get(made.path + path, status=404)
        assert (await client.http.post(f"{made.path}/remind", data={"seats": "1"})).status_code in (403, 404)
    await give(HIROSHI, "auditor", made.season.scope)
    hiroshi = await client_for(HIROSHI)
    page = await hiroshi.get(f"{made.path}/judges")
    assert "remind" not in page.html.lower().replace("reminded", "")
    assert "repair" not in page.html
    assert "repair" not in (await hiroshi.get(f"{made.path}/entries")).html
    await hiroshi.get(f"{made.path}/remind", status=404)
    assert (await hiroshi.http.get(f"{made.path}/export/judges.csv")).status_code == 200
    await eun_ji.get(f"{made.path}/export/judges.pdf", status=404)
    await eun_ji.get(f"{made.path}/export/marks.csv", status=404)


async def test_a_page_costs_the_same_queries_however_long_it_is(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)

    async def cost() -> list[int]:
        counts = []
        for path in ("", "/judges", "/entries", "/remind?who=unfinished", "/judges?category=inclusive"):
            with counting() as counter:
                await eun_ji.get(made.path + path)
            counts.append(len(counter))
        return counts

    few = await cost()
    rows = await RoundEntry.select(RoundEntry.id)
    for number in range(3):
        await seat_with(made.season, f"More {number}", [row["id"] for row in rows], signed=number)
    assert await cost() == few
    assert max(few) <= 6


async def test_long_lists_come_page_by_page(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    made, eun_ji = await at_work(client_for)
    monkeypatch.setattr(board_pages, "MOST", 4)
    assert len(await names(eun_ji, f"{made.path}/judges")) == 4
    page = await eun_ji.click("2")
    assert [row[0] for row in page.table(JUDGES)[1:]] == ["Fay Invited", "Ada Done"]
    assert len(await names(eun_ji, f"{made.path}/judges?page=9999")) == 2
    assert len(await names(eun_ji, f"{made.path}/judges?page=²")) == 4
    assert len(await names(eun_ji, f"{made.path}/entries?page=2&sort=order", ENTRIES)) == 2


async def test_a_grid_of_many_entries_has_pages_and_counts_all(client_for: ClientFor) -> None:
    made = await round_at_work(entries=COLUMNS + 2)
    await give(EUN_JI, "secretariat", made.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(made.path)
    head, *rows = page.table("State of each sheet")
    assert (head[1], head[COLUMNS], len(head)) == ("01", "60", COLUMNS + 3)
    assert f"of {3 * (COLUMNS + 2)} sheets signed off" in page.text
    assert {row[0]: row[-2] for row in rows}["Cleo Late"] == f"2 of {COLUMNS + 2}"
    page = await eun_ji.click("2")
    head, *rows = page.table("State of each sheet")
    assert head[1:3] == ["61", "62"]
    # Who reads none of these is left out; what others have in all is still said.
    assert [(row[0], row[-2]) for row in rows] == [("Cleo Late", f"2 of {COLUMNS + 2}")]


async def test_a_round_that_is_over_says_what_was_left_open(client_for: ClientFor, clock: FixedClock) -> None:
    made, eun_ji = await at_work(client_for)
    await Round.update({Round.state: "closed"}).where(Round.id == made.season.round_id)
    clock.move_to(CLOSES + DAY)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{made.path}/judges?sort=name")
    standings = {row[0].partition(" ")[0]: row[1] for row in page.table(JUDGES)[1:]}
    assert standings == {
        "Ada": "Done", "Ben": "Left open", "Cleo": "Left open", "Dan": "Left open", "Eve": "Left open",
        "Fay": "Has not answered",
    }  # fmt: skip
    assert "If judges go on" not in page.text
    assert "See the reminders first" not in page.text
    page = await eun_ji.get(f"{made.path}/entries?show=short")
    assert "repair" not in page.html
    assert [row[0][:6] for row in page.table(ENTRIES)[1:]] == ["City 2", "City 3", "City 4", "City 5"]


async def test_further_reads_have_deadlines_of_their_own(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await Round.update({Round.state: "extra", Round.closes: AT - DAY}).where(Round.id == made.season.round_id)
    ben = (
        await Assignment.select(Assignment.id)
        .where(Assignment.seat == made.seats["Ben"])
        .order_by(Assignment.id)
    )
    until = AT + 3 * DAY
    await Assignment.update(
        {Assignment.extra_until: until, Assignment.created_at: AT - timedelta(hours=5)}
    ).where(Assignment.id == ben[4]["id"])
    page = await eun_ji.get(f"{made.path}/judges?show=unfinished")
    (row,) = page.table(JUDGES)[1:]
    assert row[:2] == ["Ben In Time", "Not begun"]
    assert row[8] == "too early to sayDeadline 13 March 2026, 09:00 UTC"
    page = await eun_ji.get(f"{made.path}/remind?who=unfinished")
    assert page.table("Who is written to")[1][3:] == ["1 of 3", "13 March 2026, 09:00 UTC"]


async def test_a_seat_that_ended_is_waited_for_no_more(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await Seat.update({Seat.state: "ended"}).where(Seat.id == made.seats["Ben"])
    page = await eun_ji.get(f"{made.path}/entries?sort=order")
    rows = {row[0][:6]: row for row in page.table(ENTRIES)[1:]}
    assert rows["City 2"][2] == "Short of judges1 further judge needed"
    assert rows["City 2"][6] == "Cleo Late, Dan Silent (silent)"
    page = await eun_ji.get(f"{made.path}/judges?sort=name")
    assert {row[0]: row[1] for row in page.table(JUDGES)[1:]}["Ben In Time"] == "Seat ended"


async def test_before_the_opening_nobody_is_late(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    await Round.update({Round.state: "draft", Round.opens: AT + DAY}).where(Round.id == made.season.round_id)
    page = await eun_ji.get(f"{made.path}/judges?sort=name")
    standings = {row[0].partition(" ")[0]: row[1] for row in page.table(JUDGES)[1:]}
    assert standings["Dan"] == standings["Eve"] == "Round not open yet"
    assert "over time" not in page.text
    page = await eun_ji.get(f"{made.path}/remind?who=unfinished")
    assert "The round is not open yet" in page.text
    assert "Send" not in page.text


async def test_an_empty_round_says_what_to_do(client_for: ClientFor) -> None:
    season = await factories.season(state="judging", round_state="open", round_opens=AT - DAY)
    await give(EUN_JI, "secretariat", season.scope)
    eun_ji = await client_for(EUN_JI)
    for path, words in (("judges", "No judge is shown"), ("entries", "No entry is shown")):
        page = await eun_ji.get(f"{season.desk}/progress/first/{path}")
        assert words in page.text
