"""Entrants in words, and the choices of their forms."""

from awards.cities import queries
from awards.cities.regions import COUNTRIES, Region
from awards.cities.rules import EntrantKind, OfficialRole
from awards.errors import NotFound
from awards.web.forms import BIGGEST_ID
from awards.web.frame import Choice
from awards.web.i18n import _
from awards.web.words import country as country_name
from awards.web.words import region as region_name


def kind_words() -> dict[EntrantKind, str]:
    return {
        EntrantKind.CITY: _("A city or another local government"),
        EntrantKind.PUBLIC_BODY: _("Another public body"),
        EntrantKind.FIRM: _("A firm"),
        EntrantKind.INSTITUTION: _("An institution"),
        EntrantKind.PERSON: _("A person"),
    }


def region_words() -> dict[Region, str]:
    return {region: region_name(region.value) for region in Region}


def role_words() -> dict[OfficialRole, str]:
    return {
        OfficialRole.OWNER: _("Writes, submits and invites others"),
        OfficialRole.EDITOR: _("Writes and submits"),
        OfficialRole.READER: _("Reads"),
    }


def countries() -> tuple[Choice, ...]:
    named = sorted((country_name(code), code) for code in COUNTRIES)
    return tuple(Choice(code, name) for name, code in named)


def kinds() -> tuple[Choice, ...]:
    return tuple(Choice(kind.value, text) for kind, text in kind_words().items())


def regions() -> tuple[Choice, ...]:
    return tuple(Choice(region.value, text) for region, text in region_words().items())


async def cities() -> tuple[Choice, ...]:
    return tuple(Choice(str(i), f"{name}, {country}") for i, name, country in await queries.approved_cities())


def bounded(number: int) -> int:
    if not 1 <= number <= BIGGEST_ID:
        raise NotFound
    return number
