"""Names of organisations compared: which are the same, and which are alike enough for a person to look at.

Nothing is guessed: a legal form, an abbreviation or a translation makes another name. The rules are this
project's own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable

# Shorter names differ by one letter too easily.
LEAST_LETTERS = 8

Index = dict[Hashable, tuple[str, ...]]


def folded(name: str) -> str:
    """A name for comparison: one Unicode form, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def words_of(name: str) -> tuple[str, ...]:
    """
    The words of a name without case, punctuation and the accents of Latin, Greek and Cyrillic letters. Marks
    of other scripts are letters of theirs and stay.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = unicodedata.normalize("NFC", "".join(one for one in plain if not "\u0300" <= one <= "\u036f"))
    kept = (one if unicodedata.category(one)[0] in "LMN" else " " for one in plain)
    return tuple("".join(kept).split())


class Names:
    """
    A list of names in which others are looked up.

    Parameters
    ----------
    names : iterable of str
        In any order; names that are the same by `folded` are one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._letters: Index = {}
        self._starts: Index = {}
        self._shorter: Index = {}
        for name in {folded(one) for one in names} - {""}:
            words = words_of(name)
            letters = "".join(words)
            if not letters:
                continue
            # Most keys have one name: they share the list that holds it.
            alone = (name,)
            _put(self._letters, letters, alone)
            for end in range(1, len(words) + 1):
                _put(self._starts, words[:end], alone)
            for shorter in _shorter(letters):
                _put(self._shorter, shorter, alone)

    def alike(self, name: str, *, longer: bool = False) -> tuple[str, ...]:
        """
        The names of the list that are like this one without being the same.

        Two names are alike if they differ in accents, punctuation or spaces alone; if they have at least
        eight letters and are equal once at most one letter, never a digit, is dropped from each; and, with
        `longer`, if the words of one begin the other.

        Parameters
        ----------
        name : str
        longer : bool
            Whether a name that goes on where the other ends is like it: "Acme" and "Acme Mobility".

        Returns
        -------
        tuple of str
            As `folded` writes them, sorted.
        """
        words = words_of(name)
        letters = "".join(words)
        if not letters:
            return ()
        found = set(self._letters.get(letters, ()))
        for shorter in _shorter(letters):
            found.update(self._shorter.get(shorter, ()))
        if longer:
            found.update(self._starts.get(words, ()))
            for end in range(1, len(words)):
                found |= self._letters_of(words[:end])
        return tuple(sorted(found - {folded(name)}))

    def _letters_of(self, words: tuple[str, ...]) -> set[str]:
        """The names that are these words, whole."""
        return {one for one in self._letters.get("".join(words), ()) if words_of(one) == words}


def _put(index: Index, key: Hashable, alone: tuple[str]) -> None:
    known = index.get(key)
    index[key] = alone if known is None else known + alone


def _shorter(letters: str) -> set[str]:
    """The letters, and what stays of them without one; nothing for a short name."""
    if len(letters) < LEAST_LETTERS:
        return set()
    without = {letters[:at] + letters[at + 1 :] for at, one in enumerate(letters) if not one.isdigit()}
    return without | {letters}
