"""Paper sheets: what can be keyed in for whom, what was, and what waits for its judge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.errors import Denied
from awards.panels.queries.rounds import RoundRow
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState, may_write
from awards.scoresheets.keying import Paper, may_key, paper_of
from awards.scoresheets.rules import ANSWERED
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import Keying


class KeyedSheet(Struct, frozen=True):
    """A paper sheet as the desk sees it: who and when, and no mark."""

    seat_id: int
    judge: str
    reference: str
    title: str
    lang: str
    city: str
    paper_date: str
    keyed_at: datetime
    keyed_by: str
    paper: Paper
    answered: int
    criteria: int
    remark: str
    """What the judge says is not right; empty for who may not read what could tell a mark."""

    @property
    def complete(self) -> bool:
        return self.answered >= self.criteria


_KEYED = f"""
SELECT s.id AS seat_id, p.name AS judge, en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city,
  k.paper_date, k.created_at AS "keyed_at", q.name AS keyed_by, k.version AS keyed_version, k.refused_at, k.remark,
  a.state, sh.version,
  (SELECT COUNT(*) FROM mark m WHERE m.scoresheet = sh.id AND {ANSWERED}) AS answered,
  (SELECT COUNT(*) FROM criterion c JOIN criterion_weight w ON w.criterion = c.id
   WHERE c.round = re.round AND w.category = en.category) AS criteria
FROM keying k JOIN scoresheet sh ON sh.id = k.scoresheet JOIN assignment a ON a.id = sh.assignment
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person JOIN person q ON q.id = k.keyed_by
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
WHERE s.round = {{}} AND NOT EXISTS
  (SELECT 1 FROM keying n WHERE n.scoresheet = k.scoresheet AND n.version > k.version)
ORDER BY p.name, s.id, en.reference
"""  # noqa: S608  our own words


async def keyed_in(found: RoundRow, *, remarks: bool) -> list[KeyedSheet]:
    """The newest keying of every paper sheet of the round. The caller has checked that the reader sees the edition."""
    return [_keyed(row, remarks=remarks) for row in await Keying.raw(with_titles(_KEYED), found.id)]


def _keyed(row: dict[str, Any], *, remarks: bool) -> KeyedSheet:
    paper = _paper(row)
    # Once the judge has the sheet in hand again, how much of it is marked is the judge's own.
    open_ = paper in (Paper.WAITING, Paper.WRONG)
    return KeyedSheet(
        seat_id=row["seat_id"],
        judge=row["judge"],
        reference=row["reference"],
        title=row["title"],
        lang=row["lang"],
        city=row["city"],
        paper_date=row["paper_date"],
        keyed_at=row["keyed_at"],
        keyed_by=row["keyed_by"],
        paper=paper,
        answered=row["answered"] if open_ else row["criteria"],
        criteria=row["criteria"],
        remark=row["remark"] if remarks else "",
    )


def _paper(row: dict[str, Any]) -> Paper:
    return paper_of(
        state=row["state"],
        version=row["version"],
        keyed_version=row["keyed_version"],
        refused=row["refused_at"] is not None,
    )


class PaperSheet(Struct, frozen=True):
    """A sheet of one judge, for who keys it in; `id` is 0 where there is none yet."""

    id: int
    seat_id: int
    seat_state: str
    person_id: int
    judge: str
    lang: str
    address: str
    """Empty for a judge without a confirmed address."""
    reference: str
    entry_id: int
    category_id: int
    category: str
    title: str
    entry_lang: str
    city: str
    state: str
    version: int
    keyed_version: int | None
    keyed_by: int | None
    """Who keyed what stands on it now; nobody else is shown it."""
    paper_date: str
    refused_at: datetime | None
    remark: str
    confidence: str
    extended_until: datetime | None
    extra_until: datetime | None

    @property
    def paper(self) -> Paper | None:
        if self.keyed_version is None:
            return None
        return paper_of(
            state=self.state,
            version=self.version,
            keyed_version=self.keyed_version,
            refused=self.refused_at is not None,
        )

    def may_be_keyed(self, found: RoundRow, now: datetime) -> Denied | None:
        """As far as it can be told before anybody types; the verb asks the rest."""
        return may_key(state=self.state, version=self.version, keyed_version=self.keyed_version) or may_write(
            state=found.state,
            opens=found.opens,
            closes=found.closes,
            extended_until=self.extended_until,
            extra_until=self.extra_until,
            now=now,
        )

    def is_of(self, actor: Actor) -> bool:
        """Whether the marks that stand on it are those that the actor keyed in."""
        return self.keyed_by == actor.person_id and self.version == self.keyed_version


_PAPER = """
SELECT COALESCE(sh.id, 0) AS id, s.id AS seat_id, s.state AS seat_state, p.id AS person_id, p.name AS judge, p.lang,
  COALESCE(m.address, '') AS address, en.reference, en.id AS entry_id, en.category AS category_id, c.name AS category,
  SUBMITTED_TITLE AS title, en.lang AS entry_lang, t.name AS city, a.state, COALESCE(sh.version, 0) AS version,
  k.version AS keyed_version, k.keyed_by, COALESCE(k.paper_date, '') AS paper_date,
  k.refused_at, COALESCE(k.remark, '') AS remark,
  COALESCE(sh.confidence, '') AS confidence, s.extended_until, a.extra_until
FROM seat s JOIN person p ON p.id = s.person
JOIN assignment a ON a.seat = s.id AND a.state <> 'withdrawn'
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN entrant t ON t.id = en.entrant JOIN category c ON c.id = en.category
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE AND m.confirmed_at IS NOT NULL
LEFT JOIN scoresheet sh ON sh.assignment = a.id
LEFT JOIN keying k ON k.scoresheet = sh.id AND NOT EXISTS
  (SELECT 1 FROM keying n WHERE n.scoresheet = k.scoresheet AND n.version > k.version)
WHERE s.round = {} AND s.id = {}
"""


async def papers_of(round_id: int, seat_id: int, reference: str = "") -> list[PaperSheet]:
    """The sheets of a seat, or its sheet for one entry. The caller has checked that the reader runs the edition."""
    named = " AND en.reference = {}" if reference else ""
    rows = await Keying.raw(
        with_titles(_PAPER) + named + " ORDER BY c.position, c.id, t.folded, en.reference",
        round_id,
        seat_id,
        *([reference] if reference else []),
    )
    return [PaperSheet(**row) for row in rows]


async def notes_on(sheet_id: int) -> dict[str, str]:
    rows = await Keying.raw("SELECT audience, text FROM sheet_note WHERE scoresheet = {}", sheet_id)
    return {row["audience"]: row["text"] for row in rows}


async def judges_with_sheets(round_id: int) -> list[tuple[int, str]]:
    """Who accepted a seat and has something to judge, by name."""
    rows = await Keying.raw(
        "SELECT s.id, p.name FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {} AND s.state = {}"
        " AND EXISTS (SELECT 1 FROM assignment a WHERE a.seat = s.id AND a.state IN"
        " ('given', 'opened', 'started', 'signed')) ORDER BY p.name, s.id",
        round_id,
        SeatState.ACCEPTED.value,
    )
    return [(row["id"], row["name"]) for row in rows]


class OwnKeying(Struct, frozen=True):
    """What was keyed in for the judge, as they are asked about it."""

    sheet_id: int
    version: int
    keyed_at: datetime
    keyed_by: str
    keyer_lang: str
    keyer_address: str
    paper_date: str
    remark: str
    paper: Paper


_OWN = """
SELECT sh.id AS sheet_id, sh.version, k.version AS keyed_version, k.created_at AS "keyed_at", q.name AS keyed_by,
  q.lang AS keyer_lang, COALESCE(m.address, '') AS keyer_address, k.paper_date, k.remark, k.refused_at, a.state
FROM keying k JOIN person q ON q.id = k.keyed_by JOIN scoresheet sh ON sh.id = k.scoresheet
JOIN assignment a ON a.id = sh.assignment JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round
JOIN edition ed ON ed.id = r.edition JOIN programme pr ON pr.id = ed.programme
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
LEFT JOIN email_address m ON m.person = q.id AND m.is_primary = TRUE
WHERE s.person = {} AND s.state = {} AND en.reference = {} AND r.code = {} AND ed.slug = {} AND pr.slug = {}
ORDER BY k.version DESC LIMIT 1
"""


async def own_keying(actor: Actor, where: Where) -> OwnKeying | None:
    rows: Sequence[dict[str, Any]] = await Keying.raw(
        _OWN,
        actor.person_id,
        SeatState.ACCEPTED.value,
        where.reference,
        where.round,
        where.edition,
        where.programme,
    )
    if not rows:
        return None
    row = rows[0]
    said = (
        "sheet_id", "version", "keyed_at", "keyed_by", "keyer_lang", "keyer_address", "paper_date", "remark",
    )  # fmt: skip
    return OwnKeying(paper=_paper(row), **{name: row[name] for name in said})
