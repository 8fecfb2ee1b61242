"""Random competitions as the engine decides them, and their packs: ties, missing marks, recusals, single judges, parts
that nobody links, every method, rounds that carry totals over, meetings, and prizes of every kind."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from msgspec import Struct, to_builtins

from awards.publication.document import Draft, PublishedRow, without_means
from awards.publication.pack.disclosing import Given, disclosed
from awards.publication.pack.document import (
    Basis,
    Pack,
    Prizes,
    candidate_document,
    packs_of,
    rule_document,
)
from awards.publication.pack.levels import Level
from awards.publication.pack.rounds import JudgedRound, Opening
from awards.results.awarding import Candidate, PrizeRule, award
from awards.results.candidates import ranks_in, ranks_over_all
from awards.results.deliberating import Act, order_after, targets
from awards.scoresheets.receipts import commitment_of, receipt_document
from judging import (
    Carried,
    Criterion,
    Depth,
    Entry,
    Method,
    RoundInputs,
    Rule,
    Scale,
    Sheet,
    TieBreak,
    decide,
    sha256_of,
    verdict_document,
)
from judging.documents import inputs_document
from tests.factories import AT

SECRET = bytes(range(32))
REGIONS, COUNTRIES, KINDS = ("Asia", "Europe", "Africa"), ("QA", "QB", "QC"), ("city", "firm")
Document = dict[str, Any]


class Competition(Struct, frozen=True):
    rounds: tuple[JudgedRound, ...]
    prizes: Prizes
    draft: Draft

    def packs(self, asked: Level) -> tuple[Pack, Pack]:
        given = Given(rounds=self.rounds, asked=asked, shows="full")
        basis = Basis(draft=self.draft, prizes=self.prizes, head=(7, "ab" * 32))
        return packs_of(basis, SECRET, disclosed(given, step_down=False))


def competition(rng: Random, rule: Rule | None = None) -> Competition:
    """By any rule, where none is named."""
    first = inputs_of(rng, rule)
    rounds = [_judged(rng, "first", first, receipts=rng.random() < 0.3)]
    if rng.random() < 0.3 and any(
        one["scope"] == "all" and one["estimate"] is not None for one in rounds[0].body["standings"]
    ):
        rounds.append(_judged(rng, "second", _second(rng, first, rounds[0].body)))
    prizes = _prizes(rng, rounds)
    return Competition(tuple(rounds), prizes, _draft(rounds, prizes))


def inputs_of(rng: Random, rule: Rule | None = None) -> RoundInputs:
    """One round: few steps on the scale make ties, few reads make parts and judges who read alone."""
    categories = [f"C{number}" for number in range(rng.randint(1, 3))]
    criteria = tuple(_criterion(rng, code, categories) for code in ("X", "Y", "Z")[: rng.randint(1, 3)])
    entries = tuple(
        Entry(f"{category}-{number}", category)
        for category in categories
        for number in range(rng.randint(1, 6))
    )
    rule = rule or rng.choice([*Rule, Rule.CALIBRATED, Rule.CALIBRATED, Rule.CALIBRATED])
    calibrates = rule in (Rule.CALIBRATED, Rule.LEAST_SQUARES)
    method = Method(
        rule,
        decimals=None if calibrates or rng.random() < 0.5 else rng.randint(0, 3),
        confidence=rule is Rule.CALIBRATED and rng.random() < 0.3,
    )
    rules = [
        TieBreak("raw"), TieBreak("sheets"), *(TieBreak("criterion", criterion.code) for criterion in criteria),
    ]  # fmt: skip
    return RoundInputs(
        criteria=criteria,
        entries=entries,
        sheets=_sheets(rng, criteria, entries),
        method=method,
        tie_breaks=tuple(rng.sample(rules, rng.randint(0, len(rules)))),
        depth=Depth.NONE,
        draws=8,
    )


def _criterion(rng: Random, code: str, categories: Sequence[str]) -> Criterion:
    scale = Scale(rng.choice((0, 1000, -500)), rng.choice((250, 500, 1000)), rng.choice((2, 4, 10, 40)))
    # The first is judged everywhere: a category without a criterion is no competition.
    weights = tuple(
        (category, rng.choice((1, 5) if code == "X" else (0, 1, 2, 5, 30))) for category in categories
    )
    return Criterion(code, scale, weights)


def _sheets(rng: Random, criteria: Sequence[Criterion], entries: Sequence[Entry]) -> tuple[Sheet, ...]:
    judges = [f"J{number}" for number in range(rng.choice((1, 2, 3, 4, 6)))]
    severe = {judge: rng.choice((-2, -1, 0, 0, 1)) for judge in judges}
    noise = rng.choice((0, 1, 3))
    sheets = []
    for entry in entries:
        level = rng.randint(0, 10)
        for judge in rng.sample(judges, rng.randint(0, min(4, len(judges)))):
            marks = {}
            for criterion in criteria:
                if dict(criterion.weights).get(entry.category, 0) == 0 or rng.random() < 0.1:
                    continue
                top = criterion.scale.top
                given = level * top // 10 + severe[judge] + rng.randint(-noise, noise)
                marks[criterion.code] = max(0, min(top, given))
            if marks:
                sheets.append(
                    Sheet(entry.id, judge, tuple(sorted(marks.items())), confidence=rng.randint(1, 4))
                )
    return tuple(sheets)


def _second(rng: Random, first: RoundInputs, body: Mapping[str, Any]) -> RoundInputs:
    """Who goes on, with what they bring along."""
    found = inputs_of(rng)
    totals = {one["entry"]: one for one in body["standings"] if one["scope"] == "all"}
    mine = [one for one in first.entries if totals[one.id]["estimate"] is not None]
    known = {one.id: one for one in mine}
    entries = tuple(one for one in found.entries if one.id in known) or tuple(mine[:2])
    names = {one.id for one in entries}
    sheets = tuple(one for one in found.sheets if one.entry in names)
    categories = {one.category for one in entries}
    criteria = tuple(
        Criterion(one.code, one.scale, tuple(pair for pair in one.weights if pair[0] in categories))
        for one in found.criteria
    )
    criteria = tuple(one for one in criteria if one.weights)
    if categories - {category for one in criteria for category, weight in one.weights if weight}:
        criteria, sheets = first.criteria, ()
    weight = rng.choice((0, 1, 40))
    carried = tuple(
        Carried(one.id, weight, totals[one.id]["estimate"], totals[one.id]["error"])
        for one in entries
        if weight
    )
    return RoundInputs(
        criteria=criteria, entries=entries, sheets=sheets, method=found.method,
        tie_breaks=(), depth=Depth.NONE, draws=8, carried=carried,
    )  # fmt: skip


def _judged(rng: Random, code: str, inputs: RoundInputs, *, receipts: bool = False) -> JudgedRound:
    body = verdict_document(decide(inputs))
    written = inputs_document(inputs)
    decided: dict[str, int | None] = {}
    meetings = []
    for category in sorted({one.category for one in inputs.entries}):
        if rng.random() < 0.2:
            meeting, order = _meeting(rng, body, category)
            meetings.append(meeting)
            decided |= order
    return JudgedRound(
        code=code,
        name=code.title(),
        run={"number": 1, "software": "tests", "seed": 0, "inputs_sha256": sha256_of(written), "sha256": sha256_of(body)},
        ruleset=None,
        inputs=written,
        body=body,
        sheets_signed=len(written["sheets"]),
        openings=tuple(_opening(rng, code, one) for one in written["sheets"]) if receipts else (),
        decided=decided,
        deliberation=tuple(meetings),
    )  # fmt: skip


def _opening(rng: Random, code: str, sheet: Mapping[str, Any]) -> Opening:
    document = receipt_document(
        round_=f"programme/edition/{code}", entry=sheet["entry"], label=sheet["judge"], version=1, signed_at=AT,
        marks=sheet["marks"], nonce=f"{rng.getrandbits(128):032x}",
    )  # fmt: skip
    return Opening(commitment_of(document), document)


def _meeting(rng: Random, body: Document, category: str) -> tuple[Document, dict[str, int | None]]:
    ranks = {
        one["entry"]: one["rank"]
        for one in body["standings"]
        if one["scope"] == "all" and one["category"] == category
    }
    order, acts = dict(ranks), []
    for number in range(1, rng.randint(1, 4)):
        entry = rng.choice(sorted(ranks))
        if to := targets(order, entry):
            place = rng.choice(to)
            acts.append(Act(number, "move", entry, place.place, place.level))
            order = order_after(order, [acts[-1]])
    said = [
        {**{k: v for k, v in to_builtins(act).items() if k != "person"}, "marks": {}, "reason": "Seen on site.", "as_role": "chair"}
        for act in acts
    ]  # fmt: skip
    meeting = {
        "category": category, "statement": "", "concluded_at": AT.isoformat(), "acts": said, "attached": [],
        "notes": 0, "leavings": 0,
    }  # fmt: skip
    return meeting, order_after(ranks, acts)


# --- prizes, and what is published ----------------------------------------------------------------------


def _prizes(rng: Random, rounds: Sequence[JudgedRound]) -> Prizes:
    deciding = {one["category"]: judged for judged in rounds for one in judged.inputs["entries"]}
    ranks: dict[str, int | None] = {}
    for category, judged in deciding.items():
        settled = any(one["category"] == category for one in judged.deliberation)
        own = ranks_in(judged.body, category)
        ranks |= {entry: judged.decided[entry] for entry in own} if settled else own
    over: Mapping[str, int | None] = {}
    if len({judged.code for judged in deciding.values()}) == 1:
        judged = next(iter(deciding.values()))
        if not judged.deliberation:
            over = ranks_over_all(
                judged.body, [TieBreak(one["rule"], one["value"]) for one in judged.inputs["tie_breaks"]]
            )
    entries = {one["id"]: one["category"] for judged in rounds for one in judged.inputs["entries"]}
    candidates = [
        Candidate(
            entry, category, ranks.get(entry), rng.choice(REGIONS), rng.choice(COUNTRIES), rng.choice(KINDS), over.get(entry)
        )
        for entry, category in sorted(entries.items())
    ]  # fmt: skip
    rules = [_prize(rng, number, sorted(deciding)) for number in range(rng.randint(0, 5))]
    decided: list[Document] = []
    chosen: dict[str, list[str]] = {}
    for rule in sorted(rules, key=lambda one: one.turn):
        winners = award(candidates, rules, chosen)[rule.code].winners
        places = _decided(rng, rule, winners, sorted(entries))
        if all(any(one["place"] == place for one in places) for place in range(1, rule.places + 1)):
            chosen[rule.code] = [one["reference"] for one in places if one["reference"]]
        decided += places
    return Prizes(
        rules=tuple(rule_document(one) for one in rules),
        candidates={one.reference: candidate_document(one) for one in candidates},
        decided=tuple(decided),
    )


def _prize(rng: Random, number: int, categories: Sequence[str]) -> PrizeRule:
    kind = rng.choice(("ranked", "ranked", "ring-fenced", "cascade", "outside"))
    values = [
        ("region", rng.choice(REGIONS)),
        ("kind", rng.choice(KINDS)),
        ("country", rng.choice(COUNTRIES)),
    ]
    if kind == "cascade" and rng.random() < 0.3:
        values = [*values[:1], ("past", f"prize-{rng.randint(0, 4)}")]
    fenced = tuple(rng.sample(values, rng.randint(1, 2))) if kind in ("ring-fenced", "cascade") else ()
    return PrizeRule(
        f"prize-{number}", rng.choice(("", *categories)), number, rng.randint(1, 3), kind, fenced
    )


def _decided(rng: Random, rule: PrizeRule, winners: Sequence[str], entries: Sequence[str]) -> list[Document]:
    """As people decide: by the rule, otherwise with a reason, or not at all."""
    way = rng.random()
    if way < 0.15 and not winners:
        return []
    places = [*winners, *[""] * max(0, rule.places - len(winners))]
    reason = ""
    if rule.kind == "outside" or way < 0.3:
        places = [rng.choice(("", *entries)) for _place in range(rule.places)]
        places = [one if one not in places[:i] else "" for i, one in enumerate(places)]
        reason = "The jury wishes it so."
    return [
        {"prize": rule.code, "place": place, "reference": reference, "reason": reason}
        for place, reference in enumerate(places, start=1)
    ]


def _draft(rounds: Sequence[JudgedRound], prizes: Prizes) -> Draft:
    deciding = {one["category"]: judged for judged in rounds for one in judged.inputs["entries"]}
    category = {one["id"]: one["category"] for judged in rounds for one in judged.inputs["entries"]}
    return Draft(
        programme="programme", edition="edition", edition_name="Edition", year=2026, number=1, kind="full",
        visible_at=AT, note="", figures={"shows": "full", "edition_name": "Edition"},
        rows=tuple(_row(entry, of, deciding[of], prizes) for entry, of in sorted(category.items())),
    )  # fmt: skip


def _row(entry: str, category: str, judged: JudgedRound, prizes: Prizes) -> PublishedRow:
    own = {one["scope"]: one for one in judged.body["standings"] if one["entry"] == entry}
    whole = own.pop("all", None)
    rank = None if whole is None else whole["rank"]
    figures: Document = {
        "reference": entry,
        "awards": [
            {"prize": one["prize"], "place": one["place"], "reason": one["reason"], "citation": ""}
            for one in prizes.decided
            if one["reference"] == entry
        ],
    }
    if whole is not None:
        figures |= {
            "estimate": whole["estimate"],
            **({} if entry in without_means(judged.body) else {"raw": whole["raw"]}),
            "criteria": [
                {"code": code, "estimate": one["estimate"], "raw": one["raw"]} for code, one in own.items()
            ],
        }
    return PublishedRow(
        slug=entry.lower(), entry_id=None, title=entry, entrant_name=f"City of {entry}", country="QA",
        country_label="", region="Asia", category=category, category_code=category, prize="", prize_position=None,
        rank=rank, figures=figures,
    )  # fmt: skip
