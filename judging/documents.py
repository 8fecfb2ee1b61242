"""Inputs and verdicts as plain data, and inputs read back from it. The format is this project's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from judging.agreement import Agreement
from judging.canonical import decimal_string
from judging.rounds import (
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
from judging.verdict import FittedPart, Verdict

INPUTS_FORMAT = "judging-inputs-1"
VERDICT_FORMAT = "judging-verdict-1"

Document = dict[str, Any]
T = TypeVar("T")
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
        "prizes": [
            {
                "code": prize.code,
                "category": prize.category,
                "position": prize.position,
                "places": prize.places,
            }
            for prize in sorted(inputs.prizes, key=lambda prize: prize.code)
        ],
        "method": _method(inputs.method),
        "tie_breaks": [{"rule": rule.rule, "value": rule.value} for rule in inputs.tie_breaks],
        "variants": [
            {"code": variant.code, "sheets": sorted([entry, judge] for entry, judge in variant.sheets)}
            for variant in sorted(inputs.variants, key=lambda variant: variant.code)
        ],
        "seed": inputs.seed,
        "draws": inputs.draws,
        "depth": inputs.depth.value,
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
    top = _Reader(document, "inputs")
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
        "prizes": [
            {
                "prize": p.prize,
                "category": p.category,
                "places": p.places,
                "entries": None if p.entries is None else list(p.entries),
                "by_part": [list(part) for part in p.by_part],
                "shared": p.shared,
            }
            for p in verdict.prizes
        ],
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


class _Reader:
    """Takes keys out of a mapping and says where something is wrong."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{where} must be an object")
        self._data = dict(data)
        self._where = where

    def take(self, key: str) -> Any:
        if key not in self._data:
            raise ValueError(f"{self._where}: {key} is missing")
        return self._data.pop(key)

    def done(self) -> None:
        if self._data:
            raise ValueError(f"{self._where}: unknown key {sorted(map(str, self._data))[0]}")

    def wrong(self, key: str, kind: str) -> ValueError:
        return ValueError(f"{self._where}: {key} must be {kind}")

    def text(self, key: str) -> str:
        value = self.take(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def whole(self, key: str) -> int:
        value = self.take(key)
        if type(value) is not int:
            raise self.wrong(key, "an integer")
        return value

    def whole_or_none(self, key: str) -> int | None:
        return self.whole(key) if self._data.get(key, 0) is not None else self.take(key)

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if self._data.get(key, "") is not None else self.take(key)

    def truth(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.take(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of texts")
        return value

    def numbers(self, key: str) -> tuple[tuple[str, int], ...]:
        value = self.take(key)
        if not isinstance(value, Mapping) or not all(
            isinstance(name, str) and type(number) is int for name, number in value.items()
        ):
            raise self.wrong(key, "an object of integers")
        return tuple(sorted(value.items()))

    def item(self, key: str) -> _Reader:
        return _Reader(self.take(key), f"{self._where}.{key}")

    def items(self, key: str, read: Callable[[_Reader], T]) -> Iterable[T]:
        value = self.take(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        for number, data in enumerate(value):
            reader = _Reader(data, f"{self._where}.{key}[{number}]")
            yield read(reader)
            reader.done()


def _read_criterion(reader: _Reader) -> Criterion:
    scale = reader.item("scale")
    result = Criterion(
        reader.text("code"),
        Scale(scale.whole("origin_milli"), scale.whole("step_milli"), scale.whole("top")),
        reader.numbers("weights"),
    )
    scale.done()
    return result


def _read_sheet(reader: _Reader) -> Sheet:
    return Sheet(
        reader.text("entry"), reader.text("judge"), reader.numbers("marks"), reader.whole("confidence")
    )


def _read_prize(reader: _Reader) -> Prize:
    return Prize(
        reader.text("code"), reader.text_or_none("category"), reader.whole("position"), reader.whole("places")
    )


def _read_variant(reader: _Reader) -> Variant:
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
