"""One criterion by one method."""

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.calibrating import calibrated, calibrated_large
from awards.exchange.ranking.fitted import CALIBRATING, PLAIN, By, Fitted, is_dense
from awards.exchange.ranking.others import CannotFit, by_model, by_plain

LIGHT_CELLS = 20_000
TABLE_CELLS = 20_000_000


def fit(ballot: Ballot, number: int, method: By, *, light: bool = False) -> Fitted:
    """
    One criterion by one method. `light` is for questions that need no errors. Raises `CannotFit`.
    """
    scores = ballot.criteria[number]
    cells = len(ballot.entries) * len(ballot.judges)
    if method in CALIBRATING:
        if is_dense(ballot) and not (light and cells > LIGHT_CELLS):
            return calibrated(ballot, scores, method)
        return calibrated_large(ballot, number, method)
    if method in PLAIN:
        return by_plain(ballot, scores, method)
    if cells > TABLE_CELLS:
        raise CannotFit(
            f"{len(ballot.entries):,} entries by {len(ballot.judges):,} judges are too many for the method "
            f"{method}: use calibrated or least-squares"
        )
    return by_model(ballot, number, method)
