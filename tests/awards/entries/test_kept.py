"""What was answered to a question that left the form stays with its city, and with nobody else."""

from awards.db import counting
from awards.editions.tables import Category, Milestone, Question, QuestionCategory
from awards.entries.tables import Attachment, Entry
from awards.files.tables import StoredFile
from tests import factories
from tests.awards.entries.test_pages import city_of, start
from tests.factories import AT
from tests.people import AMINA, EUN_JI, NADIA, give
from tests.serving import ClientFor


async def test_answers_to_questions_that_left_the_form(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    await amina.submit("Save and return", answer="Buses that lower their floor.", status=200)
    page = await amina.get(f"{path}/kept")
    assert "Every answer of this entry is asked for" in page.text
    await Question.update({Question.ended_at: AT}).where(Question.id == season.question_id)
    page = await amina.get(f"{path}/kept")
    assert "What did the city do?" in page.text
    assert "Buses that lower their floor." in page.text
    await (await client_for(NADIA)).get(f"{path}/kept", status=404)


async def test_files_of_a_question_that_left_the_category(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = await start(amina, season)
    other = await factories.add(Category, edition=season.edition_id, code="other", name="Other", position=2)
    proof = await factories.add(
        Question,
        edition=season.edition_id,
        code="proof",
        kind="file",
        label="Proof?",
        required=False,
        position=2,
    )
    await factories.add(QuestionCategory, question=proof, category=other)
    stored = await factories.add(
        StoredFile, sha256="1", size=1, media_type="application/pdf", ending="pdf", storage_key="k1"
    )
    (entry,) = await Entry.select(Entry.id)
    await factories.add(
        Attachment, entry=entry["id"], question=proof, number=1, file=stored, name="survey.pdf"
    )
    page = await amina.get(f"{path}/kept")
    assert "Not asked in the category of this entry." in page.text
    assert ("survey.pdf", f"{path}/files/1") in page.links


async def test_of_a_draft_the_secretariat_reads_it_when_it_reads_the_draft(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await give(EUN_JI, "secretariat", season.scope)
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    path = await start(amina, season)
    await amina.get(f"{path}/summary")
    await amina.submit("Save and return", answer="Buses that lower their floor.", status=200)
    await Question.update({Question.ended_at: AT}).where(Question.id == season.question_id)
    kept = f"{season.desk}/drafts/{path.rsplit('/', 1)[-1]}/kept"
    await desk.get(kept, status=404)
    closes = (Milestone.edition == season.edition_id) & (Milestone.kind == "closes")
    await Milestone.update({Milestone.at: AT}).where(closes)
    with counting() as counter:
        page = await desk.get(kept)
    assert len(counter) <= 6
    assert "Buses that lower their floor." in page.text
    await amina.get(kept, status=404)
