"""Forms about who may not judge what: overrides by two people, what a rule found later, suppliers, objections."""

from typing import Annotated, Literal

from pydantic import Field

from awards.panels.forms import OptionalId, Reason
from awards.web.forms import Form, Id, Line

Hash = Annotated[str, Field(min_length=64, max_length=64)]


class AskOverride(Form):
    """That a judge reads these entries although a rule forbids it."""

    seat: Annotated[Id, Field(title="Judge")]
    entries: Annotated[tuple[str, ...], Field(title="Entries", max_length=200)] = ()
    reason: Reason


class ConsentOverride(Form):
    """To exactly what stood on the page."""

    approval: Id
    sha256: Hash


class EndOverride(Form):
    approval: Id


class SettleConflicts(Form):
    reason: Reason


class AddSupplier(Form):
    name: Annotated[Line, Field(title="Name of the firm")]


class EndSupplier(Form):
    supplier: Id


class Object(Form):
    """A city asks that somebody does not judge its entry."""

    name: Annotated[Line, Field(title="Name of the person")]
    reason: Annotated[str, Field(title="Reason", min_length=1, max_length=2000)]


class WithdrawObjection(Form):
    objection: Id


class DecideObjection(Form):
    """Who is meant is found by the secretariat; `judge` is empty where nobody of the pool is, or it is declined."""

    objection: Id
    outcome: Annotated[Literal["accept", "none", "decline"], Field(title="What you decide")]
    judge: Annotated[OptionalId, Field(title="Judge")] = None
    answer: Annotated[str, Field(title="Answer to the city", max_length=1000)] = ""
