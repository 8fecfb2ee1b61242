"""Names of who entered, found in what judges of a blind round would read."""

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link

from awards.db import counting
from awards.editions.tables import Round
from awards.entries.naming import Entering, names_in
from tests.awards.entries.attached import attach, city_with_files, worked
from tests.awards.entries.test_pages import answered
from tests.awards.files.corpus import docx, pdf
from tests.people import AMINA, EUN_JI, give
from tests.serving import ClientFor, Service

WHO = Entering(
    ("City of Lindmere", "Bath", "서울특별시", "İzmir Büyükşehir"),
    ("Nora Eklund", "李小龍"),
    ("nora@lindmere.example",),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Our city built it.", ()),
        ("In LINDMERE’s harbour", ("City of Lindmere",)),
        ("See https://www.lindmere.example/ferry", ("City of Lindmere",)),
        ("The bathroom of Bathurst", ()),
        ("People of Bath say", ("Bath",)),
        ("서울특별시는 시민과 함께", ("서울특별시",)),
        ("Izmir buyuksehir belediyesi", ("İzmir Büyükşehir",)),
        ("Written by Eklund, Nora.", ("Nora Eklund",)),
        ("Nora Jonasson wrote it; Eklund did not", ()),
        ("市長李小龍說", ("李小龍",)),
        ("Ask NORA@lindmere.example.", ("City of Lindmere", "nora@lindmere.example")),
        ("Ask ferry@harbour.example, or ferry@harbour.example", ("ferry@harbour.example",)),
        ("The city of the future", ()),
        ("", ()),
    ],
)
def test_what_a_text_tells(text: str, found: tuple[str, ...]) -> None:
    assert names_in(text, WHO) == found


def test_a_name_of_words_that_stand_around_names_is_itself() -> None:
    assert names_in("The city council met", Entering(("City Council",))) == ("City Council",)
    assert names_in("Ur is old. Our city too", Entering(("Ur",))) == ()


async def test_a_city_and_its_screeners_are_warned_where_a_round_is_blind(
    client_for: ClientFor, service: Service
) -> None:
    season = await city_with_files()
    await give(EUN_JI, "secretariat", season.scope)
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    path = await answered(amina, season)
    await attach(
        amina, path, ("plan.pdf", pdf(_named), "application/pdf"), ("letter.docx", docx(), "text/plain")
    )
    await worked(service)
    entry = f"{season.desk}/entries/{path.rpartition('/')[2]}"
    for blind in (False, True):
        await Round.update({Round.blind: blind}).where(Round.edition == season.edition_id)
        for address in (f"{path}/evidence", f"{path}/check"):
            with counting() as counter:
                page = await amina.get(address)
            assert len(counter) <= 6, (address, counter.statements)
            assert ("This may tell judges who you are" in page.text) is blind
            # The address behind a link of the PDF, and a link of the document.
            assert ("plan.pdf: “Lindmere”" in page.text) is blind
            assert ("letter.docx: “Lindmere”" in page.text) is blind
        if not blind:
            await amina.submit("Submit the entry", {"declared": "1"}, status=200)
        with counting() as counter:
            page = await desk.get(entry)
        assert len(counter) <= 6, counter.statements
        assert ("This may tell judges of a blind round" in page.text) is blind
        assert ("plan.pdf: “Lindmere”" in page.text) is blind


def _named(writer: PdfWriter) -> None:
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://www.lindmere.example/"))
