from dataclasses import dataclass
from typing import Annotated, Literal

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


@dataclass(frozen=True, slots=True)
class DecidePrizes:
    """All places of one category at once, so that two entries can change places; `category` "" is over all."""

    edition_id: int
    category: str
    picks: tuple[Pick, ...]
