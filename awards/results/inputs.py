"""From the rows of a round to the canonical inputs of its verdict. Pure."""

from collections import defaultdict
from collections.abc import Collection

import judging
from awards.editions.stored import ring_of
from awards.errors import Invalid
from awards.results.awarding import RANKED, Candidate, PrizeRule, fits, passes_over
from awards.results.facts import RoundFacts
from awards.results.rules import read_method
from judging import Criterion, Entry, Judge, Prize, RoundInputs, Scale, Sheet, Variant, canonical_bytes

OWN_COUNTRY = "own country"
_CONFIDENCE = {"": 1, "low": 1, "middle": 2, "high": 4}


def round_inputs(facts: RoundFacts) -> RoundInputs:
    """
    What the verdict is computed from: entries by reference, judges by the label of their seat.

    Invalid, with the reason, where the rows do not fit together.
    """
    frozen = read_method(facts.round.method)
    try:
        inputs = _assemble(facts)
        own = inputs.own_country_sheets()
        return RoundInputs(
            criteria=inputs.criteria,
            entries=inputs.entries,
            judges=inputs.judges,
            sheets=inputs.sheets,
            prizes=inputs.prizes,
            method=frozen.method,
            tie_breaks=frozen.tie_breaks,
            variants=(Variant(OWN_COUNTRY, own),) if own else (),
            seed=frozen.seed,
            draws=frozen.draws,
            carried=facts.carried,
        )
    except ValueError as problem:
        raise Invalid({"": str(problem)}) from problem


def inputs_text(inputs: RoundInputs) -> str:
    return canonical_bytes(judging.inputs_document(inputs)).decode()


def _assemble(facts: RoundFacts) -> RoundInputs:
    weights: dict[str, list[tuple[str, int]]] = defaultdict(list)
    scales: dict[str, Scale] = {}
    for row in facts.weights:
        weights[row["criterion"]].append((row["category"], row["weight"]))
        scales[row["criterion"]] = Scale(row["origin_milli"], row["step_milli"], row["top"])
    judged = {(code, category) for code, pairs in weights.items() for category, _weight in pairs}
    category_of = {row["reference"]: row["category"] for row in facts.entries}
    countries: dict[str, set[str]] = {row["label"]: set() for row in facts.seats}
    for row in facts.seats:
        if row["country"]:
            countries[row["label"]].add(row["country"])
    marks: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in facts.marks:
        marks[row["scoresheet"]].append((row["criterion"], row["value"]))
    present = set(category_of.values())
    return RoundInputs(
        criteria=tuple(Criterion(code, scale, tuple(weights[code])) for code, scale in scales.items()),
        entries=tuple(Entry(row["reference"], row["category"], row["country"]) for row in facts.entries),
        judges=tuple(Judge(label, tuple(sorted(of))) for label, of in sorted(countries.items())),
        sheets=tuple(
            Sheet(
                row["reference"],
                row["label"],
                tuple(
                    sorted(
                        (code, value)
                        for code, value in marks[row["id"]]
                        if (code, category_of[row["reference"]]) in judged
                    )
                ),
                confidence_of(row["confidence"]),
            )
            for row in facts.sheets
        ),
        prizes=_prizes(facts, present),
    )


def _prizes(facts: RoundFacts, present: Collection[str]) -> tuple[Prize, ...]:
    """Those that rules give here, each with the entries that it is for; what people alone give is not among them."""
    rules = [
        PrizeRule(
            row["code"],
            row["category"] or "",
            row["position"],
            row["places"],
            row["kind"],
            ring_of(row["ring"]),
        )
        for row in facts.prizes
        if row["category"] is None or row["category"] in present
    ]
    entered = [
        Candidate(row["reference"], row["category"], None, row["region"], row["country"], row["kind"])
        for row in facts.entries
    ]
    given = {rule.code for rule in rules}
    return tuple(
        Prize(
            rule.code,
            rule.category or None,
            rule.position,
            rule.places,
            rule.kind,
            tuple(one.reference for one in entered if rule.kind != RANKED and fits(rule, one)),
            tuple(sorted(passes_over(rule, rules) & given)),
        )
        for rule in rules
    )


def confidence_of(word: str) -> int:
    """What a sheet weighs by the confidence that its judge declared."""
    return int(word) if word.isdigit() else _CONFIDENCE[word]
