"""What happened to an entry, in the order in which it did, for the desk."""

from datetime import datetime

from msgspec import Struct

from awards.entries.queries.screening import ScreenedEntry
from awards.entries.queries.trail import Trail
from awards.entries.rules import EntryState
from awards.entries.steps import SECRETARIAT
from awards.web.i18n import _


class Step(Struct, frozen=True):
    """`text` is what somebody wrote there; `by` is empty for readers who may not know."""

    at: datetime
    what: str
    by: str = ""
    text: str = ""


def history_of(entry: ScreenedEntry, trail: Trail) -> tuple[Step, ...]:
    """The newest first."""
    steps = [
        Step(one.arrived_at, _("Version %(number)d submitted", number=one.number), one.by, one.sha256[:16])
        for one in trail.submissions
    ]
    for question in trail.questions:
        steps.append(Step(question.asked_at, _("City asked"), question.by, question.text))
        if question.answered_at is not None:
            steps.append(Step(question.answered_at, _("City answered"), question.answered_by, question.reply))
        elif question.ended_at is not None:
            steps.append(Step(question.ended_at, _("Question to the city ended without an answer")))
    for finding in trail.findings:
        if finding.done_at is not None:
            found = _("Found eligible") if finding.outcome == EntryState.ELIGIBLE else _("Found not eligible")
            steps.append(Step(finding.done_at, found, finding.screener))
    for request in trail.requests:
        steps.append(Step(request.at, _("A second person asked to confirm"), request.name, request.reason))
        if request.ended_at is not None:
            steps.append(Step(request.ended_at, _("Not confirmed: sent back or taken back")))
    for decision in trail.decisions:
        words = _("Eligible") if decision.outcome is EntryState.ELIGIBLE else _("Not eligible")
        what = (
            _("Decided: %(outcome)s", outcome=words)
            if decision.number == 1
            else _("Decided after the appeal: %(outcome)s", outcome=words)
        )
        steps.append(Step(decision.at, what, decision.by, decision.reason))
    if trail.appeal is not None:
        what = (
            _("Taken up by the secretariat")
            if trail.appeal.as_role == SECRETARIAT
            else _("The city appealed")
        )
        steps.append(Step(trail.appeal.at, what, trail.appeal.by, trail.appeal.text))
    return tuple(sorted(steps, key=lambda step: step.at, reverse=True))
