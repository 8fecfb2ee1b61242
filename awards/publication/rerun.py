"""Whether somebody is calculating again: what is published must be what was decided last, not what is about to be."""

from datetime import datetime

from awards.editions.tables import Round
from awards.jobs.services import OPEN
from awards.results.rules import Lack, RunState
from awards.web.i18n import _

_UNDER_WAY = """
SELECT r.code, r.name, j.id AS job, u.number FROM round r
LEFT JOIN job j ON j.kind = 'calibrate' AND j.subject_kind = 'round' AND j.subject_id = r.id AND j.state IN ({}, {})
LEFT JOIN calibration_run u ON u.round = r.id AND u.state = {} AND u.number > COALESCE(
 (SELECT MAX(a.number) FROM calibration_run a WHERE a.round = r.id AND a.state = {}), 0)
WHERE r.edition = {} AND (j.id IS NOT NULL OR u.id IS NOT NULL) ORDER BY r.position, u.number
"""


async def rerun_lacks(edition_id: int, _now: datetime) -> list[Lack]:
    """A calculation under way, and one that is newer than what was adopted and about which nobody has said a word."""
    rows = await Round.raw(
        _UNDER_WAY, *OPEN, RunState.PROVISIONAL.value, RunState.ADOPTED.value, edition_id
    )  # fmt: skip
    found: dict[tuple[str, str], Lack] = {}
    for row in rows:
        name = row["name"]
        if row["job"] is not None:
            text = _("%(round)s is being calculated again. Wait for its end.", round=name)
            found.setdefault((row["code"], "rerun"), Lack("rerun", text, row["code"]))
        if row["number"] is not None:
            text = _(
                "%(round)s: run %(number)d is newer than the adopted one. Adopt it or drop it.",
                round=name, number=row["number"],
            )  # fmt: skip
            found[row["code"], "provisional"] = Lack("provisional", text, row["code"])
    return list(found.values())
