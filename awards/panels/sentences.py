"""What a conflict is called on pages: one sentence for each kind."""

from awards.web.i18n import _
from awards.web.words import country
from judging.conflicts import Code, Finding


def conflict_words(finding: Finding) -> str:
    values = dict(finding.parameters)
    if finding.code is Code.OWN_CITY:
        return _("belongs to this city or body")
    if finding.code is Code.OWN_COUNTRY:
        return _("is of the same country, %(country)s", country=country(values["country"]))
    if finding.code is Code.EMPLOYER:
        return _("works for %(employer)s", employer=values["employer"])
    if finding.code is Code.NOMINATED_BY:
        return _("was nominated by this city or body")
    if finding.code is Code.DECLARED:
        return _("declared a conflict")
    if finding.code is Code.DECLARED_BY_ENTRANT:
        return _("the city asked for another judge")
    return _("the secretariat recorded a conflict")
