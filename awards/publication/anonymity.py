"""Whether a judge's words to a city would tell who wrote them. Pure.

What is found here is looked at by a person before it goes out; nothing is changed by the machine.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from awards.cities.rules import plain
from awards.web.i18n import _

# Shorter parts of a name are words of their own in too many languages.
SHORTEST_PART = 4
STRUCK = "[…]"
_ADDRESS = re.compile(r"\S@\S|https?://|www\.|\+\d[\d ()/-]{6,}")
# A judge who speaks of where they come from. Only of languages that this list knows; the others are read by people.
_OWN = re.compile(
    r"\b(?:my|our) (?:own )?(?:country|city|town|university|institute|company|firm|ministry|government|office|"
    r"organi[sz]ation|colleagues?|team|work|research|book)\b|\bas (?:a|an|the) (?:former )?(?:judge from|mayor|"
    r"professor|minister|engineer|architect|journalist|director)\b|\bwhere I (?:live|work|come from)\b",
    re.IGNORECASE,
)


class Traits(Struct, frozen=True):
    """What is known of one judge: `names` tell them to anybody, `places` only where they write themselves."""

    names: frozenset[str]
    places: frozenset[str]


def traits(names: Iterable[str], addresses: Iterable[str], places: Iterable[str]) -> Traits:
    return Traits(
        frozenset(filter(None, (one.strip() for one in (*names, *addresses)))),
        frozenset(filter(None, (one.strip() for one in places))),
    )


def tells(text: str, author: Traits, panel: Sequence[Traits], entrant_words: str) -> tuple[str, ...]:
    """Why these words would let somebody guess a judge; empty where nothing of the kind is found.

    `entrant_words` is what everybody knows of the entrant: a judge who names the entrant's own country tells nothing.
    """
    said, known = _folded(text), _folded(entrant_words)
    reasons = []
    if any(_names(name, text, said) for judge in panel for name in judge.names):
        reasons.append(_("names a judge"))
    if any(_stands(_folded(place), said) and not _stands(_folded(place), known) for place in author.places):
        reasons.append(_("names where its writer lives or works"))
    if _ADDRESS.search(text):
        reasons.append(_("holds an address or a telephone number"))
    if _OWN.search(text):
        reasons.append(_("speaks of its writer"))
    return tuple(reasons)


def struck(text: str, words: Iterable[str]) -> str:
    """Without these words, each replaced by a sign that something stood there."""
    for word in sorted({one.strip() for one in words if one.strip()}, key=lambda one: (-len(one), one)):
        text = re.sub(re.escape(word), STRUCK, text, flags=re.IGNORECASE)
    return text


def _names(name: str, text: str, said: str) -> bool:
    if _stands(_folded(name), said):
        return True
    parts = [part for part in re.split(r"[\s,.]+", name) if len(part) >= SHORTEST_PART and "@" not in name]
    # A part of a name tells only as a name: "rose" in a sentence is no Rose.
    return any(part[0].isupper() and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w@]+", " ", plain(text)).split())


def _stands(word: str, text: str) -> bool:
    """As words of their own; in scripts without spaces, anywhere."""
    if not word:
        return False
    if word.isascii():
        return f" {word} " in f" {text} "
    return word in text
