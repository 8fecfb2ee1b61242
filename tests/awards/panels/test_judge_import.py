"""A list of judges: every bad row named, nothing stored before the second step, nobody there twice."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.accounts.tables import EmailAddress, Person
from awards.audit.tables import Event
from awards.exchange.judge_list import LARGEST_FILE, MOST_ROWS, BadList, compare, kept, kept_rows, read_list
from awards.panels.queries.known import Known
from awards.panels.queries.records import record_of
from awards.panels.tables import Affiliation, Judge
from awards.web.fields import BadInput
from tests import factories
from tests.awards.panels.rooms import Room, room
from tests.awards.panels.test_pool import desk_of, fields, sent
from tests.page import Client, Page
from tests.people import BAO, NADIA, id_of
from tests.serving import ClientFor

LIST = """Name;E-mail;Country;City;Employer;Expertise;Nominated by;Shoe size
Leila Haddad;leila@judges.example;Lebanon;;Port Works;Mobility 4, data: 2;City 1 of KE;38
Omar Aziz;omar(at)judges;MA;;;;;
Bo Lind;bo@judges.example;Atlantis;;;;;
Mei Chen;MEI@judges.example;TW;;;Cooking 3;;
Leila H.;LEILA@judges.example;LB;;;;;
Ida Berg;ida@judges.example;SE;City 9 of SE;;Mobility 7;;
;nobody@judges.example;;;;;;
Lella Hadad;lella@judges.example;LB;;;;;
"""
NOBODY = Known({}, (), {})


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def look(
    client: Client, made: Room, content: bytes, name: str = "judges.csv", status: int = 200
) -> Page:
    await client.get(f"{made.season.desk}/judges/import")
    return await client.submit("Show what it would do", file=(name, content, "text/csv"), status=status)


async def test_every_bad_row_is_told_of_and_nothing_is_stored(client_for: ClientFor) -> None:
    made = await room()
    await fields(made, "mobility", "data")
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/judges")
    await eun_ji.click("Import a list of judges")
    people = await Person.count()
    page = await look(eun_ji, made, LIST.encode())
    assert page.table("What is wrong")[1:] == [
        ["3", "Omar Aziz omar(at)judges", "Enter an e-mail address such as name@city.example"],
        ["4", "Bo Lind bo@judges.example", "“Atlantis” is no country that is known here"],
        ["5", "Mei Chen MEI@judges.example", "“Cooking” is no field of this programme"],
        ["6", "Leila H. LEILA@judges.example", "The same address stands on line 2"],
        ["7", "Ida Berg ida@judges.example",
         "“City 9 of SE” is no city on record“Mobility 7” should be a field and a level from 0 to 5"],
        ["8", "no name nobody@judges.example",
         "Enter an answer for “Full name”Enter the judge's country; conflicts are found by it"],
    ]  # fmt: skip
    assert page.table("Judges of the list")[1:] == [
        ["2", "Leila Haddad leila@judges.example", "New", "–"],
        ["9", "Lella Hadad lella@judges.example", "New",
         "Much like Leila Haddad, leila@judges.example: are they one person?"],
    ]  # fmt: skip
    assert "Columns that are not read: Shoe size." in page.text
    assert (await Judge.count(), await Person.count()) == (0, people)
    page = await eun_ji.submit("Store 2 judges")
    assert page.flash == "2 judges are new in the pool"
    leila = (
        await EmailAddress.select(EmailAddress.person).where(EmailAddress.folded == "leila@judges.example")
    )[0]
    record = await record_of(made.season.programme_id, leila["person"])
    assert [(one.kind, one.country, one.organisation) for one in record.belongings] == [
        ("home", "LB", ""),
        ("employer", "", "Port Works"),
    ]
    assert [(one.code, one.level) for one in record.knowings] == [("data", 2), ("mobility", 4)]
    assert [one.by for one in record.nominations] == ["City 1 of KE"]
    last = (await Event.select(Event.action, Event.subject_kind).order_by(Event.seq, ascending=False))[0]
    assert last == {"action": "judge changed", "subject_kind": "edition"}


async def test_who_is_known_is_updated_and_never_doubled(client_for: ClientFor) -> None:
    made = await room()
    (mobility,) = await fields(made, "mobility")
    person_id = await factories.judge("Leila Haddad", country="LB", email="leila@judges.example")
    await Judge.update({Judge.biography: "Built ports."}).where(Judge.person == person_id)
    eun_ji = await desk_of(made, client_for)
    official = await id_of(BAO)
    content = workbook(
        ("email", "name", "country", "languages", "expertise"),
        ("Leila@Judges.example", "Dr Leila Haddad-Said", None, "Arabic", "mobility=5"),
        (BAO.email, BAO.name, "VN", None, None),
    )
    page = await look(eun_ji, made, content, "judges.xlsx")
    assert [row[2:] for row in page.table("Judges of the list")[1:]] == [
        ["Update", "Known as Leila Haddad; that name stays"],
        ["New", "Has an account already and joins the pool"],
    ]
    page = await eun_ji.submit("Store 2 judges")
    assert "1 was there and is updated." in page.text
    assert await Judge.select(Judge.person, Judge.biography, Judge.languages).order_by(Judge.id) == [
        {"person": person_id, "biography": "Built ports.", "languages": "Arabic"},
        {"person": official, "biography": "", "languages": ""},
    ]
    record = await record_of(made.season.programme_id, person_id)
    assert [(one.field_id, one.level) for one in record.knowings] == [(mobility, 5)]
    # Once more: nothing new, no affiliation ended or doubled.
    count = await Affiliation.count()
    await look(eun_ji, made, content, "judges.xlsx")
    page = await eun_ji.submit("Store 2 judges")
    assert page.flash.startswith("0 judges are new in the pool")
    assert await Affiliation.count() == count


async def test_what_changed_since_the_preview_is_shown_again(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    await look(eun_ji, made, b"name,email,country\nLeila Haddad,leila@judges.example,LB\n")
    await factories.judge("Leila Haddad", country="LB", email="leila@judges.example")
    page = await eun_ji.submit("Store 1 judge", status=422)
    assert "it does not do what was shown before" in page.text
    assert page.table("Judges of the list")[1][2] == "Update"
    page = await eun_ji.submit("Store 1 judge")
    assert await Judge.count() == 1
    # The form that comes back is nobody's word: it is read in full again.
    path = f"{made.season.desk}/judges/import"
    for rows in (
        "",
        "[]",
        "{}",
        '[[1,{"name":3}]]',
        '[[1,{"name":"\\ud800"}]]',
        "[" * 5000,
        f"[[{10**30},{{}}]]",
    ):
        await eun_ji.get(path)
        await sent(eun_ji, path, {"act": "store", "rows": rows, "seen": ""}, 400)
    await eun_ji.get(path)
    forged = '[[2,{"name":"X","email":"x@y.example","country":"LB","levels":"9","nominated_by":"1"}]]'
    await sent(eun_ji, path, {"act": "store", "rows": forged, "seen": ""}, 422)
    assert await Judge.count() == 1


async def test_files_that_are_no_list(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    bad = {
        b"": "the file is empty",
        b"name,country\nX,KR\n": "the column email",
        b"name,email\n": "There are no rows",
        b"name,email\nA,a@b.example,KR\n": "line 2: there are 3 cells under 2 columns",
        b"name,email\n" + b"A,a@b.example\n" * (MOST_ROWS + 1): "A list has 500 rows at most",
        b"x" * (LARGEST_FILE + 1): "larger than 512 KiB",
        b"PK\x03\x04 and nothing": "no workbook that can be read",
    }
    for content, said in bad.items():
        page = await look(eun_ji, made, content, status=422)
        assert said in page.text, content[:40]
    await eun_ji.get(f"{made.season.desk}/judges/import")
    page = await eun_ji.submit("Show what it would do", status=422)
    assert page.errors == ["Choose a file"]
    nadia = await client_for(NADIA)
    await nadia.get(f"{made.season.desk}/judges/import", status=404)


def test_a_small_workbook_cannot_unpack_to_a_large_one() -> None:
    content = io.BytesIO(workbook(("name", "email"), ("A", "a@b.example")))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros.bin", bytes(20 * 1024 * 1024))
    assert len(content.getvalue()) < LARGEST_FILE
    with pytest.raises(BadList, match="too large when it is unpacked"):
        read_list("judges.xlsx", content.getvalue())


def test_a_row_far_down_is_not_walked_to() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["A1048576"] = "name", "email", "far away"
    sheet["XFD2"] = "far to the right"
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(BadList, match="goes beyond row"):
        read_list("judges.xlsx", content.getvalue())


@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from("name,email;\t\n\"'aé\x00@.=-"), max_size=200).map(str.encode)
)
def test_any_bytes_are_a_list_or_told_of(content: bytes) -> None:
    try:
        listed = read_list("judges.csv", b"name,email,expertise\n" + content)
    except BadList:
        return
    compare(listed.rows, NOBODY)
    assert kept_rows(kept(listed.rows)) == listed.rows


@given(st.text(max_size=200))
def test_any_kept_text_is_rows_or_refused(text: str) -> None:
    try:
        compare(kept_rows(text), NOBODY)
    except BadInput:
        return
