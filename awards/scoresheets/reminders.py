"""Who may be written to about sheets that are not signed off, and who is left out and why. Pure."""

from datetime import datetime
from enum import StrEnum

from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.panels.rules import SeatState
from awards.scoresheets.board import JudgeLine, RoundTimes
from awards.scoresheets.forecast import Outlook
from awards.web.i18n import _


class LeftOut(StrEnum):
    """The first that holds."""

    ENDED = "ended"
    NO_ANSWER = "no answer"
    NOTHING = "nothing"
    DONE = "done"
    OVER = "over"
    LATELY = "lately"
    DISABLED = "disabled"
    NO_ADDRESS = "no address"
    NOT_CONFIRMED = "not confirmed"


def takes_reminders(times: RoundTimes, now: datetime) -> Denied | None:
    """Only who can still sign a sheet off is asked for it."""
    if times.state is RoundState.DRAFT or now < times.opens:
        return Denied("round not open", _("The round is not open yet: there is nothing to be reminded of."))
    if not times.takes_sheets(now):
        return Denied("round closed", _("The round is closed: no sheet can be signed off any more."))
    return None


def left_out(
    line: JudgeLine, now: datetime, *, address: str, confirmed: bool, disabled: bool
) -> LeftOut | None:
    """None for a judge who may be written to: once a week at most, and never who has nothing left to do."""
    if line.state in (SeatState.DECLINED, SeatState.ENDED):
        return LeftOut.ENDED
    if line.state is SeatState.INVITED:
        return LeftOut.NO_ANSWER
    if line.forecast.outlook is Outlook.NOTHING:
        return LeftOut.NOTHING
    if not line.waiting:
        return LeftOut.DONE
    if now >= line.until:
        return LeftOut.OVER
    if line.reminded_lately(now):
        return LeftOut.LATELY
    if disabled:
        return LeftOut.DISABLED
    if not address:
        return LeftOut.NO_ADDRESS
    return None if confirmed else LeftOut.NOT_CONFIRMED
