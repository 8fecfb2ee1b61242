from typing import Annotated, Literal

from msgspec import Struct
from pydantic import Field

from awards.results.rules import Pick
from awards.web.forms import Form, Id, Line, OptionalLine


class JudgeRun(Form):
    """Adopt a run or drop it, whole."""

    round_id: Id
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Annotated[OptionalLine, Field(title="Reason")] = ""


class RunDecision(Form):
    decision: Annotated[Literal["adopt", "drop"], Field(title="Decision")]
    reason: Annotated[OptionalLine, Field(title="Reason")] = ""


class ExplainGap(Form):
    round_id: Id
    reference: Annotated[Line, Field(title="Entry")]
    reason: Annotated[Line, Field(title="Reason")]


class AskAboutSheet(Form):
    """Leave a signed sheet of a closed round out, or let one count again: asked by one, consented to by another."""

    round_id: Id
    reference: Annotated[Line, Field(title="Entry")]
    seat: Annotated[Id, Field(title="Judge")]
    to: Annotated[Literal["aside", "back"], Field(title="What is asked")]
    reason: Annotated[Line, Field(title="Reason")]


class ConsentAboutSheet(Form):
    round_id: Id
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]


class EndAboutSheet(Form):
    round_id: Id
    approval: Id


class DecidePrizes(Struct, frozen=True):
    """All places of one category at once, so that two entries can change places; `category` "" is over all."""

    edition_id: int
    category: str
    picks: tuple[Pick, ...]
