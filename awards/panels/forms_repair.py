"""Forms of a panel at work: what is to be repaired, and a proposal edited by hand."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from awards.panels.assignment.editing import Kind
from awards.web.forms import Form, Id

_empty = BeforeValidator(lambda value: None if value == "" else value)
Reference = Annotated[str, Field(title="Entry", min_length=1, max_length=30)]
OtherEntry = Annotated[str, Field(title="Other entry", max_length=30)]
OtherSeat = Annotated[Annotated[Id | None, _empty], Field(title="Other judge")]


class AskForRepair(Form):
    """`silent` are the seats that give up what they have not opened."""

    silent: Annotated[tuple[Id, ...], Field(title="Silent judges")] = ()


class EditProposal(Form):
    """One act on the newest version of a proposal."""

    proposal: Id
    act: Annotated[Kind, Field(title="What to do")]
    entry: Reference
    seat: Annotated[Id, Field(title="Judge")]
    other_entry: OtherEntry = ""
    other_seat: OtherSeat = None
