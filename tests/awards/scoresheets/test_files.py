"""Files before judges: everything that a browser of theirs can get is fetched, unpacked and searched for planted words."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from PIL import Image
from pypdf import PdfReader

from awards.db import counting
from awards.editions.tables import Question, Round
from awards.entries.tables import Attachment, Entry
from awards.files.tables import FileCopy, StoredFile
from awards.panels.tables import Assignment, Seat
from tests import factories
from tests.awards.entries.attached import asks, attach, city_with_files, draft, worked
from tests.awards.files.corpus import PLACE, PLANTED, docx, pdf, photograph, picture, remarks
from tests.awards.scoresheets.benches import accept_terms
from tests.factories import AT, DAY, Season
from tests.page import Client
from tests.people import AMINA, CHIARA, DANIYAR, Member, id_of
from tests.serving import ClientFor, Service

NAMED = "Lindmere-canaryname"
CANARIES = (PLANTED, PLACE, b"canary")
FILES = (
    (f"{NAMED} plan.pdf", pdf(remarks, pages=2), "application/pdf"),
    (f"{NAMED} bus.jpg", photograph(), "image/jpeg"),
    (f"{NAMED} budget.docx", docx(), "application/octet-stream"),
)
HIDDEN = (f"{NAMED} letter.png", picture(size=(50, 50)), "image/png")


async def judged(client_for: ClientFor, service: Service, *, blind: bool) -> tuple[Season, str, Client]:
    """Four files of an entry that Chiara reads, one of them to a question that blind judges do not get."""
    season = await city_with_files()
    await asks(season, "letter", label="Letter", hidden_when_blind=True, position=4)
    await asks(season, "account", label="Canaryaccount", audience="secretariat", position=3)
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    await amina.get(f"{path}/summary")
    await amina.submit("#question", answer="Low buses.", status=200)
    for code in ("letter", "account"):
        await amina.get(f"{path}/{code}")
        await amina.submit("Add the chosen files", {"file": (HIDDEN,)}, status=200)
        number = await Attachment.count()
        await amina.submit("Save and continue", {f"alt-{number}": "canaryalt of the hidden"}, status=200)
    await attach(amina, path, *FILES)
    await amina.get(f"{path}/check")
    await amina.submit("Submit the entry", {"declared": "1"}, status=200)
    await worked(service)
    await Entry.update({Entry.state: "eligible"}).where(Entry.edition == season.edition_id)
    await Round.update(
        {Round.blind: blind, Round.state: "open", Round.opens: AT - DAY, Round.closes: AT + DAY}
    ).where(Round.id == season.round_id)
    entry = (await Entry.select(Entry.id, Entry.reference))[0]
    place = await factories.round_entry(season.round_id, entry["id"])
    seat_id = await sits(season, CHIARA)
    await factories.assignment(place, seat_id)
    bench = f"/bench/{season.programme}/{season.edition}/first/{entry['reference']}"
    return season, bench, await client_for(CHIARA)


async def sits(season: Season, member: Member, **more: Any) -> int:
    person_id = await id_of(member)
    await factories.make_judge(person_id, country="IT")
    await accept_terms(season, person_id)
    return await factories.seat(season.round_id, person_id, conflicts_declared_at=AT, **more)


async def reached(client: Client, start: str) -> dict[str, bytes]:
    """Everything below the entry that its pages lead to or show: headers and bytes."""
    found: dict[str, bytes] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = (await client.get(path)).response
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
        found[path] = head.encode() + b"\n\n" + answer.content
        if answer.headers["content-type"].startswith("text/html"):
            ways = re.findall(r'(?:href|src)="([^"#]+)', answer.text)
            waiting += [way for way in ways if way.startswith(start)]
    return found


def unpacked(content: bytes) -> Iterator[bytes]:
    """What a program would read in it."""
    yield content
    body = content.partition(b"\n\n")[2]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.infolist():
                yield member.filename.encode() + member.comment + archive.read(member)
    elif body.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(body))
        yield repr(reader.metadata).encode() + repr(reader.xmp_metadata).encode()
        for page in reader.pages:
            yield page.extract_text().encode() + repr(page.get("/Annots")).encode()
    elif body[8:12] == b"WEBP":
        with Image.open(io.BytesIO(body)) as drawn:
            yield repr(dict(drawn.getexif())).encode() + repr(drawn.info).encode()


async def test_a_blind_judge_gets_no_name_no_author_no_place_and_nothing_hidden(
    client_for: ClientFor, service: Service
) -> None:
    _season, bench, chiara = await judged(client_for, service, blind=True)
    found = await reached(chiara, bench)
    kinds = {content.partition(b"\n\n")[2][:4] for content in found.values()}
    assert {b"%PDF", b"PK\x03\x04", b"RIFF"} <= kinds
    assert len([path for path in found if path.endswith("/page-2")]) == 1
    originals = [hashlib.sha256(data).hexdigest().encode() for _name, data, _type in (*FILES, HIDDEN)]
    keys = [row["storage_key"].encode() for row in await StoredFile.select(StoredFile.storage_key)]
    keys += [row["storage_key"].encode() for row in await FileCopy.select(FileCopy.storage_key)]
    told = [
        f"{path} tells {word!r}"
        for path, content in found.items()
        for part in unpacked(content)
        for word in (*CANARIES, *originals, *keys)
        if word.lower() in part.lower()
    ]
    assert told == []
    # The name of the city stands in a link that its document holds: what is written in a file is the city's.
    pages = [content for content in found.values() if b"<!DOCTYPE html>" in content]
    assert len(pages) >= 4
    assert not any(b"Lindmere" in content for content in pages)
    page = await chiara.get(bench)
    assert "File 1 (PDF, 2 pages)" in page.text
    assert "File 3 (DOCX)" in page.text
    # Not even how many there are that are not shown.
    assert "File 4" not in page.text
    assert (
        (await chiara.get(f"{bench}/files/1/copy"))
        .response.headers["content-disposition"]
        .count("file-1.pdf")
    )
    for way in ("4", "4/copy", "0", "1/original", "1/page-3", "1/text", "1/judge"):
        await chiara.get(f"{bench}/files/{way}", status=404)


async def test_who_is_told_who_entered_gets_names_and_copies_only(
    client_for: ClientFor, service: Service
) -> None:
    season, bench, chiara = await judged(client_for, service, blind=False)
    page = await chiara.get(bench)
    assert f"{NAMED} letter.png" in page.text
    assert "canaryalt of the hidden" in page.html
    await chiara.click(f"{NAMED} plan.pdf")
    found = await reached(chiara, bench)
    for word in (PLANTED, PLACE):
        assert [path for path, content in found.items() for part in unpacked(content) if word in part] == []
    # What is for the secretariat alone is nobody's here.
    assert b"Canaryaccount" not in b"".join(found.values())
    with counting() as counter:
        await chiara.get(bench)
    assert len(counter) <= 8
    assert len(page.html.encode()) < 60 * 1024
    await Question.update({Question.audience: "secretariat"}).where(Question.code == "letter")
    assert "letter.png" not in (await chiara.get(bench)).text
    assert season.edition_id


async def test_who_does_not_read_the_entry_finds_no_file(client_for: ClientFor, service: Service) -> None:
    season, bench, chiara = await judged(client_for, service, blind=True)
    await sits(season, DANIYAR)
    daniyar = await client_for(DANIYAR)
    ways = [f"{bench}/files/1", f"{bench}/files/1/copy", f"{bench}/files/1/page-1"]
    for way in ways:
        await daniyar.get(way, status=404)
        await chiara.get(way)
    await Seat.update({Seat.conflicts_declared_at: AT - 9 * DAY}).where(Seat.person == await id_of(CHIARA))
    for way in ways:
        await chiara.get(way, status=404)
    await Seat.update({Seat.conflicts_declared_at: AT}).where(Seat.person == await id_of(CHIARA))
    await Assignment.update({Assignment.state: "recused"}).where(Assignment.state != "recused")
    for way in ways:
        await chiara.get(way, status=404)


async def test_the_chair_reads_the_files_of_the_panel(client_for: ClientFor, service: Service) -> None:
    season, bench, _chiara = await judged(client_for, service, blind=True)
    await sits(season, DANIYAR, role="chair")
    daniyar = await client_for(DANIYAR)
    first, _slash, reference = bench.rpartition("/")
    led = f"{first}/chair/{reference}"
    page = await daniyar.get(led)
    assert "File 1 (PDF, 2 pages)" in page.text
    found = await reached(daniyar, led)
    assert any(path.endswith("/files/1/copy") for path in found)
    for content in found.values():
        for part in unpacked(content):
            assert b"canary" not in part
