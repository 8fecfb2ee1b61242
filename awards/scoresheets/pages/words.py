"""What the bench and the board call things; the pages and what is taken away of them say the same."""

from collections.abc import Mapping

from awards.scoresheets.arranging import ALL
from awards.scoresheets.board import EntryStanding, Standing
from awards.scoresheets.forecast import Outlook
from awards.scoresheets.reminders import LeftOut
from awards.scoresheets.rules import Confidence
from awards.web.frame import Choice
from awards.web.i18n import Lazy, _, lazy

STANDINGS: Mapping[Standing, tuple[Lazy, str]] = {
    Standing.ENDED: (lazy("Seat ended"), ""),
    Standing.NO_ANSWER: (lazy("Has not answered"), "wait"),
    Standing.NOTHING: (lazy("No sheet given"), "wait"),
    Standing.DONE: (lazy("Done"), "done"),
    Standing.WAITS: (lazy("Round not open yet"), "wait"),
    Standing.LEFT_OPEN: (lazy("Left open"), "warn"),
    Standing.OVERDUE: (lazy("Overdue"), "bad"),
    Standing.SILENT: (lazy("Silent"), "warn"),
    Standing.LATE: (lazy("Behind"), "now"),
    Standing.NOT_BEGUN: (lazy("Not begun"), "todo"),
    Standing.AT_WORK: (lazy("At work"), "going"),
}

ENTRY_STANDINGS: Mapping[EntryStanding, tuple[Lazy, str]] = {
    EntryStanding.COMPLETE: (lazy("Complete"), "done"),
    EntryStanding.SHORT: (lazy("Short of judges"), "bad"),
    EntryStanding.OVERDUE: (lazy("Overdue"), "bad"),
    EntryStanding.SILENT: (lazy("Waits for silent judges"), "warn"),
    EntryStanding.LATE: (lazy("Behind"), "now"),
    EntryStanding.ON_ITS_WAY: (lazy("On its way"), "going"),
}

# What a judge says beside marks, and to whom notes go.
CONFIDENCES: Mapping[str, Lazy] = {
    Confidence.HIGH.value: lazy("Sure"),
    Confidence.MIDDLE.value: lazy("Fairly sure"),
    Confidence.LOW.value: lazy("Unsure"),
}
NOTES: Mapping[str, Lazy] = {"city": lazy("To the city"), "secretariat": lazy("To the secretariat")}

# As the signs of the grid are called.
SHEETS: Mapping[str, Lazy] = {
    "signed": lazy("Signed off"),
    "ready": lazy("Ready"),
    "started": lazy("Started"),
    "not started": lazy("Not started"),
    "recused": lazy("Stepped aside"),
    "set aside": lazy("Set aside"),
}

# Beside the day, where there is one.
OUTLOOKS: Mapping[Outlook, Lazy] = {
    Outlook.NOTHING: lazy("nothing to read"),
    Outlook.DONE: lazy("done"),
    Outlook.TO_SIGN: lazy("read, to be signed off"),
    Outlook.IN_TIME: lazy("in time"),
    Outlook.LATE: lazy("after the deadline"),
    Outlook.UNKNOWN: lazy("too early to say"),
    Outlook.OVER: lazy("deadline passed"),
}

LEFT_OUT: Mapping[LeftOut, Lazy] = {
    LeftOut.ENDED: lazy("declined, or no longer on the panel"),
    LeftOut.NO_ANSWER: lazy("has not answered the invitation, which has reminders of its own"),
    LeftOut.NOTHING: lazy("has no sheet to sign off"),
    LeftOut.DONE: lazy("done"),
    LeftOut.OVER: lazy("the deadline has passed: nothing could be saved any more"),
    LeftOut.LATELY: lazy("reminded less than seven days ago"),
    LeftOut.DISABLED: lazy("the account is closed"),
    LeftOut.NO_ADDRESS: lazy("has no address"),
    LeftOut.NOT_CONFIRMED: lazy("the address is not confirmed"),
}


def judges_shown() -> tuple[Choice, ...]:
    return (
        Choice(ALL, _("All judges")),
        Choice("behind", _("Whoever is behind")),
        Choice("silent", _("Silent")),
        Choice("overdue", _("Overdue")),
        Choice("late", _("Behind by forecast")),
        Choice("unfinished", _("Not done")),
        Choice("done", _("Done")),
    )


def judges_sorted() -> tuple[Choice, ...]:
    return (
        Choice(ALL, _("What is most urgent")),
        Choice("name", _("Name")),
        Choice("left", _("Most left to do")),
        Choice("seen", _("Longest not seen")),
        Choice("forecast", _("Forecast")),
    )


def entries_shown() -> tuple[Choice, ...]:
    return (
        Choice(ALL, _("All entries")),
        Choice("incomplete", _("Not complete")),
        Choice("short", _("Short of judges")),
        Choice("behind", _("Behind")),
        Choice("complete", _("Complete")),
    )


def entries_sorted() -> tuple[Choice, ...]:
    return (
        Choice(ALL, _("Shortest of sheets")),
        Choice("order", _("Category and city")),
        Choice("forecast", _("Forecast")),
    )
