"""Words as the practice library keeps and compares them, the same on every database. Pure.

Words are folded (no case, no accents) and found by their beginning from three letters up. Scripts that set no space
between words are kept as pairs of neighbouring letters: what somebody asks for is found inside of longer runs.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from awards.cities.rules import plain

# By so many letters the beginning of a word is looked up; shorter words are asked for whole.
HEAD = 3
LONGEST_TERM = 60
MOST_WANTED = 8

# Thai, Lao, Burmese, Khmer, kana, Han and Hangul.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
_RUN = re.compile(r"\S+")


class Wanted(Struct, frozen=True):
    """One thing that must stand in a practice: a whole term, or the beginning of one."""

    term: str
    begins: bool

    @property
    def head(self) -> str:
        return self.term[:HEAD]

    def is_in(self, terms: Iterable[str]) -> bool:
        return any(term.startswith(self.term) if self.begins else term == self.term for term in terms)


def terms_of(text: str) -> set[str]:
    """Every term that a text is found by."""
    found: set[str] = set()
    for run in _runs(text):
        if _is_unspaced(run[0]):
            found.update(run)
            found.update(map("".join, pairwise(run)))
        else:
            found.add(run[:LONGEST_TERM])
    return found


def wanted_of(words: str) -> tuple[Wanted, ...]:
    """What a reader asks for, in their order; all of it must be there."""
    found: dict[Wanted, None] = {}
    for run in _runs(words):
        if not _is_unspaced(run[0]):
            found[Wanted(run[:LONGEST_TERM], len(run) >= HEAD)] = None
        elif len(run) == 1:
            found[Wanted(run, False)] = None
        else:
            found.update(dict.fromkeys(Wanted(run[at : at + 2], False) for at in range(len(run) - 1)))
    return tuple(found)[:MOST_WANTED]


def weighed(parts: Iterable[tuple[int, str]]) -> Mapping[str, int]:
    """Each term with the weight of the weightiest part that has it."""
    found: dict[str, int] = {}
    for weight, text in parts:
        for term in terms_of(text):
            found[term] = max(weight, found.get(term, 0))
    return found


def _runs(text: str) -> Iterable[str]:
    """Letters and digits that stand together, cut where the script begins or ceases to set spaces."""
    letters = "".join(letter if _is_letter(letter) else " " for letter in plain(text))
    for match in _RUN.finditer(letters):
        run, start = match[0], 0
        for at in range(1, len(run) + 1):
            if at == len(run) or _is_unspaced(run[at]) != _is_unspaced(run[start]):
                yield run[start:at]
                start = at


def _is_letter(letter: str) -> bool:
    # Marks are parts of letters: vowel signs of Indic scripts, for one.
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def _is_unspaced(letter: str) -> bool:
    code = ord(letter)
    return code >= 0x0E00 and any(low <= code <= high for low, high in _UNSPACED)
