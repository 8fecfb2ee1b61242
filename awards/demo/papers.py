"""A sheet of the demonstration that came on paper: keyed in by the secretariat, and not confirmed yet."""

from datetime import timedelta

from awards import ids
from awards.actor import Actor
from awards.clock import FixedClock
from awards.demo.plant import CRITERIA
from awards.panels.tables import Assignment
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.forms_paper import KeySheet
from awards.scoresheets.rules import Change
from awards.scoresheets.services import key_in_sheet

# As the judge wrote them, criterion after criterion.
MARKS = (7, 6, 8, 5, 6)
NOTE = "Clear, and short enough to be read. How many of the requests came from outside the city?"

_UNREAD = """
SELECT e.reference, a.seat FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry x ON x.id = a.round_entry
JOIN entry e ON e.id = x.entry WHERE x.round = {} AND s.person = {} AND a.state = 'given' ORDER BY e.reference LIMIT 1
"""


async def key_in_a_paper(round_id: int, judge: int, *, secretariat: Actor, clock: FixedClock) -> None:
    """One that the judge has not opened on screen; the paper is of the day before."""
    (unread,) = await Assignment.raw(_UNREAD, round_id, judge)
    change = Change(marks=dict(zip(CRITERIA, MARKS, strict=True)), notes={"city": NOTE})
    await key_in_sheet(
        round_id=round_id,
        command=KeySheet(
            seat=unread["seat"],
            reference=unread["reference"],
            paper_date=(clock.now() - timedelta(days=1)).date().isoformat(),
            operation=SaveSheet(key=ids.salt(), base_version=0, change=change),
        ),
        actor=secretariat,
        clock=clock,
    )
