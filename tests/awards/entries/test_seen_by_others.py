"""Previews and papers of an entry: planted words are where their readers may see them, and nowhere else."""

import io
import json

import pytest
from pypdf import PdfReader

from awards.db import counting
from awards.editions.tables import Question, Round
from awards.entries.tables import Answer, WorkingText
from tests import factories
from tests.awards.entries.test_pages import city_of
from tests.factories import AT, Season
from tests.people import AMINA, EUN_JI, NADIA, give
from tests.serving import ClientFor

WORDS = {"budget": "tamarind", "mayor": "persimmon", "story": "bergamot", "street": "quincetree"}
ROWS = [{"indicator": "Waiting time", "unit": "min", "before": "41", "after": "17"}]


async def planted(*, blind: bool = False) -> tuple[Season, str]:
    """A draft with a word for each kind of reader, and one in a text that is nobody's but its writers'."""
    season, city = await city_of()
    await Round.update({Round.blind: blind}).where(Round.edition == season.edition_id)
    entry = await factories.entry(
        season, city, state="draft", reference="WG26-PLANT", title="Low floors", submitted_at=None
    )
    for place, (code, audience, hidden) in enumerate(
        [("budget", "secretariat", False), ("mayor", "judges", True), ("story", "public", False),
         ("street", "public", True)], start=2,
    ):  # fmt: skip
        await ask(season, entry, code, WORDS[code], place, audience=audience, hidden_when_blind=hidden)
    await ask(season, entry, "figures", json.dumps(ROWS), 6, kind="indicators", audience="public")
    await factories.add(
        WorkingText, entry=entry, question=season.question_id, text="nightshade", lang="ko", saved_at=AT
    )
    return season, "/city/entries/WG26-PLANT"


async def ask(season: Season, entry: int, code: str, value: str, position: int, **more: object) -> None:
    question = await factories.add(
        Question, edition=season.edition_id, code=code, label=f"Question {code}", position=position, **more
    )
    await factories.add(Answer, entry=entry, question=question, value=value, saved_at=AT)


def seen(text: str) -> set[str]:
    return {word for word in [*WORDS.values(), "nightshade", "Waiting time", "Lindmere"] if word in text}


@pytest.mark.parametrize(
    ("eyes", "blind", "hidden"),
    [
        ("judges", False, {"tamarind"}),
        ("blind", True, {"tamarind", "persimmon", "quincetree", "Lindmere"}),
        ("public", False, {"tamarind", "persimmon"}),
    ],
)
async def test_a_preview_holds_what_its_readers_get(
    client_for: ClientFor, eyes: str, blind: bool, hidden: set[str]
) -> None:
    _season, path = await planted(blind=blind)
    amina = await client_for(AMINA)
    with counting() as counter:
        page = await amina.get(f"{path}/preview/{eyes}")
    assert len(counter) <= 6
    article = next(page.main.iter("article"))
    text = " ".join("".join(article.itertext()).split())
    everything = {*WORDS.values(), "Waiting time", "Lindmere"}
    assert seen(text) == everything - hidden
    assert "nightshade" not in page.html
    assert "Question budget" in page.text  # said to be hidden, by its label
    assert "tamarind" not in page.html


async def test_only_eyes_that_there_are(client_for: ClientFor) -> None:
    _season, path = await planted(blind=True)
    amina, nadia = await client_for(AMINA), await client_for(NADIA)
    page = await amina.get(f"{path}/preview/judges")
    assert page.h1 == "As judges will see it who are not told who entered"
    await amina.get(f"{path}/preview/mayors", status=404)
    for eyes in ("judges", "blind", "public"):
        await nadia.get(f"{path}/preview/{eyes}", status=404)


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


async def test_the_paper_holds_every_answer_and_no_working_text(client_for: ClientFor) -> None:
    season, path = await planted()
    await Answer.update({Answer.value: '#panic("set") *bold* $x$ <b>\n\nالحافلات المنخفضة'}).where(
        Answer.question == season.question_id
    )
    await give(EUN_JI, "secretariat", season.scope)
    amina, desk = await client_for(AMINA), await client_for(EUN_JI)
    paper = (await amina.get(f"{path}/pdf")).response
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"] == 'attachment; filename="WG26-PLANT-draft.pdf"'
    assert paper.headers["content-security-policy"] == "sandbox"
    text = words_of(paper.content)
    for word in (*WORDS.values(), "WG26-PLANT", "Draft, as it stood 10 March 2026", "Waiting time", "41", "17",
                 '#panic("set") *bold* $x$ <b>', "Lindmere"):  # fmt: skip
        assert word in text, word
    assert "nightshade" not in text
    reader = PdfReader(io.BytesIO(paper.content))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "en"
    # What is submitted is on paper for the desk too; what was changed after it is not.
    await amina.get(f"{path}/check")
    await amina.submit("Submit the entry", declared="1", status=200)
    await Answer.update({Answer.value: "After submitting."}).where(Answer.question == season.question_id)
    version = (await amina.get(f"{path}/versions/1/pdf")).response.content
    text = words_of(version)
    assert "Submitted, version 1" in text
    assert "#panic" in text
    assert "After submitting." not in text
    # The same data are the same bytes, set once.
    desk_path = f"{season.desk}/entries/WG26-PLANT/versions/1/pdf"
    assert (await desk.get(desk_path)).response.content == version


async def test_the_desk_gets_no_paper_of_a_draft(client_for: ClientFor) -> None:
    season, _path = await planted()
    await give(EUN_JI, "secretariat", season.scope)
    desk = await client_for(EUN_JI)
    await desk.get(f"{season.desk}/entries/WG26-PLANT/versions/1/pdf", status=404)
