"""The answer in sentences."""

from collections.abc import Iterator

from awards.exchange.ranking.fitted import By
from awards.exchange.ranking.report import Report
from awards.exchange.ranking.standing import Pool
from awards.exchange.ranking.widths import clean
from judging.methods import WARNINGS, Plain
from judging.opinions import OPINION_WARNINGS, Opinion

METHODS = {
    By.CALIBRATED: (
        "Calibrated: an entry’s score is the mean of what it was given, corrected by how strict its judges were, as "
        "far as the scores tell."
    ),
    By.LEAST_SQUARES: "Least squares: judges’ strictness is taken out whole, however little there is to go by.",
    By.MIXED: "Mixed model: entries and judges are both random. " + OPINION_WARNINGS[Opinion.MIXED],
    By.RELIABILITY: "Judges weighted by their own noise. " + OPINION_WARNINGS[Opinion.RELIABILITY],
    By.GAIN_OFFSET: "A spread and an offset for each judge. " + OPINION_WARNINGS[Opinion.GAIN_OFFSET],
    By.ORDINAL: "A cumulative link model for few points. " + OPINION_WARNINGS[Opinion.ORDINAL],
    By.MEAN: "Plain mean. " + WARNINGS[Plain.MEAN],
    By.MEDIAN: "Median. " + WARNINGS[Plain.MEDIAN],
    By.TRIMMED: "Mean without the highest and the lowest. " + WARNINGS[Plain.TRIMMED],
    By.Z_SCORE: "Standardised by judge. " + WARNINGS[Plain.Z_SCORE],
    By.MIN_MAX: "Stretched by judge from the lowest to the highest. " + WARNINGS[Plain.MIN_MAX],
}


def method_words(method: By) -> str:
    return METHODS[method]


def how_sure(report: Report) -> Iterator[str]:
    """For each ranking, how sure its first place is."""
    for pool in report.total.decision.pools:
        for number in range(len(pool.parts)):
            where = f"{pool.category}: " if pool.category else ""
            if len(pool.parts) > 1:
                where += f"Part {number + 1} of {len(pool.parts)}: "
            yield where + how_sure_of(report, pool, number)


def how_sure_of(report: Report, pool: Pool, number: int) -> str:
    """The same for one part of a pool."""
    standing, members = report.total.standing, pool.parts[number]
    names = [clean(name) for name in report.ballot.entries] if len(members) < 1000 else report.ballot.entries
    first = [member for member in members if standing.ranks[member] == 1]
    if len(members) == 1:
        return f"{names[members[0]]} stands alone, there is nothing to compare it with."
    if len(first) > 1:
        shared = ", ".join(names[member] for member in first[:5])
        shared += f" and {len(first) - 5} more" if len(first) > 5 else ""
        return f"{len(first)} entries share the first place: {shared}."
    one, sure = first[0], standing.sure[first[0]]
    if sure is None:
        return f"{names[one]} is first. How sure that is cannot be said from these scores."
    share = _share(sure.first)
    others = sorted(
        (
            (look.first, member)
            for member in members
            if member != one and (look := standing.sure[member]) is not None
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    text = f"{names[one]} is first, and truly the best in {share} of 100 recalculations"
    if sure.rank_low == sure.rank_high:
        text += f"; in 90 of 100 its place is {sure.rank_low}."
    else:
        text += f"; in 90 of 100 its place is between {sure.rank_low} and {sure.rank_high}."
    if others and others[0][0] >= 0.005:
        text += f" Next is {names[others[0][1]]} with {_share(others[0][0])} of 100."
    return text


def _share(chance: float) -> str:
    if 0.995 <= chance < 1:
        return "more than 99"
    if 0 < chance < 0.005:
        return "fewer than 1"
    return str(round(100 * chance))
