"""What the pages of messages share: where they stand, the languages that are written in, a mail as it is read."""

from typing import Any

from litestar import Request
from msgspec import Struct

from awards.editions.queries import EditionRow, rules_of
from awards.messages.queries import Of
from awards.messages.rules import MEANINGS, PLACEHOLDERS, Group, Recipient, Text, language_for
from awards.messages.wording import Circumstances, letter_values, named
from awards.web import i18n
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.site import Site, site_of

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/messages"
ONE = HERE + "/{number:int}"
TEXTS = HERE + "/texts"


def messages_path(edition: EditionRow) -> str:
    return f"{edition.desk}/messages"


def texts_path(edition: EditionRow) -> str:
    return f"{edition.desk}/messages/texts"


def group_words(of: Of) -> str:
    return named(of.group, of.part)


class Meaning(Struct, frozen=True):
    """A gap that can stand in a text, and what it becomes."""

    name: str
    text: str


def meanings(group: Group) -> tuple[Meaning, ...]:
    return tuple(Meaning(name, str(MEANINGS[name])) for name in PLACEHOLDERS[group])


class Language(Struct, frozen=True):
    """One of the languages that a message can be written in; the edition's own is always written."""

    code: str
    name: str
    needed: bool


async def languages_of(request: AnyRequest, edition: EditionRow) -> tuple[Language, ...]:
    """The edition's first, then those that entries are written in and those that people read pages in."""
    rules = await rules_of(edition.id)
    pages = [code for code in site_of(request).languages if code != i18n.PSEUDO]
    codes = dict.fromkeys((edition.lang, *rules.languages, *pages))
    return tuple(Language(code, i18n.name_of(code), code == edition.lang) for code in codes)


class Shown(Struct, frozen=True):
    """A mail exactly as one reader gets it."""

    name: str
    to: str
    lang: str
    language: str
    zone: str
    subject: str
    text: str


def shown_to(
    request: AnyRequest,
    one: Recipient,
    texts: dict[str, Text],
    common: Circumstances,
    edition: EditionRow,
) -> Shown:
    site = site_of(request)
    lang = language_for(one.lang, texts, edition.lang)
    values = letter_values(texts[lang], one, common, lang)
    return Shown(
        name=one.name,
        to=one.address,
        lang=lang,
        language=i18n.name_of(lang),
        zone=one.zone,
        subject=" ".join(_drawn(site, "subject.txt", lang, values).split()),
        text=_drawn(site, "body.txt", lang, values).strip(),
    )


def _drawn(site: Site, part: str, lang: str, values: dict[str, str]) -> str:
    """As the worker draws it, with the link that the reader gets."""
    absolute = values | ({"link": site.settings.base_url + values["link"]} if values["link"] else {})
    with i18n.use(i18n.negotiate("", lang, site.languages)):
        return site.templates.get_template(f"mail/mailing/{part}").render(
            mail=absolute,
            programme_name=site.masthead.name,
            contact_email=site.masthead.contact,
            lang=lang,
            dir=i18n.dir_of(lang),
        )


def crumb(edition: EditionRow, *more: Link) -> tuple[Link, ...]:
    return (Link(messages_path(edition), _("Messages")), *more)
