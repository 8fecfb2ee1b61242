"""The frame of the secretariat's pages for one edition: side navigation and the name above it."""

from awards.editions.queries import EditionRow
from awards.web.frame import Link, Side
from awards.web.i18n import _


def side(edition: EditionRow, path: str) -> Side:
    """The desk's navigation; `path` marks the current page by the longest address that begins it."""
    pages = (
        ("", _("Overview")),
        ("/setup", _("Set-up")),
        ("/entries", _("Entries")),
        ("/judges", _("Judges")),
        ("/panels", _("Panels")),
        ("/progress", _("Progress")),
        ("/results", _("Results")),
        ("/prizes", _("Prizes")),
        ("/publication", _("Publication")),
        ("/mail", _("Mail")),
        ("/audit", _("Audit trail")),
    )
    here = max((part for part, _text in pages if path.startswith(edition.desk + part)), key=len)
    links = tuple(Link(edition.desk + part, text, current=part == here) for part, text in pages)
    return Side(edition.name, links)


def place(edition: EditionRow) -> Link:
    return Link("/desk", edition.name)
