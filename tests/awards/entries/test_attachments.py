"""Files in answer to a question: without a script, under the rules that hold for every other answer."""

import json
import re
from datetime import timedelta

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Question
from awards.entries.tables import Attachment, EntryVersion, LateTry
from awards.files.tables import FileCopy, StoredFile
from awards.jobs.tables import Job
from tests.awards.entries.attached import attach, city_with_files, draft, made, stored, worked
from tests.awards.entries.test_pages import answered
from tests.awards.files.corpus import docx, pdf, picture
from tests.factories import AT
from tests.people import AMINA, BAO, CHIARA, EUN_JI, INES, give
from tests.serving import ClientFor, Service

PDF = pdf(pages=3)
PLAN = ("plan.pdf", PDF, "application/pdf")
MAP = ("map.png", picture(), "image/png")
MS = timedelta(milliseconds=1)


async def test_several_files_at_once_and_one_that_is_refused(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    page = await amina.get(f"{path}/evidence")
    assert "Up to 3 more" in page.text
    page = await attach(amina, path, PLAN, ("photos.zip", b"PK\x03\x04", "application/zip"), MAP, status=422)
    assert page.title.startswith("Error: ")
    assert [text for text in page.errors if "photos.zip" in text]
    assert "plan.pdf" in page.text
    assert "map.png" in page.text
    assert await Attachment.count() == 2
    page = await attach(amina, path, PLAN, status=422)
    assert "attached to this question already" in page.text


async def test_words_typed_beside_a_refused_file_are_kept_on_the_page(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    await attach(amina, path, MAP)
    empty = ("empty.pdf", b"", "application/pdf")
    long = "A bus " * 100
    page = await amina.submit("Add the chosen files", {"file": (empty,), "alt-1": long}, status=422)
    assert len(page.errors) == 1
    assert "500 characters at most" in page.errors[0]
    assert (page.by_id("alt-1").text or "").strip() == " ".join(long.split())
    await amina.submit("Save and continue", {"alt-1": "A low bus at its stop."}, status=200)
    assert "A low bus at its stop." in (await amina.get(f"{path}/evidence")).html


async def test_a_question_that_needs_a_file_and_a_public_picture_that_needs_words(
    client_for: ClientFor,
) -> None:
    season = await city_with_files()
    await Question.update({Question.required: True, Question.audience: "public"}).where(
        Question.code == "evidence"
    )
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    await amina.get(f"{path}/summary")
    await amina.submit("#question", answer="Low buses.", status=200)
    assert "Attach a file for" in (await amina.get(f"{path}/check")).text
    await attach(amina, path, MAP)
    assert "Describe the picture" in (await amina.get(f"{path}/check")).text
    await amina.get(f"{path}/evidence")
    await amina.submit("Save and continue", {"alt-1": "A low bus at its stop."}, status=200)
    page = await amina.get(f"{path}/check")
    assert not page.errors
    await amina.submit("Submit the entry", {"declared": "1"}, status=200)
    (version,) = await EntryVersion.select()
    (said,) = json.loads(version["body"])["files"]["evidence"]
    assert said["name"] == "map.png"
    assert said["alt"] == "A low bus at its stop."
    assert sorted(said) == ["alt", "media_type", "name", "sha256", "size"]


async def test_replaced_moved_and_removed_and_nothing_is_gone(
    client_for: ClientFor, service: Service
) -> None:
    season = await city_with_files()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = await draft(amina, season)
    page = await attach(amina, path, PLAN, MAP)
    page = await amina.submit("Move down", status=200)
    names = [text for text, href in page.links if re.fullmatch(r".*/files/\d", href)]
    assert names == ["map.png", "plan.pdf"]
    await bao.get(f"{path}/files/1/replace")
    newer = ("plan, newer.docx", docx(), "application/octet-stream")
    page = await bao.submit("Replace the file", {"file": newer}, status=200)
    assert page.flash.startswith("The file is replaced")
    # Amina's page is older than that: nothing is overwritten, nothing is lost.
    await amina.get(f"{path}/files/1/replace", status=404)
    page = await amina.get(f"{path}/files/2/remove")
    assert "leaves the draft" in page.text
    await amina.submit("Remove the file", status=200)
    page = await amina.get(f"{path}/evidence")
    assert "newer.docx" in page.text
    assert "map.png" not in page.text
    for number, content in ((1, PDF), (2, MAP[1]), (3, newer[1])):
        found = await amina.get(f"{path}/files/{number}/original")
        assert found.response.content == content
        assert found.response.headers["content-disposition"].startswith("attachment")
    await worked(service)
    assert "Page 1 of 3" in (await amina.get(f"{path}/files/1")).text
    assert (await amina.get(f"{path}/files/1/page-3")).response.headers["content-type"] == "image/webp"
    await amina.get(f"{path}/files/1/page-4", status=404)


async def test_nobody_else_has_them(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina, ines = await client_for(AMINA), await client_for(INES)
    path = await draft(amina, season)
    await attach(amina, path, PLAN)
    for way in ("evidence", "files/1", "files/1/original", "files/1/remove", "files/1/replace"):
        await ines.get(f"{path}/{way}", status=404)


async def test_late_is_late_and_on_record(client_for: ClientFor, clock: FixedClock) -> None:
    closes = AT + timedelta(hours=2)
    season = await city_with_files(closes=closes)
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    await amina.get(f"{path}/evidence")
    clock.move_to(closes - MS)
    await amina.submit("Add the chosen files", {"file": PLAN}, status=200)
    clock.move_to(closes)
    page = await amina.submit("Add the chosen files", {"file": MAP}, status=403)
    assert "Entries have closed" in page.text
    assert await Attachment.count() == 1
    assert await LateTry.count() == 1
    page = await amina.get(f"{path}/evidence")
    assert "plan.pdf" in page.text
    assert "Add files" not in page.text


async def test_the_desk_reads_files_of_what_was_submitted_and_of_drafts_that_it_may_read(
    client_for: ClientFor, clock: FixedClock, service: Service
) -> None:
    closes = AT + timedelta(hours=2)
    season = await city_with_files(closes=closes)
    await give(EUN_JI, "secretariat", season.scope)
    amina, eun_ji = await client_for(AMINA), await client_for(EUN_JI)
    path = await draft(amina, season)
    await attach(amina, path, PLAN)
    reference = path.rpartition("/")[2]
    entries, drafts = f"{season.desk}/entries/{reference}", f"{season.desk}/drafts/{reference}"
    await eun_ji.get(f"{entries}/files/1", status=404)
    await eun_ji.get(f"{drafts}/files/1/original", status=404)
    await worked(service)
    clock.move_to(closes)
    await eun_ji.get(drafts)
    await eun_ji.click("plan.pdf")
    assert (await eun_ji.get(f"{drafts}/files/1/original")).response.content == PDF
    clock.move_to(AT)
    await amina.get(f"{path}/summary")
    await amina.submit("#question", answer="Low buses.", status=200)
    await amina.get(f"{path}/check")
    page = await amina.submit("Submit the entry", {"declared": "1"}, status=200)
    assert (f"{path}/files/1") in [href for _text, href in page.links]
    await attach(amina, path, MAP)
    await eun_ji.get(entries)
    await eun_ji.click("plan.pdf")
    # What was attached since is not submitted: it is nobody's business yet.
    await eun_ji.get(f"{entries}/files/2", status=404)
    await eun_ji.get(f"{drafts}/files/1", status=404)


async def test_the_secretariat_has_failed_copies_tried_again_and_the_city_sees_it(
    client_for: ClientFor, service: Service
) -> None:
    season = await city_with_files()
    await give(EUN_JI, "secretariat", season.scope)
    await give(CHIARA, "screener", season.scope)
    amina, eun_ji, chiara = [await client_for(who) for who in (AMINA, EUN_JI, CHIARA)]
    path = await answered(amina, season)
    await attach(amina, path, PLAN)
    await worked(service)
    await FileCopy.delete(force=True)
    await StoredFile.update({StoredFile.state: "failed", StoredFile.problem: "broken"}, force=True)
    await amina.get(f"{path}/check")
    await amina.submit("Submit the entry", {"declared": "1"}, status=200)
    assert "Could not be shown" in (await amina.get(f"{path}/evidence")).tags
    file = f"{season.desk}/entries/{path.rpartition('/')[2]}/files/1"
    page = await chiara.get(file)
    assert "damaged or not whole" in page.text
    assert "Try to make" not in page.text
    page = await eun_ji.get(file)
    page = await eun_ji.submit("Try to make the copies again", status=200)
    assert "The copies are made again" in page.text
    assert "The secretariat has it tried again" in (await amina.get(f"{path}/evidence")).tags
    # A second press, from a page that was open before, asks for nothing new.
    assert await Job.count().where(Job.state == "queued") == 1
    await worked(service)
    assert (await made((await stored())[0]))[0] == "ready"


async def test_a_page_of_files_costs_the_same_for_one_and_for_three(client_for: ClientFor) -> None:
    season = await city_with_files()
    amina = await client_for(AMINA)
    path = await draft(amina, season)
    counts = []
    for number in range(3):
        await attach(amina, path, (f"{number}.png", picture(size=(10 + number, 9)), "image/png"))
        with counting() as counter:
            await amina.get(f"{path}/evidence")
        counts.append(len(counter))
    assert max(counts) == min(counts) <= 6
    with counting() as counter:
        await amina.get(f"{path}/files/2")
    assert len(counter) <= 6
