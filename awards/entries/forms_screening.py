"""Forms of screening: the checklist, a decision, a question to the city, its answer and its appeal."""

from typing import Annotated

from pydantic import Field

from awards.entries.asking import LONGEST_TEXT
from awards.entries.forms import Code
from awards.entries.screening import LONGEST_NOTE, LONGEST_REASON
from awards.web.forms import Form, Id, Tick, Version

Reason = Annotated[str, Field(title="Reason", max_length=LONGEST_REASON)]
# The word as it was sent: rules say in words what is no outcome.
Outcome = Annotated[str, Field(title="Decision", max_length=20)]


class ScreenEntry(Form):
    """`version` is the screening's, 0 where there is none yet; `number` is the submission that was read."""

    version: Version
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    items: tuple[tuple[str, str, str], ...] = ()
    outcome: Outcome = ""
    reason: Reason = ""
    note: Annotated[str, Field(title="Note", max_length=LONGEST_NOTE)] = ""
    finish: Tick = False


class SettleEntry(Form):
    """Where two differ, or agree that the entry is not eligible and somebody writes why."""

    version: Version
    outcome: Outcome = ""
    reason: Reason = ""


class ConfirmExclusion(Form):
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]


class EndExclusion(Form):
    approval: Id


class AskCity(Form):
    version: Version
    questions: Annotated[tuple[Code, ...], Field(title="Questions", max_length=200)] = ()
    text: Annotated[str, Field(title="What you ask", max_length=LONGEST_TEXT)] = ""
    due: Annotated[str, Field(title="Answer until", max_length=40)] = ""


class EndEnquiry(Form):
    enquiry: Id


class AnswerEnquiry(Form):
    """`seen` is the hash of what the page showed: nobody sends what they have not read."""

    enquiry: Id
    reply: Annotated[str, Field(title="What you answer", max_length=LONGEST_TEXT)] = ""
    seen: Annotated[str, Field(max_length=64)] = ""


class AppealEntry(Form):
    text: Annotated[str, Field(title="Why the decision is wrong", max_length=LONGEST_REASON)] = ""
    sure: Annotated[Tick, Field(title="I want to appeal")] = False


class TakeUpEntry(Form):
    """The desk puts a first decision before another person, as an appeal would."""

    version: Version
    text: Annotated[str, Field(title="Why it is decided again", max_length=LONGEST_REASON)] = ""


class DecideAppeal(Form):
    version: Version
    outcome: Outcome = ""
    reason: Reason = ""
