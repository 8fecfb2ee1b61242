from typing import Annotated

from pydantic import Field

from awards.entries.facts import Rule
from awards.web.forms import Form, Id, Tick, Version

Reason = Annotated[str, Field(title="Reason", max_length=2_000)]


class ApproveEntry(Form):
    """`seen` is the city's word that the page showed, 0 for none."""

    seen: Version = 0
    sure: Annotated[Tick, Field(title="I may approve this for the city")] = False


class DeclineEntry(Form):
    seen: Version = 0
    reason: Reason = ""


class RecordApproval(Form):
    seen: Version = 0
    way: Annotated[str, Field(title="How you know", max_length=60)] = ""
    reason: Reason = ""


class GrantExemption(Form):
    entrant: Annotated[Id, Field(title="For whom")]
    rule: Annotated[Rule, Field(title="Rule")]
    reason: Reason = ""


class EndExemption(Form):
    sure: Annotated[Tick, Field(title="I want to end this exception")] = False
