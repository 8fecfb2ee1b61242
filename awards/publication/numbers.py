"""What a publication says of how it came about: entries, judges, sheets, and what was left out and why. Sealed with it.

Only rounds whose sheets are frozen are counted. No judge is named, and no entry that the publication does not show.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from awards.editions.queries import rules_of
from awards.entries.screening import Reply, items_of
from awards.entries.tables import Entry, Screening
from awards.panels.tables import RoundEntry
from awards.publication.rules import BY_NAME
from awards.publication.told import Told
from awards.web.i18n import available, negotiate, use

_ENTRIES = (
    "SELECT state, COUNT(*) AS number FROM entry WHERE edition = {} AND submitted_at IS NOT NULL AND state <> 'draft'"
    " GROUP BY state"
)
_SCREENED = (
    "SELECT n.id, s.items FROM entry n JOIN screening s ON s.entry = n.id AND s.done_at IS NOT NULL"
    " AND s.outcome = 'ineligible' WHERE n.edition = {} AND n.state = 'ineligible' ORDER BY n.id, s.id"
)
_ROUNDS = """
SELECT r.code, r.name, r.kind, r.blind, r.method,
  (SELECT COUNT(*) FROM round_entry re WHERE re.round = r.id) AS entries,
  (SELECT COUNT(DISTINCT a.seat) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
    WHERE re.round = r.id AND a.state = 'signed') AS judges,
  (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
    WHERE re.round = r.id AND a.state = 'signed') AS sheets,
  (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
    WHERE re.round = r.id AND a.state = 'signed' AND a.origin = 'extra') AS further,
  (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
    WHERE re.round = r.id AND a.state = 'recused') AS handed_back
FROM round r WHERE r.edition = {} AND r.state IN ('closed', 'decided') ORDER BY r.position, r.id
"""
_ASIDE = """
SELECT r.code AS round, x.code, COUNT(*) AS number FROM set_aside x JOIN assignment a ON a.id = x.assignment
JOIN round_entry re ON re.id = a.round_entry JOIN round r ON r.id = re.round
WHERE r.edition = {} AND r.state IN ('closed', 'decided') AND x.restored_at IS NULL AND a.state = 'set aside'
GROUP BY r.code, x.code ORDER BY r.code, x.code
"""


async def numbers_told(told: Told) -> Mapping[str, Any]:
    states = {row["state"]: int(row["number"]) for row in await Entry.raw(_ENTRIES, told.edition_id)}
    aside: dict[str, dict[str, int]] = {}
    for row in await RoundEntry.raw(_ASIDE, told.edition_id):
        aside.setdefault(row["round"], {})[row["code"]] = int(row["number"])
    rounds = [
        _round(row, aside.get(row["code"], {})) for row in await RoundEntry.raw(_ROUNDS, told.edition_id)
    ]
    numbers = {
        "entries": {
            "submitted": sum(states.values()),
            **{state: states.get(state, 0) for state in ("ineligible", "withdrawn")},
        },
        "ineligible": await _why_ineligible(told.edition_id) if states.get("ineligible") else [],
        "rounds": rounds,
        # A reason may say who comes first: names alone come without any.
        "waived": [] if told.shows in BY_NAME else _waived(told),
    }
    return {"numbers": numbers}


def _round(row: Mapping[str, Any], aside: Mapping[str, int]) -> dict[str, Any]:
    method = json.loads(row["method"] or "{}")
    counted = {
        name: int(row[name] or 0) for name in ("entries", "judges", "sheets", "further", "handed_back")
    }
    carried = int(method.get("carried_weight", 0))
    return {
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "blind": bool(row["blind"]),
        **counted,
        "aside": dict(aside),
        **({"carried": carried} if carried else {}),
    }


async def _why_ineligible(edition_id: int) -> list[dict[str, Any]]:
    """By question of the checklist: how many entries were found to fail it."""
    failed: dict[int, set[str]] = {}
    for row in await Screening.raw(_SCREENED, edition_id):
        failed.setdefault(row["id"], set()).update(
            item.code for item in items_of(row["items"]) if item.reply == Reply.NO
        )
    counts = Counter(code for codes in failed.values() for code in codes)
    return [
        {"question": question, "count": counts[code]}
        for code, question in (await rules_of(edition_id)).checklist
        if counts[code]
    ]


def _waived(told: Told) -> list[dict[str, Any]]:
    # In the language of the edition: two people sign it, and may read in two others.
    with use(negotiate("", told.lang, available(pseudo=True))):
        return [
            {
                "round": one.round,
                "category": one.category,
                "text": one.text,
                "reason": one.reason,
                **({"entry": told.slugs[one.reference]} if one.reference in told.slugs else {}),
            }
            for one in told.waived
        ]
