from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from awards.accounts.rules import LONGEST_PASSWORD, password_problem, zones
from awards.web.fields import Fields
from awards.web.forms import Address, Form, Id, Line, OptionalLine, Parsed, Tick, parse, problem
from awards.web.frame import FormErrors
from awards.web.i18n import _


def _known_zone(zone: str) -> str:
    if zone not in zones():
        raise problem(_("Choose one of the time zones"))
    return zone


# A password is what was typed, white space included.
Password = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=LONGEST_PASSWORD)
]


class SignIn(Form):
    email: Annotated[Address, Field(title="E-mail address")]
    password: Annotated[Password, Field(title="Password")]
    next: OptionalLine = ""
    shared: Tick = False


class AskByMail(Form):
    """Sign up, or ask for a new password: one address, answered by a mail."""

    email: Annotated[Address, Field(title="E-mail address")]


class ChoosePassword(Form):
    password: Annotated[Password, Field(title="Password")]


class CompleteAccount(Form):
    name: Annotated[Line, Field(title="Full name")]
    password: Annotated[Password, Field(title="Password")]


class ChangePerson(Form):
    name: Annotated[Line, Field(title="Full name")]
    lang: Annotated[str, Field(title="Language", max_length=20)] = "en"
    zone: Annotated[str, Field(title="Time zone", max_length=60), AfterValidator(_known_zone)] = "UTC"


class ChangePassword(Form):
    current: Annotated[Password, Field(title="Present password")]
    password: Annotated[Password, Field(title="New password")]


class ProveIdentity(Form):
    password: Annotated[Password, Field(title="Password")]
    next: OptionalLine = ""


class EndSession(Form):
    session: Id


def parse_with_password(form: type[Parsed], fields: Fields, *, address: str) -> Parsed | FormErrors:
    """As `parse`, and the password must be one that is not guessed first."""
    parsed = parse(form, fields)
    if isinstance(parsed, FormErrors):
        return parsed
    why = password_problem(fields["password"], address)
    return FormErrors({"password": why}) if why else parsed
