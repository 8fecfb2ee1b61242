"""Text in columns: what a name takes on a terminal, in any script."""

import unicodedata
from collections.abc import Iterator


def clean(text: str) -> str:
    """Nothing that would steer the terminal: control characters are shown as a mark."""
    return "".join("�" if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text)


def wide(text: str) -> int:
    """Columns that a text takes: two for wide letters, none for marks that stand on others."""
    return sum(_wide(one) for one in text)


def _wide(one: str) -> int:
    if unicodedata.category(one) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(one) in "WF" else 1


def pad(text: str, room: int) -> str:
    """Exactly so many columns: filled with spaces, or cut with an ellipsis."""
    if wide(text) > room:
        kept, taken = [], 0
        for one in text:
            taken += _wide(one)
            if taken > room - 1:
                break
            kept.append(one)
        text = "".join(kept) + "…"
    return text + " " * (room - wide(text))


def wrap(text: str, width: int, indent: str = "") -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and wide(line) + 1 + wide(word) > width:
            yield line
            line = indent + word
        else:
            line = f"{line} {word}" if line.strip() else line + word
    yield line
