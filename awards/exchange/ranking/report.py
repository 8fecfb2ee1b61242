"""The whole answer: everything that is printed, drawn or written as JSON comes from here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from awards.exchange.ranking import warnings as warned_of
from awards.exchange.ranking.asking import LIMIT, Answer, Decision, ask, limit
from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import CALIBRATING, By, Fitted
from awards.exchange.ranking.joined import JoinedErrors
from awards.exchange.ranking.judges import Seen, look_at, look_at_total
from awards.exchange.ranking.models import CannotFit
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
    """
    `criteria` is empty where there is one only. `limits`: what size did not allow, in sentences; the JSON has them
    under sensitivity.
    """

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
    fitted = fit_all(ballot, wish.method, progress)
    several = len(fitted) > 1
    own = []
    for number, one in enumerate(fitted):
        progress(f"the judges{f' in {names[number]}' if several else ''} are looked at")
        seen = look_at(ballot, number, one)
        own.append(_result(ballot, wish, (one,), (1,), one, seen, number, progress))
    if not several:
        total = own[0]
    else:
        progress("the criteria are weighted")
        whole = weighted(ballot, fitted, wish.method, weights)
        total = _result(ballot, wish, fitted, weights, whole, look_at_total(ballot, weights), None, progress)
        gathered = warned_of.of_criteria(names, [one.warned for one in own])
        total = _with(total, (*gathered, *total.warned))
    answers = (*_limits(ballot, wish, total), *ask(total.decision, wish.sensitivity, progress))
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
        tuple(answer.sentence for answer in answers if answer.kind == LIMIT),
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
    draws = draws_for(ballot, wish.draws)
    standing = stand(
        ballot,
        fitted,
        groups,
        wish.tiers,
        draws=draws,
        seed=wish.seed,
        shrunken=wish.method not in CALIBRATING,
        progress=progress,
    )
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


def _limits(ballot: Ballot, wish: Wish, total: Result) -> Iterator[Answer]:
    if wish.draws is None and 0 < total.standing.draws < DRAWS:
        yield limit(
            "draws",
            f"The round is large: intervals and chances rest on {total.standing.draws} draws instead of {DRAWS:,}; "
            "--draws N takes more.",
        )
    calibrations = [one.calibration for one in total.decision.criteria if one.calibration is not None]
    together = total.fitted.errors
    if isinstance(together, JoinedErrors) and not together.joint.exact:
        yield limit(
            "errors",
            "The round is large: how errors of the criteria hang together, and so the standard errors of their total, "
            "are right to a few in a hundred.",
        )
    if any(one.covariance.part is not None for one in calibrations):
        yield limit(
            "errors",
            "The round is large: standard errors are right to a few in a hundred, and how errors of different "
            "entries hang together to a tenth.",
        )
    if not total.seen.exact:
        yield limit("agreement", "The round is large: infit and outfit are right to a hundredth or so.")


def in_place_order(report: Report, result: Result) -> list[int]:
    """Entries best first: by category if asked, by component, by rank; those without a place last."""
    part, last = result.fitted.part.tolist(), 1 << 60
    ballot = report.ballot

    def key(entry: int) -> tuple[str, int, int, str]:
        rank = result.standing.ranks[entry]
        category = ballot.categories[entry] if report.wish.by_category else ""
        return category, last if rank is None else part[entry], rank or last, ballot.entries[entry]

    return sorted(range(len(ballot.entries)), key=key)
