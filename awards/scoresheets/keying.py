"""Paper sheets that were keyed in for their judges: how far each is, and when one may be keyed in. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from awards.errors import Denied, Invalid
from awards.panels.rules import ACTIVE, AssignmentState
from awards.web.i18n import _

LONGEST_REMARK = 2_000

# As long as it is that day somewhere on Earth.
_FIRST_ZONE, _LAST_ZONE = timedelta(hours=14), timedelta(hours=-12)


class Paper(StrEnum):
    """Where a keyed sheet is. Only the judge's own signature lets one count."""

    WAITING = "waiting"
    WRONG = "wrong"
    # The judge saved the sheet on screen since: it is theirs as any other.
    TAKEN_OVER = "taken over"
    CONFIRMED = "confirmed"
    ENDED = "ended"


# What nobody has confirmed yet.
OPEN = (Paper.WAITING, Paper.WRONG)


def paper_of(*, state: str, version: int, keyed_version: int, refused: bool) -> Paper:
    """`state` is the assignment's, `version` the sheet's, `keyed_version` that of its newest keying."""
    if state == AssignmentState.SIGNED.value:
        return Paper.CONFIRMED
    if state not in ACTIVE:
        return Paper.ENDED
    if version != keyed_version:
        return Paper.TAKEN_OVER
    return Paper.WRONG if refused else Paper.WAITING


def may_key(*, state: str, version: int, keyed_version: int | None) -> Denied | None:
    """What the judge has saved on screen is neither shown nor written over by anybody else."""
    if state == AssignmentState.SIGNED.value:
        return Denied("signed", _("The judge has signed this sheet off. Nothing was saved."))
    if state not in ACTIVE:
        return Denied("not assigned", _("This entry is no longer with the judge. Nothing was saved."))
    if version and version != keyed_version:
        return Denied(
            "begun on screen",
            _(
                "The judge has saved this sheet on screen, so only the judge changes it. Send them what stands on"
                " the paper. Nothing was saved."
            ),
        )
    return None


def check_paper_date(text: str, *, opens: datetime, now: datetime) -> date:
    """The day that stands on the paper: since the round opened, and not in the future."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid({"paper_date": _("Enter the date that stands on the paper")}) from None
    if day > (now + _FIRST_ZONE).date():
        raise Invalid({"paper_date": _("This day has not come yet. Enter the date that stands on the paper")})
    if day < (opens + _LAST_ZONE).date():
        raise Invalid({"paper_date": _("The round was not open on this day. Check the date on the paper")})
    return day
