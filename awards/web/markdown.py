"""Text that the secretariat writes in Markdown, as HTML that can do nothing but be read."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
TAGS = frozenset(
    "p h2 h3 h4 ul ol li strong em a blockquote code pre hr br table thead tbody tr th td".split()
)


def to_html(text: str, *, top: int = 2) -> Markup:
    """Headings begin at `top`, because the page has its own title."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) - 1 + top, 4)}"
    drawn = _parser.renderer.render(tokens, _parser.options, {})
    # nh3 has cleaned it: nothing but these tags and links is left.
    cleaned = nh3.clean(drawn, tags=set(TAGS), attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return Markup(cleaned)  # noqa: S704  # cleaned one line above
