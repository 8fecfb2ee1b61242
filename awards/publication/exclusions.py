"""What keeps an edition from being published whatever its rounds say: it is stopped, or shut somebody out without a reason."""

from datetime import datetime

from awards.entries.tables import Entry
from awards.results.rules import Lack
from awards.web.i18n import _

_FOUND = """
SELECT 'halted' AS code, '' AS reference, '' AS entrant FROM halt h WHERE h.edition = {} AND h.ended_at IS NULL
UNION ALL SELECT 'excluded', n.reference, t.name FROM entry n JOIN entrant t ON t.id = n.entrant
WHERE n.edition = {} AND n.state = 'ineligible' AND NOT EXISTS (SELECT 1 FROM screening_decision d
 WHERE d.entry = n.id AND d.outcome = 'ineligible' AND d.reason <> '')
ORDER BY 1 DESC, 2
"""


async def standing_lacks(edition_id: int, _now: datetime) -> list[Lack]:
    return [
        Lack("halted", _("This edition is stopped, so nothing of it is signed."))
        if row["code"] == "halted"
        else Lack(
            "excluded",
            _("%(entrant)s, %(reference)s: shut out without a stated reason.",
              entrant=row["entrant"], reference=row["reference"]),
            reference=row["reference"],
        )
        for row in await Entry.raw(_FOUND, edition_id, edition_id)
    ]  # fmt: skip
