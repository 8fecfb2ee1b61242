"""The booklet holds what its judge may read, and empty sheets: made by typst itself, and read back."""

from io import BytesIO

from pypdf import PdfReader

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.entries.tables import Entry, EntryVersion
from awards.panels.tables import DeclaredConflict
from awards.scoresheets.booklet import parts_of
from awards.scoresheets.services import save_sheet
from tests import factories
from tests.awards.scoresheets.benches import Bench, bench, save
from tests.factories import add, sealed
from tests.page import Client
from tests.people import CHIARA, EUN_JI, HIROSHI, give, id_of
from tests.serving import ClientFor

ARABIC = "حافلات لكل الناس"


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


async def pdf(client: Client, path: str) -> bytes:
    answer = await client.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


async def booklets(client_for: ClientFor, **more: int) -> tuple[Bench, Client]:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    made = await bench(person_id, **more)
    await give(EUN_JI, "secretariat", made.season.scope)
    return made, await client_for(CHIARA)


async def test_a_blind_booklet_has_entries_and_empty_sheets(client_for: ClientFor, clock: FixedClock) -> None:
    made, chiara = await booklets(client_for, entries=2)
    city = await factories.entrant("Lindmere")
    await Round.update({Round.blind: True}).where(Round.id == made.season.round_id)
    await Entry.update({Entry.entrant: city, Entry.title: ARABIC}).where(
        Entry.reference == made.references[0]
    )
    await save_sheet(
        where=made.where(),
        command=save("own", 0, {"impact": 7}, city="Told apart."),
        actor=made.judge,
        clock=clock,
    )
    page = await chiara.get(f"{made.path}/booklet")
    assert [href for text, href in page.links if text == "2 entries"] == [f"{made.path}/booklet/left-1.pdf"]
    document = await pdf(chiara, f"{made.path}/booklet/left-1.pdf")
    text = words(document)
    for there in (
        *made.references,
        "Buses that lower their floor.",
        "Impact",
        "Novelty",
        "Judge: Chiara Fontana",
    ):
        assert there in text
    assert any("\u0600" <= letter <= "\u06ff" or "\ufe70" <= letter <= "\ufeff" for letter in text)
    for nowhere in ("Lindmere", "Told apart."):
        assert nowhere not in text
    eun_ji = await client_for(EUN_JI)
    desk = made.path.replace("/bench/", "/desk/").removesuffix("/first") + "/progress/first/paper"
    await eun_ji.get(f"{desk}?judge={made.seat_id}")
    page = await eun_ji.click("Print the booklet")
    (link,) = [href for text, href in page.links if text == "2 entries"]
    assert await pdf(eun_ji, link) == document
    hiroshi = await client_for(HIROSHI)
    for path in (f"{made.path}/booklet/left-1.pdf", link):
        assert (await hiroshi.http.get(path)).status_code == 404


async def test_what_the_judge_may_not_read_is_not_in_it(client_for: ClientFor) -> None:
    made, chiara = await booklets(client_for, entries=2)
    entry = (await Entry.select(Entry.id).where(Entry.reference == made.references[0]))[0]["id"]
    for version in await EntryVersion.select(EntryVersion.id).where(EntryVersion.entry == entry):
        body, sha256 = sealed({"title": "Kept apart", "answers": {"summary": "Not for these eyes."}})
        await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
            EntryVersion.id == version["id"]
        )
    await add(
        DeclaredConflict, person=made.judge.person_id, edition=made.season.edition_id, entry=entry, code="declared",
        source="secretariat", reason="Told by the city.",
    )  # fmt: skip
    text = words(await pdf(chiara, f"{made.path}/booklet/left-1.pdf"))
    assert made.references[1] in text
    for nowhere in (made.references[0], "Kept apart", "Not for these eyes."):
        assert nowhere not in text
    for name in ("left-2.pdf", "left-0.pdf", "left-1.doc", "other-1.pdf", "left-٣.pdf"):
        assert (await chiara.http.get(f"{made.path}/booklet/{name}")).status_code == 404


async def test_who_has_not_accepted_the_terms_gets_no_booklet(client_for: ClientFor) -> None:
    made, chiara = await booklets(client_for, accepted=False)
    assert (await chiara.http.get(f"{made.path}/booklet/left-1.pdf")).status_code == 404


def test_a_judge_of_many_entries_has_several() -> None:
    assert parts_of(0) == ()
    assert parts_of(20) == ((1, 20),)
    assert parts_of(45) == ((1, 20), (21, 40), (41, 45))
