"""More time, for everybody or for one: what may be given, and what follows from it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from awards.editions.rules import EditionState
from awards.entries.lateness import how_late
from awards.entries.rules import Call
from awards.errors import Denied
from awards.web.i18n import _, ngettext
from awards.web.words import day_time

# Whom a form names: everybody, an entrant with all that it sends, or one entry by its reference.
EVERYBODY = "everybody"
ENTRANT = "entrant-"
MOST_TIME = timedelta(days=366)


class Whom(Struct, frozen=True):
    """Who gets more time. Without an entrant it is everybody; without a reference all of the entrant's entries."""

    entrant_id: int = 0
    entrant: str = ""
    entry_id: int = 0
    reference: str = ""
    state: str = ""
    country: str = ""
    """Where it was searched for: two cities may have one name."""

    @property
    def value(self) -> str:
        if not self.entrant_id:
            return EVERYBODY
        return self.reference or f"{ENTRANT}{self.entrant_id}"


def may_extend(state: EditionState, closes: datetime | None) -> Denied | None:
    """While the call stands: from the judging on a later deadline would open nothing."""
    if state is EditionState.OPEN and closes is not None:
        return None
    if state in (EditionState.DRAFT, EditionState.OPEN):
        return Denied("not open", _("The call has no deadline yet: set it on the set-up pages."))
    return Denied("judging", _("The judging has begun. Nobody can be given more time to enter any more."))


def extension_problem(call: Call, until: datetime, now: datetime) -> str:
    """What is wrong with the instant for those whom the call is asked for; a deadline only ever moves later."""
    if call.closes is not None and until <= call.closes:
        return _(
            "Choose a later time than the present deadline, %(closes)s: it cannot be moved earlier",
            closes=day_time(call.closes),
        )
    if until <= now:
        return _("Choose a time that is still to come")
    if until > now + MOST_TIME:
        return _("Choose a time within a year")
    return ""


class Reach(Struct, frozen=True):
    """Whom more time concerns, in numbers; `rounds` are those that were to begin before it is over."""

    drafts: int
    submitted: int
    people: int
    outlived: int = 0
    rounds: tuple[str, ...] = ()


def consequences(whom: Whom, call: Call, until: datetime, reach: Reach, now: datetime) -> Sequence[str]:
    """What the secretariat should have read before it gives more time."""
    return tuple(_consequences(whom, call, until, reach, now))


def _consequences(whom: Whom, call: Call, until: datetime, reach: Reach, now: datetime) -> Iterator[str]:
    everybody = not whom.entrant_id
    if call.closes is not None and call.is_over(now):
        yield (
            _("The deadline is over, by %(time)s. It opens again, for everybody.", time=how_late(now - call.closes))
            if everybody
            else _("The deadline is over, by %(time)s. It opens again, for this entrant only.", time=how_late(now - call.closes))
        )  # fmt: skip
    if reach.drafts:
        yield ngettext(
            "%(num)d draft can be written and submitted until then.",
            "%(num)d drafts can be written and submitted until then.",
            reach.drafts,
        )
    if reach.submitted:
        yield ngettext(
            "%(num)d entry that is submitted already can be changed until then.",
            "%(num)d entries that are submitted already can be changed until then.",
            reach.submitted,
        )
    if everybody or not whom.entry_id:
        yield _("New entries can be started until then.")
    yield ngettext("%(num)d person gets a mail.", "%(num)d people get a mail.", reach.people)
    if everybody:
        yield _("The page of the edition shows the old and the new deadline, with your reason, to everybody.")
        if reach.outlived:
            yield ngettext(
                "%(num)d extension of a single entrant ends before that and gives nothing any more.",
                "%(num)d extensions of single entrants end before that and give nothing any more.",
                reach.outlived,
            )
    else:
        yield _("Nobody else learns of it. It stands in the audit trail with your reason.")
    for name in reach.rounds:
        yield _("“%(round)s” was to begin before that; it can open only when this time is over.", round=name)
    yield (
        _("It can be moved later again, never earlier.")
        if everybody
        else _("You can end it, with a reason that the entrant reads.")
    )
