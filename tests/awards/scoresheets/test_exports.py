"""The board taken away: the same rows as on the pages, as CSV and as XLSX."""

import csv
import io

import openpyxl

from awards.accounts.tables import Person
from awards.cities.tables import Entrant
from awards.entries.tables import Entry
from awards.panels.tables import RoundEntry, Seat
from tests.awards.scoresheets.boards import RoundAtWork, round_at_work
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor


async def at_work(client_for: ClientFor) -> tuple[RoundAtWork, Client]:
    made = await round_at_work()
    await give(EUN_JI, "secretariat", made.season.scope)
    return made, await client_for(EUN_JI)


async def csv_rows(client: Client, path: str) -> list[list[str]]:
    response = await client.http.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


async def xlsx_rows(client: Client, path: str) -> list[list[object]]:
    response = await client.http.get(path)
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


async def test_by_judge(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    labels = {row["id"]: row["label"] for row in await Seat.select(Seat.id, Seat.label)}
    head, *rows = await csv_rows(eun_ji, f"{made.path}/export/judges.csv?show=unfinished&sort=name")
    assert head == [
        "Judge", "Label", "State", "Given", "Not opened", "Opened", "Started", "Ready", "Signed off",
        "Left to sign off", "Last at work (UTC)", "Deadline (UTC)", "Forecast", "Read by (UTC)", "Reminded (UTC)",
        "From paper", "From paper, not confirmed",
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["Ben In Time", "Cleo Late", "Dan Silent", "Eve Overdue"]
    assert rows[0] == [
        "Ben In Time", labels[made.seats["Ben"]], "At work", "5", "1", "0", "1", "1", "2", "3", "2026-03-09T09:00:00Z",
        "2026-03-20T09:00:00Z", "in time", "2026-03-15T17:00:00Z", "", "0", "0",
    ]  # fmt: skip
    workbook = await xlsx_rows(eun_ji, f"{made.path}/export/judges.xlsx?show=unfinished&sort=name")
    assert [row[:10] for row in workbook[1:]] == [
        [*row[:3], *(int(cell) for cell in row[3:10])] for row in rows
    ]


async def test_by_entry(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    head, *rows = await csv_rows(eun_ji, f"{made.path}/export/entries.csv?show=incomplete")
    assert [row[0] for row in rows] == [made.references[number] for number in (5, 2, 3, 4)]
    assert dict(zip(head, rows[1], strict=True)) == {
        "Entry": "WG26-B2", "City": "City 2", "Title": "Practice of city 2", "Category": "Inclusive City",
        "State": "Waits for silent judges", "Wanted": "3", "Given": "3", "Not opened": "1", "Opened": "1",
        "Started": "0", "Ready": "1", "Signed off": "0", "Sheets to come": "3", "Further judges needed": "0",
        "Stepped aside or set aside": "0", "Waits for": "Ben In Time, Cleo Late, Dan Silent",
        "Forecast": "too early to say", "Read by (UTC)": "", "From paper": "0", "From paper, not confirmed": "0",
    }  # fmt: skip
    workbook = await xlsx_rows(eun_ji, f"{made.path}/export/entries.xlsx?show=incomplete")
    assert [str(row[0]) for row in workbook[1:]] == [row[0] for row in rows]


async def test_every_sheet(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    head, names, *rows = await csv_rows(eun_ji, f"{made.path}/export/sheets.csv")
    assert head == ["Judge", *made.references, "Signed off", "Given"]
    assert names[1] == "City 0: Practice of city 0"
    assert rows[1] == [
        "Ben In Time",
        "Signed off",
        "Signed off",
        "Ready",
        "Started",
        "Not started",
        "",
        "2",
        "5",
    ]
    workbook = await xlsx_rows(eun_ji, f"{made.path}/export/sheets.xlsx?category=none")
    assert [cell or "" for cell in workbook[3]][:7] == rows[1][:7]


async def test_names_that_look_like_formulas_are_text(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    bad = '=HYPERLINK("http://evil.example","x")'
    await Person.update({Person.name: bad}).where(Person.name == "Dan Silent")
    await Entry.update({Entry.title: "@SUM(A1)"}).where(Entry.reference == made.references[2])
    await RoundEntry.update({RoundEntry.entry_version: None}).where(RoundEntry.round == made.season.round_id)
    await Entrant.update({Entrant.name: "+City, of\u202e"}).where(Entrant.name == "City 2")
    found = set()
    for view in ("judges", "entries", "sheets"):
        for row in await csv_rows(eun_ji, f"{made.path}/export/{view}.csv"):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
            found |= set(row)
        for cells in await xlsx_rows(eun_ji, f"{made.path}/export/{view}.xlsx"):
            assert not any(isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert {f"'{bad}", "'@SUM(A1)", "'+City, of\u202e"} <= found


async def test_the_file_is_named_by_our_own_codes_and_kept_by_nobody(client_for: ClientFor) -> None:
    made, eun_ji = await at_work(client_for)
    response = await eun_ji.http.get(f"{made.path}/export/judges.xlsx")
    name = f"{made.season.edition}-first-judges-2026-03-10.xlsx"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
