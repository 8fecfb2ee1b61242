"""What people wrote, as documents on paper take it: each text with its own direction, and a language. Pure."""

import re
import unicodedata
from collections.abc import Mapping

_LONG_WORD = re.compile(r"\S{40}")


def printed(text: str) -> Mapping[str, str]:
    """With its own direction; words that no line could hold may be broken."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return {"text": _LONG_WORD.sub(lambda found: found[0] + "\u200b", kept), "dir": direction(kept)}


def paragraphs(text: str) -> list[Mapping[str, str]]:
    return [printed(one) for one in re.split(r"\n{2,}", text) if one.strip()]


def direction(text: str) -> str:
    """Of its first letter that has one."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
    return "auto"


def language(code: str) -> str:
    """As typst knows languages: two or three letters."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", code)
    return found[0] if found else ""
