"""The ranking as a CSV that a spreadsheet opens as it is meant."""

import csv
import io

from awards.exchange.ranking.printed import as_object
from awards.exchange.ranking.report import Report, in_place_order

COLUMNS = (
    "rank", "entry", "category", "component", "n", "raw_mean", "estimate", "standard_error", "rank_low", "rank_high",
    "chance_first", "expected_rank",
)  # fmt: skip
# A cell that begins like this is a formula to Excel and its kin.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """Best first, at full precision; what is refused is empty. Names that look like formulas get an apostrophe."""
    rows = as_object(report)["entries"]
    tiers = [f"chance_prize_{number}" for number in range(1, len(report.wish.tiers) + 1)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *tiers])
    for entry in in_place_order(report, report.total):
        row = rows[entry]
        cells = [row[column] for column in COLUMNS]
        writer.writerow([_safe(cell) for cell in (*cells, *row["chance_prizes"])])
    return text.getvalue()


def _safe(cell: object) -> object:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
