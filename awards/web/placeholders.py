"""Texts with gaps, such as {name}, that are filled for each reader. Pure."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

# Also what only looks like one: a slip of the pen is found before anybody reads it.
GAP = re.compile(r"\{([^{}\n]{0,80})\}")
# A full stop after an address belongs to the sentence.
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


def names_in(text: str) -> list[str]:
    """What stands in braces, each once, in its order."""
    return list(dict.fromkeys(GAP.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """In one pass: what a value holds in braces is text. An unknown name stays as it stands."""
    return GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)


def linked(text: str) -> Markup:
    """One paragraph of plain text as HTML: escaped, with its line ends, and its web addresses as links."""
    parts: list[Markup] = []
    end = 0
    for found in ADDRESS.finditer(text):
        href = escape(found[0])
        parts += [escape(text[end : found.start()]), Markup('<a href="{0}" dir="ltr">{0}</a>').format(href)]
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts).replace("\n", Markup("<br>\n"))
