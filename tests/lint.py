"""The page linter: what must hold for every HTML page of the service."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as PARSE_ERRORS

from awards.web import i18n

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SVG = "{http://www.w3.org/2000/svg}"


# --- reading -------------------------------------------------------------------------------------------


def parse(html: str) -> tuple[Element, list[str]]:
    """The document as a browser sees it, and what is wrong with its syntax."""
    builder = html5lib.treebuilders.getTreeBuilder("etree")
    parser = html5lib.HTMLParser(tree=builder, namespaceHTMLElements=False)
    root = parser.parse(html)
    faults = [
        f"HTML: line {line}, column {column}: {PARSE_ERRORS.get(code, code) % values}"
        for (line, column), code, values in parser.errors
    ]
    return root, faults


def elements(root: Element, *names: str) -> Iterator[Element]:
    """Elements of these names, or all, in the order of the document. Comments are none."""
    for element in root.iter():
        if isinstance(element.tag, str) and (not names or element.tag in names):
            yield element


def words(element: Element | None) -> str:
    """All text of an element, white space made one."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def first(root: Element, *names: str, cls: str = "") -> Element | None:
    return next((e for e in elements(root, *names) if not cls or cls in classes(e)), None)


def describe(element: Element) -> str:
    told = ("id", "name", "type", "href", "action", "class")
    attributes = "".join(f' {name}="{element.get(name)}"' for name in told if element.get(name))
    return f"<{str(element.tag).removeprefix(SVG)}{attributes}>"


# Of what? A button says it, at least to those who hear it out of its place.
VAGUE = frozenset(
    {"Save", "Decide", "Show", "Send", "Submit", "Remove", "Change", "End", "Leave", "Withdraw", "Approve",
     "Decline", "Accept", "Add", "Sign", "OK"}
)  # fmt: skip


# --- the rules -----------------------------------------------------------------------------------------


def lint(html: str) -> list[str]:
    """Every fault of a page against the rules of the house; none for a sound page."""
    return faults_of(html, *parse(html))


def faults_of(html: str, root: Element, faults: list[str]) -> list[str]:
    """As `lint`, of a page that is parsed already."""
    said = [] if html.lstrip().lower().startswith("<!doctype html>") else ["no <!DOCTYPE html>"]
    return faults + said + [fault for rule in RULES for fault in rule(root)]


def _ids_of(root: Element) -> Counter[str]:
    return Counter(e.get("id", "") for e in elements(root) if e.get("id") is not None)


def _document(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "<html> has no lang"
    if root.get("dir") not in ("ltr", "rtl"):
        yield "<html> has no dir"
    if (mains := len(list(elements(root, "main")))) != 1:
        yield f"{mains} <main> elements, one is wanted"


def _ids(root: Element) -> Iterator[str]:
    ids = _ids_of(root)
    for one, count in ids.items():
        if count > 1:
            yield f"id {one!r} is used {count} times"
        if not one or re.search(r"\s", one):
            yield f"an id that is empty or holds white space: {one!r}"
    for element in elements(root):
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns"):
            for target in (element.get(attribute) or "").split():
                if target not in ids:
                    yield f"{describe(element)}: {attribute} names {target!r}, which is not on the page"


def _headings(root: Element) -> Iterator[str]:
    ones = list(elements(root, "h1"))
    if len(ones) != 1:
        yield f"{len(ones)} <h1> elements, one is wanted: {[words(h) for h in ones]}"
        return
    heading, title = words(ones[0]), words(first(root, "title"))
    with i18n.use(root.get("lang") or i18n.SOURCE):
        mark = i18n._("Error: ").strip()
    failed = first(root, "div", cls="error-summary") is not None
    marked = title.startswith(mark)
    if failed and not marked:
        yield f"the form failed, but the title does not begin with {mark!r}: {title!r}"
    if marked and not failed:
        yield f"the title says {mark!r}, but there is no error summary"
    rest = title.removeprefix(mark).lstrip() if marked else title
    if not heading:
        yield "the <h1> is empty"
    elif not rest.startswith(heading):
        yield f"the title {title!r} does not begin with the h1 {heading!r}"
    level = 0
    for element in elements(root, *HEADINGS):
        own = int(str(element.tag)[1])
        if level and own > level + 1:
            yield f"<h{own}> {words(element)!r} follows <h{level}>: a level is left out"
        if not words(element):
            yield f"an empty <h{own}>"
        level = own


_LANDMARKS = {"nav": "navigation", "section": "region", "aside": "complementary", "form": "form"}


def _landmarks(root: Element) -> Iterator[str]:
    """Regions of one kind that people jump between must be told apart by their names."""
    by_id = {e.get("id"): e for e in elements(root) if e.get("id")}
    seen: Counter[tuple[str, str]] = Counter()
    for element in elements(root):
        role = element.get("role") or _LANDMARKS.get(str(element.tag), "")
        named_by = " ".join(words(by_id.get(i)) for i in (element.get("aria-labelledby") or "").split())
        name = element.get("aria-label") or named_by
        # A section or a form without a name is no landmark.
        if role in ("navigation", "complementary") or (role in ("region", "form", "search") and name):
            seen[role, name] += 1
    for (role, name), count in seen.items():
        if count > 1:
            yield f"{count} landmarks of role {role} have the name {name!r}: give each its own"


def _drawings(root: Element) -> Iterator[str]:
    for image in elements(root, "img"):
        if image.get("alt") is None:
            yield f"{describe(image)} has no alt"
    inner = {i for d in elements(root, f"{SVG}svg") for i in elements(d, f"{SVG}svg") if i is not d}
    for drawing in elements(root, f"{SVG}svg"):
        hidden = drawing.get("aria-hidden") == "true"
        if drawing not in inner and not hidden and not drawing.get("aria-label"):
            yield "an <svg> is neither aria-hidden nor named"


def _inline(root: Element) -> Iterator[str]:
    for element in elements(root):
        for name in element.attrib:
            if name == "style":
                yield f"{describe(element)} has an inline style"
            elif name.lower().startswith("on"):
                yield f"{describe(element)} has an inline handler {name}"
    for _style in elements(root, "style", f"{SVG}style"):
        yield "an inline <style>"
    for script in elements(root, "script", f"{SVG}script"):
        # Data blocks are never run.
        if script.get("type") != "application/ld+json" and (not script.get("src") or words(script)):
            yield "an inline <script>"


_ASSETS = {
    "script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src",
    "audio": "src", "embed": "src", "object": "data", "track": "src",
}  # fmt: skip
_LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
# What a template writes into an address by mistake.
_BROKEN = re.compile(r"[\s<>\"{}|\\^`]|\bNone\b|[uU]ndefined|\[object")


def _assets(root: Element) -> Iterator[str]:
    for element in elements(root, *_ASSETS):
        address = element.get(_ASSETS[str(element.tag)])
        if address is None or (
            element.tag == "link" and not set((element.get("rel") or "").split()) & _LOADED
        ):
            continue
        if not address.startswith("/") or address.startswith("//"):
            yield f"{describe(element)} loads from elsewhere: {address}"
        elif address.startswith("/static/") and not re.search(r"\.[0-9a-f]{8}\.\w+$", address):
            yield f"{describe(element)} loads a static file without its hash: {address}"
        if _BROKEN.search(address):
            yield f"{describe(element)} has a broken address: {address!r}"


def _links(root: Element) -> Iterator[str]:
    ids = _ids_of(root)
    for link in elements(root, "a"):
        address = link.get("href")
        if address is None:
            yield f"<a> without href: {words(link)!r}"
            continue
        kind = urlsplit(address).scheme
        if not address or _BROKEN.search(address):
            yield f"a broken address in a link: {address!r}"
        elif kind not in ("", "http", "https", "mailto", "tel", "webcal"):
            yield f"a link that is none: {address!r}"
        elif not kind and (address[0] not in "/#?" or address.startswith("//")):
            yield f"an address inside the site begins with a slash: {address!r}"
        elif address[0] == "#" and address[1:] not in ids:
            yield f"a link to {address!r}, which is not on the page"
        if not words(link) and not link.get("aria-label"):
            yield f"a link without words: {address!r}"


def _tables(root: Element) -> Iterator[str]:
    for table in elements(root, "table"):
        name = words(first(table, "caption"))
        if not name:
            yield "a <table> without caption"
        heads = list(elements(table, "th"))
        if not heads:
            yield f"table {name!r}: no <th>"
        for head in heads:
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"table {name!r}: <th> {words(head)!r} without scope"
    for scroll in elements(root, "div"):
        if "scroll" in classes(scroll) and (
            scroll.get("role") != "region"
            or scroll.get("tabindex") != "0"
            or not scroll.get("aria-labelledby")
        ):
            yield f"{describe(scroll)}: a scrolling region needs role, aria-labelledby and tabindex"


def _forms(root: Element) -> Iterator[str]:
    for form in elements(root, "form"):
        method, action = (form.get("method") or "").lower(), form.get("action") or ""
        if method not in ("get", "post"):
            yield f"{describe(form)} has no method"
        if not action.startswith("/") or action.startswith("//") or _BROKEN.search(action):
            yield f"{describe(form)} has no good action: {action!r}"
        tokens = [c.get("value") for c in elements(form, "input") if c.get("name") == "csrf"]
        if method == "post" and (len(tokens) != 1 or not tokens[0]):
            yield f"{describe(form)} has no CSRF token"
        if method == "get" and tokens:
            yield f"{describe(form)} would put its CSRF token into the address"
        if not any(b.get("type", "submit") == "submit" for b in elements(form, "button")):
            yield f"{describe(form)} has no button"
        files = any(c.get("type") == "file" for c in elements(form, "input"))
        if files and form.get("enctype") != "multipart/form-data":
            yield f"{describe(form)} has a file field but no multipart encoding"


def _controls(root: Element) -> Iterator[str]:
    labels = {label.get("for"): label for label in elements(root, "label") if label.get("for")}
    around = {c: label for label in elements(root, "label") for c in elements(label) if c is not label}
    ids = _ids_of(root)
    for target in labels:
        if target not in ids:
            yield f"a <label> for {target!r}, which is not on the page"
    for control in elements(root, "input", "select", "textarea"):
        if control.get("type") in ("hidden", "submit", "button", "image", "reset"):
            continue
        own = words(labels.get(control.get("id"))) or words(around.get(control))
        if not (own or control.get("aria-label") or control.get("aria-labelledby")):
            yield f"{describe(control)} has no label"
        if not control.get("name"):
            yield f"{describe(control)} has no name"
        if control.get("placeholder"):
            yield f"{describe(control)} has a placeholder: say it in the hint"


def _names(root: Element) -> Iterator[str]:
    for button in elements(root, "button"):
        if not words(button) and not button.get("aria-label"):
            yield f"{describe(button)} has no words"
        if words(button) in VAGUE:
            yield f"{describe(button)} does not say what it does: {words(button)!r}"
    for group in elements(root, "fieldset"):
        if not words(first(group, "legend")):
            yield f"{describe(group)} has no legend"
    for bar in elements(root, "progress"):
        if not bar.get("aria-label") and not bar.get("aria-labelledby"):
            yield f"{describe(bar)} has no name"
    for moment in elements(root, "time"):
        instant = moment.get("datetime") or ""
        if not re.fullmatch(r"\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?Z)?)?", instant):
            yield f"<time> {words(moment)!r} without an instant in UTC: {instant!r}"


def _leaks(root: Element) -> Iterator[str]:
    """What only a mistake writes: an absent value, an unfilled placeholder, the repr of an object."""
    for element in elements(root):
        if element.tag in ("script", "textarea", "code"):
            continue
        for text in (element.text, *(child.tail for child in element)):
            said = (text or "").strip()
            if said in ("None", "True", "False") or re.search(r"%\(\w+\)[sd]|lazy\('| object at 0x", said):
                yield f"{describe(element)} says {said[:60]!r}"


RULES: tuple[Callable[[Element], Iterator[str]], ...] = (
    _document,
    _ids,
    _headings,
    _landmarks,
    _drawings,
    _inline,
    _assets,
    _links,
    _tables,
    _forms,
    _controls,
    _names,
    _leaks,
)
