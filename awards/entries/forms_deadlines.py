from typing import Annotated

from pydantic import Field

from awards.web.forms import Form, Tick

Reason = Annotated[str, Field(title="Reason", min_length=1, max_length=1_000)]


class Extend(Form):
    """`seen` is the deadline that the form was drawn from; `until` is read in the edition's zone."""

    whom: Annotated[str, Field(title="For whom", min_length=1, max_length=60)]
    until: Annotated[str, Field(title="Until", min_length=1, max_length=40)]
    reason: Reason
    seen: Annotated[str, Field(max_length=40)] = ""


class EndExtension(Form):
    reason: Reason


class AskForHelp(Form):
    text: Annotated[str, Field(title="What you need help with", min_length=1, max_length=2_000)]
    sure: Annotated[Tick, Field(title="The secretariat may read this draft")] = False
