"""Two texts beside each other. Pure."""

import re
from difflib import SequenceMatcher

Part = tuple[str, str]  # "same", "ins" or "del", and the text


def differences(one: str, other: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both texts cut into parts: what only the first has is "del" there, what only the second has is "ins"."""
    first, second = _words(one), _words(other)
    # Very long texts are shown whole: comparing them would take longer than reading.
    if len(first) * len(second) > 4_000_000:
        return (("del", one),), (("ins", other),)
    left: list[Part] = []
    right: list[Part] = []
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        kind = "same" if tag == "equal" else ""
        if j > i:
            left.append((kind or "del", "".join(first[i:j])))
        if m > k:
            right.append((kind or "ins", "".join(second[k:m])))
    return tuple(left), tuple(right)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
