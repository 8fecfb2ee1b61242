"""How far the judging of an edition is, for the gate and for whoever signs: rounds, ties, and what keeps it from being public."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.queries.tied import TIED, tied_to
from awards.editions.tables import Edition
from awards.jobs.services import OPEN
from awards.results.rules import Lack, RunState
from awards.web.i18n import _

# One question; what a kind of row does not have is empty. Of a round `amount` says whether it has entries, `flag` whether
# other sheets or entries count now than those that its adopted run was computed from.
_FOUND = f"""
SELECT 'round' AS kind, r.code, r.name, r.state, r.kind AS sort, COALESCE(u.id, 0) AS run, r.position AS place,
  (SELECT COUNT(*) FROM round_entry re WHERE re.round = r.id) AS amount,
  CASE WHEN EXISTS (SELECT 1 FROM round_entry re JOIN entry en ON en.id = re.entry
   LEFT JOIN standing st ON st.run = u.id AND st.round_entry = re.id AND st.scope = 'all'
   WHERE re.round = r.id AND u.id IS NOT NULL
   AND COALESCE(st.sheets, 0) <> CASE WHEN en.state IN ('withdrawn', 'ineligible') THEN 0 ELSE
    (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state = 'signed') END)
   THEN 1 ELSE 0 END AS flag
  FROM round r LEFT JOIN calibration_run u ON u.round = r.id AND u.state = 'adopted' WHERE r.edition = {{}}
UNION ALL SELECT 'waiting', '', '', '', '', 0, 0, COUNT(*), 0 FROM entry WHERE edition = {{}} AND state = 'submitted'
UNION ALL SELECT DISTINCT 'tied', c.code, '', '', '', 0, 0, 0, 0 FROM entry en JOIN category c ON c.id = en.category
  WHERE {TIED} AND en.edition = {{}} AND en.state <> 'draft'
UNION ALL SELECT DISTINCT 'judged', c.code, '', '', '', 0, 0, 0, 0 FROM assignment a JOIN seat s ON s.id = a.seat
  JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry JOIN category c ON c.id = en.category
  WHERE s.person = {{}} AND en.edition = {{}} AND a.state NOT IN ('recused', 'withdrawn')
UNION ALL SELECT 'halted', '', '', '', '', 0, 0, 0, 0 FROM halt h WHERE h.edition = {{}} AND h.ended_at IS NULL
UNION ALL SELECT 'excluded', n.reference, t.name, '', '', 0, 0, 0, 0 FROM entry n JOIN entrant t ON t.id = n.entrant
  WHERE n.edition = {{}} AND n.state = 'ineligible' AND NOT EXISTS (SELECT 1 FROM screening_decision d
   WHERE d.entry = n.id AND d.outcome = 'ineligible' AND d.reason <> '')
UNION ALL SELECT DISTINCT 'rerun', r.code, r.name, '', '', 0, r.position, 0, 0 FROM round r JOIN job j ON j.kind = 'calibrate'
  AND j.subject_kind = 'round' AND j.subject_id = r.id AND j.state IN ({{}}, {{}}) WHERE r.edition = {{}}
UNION ALL SELECT 'provisional', r.code, r.name, '', '', 0, r.position, MAX(u.number), 0 FROM round r
  JOIN calibration_run u ON u.round = r.id AND u.state = {{}} AND u.number > COALESCE(
   (SELECT MAX(a.number) FROM calibration_run a WHERE a.round = r.id AND a.state = {{}}), 0)
  WHERE r.edition = {{}} GROUP BY r.code, r.name, r.position
UNION ALL SELECT 'deliberating', '', '', '', '', 0, 0, COUNT(*), 0 FROM deliberation d
  JOIN round r ON r.id = d.round JOIN calibration_run u ON u.id = d.run
  WHERE r.edition = {{}} AND (d.state = 'open' OR u.state <> 'adopted')
ORDER BY 1, 7, 2
"""  # noqa: S608  # only texts of ours are put in


class RoundStanding(Struct, frozen=True):
    """A round, and the run that was adopted for it where it has marks."""

    code: str
    name: str
    state: str
    kind: str
    run_id: int | None
    has_entries: bool
    outdated: bool
    """Whether other sheets or entries count now than those that the adopted run was computed from."""


class Standing(Struct, frozen=True):
    """`tied` and `judged`: categories in which the reader is in conflict, or judged an entry."""

    waiting: int
    rounds: tuple[RoundStanding, ...]
    tied: frozenset[str]
    judged: frozenset[str]
    lacks: tuple[Lack, ...]
    """What keeps the edition from being public whatever its rounds say."""
    deliberating: bool
    """Whether a deliberation is not settled."""

    @property
    def conflicts(self) -> frozenset[str]:
        """Categories in which the reader acts for an entrant, or judged an entry."""
        return self.tied | self.judged


async def standing_of(edition_id: int, person_id: int, now: datetime) -> Standing:
    rows = await Edition.raw(
        _FOUND,
        edition_id,
        edition_id,
        *tied_to(person_id, now), edition_id,
        person_id, edition_id,
        edition_id,
        edition_id,
        *OPEN, edition_id,
        RunState.PROVISIONAL.value, RunState.ADOPTED.value, edition_id,
        edition_id,
    )  # fmt: skip
    of: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        of.setdefault(row["kind"], []).append(row)
    return Standing(
        waiting=of["waiting"][0]["amount"],
        rounds=tuple(
            RoundStanding(
                row["code"], row["name"], row["state"], row["sort"], row["run"] or None, row["amount"] > 0,
                bool(row["flag"]),
            )
            for row in of.get("round", ())
        ),
        tied=frozenset(row["code"] for row in of.get("tied", ())),
        judged=frozenset(row["code"] for row in of.get("judged", ())),
        lacks=tuple(
            _lack(row) for kind in ("halted", "excluded", "rerun", "provisional") for row in of.get(kind, ())
        ),
        deliberating=of["deliberating"][0]["amount"] > 0,
    )  # fmt: skip


def _lack(row: Mapping[str, Any]) -> Lack:
    code, name = row["code"], row["name"]
    match row["kind"]:
        case "halted":
            return Lack("halted", _("This edition is stopped, so nothing of it is signed."))
        case "excluded":
            text = _(
                "%(entrant)s, %(reference)s: shut out without a stated reason.", entrant=name, reference=code
            )
            return Lack("excluded", text, reference=code)
        case "rerun":
            text = _("%(round)s is being calculated again. Wait for its end.", round=name)
            return Lack("rerun", text, code)
    # What is published must be what was decided last, not what is about to be.
    text = _(
        "%(round)s: run %(number)d is newer than the adopted one. Adopt it or drop it.",
        round=name, number=row["amount"],
    )  # fmt: skip
    return Lack("provisional", text, code)
