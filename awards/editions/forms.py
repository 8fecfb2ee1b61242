"""Forms of the desk beside the set-up of an edition."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from awards.editions.rules import Role
from awards.web.forms import Address, Form, Line, OptionalLine, Prose, Tick, Version, problem
from awards.web.i18n import _

PAGE_SLUGS = ("about", "rules", "privacy", "accessibility", "contact")


def _slug(text: str) -> str:
    if text not in PAGE_SLUGS:
        raise problem(_("Choose one of the pages"))
    return text


def _lang(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text) or len(text) > 20:
        raise problem(_("Use a language code such as en"))
    return text


class SavePage(Form):
    slug: Annotated[str, AfterValidator(_slug)]
    lang: Annotated[str, AfterValidator(_lang)] = "en"
    title: Annotated[Line, Field(title="Title")]
    body: Annotated[Prose, Field(title="Text", min_length=1)]
    version: Version = 0


class GrantRole(Form):
    name: Annotated[Line, Field(title="Full name")]
    email: Annotated[Address, Field(title="E-mail address")]
    role: Annotated[Role, Field(title="Role")]
    scope: Annotated[Line, Field(title="Where")]
    until: OptionalLine = ""


class EndRole(Form):
    grant: Annotated[int, Field(ge=1, le=2**31 - 1)]


class ByVersion(Form):
    """A confirmed act: the version of what the person saw."""

    version: Version


class SectionAct(Form):
    """A section of the entry form: another name for it, or one place up or down."""

    act: Literal["rename", "up", "down"]
    section: Annotated[str, Field(max_length=300)] = ""
    name: Annotated[str, Field(max_length=300)] = ""


Statement = Annotated[str, Field(min_length=1, max_length=2000)]


def _agreed(value: bool) -> bool:
    if not value:
        raise problem(_("Read what changes and what follows, then tick the box"))
    return value


class AskForRuleset(Form):
    reason: Annotated[Statement, Field(title="Reason")]
    public_note: Annotated[Statement, Field(title="Public note")]


class ConsentToRuleset(Form):
    """`sha256` is what the person saw; the approval is over it."""

    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    read: Annotated[
        Tick, AfterValidator(_agreed), Field(title="I have read what changes", validate_default=True)
    ] = False


class DeclineRuleset(Form):
    answer: Annotated[Statement, Field(title="Why not")]
