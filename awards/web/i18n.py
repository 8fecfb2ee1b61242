"""Languages: catalogues, the language of the present task, negotiation, and a pseudo-locale for tests."""

import gettext as gnu
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "awards"
SOURCE = "en"
PSEUDO = "qps"

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def current() -> str:
    return _language.get()


@contextmanager
def use(lang: str) -> Iterator[None]:
    """Speak this language inside the block, in this task only."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def available(pseudo: bool = False, folder: Path = FOLDER) -> tuple[str, ...]:
    """Languages with a catalogue, the source language first."""
    found = {path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.[pm]o")}
    return (SOURCE, *sorted(found - {SOURCE, PSEUDO}), *((PSEUDO,) if pseudo else ()))


def negotiate(accept: str, chosen: str | None = None, languages: Sequence[str] = (SOURCE,)) -> str:
    """The language for a reader: an explicit choice wins, then Accept-Language, then the source language."""
    if chosen in languages:
        return str(chosen)
    # A header may be as long as the server lets it be; nobody means more than a dozen languages.
    wanted: list[tuple[float, str]] = []
    for item in accept[:500].split(",")[:12]:
        tag, _sep, parameters = item.strip().partition(";")
        match = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", parameters) if parameters else None
        quality = float(match[1]) if match else (0.0 if parameters else 1.0)
        if quality and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag):
            wanted.append((-quality, tag))
    wanted.sort(key=lambda pair: pair[0])
    # The pseudo-locale is for those who ask for it by name, never what a browser happens to send.
    offered = [lang for lang in languages if lang != PSEUDO]
    for _quality, tag in wanted:
        if best := negotiate_locale([tag], offered, sep="-"):
            return best
    return SOURCE


@lru_cache(maxsize=64)
def locale_of(lang: str) -> Locale:
    """Babel's locale for numbers and dates. English pages are British."""
    if lang in (SOURCE, PSEUDO):
        return Locale("en", "GB")
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def dir_of(lang: str) -> str:
    """`rtl` or `ltr`, also for the language of one text on a page."""
    if lang == PSEUDO:
        return "rtl"
    return "rtl" if locale_of(lang).character_order == "right-to-left" else "ltr"


def name_of(lang: str) -> str:
    """The language's name in itself, as a reader who wants it would look for it."""
    if lang == PSEUDO:
        return pseudo("English")
    name = locale_of(lang).get_language_name(lang.partition("-")[0]) or lang
    return name[:1].upper() + name[1:]


# --- catalogues ---------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def catalogue(lang: str, folder: Path = FOLDER) -> gnu.NullTranslations:
    """Texts of a language; what it lacks falls back to the source text."""
    if lang == PSEUDO:
        return PseudoTranslations()
    base = folder / lang.replace("-", "_") / "LC_MESSAGES"
    compiled, source = base / f"{DOMAIN}.mo", base / f"{DOMAIN}.po"
    if compiled.is_file():
        with compiled.open("rb") as file:
            return gnu.GNUTranslations(file)
    if source.is_file():
        with source.open("rb") as file:
            texts = read_po(file, locale=str(locale_of(lang)), domain=DOMAIN)
        buffer = BytesIO()
        write_mo(buffer, texts)
        buffer.seek(0)
        return gnu.GNUTranslations(buffer)
    return gnu.NullTranslations()


def gettext(message: str) -> str:
    # An empty msgid is the catalogue's own header.
    return catalogue(_language.get()).gettext(message) if message else ""


def ngettext_plain(singular: str, plural: str, n: int) -> str:
    return catalogue(_language.get()).ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    return catalogue(_language.get()).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, n: int) -> str:
    return catalogue(_language.get()).npgettext(context, singular, plural, n)


def _(message: str, /, **values: object) -> str:
    """The text in the reader's language; `%(name)s` is filled from the keywords, as in templates."""
    text = gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """The form for n things; `%(num)d` is n, as in templates."""
    return ngettext_plain(singular, plural, n) % {"num": n, **values}


class Lazy:
    """A text that is looked up when it is shown: for texts written once, at import."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __repr__(self) -> str:
        return f"lazy({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lazy) and other.message == self.message

    def __hash__(self) -> int:
        return hash(self.message)

    def __mod__(self, values: object) -> str:
        return str(self) % values


def lazy(message: str) -> Lazy:
    return Lazy(message)


class Counted:
    """A text in its two forms of the source language, looked up for a number when it is shown."""

    __slots__ = ("many", "one")

    def __init__(self, one: str, many: str) -> None:
        self.one, self.many = one, many

    def of(self, n: int, /, **values: object) -> str:
        return ngettext(self.one, self.many, n, **values)


def nlazy(one: str, many: str) -> Counted:
    return Counted(one, many)


# --- the pseudo-locale --------------------------------------------------------------------------------

# What a translator must leave alone: placeholders of both kinds, tags, entities, addresses.
_KEPT = re.compile(r"(%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%%|%[sd]|\{[^{}]*\}|<[^<>]*>|&#?\w+;|https?://\S+)")
_ACCENTS = str.maketrans(
    "aceginostuyACEGINOSTUYdhklrz",
    "áçéğíñóšťúýÁÇÉĞÍÑÓŠŤÚÝďĥķľřž",
)


def pseudo(message: str) -> str:
    """With accents, in brackets and 40 % longer, so that what is not translated or cut off is seen."""
    parts = _KEPT.split(message)
    letters = sum(len(part) for part in parts[::2])
    if not letters:
        return message
    written = "".join(p if i % 2 else p.translate(_ACCENTS) for i, p in enumerate(parts))
    # Words, not one long run, so that lines break as they do in a real language; the brackets count too.
    padding = "".join("õ" if i % 6 else " " for i in range(max(0, -(-letters * 2 // 5) - 2)))
    tail = message[len(message.rstrip()) :]
    # A sign of Markdown works only where it begins the line.
    signs = re.match(r"(?:#+ |[-*] )?", written)
    begun = signs.end() if signs else 0
    return f"{written[:begun]}[{written[begun:].rstrip()}{padding.rstrip()}]{tail}"


def of_locale(text: str, lang: str) -> str:
    """A word that Babel gave: it knows the names of months and countries in real languages only."""
    return pseudo(text) if lang == PSEUDO else text


class PseudoTranslations(gnu.NullTranslations):
    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)
