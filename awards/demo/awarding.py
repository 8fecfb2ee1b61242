"""The closed edition from its sheets to its winners, and twelve days later the correction of one of them."""

from datetime import timedelta

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.clock import Clock, FixedClock
from awards.demo.competitions import calibrate_rounds, publish
from awards.editions.queries import round_by_code
from awards.panels.tables import Assignment
from awards.results.forms import AskAboutSheet, AskWaiver, ConsentAboutSheet, ConsentWaiver, DecidePrizes
from awards.results.forms_deliberation import (
    AskToConclude,
    ConsentToConclude,
    MoveEntry,
    Note,
    OpenDeliberation,
    Renew,
)
from awards.results.gate import Code
from awards.results.queries import prize_table
from awards.results.queries.meeting import sitting_by_id
from awards.results.rules import NONE, Pick
from awards.results.rules import Place as Decided
from awards.results.services.concluding import ask_to_conclude, consent_to_conclude
from awards.results.services.deliberation import move_entry, open_deliberation, put_note, renew_deliberation
from awards.results.services.prizes import decide_prizes
from awards.results.services.sheets import ask_about_sheet, consent_about_sheet
from awards.results.services.waivers import ask_waiver, consent_waiver
from awards.results.steps_deliberation import Place

ROUND = "final"
PAUSE = timedelta(minutes=1)


class Signers(Struct, frozen=True):
    first: Actor
    second: Actor


class Met(Struct, frozen=True):
    """What a panel did with an entry that the numbers had one place lower."""

    category: str
    entry: str
    to: str
    note: str
    reason: str
    statement: str


MEETINGS = (
    Met(
        "efficiency",
        "DEMO-CLOSED-EFF-10",
        "1=",
        "The two at the head lie a hundredth of a point apart, and the plain mean has them the other way round.",
        "Nothing that we read sets one of the two before the other. We do not want a hundredth of a point to decide.",
        "Dar es-Sabah and Kitamorihama share Gold. The numbers cannot tell them apart, and neither can we. Silver is "
        "not awarded this year.",
    ),
    Met(
        "open-city",
        "DEMO-CLOSED-OPE-23",
        "3",
        "By their marks the third and the fourth cannot be told apart: four hundredths of a point, of ten.",
        "The figures of Sagano-machi are open, and two of us looked them up. Those of Mosi Falls were counted once, by "
        "the radio station itself.",
        "Between two entries that the marks cannot tell apart the panel puts the one first whose figures anybody can "
        "look up.",
    ),
)
AGAIN = "One sheet of another category was left out, so the round was calculated anew. In this category the order is the same."
CITATIONS = {
    "DEMO-CLOSED-SER-04": "Nobody brings a neighbour to translate any more. The counter speaks, and it listens first.",
    "DEMO-CLOSED-EFF-11": "A receipt on the oldest telephone in the market, and for who has none, a kiosk and the same "
    "number. The treasury can be read by those who fill it.",
    "DEMO-CLOSED-EFF-10": "Eleven ways of keeping paper became one, and it was the clerks who wrote down which.",
    "DEMO-CLOSED-OPE-20": "A map that is right because those who walk it may say so, and are answered within a week.",
    "DEMO-CLOSED-URB-31": "The trucks go where the bins are full. The rest follows from it, and was counted.",
    "DEMO-CLOSED-DIG-38": "Children drew how they come to school. The boats now leave when the drawings say.",
}
SHARED = (
    "The panel set both on the first place, and the rules of this edition do not break a tie after a meeting."
)
NOBODY = "Gold is shared by two, so nobody stands on the second place."
# Told by the judge after the announcement: a sheet that should not have been written.
READ, JUDGE = "DEMO-CLOSED-DIG-33", "Kalani Brightwater"
ADVISED = (
    "After the announcement the judge told us that she had advised this city’s library for pay in 2024. She had not "
    "seen the name of the project in the entry."
)
TWO_LEFT = "Two signed sheets are left. A third judge would read this entry knowing how it ended, so we do not ask for one."
CORRECTED = (
    "Bronze in Digital Divide goes to Nueva Encina, not to Fjordheim. After the announcement a judge told us of paid "
    "advice to Fjordheim. Two of the secretariat left that sheet out, and the round was calculated anew from all "
    "others. No other prize changes, and Fjordheim did nothing wrong."
)


async def award_and_publish(edition_id: int, *, by: Signers, clock: FixedClock) -> None:
    """Two panels meet, the prizes are decided, and both signatures are given for the instant that was announced."""
    round_id = (await round_by_code(edition_id, ROUND)).id
    await calibrate_rounds(edition_id, actor=by.first, clock=clock)
    for met in MEETINGS:
        place = Place(round_id, met.category)
        await _meet(place, met, by, clock)
    await _decide(edition_id, by.first, clock)
    await publish(edition_id, first=by.first, second=by.second, clock=clock)


async def correct(edition_id: int, *, by: Signers, clock: FixedClock) -> None:
    """A conflict comes to light. A sheet is left out, everything that rested on it is done again, and said publicly."""
    round_id = (await round_by_code(edition_id, ROUND)).id
    await _leave_out(round_id, by, clock)
    await calibrate_rounds(
        edition_id, actor=by.first, clock=clock, reason="Without the sheet that was left out."
    )
    for met in MEETINGS:
        place = Place(round_id, met.category)
        await renew_deliberation(
            place=place, command=Renew(reason=AGAIN), actor=by.first, clock=_later(clock)
        )
        await _conclude(place, met, by, clock)
    await _decide(edition_id, by.first, clock)
    await publish(edition_id, first=by.first, second=by.second, clock=clock, note=CORRECTED)


async def _meet(place: Place, met: Met, by: Signers, clock: FixedClock) -> None:
    """Who has a conflict with any entry of the category stays out of the room."""
    found = await sitting_by_id(place.round_id, place.category, by.first, clock.now())
    present = tuple(one.person_id for one in found.members if not found.conflicts.get(one.person_id))
    opening = OpenDeliberation(who="panel", present=present)
    await open_deliberation(place=place, command=opening, actor=by.first, clock=clock)
    note = Note(reason=met.note)
    await put_note(place=place, command=note, actor=by.first, clock=_later(clock))
    await _conclude(place, met, by, clock)


async def _conclude(place: Place, met: Met, by: Signers, clock: FixedClock) -> None:
    seen = (await sitting_by_id(place.round_id, place.category, by.first, clock.now())).meeting.moves
    move = MoveEntry(entry=met.entry, to=met.to, seen=seen, reason=met.reason)
    await move_entry(place=place, command=move, actor=by.first, clock=_later(clock))
    meeting = (await sitting_by_id(place.round_id, place.category, by.first, clock.now())).meeting
    asked = AskToConclude(sha256=meeting.fingerprint(), statement=met.statement)
    approval = await ask_to_conclude(place=place, command=asked, actor=by.first, clock=clock)
    consent = ConsentToConclude(approval=approval, sha256=await _signed(approval))
    await consent_to_conclude(place=place, command=consent, actor=by.second, clock=clock)


async def _decide(edition_id: int, actor: Actor, clock: Clock) -> None:
    """As the rule says. Where it names two for one place, they share; a citation goes with the entry's first prize."""
    table = await prize_table(edition_id, actor, clock.now())
    for category, _name in table.categories:
        picks = tuple(_pick(place) for place in table.places(category))
        command = DecidePrizes(edition_id, category, picks)
        await decide_prizes(command=command, actor=actor, clock=clock)


def _pick(place: Decided) -> Pick:
    clear = len(place.proposed) == 1
    entry = place.proposed[0 if clear else place.place - 1] if place.proposed else NONE
    reason = "" if clear else NOBODY if entry == NONE else SHARED
    return Pick(place.prize, place.place, entry, reason, CITATIONS.get(entry, ""), place.version)


_SEAT = """
SELECT s.id FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry x ON x.id = a.round_entry
JOIN entry e ON e.id = x.entry JOIN person p ON p.id = s.person WHERE x.round = {} AND e.reference = {} AND p.name = {}
"""


async def _leave_out(round_id: int, by: Signers, clock: FixedClock) -> None:
    rows = await Assignment.raw(_SEAT, round_id, READ, JUDGE)
    ask = AskAboutSheet(round_id=round_id, reference=READ, seat=rows[0]["id"], to="aside", reason=ADVISED)
    approval = await ask_about_sheet(command=ask, actor=by.first, clock=clock)
    consent = ConsentAboutSheet(round_id=round_id, approval=approval, sha256=await _signed(approval))
    await consent_about_sheet(command=consent, actor=by.second, clock=_later(clock))
    lacks = AskWaiver(round_id=round_id, item=f"{Code.SHEETS}:{READ}", reason=TWO_LEFT)
    approval = await ask_waiver(command=lacks, actor=by.first, clock=clock)
    passing = ConsentWaiver(round_id=round_id, approval=approval, sha256=await _signed(approval))
    await consent_waiver(command=passing, actor=by.second, clock=clock)


async def _signed(approval: int) -> str:
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    return str(rows[0]["subject_sha256"])


def _later(clock: FixedClock) -> FixedClock:
    clock.move_to(clock.now() + PAUSE)
    return clock
