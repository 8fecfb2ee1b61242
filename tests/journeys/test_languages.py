"""The season as somebody reads it from the right, in a language that we do not know: nothing is left in English.

The pseudo-locale changes every letter of every translated text, so whatever stays plain was never given to
gettext. What people wrote stays as they wrote it, and is looked for and taken out first.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from babel import Locale

from awards.app import create_app
from awards.clock import FixedClock
from awards.settings import Settings
from awards.web import i18n
from tests.databases import DRILL
from tests.page import Client, Page
from tests.people import CAST, sign_in
from tests.permissions.canaries import PLANTED
from tests.permissions.declared import declared
from tests.permissions.world import (
    CITIES,
    GONE,
    OTHER,
    PHASES,
    ROLES,
    SCREENER,
    TERMS,
    world,
)

OTHERS = (GONE, OTHER, SCREENER)

# Who sees no page that somebody else does not see too.
ALIKE = (
    "disabled", "colleague", "unassigned", "recused", "programme-secretariat", "other-secretariat", "neighbour",
)  # fmt: skip

# Whose words stand on a page: a person's, a programme's, a machine's.
CONTENT = sorted(
    (
        *PLANTED, TERMS, *CITIES, *(member.name for member in (*CAST, *OTHERS)),
        "WeGO Awards", "Another programme", "WeGO", "Awards", "Edition 2026", "Inclusive City", "First round",
        "Impact", "Novelty", "Gold", "not shown", "fully shown", "The practice", "What did the city do?",
        "Buses that lower their floor.", "Practice of", "Marlow Bay", "Korea", "South Korea", "France",
        "A city can send three entries.", "Many cities have asked.", "Oumar Diallo", "Petra Novak", "Noor Haddad", "English",
        "Board of Audit", "Creative Commons Attribution 4.0 International",
        # Codes of the edition's file, which is the same in every language.
        "Lindmere Lifts", "Lindmere", "Lifts for platforms", "Evidence", "plan.pdf",
        "“impact”", "“inclusive”", "impact", "inclusive", "first", "gold",
        "summary", "evidence",
    ),
    key=len,
    reverse=True,
)  # fmt: skip
# What the Unicode Consortium calls languages, which it does in no pseudo-locale.
LANGUAGES = frozenset(Locale("en").languages.values())
# Addresses, references, zones, fingerprints, names of files and of what is put into a sentence are the same in every
# language.
SIGNS = re.compile(
    r"\{\w+\}|\b[0-9A-Z]{5}-[0-9A-Z]{5}\b|\b\w+\.(?:csv|json)\b|\S+@\S+|https?://\S+|\bWG\d+-\d+\b|\b[A-Z][a-z]+(?:/[A-Z][A-Za-z_ -]+)+|\b[0-9a-f]{8,}\b|\b[A-Z]{3,5}\b"
)


def plain_words(page: Page) -> list[str]:
    """Texts of the page that hold an English word and nothing that people wrote."""
    # The document element names the language of all that says no other.
    found = []
    for text in texts(page.document):
        if text.strip() in LANGUAGES:
            continue
        rest = text
        for content in CONTENT:
            rest = rest.replace(content, " ")
        if re.search(r"[A-Za-z]{4,}", SIGNS.sub(" ", rest)):
            found.append(" ".join(text.split())[:120])
    return found


def texts(element: Element) -> Iterator[str]:
    if element.tag in ("script", "style", "code", "kbd", "bdi", "textarea"):
        return
    # What says that it is in another language is not taken for the page's own.
    if element.get("lang", i18n.PSEUDO) != i18n.PSEUDO:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from texts(child)
        if child.tail:
            yield child.tail


@pytest.mark.parametrize("phase", ["open", "judging", "published"])
async def test_every_page_speaks_the_readers_language(tmp_path: Path, phase: str) -> None:
    settings = Settings(data=tmp_path, pseudo_locale=True)
    made = await world(phase)
    app = create_app(settings, clock=FixedClock(made.now))
    left: dict[str, str] = {}
    walked: set[str] = set()
    for role, member in ROLES.items():
        if role in ALIKE:
            continue
        browser = Client(app, settings.base_url)
        browser.http.cookies.set("language", i18n.PSEUDO, domain="127.0.0.1", path="/")
        if member is not None:
            await sign_in(browser, member, at=made.now)
        for route, row in sorted(declared().items()):
            column = list(PHASES).index(phase)
            if route.method != "GET" or row[role][column] != "+":
                continue
            # Whose page it is changes little of its words; the drill reads it as everybody.
            if route.path in walked and not DRILL:
                continue
            page = await browser.get(made.address(route.path), status=None)
            if page.root is None or page.status != 200:
                continue
            walked.add(route.path)
            html = page.document if page.document.tag == "html" else page.document.find("html")
            assert html is not None
            assert (html.get("lang"), html.get("dir")) == (i18n.PSEUDO, "rtl"), route
            left |= dict.fromkeys(plain_words(page), f"{route} as {role}")
        await browser.http.aclose()
    assert len(walked) > 60
    assert left == {}, "never given to gettext:\n" + "\n".join(
        f"{t!r} in {where}" for t, where in left.items()
    )


async def test_the_way_to_another_language_keeps_the_search(tmp_path: Path) -> None:
    made = await world("published")
    app = create_app(Settings(data=tmp_path, pseudo_locale=True), clock=FixedClock(made.now))
    async with Client(app) as browser:
        page = await browser.get(f"/practices?q=low+floors+%26+{i18n.PSEUDO}&page=1&lang=en")
        ways = [href for _text, href in page.links if "lang=" in href]
        assert ways == [
            f"/practices?q=low+floors+%26+{i18n.PSEUDO}&page=1&lang={lang}" for lang in ("en", i18n.PSEUDO)
        ]
        page = await browser.get(ways[1])
        assert page.by_id("q").get("value") == f"low floors & {i18n.PSEUDO}"


async def test_the_region_of_a_winner_is_in_the_readers_language(tmp_path: Path) -> None:
    made = await world("published")
    app = create_app(Settings(data=tmp_path, pseudo_locale=True), clock=FixedClock(made.now))
    async with Client(app) as browser:
        path = made.address("/awards/{programme}/{edition}/{category}/{slug}")
        for lang, region in (("en", "Asia"), (i18n.PSEUDO, i18n.pseudo("Asia"))):
            page = await browser.get(f"{path}?lang={lang}")
            assert region in page.text
