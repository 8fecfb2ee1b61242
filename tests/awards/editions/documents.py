"""Documents for tests: one complete edition, and any edition that hypothesis can think of."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase, digits

from hypothesis import strategies as st
from msgspec.structs import replace

from awards import exchange
from awards.editions.checks import RESERVED, RESERVED_QUESTIONS
from awards.editions.checks_form import answers_to, stands_wherever
from awards.editions.document import (
    ALWAYS,
    AUDIENCES,
    CONFLICT_DEFAULTS,
    DISCLOSURES,
    EARLIER_WINNERS,
    ENTRANT_KINDS,
    FURTHER_READS,
    LATE_SYNCS,
    PRIZE_KINDS,
    CategoryPart,
    CriterionPart,
    EditionDocument,
    EditionRules,
    Effect,
    MilestonePart,
    PrizePart,
    ProgrammePart,
    QuestionKind,
    QuestionPart,
    RoundMethod,
    RoundPart,
    ScalePart,
    normal,
)
from awards.editions.licences import LICENCES
from judging.rounds import Rule

EXAMPLE = (Path(exchange.__file__).parent / "examples" / "wego.toml").read_text()

CODES = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True).filter(
    lambda code: code not in RESERVED | RESERVED_QUESTIONS
)
# What people type: quotation marks, backslashes, other scripts, control characters that TOML must escape.
LETTERS = st.sampled_from(
    [*ascii_lowercase, *digits, " ", '"', "'", "\\", "#", "=", "]", "é", "서", "\t", "\x7f", "…"]
)
LINES = st.text(LETTERS, min_size=1, max_size=20).map(lambda text: text.strip() or "x")
PROSE = st.text(st.one_of(LETTERS, st.just("\n")), max_size=60).map(str.strip)
INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001  # hypothesis takes bounds without a zone
    datetime(2100, 1, 1),  # noqa: DTZ001  # likewise
).map(lambda at: at.replace(tzinfo=UTC))
RINGS = st.sampled_from([("region", "Asia"), ("region", "Africa"), ("country", "KR"), ("kind", "firm")])
ZONES = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Paris", "America/St_Johns", "Pacific/Chatham"])


def unique(codes: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(codes, max_size=most, unique=True)


@st.composite
def documents(draw: st.DrawFn) -> EditionDocument:
    categories = draw(unique(CODES, 4))
    scales = draw(unique(CODES, 2))
    some = st.lists(st.sampled_from(categories), unique=True).map(tuple) if categories else st.just(())
    return normal(
        EditionDocument(
            programme=ProgrammePart(draw(CODES), draw(LINES), draw(ZONES), "en", draw(st.just("") | LINES)),
            slug=draw(CODES),
            name=draw(LINES),
            year=draw(st.integers(1900, 2999)),
            zone=draw(ZONES),
            demo=draw(st.booleans()),
            summary=draw(PROSE),
            milestones=tuple(
                MilestonePart(kind, draw(INSTANTS), draw(st.just("") | LINES), draw(st.booleans()))
                for kind in draw(unique(CODES, 3))
            ),
            rules=EditionRules(
                entries_per_city=draw(st.none() | st.integers(1, 9)),
                one_category_per_entry=draw(st.booleans()),
                who_may_enter=tuple(draw(st.lists(st.sampled_from(ENTRANT_KINDS), unique=True))),
                languages=tuple(draw(st.lists(st.sampled_from(["en", "fr", "pt-BR"]), min_size=1, unique=True))),
                disclosure=draw(st.sampled_from(DISCLOSURES)),
                terms=draw(PROSE),
                declaration=draw(PROSE),
                city_approval=draw(st.booleans()),
                members_only=draw(st.booleans()),
                earlier_winners=draw(st.sampled_from(EARLIER_WINNERS)),
                winner_years=draw(st.integers(1, 9)),
                late_sync=draw(st.sampled_from(LATE_SYNCS)),
                further_reads=draw(st.sampled_from(FURTHER_READS)),
                licence=draw(st.sampled_from(sorted(LICENCES))),
            ),
            categories=tuple(
                CategoryPart(code, draw(LINES), draw(PROSE), tuple(draw(unique(CODES, 3))))
                for code in categories
            ),
            questions=draw(forms(some)),
            scales=tuple(
                ScalePart(
                    code, draw(st.integers(-9, 9)) * 250, draw(st.sampled_from([1000, 500, 250, 1])),
                    draw(st.integers(1, 20)), draw(st.just("") | LINES),
                )
                for code in scales
            ),
            rounds=tuple(draw(rounds(code, categories, scales)) for code in draw(unique(CODES, 2))),
            conflicts=tuple((code, draw(st.sampled_from(Effect))) for code in CONFLICT_DEFAULTS),
            past_years=draw(st.integers(1, 50)),
            prizes=draw(prizes(categories)),
        )
    )  # fmt: skip


@st.composite
def prizes(draw: st.DrawFn, categories: list[str]) -> tuple[PrizePart, ...]:
    """Some in every category, some for few, some that pass over who holds one before."""
    found: list[PrizePart] = []
    for place, code in enumerate(draw(unique(CODES, 4)), 1):
        name, places = draw(LINES), draw(st.integers(1, 3))
        kind = draw(st.sampled_from(PRIZE_KINDS))
        ring = draw(st.sets(RINGS, max_size=2)) if kind in ("ring-fenced", "cascade") else set()
        if kind == "ring-fenced" and not ring:
            kind = "outside"
        before = sorted({one.code for one in found if one.kind in ("ranked", "ring-fenced")})
        past = draw(st.sets(st.sampled_from(before), max_size=2)) if kind == "cascade" and before else set()
        if kind == "cascade" and not ring | past:
            kind = "ranked"
        values = tuple(sorted({*ring, *(("past", one) for one in past)}))
        each = kind == "ranked" and draw(st.booleans())
        where = categories if each else [draw(st.sampled_from(["", *categories]))]
        own = {one: f"{code}-{one}" if each else code for one in where}
        if not {one.code for one in found} & set(own.values()):
            found += [PrizePart(own[one], name, place, places, one, kind, values) for one in where]
    return tuple(found)


@st.composite
def forms(draw: st.DrawFn, categories: st.SearchStrategy[tuple[str, ...]]) -> tuple[QuestionPart, ...]:
    """Questions of which some are asked only after an answer to one before them."""
    found: list[QuestionPart] = []
    for code in draw(unique(CODES, 4)):
        part = draw(questions(code, categories))
        known = [
            (one.code, answer) for one in found for answer in answers_to(one) if stands_wherever(one, part)
        ]
        found.append(replace(part, show_if=draw(st.sampled_from([ALWAYS, *known]))))
    return tuple(found)


@st.composite
def questions(draw: st.DrawFn, code: str, categories: st.SearchStrategy[tuple[str, ...]]) -> QuestionPart:
    kind = draw(st.sampled_from(QuestionKind))
    text = kind in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)
    choice = kind in (QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF)
    return QuestionPart(
        code=code,
        section=draw(st.just("") | LINES),
        label=draw(LINES),
        kind=kind,
        hint=draw(st.just("") | LINES),
        required=draw(st.booleans()),
        min_words=draw(st.integers(0, 5)) if text else 0,
        max_words=draw(st.sampled_from([0, 5, 300])) if text else 0,
        options=tuple(draw(st.lists(LINES, min_size=2, max_size=3, unique=True))) if choice else (),
        audience=draw(st.sampled_from(AUDIENCES)),
        hidden_when_blind=draw(st.booleans()),
        categories=draw(categories),
        unit=draw(st.just("") | LINES) if kind is QuestionKind.NUMBER else "",
        most_files=draw(st.integers(0, 20)) if kind is QuestionKind.FILE else 0,
        frozen_at=draw(st.none() | INSTANTS),
    )


@st.composite
def rounds(draw: st.DrawFn, code: str, categories: list[str], scales: list[str]) -> RoundPart:
    opens = draw(INSTANTS)
    codes = draw(unique(CODES, 3)) if scales else []
    breaks = st.sampled_from([("raw", ""), ("sheets", ""), *(("criterion", one) for one in codes)])
    return RoundPart(
        code=code,
        name=draw(LINES),
        opens=opens,
        closes=opens + timedelta(seconds=draw(st.integers(1, 10**7))),
        blind=draw(st.booleans()),
        confidence=draw(st.booleans()),
        not_enough_evidence=draw(st.booleans()),
        sheets_wanted=draw(st.integers(1, 9)),
        method=RoundMethod(
            rule=draw(st.sampled_from([rule.value for rule in Rule])),
            seed=draw(st.integers(0, 2**31 - 1)),
            tie_breaks=tuple(draw(st.lists(breaks, unique=True))),
            decimals=draw(st.none() | st.integers(0, 6)),
            advance=draw(st.sampled_from([("", ""), ("top", "5"), ("threshold", "7.25")])),
        ),
        criteria=tuple(
            CriterionPart(
                code=one,
                name=draw(LINES),
                scale=draw(st.sampled_from(scales)),
                question=draw(st.just("") | LINES),
                weights=tuple(draw(st.dictionaries(st.sampled_from(categories), st.integers(1, 99))).items())
                if categories else (),
                rubric=tuple(draw(st.dictionaries(st.integers(0, 1), LINES)).items()),
            )
            for one in codes
        ),
    )  # fmt: skip
