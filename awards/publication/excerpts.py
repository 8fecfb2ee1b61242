"""A few lines of a practice around the words that somebody asks for. Pure."""

import re
from collections.abc import Sequence

from awards.publication.terms import Wanted, terms_of
from awards.web.words import paragraphs

ABOUT = 240
_WORD = re.compile(r"\S+")

# A piece of text, and whether it is one of the words that were asked for.
Pieces = tuple[tuple[str, bool], ...]


def excerpt(text: str, wanted: Sequence[Wanted]) -> Pieces:
    """Of the paragraph that has most of the words; of the first long one where none is asked for or found."""
    found = [" ".join(one.split()) for one in paragraphs(text)]
    if not found:
        return ()
    best = max(found, key=lambda one: _hits(one, wanted)) if wanted else ""
    if not best or not _hits(best, wanted):
        # Short paragraphs are the questions that the others answer.
        best = next((one for one in found if len(one) > 100), max(found, key=len))
    return _marked(_cut(best, wanted), wanted)


def _hits(text: str, wanted: Sequence[Wanted]) -> int:
    terms = terms_of(text)
    return sum(one.is_in(terms) for one in wanted)


def _cut(text: str, wanted: Sequence[Wanted]) -> str:
    if len(text) <= ABOUT:
        return text
    first = next((word.start() for word in _WORD.finditer(text) if _hits(word[0], wanted)), 0)
    start = 0 if first < ABOUT * 2 // 3 else text.rfind(" ", 0, first - ABOUT // 3) + 1
    if len(text) - start <= ABOUT:
        return f"… {text[start:]}"
    end = text.rfind(" ", start, start + ABOUT)
    # Scripts that set no spaces are cut between letters.
    end = end if end > start + ABOUT // 2 else start + ABOUT
    return f"{'… ' if start else ''}{text[start:end].rstrip(' ,;:.')} …"


def _marked(text: str, wanted: Sequence[Wanted]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for word in _WORD.finditer(text) if wanted else ():
        if _hits(word[0], wanted):
            pieces += [(text[at : word.start()], False), (word[0], True)]
            at = word.end()
    pieces.append((text[at:], False))
    return tuple(piece for piece in pieces if piece[0])
