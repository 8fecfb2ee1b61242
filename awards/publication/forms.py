from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from awards.web.forms import Form, Id, Prose, Tick, problem
from awards.web.i18n import _

Shows = Literal["finalists", "names", "winners", "ranks", "full"]


def _local(value: object) -> object:
    """What a date-and-time field sends, still in the zone of the edition."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        raise problem(_("Enter a date and a time such as 2027-09-20T12:00")) from None
    if at.tzinfo is not None or not 2000 <= at.year <= 2200:
        raise problem(_("Enter a date and a time such as 2027-09-20T12:00"))
    return at


def _agreed(value: bool) -> bool:
    if not value:
        raise problem(_("Read the winners and what follows, then tick the box"))
    return value


def _stops(value: bool) -> bool:
    if not value:
        raise problem(_("Tick the box: judges are stopped, and scheduled results are withdrawn"))
    return value


class CheckForm(Form):
    """What the first signer chooses. Without an instant it is public at the second signature."""

    shows: Annotated[Shows, Field(title="What is shown")]
    visible_at: Annotated[datetime | None, BeforeValidator(_local), Field(title="Becomes public at")] = None


class RequestForm(CheckForm):
    """What the first signer signs, with the note that everybody reads beside it."""

    note: Annotated[str, Field(title="Public note", max_length=2000)] = ""
    seen: Annotated[str, Field(max_length=64)] = ""
    read: Annotated[
        Tick, AfterValidator(_agreed), Field(title="I have read the winners", validate_default=True)
    ] = False


class SignForm(Form):
    approval: Id
    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    read: Annotated[
        Tick, AfterValidator(_agreed), Field(title="I have read the winners", validate_default=True)
    ] = False


class AskToPublish(Form):
    edition_id: Id
    shows: Shows
    visible_at: datetime | None = None
    note: str = ""
    seen: str = ""
    """The fingerprint, without its note, of what the first signer was shown; whoever was shown nothing sends none."""


class HaltEdition(Form):
    edition_id: Id
    reason: Annotated[Prose, Field(title="What is being looked into", min_length=1, max_length=2000)]
    sure: Annotated[Tick, AfterValidator(_stops), Field(title="I stop it", validate_default=True)] = False


class EndHalt(Form):
    edition_id: Id
    reason: Annotated[Prose, Field(title="What was found", min_length=1, max_length=2000)]


class SignPublication(Form):
    edition_id: Id
    approval_id: Id
    sha256: str
