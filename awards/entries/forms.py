from typing import Annotated

from pydantic import Field

from awards.entries.rules import EntryState
from awards.web.forms import Form, Id, Line, OptionalId, Tick, Version

Code = Annotated[str, Field(min_length=1, max_length=60)]


class StartEntry(Form):
    edition: Annotated[str, Field(title="Edition", min_length=1, max_length=121)]
    entrant: Annotated[Id, Field(title="Who enters")]
    city: Annotated[OptionalId, Field(title="City on whose behalf")] = None
    category: Annotated[Code, Field(title="Category")]
    title: Annotated[Line, Field(title="Title of the practice")]
    lang: Annotated[str, Field(title="Language", max_length=20)] = ""


class ChangeEntry(Form):
    version: Version
    category: Annotated[Code, Field(title="Category")]
    title: Annotated[Line, Field(title="Title of the practice")]
    lang: Annotated[str, Field(title="Language", max_length=20)] = ""


class SaveAnswer(Form):
    """`version` is the answer's, 0 where there is none yet. Complete answers are checked, drafts are kept."""

    version: Version
    # Unstripped and longer than allowed: the page says how long, and shows what was typed again.
    answer: Annotated[tuple[str, ...], Field(title="Answer", max_length=200)] = ()
    draft: Tick = False
    key: str = ""


class RestoreAnswer(Form):
    """`revision` is the one that shall stand again; `version` the one that the page showed as the newest."""

    version: Version
    revision: Version


class SaveWorkingText(Form):
    """A draft in any language; no `lang` leaves it as it is."""

    version: Version
    text: Annotated[str, Field(title="Draft in your own language", max_length=100_000)] = ""
    lang: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,20}$")] | None = None


class SubmitEntry(Form):
    """`seen` and `declaration` are hashes of what the check page showed: nobody submits or declares what they
    have not read.
    """

    version: Version
    seen: Annotated[str, Field(max_length=64)] = ""
    declaration: Annotated[str, Field(max_length=64)] = ""
    declared: Annotated[Tick, Field(title="I declare this")] = False


class WithdrawEntry(Form):
    version: Version
    sure: Annotated[Tick, Field(title="I want to withdraw this entry")] = False


class DecideEligibility(Form):
    version: Version
    outcome: Annotated[EntryState, Field(title="Decision")]
    reason: Annotated[str, Field(title="Reason", max_length=5_000)] = ""
