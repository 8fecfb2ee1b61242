"""The method, the settings and the agreement of the judges, in words for the report."""

import math
from collections.abc import Mapping
from fractions import Fraction

from awards.exchange.ranking.asking import points
from awards.exchange.ranking.fitted import By, Fitted
from awards.exchange.ranking.judges import in_words
from awards.exchange.ranking.report import Report
from awards.exchange.ranking.widths import clean
from awards.web.i18n import _

SHOWN = 10


def agreement_words(agreement: Mapping[str, object]) -> str:
    word = in_words(agreement.get("icc_3_k"))
    if not word:
        return _("From these scores it cannot be said how far the judges agree.")
    words = {
        "poor": _("poor: another panel could well give another order"),
        "moderate": _("moderate: another panel would keep the broad order"),
        "good": _("good: another panel would give much the same order"),
        "excellent": _("excellent: another panel would give nearly the same order"),
    }
    return _("The reliability of an entry’s calibrated mean is %(words)s.", words=words[word])


def agreement_facts(agreement: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    alpha = agreement.get("alpha")
    levels = alpha if isinstance(alpha, Mapping) else {}
    known = (
        (_("One judge for any other, ICC(2,1)"), agreement.get("icc_2_1")),
        (_("The same without severity, ICC(3,1)"), agreement.get("icc_3_1")),
        (_("Mean of an entry’s scores, ICC(3,k)"), agreement.get("icc_3_k")),
        (_("Scores an entry, k"), agreement.get("k")),
        (_("Krippendorff’s alpha, interval"), levels.get("interval")),
        (_("Krippendorff’s alpha, ordinal"), levels.get("ordinal")),
        (_("Halo across criteria"), agreement.get("halo")),
    )
    facts = [
        (name, f"{value:.2f}") for name, value in known if isinstance(value, float) and math.isfinite(value)
    ]
    lift = agreement.get("own_country")
    if isinstance(lift, Mapping) and isinstance(lift["value"], float) and math.isfinite(lift["value"]):
        facts.append(
            (
                _("Given to the own country beyond what others give"),
                f"{lift['value']:+.2f} ({lift['low']:+.2f} to {lift['high']:+.2f})",
            )
        )
    return tuple(facts)


def unusual(report: Report) -> tuple[str, ...]:
    found = report.total.seen.agreement.get("unusual_sheets")
    sheets = found if isinstance(found, list) else []
    said = []
    for sheet in sheets[:SHOWN]:
        how = _("more") if sheet["residual"] > 0 else _("less")
        said.append(
            _(
                "%(judge)s gives %(entry)s %(points)s %(how)s than the entry and the judge let expect.",
                judge=clean(sheet["judge"]),
                entry=clean(sheet["entry"]),
                points=points(abs(sheet["residual"])),
                how=how,
            )
        )
    return tuple(said)


def explained(report: Report) -> tuple[str, ...]:
    method = report.wish.method
    texts = []
    if method is By.CALIBRATED:
        texts.append(
            _(
                "Because judges read entries in common, the scores show who is strict. The calibrated score is the "
                "plain mean of an entry’s scores, plus what its judges were too strict, less what they were too mild. "
                "Each judge’s correction is held back where there is little to go by. Where severity does not differ, "
                "nothing is corrected."
            )
        )
        texts.append(
            _(
                "For statisticians: entries fixed, judges random, the ratio of the variances by restricted maximum "
                "likelihood (Yates 1940; Patterson and Thompson 1971), each connected part by itself."
            )
        )
    elif method is By.LEAST_SQUARES:
        texts.append(
            _(
                "Entries and judges are both fixed (Fisher; MacKay, Kenna, Low and Parker 2017): a judge’s severity is "
                "taken out whole, however few scores tell of it."
            )
        )
    if report.criteria:
        texts.append(
            _(
                "Each criterion is calibrated by itself over the whole file; then they are weighted by whole numbers. "
                "An entry that lacks a criterion has no total: nothing is made up."
            )
        )
    if report.total.fitted.exact:
        texts.append(
            _(
                "Places and ties are decided by exact numbers, rounded half to even to a millionth. Intervals and chances "
                "come from recalculations with the errors that the scores leave; they inform and decide nothing."
            )
        )
    else:
        texts.append(
            _(
                "Places and ties are decided by the estimates rounded to a millionth. Intervals and chances inform and "
                "decide nothing."
            )
        )
    if any(one.confidence is not None for one in report.ballot.criteria):
        texts.append(
            _(
                "Declared confidence weighs scores: capped at 4 to 1 and normalised within each judge, so that nobody "
                "gains by being sure everywhere."
            )
        )
    return tuple(texts)


def settings(report: Report) -> tuple[tuple[str, str], ...]:
    wish, ballot = report.wish, report.ballot
    rows = [
        (_("Method"), wish.method.value),
        (_("Seed and draws"), f"{wish.seed}, {report.total.standing.draws:,}"),
        (_("Prizes, places a tier"), ", ".join(map(str, wish.tiers))),
    ]
    if ballot.limits is not None:
        rows.append((_("Scale"), str(ballot.limits)))
    fits = [(clean(name), result.fitted) for name, result in report.criteria] or [("", report.total.fitted)]
    for name, fitted in fits:
        text = _ratios(fitted)
        if text:
            rows.append((_("Ratio of residual to judge variance") + (f", {name}" if name else ""), text))
    return tuple(rows)


def _ratios(fitted: Fitted) -> str:
    """As published: a fraction of six digits for each part."""
    shown = []
    for ratio in fitted.ratios[:SHOWN]:
        if isinstance(ratio, Fraction):
            shown.append(f"{ratio.numerator}/{ratio.denominator}")
        elif ratio is not None and math.isfinite(ratio):
            shown.append(f"{ratio:.6g}")
        else:
            shown.append("–")
    if not any(text != "–" for text in shown):
        return ""
    return ", ".join(shown) + (" …" if len(fitted.ratios) > SHOWN else "")
