"""How strict a judge was, for that judge alone, and not before the public knows the results."""

from datetime import datetime

from msgspec import Struct

from awards.audit.actions import Action
from awards.panels.queries import OwnSeat
from awards.publication.tables import Publication
from awards.results.tables import JudgeEffect
from awards.results.views import NINETY
from awards.web.figures import Axis, balanced_axis
from judging import Rule

# Among two, who knows their own strictness knows the other's.
FEWEST_JUDGES = 3


class Effect(Struct, frozen=True):
    """What the judge gave more, or less, than the others would have given to the same entries; in millionths.

    Where the interval is not known, both its ends are `gives`.
    """

    name: str
    gives: int
    low: int
    high: int

    @property
    def known(self) -> bool:
        return self.low != self.high

    @property
    def one_sided(self) -> bool:
        return self.known and (self.low > 0 or self.high < 0)


class Strictness(Struct, frozen=True):
    """`whole` is over all criteria, and empty where nothing was estimated or too few judged."""

    whole: Effect | None
    criteria: tuple[Effect, ...]
    judges: int
    allows: bool = True
    """Whether the order allows for it: by a plain method marks count as they were given."""

    @property
    def all(self) -> tuple[Effect, ...]:
        return (*self.criteria, *([self.whole] if self.whole else []))

    @property
    def axis(self) -> Axis:
        return balanced_axis([value for one in self.all for value in (one.low, one.high)])


# The run that had been adopted when the newest publication that is out was sealed: a later one is not public yet.
_EFFECTS = """
SELECT j.scope, j.severity, j.error, k.name, (SELECT c.method FROM calibration_run c WHERE c.id = j.run) AS method,
  (SELECT COUNT(*) FROM judge_effect o WHERE o.run = j.run AND o.scope = 'all' AND o.severity IS NOT NULL) AS judges
FROM judge_effect j LEFT JOIN criterion k ON k.round = {} AND k.code = j.scope
WHERE j.seat = {} AND j.severity IS NOT NULL AND j.run = (
  SELECT c.id FROM event v JOIN calibration_run c ON c.id = v.subject_id
  WHERE v.subject_kind = 'run' AND v.action = {} AND c.round = {} AND v.at <= {} ORDER BY v.seq DESC LIMIT 1)
ORDER BY k.position, k.id
"""


async def own_strictness(seat: OwnSeat, now: datetime) -> Strictness | None:
    """None as long as the results of the edition are not out."""
    sealed = await Publication.raw(
        "SELECT created_at FROM publication WHERE edition = {} AND kind NOT IN ('archive', 'finalists', 'names')"
        " AND visible_at <= {}"
        " AND withdrawn_at IS NULL ORDER BY number DESC LIMIT 1",
        seat.round.edition.id,
        now,
    )
    if not sealed:
        return None
    rows = await JudgeEffect.raw(
        _EFFECTS,
        seat.round.id,
        seat.id,
        Action.RUN_ADOPTED.value,
        seat.round.id,
        sealed[0]["created_at"],
    )
    judges = rows[0]["judges"] if rows else 0
    if judges < FEWEST_JUDGES:
        return Strictness(None, (), judges)
    # Over all criteria the interval is the widest that one of them gives.
    widest = max((row["error"] for row in rows if row["error"] is not None), default=0)
    return Strictness(
        next((_effect("", row["severity"], widest) for row in rows if row["scope"] == "all"), None),
        tuple(
            _effect(row["name"], row["severity"], row["error"] or 0)
            for row in rows
            if row["name"] is not None
        ),
        judges,
        rows[0]["method"] in (Rule.CALIBRATED, Rule.LEAST_SQUARES),
    )


def _effect(name: str, severity: int, error: int) -> Effect:
    reach = error * NINETY // 1000
    return Effect(name, -severity, -severity - reach, -severity + reach)
