"""Every file of the corpus: taken or refused as it says, and what judges get holds nothing that was planted."""

import asyncio
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from awards.files import apart
from awards.files.examining import Made, kind_of, make_copies
from awards.files.kinds import Refused, Why
from awards.files.names import shown_name
from tests.awards.files import corpus
from tests.awards.files.corpus import PLACE, PLANTED, Case

CASES = list(corpus.corpus())
# The name has no part in the copy: one of each content.
TAKEN = list({case.data: case for case in CASES if case.why is None}.values())


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    of_content = {Why.EMPTY, Why.ENDING, Why.CONTENT, Why.BROKEN, Why.PROTECTED, Why.ACTIVE}
    of_size = {Why.UNPACKS_TOO_LARGE, Why.TOO_MANY_PIXELS, Why.TOO_MANY_PAGES}
    assert {case.why for case in CASES} == of_content | of_size | {None}


def named(case: Case) -> str:
    return f"{case.title}: {case.name}"[:60].encode("unicode_escape").decode()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_taken_or_refused(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(case.data)
    if case.why is None:
        kind_of(path, case.name)
        return
    with pytest.raises(Refused) as problem:
        kind_of(path, case.name)
    assert problem.value.why is case.why


@pytest.mark.parametrize("case", TAKEN, ids=named)
def test_what_judges_get_tells_of_nobody(case: Case, tmp_path: Path) -> None:
    path, folder = tmp_path / "file", tmp_path / "copies"
    path.write_bytes(case.data)
    folder.mkdir()
    made = make_copies(path, kind_of(path, case.name).ending, folder)
    assert {path.name for path in folder.iterdir()} == {one.file for one in made}
    assert made[0].kind == "judge"
    for written in folder.iterdir():
        for data in unpacked(written.read_bytes()):
            for planted in (PLANTED, PLACE, b"evil.example", b"<script", b"javascript:", b"cmd.exe"):
                assert planted not in data, written.name


def unpacked(data: bytes) -> list[bytes]:
    """The bytes, and what stands in them packed: members of archives, streams and strings of PDF."""
    found = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [part for member in archive.namelist() for part in unpacked(archive.read(member))]
    if data[:4] == b"%PDF":
        reader = PdfReader(io.BytesIO(data))
        for number in range(1, len(reader.xref.get(0, {})) + 50):
            one = reader.get_object(number)
            if one is None:
                continue
            found.append(repr(one).encode())
            if hasattr(one, "get_data"):
                found += [one._data, one.get_data() if one.get("/Filter") != "/DCTDecode" else b""]
    return found


PLANTING = (
    "remarks and links",
    "a photograph inside",
    "XMP and private notes",
    "a photograph with notes",
    "a document",
)


@pytest.mark.parametrize("title", PLANTING)
def test_the_search_would_find_it(title: str) -> None:
    (case,) = (case for case in CASES if case.title == title)
    assert any(PLANTED in data for data in unpacked(case.data))


def test_a_pdf_becomes_pages_and_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(corpus.pdf(pages=3))
    made = make_copies(tmp_path / "file", "pdf", tmp_path)
    pages = [Made("page", f"page-00{n}.webp", "image/webp", n, 1400, 1867) for n in (1, 2, 3)]
    assert made == [
        Made("judge", "judge.pdf", "application/pdf"),
        Made("thumbnail", "thumbnail.webp", "image/webp", 0, 240, 320),
        *pages,
        Made("text", "text.txt", "text/plain"),
    ]
    with Image.open(tmp_path / "page-002.webp") as page:
        assert page.width == 1400
    assert "Page 2 of the practice" in (tmp_path / "text.txt").read_text().split("\f")[1]


def test_remarks_stay_and_links_that_people_follow(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(corpus.pdf(corpus.remarks))
    make_copies(tmp_path / "file", "pdf", tmp_path)
    found = PdfReader(tmp_path / "judge.pdf").pages[0]["/Annots"]
    assert [(one["/Subtype"], one.get("/Contents"), one.get("/A", {}).get("/URI")) for one in found] == [
        ("/Text", "A remark", None),
        ("/Link", None, "https://lindmere.example/"),
        ("/Link", None, None),
    ]


def test_a_document_keeps_its_words_and_its_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(corpus.docx())
    make_copies(tmp_path / "file", "docx", tmp_path)
    with zipfile.ZipFile(tmp_path / "judge.docx") as made:
        assert b"One form for a change of address" in made.read("word/document.xml")
        assert b"https://lindmere.example/" in made.read("word/_rels/document.xml.rels")
        assert "docProps/thumbnail.jpeg" not in made.namelist()


def test_a_picture_stands_upright_and_small(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    (tmp_path / "file").write_bytes(corpus.picture("JPEG", (3000, 1500), exif=exif))
    make_copies(tmp_path / "file", "jpg", tmp_path)
    with Image.open(tmp_path / "judge.webp") as judge, Image.open(tmp_path / "thumbnail.webp") as small:
        assert judge.size == (1200, 2400)
        assert small.size == (160, 320)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Practice.PDF", "Practice.pdf"),
        ("خدمة المدينة.pdf", "خدمة المدينة.pdf"),
        ("Malmo\u0308.pdf", "Malmö.pdf"),
        ("👩‍💻 plan.pdf", "👩‍💻 plan.pdf"),
        ("plan\u202efdp.exe.pdf", "planfdp.exe.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"..\..\boot.pdf", "boot.pdf"),
        ("CON.pdf", "CON file.pdf"),
        ("plan..pdf", "plan.pdf"),
        ("plan\r\nSet-Cookie: a=b.pdf", "planSet-Cookie a=b.pdf"),
        ('plan"; filename="x.html.pdf', "plan ; filename= x.html.pdf"),
        ("é" * 251 + ".pdf", "é" * 116 + ".pdf"),
        (".pdf", "file.pdf"),
        ("\0\n", "file.pdf"),
    ],
)
def test_names_that_are_shown(given: str, shown: str) -> None:
    assert shown_name(given, "pdf") == shown


async def test_read_apart(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(corpus.pdf())
    assert (await apart.examine(path, "a.pdf")).media_type == "application/pdf"
    made = await apart.make_copies(path, "pdf", tmp_path)
    assert [one.kind for one in made] == ["judge", "thumbnail", "page", "text"]
    with pytest.raises(Refused) as problem:
        await apart.examine(path, "a.png")
    assert problem.value.why is Why.CONTENT


async def test_what_crashes_there_is_refused_here(tmp_path: Path) -> None:
    """Without its helper being lost."""
    (tmp_path / "file").write_bytes(corpus.pdf())
    await apart.examine(tmp_path / "file", "a.pdf")
    before = list(apart._idle)
    with pytest.raises(Refused) as problem:
        await apart.examine(tmp_path / "nothing there", "a.pdf")
    assert problem.value.why is Why.BROKEN
    assert apart._idle == before


async def test_a_helper_that_is_gone_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(corpus.pdf())
    await apart.examine(path, "a.pdf")
    for helper in apart._idle:
        helper.process.kill()
        helper.process.wait()
    assert (await apart.examine(path, "a.pdf")).ending == "pdf"


async def test_who_asked_may_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(corpus.pdf(pages=50))
    copying = asyncio.ensure_future(apart.make_copies(tmp_path / "file", "pdf", tmp_path))
    for _ in range(2000):
        if (tmp_path / "page-002.webp").exists():  # in the middle of it
            break
        await asyncio.sleep(0.01)
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert not (tmp_path / "page-050.webp").exists()
    assert (await apart.examine(tmp_path / "file", "a.pdf")).ending == "pdf"


async def test_many_at_once_wait_their_turn(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(corpus.pdf())
    answers = await asyncio.gather(*(apart.examine(path, "a.pdf") for _ in range(4)))
    assert {kind.ending for kind in answers} == {"pdf"}
