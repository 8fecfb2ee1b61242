"""Text that the secretariat writes in Markdown, as HTML that can do nothing but be read."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
DEEPEST = 4
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}}


def to_html(text: str, under: int = 1) -> Markup:
    """Headings begin right below the one that the text stands `under`, whatever number of signs they are
    written with, and leave out no level: readers who jump from heading to heading miss nothing.
    """
    tokens = _parser.parse(text)
    open_levels: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            written = int(token.tag[1])
            open_levels = [level for level in open_levels if level < written] + [written]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(under + len(open_levels), DEEPEST)}"
        elif token.type == "th_open":
            token.attrs["scope"] = "col"
    drawn = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(drawn, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})
    return Markup(cleaned)  # noqa: S704  # cleaned one line above
