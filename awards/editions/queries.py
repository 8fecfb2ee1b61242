"""Reading programmes and editions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any

from awards.actor import Actor, Grant
from awards.editions.document import (
    CONFLICT_DEFAULTS,
    EditionRules,
    Effect,
    QuestionKind,
    RoundMethod,
    method_of,
)
from awards.editions.reading import document_of as document_of
from awards.editions.rules import EditionState, Role, RoundState, holds, is_call_open
from awards.editions.stored import Limits, limits_of, rules_from
from awards.editions.tables import (
    Category,
    ConflictRule,
    Criterion,
    CriterionWeight,
    Edition,
    EditionRule,
    Milestone,
    Prize,
    Programme,
    ProgrammePage,
    Question,
    RoleGrant,
    Round,
    RubricLevel,
    Ruleset,
)
from awards.errors import NotFound


@dataclass(frozen=True, slots=True)
class EditionRow:
    id: int
    programme_id: int
    programme: str
    programme_name: str
    slug: str
    name: str
    year: int
    zone: str
    lang: str
    origin: str
    demo: bool
    state: EditionState
    version: int

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/awards/{self.programme}/{self.slug}"

    @property
    def desk(self) -> str:
        """Where the secretariat runs it."""
        return f"/desk/{self.programme}/{self.slug}"


_EDITION = """
SELECT e.id, e.programme AS programme_id, p.slug AS programme, p.name AS programme_name, e.slug, e.name, e.year,
       e.zone, e.lang, e.origin, e.demo, e.state, e.version
FROM edition e JOIN programme p ON p.id = e.programme
"""


async def edition_by_slugs(programme: str, slug: str) -> EditionRow:
    rows = await Edition.raw(_EDITION + " WHERE p.slug = {} AND e.slug = {}", programme, slug)
    if not rows:
        raise NotFound
    return _edition(rows[0])


async def edition_by_id(edition_id: int) -> EditionRow:
    rows = await Edition.raw(_EDITION + " WHERE e.id = {}", edition_id)
    if not rows:
        raise NotFound
    return _edition(rows[0])


async def editions() -> list[EditionRow]:
    """All of them, the newest first."""
    return [_edition(row) for row in await Edition.raw(_EDITION + " ORDER BY e.year DESC, e.id DESC")]


async def run_by(actor: Actor, programme: str, slug: str) -> EditionRow:
    """The edition, for its secretariat; for anybody else it does not exist."""
    edition = await edition_by_slugs(programme, slug)
    if not holds(actor, Role.SECRETARIAT, edition.programme_id, edition.id):
        raise NotFound
    return edition


def _edition(row: dict[str, Any]) -> EditionRow:
    return EditionRow(**{**row, "state": EditionState(row["state"]), "demo": bool(row["demo"])})


async def grants_of(person_id: int, now: datetime) -> frozenset[Grant]:
    rows = await RoleGrant.select(RoleGrant.role, RoleGrant.scope).where(
        (RoleGrant.person == person_id)
        & (RoleGrant.since <= now)
        & (RoleGrant.until.is_null() | (RoleGrant.until > now))
    )
    return frozenset(Grant(row["role"], row["scope"]) for row in rows)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    id: int
    slug: str
    name: str
    zone: str
    lang: str
    contact: str
    version: int


async def first_programme() -> ProgrammeRow | None:
    """The programme whose name stands on every page: the oldest one."""
    rows = await Programme.select().order_by(Programme.id).limit(1)
    if not rows:
        return None
    row = rows[0]
    return ProgrammeRow(
        row["id"], row["slug"], row["name"], row["zone"], row["lang"], row["contact"], row["version"]
    )


@dataclass(frozen=True, slots=True)
class CategoryRow:
    id: int
    code: str
    name: str
    description: str
    position: int


async def categories_of(edition_id: int) -> list[CategoryRow]:
    rows = await Category.raw(
        "SELECT id, code, name, description, position FROM category WHERE edition = {} ORDER BY position, id",
        edition_id,
    )
    return [CategoryRow(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """`categories` empty is all of them."""

    id: int
    section: str
    code: str
    kind: QuestionKind
    label: str
    hint: str
    required: bool
    audience: str
    hidden_when_blind: bool
    limits: Limits
    categories: frozenset[str]


async def questions_of(edition_id: int, category: str = "") -> list[QuestionRow]:
    """In their order; with a category's code those that stand there."""
    rows = await Question.raw(
        """
        SELECT q.id, q.section, q.code, q.kind, q.label, q.hint, q.limits, q.audience, q.hidden_when_blind,
               q.required, c.code AS category
        FROM question q LEFT JOIN question_category n ON n.question = q.id LEFT JOIN category c ON c.id = n.category
        WHERE q.edition = {} ORDER BY q.position, q.id
        """,
        edition_id,
    )
    first: dict[int, dict[str, Any]] = {}
    narrowed: dict[int, set[str]] = {}
    for row in rows:
        first.setdefault(row["id"], row)
        narrowed.setdefault(row["id"], set()).update([row["category"]] if row["category"] else [])
    found = [
        QuestionRow(
            id=row["id"],
            section=row["section"],
            code=row["code"],
            kind=QuestionKind(row["kind"]),
            label=row["label"],
            hint=row["hint"],
            required=bool(row["required"]),
            audience=row["audience"],
            hidden_when_blind=bool(row["hidden_when_blind"]),
            limits=limits_of(row["limits"]),
            categories=frozenset(narrowed[row["id"]]),
        )
        for row in first.values()
    ]
    return [one for one in found if not category or not one.categories or category in one.categories]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    kind: str
    at: datetime
    note: str
    public: bool


async def milestones_of(edition_id: int) -> list[MilestoneRow]:
    """In the order of time."""
    rows = (
        await Milestone.select(Milestone.kind, Milestone.at, Milestone.local_text, Milestone.public)
        .where(Milestone.edition == edition_id)
        .order_by(Milestone.at, Milestone.id)
    )
    return [MilestoneRow(row["kind"], row["at"], row["local_text"], bool(row["public"])) for row in rows]


@dataclass(frozen=True, slots=True)
class CallTimes:
    opens: datetime | None
    closes: datetime | None


async def call_of(edition_id: int) -> CallTimes:
    at = {row.kind: row.at for row in await milestones_of(edition_id)}
    return CallTimes(at.get("opens"), at.get("closes"))


async def rules_of(edition_id: int) -> EditionRules:
    rows = await EditionRule.select(EditionRule.code, EditionRule.value).where(
        EditionRule.edition == edition_id
    )
    return rules_from({row["code"]: row["value"] for row in rows})


@dataclass(frozen=True, slots=True)
class RoundRow:
    id: int
    edition_id: int
    code: str
    name: str
    position: int
    kind: str
    opens: datetime
    closes: datetime
    state: RoundState
    blind: bool
    confidence: bool
    bridge_first: bool
    sheets_wanted: int
    method: RoundMethod
    version: int


async def rounds_of(edition_id: int) -> list[RoundRow]:
    rows = await Round.select().where(Round.edition == edition_id).order_by(Round.position, Round.id)
    return [_round(row) for row in rows]


async def round_by_code(edition_id: int, code: str) -> RoundRow:
    rows = await Round.select().where((Round.edition == edition_id) & (Round.code == code))
    if not rows:
        raise NotFound
    return _round(rows[0])


async def round_by_id(round_id: int) -> RoundRow:
    rows = await Round.select().where(Round.id == round_id)
    if not rows:
        raise NotFound
    return _round(rows[0])


def _round(row: dict[str, Any]) -> RoundRow:
    return RoundRow(
        id=row["id"],
        edition_id=row["edition"],
        code=row["code"],
        name=row["name"],
        position=row["position"],
        kind=row["kind"],
        opens=row["opens"],
        closes=row["closes"],
        state=RoundState(row["state"]),
        blind=bool(row["blind"]),
        confidence=bool(row["confidence"]),
        bridge_first=bool(row["bridge_first"]),
        sheets_wanted=row["sheets_wanted"],
        method=method_of(loads(row["method"]) if row["method"] else {}),
        version=row["version"],
    )


@dataclass(frozen=True, slots=True)
class ScaleRow:
    id: int
    code: str
    origin_milli: int
    step_milli: int
    top: int
    low_label: str
    high_label: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """`weights` by category code; `rubric` texts hold from their mark up to the next one's."""

    id: int
    code: str
    name: str
    question: str
    position: int
    scale: ScaleRow
    weights: Mapping[str, int]
    rubric: tuple[tuple[int, str], ...]

    @property
    def levels(self) -> tuple[tuple[int, int, str], ...]:
        """(lowest mark, highest mark, text) of each level."""
        ends = [mark - 1 for mark, _text in self.rubric[1:]] + [self.scale.top]
        return tuple((mark, end, text) for (mark, text), end in zip(self.rubric, ends, strict=True))


async def criteria_of(round_id: int) -> list[CriterionRow]:
    """In their order, with scale, weights and rubric."""
    rows = await Criterion.raw(
        """
        SELECT k.id, k.code, k.name, k.question, k.position, s.id AS scale_id, s.code AS scale_code,
               s.origin_milli, s.step_milli, s.top, s.low_label, s.high_label
        FROM criterion k JOIN scale s ON s.id = k.scale WHERE k.round = {} ORDER BY k.position, k.id
        """,
        round_id,
    )
    weights = await CriterionWeight.raw(
        """
        SELECT w.criterion, c.code, w.weight FROM criterion_weight w JOIN criterion k ON k.id = w.criterion
        JOIN category c ON c.id = w.category WHERE k.round = {} ORDER BY c.position, c.id
        """,
        round_id,
    )
    rubric = await RubricLevel.raw(
        """
        SELECT l.criterion, l.mark, l.text FROM rubric_level l JOIN criterion k ON k.id = l.criterion
        WHERE k.round = {} ORDER BY l.mark
        """,
        round_id,
    )
    return [
        CriterionRow(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            question=row["question"],
            position=row["position"],
            scale=ScaleRow(
                row["scale_id"], row["scale_code"], row["origin_milli"], row["step_milli"], row["top"],
                row["low_label"], row["high_label"],
            ),
            weights={one["code"]: one["weight"] for one in weights if one["criterion"] == row["id"]},
            rubric=tuple((one["mark"], one["text"]) for one in rubric if one["criterion"] == row["id"]),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrizeRow:
    """Without a category it is over the whole edition."""

    id: int
    code: str
    name: str
    category_id: int | None
    category: str
    position: int
    places: int
    kind: str


async def prizes_of(edition_id: int) -> list[PrizeRow]:
    """By category in their order, those over the whole edition last."""
    rows = await Prize.raw(
        """
        SELECT p.id, p.code, p.name, p.category AS category_id, COALESCE(c.code, '') AS category, p.position,
               p.places, p.kind
        FROM prize p LEFT JOIN category c ON c.id = p.category WHERE p.edition = {}
        ORDER BY CASE WHEN p.category IS NULL THEN 1 ELSE 0 END, COALESCE(c.position, 0), p.position, p.id
        """,
        edition_id,
    )
    return [PrizeRow(**row) for row in rows]


async def conflict_rules_of(edition_id: int) -> dict[str, Effect]:
    """Every rule with its effect, by default where the edition says nothing."""
    rows = await ConflictRule.select(ConflictRule.code, ConflictRule.effect).where(
        ConflictRule.edition == edition_id
    )
    return {**CONFLICT_DEFAULTS, **{row["code"]: Effect(row["effect"]) for row in rows}}


@dataclass(frozen=True, slots=True)
class OpenCall:
    edition: EditionRow
    opens: datetime
    closes: datetime


async def open_calls(now: datetime) -> list[OpenCall]:
    """Editions that take entries at this instant, the next deadline first."""
    rows = await Edition.raw(
        _EDITION.replace("SELECT ", "SELECT o.at AS opens, c.at AS closes, ", 1)
        + """ JOIN milestone o ON o.edition = e.id AND o.kind = 'opens'
              JOIN milestone c ON c.edition = e.id AND c.kind = 'closes' WHERE e.state = 'open' ORDER BY c.at, e.id"""
    )
    found = []
    for row in rows:
        opens, closes = row.pop("opens"), row.pop("closes")
        found.append(OpenCall(_edition(row), opens, closes))
    return [one for one in found if is_call_open(one.edition.state, one.opens, one.closes, now)]


async def next_boundary(now: datetime) -> datetime | None:
    """The next instant at which an edition's time changes something: until then a kept page stays true."""
    found: list[datetime] = []
    for table, column in ((Milestone, Milestone.at), (Round, Round.opens), (Round, Round.closes)):
        rows = await table.select(column).where(column > now).order_by(column).limit(1)
        found += [row[column._meta.name] for row in rows]
    return min(found, default=None)


@dataclass(frozen=True, slots=True)
class PageRow:
    id: int
    programme_id: int
    slug: str
    lang: str
    title: str
    body: str
    version: int


async def programme_pages(programme_id: int) -> list[PageRow]:
    rows = (
        await ProgrammePage.select()
        .where(ProgrammePage.programme == programme_id)
        .order_by(ProgrammePage.slug, ProgrammePage.lang)
    )
    return [_page(row) for row in rows]


async def programme_page(programme_id: int, slug: str, lang: str = "en") -> PageRow:
    """In this language; where it has none, in the programme's own."""
    pages = [page for page in await programme_pages(programme_id) if page.slug == slug]
    if not pages:
        raise NotFound
    return next((page for page in pages if page.lang == lang), pages[0])


def _page(row: dict[str, Any]) -> PageRow:
    return PageRow(
        row["id"], row["programme"], row["slug"], row["lang"], row["title"], row["body"], row["version"]
    )


@dataclass(frozen=True, slots=True)
class RulesetRow:
    id: int
    edition_id: int
    version: int
    round_id: int | None
    body: str
    sha256: str
    public_note: str


async def latest_ruleset(round_id: int) -> RulesetRow | None:
    """What froze when the round opened, in its newest version."""
    rows = (
        await Ruleset.select()
        .where(Ruleset.round_id == round_id)
        .order_by(Ruleset.version, ascending=False)
        .limit(1)
    )
    if not rows:
        return None
    row = rows[0]
    return RulesetRow(
        row["id"],
        row["edition"],
        row["version"],
        row["round_id"],
        row["body"],
        row["sha256"],
        row["public_note"],
    )
