"""A judge's own list: what they read in a round, and how far each sheet is."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from awards.db import current
from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.panels.rules import is_frozen
from awards.scoresheets.pace import Trace
from awards.scoresheets.rules import ANSWERED, REOPENING, reading_order, reason_of, shown_state
from awards.scoresheets.tables import Scoresheet


class MyEntry(Struct, frozen=True):
    """A row of a judge's own list, in their own order; `city` is empty in a blind round."""

    number: int
    reference: str
    title: str
    lang: str
    city: str
    category: str
    state: str
    version: int
    marked: int
    criteria: int
    saved_at: datetime | None
    signed_at: datetime | None
    frozen: bool
    """Whether the sheet stays as it is while other entries of the round are read once more."""
    calibration: bool
    """Whether all judges read it before any other."""
    from_paper: bool
    """Whether what stands on the sheet was keyed in for the judge, who has not said yet whether it is theirs."""
    reopened: str
    """Why the secretariat reopened it, until it is signed off again."""
    trace: Trace
    late: str = ""
    """What became of the newest save that arrived after the deadline: held, accepted or refused."""

    @property
    def waits(self) -> bool:
        return not self.frozen and self.state in ("started", "not started")


_MINE = """
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city, c.name AS category, a.state,
  a.saved_at, a.signed_at, a.extra_until, a.opened_at, sh.version, (r.bridge_first AND re.bridge) AS calibration,
  (SELECT IN_A_ROW(CAST(COALESCE(v.device_at, v.created_at) AS TEXT), ',') FROM sheet_revision v
   WHERE v.scoresheet = sh.id AND v.actor_id = s.person) AS saves,
  (SELECT h.state FROM held_operation h WHERE h.assignment = a.id ORDER BY h.id DESC LIMIT 1) AS late,
  (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND ANSWERED) AS marked,
  CASE WHEN a.state = 'started' THEN (SELECT v.change FROM sheet_revision v WHERE v.scoresheet = sh.id AND REOPENING
    ORDER BY v.version DESC LIMIT 1) END AS reopening,
  (SELECT k.version FROM keying k WHERE k.scoresheet = sh.id ORDER BY k.version DESC LIMIT 1) AS keyed_version,
  (SELECT COUNT(*) FROM criterion k JOIN criterion_weight w ON w.criterion = k.id
   WHERE k.round = re.round AND w.category = en.category) AS criteria
FROM assignment a JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE a.seat = {} AND a.state IN ('given', 'opened', 'started', 'signed')
""".replace("ANSWERED", ANSWERED).replace("REOPENING", REOPENING)


async def my_entries(seat: OwnSeat) -> list[MyEntry]:
    """In the judge's own order: what all judges read first, then the rest as it was shuffled for them."""
    # The engines name the function differently.
    joined = "GROUP_CONCAT" if current().engine_type == "sqlite" else "STRING_AGG"
    sql = with_titles(_MINE).replace("IN_A_ROW", joined)
    rows = {row["reference"]: row for row in await Scoresheet.raw(sql, seat.id)}
    first = {reference for reference, row in rows.items() if row["calibration"]}
    order = reading_order(seat.label, list(rows), first)
    return [_entry(number, rows[reference], seat) for number, reference in enumerate(order, 1)]


def _entry(number: int, row: dict[str, Any], seat: OwnSeat) -> MyEntry:
    return MyEntry(
        number=number,
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        city="" if seat.round.blind else row["city"],
        category=row["category"],
        state=shown_state(row["state"], row["marked"], row["criteria"]),
        version=row["version"] or 0,
        marked=row["marked"],
        criteria=row["criteria"],
        saved_at=row["saved_at"],
        signed_at=row["signed_at"],
        frozen=is_frozen(seat.round.state, row["extra_until"]),
        calibration=bool(row["calibration"]),
        from_paper=row["keyed_version"] is not None and row["keyed_version"] == row["version"],
        reopened=reason_of(row["reopening"]),
        trace=Trace(row["opened_at"], tuple(sorted(_moments(row["saves"])))),
        late=row["late"] or "",
    )


def _moments(saves: str | None) -> list[datetime]:
    return [datetime.fromisoformat(at).astimezone(UTC) for at in (saves or "").split(",") if at]
