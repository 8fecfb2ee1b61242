"""The whole document of an edition, read in one question to the database.

A dozen small tables are one document: a page that changes any part of it needs all of them, and a page has
few questions to ask. Each part gives rows of one shape: numbers and texts in slots that its reader knows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from json import loads
from typing import Any

from msgspec import Struct

from awards.editions.document import (
    PAST_EMPLOYER,
    PAST_YEARS,
    CategoryPart,
    CriterionPart,
    EditionDocument,
    Effect,
    MilestonePart,
    PrizePart,
    ProgrammePart,
    QuestionKind,
    QuestionPart,
    RoundPart,
    ScalePart,
    normal,
)
from awards.editions.freezing import Standing
from awards.editions.round_method import method_of
from awards.editions.rules import EditionState, RoundState
from awards.editions.stored import Limits, limits_of, ring_of, rules_from, show_if_of, years_of
from awards.editions.tables import Edition
from awards.errors import NotFound

TEXTS, NUMBERS = 9, 6


class _Part(Struct, frozen=True):
    """`owner` is the id of the row above, `texts` and `numbers` are expressions in the part's own order."""

    source: str
    texts: Sequence[str] = ()
    numbers: Sequence[str] = ()
    owner: str = "0"
    place: str = "0"


_PARTS = {
    "edition": _Part(
        "edition x JOIN programme p ON p.id = x.programme WHERE x.id = {}",
        ("x.slug", "x.name", "x.zone", "x.lang", "x.origin", "x.summary", "x.state"),
        ("x.year", "x.demo"),
    ),
    "programme": _Part(
        "programme x JOIN edition e ON e.programme = x.id WHERE e.id = {}",
        ("x.slug", "x.name", "x.zone", "x.lang", "x.contact"),
    ),
    "milestone": _Part("milestone x WHERE x.edition = {}", ("x.kind", "x.at", "x.local_text"), ("x.public",)),
    "rule": _Part("edition_rule x WHERE x.edition = {}", ("x.code", "x.value")),
    "category": _Part(
        "category x WHERE x.edition = {}", ("x.code", "x.name", "x.description"), place="x.position"
    ),
    "field": _Part(
        "category_field x JOIN field f ON f.id = x.field JOIN category c ON c.id = x.category "
        "WHERE c.edition = {}",
        ("f.code",),
        owner="x.category",
    ),
    "question": _Part(
        "question x WHERE x.edition = {}",
        (
            "x.code",
            "x.section",
            "x.label",
            "x.kind",
            "x.hint",
            "x.limits",
            "x.audience",
            "x.show_if",
            "x.frozen_at",
        ),
        ("x.required", "x.hidden_when_blind", "CASE WHEN x.ended_at IS NULL THEN 0 ELSE 1 END"),
        place="x.position",
    ),
    "narrowed": _Part(
        "question_category x JOIN question q ON q.id = x.question JOIN category c ON c.id = x.category "
        "WHERE q.edition = {}",
        ("c.code",),
        owner="x.question",
    ),
    "scale": _Part(
        "scale x WHERE x.edition = {}",
        ("x.code", "x.low_label", "x.high_label"),
        ("x.origin_milli", "x.step_milli", "x.top"),
    ),
    "round": _Part(
        "round x WHERE x.edition = {}",
        ("x.code", "x.name", "x.kind", "x.opens", "x.closes", "x.method", "x.state"),
        ("x.blind", "x.confidence", "x.bridge_first", "x.sheets_wanted", "x.not_enough_evidence"),
        place="x.position",
    ),
    "criterion": _Part(
        "criterion x JOIN round r ON r.id = x.round JOIN scale s ON s.id = x.scale WHERE r.edition = {}",
        ("x.code", "x.name", "x.question", "s.code"),
        owner="x.round",
        place="x.position",
    ),
    "weight": _Part(
        "criterion_weight x JOIN criterion k ON k.id = x.criterion JOIN round r ON r.id = k.round "
        "JOIN category c ON c.id = x.category WHERE r.edition = {}",
        ("c.code",),
        ("x.weight",),
        owner="x.criterion",
    ),
    "rubric": _Part(
        "rubric_level x JOIN criterion k ON k.id = x.criterion JOIN round r ON r.id = k.round "
        "WHERE r.edition = {}",
        ("x.text",),
        ("x.mark",),
        owner="x.criterion",
    ),
    "conflict": _Part("conflict_rule x WHERE x.edition = {}", ("x.code", "x.effect", 'x."values"')),
    "prize": _Part(
        "prize x LEFT JOIN category c ON c.id = x.category WHERE x.edition = {}",
        ("x.code", "x.name", "COALESCE(c.code, '')", "x.kind", 'x."values"'),
        ("x.position", "x.places"),
    ),
}


@cache
def _question() -> str:
    branches = []
    for name, part in _PARTS.items():
        texts = [*part.texts, *["NULL"] * (TEXTS - len(part.texts))]
        numbers = [*part.numbers, *["NULL"] * (NUMBERS - len(part.numbers))]
        slots = [f"CAST({one} AS TEXT) AS t{number}" for number, one in enumerate(texts)]
        slots += [f"CAST({one} AS INTEGER) AS n{number}" for number, one in enumerate(numbers)]
        branches.append(
            f"SELECT CAST('{name}' AS TEXT) AS part, x.id AS id, "  # noqa: S608  # names of ours only
            f"{part.owner} AS owner, {part.place} AS place, "
            f"{', '.join(slots)} FROM {part.source}"
        )
    return " UNION ALL ".join(branches) + " ORDER BY 4, 2"


class Stored(Struct, frozen=True):
    """A document and the ids behind it: of each list by code, criteria by (round, code).

    `ended` are questions that were taken out of the form and have answers, `ended_parts` the same whole.
    """

    edition_id: int
    programme_id: int
    document: EditionDocument
    ids: dict[str, dict[str, int]]
    criteria: dict[tuple[str, str], int]
    standing: Standing
    ended: dict[str, int]
    ended_parts: tuple[QuestionPart, ...]


async def stored_edition(edition_id: int) -> Stored:
    rows = await Edition.raw(_question(), *[edition_id] * len(_PARTS))
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[row["part"]].append(row)
    if not parts["edition"]:
        raise NotFound
    ended = [row for row in parts["question"] if row["n2"]]
    parts["question"] = [row for row in parts["question"] if not row["n2"]]
    round_codes = {row["id"]: row["t0"] for row in parts["round"]}
    return Stored(
        edition_id=edition_id,
        programme_id=parts["programme"][0]["id"],
        document=normal(_document(parts)),
        ids={
            name: {row["t0"]: row["id"] for row in parts[name]}
            for name in ("milestone", "rule", "category", "question", "scale", "round", "conflict", "prize")
        },
        criteria={(round_codes[row["owner"]], row["t0"]): row["id"] for row in parts["criterion"]},
        standing=Standing(
            EditionState(parts["edition"][0]["t6"]),
            {row["t0"]: RoundState(row["t6"]) for row in parts["round"]},
        ),
        ended={row["t0"]: row["id"] for row in ended},
        ended_parts=_questions(ended, parts["narrowed"]),
    )


async def document_of(edition_id: int) -> EditionDocument:
    """All that an edition is made of."""
    return (await stored_edition(edition_id)).document


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _document(parts: dict[str, list[dict[str, Any]]]) -> EditionDocument:
    head, programme = parts["edition"][0], parts["programme"][0]
    fields = _by_owner(parts["field"], lambda row: row["t0"])
    return EditionDocument(
        programme=ProgrammePart(*(programme[f"t{n}"] for n in range(5))),
        slug=head["t0"],
        name=head["t1"],
        zone=head["t2"],
        lang=head["t3"],
        origin=head["t4"],
        summary=head["t5"],
        year=head["n0"],
        demo=bool(head["n1"]),
        milestones=tuple(
            MilestonePart(row["t0"], instant(row["t1"]), row["t2"], bool(row["n0"]))
            for row in parts["milestone"]
        ),
        rules=rules_from({row["t0"]: row["t1"] for row in parts["rule"]}),
        categories=tuple(
            CategoryPart(row["t0"], row["t1"], row["t2"], tuple(fields[row["id"]]))
            for row in parts["category"]
        ),
        questions=_questions(parts["question"], parts["narrowed"]),
        scales=tuple(
            ScalePart(row["t0"], row["n0"], row["n1"], row["n2"], row["t1"], row["t2"])
            for row in parts["scale"]
        ),
        rounds=tuple(_round_part(row, parts) for row in parts["round"]),
        conflicts=tuple((row["t0"], Effect(row["t1"])) for row in parts["conflict"]),
        past_years=next(
            (years_of(row["t2"]) for row in parts["conflict"] if row["t0"] == PAST_EMPLOYER), PAST_YEARS
        ),
        prizes=tuple(
            PrizePart(row["t0"], row["t1"], row["n0"], row["n1"], row["t2"], row["t3"], ring_of(row["t4"]))
            for row in parts["prize"]
        ),
    )


def _questions(
    rows: Iterable[dict[str, Any]], narrowing: Iterable[dict[str, Any]]
) -> tuple[QuestionPart, ...]:
    narrowed = _by_owner(narrowing, lambda row: row["t0"])
    return tuple(_question_part(row, limits_of(row["t5"]), narrowed[row["id"]]) for row in rows)


def _question_part(row: dict[str, Any], limits: Limits, categories: list[str]) -> QuestionPart:
    return QuestionPart(
        code=row["t0"],
        section=row["t1"],
        label=row["t2"],
        kind=QuestionKind(row["t3"]),
        hint=row["t4"],
        required=bool(row["n0"]),
        min_words=limits.min_words,
        max_words=limits.max_words,
        options=limits.options,
        audience=row["t6"],
        hidden_when_blind=bool(row["n1"]),
        categories=tuple(categories),
        unit=limits.unit,
        most_files=limits.most_files,
        show_if=show_if_of(row["t7"]),
        frozen_at=instant(row["t8"]) if row["t8"] else None,
    )


def _round_part(row: dict[str, Any], parts: dict[str, list[dict[str, Any]]]) -> RoundPart:
    weights = _by_owner(parts["weight"], lambda one: (one["t0"], one["n0"]))
    rubric = _by_owner(parts["rubric"], lambda one: (one["n0"], one["t0"]))
    return RoundPart(
        code=row["t0"],
        name=row["t1"],
        kind=row["t2"],
        opens=instant(row["t3"]),
        closes=instant(row["t4"]),
        method=method_of(loads(row["t5"]) if row["t5"] else {}),
        blind=bool(row["n0"]),
        confidence=bool(row["n1"]),
        bridge_first=bool(row["n2"]),
        not_enough_evidence=bool(row["n4"]),
        sheets_wanted=row["n3"],
        criteria=tuple(
            CriterionPart(
                code=one["t0"],
                name=one["t1"],
                question=one["t2"],
                scale=one["t3"],
                weights=tuple(weights[one["id"]]),
                rubric=tuple(rubric[one["id"]]),
            )
            for one in parts["criterion"]
            if one["owner"] == row["id"]
        ),
    )


def _by_owner(rows: Iterable[dict[str, Any]], read: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["owner"]].append(read(row))
    return found
