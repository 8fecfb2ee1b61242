"""What a run says of its own data, in the reader's language.

The science speaks plain English and knows no catalogue; its sentences are frozen with the run. So each is found
again by the remark's code and the shape of its sentence, and the numbers in it are put into the translated one.
A sentence that is not known here is shown as it is frozen.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest

from awards.web.i18n import Counted, Lazy, gettext, lazy, nlazy

Wording = Lazy | Counted

# By code; of a counted text the form for many is the one that the science writes.
SENTENCES: Mapping[str, tuple[Wording, ...]] = {
    "disconnected": (
        nlazy(
            "The sheets fall into %(num)d part that shares no judge and no entry, so scores of different parts "
            "cannot be compared: each part is calibrated and ranked by itself.",
            "The sheets fall into %(num)d parts that share no judge and no entry, so scores of different parts "
            "cannot be compared: each part is calibrated and ranked by itself.",
        ),
        nlazy(
            "The entries of this category fall into %(num)d part that shares no judge and no entry: each is "
            "ranked by itself, and no prize can be given over all of them by numbers.",
            "The entries of this category fall into %(num)d parts that share no judge and no entry: each is "
            "ranked by itself, and no prize can be given over all of them by numbers.",
        ),
    ),
    "weak-link": (
        nlazy(
            "%(num)d sheet holds two groups of judges together alone: how strict one group is against the other "
            "rests on a single mark.",
            "%(num)d sheets each hold two groups of judges together alone: how strict one group is against the "
            "other rests on a single mark.",
        ),
        lazy(
            "Two groups of judges share so few entries that the difference of their severities is known only to "
            "%(error)s, more than half of what the entries differ by."
        ),
    ),
    "no-scores": (
        nlazy(
            "%(num)d entry has no score and no place.",
            "%(num)d entries have no score and no place.",
        ),
    ),
    "few-scores": (
        nlazy("%(num)d entry rests on a single score.", "%(num)d entries rest on a single score."),
        nlazy(
            "%(num)d judge gave fewer than %(least)s scores: the severity is held close to nought, the closer the "
            "fewer scores.",
            "%(num)d judges gave fewer than %(least)s scores: their severity is held close to nought, the closer "
            "the fewer scores they gave.",
        ),
        nlazy(
            "%(num)d entry has fewer than three scores: its mean is not trimmed.",
            "%(num)d entries have fewer than three scores: their mean is not trimmed.",
        ),
    ),
    "all-equal": (lazy("All scores are equal: all are tied."),),
    "one-judge": (
        lazy(
            "One judge gave all the scores, so nothing can be said of severity or of errors: the order is that "
            "judge's."
        ),
    ),
    "no-degrees-of-freedom": (
        lazy(
            "There are too few scores to tell severity from chance: plain means stand, without errors or intervals."
        ),
    ),
    "exact-fit": (
        lazy(
            "The scores are explained without any rest, so there is no noise to measure: least squares, no "
            "intervals."
        ),
    ),
    "not-converged": (lazy("The equations did not settle: the estimates stand where the search ended."),),
    "no-judge-variance": (
        lazy("No severity differences were found: calibrated values are the plain means."),
    ),
    "few-judges": (
        nlazy(
            "With %(num)d judge it is hard to say how much judges differ: adjustments are uncertain.",
            "With %(num)d judges it is hard to say how much judges differ: adjustments are uncertain.",
        ),
    ),
    "constant-judge": (
        nlazy(
            "%(num)d judge gave every entry the same score, which says nothing about the entries.",
            "%(num)d judges gave every entry the same score, which says nothing about the entries.",
        ),
        nlazy(
            "%(num)d judge gave one score, or always the same: the method cannot use the sheets.",
            "%(num)d judges gave one score, or always the same: the method cannot use their sheets.",
        ),
    ),
    "severity-follows-quality": (
        lazy(
            "The judges who saw the better entries are the stricter ones (correlation %(correlation)s). If entries "
            "were given to judges by quality, least squares is the fairer comparison."
        ),
        lazy(
            "The judges who saw the better entries are the milder ones (correlation %(correlation)s). If entries "
            "were given to judges by quality, least squares is the fairer comparison."
        ),
    ),
    "reversed-scale": (
        lazy(
            "The order of a judge runs against that of the others: the scale may have been taken the other way "
            "round."
        ),
    ),
    "balanced": (
        lazy(
            "Every judge of this category marked every entry, so severity falls on all alike: calibration changes "
            "nothing in the order here."
        ),
    ),
    "unranked": (
        nlazy(
            "%(num)d entry lacks all marks in a criterion, so it has no total and no place.",
            "%(num)d entries lack all marks in a criterion, so they have no total and no place.",
        ),
    ),
    "method": (
        lazy("Takes all judges to be equally strict, or every entry to be seen by the same judges."),
        lazy("Takes all judges to be equally strict, and wastes much of what few scores say."),
        lazy(
            "Guards against one odd judge where all judges score all entries; does nothing for strictness where "
            "they do not."
        ),
        lazy(
            "Takes every judge to have seen entries of the same quality, and so punishes entries read beside "
            "strong ones."
        ),
        lazy(
            "Takes every judge to have seen an entry as good and one as bad as the others; two scores of a judge "
            "decide it."
        ),
    ),
}

REMEDIES = (
    lazy("Give an entry of each part to a judge of another one, or decide prizes within the parts."),
    lazy("Have more entries read by judges of both groups."),
    lazy("Have them read, or take them out of the round."),
    lazy("Have them read by a second judge."),
    lazy("Give them more entries, or read their sheets again."),
    lazy("Read the entries again."),
    lazy("Have some entries read by a second judge."),
    lazy("Have more entries read by two or more judges."),
    lazy("Add judges."),
    lazy("Ask them to look at their sheets again; compare the result without them."),
    lazy("Use another method."),
    lazy("Compare with the plain means."),
    lazy("Compare with least squares; the method fixed beforehand stays."),
    lazy("Ask the judge to look at the sheets again."),
    lazy("Have the missing criteria marked."),
)
_REMEDIES = frozenset(remedy.message for remedy in REMEDIES)
_COUNT, _NUMBER = r"\d+", r"-?[\d.]+(?:e[-+]?\d+)?"
_GAP = re.compile(r"%\((\w+)\)[ds]")


def sentence(code: str, frozen: str) -> str:
    for wording in SENTENCES.get(code, ()):
        found = _shape(wording.message if isinstance(wording, Lazy) else wording.many).fullmatch(frozen)
        if found is None:
            continue
        values = found.groupdict()
        if isinstance(wording, Lazy):
            return wording % values
        return wording.of(int(values.pop("num")), **values)
    return frozen


def remedy(frozen: str) -> str:
    return gettext(frozen) if frozen in _REMEDIES else frozen


@lru_cache(maxsize=64)
def _shape(text: str) -> re.Pattern[str]:
    """The sentence with a number, whole or decimal, in each of its gaps."""
    parts = _GAP.split(text)
    gaps = (rf"(?P<{name}>{_COUNT if name == 'num' else _NUMBER})" for name in parts[1::2])
    written = "".join(re.escape(part) + gap for part, gap in zip_longest(parts[::2], gaps, fillvalue=""))
    return re.compile(written)
