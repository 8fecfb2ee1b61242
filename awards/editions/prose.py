"""Markdown that the secretariat writes, as HTML that nobody can misuse."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def to_html(text: str) -> Markup:
    """Headings begin at the second level: the page's title is the first."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, int(token.tag[1]) + 1)}"
        elif token.type == "th_open":
            token.attrs["scope"] = "col"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(  # noqa: S704  # cleaned on this line
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
        )
    )
