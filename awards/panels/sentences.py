"""What a conflict is called on pages, one sentence for each kind, and what became of the sheets that it touches."""

from collections.abc import Iterable
from datetime import date

from awards.web.i18n import _, ngettext
from awards.web.words import country, short_day
from judging.conflicts import Code, Finding


def conflict_words(finding: Finding) -> str:
    """What follows the name of the judge; a name that is only alike, and a consent of two, are told of too."""
    said = _words(finding, dict(finding.parameters))
    if ("overridden", "yes") in finding.parameters:
        return _("%(conflict)s; two people let this pass", conflict=said)
    return said


def sheets_words(aside: int, kept: int = 0) -> list[str]:
    """Of sheets that a conflict set aside, and of signed ones of closed rounds that it left counting."""
    said = []
    if aside:
        said.append(
            ngettext(
                "%(num)d sheet is set aside; its judge has a mail.",
                "%(num)d sheets are set aside; each judge has a mail.",
                aside,
            )
        )
    if kept:
        said.append(
            ngettext(
                "%(num)d signed sheet of a closed round still counts until two people set it aside.",
                "%(num)d signed sheets of closed rounds still count until two people set them aside.",
                kept,
            )
        )
    return said


def _words(finding: Finding, values: dict[str, str]) -> str:
    if "alike" in values:
        return _alike(finding.code, values)
    match finding.code:
        case Code.OWN_CITY if values.get("kind") == "official":
            return _("acts for this city or body as its official")
        case Code.OWN_CITY:
            return _("belongs to this city or body")
        case Code.OWN_COUNTRY:
            return _("is of the same country, %(country)s", country=country(values["country"]))
        case Code.EMPLOYER:
            return _("works for %(employer)s", employer=values["employer"])
        case Code.PAST_EMPLOYER:
            until = short_day(date.fromisoformat(values["until"]))
            if "employer" in values:
                return _("worked for %(employer)s until %(day)s", employer=values["employer"], day=until)
            return _("worked for this city or body until %(day)s", day=until)
        case Code.LINKED if "employer" in values:
            return _("works for %(employer)s, a twin or fellow member", employer=values["employer"])
        case Code.LINKED:
            return _("belongs to a twin or fellow member of this city or body")
        case Code.SUPPLIER:
            return _("works for or with %(supplier)s, a supplier of the entry", supplier=values["supplier"])
        case Code.NOMINATED_BY:
            return _("was nominated by this city or body")
        case Code.DECLARED:
            return _("declared a conflict")
        case Code.DECLARED_BY_ENTRANT:
            return _("the city asked for another judge")
        case _:
            return _("the secretariat recorded a conflict")


def _alike(code: Code, values: dict[str, str]) -> str:
    """Two names that a person looks at: the judge's as it was written, the other as it is compared."""
    if code is Code.PAST_EMPLOYER:
        return _(
            "worked for %(employer)s, much like “%(other)s”",
            employer=values["employer"],
            other=values["alike"],
        )
    name = values["employer"] if code is Code.EMPLOYER else values["supplier"]
    if code is Code.EMPLOYER:
        return _("works for %(employer)s, much like “%(other)s”", employer=name, other=values["alike"])
    return _(
        "works for or with %(firm)s, much like the supplier “%(other)s”", firm=name, other=values["alike"]
    )


# What others said of a judge stays between them and the secretariat.
_TOLD_BY_OTHERS = (Code.DECLARED_BY_ENTRANT, Code.SECRETARIAT)


def why_closed(findings: Iterable[Finding]) -> str:
    """What a judge reads where an entry is closed to them."""
    for finding in findings:
        if finding.code not in _TOLD_BY_OTHERS:
            return _(
                "A conflict rule keeps you from judging this entry: it closes to a judge who %(conflict)s.",
                conflict=conflict_words(finding),
            )
    return _("A conflict rule keeps you from judging this entry. The secretariat can tell you more.")
