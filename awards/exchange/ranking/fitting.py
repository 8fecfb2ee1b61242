"""One criterion by one method."""

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.calibrating import calibrated, decided_quickly
from awards.exchange.ranking.fitted import CALIBRATING, PLAIN, By, Fitted, Numbers
from awards.exchange.ranking.models import CannotFit, by_model
from awards.exchange.ranking.plain import by_plain

QUICK_CELLS = 20_000
TABLE_CELLS = 20_000_000


def fit(ballot: Ballot, number: int, method: By) -> Fitted:
    """Raises `CannotFit`."""
    scores = ballot.criteria[number]
    if method in CALIBRATING:
        return calibrated(ballot, scores, method)
    if method in PLAIN:
        return by_plain(ballot, scores, method)
    if len(ballot.entries) * len(ballot.judges) > TABLE_CELLS:
        raise CannotFit(
            f"{len(ballot.entries):,} entries by {len(ballot.judges):,} judges are too many for the method "
            f"{method}: use calibrated or least-squares"
        )
    return by_model(ballot, number, method)


def decide_one(ballot: Ballot, number: int, method: By) -> Numbers:
    """For questions that need no errors. Raises `CannotFit`."""
    if method in CALIBRATING and len(ballot.entries) * len(ballot.judges) > QUICK_CELLS:
        return decided_quickly(ballot, number, method)
    return fit(ballot, number, method)
