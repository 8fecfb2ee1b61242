"""What the rules of an edition announce of entries that are read once more, in words for everybody."""

from awards.editions.document import ONCE, EditionRules
from awards.web.i18n import _


def further_reads_said(rules: EditionRules) -> str:
    if rules.further_reads != ONCE:
        return _("When a round is closed, the sheets that are signed off decide: no entry is read once more.")
    return _(
        "When a round is closed, entries that a prize line cuts through may be read once more by further judges of the"
        " panel: once at most, before the results are decided. All other sheets stay as they are."
    )
