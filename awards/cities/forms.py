from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from awards.cities.regions import COUNTRIES, Region
from awards.cities.rules import EntrantKind, LinkKind, OfficialRole
from awards.web.forms import Address, Form, Id, Line, OptionalId, Tick, Version, problem
from awards.web.i18n import _


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise problem(_("Choose the country"))
    return code


def _not_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Country = Annotated[str, BeforeValidator(lambda v: str(v).upper()), AfterValidator(_known_country)]
OptionalRegion = Annotated[Region | None, BeforeValidator(_not_blank)]


class ProposeEntrant(Form):
    kind: Annotated[EntrantKind, Field(title="What enters")]
    name: Annotated[Line, Field(title="Name")]
    country: Annotated[Country, Field(title="Country")]
    region: Annotated[OptionalRegion, Field(title="Region")] = None
    city: Annotated[OptionalId, Field(title="City it belongs to")] = None
    sure: Annotated[Tick, Field(title="None of these is it")] = False


class ChangeEntrant(Form):
    version: Version
    kind: Annotated[EntrantKind, Field(title="What enters")]
    name: Annotated[Line, Field(title="Name")]
    country: Annotated[Country, Field(title="Country")]
    country_label: Annotated[str, Field(title="Country as pages write it", max_length=120)] = ""
    region: Annotated[OptionalRegion, Field(title="Region")] = None
    city: Annotated[OptionalId, Field(title="City it belongs to")] = None


class LinkEntrants(Form):
    kind: Annotated[LinkKind, Field(title="Tie")]
    other: Annotated[Id, Field(title="Entrant")]


class EndLink(Form):
    link: Id


class DecideEntrant(Form):
    version: Version


class DeclineEntrant(DecideEntrant):
    reason: Annotated[str, Field(title="Reason", min_length=1, max_length=1000)]


class DeclineOfficial(Form):
    reason: Annotated[str, Field(title="Reason", min_length=1, max_length=1000)]


class InviteOfficial(Form):
    email: Annotated[Address, Field(title="E-mail address")]
    name: Annotated[Line, Field(title="Full name")]
    role: Annotated[OfficialRole, Field(title="What the person may do")]
