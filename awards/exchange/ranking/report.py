"""The whole answer: everything that is printed, drawn or written as JSON comes from here."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from awards.exchange.ranking import warnings as warned_of
from awards.exchange.ranking.asking import Answer, Decision, ask
from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import By, Fitted
from awards.exchange.ranking.judges import Seen, look_at, look_at_total
from awards.exchange.ranking.others import CannotFit
from awards.exchange.ranking.standing import Standing, draws_for, pools, stand
from awards.exchange.ranking.totals import fit_all, weighted
from awards.exchange.ranking.warnings import Warned
from judging.uncertainty import DRAWS


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line. `draws`: None lets the size decide."""

    method: By = By.CALIBRATED
    weights: Mapping[str, int] | None = None
    by_category: bool = False
    seed: int = 1
    draws: int | None = None
    tiers: tuple[int, ...] = (1,)
    sensitivity: str = "auto"


@dataclass(frozen=True)
class Result:
    """One criterion, or the weighted result of all of them."""

    fitted: Fitted
    standing: Standing
    seen: Seen
    decision: Decision
    answers: tuple[Answer, ...]
    warned: tuple[Warned, ...]


@dataclass(frozen=True)
class Report:
    """`criteria` is empty where there is one only. `limits`: what size did not allow, in sentences."""

    ballot: Ballot
    wish: Wish
    weights: tuple[int, ...]
    total: Result
    criteria: tuple[tuple[str, Result], ...]
    limits: tuple[str, ...]

    @property
    def connected(self) -> bool:
        return not self.total.decision.split


def make_report(ballot: Ballot, wish: Wish, progress: Callable[[str], None] = lambda _text: None) -> Report:
    """Raises `CannotFit` where the method is not for the scores."""
    names = [one.name for one in ballot.criteria]
    weights = tuple((wish.weights or {}).get(name, 1) for name in names)
    if not any(weights):
        raise CannotFit("No criterion has a weight above 0.")
    progress(f"{ballot.scores:,} scores are calibrated")
    fitted = fit_all(ballot, wish.method)
    several = len(fitted) > 1
    own = [
        _result(ballot, wish, (one,), (1,), one, look_at(ballot, number, one), number, progress)
        for number, one in enumerate(fitted)
    ]
    if not several:
        total = own[0]
    else:
        whole = weighted(ballot, fitted, weights)
        total = _result(ballot, wish, fitted, weights, whole, look_at_total(ballot, weights), None, progress)
        gathered = warned_of.of_criteria(names, [one.warned for one in own])
        total = _with(total, (*gathered, *total.warned))
    answers = ask(total.decision, wish.sensitivity, progress)
    total = Result(
        total.fitted,
        total.standing,
        total.seen,
        total.decision,
        answers,
        warned_of.in_order((*total.warned, *warned_of.of_file(ballot))),
    )
    return Report(
        ballot,
        wish,
        weights,
        total,
        tuple(zip(names, own, strict=True)) if several else (),
        tuple(_limits(ballot, wish, total)),
    )


def _result(
    ballot: Ballot,
    wish: Wish,
    criteria: tuple[Fitted, ...],
    weights: tuple[int, ...],
    fitted: Fitted,
    seen: Seen,
    number: int | None,
    progress: Callable[[str], None],
) -> Result:
    groups = pools(ballot, fitted, wish.by_category)
    draws = draws_for(ballot, fitted, wish.draws)
    standing = stand(ballot, fitted, groups, wish.tiers, draws=draws, seed=wish.seed, progress=progress)
    decision = Decision(ballot, wish.method, criteria, weights, wish.by_category, wish.tiers, fitted, groups)
    warned = warned_of.of_notices(ballot, (*fitted.notices, *seen.notices))
    if wish.by_category and not decision.split:
        warned = warned_of.within_categories(warned)
    if number is None:
        missing = [entry for entry, part in enumerate(fitted.part.tolist()) if part < 0]
        warned = warned_of.incomplete(ballot, missing)
    return Result(fitted, standing, seen, decision, (), warned_of.in_order(warned))


def _with(result: Result, warned: tuple[Warned, ...]) -> Result:
    return Result(result.fitted, result.standing, result.seen, result.decision, result.answers, warned)


def _limits(ballot: Ballot, wish: Wish, total: Result) -> list[str]:
    found = []
    if wish.draws is None and 0 < total.standing.draws < DRAWS:
        found.append(
            f"The round is large: intervals and chances rest on {total.standing.draws} draws instead of {DRAWS:,}; "
            "--draws N takes more."
        )
    if not total.fitted.exact and wish.method in (By.CALIBRATED, By.LEAST_SQUARES):
        found.append(
            "The round is large: the numbers that decide are floats rounded to a millionth, not proved to the last "
            "digit, and infit, outfit and intraclass correlations are left out."
        )
    found += [answer.sentence for answer in total.answers if answer.kind == "limit"]
    return found


# --- as one object -------------------------------------------------------------------------------------


def as_object(report: Report) -> dict[str, Any]:
    """The object that `--json` prints. Numbers are at full precision, None where refused, never NaN."""
    whole = _object(report, report.total, report.ballot.scores)
    if report.criteria:
        whole["criteria"] = {
            name: _object(report, result, len(report.ballot.criteria[number]))
            for number, (name, result) in enumerate(report.criteria)
        }
    return whole


def _object(report: Report, result: Result, scores: int) -> dict[str, Any]:
    ballot, fitted, standing = report.ballot, result.fitted, result.standing
    part, judge_part = fitted.part.tolist(), fitted.judge_part.tolist()
    parts: list[dict[str, list[str]]] = [
        {"entries": [], "judges": []} for _ in range(max([*part, *judge_part], default=-1) + 1)
    ]
    for kind, names, where in (("entries", ballot.entries, part), ("judges", ballot.judges, judge_part)):
        for name, number in zip(names, where, strict=True):
            if number >= 0:
                parts[number][kind].append(name)
    entries = []
    columns = (fitted.counts, fitted.raw, fitted.estimate, fitted.se)
    for i, (n, raw, estimate, se) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        sure = standing.sure[i]
        entries.append(
            {
                "entry": ballot.entries[i],
                "category": ballot.categories[i] or None,
                "component": part[i] if part[i] >= 0 else None,
                "n": n,
                "raw_mean": _number(raw),
                "estimate": _number(estimate),
                "standard_error": _number(se),
                "rank": standing.ranks[i],
                "rank_low": sure.rank_low if sure else None,
                "rank_high": sure.rank_high if sure else None,
                "chance_first": sure.first if sure else None,
                "chance_prizes": list(sure.prizes) if sure else [None] * len(report.wish.tiers),
                "expected_rank": sure.expected if sure else None,
            }
        )
    return {
        "method": report.wish.method.value,
        "seed": report.wish.seed,
        "n_scores": scores,
        "n_entries": len(ballot.entries),
        "n_judges": len(ballot.judges),
        "components": parts,
        "variance": {name: _number(value) for name, value in asdict(fitted.variance).items()},
        "log_likelihood": _number(fitted.log_likelihood),
        "entries": entries,
        "judges": [
            {
                "judge": ballot.judges[row.judge],
                "n": int(fitted.judge_counts[row.judge]),
                "severity": _number(float(fitted.severity[row.judge])),
                "standard_error": _number(float(fitted.severity_se[row.judge])),
                "spread": _number(row.spread),
                "infit": _number(row.infit),
                "outfit": _number(row.outfit),
            }
            for row in result.seen.rows
        ],
        "agreement": _plain(result.seen.agreement),
        "sensitivity": [_plain(asdict(answer)) for answer in result.answers],
        "warnings": [_plain(asdict(warned)) for warned in result.warned],
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(value: Any) -> Any:
    """Mappings and sequences as JSON has them, without NaN."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return _number(value) if isinstance(value, float) else value


def in_place_order(report: Report, result: Result) -> list[int]:
    """Entries best first: by category if asked, by component, by rank; those without a place last."""
    part, last = result.fitted.part.tolist(), 1 << 60
    ballot = report.ballot

    def key(entry: int) -> tuple[str, int, int, str]:
        rank = result.standing.ranks[entry]
        category = ballot.categories[entry] if report.wish.by_category else ""
        return category, last if rank is None else part[entry], rank or last, ballot.entries[entry]

    return sorted(range(len(ballot.entries)), key=key)
