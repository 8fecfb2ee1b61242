"""Forms by which a member city names somebody for the pool, the secretariat decides, and who is named answers."""

from typing import Annotated, Literal

from pydantic import Field

from awards.panels.forms import Country
from awards.web.forms import Address, Form, Id, Line


class NameJudge(Form):
    edition: Annotated[Id, Field(title="Edition")]
    name: Annotated[Line, Field(title="Full name")]
    email: Annotated[Address, Field(title="E-mail address")]
    country: Country
    expertise: Annotated[str, Field(title="What they know", min_length=1, max_length=2000)]
    reason: Annotated[str, Field(title="Why they should judge", min_length=1, max_length=2000)]


class WithdrawNaming(Form):
    nomination: Id


class DecideNomination(Form):
    nomination: Id
    outcome: Annotated[Literal["accept", "decline"], Field(title="What you decide")]
    answer: Annotated[str, Field(title="Reason for declining", max_length=1000)] = ""


class AnswerNomination(Form):
    answer: Annotated[Literal["agree", "refuse"], Field(title="Your answer")]
