"""All of a judge's sheets in a round as they stand before a signature: marks, what is missing, what could be signed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.panels.rules import is_frozen
from awards.scoresheets.late import may_sign_late
from awards.scoresheets.queries.own_marks import OwnMarks, own_marks
from awards.scoresheets.rules import NO_EVIDENCE, said_of, shown_state
from awards.scoresheets.strip import OwnCriterion, OwnSheet
from awards.scoresheets.tables import Scoresheet
from awards.scoresheets.warnings import missing_on


class SheetSummed(Struct, frozen=True):
    """`value` names the sheet as it stands: reference:version. `city` is empty in a blind round."""

    number: int
    reference: str
    title: str
    lang: str
    city: str
    category: str
    state: str
    version: int
    open: bool
    """Whether it takes saves and a signature now."""
    sign_until: datetime | None
    """Until when it may be signed although it takes no save: what arrived late was accepted."""
    keyed: bool
    """Whether what stands on it was keyed in from paper for the judge."""
    signed_at: datetime | None
    marks: tuple[tuple[str, str], ...]
    """Name of the criterion, and what is said of it; empty where nothing is."""
    missing: tuple[str, ...]
    """Names of the criteria without an answer."""
    unsure: bool
    """Whether the round asks how sure the judge is, and they did not say."""

    @property
    def value(self) -> str:
        return f"{self.reference}:{self.version}"

    @property
    def is_ready(self) -> bool:
        return self.state == "ready" and (self.open or self.sign_until is not None)

    @property
    def waits(self) -> bool:
        """Whether something is still to be done before it could be signed."""
        return self.open and self.state in ("started", "not started")


class Summary(Struct, frozen=True):
    own: OwnMarks
    sheets: tuple[SheetSummed, ...]


_SHEETS = """
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city, c.name AS category, a.state, a.signed_at,
  a.extra_until, a.sign_until, sh.version, sh.confidence,
  (SELECT k.version FROM keying k WHERE k.scoresheet = sh.id ORDER BY k.version DESC LIMIT 1) AS keyed_version
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE a.seat = {} AND a.state IN ('given', 'opened', 'started', 'signed')
"""


async def summary_of(seat: OwnSeat, now: datetime) -> Summary:
    """In the judge's own order. What is frozen is shown, and not to be signed."""
    takes = seat.closed(now) is None
    own = await own_marks(seat.id, seat.round.id)
    rows = {row["reference"]: row for row in await Scoresheet.raw(with_titles(_SHEETS), seat.id)}
    return Summary(
        own,
        tuple(
            _summed(sheet, rows[sheet.reference], own.criteria, seat, now, takes=takes)
            for sheet in own.sheets
            if sheet.reference in rows
        ),
    )


def _summed(
    sheet: OwnSheet,
    row: Mapping[str, Any],
    criteria: tuple[OwnCriterion, ...],
    seat: OwnSeat,
    now: datetime,
    *,
    takes: bool,
) -> SheetSummed:
    judged = [one for one in criteria if one.code in sheet.judged]
    missing = missing_on(sheet)
    begun = row["version"] is not None
    return SheetSummed(
        number=sheet.number,
        reference=sheet.reference,
        title=row["title"],
        lang=row["lang"],
        city="" if seat.round.blind else row["city"],
        category=row["category"],
        state=shown_state(row["state"], len(judged) - len(missing), len(judged)),
        version=row["version"] or 0,
        open=takes and not is_frozen(seat.round.state, row["extra_until"]),
        sign_until=row["sign_until"] if may_sign_late(seat.round.state, row["sign_until"], now) else None,
        keyed=row["keyed_version"] is not None and row["keyed_version"] == row["version"],
        signed_at=row["signed_at"],
        marks=tuple((one.name, _said(one, sheet)) for one in judged),
        missing=tuple(one.name for one in judged if one.code in missing),
        unsure=begun and seat.round.confidence and not row["confidence"],
    )


def _said(criterion: OwnCriterion, sheet: OwnSheet) -> str:
    if criterion.code in sheet.unmarked:
        return said_of(NO_EVIDENCE, criterion.scale)
    return criterion.text(sheet.marks[criterion.code]) if criterion.code in sheet.marks else ""
