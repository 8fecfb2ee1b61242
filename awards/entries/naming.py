"""Whether a text tells judges of a blind round who entered: a guess that only ever warns. Pure."""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from awards.cities.rules import core, plain

# A shorter name counts as a whole word only: "Bath" is in "bathroom", "Lindmere" in "lindmere.example".
LONG = 6
FEWEST_LETTERS = 3
_ADDRESS = re.compile(r"\b[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


class Entering(Struct, frozen=True):
    """Who enters: the body and the city it enters for, and the people who act for them."""

    bodies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def names_in(text: str, who: Entering) -> tuple[str, ...]:
    """What the text names of them, each once, as it is known; addresses of any mail as they stand there."""
    if not text:
        return ()
    words = _words(text)
    found = [name for name in who.bodies if _is_named(core(_words(name)), words)]
    found += [name for name in who.people if any(_is_named(form, words) for form in _forms(name))]
    found += [address for address in who.addresses if address.casefold() in text.casefold()]
    known = {address.casefold() for address in who.addresses}
    if "@" in text:
        found += [match for match in _ADDRESS.findall(text) if match.casefold() not in known]
    return tuple(dict.fromkeys(found))


def _forms(name: str) -> Iterator[str]:
    """Given name first, and family name first."""
    words = _words(name).split()
    yield " ".join(words)
    if len(words) > 1:
        yield " ".join((words[-1], *words[:-1]))


def _is_named(name: str, words: str) -> bool:
    if name.upper() == name.lower():
        # In scripts without capitals a word may have others before and behind it without a space.
        return len(name) >= FEWEST_LETTERS - 1 and name in words
    if len(name) < FEWEST_LETTERS:
        return False
    return name in words if len(name) >= LONG else f" {name} " in f" {words} "


class _Letters(dict[int, str]):
    """Letters, their marks and numbers stay; whatever else is a space. Filled as signs are met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = sign if unicodedata.category(sign)[0] in "LMN" else " "
        return self[code]


_LETTERS = _Letters()


def _words(text: str) -> str:
    return " ".join(plain(text).translate(_LETTERS).split())
