"""The sheets that a judge could sign now, with the marks that the signature would be for."""

from typing import Any

from msgspec import Struct

from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.scoresheets.rules import given_of, reading_order, said_of
from awards.scoresheets.tables import Scoresheet
from judging.scales import Scale


class CheckedSheet(Struct, frozen=True):
    """`value` names the sheet as it stands: reference:version."""

    reference: str
    title: str
    lang: str
    city: str
    category: str
    version: int
    marks: tuple[tuple[str, str], ...]

    @property
    def value(self) -> str:
        return f"{self.reference}:{self.version}"


_READY = """
SELECT en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city, c.name AS category, sh.version,
  (r.bridge_first AND re.bridge) AS calibration, k.name AS criterion, sc.origin_milli, sc.step_milli, sc.top, m.value, m.state AS answer
FROM assignment a JOIN scoresheet sh ON sh.assignment = a.id JOIN round_entry re ON re.id = a.round_entry
JOIN round r ON r.id = re.round
JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
JOIN criterion k ON k.round = re.round JOIN criterion_weight w ON w.criterion = k.id AND w.category = en.category
JOIN scale sc ON sc.id = k.scale LEFT JOIN mark m ON m.scoresheet = sh.id AND m.criterion = k.id
WHERE a.seat = {} AND a.state = 'started' AND ({} <> 'extra' OR a.extra_until IS NOT NULL) ORDER BY en.reference, k.position, k.id
"""


async def ready_to_sign(seat: OwnSeat) -> list[CheckedSheet]:
    """In the judge's own order; a sheet without a mark for every criterion is not among them, nor a frozen one."""
    by_reference: dict[str, list[dict[str, Any]]] = {}
    for row in await Scoresheet.raw(with_titles(_READY), seat.id, seat.round.state.value):
        by_reference.setdefault(row["reference"], []).append(row)
    ready = {
        reference: rows
        for reference, rows in by_reference.items()
        if all(given_of(row["value"], row["answer"]) is not None for row in rows)
    }
    first = {reference for reference, rows in ready.items() if rows[0]["calibration"]}
    return [
        CheckedSheet(
            reference=reference,
            title=rows[0]["title"],
            lang=rows[0]["lang"],
            city="" if seat.round.blind else rows[0]["city"],
            category=rows[0]["category"],
            version=rows[0]["version"],
            marks=tuple(
                (
                    row["criterion"],
                    said_of(
                        given_of(row["value"], row["answer"]),
                        Scale(row["origin_milli"], row["step_milli"], row["top"]),
                    ),
                )
                for row in rows
            ),
        )
        for reference, rows in ((name, ready[name]) for name in reading_order(seat.label, list(ready), first))
    ]
