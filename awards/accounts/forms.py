from typing import Annotated

from pydantic import Field

from awards.accounts.rules import password_problem
from awards.web.fields import Fields
from awards.web.forms import Address, Form, Line, OptionalLine, Parsed, parse
from awards.web.frame import FormErrors


class SignIn(Form):
    email: Annotated[Address, Field(title="E-mail address")]
    password: Annotated[str, Field(title="Password", min_length=1, max_length=1024, strict=True)]
    next: OptionalLine = ""


class AskByMail(Form):
    """Sign up, or ask for a new password: one address, answered by a mail."""

    email: Annotated[Address, Field(title="E-mail address")]


class ChoosePassword(Form):
    password: Annotated[str, Field(title="Password", min_length=1, max_length=1024)]


class CompleteAccount(ChoosePassword):
    name: Annotated[Line, Field(title="Full name")]


class ChangePerson(Form):
    name: Annotated[Line, Field(title="Full name")]
    lang: Annotated[str, Field(title="Language", max_length=20)] = "en"
    zone: Annotated[str, Field(title="Time zone", max_length=60)] = "UTC"


class ChangePassword(ChoosePassword):
    current: Annotated[str, Field(title="Present password", min_length=1, max_length=1024)]


class ProveIdentity(Form):
    password: Annotated[str, Field(title="Password", min_length=1, max_length=1024)]
    next: OptionalLine = ""


class EndSession(Form):
    session: Annotated[int, Field(ge=1, le=2**31 - 1)]


def parse_with_password(form: type[Parsed], fields: Fields, *, address: str) -> Parsed | FormErrors:
    """As `parse`, and the password must be one that is not guessed first."""
    parsed = parse(form, fields)
    if isinstance(parsed, FormErrors):
        return parsed
    problem = password_problem(fields["password"], address)
    return FormErrors({"password": problem}) if problem else parsed
