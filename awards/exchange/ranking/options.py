"""What `awards rank` takes on the command line; what it cannot take is refused by the parser, exit status 2."""

import argparse
import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from awards.exchange.ranking.numbers import TOO_LARGE, Limits

METHODS = (
    "calibrated",
    "least-squares",
    "mixed",
    "reliability",
    "gain-offset",
    "ordinal",
    "mean",
    "median",
    "trimmed",
    "z-score",
    "min-max",
)
DEPTHS = ("auto", "full", "none")
MOST_DRAWS = 1_000_000
MOST_TIERS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit status: 0 ranked, with or without warnings; 2 bad input, every bad row named; 3 ranked, but entries that "
        "were to be ranked together are not connected, so ranks are within components."
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="SCORES",
        help="CSV, TSV or XLSX: entry, judge, score and perhaps criterion, confidence, category",
    )
    parser.add_argument(
        "--method", choices=METHODS, default="calibrated", help="calibrated, unless said otherwise"
    )
    parser.add_argument(
        "--weights",
        type=weights,
        action="append",
        default=[],
        metavar="CRITERION=N,…",
        help="whole numbers; a criterion that is not named counts 1",
    )
    parser.add_argument("--by-category", action="store_true", help="rank within categories")
    parser.add_argument(
        "--scale",
        type=scale,
        metavar="MIN,MAX,STEP",
        help="what scores there are, others are refused; --scale=-5,5,1 where MIN is negative",
    )
    parser.add_argument("--seed", type=whole("the seed", 0, 2**63 - 1), default=1, help="of the draws (1)")
    parser.add_argument(
        "--draws",
        type=whole("the number of draws", 0, MOST_DRAWS),
        help="4,000, or fewer where a round is very large; 0 leaves intervals and chances out",
    )
    parser.add_argument(
        "--prizes", type=prizes, default=(1,), metavar="N,N,…", help="places of each tier, best first (1)"
    )
    parser.add_argument(
        "--sensitivity",
        choices=DEPTHS,
        default="auto",
        help="would a prize move; auto leaves each judge out up to 200 judges",
    )
    parser.add_argument("--judges", type=Path, metavar="FILE", help="judges: name, country")
    parser.add_argument("--entries", type=Path, metavar="FILE", help="entries: name, country, category")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--html", type=Path, metavar="REPORT", help="write a page that needs nothing else")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the ranking as CSV")


def weights(text: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for part in next(csv.reader([text], strict=True), []):
        name, _equals, number = part.rpartition("=")
        if not name or not (number.isascii() and number.isdigit()) or len(number) > 9:
            raise argparse.ArgumentTypeError(f"{part!r}: write CRITERION=N with a whole number of 0 or more")
        if name in found:
            raise argparse.ArgumentTypeError(f"{name} is weighted twice")
        found[name] = int(number)
    return found


def scale(text: str) -> Limits:
    parts = text.split(",")
    try:
        low, high, step = (Decimal(part.strip()) for part in parts)
    except (InvalidOperation, ValueError):
        raise argparse.ArgumentTypeError(
            f"{text!r}: write MIN,MAX,STEP with decimal points, such as 0,10,0.25"
        ) from None
    if not all(number.is_finite() and abs(number) < TOO_LARGE for number in (low, high, step)):
        raise argparse.ArgumentTypeError(f"{text!r}: these are no numbers of a scale")
    if low >= high or step <= 0 or (Fraction(high) - Fraction(low)) % Fraction(step):
        raise argparse.ArgumentTypeError(
            f"{text!r}: from {low} one does not come to {high} in steps of {step}"
        )
    if any(Fraction(number) * 10**6 % 1 for number in (low, high, step)):
        raise argparse.ArgumentTypeError(f"{text!r}: six decimals are enough")
    return Limits(low, high, step)


def prizes(text: str) -> tuple[int, ...]:
    try:
        found = tuple(whole("a prize", 1, MOST_DRAWS)(part.strip()) for part in text.split(","))
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r}: write the places of each tier, such as 1,2") from None
    if len(found) > MOST_TIERS:
        raise argparse.ArgumentTypeError(f"{len(found)} tiers are more than {MOST_TIERS}")
    return found


class whole:  # noqa: N801 - it is called like a function, and argparse names it in its messages
    """A whole number between two others."""

    def __init__(self, what: str, low: int, high: int) -> None:
        self.what, self.low, self.high = what, low, high

    def __call__(self, text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) < 20 and self.low <= int(text) <= self.high:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"{text!r}: {self.what} is a whole number from {self.low} to {self.high}"
        )
