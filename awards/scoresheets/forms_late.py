"""What people of the secretariat say of marks that arrived late."""

from typing import Annotated, Literal

from pydantic import Field

from awards.web.forms import Form, Id, Line


class ProposeLate(Form):
    sheet: Annotated[Id, Field(title="Sheet")]
    to: Annotated[Literal["accept", "refuse"], Field(title="What you propose")]
    reason: Annotated[Line, Field(title="Reason")]


class ConsentLate(Form):
    approval: Id
    sha256: Annotated[str, Field(max_length=64)]


class EndLate(Form):
    approval: Id
