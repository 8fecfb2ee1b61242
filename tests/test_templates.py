"""Every template, the stylesheet and the scripts, against the rules that a reader of one page cannot see."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from jinja2 import nodes

from awards.web import i18n
from awards.web.error_page import error_page
from awards.web.templating import STATIC, assets, environment
from tests.lint import lint
from tests.specimen import BARE, LAYOUTS, TEMPLATES, WRONG, specimen, specimen_environment

ENV = environment(TEMPLATES)
NAMES = sorted(
    p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*") if p.suffix in (".html", ".txt")
)
HTML = [name for name in NAMES if name.endswith(".html")]
PAGES = [
    name for name in HTML if name.split("/")[0] not in ("layouts", "components", "mail") and "/_" not in name
]

# What may put unescaped HTML on a page: (template, why it is safe).
MAY_BE_SAFE: dict[str, str] = {
    "publication/_head.html": "a data block of JSON: tojson escapes every sign that could end it",
}


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name):
    ENV.get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_escapes_escaping(name):
    text = re.sub(r"\{#.*?#\}", "", source(name), flags=re.S)
    found = re.findall(r"\|\s*safe\b|autoescape|\|\s*(?:tojson|xmlattr|urlize)\b|Markup", text)
    assert not found or name in MAY_BE_SAFE, f"{found}: escape it, or give the reason in MAY_BE_SAFE"


@pytest.mark.parametrize("name", HTML)
def test_no_inline_style_script_or_handler(name):
    text = re.sub(r"\{#.*?#\}", "", source(name), flags=re.S)
    # Mail programs read no stylesheet of ours.
    if not name.startswith("mail/"):
        assert not re.findall(r"<style\b|\sstyle=", text)
    assert not re.findall(r"\son[a-z]+=\"|javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "application/ld+json" in tag, f"inline script: {tag}"
    assert not re.findall(r"<(?:script|link|img)\b[^>]*(?:src|href)=\"(?:https?:)?//", text), (
        "loads from elsewhere"
    )
    assert not re.findall(r"(?:src|href)=\"/static/", text), "static files are named by asset()"


@pytest.mark.parametrize("name", HTML)
def test_static_files_that_it_names_exist(name):
    for asset in re.findall(r"asset\([\"']([^\"']+)[\"']\)", source(name)):
        assert assets().url(asset)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_in_a_layout(name):
    first = next(n for n in ENV.parse(source(name)).body if not isinstance(n, nodes.Output))
    assert isinstance(first, nodes.Extends)


@pytest.mark.parametrize("name", [n for n in HTML if n.startswith("components/")])
def test_components_hold_macros_only(name):
    # A text at the top of an imported template would keep the language of whoever imported it first.
    for node in ENV.parse(source(name)).body:
        if isinstance(node, nodes.Output):
            said = "".join(n.data for n in node.nodes if isinstance(n, nodes.TemplateData))
            assert not said.strip(), f"{said.strip()[:60]!r} stands outside a macro"
        else:
            assert isinstance(node, nodes.Macro | nodes.Import | nodes.FromImport)


# --- texts ---------------------------------------------------------------------------------------------

HOLE = "\x00"
# Signs and names that are the same in every language.
SAME = re.compile(r"&#?\w+;|\b(?:UTC|CSV|XLSX|JSON|PDF|SVG|WeGO|KB|MB|TOML|ID|SHA-256)\b")
SPOKEN = re.compile(r"\b(?:aria-label|alt|title|placeholder|data-echo|data-saved)=\"([^\"]*)\"")


def literal_text(text: str) -> str:
    """What a template says by itself: without expressions, and without what stands in trans blocks."""
    kept: list[str] = []
    translating = False
    in_block = False
    for _line, kind, value in ENV.lex(text):
        if kind == "block_begin":
            in_block = True
        elif kind == "block_end":
            in_block = False
        elif in_block and kind == "name" and value in ("trans", "endtrans"):
            translating = value == "trans"
        elif kind == "data" and not translating:
            kept.append(value)
        elif kind in ("variable_begin",):
            kept.append(HOLE)
    return "".join(kept)


def untranslated(text: str) -> list[str]:
    # The layout's name is a class, and macros write attributes apart from their tags.
    literal = literal_text(re.sub(r"\{% block layout %\}\w+", "", text))
    spoken = SPOKEN.findall(literal)
    between = re.split(r"<[^>]*>", re.sub(r"<(svg|script|style|code|kbd)\b.*?</\1>", "", literal, flags=re.S))
    said = [
        re.sub(r"[\w-]+=\"[^\"]*\"", "", SAME.sub("", part)).replace(HOLE, "") for part in (*spoken, *between)
    ]
    return [part.strip() for part in said if re.search(r"[^\W\d_]{2,}", part)]


@pytest.mark.parametrize("name", NAMES)
def test_all_words_are_translatable(name):
    text = source(name)
    assert not untranslated(text), "put these into _() or {% trans %}"


def test_the_search_for_untranslated_words_finds_them():
    assert untranslated("<p>Hello</p>") == ["Hello"]
    assert untranslated('<nav aria-label="Main">{{ x }}</nav>') == ["Main"]
    assert untranslated("{% if a %}<b>{{ a }} left</b>{% endif %}") == ["left"]
    assert (
        untranslated('<p class="soft">{{ _("Hello") }} · {% trans %}there{% endtrans %} 12:00 UTC</p>') == []
    )
    assert untranslated('<a href="{{ x }}" aria-label="{{ y }}">{{ z }}</a>') == []


@pytest.mark.parametrize("name", NAMES)
def test_texts_can_be_filled_in(name):
    # Templates always format: a lone % would fail when the page is shown, or swallow a letter.
    for _line, _function, messages in ENV.extract_translations(source(name)):
        for message in (messages,) if isinstance(messages, str) else messages:
            if message:
                rest = re.sub(r"%%|%\(\w+\)[sd]", "", message)
                assert "%" not in rest, f"{message!r}: write %% for a per cent sign"
                assert message % defaultdict(int)


# --- the stylesheet and the scripts ---------------------------------------------------------------------

CSS = re.sub(r"/\*.*?\*/", "", (STATIC / "awards.css").read_text(encoding="utf-8"), flags=re.S)


def test_the_stylesheet_is_logical():
    physical = r"(?:margin|padding|border|inset|scroll-\w+)-(?:left|right|top|bottom)|(?<![-\w])(?:left|right|top|bottom|width|height|min-height|max-height)\s*:|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)"  # one pattern
    # Media queries ask for min-width: that is the screen, not a box.
    found = re.findall(physical, re.sub(r"@media[^{]*\{", "{", CSS))
    assert not found


def test_colours_are_tokens():
    outside = re.sub(r":root\s*\{[^}]*\}", "", CSS)
    # Paper is white and ink is black, whatever the screen shows.
    printed = outside.split("@media print")[0]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(|oklch\(", printed)


def test_each_token_in_use_exists():
    defined = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    assert set(re.findall(r"var\((--[\w-]+)\)", CSS)) <= defined


def test_nothing_is_loaded_from_elsewhere():
    assert not re.findall(r"url\(|@import|https?:", CSS)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda p: p.name)
def test_scripts_keep_to_the_rules(path: Path):
    text = path.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://|\bimport\b|console\."
    assert not re.findall(forbidden, text)
    # What the server has not acknowledged stays in the tab, and leaves with it: the heads of these say for how long.
    assert "sessionStorage" not in text or path.name in (
        "autosave.js",
        "autosave-begin.js",
        "bench.js",
        "upload.js",
    )
    # What outlives the tab is a judge's own choice, on a device of their own; one script says where and until when.
    assert not re.findall("localStorage|indexedDB", text) or path.name == "offline-store.js"
    code = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    assert len("\n".join(code)) < 12_000


# --- every component, on a page of every layout ------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", i18n.PSEUDO])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_specimen_is_sound(layout, lang):
    assert lint(specimen(layout, lang)) == []
    assert lint(specimen(layout, lang, WRONG)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_bare_frame_is_enough(layout):
    # Nobody is signed in and no form can be sent, so the token is all that is missing.
    faults = [f for f in lint(specimen(layout, frame=BARE)) if "CSRF" not in f]
    assert faults == []


def test_what_people_write_is_escaped_and_complete():
    html = specimen("city")
    assert "<b>\n" not in html
    # The text's own first line is empty; the parser eats the one that the macro writes.
    assert "\n\nBefore the single ticket &lt;b&gt;</textarea>" in html


def test_public_pages_show_nobody_and_no_minute():
    html = specimen("public")
    assert "Soo-ah" not in html
    assert "/sign-out" not in html
    assert "Server time" not in html


STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 599)


@pytest.mark.parametrize("lang", ["en", i18n.PSEUDO])
@pytest.mark.parametrize("status", STATUSES)
def test_error_pages_need_nothing(status, lang):
    with i18n.use(lang):
        page = error_page(status, "R7Q2-K9FD", "")
        html = ENV.get_template("errors/error.html").render(page=page, frame=BARE)
    assert "R7Q2-K9FD" in html
    assert str(status) in html
    assert lint(html) == []


def test_who_refused_may_say_why():
    html = ENV.get_template("errors/error.html").render(
        page=error_page(403, "", "Only owners do <this>."), frame=BARE
    )
    assert "Only owners do &lt;this&gt;." in html
    assert "and mention" not in html


def test_the_specimen_shows_every_component():
    text = (Path(__file__).parent / "specimen" / "specimen.html").read_text(encoding="utf-8")
    env = specimen_environment()
    # Layouts show these, or another macro does.
    within = {
        "navigation": {"wordmark", "anchor", "main", "who", "back", "side", "crumbs", "footer"},
        "notices": {"flash"},
        "tags": {"sheet_word", "sheet_sign"},
        "forms": {"input", "word_count"},
        "figures": {"grid"},
        "prizes": {"mark"},
    }
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        macros = {n.name for n in env.parse(path.read_text(encoding="utf-8")).find_all(nodes.Macro)}
        public = {m for m in macros if not m.startswith("_")} - within.get(path.stem, set())
        missing = {m for m in public if f"{path.stem}.{m}(" not in text}
        assert not missing, f"{path.name}: {missing}"
