"""Inputs and verdicts as plain data, and inputs read back from it. The format is this project's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from judging.agreement import Agreement
from judging.canonical import decimal_string
from judging.reader import Reader
from judging.rounds import (
    RANKED,
    Carried,
    Criterion,
    Depth,
    Entry,
    Judge,
    Method,
    Prize,
    RoundInputs,
    Rule,
    Sheet,
    TieBreak,
    Variant,
)
from judging.scales import Scale
from judging.sensitivity import Alternative
from judging.verdict import FittedPart, PrizeResult, Verdict

INPUTS_FORMAT = "judging-inputs-1"
VERDICT_FORMAT = "judging-verdict-1"

Document = dict[str, Any]
Choice = TypeVar("Choice", Rule, Depth)


def inputs_document(inputs: RoundInputs) -> Document:
    """
    Inputs of a round as plain data, everything sorted by id: what was given in another order is the same document.

    Parameters
    ----------
    inputs : RoundInputs

    Returns
    -------
    Document
        Mappings, lists, texts and integers: marks in steps of their scale.
    """
    return {
        "format": INPUTS_FORMAT,
        "kind": inputs.kind,
        "criteria": [
            {
                "code": criterion.code,
                "scale": {
                    "origin_milli": criterion.scale.origin_milli,
                    "step_milli": criterion.scale.step_milli,
                    "top": criterion.scale.top,
                },
                "weights": dict(criterion.weights),
            }
            for criterion in sorted(inputs.criteria, key=lambda criterion: criterion.code)
        ],
        "entries": [
            {"id": entry.id, "category": entry.category, "country": entry.country}
            for entry in sorted(inputs.entries, key=lambda entry: entry.id)
        ],
        "judges": [
            {"id": judge.id, "countries": sorted(judge.countries)}
            for judge in sorted(inputs.judges, key=lambda judge: judge.id)
        ],
        "sheets": [
            {
                "entry": sheet.entry,
                "judge": sheet.judge,
                "marks": dict(sheet.marks),
                "confidence": sheet.confidence,
            }
            for sheet in sorted(inputs.sheets, key=lambda sheet: (sheet.entry, sheet.judge))
        ],
        "prizes": [_prize(prize) for prize in sorted(inputs.prizes, key=lambda prize: prize.code)],
        "method": _method(inputs.method),
        "tie_breaks": [{"rule": rule.rule, "value": rule.value} for rule in inputs.tie_breaks],
        "variants": [
            {"code": variant.code, "sheets": sorted([entry, judge] for entry, judge in variant.sheets)}
            for variant in sorted(inputs.variants, key=lambda variant: variant.code)
        ],
        "seed": inputs.seed,
        "draws": inputs.draws,
        "depth": inputs.depth.value,
        # Left out where everybody starts afresh, so that the hashes of such inputs stay as they were.
        **(
            {
                "carried": [
                    {"entry": one.entry, "weight": one.weight, "total": one.total, "error": one.error}
                    for one in sorted(inputs.carried, key=lambda carried: carried.entry)
                ]
            }
            if inputs.carried
            else {}
        ),
    }


def inputs_from_document(document: Mapping[str, Any]) -> RoundInputs:
    """
    Inputs of a round from plain data.

    Parameters
    ----------
    document : mapping
        What `inputs_document` writes.

    Returns
    -------
    RoundInputs

    Raises
    ------
    ValueError
        Another format, a missing or unknown key, a value of the wrong kind, or inputs that do not fit
        together; the message names the place.
    """
    top = Reader(document, "inputs")
    if top.text("format") != INPUTS_FORMAT:
        raise ValueError(f"the format must be {INPUTS_FORMAT}")
    method = top.item("method")
    inputs = RoundInputs(
        kind=top.text("kind"),
        criteria=tuple(top.items("criteria", _read_criterion)),
        entries=tuple(
            top.items("entries", lambda r: Entry(r.text("id"), r.text("category"), r.text("country")))
        ),
        judges=tuple(top.items("judges", lambda r: Judge(r.text("id"), tuple(r.texts("countries"))))),
        sheets=tuple(top.items("sheets", _read_sheet)),
        prizes=tuple(top.items("prizes", _read_prize)),
        method=Method(
            rule=_choice(Rule, method.text("rule"), "method"),
            decimals=method.whole_or_none("decimals"),
            confidence=method.truth("confidence"),
        ),
        tie_breaks=tuple(top.items("tie_breaks", lambda r: TieBreak(r.text("rule"), r.text("value")))),
        variants=tuple(top.items("variants", _read_variant)),
        seed=top.whole("seed"),
        draws=top.whole("draws"),
        depth=_choice(Depth, top.text("depth"), "depth"),
        carried=tuple(top.items("carried", _read_carried)) if top.has("carried") else (),
    )
    method.done()
    top.done()
    return inputs


def verdict_document(verdict: Verdict) -> Document:
    """
    A verdict as plain data.

    Parameters
    ----------
    verdict : Verdict

    Returns
    -------
    Document
        Official numbers and chances as integers in millionths, other numbers as decimal texts, None where refused.
    """
    return {
        "format": VERDICT_FORMAT,
        "method": _method(verdict.method),
        "seed": verdict.seed,
        "draws": verdict.draws,
        "standings": [
            {
                "scope": s.scope,
                "entry": s.entry,
                "category": s.category,
                "part": s.part,
                "sheets": s.sheets,
                "raw": s.raw,
                "estimate": s.estimate,
                "error": s.error,
                "rank": s.rank,
                "rank_low": s.rank_low,
                "rank_high": s.rank_high,
                "quantiles": list(s.quantiles),
                "chances": list(s.chances),
                "prize_chances": dict(s.prize_chances),
                "expected_rank": s.expected_rank,
                **({"other_chances": dict(s.other_chances)} if s.other_chances else {}),
            }
            for s in verdict.standings
        ],
        "judges": [
            {
                "scope": j.scope,
                "judge": j.judge,
                "sheets": j.sheets,
                "severity": j.severity,
                "error": j.error,
                "spread": j.spread,
                "fit": j.fit,
                "agreement": j.agreement,
            }
            for j in verdict.judges
        ],
        "parts": [_part(part) for part in verdict.parts],
        "prizes": [_given(p) for p in verdict.prizes],
        # Left out where all prizes are ranked in their category, so that the hashes of such verdicts stay as they were.
        **({"other_prizes": [_given(p) for p in verdict.other_prizes]} if verdict.other_prizes else {}),
        "steps": [
            {"ahead": s.ahead, "behind": s.behind, "chance": s.chance, "separable": s.separable}
            for s in verdict.steps
        ],
        "agreement": {code: _agreement(agreement) for code, agreement in verdict.agreement},
        "own_country": [{"entry": entry, "judge": judge} for entry, judge in verdict.own_country],
        "remarks": [
            {
                "code": r.code,
                "scopes": list(r.scopes),
                "category": r.category,
                "sentence": r.sentence,
                "remedy": r.remedy,
                "judges": list(r.judges),
                "entries": list(r.entries),
            }
            for r in verdict.remarks
        ],
        "alternatives": [_alternative(alternative) for alternative in verdict.alternatives],
    }


def _prize(prize: Prize) -> Document:
    document: Document = {
        "code": prize.code,
        "category": prize.category,
        "position": prize.position,
        "places": prize.places,
    }
    if prize.kind == RANKED:
        return document
    return {**document, "kind": prize.kind, "among": sorted(prize.among), "past": sorted(prize.past)}


def _given(p: PrizeResult) -> Document:
    return {
        "prize": p.prize,
        "category": p.category,
        "places": p.places,
        "entries": None if p.entries is None else list(p.entries),
        "by_part": [list(part) for part in p.by_part],
        "shared": p.shared,
    }


def _method(method: Method) -> Document:
    return {"rule": method.rule.value, "decimals": method.decimals, "confidence": method.confidence}


def _part(part: FittedPart) -> Document:
    fitted = part.fitted
    ratio = None if fitted.ratio is None else f"{fitted.ratio.numerator}/{fitted.ratio.denominator}"
    return {
        "scope": part.scope,
        "part": part.part,
        "entries": list(part.entries),
        "judges": list(part.judges),
        "scores": fitted.scores,
        "fit": fitted.fit.value,
        "dof": fitted.dof,
        "ratio": ratio,
        "residual_variance": decimal_string(fitted.residual_variance),
        "judge_variance": decimal_string(fitted.judge_variance),
        "log_likelihood": decimal_string(fitted.log_likelihood),
    }


def _agreement(agreement: Agreement) -> Document:
    return {
        name: decimal_string(getattr(agreement, name))
        for name in (
            "entry_variance",
            "judge_variance",
            "residual_variance",
            "single_absolute",
            "single_consistent",
            "mean_consistent",
        )
    }


def _alternative(alternative: Alternative) -> Document:
    return {
        "kind": alternative.kind,
        "what": alternative.what,
        "results": [
            {"entry": e, "estimate": estimate, "rank": rank} for e, estimate, rank in alternative.results
        ],
        "moves": [
            {"prize": move.prize, "gains": list(move.gains), "loses": list(move.loses)}
            for move in alternative.moves
        ],
        "unranked": list(alternative.unranked),
    }


def _read_criterion(reader: Reader) -> Criterion:
    scale = reader.item("scale")
    result = Criterion(
        reader.text("code"),
        Scale(scale.whole("origin_milli"), scale.whole("step_milli"), scale.whole("top")),
        reader.numbers("weights"),
    )
    scale.done()
    return result


def _read_sheet(reader: Reader) -> Sheet:
    return Sheet(
        reader.text("entry"), reader.text("judge"), reader.numbers("marks"), reader.whole("confidence")
    )


def _read_prize(reader: Reader) -> Prize:
    prize = Prize(
        reader.text("code"), reader.text_or_none("category"), reader.whole("position"), reader.whole("places")
    )
    if not reader.has("kind"):
        return prize
    among, past = reader.texts("among"), reader.texts("past")
    return replace(prize, kind=reader.text("kind"), among=tuple(among), past=tuple(past))


def _read_carried(reader: Reader) -> Carried:
    return Carried(
        reader.text("entry"), reader.whole("weight"), reader.whole("total"), reader.whole_or_none("error")
    )


def _read_variant(reader: Reader) -> Variant:
    code, pairs = reader.text("code"), reader.take("sheets")
    if not isinstance(pairs, list):
        raise reader.wrong("sheets", "a list of pairs")
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair)):
            raise reader.wrong("sheets", "a list of pairs")
    return Variant(code, tuple((entry, judge) for entry, judge in pairs))


def _choice(kind: type[Choice], value: str, what: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"unknown {what} {value!r}") from None
