"""What a slow line carries of the city's pages: bytes as they are sent packed, and how many requests."""

import gzip
import random

import pytest

from awards.editions.tables import Question
from awards.entries.tables import Answer
from awards.web.templating import static_files
from tests import factories
from tests.awards.entries.test_pages import city_of
from tests.factories import AT
from tests.lint import elements
from tests.page import Page
from tests.people import AMINA
from tests.serving import ClientFor

KIB = 1024
HTML, CSS, JS, REQUESTS = 30 * KIB, 12 * KIB, 12 * KIB, 4
WORDS = [
    f"{a}{b}{c}"
    for a in "bdfgklmnprst"
    for b in ("a", "e", "io", "ou")
    for c in ("l", "nd", "r", "st", "ving")
]


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def loaded(page: Page) -> set[str]:
    """Style, script and icon that the page asks for."""
    document = page.document
    links = {link.get("href", "") for link in elements(document, "link")}
    return links | {script.get("src", "") for script in elements(document, "script")}


@pytest.mark.parametrize(
    "where", ["", "/check", "/sections/1", "/q5", "/evidence", "/versions/1", "/preview/judges"]
)
async def test_a_page_of_a_whole_entry_is_light(client_for: ClientFor, where: str) -> None:
    season, city = await city_of()
    entry = await factories.entry(season, city, reference="WG26-LIGHT")
    dice = random.Random(5)
    for place in range(12):
        code = f"q{place}"
        question = await factories.add(
            Question, edition=season.edition_id, section=f"Part {place // 4}", code=code, position=place + 2,
            label=f"What about {code}?", hint="What you did, for whom, and how you know.",
            limits='{"max_words": 400}',
        )  # fmt: skip
        text = " ".join(dice.choice(WORDS) for _word in range(400))
        await factories.add(Answer, entry=entry, question=question, value=text, saved_at=AT)
    await factories.add(
        Question, edition=season.edition_id, section="Evidence", code="evidence", label="Evidence", position=90,
        kind="file", required=False,
    )  # fmt: skip
    amina = await client_for(AMINA)
    page = await amina.get(f"/city/entries/WG26-LIGHT{where}")
    assets = loaded(page)
    assert 1 + len(assets) <= REQUESTS, assets
    assert packed(page.html.encode()) <= HTML
    for ending, most in ((".css", CSS), (".js", JS)):
        assert sum(packed(static_files()[url][0]) for url in assets if url.endswith(ending)) <= most, ending
